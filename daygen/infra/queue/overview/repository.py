"""The queue's views: SQL that reads, and writes nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.kit.ids import TaskId

# A lane's n-th task starts (n-1)/weight after the lane's virtual time; who starts earlier in the same pool goes before.
# Other lanes are read only as far as the last of the wanted tasks lets them come before it.
POSITIONS = """
with wanted as materialized (
  select id, lane, pool from tasks where id = any($1::uuid[]) and state = 'ready'
), lane as materialized (
  select l.id, l.pool, greatest(l.vt, p.vt) vt, s.weight, l.id in (select lane from wanted) is_mine
  from lanes l join pools p on p.id = l.pool join shares s on s.owner = l.owner
  where l.pool in (select pool from wanted) and (l.active and not l.parked or l.id in (select lane from wanted))
), mine as materialized (
  select l.id lane, l.pool, t.id, l.vt + (t.nth - 1) * 1000000 / l.weight start
  from lane l cross join lateral (
    select id, row_number() over (order by priority desc, tag, id) nth from tasks
    where state = 'ready' and lane = l.id order by priority desc, tag, id limit $2) t
  where l.is_mine
), last as materialized (
  select pool, max(start) start from mine where id in (select id from wanted) group by pool
), line as materialized (
  select * from mine
  union all
  select l.id, l.pool, t.id, l.vt + (t.nth - 1) * 1000000 / l.weight
  from lane l join last using (pool) cross join lateral (
    select id, row_number() over (order by priority desc, tag, id) nth from tasks
    where state = 'ready' and lane = l.id order by priority desc, tag, id
    limit least(greatest((last.start - l.vt) * l.weight / 1000000 + 1, 0), $2)) t
  where not l.is_mine and l.vt <= last.start
)
select w.id, least(coalesce(p.place, $2), $2)::int place
from wanted w left join (
  select id, row_number() over (partition by pool order by start, lane, id) - 1 place from line) p using (id)
"""
DEPTHS = """
select t.kind, p.name pool, t.state, count(*) tasks, count(*) filter (where t.failures + t.crashes > 0) retried,
  coalesce(extract(epoch from daygen_now() - min(t.created_at)), 0)::float8 oldest_s
from tasks t join pools p on p.id = t.pool group by t.kind, p.name, t.state order by t.kind, p.name, t.state
"""
POOLS = """
select p.id, p.name, w.name as within, p.cap, daygen_room(p.id) room,
  (select count(*) from tasks t where t.pool in (select i.id from pools i where p.id in (i.id, i.within))
    and t.state = 'running') running,
  (select count(*) from tasks t where t.pool in (select i.id from pools i where p.id in (i.id, i.within))
    and t.state = 'abroad') abroad,
  (select count(*) from adrift a where a.pool in (select i.id from pools i where p.id in (i.id, i.within))
    and a.until > daygen_now()) adrift,
  p.probing, p.trips,
  greatest(extract(epoch from p.paused_until - daygen_now()), 0)::float8 paused_s
from pools p left join pools w on w.id = p.within
order by coalesce(w.name, p.name), p.within nulls first, p.name limit 1000
"""
LANES = """
select p.name pool, l.owner, s.weight, s.cap, l.parked, l.active, t.*
from (
  select lane, count(*) filter (where state = 'ready') ready, count(*) filter (where state = 'running') running,
    count(*) filter (where state = 'waiting') waiting, count(*) filter (where state = 'abroad') abroad,
    count(*) filter (where state = 'dead') dead,
    coalesce(extract(epoch from daygen_now() - min(created_at) filter (where state = 'ready')), 0)::float8
      as oldest_ready_s
  from tasks group by lane
) t join lanes l on l.id = t.lane join pools p on p.id = l.pool join shares s on s.owner = l.owner
order by t.ready desc, l.id limit 100
"""
WORKERS = """
select w.id, w.host, w.pid, w.started_at, extract(epoch from w.lease_until - daygen_now())::float8 lease_s,
  (select count(*) from tasks t where t.worker_id = w.id) running
from workers w where w.id <> '00000000-0000-0000-0000-000000000001' order by w.started_at
"""
STUCK = """
select t.id, t.kind, t.payload, p.name pool, l.owner, t.state, t.attempt, t.failures, t.crashes, t.last_error,
  extract(epoch from daygen_now() - coalesce(t.started_at, t.created_at))::float8 age_s
from tasks t join lanes l on l.id = t.lane join pools p on p.id = l.pool
where t.state = 'dead' or (t.state = 'running' and t.started_at < daygen_now() - interval '10 minutes')
order by t.id limit 100
"""
SHARE = """
select weight, cap from shares where owner = $1
"""
LETTERS = """
select t.id, t.kind, t.payload, p.name pool, l.owner, t.failures, t.crashes, t.last_error, t.created_at
from tasks t join lanes l on l.id = t.lane join pools p on p.id = l.pool
where t.state = 'dead' order by t.id desc limit $1
"""
NOW = """
select daygen_now()
"""
DEAD = """
select id, kind, payload from tasks where state = 'dead' and ($1::uuid is null or id = $1) order by id
"""


async def positions(tx: Tx, ids: Sequence[TaskId], most: int = 10_000) -> dict[TaskId, int]:
    """How many ready tasks are claimed before each of these, counted up to `most`; without those that are not ready."""
    return {TaskId.of(row["id"]): row["place"] for row in await tx.rows(POSITIONS, list(ids), most)}


async def depths(tx: Tx) -> list[Record]:
    """Number and oldest age of the tasks, by kind, pool and state, and how many of them were tried before."""
    return await tx.rows(DEPTHS)


async def pools(tx: Tx) -> list[Record]:
    """Every pool: its cap, the room that is left in it, what runs in it, and for how long it is paused."""
    return await tx.rows(POOLS)


async def lanes(tx: Tx) -> list[Record]:
    """Number of tasks by lane and state, with what the lane is entitled to; the deepest 100 lanes first."""
    return await tx.rows(LANES)


async def workers(tx: Tx) -> list[Record]:
    """Every worker with what is left of its lease and how much it holds."""
    return await tx.rows(WORKERS)


async def stuck(tx: Tx) -> list[Record]:
    """Dead letters, and tasks that have been running for more than 10 minutes."""
    return await tx.rows(STUCK)


async def share(tx: Tx, owner: UUID) -> tuple[int, int | None]:
    """A workspace's weight, and how much of it may run at once (None: any number)."""
    row = await tx.row(SHARE, owner)
    return (row["weight"], row["cap"]) if row else (1, None)


async def dead(tx: Tx, task_id: TaskId | None = None) -> list[Record]:
    """Dead letters, or this one if it is one, the oldest first."""
    return await tx.rows(DEAD, task_id)


async def letters(tx: Tx, most: int) -> list[Record]:
    """Dead letters with their story, the newest first."""
    return await tx.rows(LETTERS, most)


async def now(tx: Tx) -> datetime:
    """What time it is where ages are measured."""
    at: datetime = await tx.value(NOW)
    return at
