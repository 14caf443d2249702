"""The SQL of the table `spans`: the traces of jobs, kept for some days."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from daygen.infra.telemetry.store import SpanRow

APPEND = """
insert into spans (job_id, trace_id, span_id, parent_id, name, service, started_at, duration_us, status, attributes)
select job_id, trace_id, span_id, parent_id, name, service, started_at, duration_us, status, attributes::jsonb
from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[],
            $9::text[], $10::text[])
  as given (job_id, trace_id, span_id, parent_id, name, service, started_at, duration_us, status, attributes)
on conflict do nothing
"""
OF_JOB = """
select job_id, trace_id, span_id, parent_id, name, service, started_at, duration_us, status, attributes::text
from spans where job_id = $1 order by started_at, duration_us desc, span_id
"""
# The ids of jobs begin with their millisecond (UUIDv7), so the primary key finds the old ones without another index.
FORGET = """
delete from spans
where (job_id, span_id) in (select job_id, span_id from spans where job_id < $1 order by job_id limit $2)
"""

_TIME_BITS = 80  # of a UUIDv7, behind its milliseconds


class Statements(Protocol):
    """What we need of a transaction, or of a connection that reads. The database logs by us, so we cannot import it."""

    async def rows(self, sql: str, *arguments: Any) -> Sequence[Any]:
        """All rows of a statement."""
        ...

    async def run(self, sql: str, *arguments: Any) -> int:
        """Carry out a statement; returns how many rows it touched."""
        ...


async def append(tx: Statements, spans: Sequence[SpanRow]) -> None:
    """Keep spans. Twice is safe."""
    await tx.run(
        APPEND,
        [row.job_id for row in spans],
        [row.trace_id for row in spans],
        [row.span_id for row in spans],
        [row.parent_id for row in spans],
        [row.name for row in spans],
        [row.service for row in spans],
        [row.started_at for row in spans],
        [row.duration // timedelta(microseconds=1) for row in spans],
        [row.status for row in spans],
        [json.dumps(row.attributes) for row in spans],
    )


async def of_job(tx: Statements, job_id: UUID) -> list[SpanRow]:
    """The spans of a job in the order in which they began, parents before their children."""
    return [_row(found) for found in await tx.rows(OF_JOB, job_id)]


async def forget(tx: Statements, before: datetime, *, most: int = 10_000) -> int:
    """Delete up to `most` spans of jobs that were made before a moment; returns how many there were."""
    oldest = UUID(int=int(before.timestamp() * 1_000) << _TIME_BITS)
    return await tx.run(FORGET, oldest, most)


def _row(found: Mapping[str, Any]) -> SpanRow:
    return SpanRow(
        job_id=UUID(int=found["job_id"].int),
        trace_id=found["trace_id"],
        span_id=found["span_id"],
        parent_id=found["parent_id"],
        name=found["name"],
        service=found["service"],
        started_at=found["started_at"],
        duration=timedelta(microseconds=found["duration_us"]),
        status=found["status"],
        attributes=json.loads(found["attributes"]),
    )
