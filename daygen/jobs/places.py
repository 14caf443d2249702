"""Places in the queue, told as they change to who follows a waiting job; nobody is asked while nobody follows or waits.

One turn a second for this whole process: which of the followed workspaces' jobs wait is known from their events, so a
turn asks for places alone, and what has just been ordered or followed besides.
"""

import asyncio
import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from daygen.infra import queue, telemetry
from daygen.infra.db import Database, Tx
from daygen.infra.outbox import Event, Feed
from daygen.jobs import repository
from daygen.kit.ids import BatchId, JobId, TaskId, WorkspaceId

EVERY = timedelta(seconds=1)
MOST_TOLD = 100  # of a workspace in a turn, those whose turn is nearest
PACE_OVER_S = 60.0
LEAST_PACE_S = 3.0
LEAST_DEPARTED = 3
ARRIVALS = {"job.queued", "job.requeued"}

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that waits for a worker."""

    workspace_id: WorkspaceId
    job_id: JobId
    batch_id: BatchId | None
    task_id: TaskId
    share: float
    model: str
    operation: str
    attempts: int


# A waiting job, how many go before it, and in how many seconds it will begin at the line's present pace (None: unknown)
Receiver = Callable[[Waiting, int, int | None], None]


class Places:
    """Watches the places of the jobs that are followed in this process."""

    def __init__(self, db: Database, feed: Feed, tell: Receiver, every: timedelta = EVERY) -> None:
        self._db = db
        self._feed = feed
        self._tell = tell
        self._every = every
        self._followed = Counter[UUID]()
        self._listening: dict[UUID, Callable[[], None]] = {}
        self._new: set[UUID] = set()
        self._arrived: set[JobId] = set()
        self._waiting: dict[JobId, Waiting] = {}
        self._told: dict[JobId, int] = {}
        self._pace = Pace()
        self._bell = asyncio.Event()

    def follow(self, about: UUID) -> Callable[[], None]:
        """Watch a workspace's jobs, or one job; call what it returns, once, to stop."""
        if about not in self._listening:
            self._listening[about] = self._feed.listen(about, self._heard)
        self._followed[about] += 1
        self._new.add(about)
        self._bell.set()
        return partial(self._leave, about)

    def _leave(self, about: UUID) -> None:
        self._followed[about] -= 1
        if not self._followed[about]:
            del self._followed[about]
            self._new.discard(about)
            self._listening.pop(about)()
            self._keep([one for one in self._waiting.values() if self._is_followed(one)])

    async def run(self) -> None:
        """Tell until cancelled; rests while nothing that is followed waits."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._new or self._arrived or self._waiting:
                await asyncio.sleep(self._every.total_seconds())  # first: most jobs do not wait that long
                try:
                    await self.turn()
                except Exception as error:  # noqa: BLE001 - whatever it was, the next turn asks again
                    log.warning("places.failed", reason=f"{type(error).__name__}: {error}")
            self._pace = Pace()

    async def turn(self) -> None:
        """Ask once, and tell what has changed."""
        new, arrived = self._new, self._arrived
        if not (new or arrived or self._waiting):
            return
        self._new, self._arrived = set(), set()
        try:
            async with self._db.reading() as tx:
                found = await self._find(tx, new, arrived)
                asked = {one.task_id: one for one in (*self._waiting.values(), *found)}
                places = await queue.positions(tx, list(asked)) if asked else {}
        except BaseException:
            self._new |= new
            self._arrived |= arrived
            raise
        self._waiting |= {one.job_id: one for one in found if self._is_followed(one)}
        by_job = {asked[task_id].job_id: place for task_id, place in places.items()}
        self._pace.note(time.monotonic(), by_job)
        for one in found:
            if one.workspace_id in new or one.job_id in new:  # somebody follows who was not told yet
                self._told.pop(one.job_id, None)
        self._tell_changes(by_job)

    async def _find(self, tx: Tx, new: AbstractSet[UUID], arrived: AbstractSet[JobId]) -> list[Waiting]:
        """The jobs that wait among those just followed and those just ordered."""
        if not new and not arrived:
            return []
        workspaces = [about for about in new if isinstance(about, WorkspaceId)]
        ids = [*arrived, *(about for about in new if isinstance(about, JobId))]
        return [
            Waiting(
                workspace_id=WorkspaceId.of(row["workspace_id"]),
                job_id=JobId.of(row["id"]),
                batch_id=BatchId.of(row["batch_id"]) if row["batch_id"] else None,
                task_id=TaskId.of(row["task_id"]),
                share=row["share"],
                model=row["model"],
                operation=row["operation"],
                attempts=row["attempts"],
            )
            for row in await repository.queued(tx, workspaces, ids)
        ]

    def _tell_changes(self, places: Mapping[JobId, int]) -> None:
        nearest: defaultdict[WorkspaceId, list[tuple[int, Waiting]]] = defaultdict(list)
        for one in self._waiting.values():  # without those that began while we asked
            place = places.get(one.job_id)
            if place is None:
                self._told.pop(one.job_id, None)  # it is running, or waits for another try
            else:
                nearest[one.workspace_id].append((place, one))
        for line in nearest.values():
            line.sort(key=lambda entry: entry[0])
            for place, one in line[:MOST_TOLD]:
                if self._told.get(one.job_id) != place:
                    self._told[one.job_id] = place
                    self._tell(one, place, self._pace.estimate(place))

    def _heard(self, event: Event) -> None:
        job_id = JobId.of(event.subject)
        if event.type in ARRIVALS:
            self._arrived.add(job_id)
            self._bell.set()
        elif event.type.startswith("job.") and event.type not in {"job.output", "job.progress"}:
            self._arrived.discard(job_id)
            self._waiting.pop(job_id, None)
            self._told.pop(job_id, None)

    def _is_followed(self, one: Waiting) -> bool:
        return one.workspace_id in self._followed or one.job_id in self._followed

    def _keep(self, waiting: Sequence[Waiting]) -> None:
        self._waiting = {one.job_id: one for one in waiting}
        self._told = {job_id: place for job_id, place in self._told.items() if job_id in self._waiting}


class Pace:
    """How fast the line moves, measured on those who stand in it: how far the quickest of them came each turn."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, float, int]] = deque()  # when, after how long, how many places
        self._before: tuple[float, Mapping[JobId, int]] | None = None

    def note(self, now: float, places: Mapping[JobId, int]) -> None:
        """Look at the line again."""
        if self._before is not None:
            then, earlier = self._before
            moved = [earlier[job_id] - place for job_id, place in places.items() if job_id in earlier]
            if moved:
                self._steps.append((now, now - then, max(0, *moved)))
        self._before = (now, dict(places))
        while self._steps and now - self._steps[0][0] > PACE_OVER_S:
            self._steps.popleft()

    def estimate(self, place: int) -> int | None:
        """In how many seconds who stands there will begin; None while too little was seen to say."""
        seconds = sum(step[1] for step in self._steps)
        departed = sum(step[2] for step in self._steps)
        if seconds < LEAST_PACE_S or departed < LEAST_DEPARTED:
            return None
        return math.ceil((place + 1) * seconds / departed)
