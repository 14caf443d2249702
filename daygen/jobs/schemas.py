"""What jobs say over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from daygen.assets import Asset, link, link_to
from daygen.catalog import MOST_OUTPUTS, Plan
from daygen.infra.http import Moment, Wire, alternative
from daygen.infra.storage import Storage
from daygen.jobs.model import MOST_JOBS, Batch, BatchState, Job, Priority, State
from daygen.kit.ids import AssetId, BatchId, JobId
from daygen.kit.money import Millicredits, shown

Number = float | int
MetadataValue = str | int | float | bool | None
HookEvent = Literal[
    "job.queued",
    "job.started",
    "job.requeued",
    "job.progress",
    "job.output",
    "job.succeeded",
    "job.failed",
    "job.canceled",
    "job.expired",
]
BatchEvent = Literal["batch.created", "batch.finished"]
MOST_METADATA = 50
LONGEST_METADATA = 500


ModelName = Annotated[str, Field(min_length=1, max_length=200, examples=["local/print"])]


class JobOrder(Wire):
    """An order: one operation of one model. `input` follows the model's JSON Schema (`GET /v1/models`).

    Files in it are `{"assetId": …}`, or `{"url": …}`: an https address that is fetched when the job is carried out.

    With `models` instead of `model`, or with `sweep`, it is an order for a batch: a job for each wording and model.
    """

    model: ModelName | None = None
    models: Annotated[
        list[ModelName] | None,
        Field(min_length=1, max_length=MOST_JOBS, description="Several models, instead of `model`."),
    ] = None
    sweep: Annotated[
        bool, Field(strict=True, description="Read `{red|blue}` in texts of the input as a choice: a job for each.")
    ] = False
    operation: Annotated[str | None, Field(max_length=100, examples=["text_to_image"])] = None
    input: Annotated[dict[str, Any], Field(examples=[{"prompt": "a lighthouse at dusk", "aspectRatio": "3:2"}])]
    count: Annotated[int, Field(strict=True, ge=1, le=MOST_OUTPUTS)] = 1
    priority: Literal["low", "normal", "high"] = "normal"
    deadline_seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)] = 3600
    folder_id: str | None = None
    webhook_url: Annotated[
        str | None,
        Field(max_length=2048, examples=["https://example.com/hooks"], description="Told of the job's end, signed."),
    ] = None
    webhook_events: Annotated[
        list[HookEvent], Field(max_length=20, default_factory=list, description="What else `webhookUrl` is told of.")
    ]
    metadata: Annotated[dict[str, MetadataValue], Field(max_length=MOST_METADATA, default_factory=dict)]

    @field_validator("metadata")
    @classmethod
    def _short(cls, metadata: dict[str, MetadataValue]) -> dict[str, MetadataValue]:
        for name, value in metadata.items():
            if len(name) > LONGEST_METADATA or len(str(value)) > LONGEST_METADATA:
                raise ValueError(f"names and values may have up to {LONGEST_METADATA} characters")
        return metadata

    @field_validator("folder_id")
    @classmethod
    def _no_such_folder(cls, folder_id: str | None) -> None:
        if folder_id is not None:
            raise ValueError("there is no such folder in this workspace")

    @property
    def is_several(self) -> bool:
        """Whether it is an order for a batch."""
        return self.models is not None or self.sweep

    @property
    def deadline(self) -> timedelta:
        """How long it may take."""
        return timedelta(seconds=self.deadline_seconds)

    @property
    def rank(self) -> Priority:
        """Its priority, as the queue knows it."""
        return Priority[self.priority.upper()]


class BatchOrder(Wire):
    """Orders for one batch of up to 100 jobs: all are accepted or none. `webhookUrl` is told of the batch's end."""

    orders: Annotated[list[JobOrder], Field(min_length=1, max_length=MOST_JOBS)]
    webhook_url: Annotated[str | None, Field(max_length=2048, examples=["https://example.com/hooks"])] = None


_JOB, _BATCH = alternative("job"), alternative("batch")


def _kind(body: Any) -> str:
    return _BATCH if isinstance(body, BatchOrder) or (isinstance(body, dict) and "orders" in body) else _JOB


Quotable = Annotated[
    Annotated[JobOrder, Tag(_JOB)] | Annotated[BatchOrder, Tag(_BATCH)],
    Discriminator(_kind),
]


class QuoteLine(Wire):
    """One part of a price."""

    description: str
    credits: Number

    @classmethod
    def of(cls, plan: Plan) -> "QuoteLine":
        """Show a plan's price."""
        rule = plan.offer.price
        seconds = f" of {plan.input[rule.seconds]} s" if rule.seconds else ""
        each = f"{shown(Millicredits(rule.tariff.of(plan.input)))}{' a second' if rule.seconds else ''}"
        return cls(
            description=f"{plan.model.title}, {plan.offer.operation}: {plan.count} outputs{seconds} at {each}",
            credits=shown(plan.price),
        )


class QuoteView(Wire):
    """What an order costs. `usd` is null while credits have no price in dollars."""

    credits: Number
    usd: str | None
    lines: list[QuoteLine]

    @classmethod
    def of(cls, plans: Sequence[Plan]) -> "QuoteView":
        """Show the price of plans, a line each."""
        price = Millicredits(sum(plan.price for plan in plans))
        return cls(credits=shown(price), usd=None, lines=[QuoteLine.of(plan) for plan in plans])


class Price(Wire):
    """What a job costs if all its outputs are made."""

    credits: Number


class JobUrls(Wire):
    """Where to go on from here."""

    self: str
    events: str
    cancel: str

    @classmethod
    def under(cls, here: str) -> "JobUrls":
        """Of what is at this address."""
        return cls(self=here, events=f"{here}/events", cancel=f"{here}/cancel")


class JobAccepted(Wire):
    """The job is recorded, its price is held, and the work is queued."""

    job_id: JobId
    status: State
    quote: Price
    urls: JobUrls

    @classmethod
    def of(cls, job: Job, public_url: str) -> "JobAccepted":
        """Show a job that was just accepted."""
        urls = JobUrls.under(f"{public_url}/v1/jobs/{job.id}")
        return cls(job_id=job.id, status=job.state, quote=Price(credits=shown(job.quoted)), urls=urls)


class BatchAccepted(Wire):
    """The jobs are recorded, in the order of the orders, the price of each is held, and the work is queued."""

    batch_id: BatchId
    job_ids: list[JobId]
    status: BatchState
    quote: Price
    urls: JobUrls

    @classmethod
    def of(cls, batch: Batch, public_url: str) -> "BatchAccepted":
        """Show a batch that was just accepted."""
        return cls(
            batch_id=batch.id,
            job_ids=list(batch.job_ids),
            status=batch.state,
            quote=Price(credits=shown(batch.quoted)),
            urls=JobUrls.under(f"{public_url}/v1/batches/{batch.id}"),
        )


class OutputView(Wire):
    """One file that a job made; `url` is signed and good for a day."""

    asset_id: AssetId
    url: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    duration_seconds: float | None


class PreviewView(Wire):
    """A passing picture of an output that is still being made; it is gone when the job ends."""

    index: int
    url: str
    width: int | None
    height: int | None


class ErrorView(Wire):
    """Why a job failed; `retryable` when the same order may work later."""

    code: str
    title: str
    detail: str
    retryable: bool


class CostView(Wire):
    """What was held, and what was charged in the end (null until then)."""

    quoted_credits: Number
    charged_credits: Number | None


class TimingsView(Wire):
    """Milliseconds, counted from `createdAt`; null where it has not happened."""

    queued_ms: int
    started_ms: int | None
    provider_ms: int | None
    total_ms: int | None


class JobView(Wire):
    """A job as it stands."""

    id: JobId
    status: State
    progress: float
    operation: str
    model: str
    input: dict[str, Any]
    count: int
    outputs: list[OutputView]
    previews: list[PreviewView]
    result_url: str | None
    text: str | None
    error: ErrorView | None
    cost: CostView
    timings: TimingsView
    attempts: int
    position: int | None
    parent_asset_id: AssetId | None
    batch_id: BatchId | None
    warnings: list[str]
    metadata: dict[str, MetadataValue]
    created_at: Moment
    deadline_at: Moment
    finished_at: Moment | None


class BatchCostView(Wire):
    """What was held for its jobs, and what those that have ended were charged."""

    quoted_credits: Number
    charged_credits: Number


class BatchView(Wire):
    """A batch as it stands. `counts` has every status of a job; `progress` is 1 when all have ended."""

    id: BatchId
    status: BatchState
    progress: float
    job_ids: list[JobId]
    counts: dict[State, int]
    cost: BatchCostView
    created_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchView":
        """Show a batch."""
        return cls(
            id=batch.id,
            status=batch.state,
            progress=round(batch.progress, 3),
            job_ids=list(batch.job_ids),
            counts={state: batch.counts.get(state, 0) for state in State},
            cost=BatchCostView(quoted_credits=shown(batch.quoted), charged_credits=shown(batch.charged)),
            created_at=batch.created_at,
            finished_at=batch.finished_at,
        )


class SpanView(Wire):
    """One part of a job's time; milliseconds count from `createdAt`."""

    span_id: str
    parent_id: str | None
    name: str
    service: str
    started_ms: float
    duration_ms: float
    status: str
    attributes: dict[str, Any]


class TraceView(Wire):
    """Where a job's time went."""

    trace_id: str | None
    spans: list[SpanView]


async def show(storage: Storage, job: Job, position: int | None = None) -> JobView:
    """Show a job, with fresh links to its outputs. `position` is how many tasks go before it."""
    outputs = await asyncio.gather(*(_output(storage, asset) for _, asset in job.outputs))
    previews = await asyncio.gather(*(_preview(storage, preview.note()) for preview in job.previews))
    return JobView(
        id=job.id,
        status=job.state,
        progress=round(job.progress, 3),
        operation=job.operation,
        model=job.model,
        input=dict(job.input),
        count=job.count,
        outputs=outputs,
        previews=[PreviewView(**preview) for preview in previews],
        result_url=outputs[0].url if outputs else None,
        text=job.text,
        error=ErrorView(**job.failure.body()) if job.failure else None,
        cost=CostView(
            quoted_credits=shown(job.quoted), charged_credits=None if job.charged is None else shown(job.charged)
        ),
        timings=_timings(job),
        attempts=job.attempts,
        position=position,
        parent_asset_id=job.parent_asset_id,
        batch_id=job.batch_id,
        warnings=list(job.warnings),
        metadata=dict(job.metadata),
        created_at=job.created_at,
        deadline_at=job.deadline_at,
        finished_at=job.finished_at,
    )


async def show_event(storage: Storage, data: Mapping[str, Any]) -> dict[str, Any]:
    """Show a job event's data: its files become links."""
    if "previews" in data:
        return {**data, "previews": [await _preview(storage, note) for note in data["previews"]]}
    if "outputs" not in data:
        return dict(data)
    outputs = [
        {name: value for name, value in output.items() if name != "key"}
        | {"url": await link_to(storage, output["assetId"], output["key"], output["contentType"])}
        for output in data["outputs"]
    ]
    return {**data, "outputs": outputs, "resultUrl": outputs[0]["url"] if outputs else None}


async def _output(storage: Storage, asset: Asset) -> OutputView:
    return OutputView(
        asset_id=asset.id,
        url=await link(storage, asset),
        content_type=asset.content_type,
        size=asset.size_bytes,
        width=asset.width,
        height=asset.height,
        duration_seconds=asset.duration_s,
    )


async def _preview(storage: Storage, note: Mapping[str, Any]) -> dict[str, Any]:
    name = f"preview-{note['index']}"
    url = await link_to(storage, name, note["key"], note["contentType"])
    return {"index": note["index"], "url": url, "width": note["width"], "height": note["height"]}


def _timings(job: Job) -> TimingsView:
    started_ms = _ms(job.started_at - job.created_at) if job.started_at else None
    total_ms = _ms(job.finished_at - job.created_at) if job.finished_at else None
    waited = started_ms if started_ms is not None else total_ms
    return TimingsView(
        queued_ms=waited if waited is not None else 0,
        started_ms=started_ms,
        provider_ms=job.provider_ms,
        total_ms=total_ms,
    )


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
