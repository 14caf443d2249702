"""The transports' servers, each to be emptied, cut off and cluttered: Redis, SQS on moto, a stand-in of Cloud Tasks."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx

from daygen.infra import transports
from daygen.infra.processes import ending_with_us
from daygen.infra.queue import Transport
from daygen.infra.transports.amazon import Sqs
from daygen.infra.transports.bull import BullMq
from tests.processes import until
from tests.transports.google import INVOKER, QUEUE, Google
from tests.transports.wire import Wire

REDIS = "/usr/bin/redis-server"
UP_WITHIN_S = 30.0
AWS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
ACCOUNT = "123456789012"  # moto's
RECEIVED_AT_MOST = 3
TARGET = "http://workers.test"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, log: Path) -> Generator[None]:
    """Run a server until the end of the block; it is up when its port is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DAYGEN_"))}
    with log.open("wb") as file:
        server = subprocess.Popen(
            command,
            cwd=log.parent,
            env=environment | AWS,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509 - it only sets the death signal
        )
    try:

        def is_up() -> bool:
            assert server.poll() is None, log.read_text(errors="replace")[-2000:]
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return True
            return False

        until(is_up, within_s=UP_WITHIN_S, what=f"{command[0]} is up")
        yield
    finally:
        server.kill()
        server.wait()


@contextmanager
def redis_server(folder: Path) -> Generator[int]:
    """A Redis that keeps nothing; its port. Where there is none, the test fails: CI must not skip it."""
    assert Path(REDIS).exists(), "there is no Redis: .ci/debian redis"
    port = free_port()
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    command = [REDIS, *(str(part) for name, value in options.items() for part in (f"--{name}", value))]
    with serving(command, port, folder / "redis.log"):
        yield port


@contextmanager
def moto_server(folder: Path) -> Generator[int]:
    """SQS over HTTP; its port."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, port, folder / "moto.log"):
        yield port


class Broker(Protocol):
    """A transport's server as a test sees it."""

    @property
    def env(self) -> Mapping[str, str]:
        """The settings that all processes of a house need."""
        ...

    def transport(self, hold: timedelta, *, receives: bool = True) -> Transport:
        """A connection for one worker, or for a dispatcher, which receives nothing."""
        ...

    def for_worker(self) -> Mapping[str, str]:
        """What one worker process needs besides."""
        ...

    async def empty(self) -> None:
        """Lose every message."""
        ...

    async def cut(self) -> None:
        """Be out of reach."""
        ...

    async def mend(self) -> None:
        """Be back."""
        ...

    async def clutter(self) -> None:
        """Put a message in that is nothing of ours."""
        ...


class RedisBroker:
    """One queue in one Redis."""

    def __init__(self, port: int, wire: Wire, database: int) -> None:
        self._wire = wire
        self.url = f"redis://127.0.0.1:{port}/{database}"
        self.through = f"redis://127.0.0.1:{wire.port}/{database}"
        self.env = {"DAYGEN_QUEUE": "bullmq", "DAYGEN_REDIS_URL": self.through}

    def transport(self, hold: timedelta, *, receives: bool = True) -> Transport:
        del receives
        return BullMq(self.through, hold=hold)

    def for_worker(self) -> Mapping[str, str]:
        return {}

    async def empty(self) -> None:
        client: Any = import_module("redis.asyncio").from_url(self.url)
        await client.flushall()
        await client.aclose()

    async def cut(self) -> None:
        await self._wire.cut()

    async def mend(self) -> None:
        await self._wire.mend()

    async def clutter(self) -> None:
        bullmq: Any = import_module("bullmq")
        queue = bullmq.Queue("daygen", {"connection": self.url})
        await queue.add("mail", {"to": "nobody"})
        await queue.close()


class SqsBroker:
    """One queue of SQS, with a dead-letter queue beside it."""

    def __init__(self, port: int, wire: Wire, name: str) -> None:
        self._port = port
        self._wire = wire
        self.name = name
        self.through = f"http://127.0.0.1:{wire.port}/{ACCOUNT}/{name}"
        self.env = {"DAYGEN_QUEUE": "sqs", "DAYGEN_SQS_QUEUE_URL": self.through, **AWS}

    @property
    def dead(self) -> str:
        """The address of the dead-letter queue."""
        return f"http://127.0.0.1:{self._port}/{ACCOUNT}/dead-{self.name}"

    @property
    def url(self) -> str:
        """The address of the queue, past the wire."""
        return f"http://127.0.0.1:{self._port}/{ACCOUNT}/{self.name}"

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[Any]:
        session: Any = import_module("aiobotocore.session")
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        at = f"http://127.0.0.1:{self._port}"
        async with session.get_session().create_client(
            "sqs", region_name="us-east-1", endpoint_url=at, **keys
        ) as client:
            yield client

    async def create(self) -> None:
        """Make both queues."""
        fifo = {"FifoQueue": "true"} if self.name.endswith(".fifo") else {}
        dead = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead-{self.name}"
        policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": RECEIVED_AT_MOST})
        async with self.client() as client:
            await client.create_queue(QueueName=f"dead-{self.name}", Attributes=fifo)
            await client.create_queue(QueueName=self.name, Attributes=fifo | {"RedrivePolicy": policy})

    def transport(self, hold: timedelta, *, receives: bool = True) -> Transport:
        del receives
        return Sqs(self.through, credentials=AWS, hold=hold, poll=timedelta(seconds=1))

    def for_worker(self) -> Mapping[str, str]:
        return {}

    async def empty(self) -> None:
        """Purge the queue; within a minute of the last time, which SQS refuses, delete what is visible."""
        async with self.client() as client:
            try:
                await client.purge_queue(QueueUrl=self.url)
            except client.exceptions.PurgeQueueInProgress:
                while found := (await client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)).get(
                    "Messages"
                ):
                    for message in found:
                        await client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    async def cut(self) -> None:
        await self._wire.cut()

    async def mend(self) -> None:
        await self._wire.mend()

    async def clutter(self) -> None:
        group = {"MessageGroupId": "mail", "MessageDeduplicationId": uuid4().hex} if self.name.endswith("fifo") else {}
        async with self.client() as client:
            await client.send_message(QueueUrl=self.url, MessageBody="not JSON", **group)


class GoogleBroker:
    """The stand-in of Cloud Tasks."""

    def __init__(self, google: Google, wire: Wire, folder: Path) -> None:
        self.google = google
        self._wire = wire
        key = folder / "account.json"
        key.write_text(json.dumps(google.account))
        self.env = {
            "DAYGEN_QUEUE": "cloudtasks",
            "DAYGEN_CLOUDTASKS_QUEUE": QUEUE,
            "DAYGEN_CLOUDTASKS_TARGET": TARGET,
            "DAYGEN_CLOUDTASKS_INVOKER": INVOKER,
            "DAYGEN_CLOUDTASKS_API_URL": f"http://127.0.0.1:{wire.port}",
            "DAYGEN_CLOUDTASKS_KEYS_URL": f"{google.url}/certs",
            "GOOGLE_APPLICATION_CREDENTIALS": str(key),
        }
        self._account = transports.Account.read(key)

    def transport(self, hold: timedelta, *, receives: bool = True) -> Transport:
        del hold  # a push is held by its request
        return transports.cloudtasks(self.tasks(self._port() if receives else 0))

    def tasks(self, port: int) -> transports.Tasks:
        """The settings of a worker on this port."""
        at = f"http://127.0.0.1:{self._wire.port}"
        keys = f"{self.google.url}/certs"
        return transports.Tasks(QUEUE, TARGET, INVOKER, port=port, account=self._account, api=at, keys=keys)

    def for_worker(self) -> Mapping[str, str]:
        return {"DAYGEN_CLOUDTASKS_PORT": str(self._port())}

    async def empty(self) -> None:
        self.google.empty()

    async def cut(self) -> None:
        self.google.running = False
        await self._wire.cut()

    async def mend(self) -> None:
        self.google.running = True
        await self._wire.mend()

    async def clutter(self) -> None:
        """What the real one would push if somebody else created a task in our queue: it gives up on it by itself."""
        for port in self.google.workers:
            token = self.google.signed(f"{TARGET}/internal/tasks/run")
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(
                    f"http://127.0.0.1:{port}/internal/tasks/run",
                    content=b"not JSON",
                    headers={"Authorization": f"Bearer {token}"},
                )
            assert answer.status_code == 400

    def _port(self) -> int:
        port = free_port()
        self.google.workers.append(port)
        return port


async def settled(seconds: float = 0.3) -> None:
    """Let what is under way arrive."""
    await asyncio.sleep(seconds)
