"""The way of a job's spans into Postgres: a bounded buffer that is written out in batches and waited for by nobody."""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeAlias
from uuid import UUID

from daygen.infra.telemetry.logs import get_logger
from daygen.infra.telemetry.metrics import count_dropped_spans
from daygen.infra.telemetry.traces import Attribute, Span, attributes_of

MOST_WAITING = 10_000  # spans: about 10 MB
BATCH = 200
AT_ONCE = 1_000
EVERY = timedelta(milliseconds=500)
PATIENCE = timedelta(seconds=5)  # for one write; then Postgres counts as not answering
TRIES = 6  # with doubling pauses 30 s in all: a batch that Postgres will never take must not hold up the others
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One span of one job, as it is kept. A span that made several jobs is kept with each."""

    job_id: UUID
    trace_id: bytes
    span_id: bytes
    parent_id: bytes | None
    name: str
    service: str
    started_at: datetime
    duration: timedelta
    status: str
    attributes: Mapping[str, Attribute]


Write: TypeAlias = Callable[[Sequence[SpanRow]], Awaitable[None]]


class SpanStore:
    """Collects the spans of jobs and writes them every 500 ms or 200 rows, while its `async with` block is open.

    `write` may be given the same rows twice. Where it fails it is tried again; while it keeps failing the oldest spans
    give way, and are counted. Leaving the block writes what is left, or gives it up after `patience`, which is also
    what a single write is given.
    """

    def __init__(
        self,
        write: Write,
        *,
        most_waiting: int = MOST_WAITING,
        every: timedelta = EVERY,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._write = write
        self._patience_s = patience.total_seconds()
        self._most_waiting = most_waiting
        self._every_s = every.total_seconds()
        self._waiting: deque[SpanRow] = deque()
        self._lock = threading.Lock()  # spans also end in threads
        self._loop: asyncio.AbstractEventLoop | None = None
        self._some = asyncio.Event()
        self._many = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def __len__(self) -> int:
        """How many rows wait."""
        return len(self._waiting)

    def add(self, ended: Span, service: str) -> None:
        """Take an ended span if it is of a job. From any thread; never waits and never raises."""
        if not ended.jobs:
            return
        rows = _rows(ended, service)
        with self._lock:
            before = len(self._waiting)
            self._waiting.extend(rows)
            after = len(self._waiting)
        self._make_room()
        if before == 0:
            self._wake(self._some)
        if before < BATCH <= after:
            self._wake(self._many)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        if self._waiting:
            self._some.set()
        self._task = asyncio.create_task(self._run(), name="spans")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._loop = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            async with asyncio.timeout(self._patience_s):
                while self._waiting:
                    await self._write_some()
        except Exception as failure:  # noqa: BLE001 - whatever the database says, a process that ends must end
            self._note_failure(failure)
            count_dropped_spans("never_written", len(self._waiting))
            self._waiting.clear()

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await self._many.wait()
            self._many.clear()
            await self._flush()

    async def _flush(self) -> None:
        await self._insist()
        while len(self._waiting) >= BATCH:
            await self._insist()
        if self._waiting:
            self._some.set()

    async def _insist(self) -> None:
        pause_s, first = self._every_s, len(self._waiting)  # those that come meanwhile are not tied to their fate
        for _ in range(TRIES):
            try:
                await self._write_some(first)
            except Exception as failure:  # noqa: BLE001 - whatever the database says, work goes on without traces
                self._note_failure(failure)
            else:
                self._note_success()
                return
            await asyncio.sleep(pause_s)
            pause_s *= 2
        count_dropped_spans("never_written", len(self._taken(first)))

    async def _write_some(self, most: int = AT_ONCE) -> None:
        rows = self._taken(most)
        try:
            async with asyncio.timeout(self._patience_s):
                await self._write(rows)
        except BaseException:  # also when the process is told to stop meanwhile
            with self._lock:
                self._waiting.extendleft(reversed(rows))
            self._make_room()
            raise

    def _taken(self, most: int) -> Sequence[SpanRow]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(most, AT_ONCE, len(self._waiting)))]

    def _make_room(self) -> None:
        dropped = 0
        with self._lock:
            while len(self._waiting) > self._most_waiting:
                self._waiting.popleft()
                dropped += 1
        if dropped:
            count_dropped_spans("no_room", dropped)

    def _wake(self, event: asyncio.Event) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(event.set)

    def _note_failure(self, error: Exception) -> None:
        if not self._failing:
            log.warning("spans.write_failed", reason=f"{type(error).__name__}: {error}")
        self._failing = True

    def _note_success(self) -> None:
        if self._failing:
            log.info("spans.written_again")
        self._failing = False


def _rows(ended: Span, service: str) -> list[SpanRow]:
    attributes = attributes_of(ended)
    started_at = _EPOCH + timedelta(microseconds=ended.started_at_ns // 1_000)
    duration = timedelta(microseconds=ended.duration_ns // 1_000)
    return [
        SpanRow(
            job_id=job_id,
            trace_id=ended.trace_id,
            span_id=ended.span_id,
            parent_id=ended.parent_id,
            name=ended.name,
            service=service,
            started_at=started_at,
            duration=duration,
            status=ended.status,
            attributes=attributes,
        )
        for job_id in ended.jobs
    ]
