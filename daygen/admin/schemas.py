"""What an operator is shown over HTTP."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from asyncpg import Record

from daygen.admin.model import Look
from daygen.infra.http import Moment, Wire
from daygen.jobs import RunJob
from daygen.kit.ids import JobId, TaskId, WorkerId, WorkspaceId


class Flow(StrEnum):
    """Whether a pool gives work out: `full` waits for room, `paused` for its provider, `stopped` for an operator."""

    OPEN = "open"
    FULL = "full"
    PAUSED = "paused"
    STOPPED = "stopped"


class OwnerView(Wire):
    """Whose it is; both null when it is the house's own."""

    workspace_id: WorkspaceId | None
    workspace_name: str | None


class DepthView(Wire):
    """How many tasks are in a state, and how long the oldest of them has been known."""

    state: str
    tasks: int
    oldest_seconds: float


class PoolView(Wire):
    """A model or a provider: `cap` and `room` are null without a bound.

    `abroad` are orders that wait there for what comes of them, `adrift` calls that may still be in flight. `probing`:
    it kept failing, and one call at a time finds out whether it still does.
    """

    name: str
    within: str | None
    cap: int | None
    room: int | None
    running: int
    abroad: int
    adrift: int
    flow: Flow
    probing: bool
    paused_seconds: float

    @classmethod
    def of(cls, row: Record) -> Self:
        """Show a pool."""
        flow = Flow.OPEN
        if row["cap"] == 0:
            flow = Flow.STOPPED
        elif row["paused_s"] > 0:
            flow = Flow.PAUSED
        elif row["room"] is not None and row["room"] <= 0:
            flow = Flow.FULL
        return cls(
            **{name: row[name] for name in ("name", "within", "cap", "room", "running", "abroad", "adrift", "probing")},
            flow=flow,
            paused_seconds=round(row["paused_s"], 3),
        )


class LaneView(OwnerView):
    """A workspace's place at a pool: its weight, how much of the workspace may run at once, its tasks by state."""

    pool: str
    weight: int
    cap: int | None
    parked: bool
    tasks: dict[str, int]
    oldest_ready_seconds: float


class WorkerView(Wire):
    """A worker process; its lease has ended where `leaseSeconds` is not above zero."""

    id: WorkerId
    host: str
    pid: int
    started_at: Moment
    lease_seconds: float
    running: int


class LetterView(OwnerView):
    """A dead letter: a task that was tried often enough. `jobId` is null for what is no job."""

    task_id: TaskId
    job_id: JobId | None
    kind: str
    pool: str
    reason: str | None
    failures: int
    crashes: int
    queued_at: Moment


class QueueView(Wire):
    """The queue at a moment: every pool, the deepest 100 lanes, every worker, the newest 50 dead letters."""

    at: Moment
    depths: list[DepthView]
    oldest_ready_seconds: float
    pools: list[PoolView]
    lanes: list[LaneView]
    workers: list[WorkerView]
    dead: list[LetterView]

    @classmethod
    def of(cls, look: Look) -> Self:
        """Show what was seen."""
        depths = _by_state(look.depths)
        states = [depth.state for depth in depths]
        return cls(
            at=look.at,
            depths=depths,
            oldest_ready_seconds=next((depth.oldest_seconds for depth in depths if depth.state == "ready"), 0),
            pools=[PoolView.of(row) for row in look.pools],
            lanes=[
                LaneView(
                    **_owner(look.names, row["owner"]),
                    **{name: row[name] for name in ("pool", "weight", "cap", "parked")},
                    tasks={state: row[state] for state in states if row.get(state)},
                    oldest_ready_seconds=round(row["oldest_ready_s"], 3),
                )
                for row in look.lanes
            ],
            workers=[
                WorkerView(
                    id=WorkerId.of(row["id"]),
                    **{name: row[name] for name in ("host", "pid", "started_at", "running")},
                    lease_seconds=round(row["lease_s"], 3),
                )
                for row in look.workers
            ],
            dead=[
                LetterView(
                    **_owner(look.names, row["owner"]),
                    task_id=TaskId.of(row["id"]),
                    job_id=RunJob.of(row["payload"]).job_id if row["kind"] == RunJob.kind else None,
                    **{name: row[name] for name in ("kind", "pool", "failures", "crashes")},
                    reason=row["last_error"],
                    queued_at=row["created_at"],
                )
                for row in look.letters
            ],
        )


class ReplayView(Wire):
    """A dead letter on its way again; `jobId` is the new job where a job was ordered anew."""

    task_id: TaskId
    job_id: JobId | None


def _by_state(rows: list[Record]) -> list[DepthView]:
    """Depths of all kinds and pools together, whatever states there are."""
    depths: dict[str, tuple[int, float]] = {}
    for row in rows:
        tasks, oldest_s = depths.get(row["state"], (0, 0.0))
        depths[row["state"]] = tasks + row["tasks"], max(oldest_s, row["oldest_s"])
    return [
        DepthView(state=state, tasks=tasks, oldest_seconds=round(oldest_s, 3))
        for state, (tasks, oldest_s) in sorted(depths.items())
    ]


def _owner(names: Mapping[UUID, str], owner: UUID) -> dict[str, Any]:
    known = owner in names
    return {"workspace_id": WorkspaceId.of(owner) if known else None, "workspace_name": names.get(owner)}
