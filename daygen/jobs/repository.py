"""The jobs' SQL: tables `jobs`, `job_orders`, `job_outputs`, `job_progress`, `batches` and `…_webhooks`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from asyncpg import Record

from daygen import assets
from daygen.infra.db import Tx
from daygen.jobs.model import Batch, Draft, Failure, Filter, Hook, Job, Preview, Priority, State, Verdict
from daygen.kit.ids import AssetId, BatchId, EventId, JobId, KeyId, TaskId, TransferId, UserId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.limits import Window

ADD = """
insert into jobs (id, workspace_id, user_id, key_id, task_id, provider, model, operation, count, priority, quoted,
  parent_asset_id, retry_of, trace_id, deadline_at, batch_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, daygen_now() + $15::interval, $16)
"""
ADD_ORDER = """
insert into job_orders (job_id, input, metadata) values ($1, $2, $3)
"""
ADMIT = (resources.files("daygen.jobs") / "admission.sql").read_text()
ADD_HOOK = """
insert into job_webhooks (job_id, url, events) values ($1, $2, $3)
"""
FIND_HOOK = """
select url, events from job_webhooks where job_id = $1
"""
FIND = """
select j.*, o.input, o.metadata, coalesce(p.share, 0)::float8 share,
  case when p.attempt = j.attempt and j.state = 'processing' then p.previews else '[]' end previews
from jobs j join job_orders o on o.job_id = j.id left join job_progress p on p.job_id = j.id
where j.workspace_id = $1 and j.id = $2
"""
FIND_ANY = """
select j.*, o.input, o.metadata, coalesce(p.share, 0)::float8 share,
  case when p.attempt = j.attempt and j.state = 'processing' then p.previews else '[]' end previews
from jobs j join job_orders o on o.job_id = j.id left join job_progress p on p.job_id = j.id
where j.id = $1
"""
LOCK = """
select j.*, o.input, o.metadata, coalesce(p.share, 0)::float8 share,
  case when p.attempt = j.attempt and j.state = 'processing' then p.previews else '[]' end previews
from jobs j join job_orders o on o.job_id = j.id left join job_progress p on p.job_id = j.id
where j.id = $1 for no key update of j
"""
LIST = """
select j.*, o.input, o.metadata, coalesce(p.share, 0)::float8 share,
  case when p.attempt = j.attempt and j.state = 'processing' then p.previews else '[]' end previews
from jobs j join job_orders o on o.job_id = j.id left join job_progress p on p.job_id = j.id
where j.workspace_id = $1 and ($2::uuid is null or j.id < $2)
  and ($3::text[] is null or j.state = any($3)) and ($4::text is null or j.model = $4)
  and ($5::text is null or j.operation = $5)
  and ($6::timestamptz is null or j.created_at >= $6) and ($7::timestamptz is null or j.created_at < $7)
  and ($8::text is null or o.input ->> 'prompt' ilike '%' || $8 || '%' escape '\\')
order by j.id desc limit $9
"""
# Apart, so that its plan goes by the batch and not through all the workspace's jobs
LIST_OF_BATCH = LIST.replace("where ", "where j.batch_id = $10 and ", 1)
OUTPUTS = """
select job_id, index, asset_id from job_outputs where job_id = any($1::uuid[]) order by job_id, index
"""
ADD_OUTPUT = """
insert into job_outputs (job_id, index, asset_id) values ($1, $2, $3)
"""
BEGIN = """
update jobs set state = $3, attempt = $2, attempts = attempts + 1,
  started_at = coalesce(started_at, daygen_now())
where id = $1
"""
RESUME = """
update jobs set attempt = $2 where id = $1
"""
HAVE_BEGUN = """
update jobs set state = 'processing' where id = $1 and attempt = $2 and state = 'starting'
"""
HAS_ENDED = """
select finished_at is not null from jobs where id = $1
"""
REQUEUE = """
update jobs set state = 'queued', attempts = attempts - $2::int where id = $1
"""
END = """
update jobs set state = $2, charged = $3, error = $4, warnings = $5, text = $6, provider_ms = $7,
  finished_at = daygen_now()
where id = $1 returning finished_at
"""
SET_PROGRESS = """
insert into job_progress (job_id, workspace_id, attempt, share, previews)
select id, workspace_id, attempt, $3, $4 from jobs
where id = $1 and attempt = $2 and state in ('starting', 'processing')
on conflict (job_id) do update set share = greatest(job_progress.share, excluded.share), attempt = excluded.attempt,
  previews = excluded.previews, version = nextval('job_progress_version')
"""
DROP_PROGRESS = """
delete from job_progress where job_id = $1 returning previews <> '[]'
"""
NEWEST_PROGRESS = """
select coalesce(max(version), 0) from job_progress
"""
PROGRESS_AFTER = """
select p.job_id, p.workspace_id, j.batch_id, p.share::float8, p.version, j.state, j.model, j.operation, j.attempts,
  case when p.attempt = j.attempt and j.state = 'processing' then p.previews else '[]' end previews,
  case when p.previews <> '[]' then array(select index from job_outputs o where o.job_id = p.job_id) end delivered
from job_progress p join jobs j on j.id = p.job_id where p.version > $1 order by p.version limit 1000
"""
QUEUED = """
with waiting as (
  select id from jobs where workspace_id = any($1::uuid[]) and finished_at is null and state = 'queued'
  union select id from jobs where id = any($2::uuid[]) and state = 'queued'
  order by id limit $3
)
select j.id, j.workspace_id, j.batch_id, j.task_id, j.model, j.operation, j.attempts,
  greatest(coalesce(p.share, 0),
    (select count(*) from job_outputs o where o.job_id = j.id)::real / j.count)::float8 share
from waiting join jobs j using (id) left join job_progress p on p.job_id = j.id
"""
ADD_BATCH = """
insert into batches (id, workspace_id, size) values ($1, $2, $3)
"""
ADD_BATCH_HOOK = """
insert into batch_webhooks (batch_id, url) values ($1, $2)
"""
BATCHES = """
select b.id, b.workspace_id, b.created_at, b.finished_at, jobs.*
from batches b cross join lateral (
  select array_agg(j.id order by j.id) ids, array_agg(j.state) states,
    sum(j.quoted)::bigint quoted, coalesce(sum(j.charged), 0)::bigint charged,
    avg(case when j.finished_at is not null then 1 else greatest(coalesce(p.share, 0),
      (select count(*) from job_outputs o where o.job_id = j.id)::real / j.count) end)::float8 progress
  from jobs j left join job_progress p on p.job_id = j.id where j.batch_id = b.id
) jobs
"""
FIND_BATCH = f"{BATCHES} where b.workspace_id = $1 and b.id = $2"
LIST_BATCHES = f"{BATCHES} where b.workspace_id = $1 and ($2::uuid is null or b.id < $2) order by b.id desc limit $3"
# Whoever ends a job holds its account's lock, and the ends before it are committed: of two that are the last, one is.
FINISH_BATCH = """
update batches set finished_at = daygen_now() where id = $1 and finished_at is null
  and not exists (select from jobs where batch_id = $1 and finished_at is null)
"""
OVERDUE = """
select id from jobs where finished_at is null and deadline_at <= daygen_now() order by deadline_at limit 100
"""


async def add(tx: Tx, job: Job, deadline: timedelta, retry_of: JobId | None) -> None:
    """Write a queued job and its order."""
    await tx.run(
        ADD,
        job.id,
        job.workspace_id,
        job.user_id,
        job.key_id,
        job.task_id,
        job.provider,
        job.model,
        job.operation,
        job.count,
        int(job.priority),
        job.quoted,
        job.parent_asset_id,
        retry_of,
        job.trace_id,
        deadline,
        job.batch_id,
    )
    await tx.run(ADD_ORDER, job.id, job.input, job.metadata)


async def admit(tx: Tx, drafts: Sequence[Draft]) -> tuple[list[Verdict], set[str]]:
    """Judge orders and write those that are accepted, in one statement; also the bells that are still to be rung."""
    orders = [(lot, draft, drafted, drafted.job) for lot, draft in enumerate(drafts, 1) for drafted in draft.jobs]
    batches = [draft.batch for draft in drafts]
    rows = await tx.rows(
        ADMIT,
        [draft.workspace_id for draft in drafts],
        [len(draft.jobs) for draft in drafts],
        [draft.quoted for draft in drafts],
        [draft.key for draft in drafts],
        [draft.fingerprint for draft in drafts],
        [_json(draft.answer) for draft in drafts],
        [batch.id if batch else None for batch in batches],
        [EventId.new() if batch else None for batch in batches],
        [_json(batch.fact) if batch else None for batch in batches],
        [batch.url if batch else None for batch in batches],
        [lot for lot, _, _, _ in orders],
        [job.id for _, _, _, job in orders],
        [job.workspace_id for _, _, _, job in orders],
        [job.user_id for _, _, _, job in orders],
        [job.key_id for _, _, _, job in orders],
        [job.task_id for _, _, _, job in orders],
        [job.provider for _, _, _, job in orders],
        [job.model for _, _, _, job in orders],
        [job.operation for _, _, _, job in orders],
        [job.count for _, _, _, job in orders],
        [int(job.priority) for _, _, _, job in orders],
        [job.quoted for _, _, _, job in orders],
        [job.parent_asset_id for _, _, _, job in orders],
        [drafted.retry_of for _, _, drafted, _ in orders],
        [job.trace_id for _, _, _, job in orders],
        [drafted.deadline for _, _, drafted, _ in orders],
        [_json(job.input) for _, _, _, job in orders],
        [_json(job.metadata) for _, _, _, job in orders],
        [_json(drafted.task) for _, _, drafted, _ in orders],
        [draft.traceparent for _, draft, _, _ in orders],
        [draft.request_id for _, draft, _, _ in orders],
        [EventId.new() for _ in orders],
        [_json(drafted.fact) for _, _, drafted, _ in orders],
        [TransferId.new() for _ in orders],
        [drafted.hook.url if drafted.hook else None for _, _, drafted, _ in orders],
        [",".join(drafted.hook.events) if drafted.hook else None for _, _, drafted, _ in orders],
        [job.batch_id for _, _, _, job in orders],
    )
    return [_verdict(row) for row in rows], set(rows[0]["unrung"] or ())


async def add_hook(tx: Tx, job_id: JobId, hook: Hook) -> None:
    """Write where a job's events are sent."""
    await tx.run(ADD_HOOK, job_id, hook.url, [*hook.events])


async def find_hook(tx: Tx, job_id: JobId) -> Hook | None:
    """Where a job's events are sent, if its order says so."""
    row = await tx.row(FIND_HOOK, job_id)
    return Hook(row["url"], tuple(row["events"])) if row else None


async def find(tx: Tx, workspace_id: WorkspaceId, job_id: JobId) -> Job | None:
    """One of a workspace's jobs."""
    row = await tx.row(FIND, workspace_id, job_id)
    return (await _with_outputs(tx, [row]))[0] if row else None


async def find_any(tx: Tx, job_id: JobId) -> Job | None:
    """A job of any workspace, for workers."""
    row = await tx.row(FIND_ANY, job_id)
    return (await _with_outputs(tx, [row]))[0] if row else None


async def lock(tx: Tx, job_id: JobId) -> Job:
    """A job, locked until the transaction ends."""
    row = await tx.row(LOCK, job_id)
    assert row is not None
    return (await _with_outputs(tx, [row]))[0]


async def list_jobs(tx: Tx, workspace_id: WorkspaceId, which: Filter, before: JobId | None, most: int) -> list[Job]:
    """A workspace's jobs, the newest first."""
    words = which.words
    if words is not None:
        for special in ("\\", "%", "_"):
            words = words.replace(special, f"\\{special}")
    rows = await tx.rows(
        LIST if which.batch_id is None else LIST_OF_BATCH,
        workspace_id,
        before,
        None if which.states is None else [*which.states],
        which.model,
        which.operation,
        which.since,
        which.until,
        words,
        most,
        *(() if which.batch_id is None else (which.batch_id,)),
    )
    return await _with_outputs(tx, rows)


async def add_output(tx: Tx, job_id: JobId, index: int, asset_id: AssetId) -> None:
    """Give a job an output."""
    await tx.run(ADD_OUTPUT, job_id, index, asset_id)


async def begin(tx: Tx, job_id: JobId, attempt: int, state: State) -> None:
    """Move a locked job to its first state at work, in the hands of this attempt."""
    await tx.run(BEGIN, job_id, attempt, state)


async def resume(tx: Tx, job_id: JobId, attempt: int) -> None:
    """Put a locked job that is at work into the hands of this attempt; 0 is in nobody's."""
    await tx.run(RESUME, job_id, attempt)


async def have_begun(tx: Tx, job_id: JobId, attempt: int) -> None:
    """Move a job from starting to processing, unless it was, or this attempt no longer holds it."""
    await tx.run(HAVE_BEGUN, job_id, attempt)


async def has_ended(tx: Tx, job_id: JobId) -> bool:
    """Whether a job has come to its end."""
    return bool(await tx.value(HAS_ENDED, job_id))


async def requeue(tx: Tx, job_id: JobId, *, counted: bool) -> None:
    """Move a locked job back to queued; a try that is not counted is taken off again."""
    await tx.run(REQUEUE, job_id, 0 if counted else 1)


async def end(
    tx: Tx,
    job_id: JobId,
    state: State,
    *,
    charged: Millicredits,
    failure: Failure | None,
    warnings: Sequence[str],
    text: str | None,
    provider_ms: int | None,
) -> tuple[datetime, bool]:
    """Move a locked job to its end; returns when that was, and whether it had previews."""
    finished_at: datetime = await tx.value(
        END, job_id, state, charged, failure.body() if failure else None, [*warnings], text, provider_ms
    )
    return finished_at, bool(await tx.value(DROP_PROGRESS, job_id))


async def set_progress(tx: Tx, job_id: JobId, attempt: int, share: float, previews: Sequence[Preview] = ()) -> bool:
    """Note how far a job is, with its latest previews; False when this attempt no longer holds it."""
    return await tx.run(SET_PROGRESS, job_id, attempt, share, [preview.note() for preview in previews]) == 1


async def newest_progress(tx: Tx) -> int:
    """The version of the latest note of progress."""
    return int(await tx.value(NEWEST_PROGRESS))


async def progress_after(tx: Tx, version: int) -> list[Record]:
    """Jobs whose progress was noted after this version, with what an event says about them."""
    return await tx.rows(PROGRESS_AFTER, version)


async def queued(tx: Tx, workspaces: Sequence[WorkspaceId], jobs: Sequence[JobId], most: int = 2000) -> list[Record]:
    """Jobs that wait, of these workspaces or among these: the oldest of them, with what an event says about them."""
    return await tx.rows(QUEUED, list(workspaces), list(jobs), most)


async def add_batch(tx: Tx, batch: Batch, url: str | None) -> None:
    """Write a batch, and the address that is told of its end; before its jobs."""
    await tx.run(ADD_BATCH, batch.id, batch.workspace_id, len(batch.job_ids))
    if url is not None:
        await tx.run(ADD_BATCH_HOOK, batch.id, url)


async def find_batch(tx: Tx, workspace_id: WorkspaceId, batch_id: BatchId) -> Batch | None:
    """One of a workspace's batches."""
    row = await tx.row(FIND_BATCH, workspace_id, batch_id)
    return _batch(row) if row else None


async def list_batches(tx: Tx, workspace_id: WorkspaceId, before: BatchId | None, most: int) -> list[Batch]:
    """A workspace's batches, the newest first."""
    return [_batch(row) for row in await tx.rows(LIST_BATCHES, workspace_id, before, most)]


async def finish_batch(tx: Tx, batch_id: BatchId) -> bool:
    """End a batch whose last job has just ended; False when it was not the last."""
    return await tx.run(FINISH_BATCH, batch_id) == 1


async def overdue(tx: Tx) -> list[JobId]:
    """Jobs past their deadline, up to 100."""
    return [JobId.of(row["id"]) for row in await tx.rows(OVERDUE)]


async def _with_outputs(tx: Tx, rows: Sequence[Record]) -> list[Job]:
    if not rows:
        return []
    links = await tx.rows(OUTPUTS, [row["id"] for row in rows])
    workspace_id = WorkspaceId.of(rows[0]["workspace_id"])
    found = await assets.find_many(tx, workspace_id, [AssetId.of(link["asset_id"]) for link in links])
    outputs: dict[JobId, list[tuple[int, assets.Asset]]] = {}
    for link in links:
        asset = found.get(AssetId.of(link["asset_id"]))
        if asset is not None:
            outputs.setdefault(JobId.of(link["job_id"]), []).append((link["index"], asset))
    return [_job(row, outputs.get(JobId.of(row["id"]), [])) for row in rows]


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _verdict(row: Record) -> Verdict:
    kind: str = row["final"]
    if kind == "known":
        return Verdict(kind, status=row["status"], answer=row["answer"], fingerprint=row["fingerprint"])
    if kind == "unprepared":
        return Verdict(kind)
    with_it = row["admitted"] if kind == "accepted" else row["requests"]
    counts = (row["counts"][0] + with_it, *row["counts"][1:])
    return Verdict(kind, Window(row["per_minute"], row["this_second"], counts), Millicredits(row["available"]))


def _batch(row: Record) -> Batch:
    return Batch(
        id=BatchId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        job_ids=[JobId.of(job_id) for job_id in row["ids"]],
        counts=Counter(map(State, row["states"])),
        progress=row["progress"],
        quoted=Millicredits(row["quoted"]),
        charged=Millicredits(row["charged"]),
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )


def _job(row: Record, outputs: list[tuple[int, assets.Asset]]) -> Job:
    state = State(row["state"])
    error: Mapping[str, Any] | None = row["error"]
    delivered = {index for index, _ in outputs}
    return Job(
        id=JobId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        user_id=UserId.of(row["user_id"]) if row["user_id"] else None,
        key_id=KeyId.of(row["key_id"]) if row["key_id"] else None,
        task_id=TaskId.of(row["task_id"]),
        provider=row["provider"],
        model=row["model"],
        operation=row["operation"],
        input=row["input"],
        metadata=row["metadata"],
        count=row["count"],
        state=state,
        priority=Priority(row["priority"]),
        attempt=row["attempt"],
        attempts=row["attempts"],
        quoted=Millicredits(row["quoted"]),
        charged=None if row["charged"] is None else Millicredits(row["charged"]),
        text=row["text"],
        failure=Failure(**error) if error else None,
        warnings=row["warnings"],
        parent_asset_id=AssetId.of(row["parent_asset_id"]) if row["parent_asset_id"] else None,
        trace_id=row["trace_id"],
        created_at=row["created_at"],
        deadline_at=row["deadline_at"],
        started_at=row["started_at"],
        provider_ms=row["provider_ms"],
        finished_at=row["finished_at"],
        progress=1.0 if state == State.SUCCEEDED else max(row["share"], len(outputs) / row["count"]),
        outputs=outputs,
        previews=[preview for preview in map(Preview.of, row["previews"]) if preview.index not in delivered],
        batch_id=BatchId.of(row["batch_id"]) if row["batch_id"] else None,
    )
