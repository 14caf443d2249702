"""The SQL of tasks on their way through a transport: claimed in the name of the desk, then taken by a worker."""

from collections.abc import Sequence
from datetime import timedelta

from daygen.infra.db import Tx
from daygen.infra.queue.dispatch.model import Grant
from daygen.infra.queue.model import DESK, Claimed
from daygen.infra.queue.repository import claimed_of
from daygen.kit.ids import TaskId, WorkerId

OPEN_DESK = """
insert into workers (id, host, pid, lease_until, longest_call)
values ($1, $2, $3, daygen_now() + $4::interval, interval '0')
on conflict (id) do update set host = excluded.host, pid = excluded.pid, lease_until = excluded.lease_until
"""
# Free slots of live workers, and `$2` more, less what is on its way
ROOM = """
select greatest(0, $2::int - (select count(*) from tasks t where t.worker_id = $1 and t.state = 'running') + coalesce((
  select sum(greatest(0, w.slots - (select count(*) from tasks t where t.worker_id = w.id and t.state = 'running')))
  from workers w where w.id <> $1 and w.slots > 0 and w.lease_until >= daygen_now()), 0))::int
"""
GRANTED = """
select id, attempt from tasks where worker_id = $1 and state = 'running' order by started_at, id
"""
ON_ITS_WAY = """
select count(*) tasks, coalesce(extract(epoch from daygen_now() - min(started_at)), 0)::float8 oldest_s
from tasks where worker_id = $1 and state = 'running'
"""
# The one who takes a grant is the first whose update finds it at the desk; who waited for the row finds it gone. A pool
# may have been paused since the grant. A worker whose lease has ended takes nothing.
TAKE = """
with asked as materialized (
  select t.id from unnest($3::uuid[], $4::int[]) a(id, attempt) join tasks t on t.id = a.id and t.attempt = a.attempt
  join pools p on p.id = t.pool left join pools w on w.id = p.within
  where t.state = 'running' and t.worker_id = $1
    and coalesce(greatest(p.paused_until, w.paused_until), '-infinity') <= daygen_now()
    and exists (select from workers where id = $2 and lease_until >= daygen_now())
  order by t.id for update of t
)
update tasks t set worker_id = $2, started_at = daygen_now() from asked where t.id = asked.id
returning t.id, t.kind, t.payload, t.attempt, t.worker_id, t.failures, t.crashes, t.traceparent, t.request_id,
  t.started_at
"""
# A grant that came while its pool is paused goes back to be granted when the pause is over.
PUT_BACK_PAUSED = """
with back as (
  update tasks t set state = 'ready', worker_id = null, started_at = null, tag = greatest(t.tag, r.vt)
  from ranks r, pools p left join pools w on w.id = p.within
  where t.id = any($2::uuid[]) and t.state = 'running' and t.worker_id = $1
    and r.lane = t.lane and r.priority = t.priority and p.id = t.pool
    and greatest(p.paused_until, w.paused_until) > daygen_now()
  returning t.lane
), lane as (
  select distinct l.id, s.owner, s.cap from back join lanes l on l.id = back.lane join shares s on s.owner = l.owner
)
select daygen_wake(id), case when cap is not null then daygen_unpark(owner) end from lane
"""
# Nobody dispatches any more: what is on its way is ready again, and whoever claims next has it.
REOPEN = """
with back as (
  update tasks t set state = 'ready', worker_id = null, started_at = null, tag = greatest(t.tag, r.vt)
  from ranks r where t.worker_id = $1 and t.state = 'running' and r.lane = t.lane and r.priority = t.priority
    and not exists (select from workers where id = $1 and lease_until >= daygen_now())
  returning t.lane
), lane as (
  select distinct l.id, s.owner, s.cap from back join lanes l on l.id = back.lane join shares s on s.owner = l.owner
)
select daygen_wake(id), case when cap is not null then daygen_unpark(owner) end from lane
"""


async def open_desk(tx: Tx, host: str, pid: int, lasting: timedelta) -> None:
    """Keep the desk open for a while. When it closes, what was granted there is ready again."""
    await tx.run(OPEN_DESK, DESK, host, pid, lasting)


async def room(tx: Tx, ahead: int) -> int:
    """How many more grants there is use for: one for each free slot, and `ahead` more."""
    return await tx.value(ROOM, DESK, ahead)


async def granted(tx: Tx) -> list[Grant]:
    """Every grant that nobody has taken, the oldest first."""
    return [Grant(TaskId.of(row["id"]), row["attempt"]) for row in await tx.rows(GRANTED, DESK)]


async def on_its_way(tx: Tx) -> tuple[int, float]:
    """How many grants nobody has taken, and for how many seconds the oldest."""
    row = await tx.row(ON_ITS_WAY, DESK)
    assert row is not None
    return row["tasks"], row["oldest_s"]


async def take(tx: Tx, worker_id: WorkerId, grants: Sequence[Grant]) -> list[Claimed]:
    """Take these from the desk; without those that are taken, gone, or not to be begun now."""
    ids, attempts = [grant.task_id for grant in grants], [grant.attempt for grant in grants]
    return [claimed_of(row) for row in await tx.rows(TAKE, DESK, worker_id, ids, attempts)]


async def put_back_paused(tx: Tx, grants: Sequence[Grant]) -> bool:
    """Make ready again what has been granted of pools that are paused now."""
    return bool(await tx.rows(PUT_BACK_PAUSED, DESK, [grant.task_id for grant in grants]))


async def reopen(tx: Tx) -> bool:
    """Make everything ready again that was granted at a desk that is closed."""
    return bool(await tx.rows(REOPEN, DESK))
