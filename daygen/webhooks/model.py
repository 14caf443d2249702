"""Endpoints, deliveries and what comes of a try; when the next one is due."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from uuid import UUID

from daygen.jobs import BatchEvent, HookEvent
from daygen.kit.ids import DeliveryId, EndpointId, EventId, TaskId, WorkspaceId

OVERLAP = timedelta(hours=24)  # for which a rotated secret still signs
KEPT = timedelta(days=30)
MOST_ENDPOINTS = 20
PROGRESS = "job.progress"
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
JITTER = 0.1
LONGEST_WAIT = timedelta(hours=24)

EventType: TypeAlias = Literal[
    HookEvent,
    BatchEvent,
    "asset.created",
    "asset.deleted",
    "credits.granted",
    "credits.low",
    "credits.exhausted",
    "credits.expired",
    "usage.recorded",
    "limits.budget_threshold",
    "subscription.created",
    "subscription.updated",
    "subscription.canceled",
    "subscription.past_due",
    "payment.succeeded",
    "payment.failed",
    "member.invited",
    "member.joined",
    "member.removed",
    "model.deprecated",
    "template.published",
    "template.purchased",
]


class DeliveryState(StrEnum):
    """Where a delivery is. Only the first ever changes."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Secret:
    """Whose secret signs, which generation of it, and whether the one before signs too."""

    owner: UUID
    generation: int
    overlapping: bool

    @property
    def generations(self) -> Sequence[int]:
        """Those that sign, the newest first."""
        return [self.generation, self.generation - 1] if self.overlapping else [self.generation]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that a workspace's events are sent to; no `event_types` means all but progress."""

    id: EndpointId
    workspace_id: WorkspaceId
    url: str
    event_types: Sequence[str]
    description: str
    enabled: bool
    disabled_reason: str | None
    secret: Secret
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one target; `status`, `latency_ms`, `problem`, `answer` are of the last try."""

    id: DeliveryId
    workspace_id: WorkspaceId
    endpoint_id: EndpointId | None
    target: UUID
    subject: UUID
    event_id: EventId
    seq: int
    type: str
    event_at: datetime
    data: Mapping[str, Any]
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    status: int | None
    latency_ms: int | None
    problem: str | None
    answer: str | None
    redelivery_of: DeliveryId | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stream:
    """What one target is told about one subject, while there is something to tell. `wait` is how long it is busy."""

    target: UUID
    subject: UUID
    workspace_id: WorkspaceId
    task_id: TaskId
    turn: int
    wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that is tried now, in this turn of its stream."""

    stream: Stream
    delivery: Delivery
    url: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Wait:
    """The stream has something to deliver, but not before this long."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try. `name` is for counting: delivered, answered, gone, refused, or a failure's kind."""

    name: str
    latency_ms: int
    status: int | None = None
    problem: str | None = None
    answer: str | None = None
    retry_after: timedelta | None = None
    gone: bool = False

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.name == "delivered"


@dataclass(frozen=True, slots=True)
class Try:
    """A line of the delivery log."""

    number: int
    at: datetime
    outcome: str
    status: int | None
    latency_ms: int
    problem: str | None
    answer: str | None


def pause(tries: int, retry_after: timedelta | None, scale: float) -> timedelta | None:
    """How long to wait after so many tries; None when that was the last. The receiver's word is kept, unscaled."""
    if tries > len(RETRIES):
        return None
    scheduled = RETRIES[tries - 1] * scale * random.uniform(1, 1 + JITTER)  # noqa: S311 - jitter, not a secret
    return max(scheduled, min(retry_after or timedelta(0), LONGEST_WAIT))
