"""The queue's SQL: tasks on their way and the workers that hold them. Claims are a function of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.infra.queue.model import Again, Attempt, Breaker, Claimed, Lane
from daygen.kit.ids import TaskId, WorkerId

ADD = """
select daygen_enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# A worker whose lease has ended claims nothing: what it held is being given to others.
CLAIM = """
select * from daygen_next($1, $2)
"""
# When there may be something to claim without anybody ringing: a task is due, a pause is over, a stray call has ended.
NEXT_DUE = """
select extract(epoch from least(
  (select min(run_at) from tasks where state = 'waiting'),
  (select min(run_at) from tasks where state = 'abroad'),
  (select min(paused_until) from pools where paused_until > daygen_now()),
  (select min(until) from adrift where until > daygen_now())) - daygen_now())::float8
"""
# Who ends a task frees its place: lanes that its workspace's cap had parked are unparked, after taking the lock under
# which a claim counts. `capped` says whether somebody else may be waiting for the place.
COMPLETE = """
with gone as (
  delete from tasks where id = $1 and attempt = $2 and state = 'running' returning lane
), landed as (
  delete from adrift where task_id = $1 and attempt = $2
)
select p.cap is not null or w.cap is not null or s.cap is not null capped,
  case when s.cap is not null then daygen_unpark(s.owner) end
from gone join lanes l on l.id = gone.lane join shares s on s.owner = l.owner
join pools p on p.id = l.pool left join pools w on w.id = p.within
"""
DROP = """
with gone as (
  delete from tasks where id = $1 and state <> 'dead'
  returning id, attempt, lane, pool, worker_id, started_at, state = 'running' running
), left_adrift as (
  insert into adrift (task_id, attempt, pool, until)
  select g.id, g.attempt, g.pool, g.started_at + w.longest_call
  from gone g join workers w on w.id = g.worker_id where g.running
)
select p.cap is not null or w.cap is not null or s.cap is not null capped,
  case when s.cap is not null and gone.running then daygen_unpark(s.owner) end
from gone join lanes l on l.id = gone.lane join shares s on s.owner = l.owner
join pools p on p.id = l.pool left join pools w on w.id = p.within
"""
# Whoever gives up a task for a worker that is silent does not know whether its call is still in flight.
AGAIN = """
with held as (
  select id, worker_id, started_at from tasks where id = $1 and attempt = $2 and state = 'running'
), back as (
  update tasks t set
    state = case when $3::interval > interval '0' then 'waiting' else 'ready' end,
    run_at = case when $3::interval > interval '0' then daygen_now() + $3::interval end,
    tag = greatest(t.tag, r.vt),
    failures = failures + $4::int, crashes = crashes + $5::int, last_error = $6, worker_id = null, started_at = null
  from ranks r
  where t.id = $1 and t.attempt = $2 and t.state = 'running' and r.lane = t.lane and r.priority = t.priority
  returning t.id, t.attempt, t.lane, t.pool, t.state
), left_adrift as (
  insert into adrift (task_id, attempt, pool, until)
  select b.id, b.attempt, b.pool, h.started_at + w.longest_call
  from back b join held h on h.id = b.id join workers w on w.id = h.worker_id where w.lease_until < daygen_now()
)
select case when back.state = 'ready' then daygen_wake(back.lane) end,
  case when s.cap is not null then daygen_unpark(s.owner) end
from back join lanes l on l.id = back.lane join shares s on s.owner = l.owner
"""
BURY = """
with held as (
  select id, worker_id, started_at from tasks where id = $1 and attempt = $2 and state = 'running'
), dead as (
  update tasks set state = 'dead', last_error = $3, worker_id = null, started_at = null
  where id = $1 and attempt = $2 and state = 'running'
  returning id, attempt, lane, pool
), left_adrift as (
  insert into adrift (task_id, attempt, pool, until)
  select d.id, d.attempt, d.pool, h.started_at + w.longest_call
  from dead d join held h on h.id = d.id join workers w on w.id = h.worker_id where w.lease_until < daygen_now()
)
select case when s.cap is not null then daygen_unpark(s.owner) end
from dead join lanes l on l.id = dead.lane join shares s on s.owner = l.owner
"""
LANDED = """
delete from adrift where task_id = $1 and attempt = $2
"""
LOCK = """
select count(*) from (select from tasks where id = any($1::uuid[]) order by id for update) locked
"""
# Its place in the pool stays its own, so no lane is woken or unparked.
DEPART = """
update tasks set state = 'abroad', run_at = daygen_now() + $3::interval, worker_id = null, started_at = null,
  failures = failures + $4::int, crashes = crashes + $5::int, last_error = coalesce($6, last_error)
where id = $1 and attempt = $2 and state = 'running'
"""
WAKE = """
update tasks set run_at = least(run_at, daygen_now()) where id = $1 and state = 'abroad'
"""
KEEP_PLACE = """
insert into adrift (task_id, attempt, pool, until)
select $1, 0, id, daygen_now() + $3::interval from pools where name = $2 on conflict do nothing
"""
GIVE_PLACE = """
delete from adrift where task_id = $1 and attempt = 0
"""
PAUSE = """
update pools set paused_until = greatest(paused_until, daygen_now() + $2::interval)
where id = (select pool from tasks where id = $1)
"""
FALTER = """
select daygen_falter($1, $2, $3, $4, $5, $6)
"""
MEND = """
update pools set failures = 0, failing_since = null, trips = 0, probing = false,
  paused_until = case when probing then null else paused_until end
where name = $1 and (failures > 0 or probing)
"""
LOST = """
select t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent,
  t.request_id, t.started_at
from tasks t left join workers w on w.id = t.worker_id
where t.state = 'running' and t.worker_id <> '00000000-0000-0000-0000-000000000001'
  and (w.id is null or w.lease_until < daygen_now())
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
insert into workers (id, host, pid, lease_until, longest_call, slots)
values ($1, $2, $3, daygen_now() + $4::interval, $5, $6)
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
SET_CAP = """
update pools set cap = $2 where name = $1
"""
OPEN_POOL = """
insert into pools (name) values ($1) on conflict do nothing
"""
OPEN_POOL_WITHIN = """
insert into pools (name, within) select $1, id from pools where name = $2 on conflict do nothing
"""
SET_WEIGHT = """
insert into shares (owner, weight) values ($1, $2) on conflict (owner) do update set weight = excluded.weight
"""
SET_SHARE_CAP = """
insert into shares (owner, cap) values ($1, $2) on conflict (owner) do update set cap = excluded.cap
"""
UNPARK = """
select daygen_unpark($1)
"""
REPLAY = """
with back as (
  update tasks t set state = 'ready', failures = 0, crashes = 0, tag = greatest(t.tag, r.vt)
  from ranks r where t.id = $1 and t.state = 'dead' and r.lane = t.lane and r.priority = t.priority
  returning t.lane
)
select daygen_wake(lane) from back
"""
FORGET_DEAD = """
delete from tasks where id = $1 and state = 'dead'
"""
# A bound is what the virtual time was a minute ago: longer than any transaction lives that has read an older one and
# may still write a tag below it. If one did, the bound goes back to what it left.
MOVE_BOUNDS = """
update ranks r set next_bound = r.vt, bounded_at = daygen_now(), bound = least(r.next_bound, (
  select min(t.tag) from tasks t where t.state = 'ready' and t.lane = r.lane and t.priority = r.priority))
where r.bounded_at <= daygen_now() - interval '1 minute'
and (r.next_bound <> r.vt or r.bound <> r.next_bound or exists (
  select from tasks t where t.state = 'ready' and t.lane = r.lane and t.priority = r.priority and t.tag < r.bound))
"""
WAKE_SLEEPERS = """
update lanes l set active = true
where not active and exists (select from tasks t where t.lane = l.id and t.state = 'ready')
"""
UNPARK_IDLE = """
update lanes l set parked = false from shares s
where l.parked and s.owner = l.owner and (s.cap is null or daygen_running(s.owner) < s.cap)
"""
FORGET_ADRIFT = """
delete from adrift where until <= daygen_now()
"""


@dataclass(frozen=True, slots=True)
class Freed:
    """A task that is gone. `capped`: its place was one of a limited number."""

    capped: bool


async def add(
    tx: Tx,
    task_id: TaskId,
    kind: str,
    payload: object,
    lane: Lane,
    priority: int,
    traceparent: str | None,
    request_id: str | None,
) -> None:
    """Write a task that is ready to run, and wake its lane."""
    await tx.run(
        ADD,
        task_id,
        kind,
        payload,
        lane.pool,
        lane.within,
        lane.owner,
        lane.member,
        priority,
        traceparent,
        request_id,
    )


async def claim(tx: Tx, worker_id: WorkerId, most: int) -> list[Claimed]:
    """Take up to `most` ready tasks, in fair order; what has waited long enough becomes ready first."""
    return [claimed_of(row) for row in await tx.rows(CLAIM, worker_id, most)]


async def next_due(tx: Tx) -> timedelta | None:
    """How long until there may be something to claim without a ring; None when nothing is known to come."""
    seconds: float | None = await tx.value(NEXT_DUE)
    return None if seconds is None else timedelta(seconds=max(seconds, 0.001))


async def complete(tx: Tx, attempt: Attempt) -> Freed | None:
    """Remove a finished task; None when this attempt no longer holds it. Its call is not in flight either way."""
    row = await tx.row(COMPLETE, attempt.task_id, attempt.number)
    return Freed(row["capped"]) if row else None


async def drop(tx: Tx, task_id: TaskId) -> Freed | None:
    """Remove a task whoever holds it; None when it was gone already."""
    row = await tx.row(DROP, task_id)
    return Freed(row["capped"]) if row else None


async def lock(tx: Tx, task_ids: Sequence[TaskId]) -> int:
    """Keep tasks in their state until the transaction ends, in one order everywhere; returns how many there are."""
    return await tx.value(LOCK, [*task_ids])


async def again(tx: Tx, attempt: Attempt, why: Again) -> bool:
    """Put a task back, ready now or after a wait; False when this attempt no longer holds it."""
    back = await tx.rows(
        AGAIN, attempt.task_id, attempt.number, why.after, int(why.failed), int(why.crashed), why.reason[:2000]
    )
    return bool(back)


async def bury(tx: Tx, attempt: Attempt, reason: str) -> bool:
    """Keep a task as a dead letter; False when this attempt no longer holds it."""
    return bool(await tx.rows(BURY, attempt.task_id, attempt.number, reason[:2000]))


async def depart(tx: Tx, attempt: Attempt, why: Again) -> bool:
    """Let a task wait abroad, in its place; False when this attempt no longer holds it."""
    told = why.after, int(why.failed), int(why.crashed), why.reason[:2000] if why.failed or why.crashed else None
    return await tx.run(DEPART, attempt.task_id, attempt.number, *told) == 1


async def wake(tx: Tx, task_id: TaskId) -> bool:
    """Have a task that is abroad asked after now; False when it is not."""
    return await tx.run(WAKE, task_id) == 1


async def keep_place(tx: Tx, task_id: TaskId, pool: str, most: timedelta) -> None:
    """Count a task that is gone as running until its place is given back, but no longer than this."""
    await tx.run(KEEP_PLACE, task_id, pool, most)


async def give_place(tx: Tx, task_id: TaskId) -> bool:
    """Give back a place that was kept."""
    return await tx.run(GIVE_PLACE, task_id) == 1


async def landed(tx: Tx, attempt: Attempt) -> bool:
    """Give back the place of a call that has ended although its task had been taken away; False if it has none."""
    return await tx.run(LANDED, attempt.task_id, attempt.number) == 1


async def pause(tx: Tx, task_id: TaskId, wait: timedelta) -> None:
    """Claim nothing more from this task's pool for a while; a longer pause stays."""
    await tx.run(PAUSE, task_id, wait)


async def falter(tx: Tx, pool: str, breaker: Breaker, *, first: bool) -> bool:
    """Count a failure of a provider; whether its breaker is open."""
    told = breaker.after, breaker.within, breaker.pause, breaker.longest, first
    return bool(await tx.value(FALTER, pool, *told))


async def mend(tx: Tx, pool: str) -> bool:
    """Close a breaker, or forget the failures so far; False when there was nothing to it, and nothing was written."""
    return await tx.run(MEND, pool) == 1


async def lost(tx: Tx) -> list[Claimed]:
    """Tasks in the hands of workers whose lease has ended."""
    return [claimed_of(row) for row in await tx.rows(LOST)]


async def held(tx: Tx, worker_id: WorkerId) -> list[Claimed]:
    """The tasks in this worker's hands."""
    return [claimed_of(row) for row in await tx.rows(HELD, worker_id)]


async def holds(tx: Tx, attempt: Attempt) -> bool:
    """Whether this attempt holds its task; it does then until the transaction ends."""
    return bool(await tx.value(HOLDS, attempt.task_id, attempt.number))


async def register(
    tx: Tx,
    worker_id: WorkerId,
    host: str,
    pid: int,
    lease: timedelta,
    longest_call: timedelta,
    slots: int = 0,
) -> None:
    """Announce a worker, with its first lease; twice is once. `slots`: how much it takes from a transport."""
    await tx.run(REGISTER, worker_id, host, pid, lease, longest_call, slots)


async def renew(tx: Tx, worker_id: WorkerId, lease: timedelta) -> bool:
    """Prolong a lease; False when it had ended, and the worker is fenced."""
    return await tx.run(RENEW, worker_id, lease) == 1


async def leave(tx: Tx, worker_id: WorkerId) -> None:
    """Take a worker off the list."""
    await tx.run(LEAVE, worker_id)


async def forget(tx: Tx) -> None:
    """Take workers off the list that died and whose tasks are all in other hands."""
    await tx.run(FORGET)


async def set_cap(tx: Tx, pool: str, within: str | None, cap: int | None) -> None:
    """Bound how many tasks of a pool run at once; None is no bound."""
    if within is None:
        await tx.run(OPEN_POOL, pool)
    else:
        await tx.run(OPEN_POOL, within)
        await tx.run(OPEN_POOL_WITHIN, pool, within)
    await tx.run(SET_CAP, pool, cap)


async def set_weight(tx: Tx, owner: UUID, weight: int) -> None:
    """Say how much of a contended pool is this workspace's, against others."""
    await tx.run(SET_WEIGHT, owner, weight)


async def set_share_cap(tx: Tx, owner: UUID, cap: int | None) -> None:
    """Bound how many tasks of a workspace run at once; None is no bound. Lanes parked under the old one go on."""
    await tx.run(SET_SHARE_CAP, owner, cap)
    await tx.run(UNPARK, owner)


async def replay(tx: Tx, task_id: TaskId) -> bool:
    """Make a dead letter ready again, with its tries forgotten; False when it is none."""
    return bool(await tx.rows(REPLAY, task_id))


async def forget_dead(tx: Tx, task_id: TaskId) -> bool:
    """Throw a dead letter away; False when it is none."""
    return await tx.run(FORGET_DEAD, task_id) == 1


async def sweep(tx: Tx) -> int:
    """Move bounds on, forget calls that have ended by now, and heal; returns how many lanes were in need of it."""
    await tx.run(MOVE_BOUNDS)
    await tx.run(FORGET_ADRIFT)
    return await tx.run(WAKE_SLEEPERS) + await tx.run(UNPARK_IDLE)


def claimed_of(row: Record) -> Claimed:
    """What a claiming statement returned."""
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
