"""The outbox's SQL: tables `outbox`, `event_heads` and `events`."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.infra.outbox.model import Event, Fact
from daygen.kit.ids import EventId, WorkspaceId

ADD = """
insert into outbox (event_id, workspace_id, subject, type, data) values ($1, $2, $3, $4, $5)
"""
# One relay at a time, until its commit. A lock of the transaction also holds behind a pooler.
TURN = """
select pg_try_advisory_xact_lock(7001, 1)
"""
NUMBER = """
with batch as (
  delete from outbox where id in (select id from outbox order by id limit $1) returning *
), placed as (
  select batch.*, row_number() over (partition by workspace_id order by id) place from batch
), heads as (
  insert into event_heads as heads (workspace_id, seq)
  select workspace_id, max(place) from placed group by workspace_id order by workspace_id
  on conflict (workspace_id) do update set seq = heads.seq + excluded.seq
  returning workspace_id, seq
)
insert into events (workspace_id, seq, id, subject, type, data, created_at)
select workspace_id, heads.seq - max(place) over (partition by workspace_id) + place, event_id, subject, type, data,
  created_at
from placed join heads using (workspace_id)
order by placed.id
"""
NEWEST_NUMBER = """
select coalesce(max(number), 0) from events
"""
AFTER = """
select number, seq, id, workspace_id, subject, type, data, created_at from events
where number > $1 order by number limit $2
"""
REPLAY = """
select number, seq, id, workspace_id, subject, type, data, created_at from events
where workspace_id = $1 and seq > $2 and seq <= $3 order by seq limit $4
"""
REPLAY_SUBJECTS = """
select number, seq, id, workspace_id, subject, type, data, created_at from events
where workspace_id = $1 and subject = any($2::uuid[]) and seq > $3 and seq <= $4 order by seq limit $5
"""
HEAD = """
select coalesce((select seq from event_heads where workspace_id = $1), 0)
"""
OLDEST = """
select seq from events where workspace_id = $1 order by seq limit 1
"""
FORGET = """
delete from events where number in (
  select number from events where created_at < daygen_now() - $1::interval order by created_at limit $2)
"""


async def add(tx: Tx, event_id: EventId, fact: Fact) -> None:
    """Write a fact that the relay has not seen yet."""
    await tx.run(ADD, event_id, fact.workspace_id, fact.subject, fact.type, fact.data)


async def number(tx: Tx, most: int) -> int | None:
    """Number up to `most` facts; None when another relay is at it."""
    if not await tx.value(TURN):
        return None
    return await tx.run(NUMBER, most)


async def newest_number(tx: Tx) -> int:
    """The number of the newest event of the house, 0 if there is none."""
    return int(await tx.value(NEWEST_NUMBER))


async def after(tx: Tx, last: int, most: int = 1000) -> list[Event]:
    """Events of the house numbered after `last`, in order."""
    return [_event(row) for row in await tx.rows(AFTER, last, most)]


async def replay(
    tx: Tx,
    workspace_id: WorkspaceId,
    seq: int,
    *,
    subjects: Collection[UUID] | None = None,
    upto: int = 2**62,
    most: int = 1000,
) -> list[Event]:
    """Events of a workspace after `seq` up to `upto`, in order; only those about `subjects` when they are given."""
    if subjects is None:
        rows = await tx.rows(REPLAY, workspace_id, seq, upto, most)
    else:
        rows = await tx.rows(REPLAY_SUBJECTS, workspace_id, [*subjects], seq, upto, most)
    return [_event(row) for row in rows]


async def head(tx: Tx, workspace_id: WorkspaceId) -> int:
    """The newest seq of a workspace, 0 if it has no events."""
    return int(await tx.value(HEAD, workspace_id))


async def oldest(tx: Tx, workspace_id: WorkspaceId) -> int | None:
    """The oldest seq still kept of a workspace, None if none is."""
    seq: int | None = await tx.value(OLDEST, workspace_id)
    return seq


async def forget(tx: Tx, older_than: timedelta, most: int = 5000) -> int:
    """Delete events past their retention, up to `most` at a time; returns how many."""
    return await tx.run(FORGET, older_than, most)


def _event(row: Record) -> Event:
    return Event(
        number=row["number"],
        seq=row["seq"],
        id=EventId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        subject=row["subject"],
        type=row["type"],
        data=row["data"],
        created_at=row["created_at"],
    )
