"""The queue: tasks in a table, written in the caller's transaction, carried out at least once, in effect exactly once.

    ready ──claim──▶ running ──complete──▶ (gone)
      ▲                │  │
      │   due          │  └──bury──▶ dead (a dead letter, kept with its reason)
    waiting ◀──again───┘

A claim raises the task's attempt number; what an attempt writes is guarded by (task, attempt), so a worker that was
given up for dead and comes back writes nothing. A worker holds one lease for all its tasks and prolongs it three times
a lease; tasks of a worker whose lease ended go back to ready. Workers are woken by a bell (`TASKS`), and look once a
second in case a ring was lost.
"""

from uuid import UUID

from daygen.infra import telemetry
from daygen.infra.db import Tx
from daygen.infra.queue import repository
from daygen.infra.queue.model import Again, Attempt, Claimed, Handler, Snooze, Task
from daygen.infra.queue.repository import again, bury, complete, depths, holds, lanes, positions, stuck, workers
from daygen.infra.queue.worker import CANCELS, CRASHES, FAILURES, TASKS, Worker, backoff
from daygen.kit.ids import TaskId

__all__ = [
    "CANCELS",
    "CRASHES",
    "FAILURES",
    "TASKS",
    "Again",
    "Attempt",
    "Claimed",
    "Handler",
    "Snooze",
    "Task",
    "Worker",
    "again",
    "backoff",
    "bury",
    "complete",
    "depths",
    "drop",
    "enqueue",
    "holds",
    "lanes",
    "positions",
    "stuck",
    "workers",
]


async def enqueue(
    tx: Tx, task: Task, *, lane: UUID | None = None, priority: int = 0, task_id: TaskId | None = None
) -> TaskId:
    """Hand a task to the workers when this transaction commits. `lane` is the workspace it is done for.

    The task carries the current trace and request id on.
    """
    task_id = task_id or TaskId.new()
    origin = telemetry.traceparent(), telemetry.bound_fact("requestId")
    await repository.add(tx, task_id, task.kind, task.payload(), lane, priority, *origin)
    tx.ring(TASKS)
    return task_id


async def drop(tx: Tx, task_id: TaskId) -> bool:
    """Take a task away, also from a worker that is at it, which then stops; False when it was gone already."""
    dropped = await repository.drop(tx, task_id)
    if dropped:
        tx.ring(CANCELS)
    return dropped
