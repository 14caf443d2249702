"""The queue: tasks in a table, written in the caller's transaction, carried out at least once, in effect exactly once.

    ready ──claim──▶ running ──complete──▶ (gone)
      ▲                │  │
      │   due          │  └──bury──▶ dead (a dead letter, kept with its reason; `replay` makes it ready again)
    waiting ◀──again───┤
                       │
    abroad ◀──depart───┘   with an order at a provider; `running` again when it is due, or woken

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
silent, until the longest time that a call may last is over; or for as long as a task is abroad. A pool can be paused,
which touches none of its tasks.

Tasks may also reach workers through a transport (`dispatch`): a dispatcher claims them in the name of a desk, as many
as there are free slots, and publishes each claim as a grant, an id and an attempt's number; the worker that receives it
takes the task from the desk. What a transport loses is published again, what it doubles is taken once.
"""

from daygen.infra.queue.dispatch.deliveries import Deliveries
from daygen.infra.queue.dispatch.dispatcher import Dispatcher
from daygen.infra.queue.dispatch.model import Grant, Message, Transport, TransportDown
from daygen.infra.queue.dispatch.repository import on_its_way
from daygen.infra.queue.model import (
    CANCELS,
    GRANTS,
    TASKS,
    Again,
    Attempt,
    Breaker,
    Claimed,
    Handler,
    Lane,
    Snooze,
    Source,
    Task,
)
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
from daygen.infra.queue.repository import forget_dead, holds, keep_place, lock
from daygen.infra.queue.service import (
    again,
    bury,
    complete,
    depart,
    drop,
    enqueue,
    falter,
    give_place,
    mend,
    pause,
    replay,
    set_cap,
    set_share_cap,
    set_weight,
    sweep,
    wake,
)
from daygen.infra.queue.worker import CRASHES, FAILURES, LONGEST_CALL, Worker, backoff

__all__ = [
    "CANCELS",
    "CRASHES",
    "FAILURES",
    "GRANTS",
    "LONGEST_CALL",
    "TASKS",
    "Again",
    "Attempt",
    "Breaker",
    "Claimed",
    "Deliveries",
    "Dispatcher",
    "Grant",
    "Handler",
    "Lane",
    "Message",
    "Snooze",
    "Source",
    "Task",
    "Transport",
    "TransportDown",
    "Worker",
    "again",
    "backoff",
    "bury",
    "complete",
    "dead",
    "depart",
    "depths",
    "drop",
    "enqueue",
    "falter",
    "forget_dead",
    "give_place",
    "holds",
    "keep_place",
    "lanes",
    "letters",
    "lock",
    "mend",
    "now",
    "on_its_way",
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
    "wake",
    "workers",
]
