"""Submit, list, show and cancel batches."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from daygen import ledger
from daygen.catalog import Models
from daygen.identity import PROBLEMS, Asking, Caller, Scope
from daygen.infra import telemetry
from daygen.infra.db import Database
from daygen.infra.http import Db, Idempotency, PageOf, Wire, once, responses, router
from daygen.jobs import batches
from daygen.jobs.admission import Admission
from daygen.jobs.errors import BATCH_PROBLEMS, BatchNotFound
from daygen.jobs.events import BATCH_FINISHED
from daygen.jobs.model import Batch
from daygen.jobs.orders import Orders
from daygen.jobs.patience import APPLIED, Prefer, wait_for_end, wait_of
from daygen.jobs.schemas import BatchAccepted, BatchOrder, BatchView
from daygen.jobs.service import Order
from daygen.kit import paging
from daygen.kit.ids import BatchId
from daygen.kit.problems import Invalid

routes = router("batches")


class BatchQuery(Wire):
    """Which batches to list, newest first."""

    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT
    cursor: BatchId | None = None


@routes.post(
    "/v1/batches",
    status_code=202,
    response_model=BatchAccepted,
    responses={200: {"model": BatchView, "description": "With `Prefer: wait`: the batch"}}
    | responses(*PROBLEMS, *BATCH_PROBLEMS, Invalid),
)
async def submit_batch(
    request: Request,
    order: BatchOrder,
    caller: Asking,
    db: Db,
    catalog: Models,
    key: Idempotency,
    prefer: Prefer = None,
) -> Response:
    """Order up to 100 jobs, all or none. Answers at once; the work is queued and its price is held."""
    caller.need(Scope.JOBS_WRITE)
    orders = Orders(catalog, request.app.state.egress.guard)
    url = orders.address("webhookUrl", order.webhook_url)
    return await submit(request, orders.batch(order.orders), url, caller, db, key, wait_of(prefer))


@routes.get("/v1/batches", responses=responses(*PROBLEMS, Invalid))
async def list_batches(caller: Asking, db: Db, query: Annotated[BatchQuery, Query()]) -> PageOf[BatchView]:
    """List the workspace's batches, the newest first."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        page = await batches.list_page(tx, caller.workspace_id, query.cursor, query.limit)
    return PageOf(data=[BatchView.of(batch) for batch in page.data], next_cursor=page.next_cursor)


@routes.get("/v1/batches/{batch_id}", responses=responses(*PROBLEMS, BatchNotFound))
async def get_batch(batch_id: BatchId, caller: Asking, db: Db) -> BatchView:
    """Show a batch; `GET /v1/jobs?batchId=` lists its jobs."""
    caller.need(Scope.JOBS_READ)
    return BatchView.of(await _found(db, caller, batch_id))


@routes.post(
    "/v1/batches/{batch_id}/cancel", response_model=BatchView, responses=responses(*PROBLEMS, BatchNotFound, Invalid)
)
async def cancel_batch(batch_id: BatchId, caller: Asking, db: Db, key: Idempotency) -> Response:
    """Stop the jobs of a batch that have not ended and give their credits back. Repeating is safe."""
    caller.need(Scope.JOBS_WRITE)
    async with db.transaction() as tx:
        await ledger.lock(tx, caller.workspace_id)  # before the key, as whoever submits does
        async with once(tx, caller.workspace_id, key) as answer:
            if not answer.known:
                batch = await batches.cancel(tx, caller.workspace_id, batch_id)
                answer.status, answer.body = 200, BatchView.of(batch).body()
    return answer.response()


async def submit(
    request: Request,
    orders: Sequence[Order],
    url: str | None,
    caller: Caller,
    db: Database,
    key: Idempotency,
    wait: timedelta | None,
) -> Response:
    """Accept orders as one batch, and answer as the caller prefers."""
    admission: Admission = request.app.state.admission
    with telemetry.span("jobs.submit_batch", jobs=len(orders)):
        accepted = await admission.submit_batch(caller, orders, url, key)
    batch_id = accepted.batch_id
    telemetry.bind(batchId=str(batch_id))
    headers = accepted.window.headers() if accepted.window else {}
    if wait is None:
        return JSONResponse(accepted.body, accepted.status, headers)

    async def has_ended() -> bool:
        return (await _found(db, caller, batch_id)).finished_at is not None

    await wait_for_end(request.app.state.feed, batch_id, [BATCH_FINISHED], wait, has_ended)
    batch = BatchView.of(await _found(db, caller, batch_id))
    return JSONResponse(batch.body(), 200, headers | APPLIED)


async def _found(db: Database, caller: Caller, batch_id: BatchId) -> Batch:
    async with db.reading() as tx:
        return await batches.find(tx, caller.workspace_id, batch_id)
