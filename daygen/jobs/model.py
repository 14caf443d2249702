"""A job, its states and the moves between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Self

from daygen.assets import Asset
from daygen.kit.ids import AssetId, BatchId, JobId, KeyId, TaskId, UserId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.limits import Window


class State(StrEnum):
    """Where a job is. The last four never change."""

    QUEUED = "queued"
    STARTING = "starting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


AT_WORK = frozenset({State.STARTING, State.PROCESSING})
ENDS = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELED, State.EXPIRED})
MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.STARTING, State.PROCESSING}) | ENDS,
    State.STARTING: frozenset({State.PROCESSING, State.QUEUED}) | ENDS,
    State.PROCESSING: frozenset({State.QUEUED}) | ENDS,
    **{end: frozenset[State]() for end in ENDS},
}


class Priority(IntEnum):
    """Which of a workspace's jobs goes first."""

    LOW = -10
    NORMAL = 0
    HIGH = 10


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed, in words that are safe to show; `retryable` when the same order may work later."""

    code: str
    title: str
    detail: str
    retryable: bool

    def body(self) -> dict[str, Any]:
        """As JSON."""
        return {"code": self.code, "title": self.title, "detail": self.detail, "retryable": self.retryable}


@dataclass(frozen=True, slots=True)
class Preview:
    """A passing picture of an output that is still being made, in storage under `key`."""

    index: int
    key: str
    content_type: str
    width: int | None
    height: int | None

    def note(self) -> dict[str, Any]:
        """As JSON, as it is noted and told inside the house."""
        return {
            "index": self.index,
            "key": self.key,
            "contentType": self.content_type,
            "width": self.width,
            "height": self.height,
        }

    @classmethod
    def of(cls, note: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(note["index"], note["key"], note["contentType"], note["width"], note["height"])


@dataclass(frozen=True, slots=True)
class Job:
    """One request for one operation on one model, with 1..n outputs.

    `attempt` is the claim that may write to it; `attempts` counts the tries at the provider.
    """

    id: JobId
    workspace_id: WorkspaceId
    user_id: UserId | None
    key_id: KeyId | None
    task_id: TaskId
    provider: str
    model: str
    operation: str
    input: Mapping[str, Any]
    metadata: Mapping[str, Any]
    count: int
    state: State
    priority: Priority
    attempt: int
    attempts: int
    quoted: Millicredits
    charged: Millicredits | None
    text: str | None
    failure: Failure | None
    warnings: Sequence[str]
    parent_asset_id: AssetId | None
    trace_id: bytes | None
    created_at: datetime
    deadline_at: datetime
    started_at: datetime | None
    provider_ms: int | None
    finished_at: datetime | None
    progress: float
    outputs: Sequence[tuple[int, Asset]] = ()
    previews: Sequence[Preview] = ()
    batch_id: BatchId | None = None

    @property
    def folder(self) -> str:
        """Where its files are: named by ids alone, never by anything a user typed."""
        return f"{self.workspace_id}/{self.id}"

    @property
    def seconds(self) -> float:
        """How long it took from order to end; 0 while it has not ended."""
        return (self.finished_at - self.created_at).total_seconds() if self.finished_at else 0.0

    @property
    def price_each(self) -> Millicredits:
        """What one output costs."""
        return Millicredits(self.quoted // self.count)


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told of a job's end, and of these events besides."""

    url: str
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs to list."""

    states: Sequence[State] | None = None
    model: str | None = None
    operation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None
    batch_id: BatchId | None = None


MOST_JOBS = 100  # of a batch


class BatchState(StrEnum):
    """Where a batch is, by its jobs. All but the first two are ends: how it ended says what has come of it."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    PARTIALLY_SUCCEEDED = "partially_succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Batch:
    """Jobs that were ordered together, in the order of their ids. `charged` is what those that have ended cost."""

    id: BatchId
    workspace_id: WorkspaceId
    job_ids: Sequence[JobId]
    counts: Mapping[State, int]
    progress: float
    quoted: Millicredits
    charged: Millicredits
    created_at: datetime
    finished_at: datetime | None

    @property
    def state(self) -> BatchState:
        """Where it is: with no success it has ended as its unluckiest job did."""
        if self.finished_at is None:
            waits = self.counts.get(State.QUEUED, 0) == len(self.job_ids)
            return BatchState.QUEUED if waits else BatchState.PROCESSING
        if self.counts.get(State.SUCCEEDED):
            whole = self.counts[State.SUCCEEDED] == len(self.job_ids)
            return BatchState.SUCCEEDED if whole else BatchState.PARTIALLY_SUCCEEDED
        worst = next(state for state in (State.FAILED, State.EXPIRED, State.CANCELED) if self.counts.get(state))
        return BatchState(worst)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A job that waits to be accepted, with its task and event."""

    job: Job
    deadline: timedelta
    retry_of: JobId | None
    hook: Hook | None
    task: Mapping[str, Any]
    fact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """A batch that waits to be accepted, with its event; `url` is told of its end."""

    id: BatchId
    url: str | None
    fact: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What waits to be accepted as a whole or not at all, and the answer that is kept under its key.

    It is one job, or those of a batch.
    """

    jobs: Sequence[Drafted]
    batch: Opening | None
    answer: Mapping[str, Any]
    key: str | None
    fingerprint: bytes | None
    traceparent: str | None
    request_id: str | None

    @property
    def workspace_id(self) -> WorkspaceId:
        """Whose it is."""
        return self.jobs[0].job.workspace_id

    @property
    def quoted(self) -> Millicredits:
        """What it costs if all its outputs are made."""
        return Millicredits(sum(drafted.job.quoted for drafted in self.jobs))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an order: `accepted`, `known`, `too_many`, `too_dear`, `again` or `unprepared`.

    `window` is the rate window with the order in it and `available` what is left; of one that is known there are the
    earlier answer and the fingerprint of what it was given to.
    """

    kind: str
    window: Window | None = None
    available: Millicredits | None = None
    status: int = 0
    answer: Mapping[str, Any] | None = None
    fingerprint: bytes = b""
