"""The books of the whole house, checked: each query finds what must not be, so an empty answer is a clean house."""

from collections.abc import Mapping

from daygen.infra.db import Tx

AUDIT: Mapping[str, str] = {
    "an unfinished job without an active hold": """
        select j.id from jobs j left join holds h on h.job_id = j.id and h.state = 'active'
        where j.finished_at is null and h.job_id is null""",
    "an active hold without an unfinished job": """
        select h.job_id from holds h left join jobs j on j.id = h.job_id and j.finished_at is null
        where h.state = 'active' and j.id is null""",
    "a job whose hold ended the wrong way": """
        select j.id from jobs j join holds h on h.job_id = j.id
        where j.finished_at is not null
          and h.state <> case when j.state = 'succeeded' then 'settled' else 'released' end""",
    "an account that is not the sum of its transfers": """
        select a.workspace_id from accounts a left join lateral (
          select coalesce(sum(amount) filter (where credit = 'available'), 0)
               - coalesce(sum(amount) filter (where debit = 'available'), 0) available,
                 coalesce(sum(amount) filter (where credit = 'held'), 0)
               - coalesce(sum(amount) filter (where debit = 'held'), 0) held
          from transfers t where t.workspace_id = a.workspace_id) sums on true
        where (a.available, a.held) <> (sums.available, sums.held)""",
    "an account whose held credits are not those of its holds": """
        select a.workspace_id from accounts a
        where a.held <> (select coalesce(sum(amount), 0) from holds h
          where h.workspace_id = a.workspace_id and h.state = 'active')""",
    "a hold that was not given out as it was taken": """
        select h.job_id from holds h where h.state <> 'active' and h.amount <> (
          select coalesce(sum(amount), 0) from transfers t where t.cause = h.job_id and t.debit = 'held')""",
    "a job charged otherwise than its settlement": """
        select j.id from jobs j where j.finished_at is not null and j.charged <> (
          select coalesce(sum(amount), 0) from transfers t
          where t.kind = 'settle' and t.cause = j.id)""",
    "usage that is not what was charged": """
        select j.id from jobs j where j.finished_at is not null and j.charged <> (
          select coalesce(sum(credits), 0) from usage u where u.job_id = j.id)""",
    "a job charged otherwise than for its outputs": """
        select j.id from jobs j where j.state = 'succeeded' and j.text is null and j.charged <>
          (j.quoted / j.count) * (select count(*) from job_outputs o where o.job_id = j.id)""",
    "a finished job without exactly one final event": """
        select j.id from jobs j where j.finished_at is not null and 1 <> (
          select count(*) from (select subject, type from events union all select subject, type from outbox) e
          where e.subject = j.id and e.type = 'job.' || j.state)""",
    "a final event of a job that has not so ended": """
        select e.subject from (select subject, type from events union all select subject, type from outbox) e
        left join jobs j on j.id = e.subject and 'job.' || j.state = e.type
        where e.type in ('job.succeeded', 'job.failed', 'job.canceled', 'job.expired') and j.id is null""",
    "a job without its first event": """
        select j.id from jobs j where 1 <> (
          select count(*) from (select subject, type from events union all select subject, type from outbox) e
          where e.subject = j.id and e.type = 'job.queued')""",
    "a batch that has not the jobs it was ordered with": """
        select b.id from batches b where b.size <> (select count(*) from jobs j where j.batch_id = b.id)""",
    "a batch that has not ended with its last job": """
        select b.id from batches b where (b.finished_at is null) <> exists (
          select from jobs j where j.batch_id = b.id and j.finished_at is null)""",
    "a batch without exactly one first and, if it has ended, one final event": """
        select b.id from batches b where (1, case when b.finished_at is null then 0 else 1 end) <> (
          select count(*) filter (where e.type = 'batch.created'), count(*) filter (where e.type = 'batch.finished')
          from (select subject, type from events union all select subject, type from outbox) e
          where e.subject = b.id)""",
    "an output that is of no job, or one too many": """
        select o.job_id from job_outputs o join jobs j on j.id = o.job_id where o.index >= j.count or j.state in
          ('failed', 'canceled', 'expired')""",
    "a gap in a workspace's events": """
        select workspace_id from events group by workspace_id having max(seq) - min(seq) + 1 <> count(*)""",
    "an unfinished job without a task": """
        select j.id from jobs j left join tasks t on t.id = j.task_id and t.state <> 'dead'
        where j.finished_at is null and t.id is null""",
    "a ready task in a lane that is asleep": """
        select t.id from tasks t join lanes l on l.id = t.lane where t.state = 'ready' and not l.active""",
    "a ready task where no claim looks": """
        select t.id from tasks t join ranks r on r.lane = t.lane and r.priority = t.priority
        where t.state = 'ready' and t.tag < r.bound""",
    "a parked lane of a workspace that may run more": """
        select l.id from lanes l join shares s on s.owner = l.owner
        where l.parked and (s.cap is null or s.cap > daygen_running(l.owner))""",
    "a task that is in another pool than its lane, or in no lane": """
        select t.id from tasks t left join lanes l on l.id = t.lane left join ranks r using (lane, priority)
        where t.pool is distinct from l.pool or r.lane is null""",
    "a webhook that nobody will deliver": """
        select d.id from webhook_deliveries d
        left join webhook_streams s on (s.target, s.subject) = (d.target, d.subject)
        left join tasks t on t.id = s.task_id and t.state <> 'dead' where d.state = 'pending' and t.id is null""",
    "a webhook that overtook an earlier one": """
        select d.id from webhook_deliveries d join webhook_deliveries e on (e.target, e.subject) = (d.target, d.subject)
        where d.state = 'delivered' and e.state = 'pending' and e.place < d.place""",
    "an end of a job that the address it names is not told of": """
        select h.job_id from job_webhooks h join events e on e.subject = h.job_id
        where e.type in ('job.succeeded', 'job.failed', 'job.canceled', 'job.expired')
          and e.number <= (select number from webhook_cursor) and e.created_at > daygen_now() - interval '29 days'
          and not exists (select from webhook_deliveries d where d.target = h.job_id and d.event_id = e.id)""",
    "an end of a batch that the address it names is not told of": """
        select h.batch_id from batch_webhooks h join events e on e.subject = h.batch_id
        where e.type = 'batch.finished'
          and e.number <= (select number from webhook_cursor) and e.created_at > daygen_now() - interval '29 days'
          and not exists (select from webhook_deliveries d where d.target = h.batch_id and d.event_id = e.id)""",
    "a task of a job that has ended": """
        select t.id from tasks t join jobs j on j.task_id = t.id
        where t.state <> 'dead' and j.finished_at is not null""",
}


async def findings(tx: Tx) -> list[str]:
    """What is wrong, one line for each kind with up to 5 ids; nothing when the books agree."""
    found: list[str] = []
    for name, query in AUDIT.items():
        rows = await tx.rows(f"select * from ({query}) wrong limit 5")  # noqa: S608 - the queries above
        if rows:
            found.append(f"{name}: {', '.join(str(row[0]) for row in rows)}")
    return found
