"""Submit, list, show, cancel, retry and quote jobs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from daygen import ledger
from daygen.catalog import Models
from daygen.identity import PROBLEMS, Asking, Caller, Scope
from daygen.infra import queue, telemetry
from daygen.infra.db import Database, Tx
from daygen.infra.http import Db, Idempotency, Moment, PageOf, Store, Wire, once, responses, router
from daygen.infra.storage import Storage
from daygen.jobs import batch_routes, events, service
from daygen.jobs.admission import Admission
from daygen.jobs.errors import BATCH_PROBLEMS, SUBMIT_PROBLEMS, JobNotFound
from daygen.jobs.model import ENDS, Filter, Job, State
from daygen.jobs.orders import Orders
from daygen.jobs.patience import APPLIED, Prefer, wait_for_end, wait_of
from daygen.jobs.schemas import (
    BatchAccepted,
    BatchOrder,
    BatchView,
    JobAccepted,
    JobOrder,
    JobView,
    Quotable,
    QuoteView,
    SpanView,
    TraceView,
    show,
)
from daygen.jobs.service import Order
from daygen.kit import paging
from daygen.kit.ids import BatchId, JobId, TaskId
from daygen.kit.problems import Invalid

routes = router("jobs")
routes.include_router(batch_routes.routes)

JobPath = JobId


class JobQuery(Wire):
    """Which jobs to list, newest first."""

    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT
    cursor: JobId | None = None
    status: Annotated[list[State] | None, Query(max_length=len(State))] = None
    model: Annotated[str | None, Query(max_length=200)] = None
    operation: Annotated[str | None, Query(max_length=100)] = None
    batch_id: BatchId | None = None
    since: Annotated[Moment | None, Query(alias="from")] = None
    until: Annotated[Moment | None, Query(alias="to")] = None
    q: Annotated[str | None, Query(max_length=200, description="Words of the prompt.")] = None

    def filter(self) -> Filter:
        """What it asks for."""
        return Filter(self.status, self.model, self.operation, self.since, self.until, self.q, self.batch_id)


@routes.post(
    "/v1/jobs",
    status_code=202,
    response_model=JobAccepted | BatchAccepted,
    responses={200: {"model": JobView | BatchView, "description": "With `Prefer: wait`: the job, or the batch"}}
    | responses(*PROBLEMS, *BATCH_PROBLEMS, Invalid),
)
async def submit_job(
    request: Request,
    order: JobOrder,
    caller: Asking,
    db: Db,
    storage: Store,
    catalog: Models,
    key: Idempotency,
    prefer: Prefer = None,
) -> Response:
    """Order outputs of a model. Answers at once; the work is queued and its price is held.

    With `models`, or with `sweep`, it is a batch: all of its jobs are accepted, or none.
    """
    caller.need(Scope.JOBS_WRITE)
    wait = wait_of(prefer)
    orders = Orders(catalog, request.app.state.egress.guard)
    if order.is_several:
        return await batch_routes.submit(request, orders.several(order), None, caller, db, key, wait)
    return await _submit(request, orders.one(order), caller, db, storage, key, wait)


@routes.get("/v1/jobs", responses=responses(*PROBLEMS, Invalid))
async def list_jobs(caller: Asking, db: Db, storage: Store, query: Annotated[JobQuery, Query()]) -> PageOf[JobView]:
    """List the workspace's jobs, the newest first."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        page = await service.list_page(tx, caller.workspace_id, query.filter(), query.cursor, query.limit)
        places = await _places(tx, page.data)
    shown = [await show(storage, job, places.get(job.task_id)) for job in page.data]
    return PageOf(data=shown, next_cursor=page.next_cursor)


@routes.get("/v1/jobs/{job_id}", responses=responses(*PROBLEMS, JobNotFound))
async def get_job(job_id: JobPath, caller: Asking, db: Db, storage: Store) -> JobView:
    """Show a job."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        job = await service.find(tx, caller.workspace_id, job_id)
    return await _shown(db, storage, job)


@routes.post("/v1/jobs/{job_id}/cancel", response_model=JobView, responses=responses(*PROBLEMS, JobNotFound))
async def cancel_job(job_id: JobPath, caller: Asking, db: Db, storage: Store, key: Idempotency) -> Response:
    """Stop a job and give its credits back. A finished job stays as it is; repeating is safe."""
    caller.need(Scope.JOBS_WRITE)
    async with db.transaction() as tx:
        await ledger.lock(tx, caller.workspace_id)  # before the key, as whoever submits does
        async with once(tx, caller.workspace_id, key) as answer:
            if not answer.known:
                job = await service.cancel(tx, caller.workspace_id, job_id)
                answer.status, answer.body = 200, (await show(storage, job)).body()
    return answer.response()


@routes.post(
    "/v1/jobs/{job_id}/retry",
    status_code=202,
    response_model=JobAccepted,
    responses=responses(*PROBLEMS, *SUBMIT_PROBLEMS, JobNotFound, Invalid),
)
async def retry_job(
    request: Request, job_id: JobPath, caller: Asking, db: Db, storage: Store, catalog: Models, key: Idempotency
) -> Response:
    """Order the same again, as a new job at today's price."""
    caller.need(Scope.JOBS_WRITE)
    async with db.reading() as tx:
        job = await service.find(tx, caller.workspace_id, job_id)
        hook = await service.find_hook(tx, job.id)
    plan = catalog.plan(job.model, job.operation, job.input, job.count)
    return await _submit(request, Order.again(job, plan, hook), caller, db, storage, key, None)


@routes.post("/v1/quotes", responses=responses(*PROBLEMS, Invalid))
async def quote_job(
    request: Request, order: Quotable, caller: Asking, catalog: Models, _repeat: Idempotency
) -> QuoteView:
    """Say what an order costs, or the orders of a batch; nothing is charged or kept."""
    caller.need(Scope.JOBS_READ)
    orders = Orders(catalog, request.app.state.egress.guard)
    if isinstance(order, BatchOrder):
        orders.address("webhookUrl", order.webhook_url)
        read = orders.batch(order.orders)
    else:
        read = orders.several(order) if order.is_several else [orders.one(order)]
    return QuoteView.of([one.plan for one in read])


@routes.get("/v1/jobs/{job_id}/trace", responses=responses(*PROBLEMS, JobNotFound))
async def get_trace(job_id: JobPath, caller: Asking, db: Db) -> TraceView:
    """Show where a job's time went: its spans, in the order they began."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        job = await service.find(tx, caller.workspace_id, job_id)
        spans = await telemetry.spans_of_job(tx, job.id)
    return TraceView(
        trace_id=job.trace_id.hex() if job.trace_id else None,
        spans=[
            SpanView(
                span_id=span.span_id.hex(),
                parent_id=span.parent_id.hex() if span.parent_id else None,
                name=span.name,
                service=span.service,
                started_ms=round((span.started_at - job.created_at).total_seconds() * 1000, 3),
                duration_ms=round(span.duration.total_seconds() * 1000, 3),
                status=span.status,
                attributes=dict(span.attributes),
            )
            for span in spans
        ],
    )


async def _submit(
    request: Request,
    order: Order,
    caller: Caller,
    db: Database,
    storage: Storage,
    key: Idempotency,
    wait: timedelta | None,
) -> Response:
    admission: Admission = request.app.state.admission
    with telemetry.span("jobs.submit", model=order.plan.model.id):
        accepted = await admission.submit(caller, order, key)
    telemetry.bind(jobId=str(accepted.job_id))
    headers = accepted.window.headers() if accepted.window else {}
    if wait is None:
        return JSONResponse(accepted.body, accepted.status, headers)

    async def has_ended() -> bool:
        return (await _found(db, caller, accepted.job_id)).state in ENDS

    await wait_for_end(request.app.state.feed, accepted.job_id, events.TERMINAL, wait, has_ended)
    job = await _found(db, caller, accepted.job_id)
    return JSONResponse((await _shown(db, storage, job)).body(), 200, headers | APPLIED)


async def _shown(db: Database, storage: Storage, job: Job) -> JobView:
    """A job, with its place in the queue while it waits."""
    async with db.reading() as tx:
        places = await _places(tx, [job])
    return await show(storage, job, places.get(job.task_id))


async def _places(tx: Tx, jobs: Sequence[Job]) -> Mapping[TaskId, int]:
    waiting = [job.task_id for job in jobs if job.state == State.QUEUED]
    return await queue.positions(tx, waiting) if waiting else {}


async def _found(db: Database, caller: Caller, job_id: JobId) -> Job:
    async with db.reading() as tx:
        return await service.find(tx, caller.workspace_id, job_id)
