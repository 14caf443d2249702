"""Amazon SQS, standard and FIFO, by aiobotocore, which finds credentials wherever an AWS machine keeps them.

A message stays invisible while its task runs. One that is no grant of ours is left alone, so that it ends in the
dead-letter queue. A FIFO queue gets a group for each task, since a group's next message waits for the one before it.
"""

import asyncio
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from daygen.infra import telemetry
from daygen.infra.queue import Grant, Message, TransportDown

MOST_AT_ONCE = 10  # of a batch, by the published limits
LONGEST_POLL_S = 20
LONGEST_HOLD_S = 43_200
CONNECTS_WITHIN_S = 3
ATTRIBUTES = {
    "ApproximateNumberOfMessages": "waiting",
    "ApproximateNumberOfMessagesNotVisible": "active",
    "ApproximateNumberOfMessagesDelayed": "delayed",
}
OF_AWS = re.compile(r"(?:^|\.)sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")

log = telemetry.get_logger(__name__)


def region_of(queue_url: str, credentials: Mapping[str, str]) -> str:
    """The queue's region: its address says it, or the usual variables."""
    found = OF_AWS.search(urlsplit(queue_url).hostname or "")
    return found[1] if found else credentials.get("AWS_REGION") or credentials.get("AWS_DEFAULT_REGION") or "us-east-1"


class Sqs:
    """One queue, named by its address, whose origin is also the address of the service."""

    name = "sqs"

    def __init__(
        self,
        queue_url: str,
        *,
        credentials: Mapping[str, str],
        hold: timedelta = timedelta(seconds=30),
        poll: timedelta = timedelta(seconds=LONGEST_POLL_S),
    ) -> None:
        self.hold = timedelta(seconds=min(max(math.ceil(hold.total_seconds()), 1), LONGEST_HOLD_S))
        self._url = queue_url
        self._fifo = queue_url.endswith(".fifo")
        self._poll_s = min(round(poll.total_seconds()), LONGEST_POLL_S)
        self._credentials = credentials
        self._opened = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._client: Any = None
        self._closed = False
        errors: Any = import_module("botocore.exceptions")
        self._errors: tuple[type[Exception], ...] = (errors.BotoCoreError, errors.ClientError, OSError, TimeoutError)

    async def start(self) -> None:
        """Nothing to do: the first call opens the client."""

    async def publish(self, grants: Sequence[Grant]) -> None:
        """Send these, ten at a time."""
        for start in range(0, len(grants), MOST_AT_ONCE):
            entries = [self._entry(number, grant) for number, grant in enumerate(grants[start : start + MOST_AT_ONCE])]
            answer = await self._ask("send_message_batch", Entries=entries)
            if failed := answer.get("Failed"):
                raise TransportDown(f"{len(failed)} messages were refused: {failed[0].get('Code')}")

    async def receive(self, most: int) -> Sequence[Message]:
        """Poll for up to 20 seconds."""
        answer = await self._ask(
            "receive_message",
            MaxNumberOfMessages=min(most, MOST_AT_ONCE),
            WaitTimeSeconds=self._poll_s,
            VisibilityTimeout=self._hold_s,
        )
        messages: list[Message] = []
        for told in answer.get("Messages", ()):
            try:
                messages.append(Message(Grant.read(told["Body"]), told["ReceiptHandle"]))
            except ValueError:
                log.warning("transport.not_ours", transport=self.name, message=told.get("MessageId"))
        return messages

    async def prolong(self, messages: Sequence[Message]) -> None:
        """Keep these invisible."""
        for start in range(0, len(messages), MOST_AT_ONCE):
            some = messages[start : start + MOST_AT_ONCE]
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": self._hold_s}
                for number, one in enumerate(some)
            ]
            await self._ask("change_message_visibility_batch", Entries=entries)

    async def accept(self, message: Message) -> None:
        """Delete it."""
        await self._ask("delete_message", ReceiptHandle=message.receipt)

    async def give_back(self, message: Message) -> None:
        """Make it visible."""
        await self._ask("change_message_visibility", ReceiptHandle=message.receipt, VisibilityTimeout=0)

    async def depth(self) -> Mapping[str, int]:
        """Messages by their state, as far as SQS knows, which may be a minute behind."""
        answer = await self._ask("get_queue_attributes", AttributeNames=list(ATTRIBUTES))
        told: Mapping[str, str] = answer.get("Attributes", {})
        return {ours: int(told.get(theirs, 0)) for theirs, ours in ATTRIBUTES.items()}

    async def close(self) -> None:
        """Close the client."""
        async with self._opening:
            self._client = None
            self._closed = True
            await self._opened.aclose()

    @property
    def _hold_s(self) -> int:
        return round(self.hold.total_seconds())

    def _entry(self, number: int, grant: Grant) -> dict[str, Any]:
        entry: dict[str, Any] = {"Id": str(number), "MessageBody": grant.body()}
        if self._fifo:
            # What is published again must not be taken for a copy: it is published because the first may be lost
            unique = f"{grant.name}-{secrets.token_hex(4)}"
            entry |= {"MessageGroupId": str(grant.task_id), "MessageDeduplicationId": unique}
        return entry

    async def _ask(self, operation: str, **arguments: Any) -> Any:
        try:
            client = await self._open()
            return await getattr(client, operation)(QueueUrl=self._url, **arguments)
        except self._errors as error:
            raise TransportDown(f"{type(error).__name__}: {error}") from error

    async def _open(self) -> Any:
        async with self._opening:
            if self._closed:
                raise TransportDown("closed")  # an answer that comes late must not open it again
            if self._client is None:
                aiobotocore: Any = import_module("aiobotocore.session")
                config: Any = import_module("aiobotocore.config")
                given = self._credentials
                at = urlsplit(self._url)
                self._client = await self._opened.enter_async_context(
                    aiobotocore.get_session().create_client(
                        "sqs",
                        region_name=region_of(self._url, given),
                        endpoint_url=f"{at.scheme}://{at.netloc}",
                        aws_access_key_id=given.get("AWS_ACCESS_KEY_ID"),
                        aws_secret_access_key=given.get("AWS_SECRET_ACCESS_KEY"),
                        aws_session_token=given.get("AWS_SESSION_TOKEN"),
                        config=config.AioConfig(
                            connect_timeout=CONNECTS_WITHIN_S,
                            read_timeout=self._poll_s + CONNECTS_WITHIN_S,
                            retries={"total_max_attempts": 1},  # whoever calls tries again
                            max_pool_connections=64,
                        ),
                    )
                )
            return self._client
