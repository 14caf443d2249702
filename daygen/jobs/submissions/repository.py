"""The SQL of orders at providers: tables `submissions` and `provider_deliveries`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.jobs.submissions.model import Submission, note, report_of
from daygen.kit.ids import JobId, TaskId
from daygen.providers import Report, Ticket

ADD = """
insert into submissions (job_id, round, provider, ref, wanted) values ($1, $2, $3, $4, $5)
"""
LIST = """
select *, daygen_now() - sent_at since_sent from submissions where job_id = $1 order by round
"""
FIND_BY_REF = """
select j.task_id, s.job_id, s.round from submissions s join jobs j on j.id = s.job_id
where s.provider = $1 and s.ref = $2
"""
SEND_AGAIN = """
update submissions set sent_at = daygen_now() where job_id = $1 and round = $2 and state = 'sent'
"""
# Our own answer and the provider's word may come in either order, and say the same.
TICKET = """
update submissions set state = 'ticketed', ticket = $3, ticketed_at = daygen_now(), looks = 0
where job_id = $1 and round = $2 and state = 'sent'
"""
LOOK = """
update submissions set looks = looks + 1, lost = case when $3 then lost + 1 else 0 end
where job_id = $1 and round = $2
"""
COLLECT = """
update submissions set state = 'collected', report = $3 where job_id = $1 and round = $2
"""
REFUSE = """
update submissions set state = 'refused', failure = $3 where job_id = $1 and round = $2
"""
FORGET = """
delete from submissions where job_id = $1 and round = $2 and state = 'sent'
"""
VOID = """
update submissions set state = 'void' where job_id = $1 and round = $2
"""
NUDGE = """
update submissions set nudged = true where job_id = $1 and round = $2 and state in ('sent', 'ticketed')
"""
SETTLE_NUDGES = """
update submissions set nudged = false where job_id = $1 and nudged
"""
RECEIVE = """
insert into provider_deliveries (provider, delivery_id, ref) values ($1, $2, $3) on conflict do nothing
"""
FORGET_DELIVERIES = """
delete from provider_deliveries where (provider, delivery_id) in (
  select provider, delivery_id from provider_deliveries where received_at < daygen_now() - $1::interval limit 1000)
"""


async def add(tx: Tx, job_id: JobId, round_: int, provider: str, ref: str, wanted: Sequence[int]) -> None:
    """Write down an order that is about to be sent."""
    await tx.run(ADD, job_id, round_, provider, ref, [*wanted])


async def list_of(tx: Tx, job_id: JobId) -> list[Submission]:
    """A job's orders, the first one first."""
    return [_submission(row) for row in await tx.rows(LIST, job_id)]


async def find_by_ref(tx: Tx, provider: str, ref: str) -> tuple[TaskId, JobId, int] | None:
    """Whose order a provider knows by this: its task, its job, its round."""
    row = await tx.row(FIND_BY_REF, provider, ref)
    return (TaskId.of(row["task_id"]), JobId.of(row["job_id"]), row["round"]) if row else None


async def send_again(tx: Tx, one: Submission) -> None:
    """Note that an order that may not have arrived is being sent once more."""
    await tx.run(SEND_AGAIN, one.job_id, one.round)


async def ticket(tx: Tx, job_id: JobId, round_: int, ticket: Ticket) -> None:
    """Note the ticket of an order; twice is once."""
    await tx.run(TICKET, job_id, round_, ticket.note())


async def look(tx: Tx, one: Submission, *, lost: bool = False) -> None:
    """Count a question about an order that had no final answer, or none at all (`lost`)."""
    await tx.run(LOOK, one.job_id, one.round, lost)


async def collect(tx: Tx, one: Submission, report: Report) -> None:
    """Note that an order is done."""
    await tx.run(COLLECT, one.job_id, one.round, note(report))


async def refuse(tx: Tx, one: Submission, failure: Mapping[str, Any]) -> None:
    """Note that an order came to nothing, finally."""
    await tx.run(REFUSE, one.job_id, one.round, failure)


async def forget(tx: Tx, one: Submission) -> None:
    """Strike out an order that was certainly never accepted; the next one has its name."""
    await tx.run(FORGET, one.job_id, one.round)


async def void(tx: Tx, one: Submission) -> None:
    """Note that an order came to nothing, and may be made anew under another name."""
    await tx.run(VOID, one.job_id, one.round)


async def nudge(tx: Tx, job_id: JobId, round_: int) -> None:
    """Note that the provider has told us something about an order."""
    await tx.run(NUDGE, job_id, round_)


async def settle_nudges(tx: Tx, job_id: JobId) -> None:
    """Take what was told as read."""
    await tx.run(SETTLE_NUDGES, job_id)


async def receive(tx: Tx, provider: str, delivery_id: str, ref: str) -> bool:
    """Keep in mind that this was told; False when it was before."""
    return await tx.run(RECEIVE, provider, delivery_id, ref) == 1


async def forget_deliveries(tx: Tx, older: timedelta) -> int:
    """Forget what was told longer ago than this, some of it; returns how much."""
    return await tx.run(FORGET_DELIVERIES, older)


def _submission(row: Record) -> Submission:
    ticket: Mapping[str, Any] | None = row["ticket"]
    return Submission(
        job_id=JobId.of(row["job_id"]),
        round=row["round"],
        provider=row["provider"],
        ref=row["ref"],
        wanted=tuple(row["wanted"]),
        state=row["state"],
        ticket=Ticket.of(ticket) if ticket else None,
        nudged=row["nudged"],
        looks=row["looks"],
        lost=row["lost"],
        since_sent=row["since_sent"],
        sent_at=row["sent_at"],
        ticketed_at=row["ticketed_at"],
        report=report_of(row["report"]) if row["report"] else None,
        failure=row["failure"],
    )
