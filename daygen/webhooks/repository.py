"""The webhooks' SQL: the tables `webhook_…`, and the views `numbered_events`, `job_hooks` and `progress_notes`."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.kit.ids import DeliveryId, EndpointId, EventId, TaskId, WorkspaceId
from daygen.webhooks.model import Delivery, DeliveryState, Endpoint, Outcome, Secret, Stream, Try

# One forwarder at a time, until its commit. A lock of the transaction also holds behind a pooler.
TURN = """
select pg_try_advisory_xact_lock(7003, 1)
"""
# The numbers are written by one relay at a time, so what has a smaller number was committed earlier.
FORWARD = """
with batch as materialized (
  select number, seq, id, workspace_id, subject, type, data, created_at from numbered_events
  where number > (select number from webhook_cursor) order by number limit $1
), matched as (
  select batch.*, e.id endpoint_id, e.id target
  from batch join webhook_endpoints e on e.workspace_id = batch.workspace_id
  where e.enabled and e.created_at <= batch.created_at
    and (cardinality(e.event_types) = 0 or batch.type = any(e.event_types))
  union all
  select batch.*, null, batch.subject from batch join job_hooks h on h.job_id = batch.subject
  where batch.type = any(h.events) or batch.type = any($2)
), added as (
  insert into webhook_deliveries
    (workspace_id, endpoint_id, target, subject, event_id, seq, type, event_at, data)
  select workspace_id, endpoint_id, target, subject, id, seq, type, created_at, data from matched
  order by number, target
  returning target, subject, workspace_id
), moved as (
  update webhook_cursor set number = (select max(number) from batch) where exists (select from batch)
)
select seen, target, subject, workspace_id
from (select count(*) seen from batch) counted
left join (select distinct target, subject, workspace_id from added) streams on true
"""
# A note that was not sent yet is brought up to date while nothing was said after it; else there is a new one.
NOTE_PROGRESS = """
with notes as materialized (
  select * from progress_notes where version > (select progress from webhook_cursor) order by version limit 1000
), matched as materialized (
  select n.*, e.id endpoint_id, e.id target from notes n join webhook_endpoints e on e.workspace_id = n.workspace_id
  where e.enabled and 'job.progress' = any(e.event_types)
  union all
  select n.*, null, n.job_id from notes n join job_hooks h on h.job_id = n.job_id
  where 'job.progress' = any(h.events)
), said as materialized (
  select m.*, jsonb_build_object('status', m.state, 'progress', round(m.share::numeric, 3),
    'model', m.model, 'operation', m.operation, 'attempts', m.attempts, 'batchId', m.batch_id, 'resultUrl', null) data
  from matched m
), renewed as (
  update webhook_deliveries d set data = said.data, event_at = daygen_now()
  from said
  where d.target = said.target and d.subject = said.job_id and d.state = 'pending' and d.type = 'job.progress'
    and d.tries = 0 and not exists (select from webhook_deliveries later where later.target = d.target
      and later.subject = d.subject and later.state = 'pending' and later.place > d.place)
  returning d.target, d.subject
), added as (
  insert into webhook_deliveries
    (workspace_id, endpoint_id, target, subject, event_id, seq, type, event_at, data)
  select workspace_id, endpoint_id, target, job_id, gen_random_uuid(),
    coalesce((select max(seq) from numbered_events v where v.workspace_id = said.workspace_id), 0),
    'job.progress', daygen_now(), data
  from said where not exists (select from renewed r where r.target = said.target and r.subject = said.job_id)
  order by version
  returning target, subject, workspace_id
), moved as (
  update webhook_cursor set progress = (select max(version) from notes) where exists (select from notes)
)
select distinct target, subject, workspace_id from added
"""
OPEN_STREAM = """
insert into webhook_streams (target, subject, workspace_id, task_id) values ($1, $2, $3, $4)
on conflict (target, subject) do update set workspace_id = excluded.workspace_id
returning xmax = 0
"""
LOCK_STREAM = """
select target, subject, workspace_id, task_id, turn, busy_until - daygen_now() wait
from webhook_streams where target = $1 and subject = $2 for update
"""
TAKE_STREAM = """
update webhook_streams set turn = turn + 1, busy_until = daygen_now() + $3::interval
where target = $1 and subject = $2
"""
FREE_STREAM = """
update webhook_streams set busy_until = null, task_id = $3 where target = $1 and subject = $2
"""
CLOSE_STREAM = """
delete from webhook_streams where target = $1 and subject = $2
"""
HEAD = """
select *, next_try_at - daygen_now() wait from webhook_deliveries
where target = $1 and subject = $2 and state = 'pending' order by place limit 1
"""
COUNT_TRY = """
update webhook_deliveries set tries = tries + $2::int where id = $1
"""
CANCEL_STREAM = """
update webhook_deliveries set state = 'canceled', finished_at = daygen_now(), problem = coalesce(problem, $3)
where target = $1 and subject = $2 and state = 'pending'
"""
FAIL_STREAM = """
update webhook_deliveries set state = 'failed', finished_at = daygen_now(), problem = $3
where target = $1 and subject = $2 and state = 'pending'
"""
RECORD = """
update webhook_deliveries set state = $2, status = $3, latency_ms = $4, problem = $5, answer = $6,
  next_try_at = daygen_now() + $7::interval, finished_at = case when $2 = 'pending' then null else daygen_now() end
where id = $1
"""
ADD_TRY = """
insert into webhook_tries (delivery_id, number, outcome, status, latency_ms, problem, answer)
values ($1, $2, $3, $4, $5, $6, $7)
"""
TRIES = """
select number, at, outcome, status, latency_ms, problem, answer from webhook_tries where delivery_id = $1
order by number
"""
HOOK = """
select url from job_hooks where job_id = $1
"""
ADD_ENDPOINT = """
insert into webhook_endpoints (id, workspace_id, url, event_types, description)
select $1::uuid, $2::uuid, $3::text, $4::text[], $5::text where $6::int > (
  select count(*) from webhook_endpoints where workspace_id = $2)
returning *, coalesce(rotated_at > daygen_now() - $7::interval, false) overlapping
"""
LOCK_WORKSPACE = """
select pg_advisory_xact_lock(7004, hashtext($1))
"""
FIND_ENDPOINT = """
select *, coalesce(rotated_at > daygen_now() - $3::interval, false) overlapping from webhook_endpoints
where workspace_id = $1 and id = $2
"""
LIST_ENDPOINTS = """
select *, coalesce(rotated_at > daygen_now() - $4::interval, false) overlapping from webhook_endpoints
where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3
"""
SAVE_ENDPOINT = """
update webhook_endpoints set url = $3, event_types = $4, description = $5, enabled = $6, disabled_reason = $7
where workspace_id = $1 and id = $2
"""
DISABLE_ENDPOINT = """
update webhook_endpoints set enabled = false, disabled_reason = $2 where id = $1 and enabled
"""
DROP_ENDPOINT = """
delete from webhook_endpoints where workspace_id = $1 and id = $2
"""
ROTATE_ENDPOINT = """
update webhook_endpoints set generation = generation + 1, rotated_at = daygen_now() where workspace_id = $1 and id = $2
"""
FIND_GENERATION = """
select generation, coalesce(rotated_at > daygen_now() - $2::interval, false) overlapping
from webhook_secrets where workspace_id = $1
"""
RAISE_GENERATION = """
insert into webhook_secrets (workspace_id, generation, rotated_at) values ($1, 2, daygen_now())
on conflict (workspace_id) do update set generation = webhook_secrets.generation + 1, rotated_at = daygen_now()
"""
FIND_DELIVERY = """
select * from webhook_deliveries where workspace_id = $1 and id = $2
"""
LIST_DELIVERIES = """
select * from webhook_deliveries
where workspace_id = $1 and ($2::uuid is null or place < (select place from webhook_deliveries where id = $2))
  and ($3::uuid is null or endpoint_id = $3) and ($4::uuid is null or subject = $4)
  and ($5::text is null or state = $5)
order by place desc limit $6
"""
REDELIVER = """
insert into webhook_deliveries
  (workspace_id, endpoint_id, target, subject, event_id, seq, type, event_at, data, redelivery_of)
select workspace_id, endpoint_id, target, subject, event_id, seq, type, event_at, data, id
from webhook_deliveries where id = $1
returning *
"""
BACKLOG = """
select count(*) pending, coalesce(extract(epoch from daygen_now() - min(created_at)), 0)::float8 oldest_s
from webhook_deliveries where state = 'pending'
"""
FORGET = """
delete from webhook_deliveries where id in (
  select id from webhook_deliveries where created_at < daygen_now() - $1::interval and state <> 'pending'
  order by created_at limit $2)
"""


async def take_turn(tx: Tx) -> bool:
    """Become the forwarder until the transaction ends; False when another one is."""
    return bool(await tx.value(TURN))


async def forward(tx: Tx, most: int, always: Sequence[str]) -> tuple[int, list[Record]]:
    """Make deliveries of up to `most` events; how many that were, and the streams that have something new.

    A job's own address is told of the types in `always` besides those it asked for.
    """
    rows = await tx.rows(FORWARD, most, [*always])
    return rows[0]["seen"], [row for row in rows if row["target"] is not None]


async def note_progress(tx: Tx) -> list[Record]:
    """Make deliveries of how far jobs are, for who asked; the streams that have something new."""
    return await tx.rows(NOTE_PROGRESS)


async def open_stream(tx: Tx, target: UUID, subject: UUID, workspace_id: WorkspaceId, task_id: TaskId) -> bool:
    """Open a stream whose task will be `task_id`; False when it is open. Waits for who is closing it right now."""
    return bool(await tx.value(OPEN_STREAM, target, subject, workspace_id, task_id))


async def lock_stream(tx: Tx, target: UUID, subject: UUID) -> Stream | None:
    """A stream, locked; None when it has nothing to deliver."""
    row = await tx.row(LOCK_STREAM, target, subject)
    if row is None:
        return None
    wait: timedelta | None = row["wait"]
    return Stream(
        target=row["target"],
        subject=row["subject"],
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        task_id=TaskId.of(row["task_id"]),
        turn=row["turn"],
        wait=wait if wait is not None and wait > timedelta(0) else None,
    )


async def take_stream(tx: Tx, stream: Stream, lasting: timedelta) -> None:
    """Begin the stream's next turn, which is given up after a while."""
    await tx.run(TAKE_STREAM, stream.target, stream.subject, lasting)


async def free_stream(tx: Tx, stream: Stream, task_id: TaskId) -> None:
    """End a turn; the stream goes on with another task."""
    await tx.run(FREE_STREAM, stream.target, stream.subject, task_id)


async def close_stream(tx: Tx, stream: Stream) -> None:
    """Nothing is left to deliver."""
    await tx.run(CLOSE_STREAM, stream.target, stream.subject)


async def head(tx: Tx, stream: Stream) -> tuple[Delivery, timedelta | None] | None:
    """What a stream delivers next, and how long it has to wait for that."""
    row = await tx.row(HEAD, stream.target, stream.subject)
    if row is None:
        return None
    wait: timedelta | None = row["wait"]
    return _delivery(row), wait if wait is not None and wait > timedelta(0) else None


async def count_try(tx: Tx, delivery_id: DeliveryId, by: int = 1) -> None:
    """Count a try that begins; or, by -1, one that was not made."""
    await tx.run(COUNT_TRY, delivery_id, by)


async def cancel_stream(tx: Tx, stream: Stream, why: str) -> None:
    """Cancel all a stream has to deliver."""
    await tx.run(CANCEL_STREAM, stream.target, stream.subject, why)


async def fail_stream(tx: Tx, stream: Stream, why: str) -> None:
    """Give up all a stream has to deliver."""
    await tx.run(FAIL_STREAM, stream.target, stream.subject, why)


async def record(tx: Tx, delivery: Delivery, state: DeliveryState, outcome: Outcome, wait: timedelta | None) -> None:
    """Write what came of a try, in the delivery and in its log."""
    facts = outcome.status, outcome.latency_ms, outcome.problem, outcome.answer
    await tx.run(RECORD, delivery.id, state, *facts, wait)
    await tx.run(ADD_TRY, delivery.id, delivery.tries, outcome.name, *facts)


async def tries(tx: Tx, delivery_id: DeliveryId) -> list[Try]:
    """The log of a delivery."""
    return [Try(**dict(row)) for row in await tx.rows(TRIES, delivery_id)]


async def hook(tx: Tx, job_id: UUID) -> str | None:
    """The address a job names."""
    url: str | None = await tx.value(HOOK, job_id)
    return url


async def add_endpoint(
    tx: Tx, endpoint_id: EndpointId, workspace_id: WorkspaceId, url: str, event_types: Sequence[str], *,
    description: str, most: int, overlap: timedelta,
) -> Endpoint | None:  # fmt: skip
    """Write an endpoint; None when the workspace has `most`."""
    await tx.run(LOCK_WORKSPACE, str(workspace_id))
    row = await tx.row(ADD_ENDPOINT, endpoint_id, workspace_id, url, [*event_types], description, most, overlap)
    return _endpoint(row) if row else None


async def find_endpoint(
    tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId, overlap: timedelta
) -> Endpoint | None:
    """One of a workspace's endpoints."""
    row = await tx.row(FIND_ENDPOINT, workspace_id, endpoint_id, overlap)
    return _endpoint(row) if row else None


async def list_endpoints(
    tx: Tx, workspace_id: WorkspaceId, before: EndpointId | None, most: int, overlap: timedelta
) -> list[Endpoint]:
    """A workspace's endpoints, the newest first."""
    return [_endpoint(row) for row in await tx.rows(LIST_ENDPOINTS, workspace_id, before, most, overlap)]


async def save_endpoint(tx: Tx, endpoint: Endpoint) -> None:
    """Write an endpoint's changed facts."""
    await tx.run(
        SAVE_ENDPOINT,
        endpoint.workspace_id,
        endpoint.id,
        endpoint.url,
        [*endpoint.event_types],
        endpoint.description,
        endpoint.enabled,
        endpoint.disabled_reason,
    )


async def disable_endpoint(tx: Tx, endpoint_id: UUID, why: str) -> bool:
    """Send nothing more to an endpoint; False when that was so, or it is none."""
    return await tx.run(DISABLE_ENDPOINT, endpoint_id, why) == 1


async def drop_endpoint(tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId) -> bool:
    """Delete an endpoint; False when there is none."""
    return await tx.run(DROP_ENDPOINT, workspace_id, endpoint_id) == 1


async def rotate_endpoint(tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId) -> bool:
    """Begin the next generation of an endpoint's secret; False when there is no such endpoint."""
    return await tx.run(ROTATE_ENDPOINT, workspace_id, endpoint_id) == 1


async def find_secret(tx: Tx, workspace_id: WorkspaceId, overlap: timedelta) -> Secret:
    """The secret for addresses that a workspace's jobs name."""
    row = await tx.row(FIND_GENERATION, workspace_id, overlap)
    return Secret(workspace_id, row["generation"], row["overlapping"]) if row else Secret(workspace_id, 1, False)


async def rotate_secret(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Begin the next generation of a workspace's secret."""
    await tx.run(RAISE_GENERATION, workspace_id)


async def find_delivery(tx: Tx, workspace_id: WorkspaceId, delivery_id: DeliveryId) -> Delivery | None:
    """One of a workspace's deliveries."""
    row = await tx.row(FIND_DELIVERY, workspace_id, delivery_id)
    return _delivery(row) if row else None


async def list_deliveries(
    tx: Tx, workspace_id: WorkspaceId, before: DeliveryId | None, most: int, *,
    endpoint_id: EndpointId | None, subject: UUID | None, state: DeliveryState | None,
) -> list[Delivery]:  # fmt: skip
    """A workspace's deliveries, the newest first."""
    rows = await tx.rows(LIST_DELIVERIES, workspace_id, before, endpoint_id, subject, state, most)
    return [_delivery(row) for row in rows]


async def redeliver(tx: Tx, delivery_id: DeliveryId) -> Delivery:
    """Write a delivery of the same event, behind what its stream has."""
    row = await tx.row(REDELIVER, delivery_id)
    assert row is not None
    return _delivery(row)


async def backlog(tx: Tx) -> Record:
    """How many deliveries are pending, and for how many seconds the oldest of them."""
    row = await tx.row(BACKLOG)
    assert row is not None
    return row


async def forget(tx: Tx, older_than: timedelta, most: int = 5000) -> int:
    """Delete deliveries past their time, with their log, up to `most` at a time; returns how many."""
    return await tx.run(FORGET, older_than, most)


def _endpoint(row: Record) -> Endpoint:
    return Endpoint(
        id=EndpointId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        url=row["url"],
        event_types=row["event_types"],
        description=row["description"],
        enabled=row["enabled"],
        disabled_reason=row["disabled_reason"],
        secret=Secret(row["id"], row["generation"], row["overlapping"]),
        created_at=row["created_at"],
    )


def _delivery(row: Record) -> Delivery:
    return Delivery(
        id=DeliveryId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        endpoint_id=EndpointId.of(row["endpoint_id"]) if row["endpoint_id"] else None,
        target=row["target"],
        subject=row["subject"],
        event_id=EventId.of(row["event_id"]),
        seq=row["seq"],
        type=row["type"],
        event_at=row["event_at"],
        data=row["data"],
        state=DeliveryState(row["state"]),
        tries=row["tries"],
        next_try_at=row["next_try_at"],
        status=row["status"],
        latency_ms=row["latency_ms"],
        problem=row["problem"],
        answer=row["answer"],
        redelivery_of=DeliveryId.of(row["redelivery_of"]) if row["redelivery_of"] else None,
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )
