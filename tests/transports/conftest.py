"""What the transports' tests share: their servers, once for each process of the run, and an office on each of them."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.transports.brokers import Broker, GoogleBroker, RedisBroker, SqsBroker, moto_server, redis_server
from tests.transports.google import Google
from tests.transports.office import Office
from tests.transports.wire import Wire


def _long(transport: str) -> Any:
    return pytest.param(transport, marks=pytest.mark.long)


# Short: what all have in common on Redis and Cloud Tasks, what transports alone have on Redis and SQS. Long: all of it.
COMMON = ("postgres", "bullmq", _long("sqs"), _long("sqs.fifo"), "cloudtasks")
TRANSPORTS = ("bullmq", "sqs", _long("sqs.fifo"), _long("cloudtasks"))


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    with redis_server(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture(scope="session")
def moto_port(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    with moto_server(tmp_path_factory.mktemp("moto")) as port:
        yield port


@asynccontextmanager
async def open_broker(name: str, request: pytest.FixtureRequest, folder: Path) -> AsyncGenerator[Broker]:
    """A transport's server with an empty queue."""
    if name == "cloudtasks":
        async with Google.open() as google, Wire.to(google.port) as wire:
            yield GoogleBroker(google, wire, folder)
    elif name == "bullmq":
        port: int = request.getfixturevalue("redis_port")
        async with Wire.to(port) as wire:
            broker = RedisBroker(port, wire, 0)
            await broker.empty()
            yield broker
    else:
        port = request.getfixturevalue("moto_port")
        async with Wire.to(port) as wire:
            sqs = SqsBroker(port, wire, f"tasks-{uuid4().hex}{'.fifo' if name.endswith('fifo') else ''}")
            await sqs.create()
            yield sqs


@pytest.fixture(params=TRANSPORTS)
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Broker]:
    """Each transport's server in turn."""
    async with open_broker(request.param, request, tmp_path) as opened:
        yield opened


@pytest.fixture
async def office(broker: Broker, database: str) -> AsyncGenerator[Office]:
    """A queue whose tasks go through each of the transports."""
    async with Office.open(database, broker) as opened:
        yield opened


@pytest.fixture(params=COMMON)
async def any_office(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> AsyncGenerator[Office]:
    """A queue whose tasks go through each of the transports, and one whose workers claim from the table."""
    if request.param == "postgres":
        async with Office.open(database, None) as opened:
            yield opened
    else:
        async with (
            open_broker(request.param, request, tmp_path) as broker,
            Office.open(database, broker) as opened,
        ):
            yield opened
