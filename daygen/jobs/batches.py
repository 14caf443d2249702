"""Batches: jobs ordered together, accepted as a whole or not at all.

Each job holds its own price and ends by itself, as any other; what a batch has come to is told by its jobs. The commit
that ends the last of them ends the batch (`service`).
"""

from collections import Counter
from collections.abc import Sequence

from daygen import ledger, limits
from daygen.identity import Caller
from daygen.infra import outbox, queue
from daygen.infra.db import Tx
from daygen.jobs import events, repository, service
from daygen.jobs.errors import BatchNotFound
from daygen.jobs.model import ENDS, MOST_JOBS, Batch, Filter, Job, State
from daygen.jobs.service import Order
from daygen.kit.ids import AssetId, BatchId, JobId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.kit.paging import Page, cut
from daygen.limits import Window


async def submit(tx: Tx, caller: Caller, orders: Sequence[Order], url: str | None = None) -> tuple[Batch, Window]:
    """Accept a batch: check limits, where each job counts, hold every price, record all, queue the work.

    Raises what `service.submit` does, and `limits.MoreThanTheLimit` (422). After a refusal nothing is left of it.
    """
    sources = await service.sources_of(tx, caller.workspace_id, orders)
    window = await limits.admit(tx, caller.workspace_id, len(orders))
    batch, jobs = draft(caller, orders, sources)
    await ledger.cover(tx, caller.workspace_id, batch.quoted)
    await repository.add_batch(tx, batch, url)
    for job, order in zip(jobs, orders, strict=True):
        await service.take_on(tx, job, order)
    for job in sorted(jobs, key=lambda job: (job.provider, job.model)):  # pools in one order everywhere
        await service.queue_up(tx, job)
    await outbox.emit(tx, events.batch_created(batch), *map(events.queued, jobs))
    return batch, window


def draft(caller: Caller, orders: Sequence[Order], sources: Sequence[AssetId | None]) -> tuple[Batch, list[Job]]:
    """A batch and its jobs as they are ordered; the order of their ids is that of the orders."""
    batch_id = BatchId.new()
    job_ids = sorted(JobId.new() for _ in orders)
    jobs = [
        service.draft(caller, order, source, job_id=job_id, batch_id=batch_id)
        for order, source, job_id in zip(orders, sources, job_ids, strict=True)
    ]
    batch = Batch(
        id=batch_id,
        workspace_id=caller.workspace_id,
        job_ids=job_ids,
        counts=Counter({State.QUEUED: len(jobs)}),
        progress=0.0,
        quoted=Millicredits(sum(job.quoted for job in jobs)),
        charged=Millicredits(0),
        created_at=batch_id.created_at,
        finished_at=None,
    )
    return batch, jobs


async def find(tx: Tx, workspace_id: WorkspaceId, batch_id: BatchId) -> Batch:
    """One of a workspace's batches. Raises `BatchNotFound` (404)."""
    batch = await repository.find_batch(tx, workspace_id, batch_id)
    if batch is None:
        raise BatchNotFound
    return batch


async def list_page(tx: Tx, workspace_id: WorkspaceId, before: BatchId | None, limit: int) -> Page[Batch]:
    """A page of a workspace's batches, the newest first."""
    batches = await repository.list_batches(tx, workspace_id, before, limit + 1)
    return cut(batches, limit, lambda batch: str(batch.id))


async def cancel(tx: Tx, workspace_id: WorkspaceId, batch_id: BatchId) -> Batch:
    """Stop what has not ended of a batch; each job's credits go where `service.cancel` has them go. Twice is once.

    Raises `BatchNotFound` (404).
    """
    batch = await find(tx, workspace_id, batch_id)
    if batch.finished_at is not None:
        return batch
    await ledger.lock(tx, workspace_id)
    left = Filter([state for state in State if state not in ENDS], batch_id=batch_id)
    jobs = await repository.list_jobs(tx, workspace_id, left, None, MOST_JOBS)
    await queue.lock(tx, [job.task_id for job in jobs])  # all before the first frees a share that others wait for
    for job in jobs:
        await service.stop(tx, job)
    return await find(tx, workspace_id, batch_id)
