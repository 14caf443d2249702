"""What the queue carries: tasks, and the attempts to carry them out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from daygen.infra.db import Tx
from daygen.kit.ids import TaskId, WorkerId

TASKS = "daygen_tasks"
CANCELS = "daygen_cancels"
GRANTS = "daygen_grants"

HOUSE = UUID(int=0)
DESK = WorkerId(int=1)  # in whose name a task is claimed that is on its way to a worker through a transport


class Task(Protocol):
    """An order to a worker, in the imperative: a small frozen dataclass."""

    kind: ClassVar[str]

    def payload(self) -> Mapping[str, Any]:
        """What is needed to carry it out, as JSON."""
        ...

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read it back."""
        ...


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a task waits: for a share of which capacity, and on whose behalf.

    `pool` names the capacity, `within` a wider one that it is part of: a model, and its provider. `owner` is the
    workspace, which is served in turn with others according to its weight; `member` is who in it wants the task, served
    in turn with its other members. Left out, both are the house's: first come, first served.
    """

    pool: str = "house"
    within: str | None = None
    owner: UUID = HOUSE
    member: UUID | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """When a provider is left alone: after so many tasks failed in a row, all within this of the first.

    A task's later failures count no more, so that no few bad ones open it. The pause doubles each time a probe fails.
    """

    after: int = 8
    within: timedelta = timedelta(minutes=1)
    pause: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claim of a task by a worker. Whatever it writes is guarded by (`task_id`, `number`).

    `failures` and `crashes` are those of earlier attempts; `traceparent` and `request_id` lead back to who ordered it.
    """

    task_id: TaskId
    number: int
    worker_id: WorkerId
    failures: int
    crashes: int
    traceparent: str | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task in a worker's hands."""

    kind: str
    payload: Mapping[str, Any]
    attempt: Attempt
    started_at: datetime


class Snooze(Exception):  # noqa: N818 - an answer to the queue, not an error
    """Not now, through no fault of the task: try again later, not counted."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again in {after}")
        self.after = after


class Source(Protocol):
    """Where a worker's tasks come from: the table itself, or what a transport delivers."""

    delivers: bool

    def attach(self, bell: asyncio.Event) -> None:
        """Set this event whenever there may be something to claim."""
        ...

    async def claim(self, worker_id: WorkerId, most: int) -> tuple[list[Claimed], timedelta | None]:
        """Take up to `most` tasks, with no transaction open; and in how long there may be more without a ring."""
        ...

    def ended(self, attempt: Attempt) -> None:
        """Learn that an attempt is over, and that what must be written of it is."""
        ...

    def stop(self) -> None:
        """Learn that nothing more will be claimed."""
        ...


class Handler(Protocol):
    """How a kind of task is carried out, and what else must be true when the queue takes it back or gives it up."""

    async def run(self, claimed: Claimed) -> None:
        """Carry it out. Being run twice is normal. Raises `Snooze`, or anything else to be tried again."""
        ...

    async def again(self, tx: Tx, claimed: Claimed, why: "Again") -> None:
        """Put it back, and write with it whatever belongs to that. Calls `queue.again`."""
        ...

    async def give_up(self, tx: Tx, claimed: Claimed, reason: str) -> None:
        """End it for good, and write with it whatever belongs to that. Calls `queue.bury`."""
        ...


@dataclass(frozen=True, slots=True)
class Again:
    """Why and when a task is tried again: counted as a failure, as a crash of its worker, or not at all."""

    reason: str
    after: timedelta = timedelta(0)
    failed: bool = False
    crashed: bool = False
