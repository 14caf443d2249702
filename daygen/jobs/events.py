"""What happens to a job, as facts. Files are named by their key here; whoever shows an event makes links of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from daygen.assets import Asset
from daygen.infra.outbox import Fact
from daygen.jobs.model import Job, State
from daygen.kit import clock
from daygen.kit.money import shown

TERMINAL = {f"job.{state}" for state in (State.SUCCEEDED, State.FAILED, State.CANCELED, State.EXPIRED)}


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


def _fact(
    kind: str, job: Job, more: Mapping[str, Any] | None = None, outputs: Sequence[tuple[int, Asset]] = ()
) -> Fact:
    data = {
        "jobId": str(job.id),
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
