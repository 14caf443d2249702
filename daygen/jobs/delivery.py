"""The sink of one call: stores outputs as they come, notes progress, and knows when the job was taken from us."""

import asyncio
import time
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from daygen import assets
from daygen.assets import EXTENSIONS, File
from daygen.infra import queue, telemetry
from daygen.infra.db import Database
from daygen.infra.storage import Storage
from daygen.jobs import repository, service
from daygen.jobs.model import Job
from daygen.jobs.previews import Previews
from daygen.providers import Output

PROGRESS_EVERY = timedelta(milliseconds=250)
PROGRESS = "daygen_progress"

log = telemetry.get_logger(__name__)


class Delivery:
    """That of one attempt."""

    def __init__(self, db: Database, storage: Storage, job: Job, attempt: queue.Attempt) -> None:
        self._db = db
        self._storage = storage
        self._job = job
        self._attempt = attempt
        self._stored: list[str] = []
        self._previews = Previews(storage, f"{job.folder}/{attempt.number}", self._note_soon)
        self._noting = asyncio.Lock()
        self._noted_at = 0.0
        self.delivered = {index for index, _ in job.outputs}
        self.seconds = 0.0
        self.ended = False
        self.away = False  # it waits at its provider, so others will come and clear up
        self._before = self._share = len(self.delivered) / job.count

    async def progress(self, share: float) -> None:
        """Note how far the call is, at most every quarter of a second."""
        self._share = self._before + (1 - self._before) * min(max(share, 0), 1)
        if time.monotonic() - self._noted_at >= PROGRESS_EVERY.total_seconds() and not await self._note():
            raise asyncio.CancelledError("the job was taken from this worker")

    async def preview(self, index: int, output: Output) -> None:
        """Have a passing picture stored and noted beside the work."""
        await self._previews.show(index, output)

    async def output(self, index: int, output: Output) -> None:
        """Put an output into storage and give it to the job."""
        began = time.perf_counter()
        job = self._job
        key = f"{job.folder}/{self._attempt.number}-{index}.{EXTENSIONS.get(output.content_type, 'bin')}"
        self._previews.supersede(index)
        self._stored.append(key)  # before it is: a put that is cut off may still arrive
        with telemetry.span("storage.put", content_type=output.content_type):
            stored = await self._storage.put(key, output.path, output.content_type)
        file = File(
            key=key,
            content_type=output.content_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            width=output.width,
            height=output.height,
            duration_s=output.duration_s,
        )
        async with self._db.transaction() as tx:
            if not await service.deliver(tx, job.id, self._attempt, index, file):
                raise asyncio.CancelledError("the job was taken from this worker")
        self.delivered.add(index)
        self.seconds += time.perf_counter() - began

    async def clean_up(self) -> None:
        """Delete what lies in storage for this job and belongs to nothing: it was taken away while we were storing."""
        await self._previews.stop()
        first_try = self._attempt.number == 1 and len(self._stored) == len(self.delivered)
        idle = self.away and not self._stored
        if (first_try or idle) and not self._previews.keys:
            return
        try:
            mine = [*self._stored, *self._previews.keys]
            lying = mine if self._attempt.number == 1 else await self._storage.list(self._job.folder)
            # A later attempt may have stored what it has not delivered yet
            lying = [key for key in lying if _attempt_of(key) <= self._attempt.number]
            async with self._db.reading() as tx:
                known = await assets.known_keys(tx, lying)
            await self._storage.delete([key for key in lying if key not in known])
            if self.ended and not self._previews.doubtful:
                async with self._db.transaction() as tx:
                    await assets.arrived(tx, self._job.folder)
        except Exception as error:  # noqa: BLE001 - what is left behind costs space, nothing else
            log.warning("storage.clean_up_failed", reason=f"{type(error).__name__}: {error}")

    async def _note_soon(self) -> None:
        """Note the latest previews, but not sooner than a quarter of a second after the last note."""
        while (wait := self._noted_at + PROGRESS_EVERY.total_seconds() - time.monotonic()) > 0:  # noqa: ASYNC110 - until the last note is old enough, whoever made it
            await asyncio.sleep(wait)
        if self._previews.changed:
            await self._note()

    async def _note(self) -> bool:
        """Tell how far the call is and what it looks like; False when the job was taken from us."""
        async with self._noting:
            self._noted_at = time.monotonic()
            previews = self._previews.latest()
            async with self._db.transaction() as tx:
                held = await repository.set_progress(tx, self._job.id, self._attempt.number, self._share, previews)
                if held:
                    tx.ring(PROGRESS)
        return held


async def to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Carry something out although we are cancelled meanwhile, which also happens to a job that has just ended."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        await task


def _attempt_of(key: str) -> int:
    """Which attempt stored a file of a job."""
    return int(key.rpartition("/")[2].partition("-")[0])
