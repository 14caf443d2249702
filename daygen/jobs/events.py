"""What happens to a job, as facts. Files are named by their key here; whoever shows an event makes links of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from daygen.assets import Asset
from daygen.infra.outbox import Fact
from daygen.jobs.model import ENDS, Batch, Job, State
from daygen.kit import clock
from daygen.kit.money import shown

TERMINAL = {f"job.{state}" for state in ENDS}
BATCH_FINISHED = "batch.finished"


def queued(job: Job) -> Fact:
    """A job was accepted."""
    order = {"input": job.input, "count": job.count, "createdAt": clock.shown(job.created_at)}
    return _fact("job.queued", job, order)


def started(job: Job) -> Fact:
    """A worker is at it."""
    return _fact("job.started", job)


def requeued(job: Job, reason: str) -> Fact:
    """It will be tried again."""
    return _fact("job.requeued", job, {"reason": reason})


def output(job: Job, index: int, asset: Asset) -> Fact:
    """One of its outputs is in storage."""
    return _fact("job.output", job, outputs=[(index, asset)])


def ended(job: Job) -> Fact:
    """It has come to its end, with all its outputs."""
    end = {"finishedAt": clock.shown(job.finished_at or job.created_at), "text": job.text}
    return _fact(f"job.{job.state}", job, end, job.outputs)


def batch_created(batch: Batch) -> Fact:
    """Jobs were accepted together."""
    return _batch("batch.created", batch)


def batch_finished(batch: Batch) -> Fact:
    """The last of them has come to its end."""
    return _batch(BATCH_FINISHED, batch)


def _batch(kind: str, batch: Batch) -> Fact:
    data = {
        "batchId": str(batch.id),
        "status": batch.state,
        "progress": round(batch.progress, 3),
        "jobIds": [str(job_id) for job_id in batch.job_ids],
        "counts": {state: batch.counts.get(state, 0) for state in State},
        "cost": {"quotedCredits": shown(batch.quoted), "chargedCredits": shown(batch.charged)},
        "createdAt": clock.shown(batch.created_at),
        "finishedAt": None if batch.finished_at is None else clock.shown(batch.finished_at),
    }
    return Fact(kind, batch.workspace_id, batch.id, data)


def _fact(
    kind: str, job: Job, more: Mapping[str, Any] | None = None, outputs: Sequence[tuple[int, Asset]] = ()
) -> Fact:
    data = {
        "jobId": str(job.id),
        "batchId": None if job.batch_id is None else str(job.batch_id),
        "status": job.state,
        "progress": job.progress,
        "model": job.model,
        "operation": job.operation,
        "attempts": job.attempts,
        "outputs": [_output(index, asset) for index, asset in outputs],
        "error": job.failure.body() if job.failure else None,
        "cost": {
            "quotedCredits": shown(job.quoted),
            "chargedCredits": None if job.charged is None else shown(job.charged),
        },
    }
    return Fact(kind, job.workspace_id, job.id, data | dict(more or {}))


def _output(index: int, asset: Asset) -> dict[str, Any]:
    return {
        "index": index,
        "assetId": str(asset.id),
        "key": asset.key,
        "contentType": asset.content_type,
        "size": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "durationSeconds": asset.duration_s,
    }
