"""BullMQ on Redis, by its official Python package: Node workers and Bull Board see the same queue.

A grant is a job of that queue, named by task and attempt, so publishing one that is there changes nothing. The job is
active while the task runs, and then removed.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any, TypeVar

from daygen.infra import telemetry
from daygen.infra.queue import Grant, Message, TransportDown

QUEUE = "daygen"
JOB = "task"
BLOCKS_FOR_S = 1
CONNECTS_WITHIN_S = 3.0
ANSWERS_WITHIN_S = 5.0
LONGEST_BATCH = 500
COUNTED = ("waiting", "active", "delayed", "failed")
# A job that lost its worker goes back as often as it takes; whether its task is to be tried again, Postgres knows.
ANY_NUMBER = 1_000_000

Answered = TypeVar("Answered")

log = telemetry.get_logger(__name__)


class BullMq:
    """One queue in one Redis. A lost connection is made again by the next call."""

    name = "bullmq"

    def __init__(self, url: str, *, queue: str = QUEUE, hold: timedelta = timedelta(seconds=30)) -> None:
        self.hold = hold
        hold_ms = round(hold.total_seconds() * 1000)
        bullmq: Any = import_module("bullmq")
        redis: Any = import_module("redis.asyncio")
        errors: Any = import_module("redis.exceptions")
        retry: Any = import_module("redis.asyncio.retry")
        backoff: Any = import_module("redis.backoff")
        self._errors: tuple[type[Exception], ...] = (errors.RedisError, OSError, TimeoutError)
        self._client: Any = redis.from_url(
            url,
            decode_responses=True,
            retry=retry.Retry(backoff.NoBackoff(), 1),  # once, for a connection that died in the pool
            socket_connect_timeout=CONNECTS_WITHIN_S,
            socket_timeout=BLOCKS_FOR_S + ANSWERS_WITHIN_S,
        )
        self._queue: Any = bullmq.Queue(queue, {"connection": self._client})
        options = {"connection": self._client, "lockDuration": hold_ms, "stalledInterval": hold_ms // 2}
        self._worker: Any = bullmq.Worker(queue, None, options | {"drainDelay": BLOCKS_FOR_S, "autorun": False})
        self._stalled_every_ms = hold_ms // 2
        self._tokens = itertools.count(1)

    async def start(self) -> None:
        """Nothing to do: every call connects."""

    async def publish(self, grants: Sequence[Grant]) -> None:
        """Add the jobs that are not there."""
        for start in range(0, len(grants), LONGEST_BATCH):
            jobs = [
                {
                    "name": JOB,
                    "data": grant.facts(),
                    "opts": {"jobId": grant.name, "removeOnComplete": True, "removeOnFail": True},
                }
                for grant in grants[start : start + LONGEST_BATCH]
            ]
            await self._reached(self._queue.addBulk(jobs))

    async def receive(self, most: int) -> Sequence[Message]:
        """Wait up to a second for a job, then take what else is there."""
        messages: list[Message] = []
        job = await self._reached(self._worker.getNextJob(self._token()))
        while job is not None:
            try:
                messages.append(Message(Grant.read(job.data), job))
            except ValueError:
                log.warning("transport.not_ours", transport=self.name, message=str(job.id))
                await self._reached(job.moveToFailed(ValueError("not a task of DayGen"), job.token))
            if len(messages) >= most:
                break
            job = await self._reached(self._worker.moveToActive(self._token()))
        return messages

    async def prolong(self, messages: Sequence[Message]) -> None:
        """Renew the locks, and put back the jobs whose lock nobody renews: one worker does that for all."""
        await self._reached(self._worker.backend.moveStalledJobsToWait(ANY_NUMBER, self._stalled_every_ms))
        if not messages:
            return
        ids, tokens = [one.receipt.id for one in messages], [one.receipt.token for one in messages]
        hold_ms = round(self.hold.total_seconds() * 1000)
        await self._reached(self._worker.backend.extendLocks(ids, tokens, hold_ms))

    async def accept(self, message: Message) -> None:
        """Remove the job. One that is gone, or another's since its lock ended, was removed already or will be."""
        job = message.receipt
        try:
            await self._reached(job.moveToCompleted(None, job.token))
        except TypeError as gone:  # how the package says that a job or its lock is missing
            log.info("transport.message_gone", transport=self.name, message=str(job.id), reason=str(gone))

    async def give_back(self, message: Message) -> None:
        """Put the job at the head of the queue."""
        job = message.receipt
        try:
            await self._reached(self._worker.backend.retryJob(job.id, True, job.token))
        except TypeError as gone:
            log.info("transport.message_gone", transport=self.name, message=str(job.id), reason=str(gone))

    async def depth(self) -> Mapping[str, int]:
        """Jobs by their state in Redis."""
        counts: Mapping[str, int] = await self._reached(self._queue.getJobCounts(*COUNTED))
        return {state: int(counts.get(state, 0)) for state in COUNTED}

    async def close(self) -> None:
        """Disconnect."""
        await self._client.aclose()

    def _token(self) -> str:
        return f"{self._worker.id}:{next(self._tokens)}"

    async def _reached(self, asked: Awaitable[Answered]) -> Answered:
        try:
            async with asyncio.timeout(BLOCKS_FOR_S + ANSWERS_WITHIN_S):
                return await asked
        except self._errors as error:
            raise TransportDown(f"{type(error).__name__}: {error}") from error
