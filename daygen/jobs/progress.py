"""How far jobs are, and while they wait at which place: the latest value, handed to who listens in this process."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from daygen.infra import telemetry
from daygen.infra.db import Bells, Database, wait_for
from daygen.infra.outbox import Feed, Listeners
from daygen.jobs import repository
from daygen.jobs.delivery import PROGRESS
from daygen.jobs.model import Preview, State
from daygen.jobs.places import Places, Waiting
from daygen.kit.ids import BatchId, JobId, WorkspaceId

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """A job is this far, 0 to 1, and its unfinished outputs look like this; or it waits, and so many go before it."""

    workspace_id: WorkspaceId
    job_id: JobId
    batch_id: BatchId | None
    share: float
    model: str
    operation: str
    attempts: int
    previews: Sequence[Preview] = ()
    position: int | None = None
    estimate_s: int | None = None
    state: State = State.PROCESSING

    def data(self) -> dict[str, Any]:
        """What the event `job.progress` says; files by their keys."""
        return {
            "jobId": str(self.job_id),
            "batchId": None if self.batch_id is None else str(self.batch_id),
            "status": self.state,
            "progress": round(self.share, 3),
            "model": self.model,
            "operation": self.operation,
            "attempts": self.attempts,
            "position": self.position,
            "estimateSeconds": self.estimate_s,
            "previews": [preview.note() for preview in self.previews],
        }


Receiver = Callable[[Progress], None]


class ProgressFeed:
    """Reads each note of progress once and hands it on. Receivers must not block."""

    def __init__(self, db: Database, bells: Bells, feed: Feed) -> None:
        self._db = db
        self._places = Places(db, feed, self._place)
        self._bell = bells.bell(PROGRESS)
        self._listeners = Listeners[Progress]()
        self._last: int | None = None

    def listen(self, about: UUID, receive: Receiver) -> Callable[[], None]:
        """Receive the progress of a workspace's jobs, or of one job; call what it returns to stop."""
        stop_receiving, stop_following = self._listeners.listen(about, receive), self._places.follow(about)

        def stop() -> None:
            stop_receiving()
            stop_following()

        return stop

    async def run(self) -> None:
        """Feed until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._places.run())
            both.create_task(self._run())

    async def _run(self) -> None:
        while True:
            try:
                await self.turn()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next note makes up for it
                log.warning("progress.failed", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.2)
            await wait_for(self._bell, at_most=timedelta(seconds=5))

    async def turn(self) -> None:
        """Hand on what is new."""
        async with self._db.reading() as tx:
            if self._last is None:
                self._last = await repository.newest_progress(tx)
                return
            rows = await repository.progress_after(tx, self._last)
        for row in rows:
            self._last = row["version"]
            previews = [Preview.of(note) for note in row["previews"] if note["index"] not in row["delivered"]]
            note = Progress(
                workspace_id=WorkspaceId.of(row["workspace_id"]),
                job_id=JobId.of(row["job_id"]),
                batch_id=BatchId.of(row["batch_id"]) if row["batch_id"] else None,
                share=row["share"],
                model=row["model"],
                operation=row["operation"],
                attempts=row["attempts"],
                state=State(row["state"]),
                previews=previews,
            )
            self._hand_on(note)

    def _place(self, one: Waiting, place: int, estimate_s: int | None) -> None:
        self._hand_on(
            Progress(
                workspace_id=one.workspace_id,
                job_id=one.job_id,
                batch_id=one.batch_id,
                share=one.share,
                model=one.model,
                operation=one.operation,
                attempts=one.attempts,
                position=place,
                estimate_s=estimate_s,
                state=State.QUEUED,
            )
        )

    def _hand_on(self, note: Progress) -> None:
        for receive in self._listeners.of((note.workspace_id, note.job_id)):
            receive(note)
