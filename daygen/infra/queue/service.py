"""The queue's verbs, for whoever holds a transaction: what is written rings the workers when it commits."""

from datetime import timedelta
from uuid import UUID

from daygen.infra import telemetry
from daygen.infra.db import Tx
from daygen.infra.queue import repository
from daygen.infra.queue.model import CANCELS, TASKS, Again, Attempt, Breaker, Lane, Task
from daygen.kit.ids import TaskId

log = telemetry.get_logger(__name__)


async def enqueue(
    tx: Tx, task: Task, *, lane: Lane | None = None, priority: int = 0, task_id: TaskId | None = None
) -> TaskId:
    """Hand a task to the workers when this transaction commits; without a lane it is the house's own.

    `priority` counts among tasks of the same lane only. The task carries the current trace and request id on.
    """
    task_id = task_id or TaskId.new()
    origin = telemetry.traceparent(), telemetry.bound_fact("requestId")
    await repository.add(tx, task_id, task.kind, task.payload(), lane or Lane(), priority, *origin)
    tx.ring(TASKS)
    return task_id


async def complete(tx: Tx, attempt: Attempt) -> bool:
    """Remove a finished task; False when this attempt no longer holds it."""
    freed = await repository.complete(tx, attempt)
    if freed is not None and freed.capped:
        tx.ring(TASKS)  # its place may be what another worker waits for; ours looks anyway
    return freed is not None


async def again(tx: Tx, attempt: Attempt, why: Again) -> bool:
    """Put a task back, ready now or after a wait; False when this attempt no longer holds it."""
    back = await repository.again(tx, attempt, why)
    if back:
        tx.ring(TASKS)
    return back


async def depart(tx: Tx, attempt: Attempt, why: Again) -> bool:
    """Let a task wait for its order abroad, without a worker but in its place, for `why.after` or until `wake`.

    False when this attempt no longer holds it.
    """
    return await repository.depart(tx, attempt, why)


async def wake(tx: Tx, task_id: TaskId) -> None:
    """Have a task that is abroad asked after now; one that is not stays as it is. Nobody moves it until the commit.

    Whoever writes what it should see calls `lock` before, so that one that departs just now sees it too.
    """
    if await repository.wake(tx, task_id):
        tx.ring(TASKS)


async def give_place(tx: Tx, task_id: TaskId) -> None:
    """Give back the place that `keep_place` kept for a task."""
    if await repository.give_place(tx, task_id):
        tx.ring(TASKS)


async def bury(tx: Tx, attempt: Attempt, reason: str) -> bool:
    """Keep a task as a dead letter; False when this attempt no longer holds it."""
    buried = await repository.bury(tx, attempt, reason)
    if buried:
        tx.ring(TASKS)
    return buried


async def drop(tx: Tx, task_id: TaskId) -> bool:
    """Take a task away, also from a worker that is at it, which then stops; False when it was gone already."""
    freed = await repository.drop(tx, task_id)
    if freed is not None:
        tx.ring(CANCELS)
        if freed.capped:
            tx.ring(TASKS)
    return freed is not None


async def pause(tx: Tx, attempt: Attempt, wait: timedelta) -> None:
    """Claim nothing from the pool of this attempt's task for a while: its provider said so. The last write, please.

    Other tasks stay as and where they are, be it 10,000.
    """
    await repository.pause(tx, attempt.task_id, wait)


async def falter(tx: Tx, pool: str, breaker: Breaker, attempt: Attempt) -> bool:
    """A call to this pool's provider failed; whether the pool is closed now, to all processes.

    Only a task's first failure counts, so that no few bad tasks close it to all.

    Its tasks wait, as many as they are. After a pause one of them at a time is let through, until `mend`.
    """
    return await repository.falter(tx, pool, breaker, first=attempt.failures == 0)


async def mend(tx: Tx, pool: str) -> None:
    """A call to this pool's provider was answered. Writes nothing where all was well. The last write, please."""
    if await repository.mend(tx, pool):
        tx.ring(TASKS)


async def set_cap(tx: Tx, pool: str, cap: int | None, *, within: str | None = None) -> None:
    """Bound how many tasks of a pool run at once, at 0 none; None lifts it. What is above a lower bound runs on."""
    await repository.set_cap(tx, pool, within, cap)
    tx.ring(TASKS)


async def set_weight(tx: Tx, owner: UUID, weight: int) -> None:
    """Give a workspace this share (1 to 1,000) of what is contended, against 1 of others."""
    await repository.set_weight(tx, owner, weight)


async def set_share_cap(tx: Tx, owner: UUID, cap: int | None) -> None:
    """Bound how many tasks of a workspace run at once, over all pools; None lifts it."""
    await repository.set_share_cap(tx, owner, cap)
    tx.ring(TASKS)


async def replay(tx: Tx, task_id: TaskId) -> bool:
    """Try a dead letter again from the start; False when there is no such dead letter."""
    back = await repository.replay(tx, task_id)
    if back:
        tx.ring(TASKS)
    return back


async def sweep(tx: Tx) -> None:
    """Forget what is past and put right what should not be; once a minute."""
    healed = await repository.sweep(tx)
    if healed:
        log.error("queue.healed", lanes=healed)  # a bug of ours: the audit would have found it
        tx.ring(TASKS)
