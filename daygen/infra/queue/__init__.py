"""The queue: tasks in a table, written in the caller's transaction, carried out at least once, in effect exactly once.

    ready ──claim──▶ running ──complete──▶ (gone)
      ▲                │  │
      │   due          │  └──bury──▶ dead (a dead letter, kept with its reason; `replay` makes it ready again)
    waiting ◀──again───┘

A claim raises the task's attempt number; what an attempt writes is guarded by (task, attempt), so a worker that was
given up for dead and comes back writes nothing. A worker holds one lease for all its tasks and prolongs it three times
a lease; tasks of a worker whose lease ended go back to ready. Workers are woken by a bell (`TASKS`), and look once a
second in case a ring was lost.

A task waits in a lane: one workspace's place at one pool, a capacity such as a model of a provider. Who is next?

* Of the lanes of a pool: the one that has had least for its weight (start-time fair queueing).
* Within a lane: the highest priority, which never counts against another workspace; then its members in turn.
* Pools take turns at a worker's free slots.

Three caps make tasks wait, and refuse none: of a pool (a model), of the pool it lies within (its provider), and of a
workspace. What runs is counted from the tasks that do, under the lock that every claim takes first, so no counter can
drift. A place at a provider stays taken while a call may be in flight there: when a task is taken from a worker that is
silent, until the longest time that a call may last is over. A pool can be paused, which touches none of its tasks.
"""

from daygen.infra.queue.model import CANCELS, TASKS, Again, Attempt, Claimed, Handler, Lane, Snooze, Task
from daygen.infra.queue.overview.repository import (
    dead,
    depths,
    lanes,
    letters,
    now,
    pools,
    positions,
    share,
    stuck,
    workers,
)
from daygen.infra.queue.repository import forget_dead, holds
from daygen.infra.queue.service import (
    again,
    bury,
    complete,
    drop,
    enqueue,
    lock,
    pause,
    replay,
    set_cap,
    set_share_cap,
    set_weight,
    sweep,
)
from daygen.infra.queue.worker import CRASHES, FAILURES, LONGEST_CALL, Worker, backoff

__all__ = [
    "CANCELS",
    "CRASHES",
    "FAILURES",
    "LONGEST_CALL",
    "TASKS",
    "Again",
    "Attempt",
    "Claimed",
    "Handler",
    "Lane",
    "Snooze",
    "Task",
    "Worker",
    "again",
    "backoff",
    "bury",
    "complete",
    "dead",
    "depths",
    "drop",
    "enqueue",
    "forget_dead",
    "holds",
    "lanes",
    "letters",
    "lock",
    "now",
    "pause",
    "pools",
    "positions",
    "replay",
    "set_cap",
    "set_share_cap",
    "set_weight",
    "share",
    "stuck",
    "sweep",
    "workers",
]
