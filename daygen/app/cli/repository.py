"""The SQL of the operator's views: it reads across rooms and workspaces, and writes nothing."""

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.kit.ids import JobId, TaskId

WORKSPACES = """
select w.id, w.name, w.kind, coalesce(a.available, 0) available, coalesce(a.held, 0) held, w.created_at,
  r.workspace_id is not null limited, r.per_minute
from workspaces w left join accounts a on a.workspace_id = w.id left join request_windows r on r.workspace_id = w.id
order by w.id limit 1000
"""
USERS = """
select u.id, u.email, u.name, u.is_operator, u.created_at, w.id workspace_id
from users u left join members m on m.user_id = u.id and m.role = 'owner'
left join workspaces w on w.id = m.workspace_id and w.kind = 'personal'
order by u.id limit 1000
"""
USER_BY_EMAIL = """
select id, email, name from users where lower(email) = lower($1)
"""
HELD = """
select t.id, t.kind, l.owner, t.worker_id, t.attempt, extract(epoch from daygen_now() - t.started_at)::float8 age_s
from tasks t join lanes l on l.id = t.lane where t.state = 'running' order by t.started_at limit 1000
"""
JOB = """
select j.*, o.input, o.metadata, w.name workspace_name, coalesce(p.share, 0)::float8 share,
  h.state hold_state, h.amount hold_amount,
  (select count(*) from job_outputs outputs where outputs.job_id = j.id) outputs
from jobs j join job_orders o on o.job_id = j.id join workspaces w on w.id = j.workspace_id
left join job_progress p on p.job_id = j.id left join holds h on h.job_id = j.id
where j.id = $1
"""
TASK = """
select t.id, t.kind, t.state, t.attempt, t.failures, t.crashes, t.run_at, t.started_at, t.last_error, t.created_at,
  w.id worker_id, w.host worker_host, w.pid worker_pid,
  extract(epoch from w.lease_until - daygen_now())::float8 worker_lease_s
from tasks t left join workers w on w.id = t.worker_id where t.id = $1
"""
EVENTS = """
select seq, type, data, created_at from events where subject = $1
union all
select null, type, data, created_at from outbox where subject = $1
order by created_at, seq limit 1000
"""
CALLS = """
select attempt, provider, outcome, units, milliseconds, credits, cost_micro_usd, created_at
from usage where job_id = $1 order by attempt
"""
SERVER_VERSION = """
select current_setting('server_version_num')::int
"""
UNNUMBERED = """
select coalesce(extract(epoch from daygen_now() - min(created_at)), 0)::float8 from outbox
"""


async def list_workspaces(tx: Tx) -> list[Record]:
    """Workspaces with what they have and how often they may ask, up to 1,000."""
    return await tx.rows(WORKSPACES)


async def list_users(tx: Tx) -> list[Record]:
    """Users with their own workspace, up to 1,000."""
    return await tx.rows(USERS)


async def find_user_by_email(tx: Tx, email: str) -> Record | None:
    """A user by mail address, in any spelling of upper and lower case."""
    return await tx.row(USER_BY_EMAIL, email)


async def held(tx: Tx) -> list[Record]:
    """Tasks in workers' hands, the oldest first, up to 1,000."""
    return await tx.rows(HELD)


async def find_job(tx: Tx, job_id: JobId) -> Record | None:
    """A job of any workspace, with its order, its hold and how far it is."""
    return await tx.row(JOB, job_id)


async def find_task(tx: Tx, task_id: TaskId) -> Record | None:
    """A task and the worker that holds it; None once it is done."""
    return await tx.row(TASK, task_id)


async def list_events(tx: Tx, job_id: JobId) -> list[Record]:
    """What was said about a job, numbered or not yet, in order."""
    return await tx.rows(EVENTS, job_id)


async def list_calls(tx: Tx, job_id: JobId) -> list[Record]:
    """A job's calls to providers."""
    return await tx.rows(CALLS, job_id)


async def server_version(tx: Tx) -> int:
    """The server's version as Postgres counts it: 180004 is 18.4."""
    return int(await tx.value(SERVER_VERSION))


async def unnumbered_s(tx: Tx) -> float:
    """Seconds that the oldest event has waited for its number; 0 when none waits."""
    return float(await tx.value(UNNUMBERED))
