"""The queue's SQL: tables `tasks` and `workers`."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.infra.queue.model import Again, Attempt, Claimed
from daygen.kit.ids import TaskId, WorkerId

ADD = """
insert into tasks (id, kind, payload, lane, priority, traceparent, request_id)
values ($1, $2, $3, $4, $5, $6, $7)
"""
# A worker whose lease has ended claims nothing: what it held is being given to others.
CLAIM = """
with head as (
  select id from tasks where state = 'ready'
    and exists (select from workers where id = $1 and lease_until >= daygen_now())
  order by priority desc, id limit $2 for update skip locked
)
update tasks t set state = 'running', attempt = attempt + 1, worker_id = $1, started_at = daygen_now()
from head where t.id = head.id
returning t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent,
  t.request_id, t.started_at
"""
PROMOTE = """
update tasks set state = 'ready', run_at = null
where id in (select id from tasks where state = 'waiting' and run_at <= daygen_now() for update skip locked)
"""
NEXT_DUE = """
select extract(epoch from min(run_at) - daygen_now())::float8 from tasks where state = 'waiting'
"""
COMPLETE = """
delete from tasks where id = $1 and attempt = $2 and state = 'running'
"""
DROP = """
delete from tasks where id = $1 and state <> 'dead'
"""
AGAIN = """
update tasks set
  state = case when $3::interval > interval '0' then 'waiting' else 'ready' end,
  run_at = case when $3::interval > interval '0' then daygen_now() + $3::interval end,
  failures = failures + $4::int, crashes = crashes + $5::int, last_error = $6, worker_id = null, started_at = null
where id = $1 and attempt = $2 and state = 'running'
"""
BURY = """
update tasks set state = 'dead', last_error = $3, worker_id = null, started_at = null
where id = $1 and attempt = $2 and state = 'running'
"""
LOST = """
select t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent,
  t.request_id, t.started_at
from tasks t left join workers w on w.id = t.worker_id
where t.state = 'running' and (w.id is null or w.lease_until < daygen_now())
limit 100
"""
HELD = """
select id, kind, payload, attempt, worker_id, failures, crashes, traceparent, request_id, started_at
from tasks where worker_id = $1 and state = 'running'
"""
HOLDS = """
select true from tasks where id = $1 and attempt = $2 and state = 'running' for no key update
"""
REGISTER = """
insert into workers (id, host, pid, lease_until) values ($1, $2, $3, daygen_now() + $4::interval)
on conflict (id) do update set lease_until = excluded.lease_until
"""
RENEW = """
update workers set lease_until = daygen_now() + $2::interval where id = $1 and lease_until >= daygen_now()
"""
LEAVE = """
delete from workers where id = $1
"""
FORGET = """
delete from workers w where lease_until < daygen_now() - interval '1 minute'
and not exists (select from tasks t where t.worker_id = w.id)
"""
POSITIONS = """
with line as (
  select id, row_number() over (order by priority desc, id) - 1 place
  from (select id, priority from tasks where state = 'ready' order by priority desc, id limit $2) head
)
select t.id, coalesce(line.place, $2) place from tasks t left join line using (id)
where t.id = any($1::uuid[]) and t.state = 'ready'
"""
DEPTHS = """
select kind, state, count(*) tasks, coalesce(extract(epoch from daygen_now() - min(created_at)), 0)::float8 oldest_s
from tasks group by kind, state order by kind, state
"""
LANES = """
select lane, count(*) filter (where state = 'ready') ready, count(*) filter (where state = 'running') running,
  count(*) filter (where state = 'waiting') waiting, count(*) filter (where state = 'dead') dead,
  coalesce(extract(epoch from daygen_now() - min(created_at) filter (where state = 'ready')), 0)::float8 oldest_ready_s
from tasks group by lane order by ready desc, lane limit 100
"""
WORKERS = """
select w.id, w.host, w.pid, w.started_at, extract(epoch from w.lease_until - daygen_now())::float8 lease_s,
  (select count(*) from tasks t where t.worker_id = w.id) running
from workers w order by w.started_at
"""
STUCK = """
select t.id, t.kind, t.lane, t.state, t.attempt, t.failures, t.crashes, t.last_error,
  extract(epoch from daygen_now() - coalesce(t.started_at, t.created_at))::float8 age_s
from tasks t where t.state = 'dead' or (t.state = 'running' and t.started_at < daygen_now() - interval '10 minutes')
order by t.id limit 100
"""


async def add(
    tx: Tx,
    task_id: TaskId,
    kind: str,
    payload: object,
    lane: UUID | None,
    priority: int,
    traceparent: str | None,
    request_id: str | None,
) -> None:
    """Write a task that is ready to run."""
    await tx.run(ADD, task_id, kind, payload, lane, priority, traceparent, request_id)


async def claim(tx: Tx, worker_id: WorkerId, most: int) -> list[Claimed]:
    """Take up to `most` ready tasks: higher priority first, then the oldest."""
    return [_claimed(row) for row in await tx.rows(CLAIM, worker_id, most)]


async def promote(tx: Tx) -> int:
    """Make ready what has waited long enough; returns how many."""
    return await tx.run(PROMOTE)


async def next_due(tx: Tx) -> timedelta | None:
    """How long until the next waiting task is due; None when none waits."""
    seconds: float | None = await tx.value(NEXT_DUE)
    return None if seconds is None else timedelta(seconds=max(seconds, 0.001))


async def complete(tx: Tx, attempt: Attempt) -> bool:
    """Remove a finished task; False when this attempt no longer holds it."""
    return await tx.run(COMPLETE, attempt.task_id, attempt.number) == 1


async def drop(tx: Tx, task_id: TaskId) -> bool:
    """Remove a task whoever holds it; False when it was gone already."""
    return await tx.run(DROP, task_id) == 1


async def again(tx: Tx, attempt: Attempt, why: Again) -> bool:
    """Put a task back, ready now or after a wait; False when this attempt no longer holds it."""
    return (
        await tx.run(
            AGAIN, attempt.task_id, attempt.number, why.after, int(why.failed), int(why.crashed), why.reason[:2000]
        )
        == 1
    )


async def bury(tx: Tx, attempt: Attempt, reason: str) -> bool:
    """Keep a task as a dead letter; False when this attempt no longer holds it."""
    return await tx.run(BURY, attempt.task_id, attempt.number, reason[:2000]) == 1


async def lost(tx: Tx) -> list[Claimed]:
    """Tasks in the hands of workers whose lease has ended."""
    return [_claimed(row) for row in await tx.rows(LOST)]


async def held(tx: Tx, worker_id: WorkerId) -> list[Claimed]:
    """The tasks in this worker's hands."""
    return [_claimed(row) for row in await tx.rows(HELD, worker_id)]


async def holds(tx: Tx, attempt: Attempt) -> bool:
    """Whether this attempt holds its task; it does then until the transaction ends."""
    return bool(await tx.value(HOLDS, attempt.task_id, attempt.number))


async def register(tx: Tx, worker_id: WorkerId, host: str, pid: int, lease: timedelta) -> None:
    """Announce a worker, with its first lease; twice is once."""
    await tx.run(REGISTER, worker_id, host, pid, lease)


async def renew(tx: Tx, worker_id: WorkerId, lease: timedelta) -> bool:
    """Prolong a lease; False when it had ended, and the worker is fenced."""
    return await tx.run(RENEW, worker_id, lease) == 1


async def leave(tx: Tx, worker_id: WorkerId) -> None:
    """Take a worker off the list."""
    await tx.run(LEAVE, worker_id)


async def forget(tx: Tx) -> None:
    """Take workers off the list that died and whose tasks are all in other hands."""
    await tx.run(FORGET)


async def positions(tx: Tx, ids: Sequence[TaskId], most: int = 10_000) -> dict[TaskId, int]:
    """How many ready tasks are claimed before each of these, counted up to `most`; without those that are not ready."""
    return {TaskId.of(row["id"]): row["place"] for row in await tx.rows(POSITIONS, list(ids), most)}


async def depths(tx: Tx) -> list[Record]:
    """Number and oldest age of the tasks, by kind and state."""
    return await tx.rows(DEPTHS)


async def lanes(tx: Tx) -> list[Record]:
    """Number of tasks by lane and state, the deepest 100 lanes first."""
    return await tx.rows(LANES)


async def workers(tx: Tx) -> list[Record]:
    """Every worker with what is left of its lease and how much it holds."""
    return await tx.rows(WORKERS)


async def stuck(tx: Tx) -> list[Record]:
    """Dead letters, and tasks that have been running for more than 10 minutes."""
    return await tx.rows(STUCK)


def _claimed(row: Record) -> Claimed:
    return Claimed(
        kind=row["kind"],
        payload=row["payload"],
        started_at=row["started_at"],
        attempt=Attempt(
            task_id=TaskId.of(row["id"]),
            number=row["attempt"],
            worker_id=WorkerId.of(row["worker_id"]),
            failures=row["failures"],
            crashes=row["crashes"],
            traceparent=row["traceparent"],
            request_id=row["request_id"],
        ),
    )
