"""Endpoints, secrets, and the log of deliveries."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from daygen.identity import PROBLEMS, Asking, Scope
from daygen.infra.egress import Address, Refused
from daygen.infra.http import Db, Idempotency, PageOf, Wire, once, responses, router
from daygen.kit import paging
from daygen.kit.ids import DeliveryId, EndpointId, JobId
from daygen.kit.problems import Invalid
from daygen.webhooks import secrets, service
from daygen.webhooks.errors import DeliveryNotFound, EndpointGone, EndpointNotFound, TooManyEndpoints
from daygen.webhooks.model import DeliveryState, Secret
from daygen.webhooks.schemas import (
    DeliveryView,
    DeliveryWithTries,
    EndpointChanges,
    EndpointView,
    EndpointWithSecret,
    NewEndpoint,
    SecretView,
)

routes = router("webhooks")


class DeliveryQuery(Wire):
    """Which deliveries to list, newest first."""

    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT
    cursor: DeliveryId | None = None
    endpoint_id: EndpointId | None = None
    job_id: JobId | None = None
    status: DeliveryState | None = None


@routes.post(
    "/v1/webhook-endpoints",
    status_code=201,
    response_model=EndpointWithSecret,
    responses=responses(*PROBLEMS, TooManyEndpoints, Invalid),
)
async def create_webhook_endpoint(
    request: Request, new: NewEndpoint, caller: Asking, db: Db, key: Idempotency
) -> Response:
    """Send the workspace's events to an address. The secret is in this answer and nowhere else."""
    caller.need(Scope.ADMIN)
    url = _address(request, new.url)
    async with db.transaction() as tx, once(tx, caller.workspace_id, key) as answer:
        if not answer.known:
            endpoint = await service.add_endpoint(tx, caller.workspace_id, url, new.event_types, new.description)
            answer.status, answer.body = 201, EndpointView.of(endpoint).body()
    shown = _shown(request, Secret(EndpointId.parse(answer.body["id"]), 1, overlapping=False))
    return JSONResponse({**answer.body, "secret": shown}, answer.status)


@routes.get("/v1/webhook-endpoints", responses=responses(*PROBLEMS))
async def list_webhook_endpoints(
    caller: Asking,
    db: Db,
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT,
    cursor: EndpointId | None = None,
) -> PageOf[EndpointView]:
    """List the workspace's endpoints, the newest first."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        page = await service.list_endpoints(tx, caller.workspace_id, cursor, limit)
    return PageOf(data=[EndpointView.of(endpoint) for endpoint in page.data], next_cursor=page.next_cursor)


@routes.get("/v1/webhook-endpoints/{endpoint_id}", responses=responses(*PROBLEMS, EndpointNotFound))
async def get_webhook_endpoint(endpoint_id: EndpointId, caller: Asking, db: Db) -> EndpointView:
    """Show an endpoint."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        return EndpointView.of(await service.find_endpoint(tx, caller.workspace_id, endpoint_id))


@routes.patch("/v1/webhook-endpoints/{endpoint_id}", responses=responses(*PROBLEMS, EndpointNotFound, Invalid))
async def change_webhook_endpoint(
    request: Request, endpoint_id: EndpointId, changes: EndpointChanges, caller: Asking, db: Db
) -> EndpointView:
    """Change an endpoint. One that is enabled again is told of what happens from then on."""
    caller.need(Scope.ADMIN)
    changed: dict[str, Any] = {
        name: value
        for name, value in (("event_types", changes.event_types), ("description", changes.description))
        if value is not None
    }
    if changes.url is not None:
        changed["url"] = _address(request, changes.url)
    async with db.transaction() as tx:
        endpoint = await service.change_endpoint(
            tx, caller.workspace_id, endpoint_id, enabled=changes.enabled, **changed
        )
    return EndpointView.of(endpoint)


@routes.delete("/v1/webhook-endpoints/{endpoint_id}", status_code=204, responses=responses(*PROBLEMS, EndpointNotFound))
async def delete_webhook_endpoint(endpoint_id: EndpointId, caller: Asking, db: Db) -> None:
    """Delete an endpoint; what it was not told yet is canceled."""
    caller.need(Scope.ADMIN)
    async with db.transaction() as tx:
        await service.remove_endpoint(tx, caller.workspace_id, endpoint_id)


@routes.post("/v1/webhook-endpoints/{endpoint_id}/rotate-secret", responses=responses(*PROBLEMS, EndpointNotFound))
async def rotate_webhook_endpoint_secret(
    request: Request, endpoint_id: EndpointId, caller: Asking, db: Db, _repeat: Idempotency
) -> EndpointWithSecret:
    """Give an endpoint a new secret. For 24 hours both sign. A repeat makes another one."""
    caller.need(Scope.ADMIN)
    async with db.transaction() as tx:
        endpoint = await service.rotate_endpoint(tx, caller.workspace_id, endpoint_id)
    shown = _shown(request, endpoint.secret)
    return EndpointWithSecret(**EndpointView.of(endpoint).model_dump(), secret=shown)


@routes.get("/v1/webhook-secret", responses=responses(*PROBLEMS))
async def get_webhook_secret(request: Request, caller: Asking, db: Db) -> SecretView:
    """Show what signs requests to addresses that jobs name (`webhookUrl`)."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        return SecretView(secret=_shown(request, await service.secret(tx, caller.workspace_id)))


@routes.post("/v1/webhook-secret/rotate", responses=responses(*PROBLEMS))
async def rotate_webhook_secret(request: Request, caller: Asking, db: Db, _repeat: Idempotency) -> SecretView:
    """Give the workspace a new secret. For 24 hours both sign. A repeat makes another one."""
    caller.need(Scope.ADMIN)
    async with db.transaction() as tx:
        return SecretView(secret=_shown(request, await service.rotate_secret(tx, caller.workspace_id)))


@routes.get("/v1/webhook-deliveries", responses=responses(*PROBLEMS, Invalid))
async def list_webhook_deliveries(
    caller: Asking, db: Db, query: Annotated[DeliveryQuery, Query()]
) -> PageOf[DeliveryView]:
    """List what was sent, or is about to be, the newest first; kept for 30 days."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        page = await service.list_deliveries(
            tx,
            caller.workspace_id,
            query.cursor,
            query.limit,
            endpoint_id=query.endpoint_id,
            job_id=query.job_id,
            state=query.status,
        )
    return PageOf(data=[DeliveryView.of(delivery) for delivery in page.data], next_cursor=page.next_cursor)


@routes.get("/v1/webhook-deliveries/{delivery_id}", responses=responses(*PROBLEMS, DeliveryNotFound))
async def get_webhook_delivery(delivery_id: DeliveryId, caller: Asking, db: Db) -> DeliveryWithTries:
    """Show a delivery with every try."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        delivery, tries = await service.find_delivery(tx, caller.workspace_id, delivery_id)
    return DeliveryWithTries.with_tries(delivery, tries)


@routes.post(
    "/v1/webhook-deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryView,
    responses=responses(*PROBLEMS, DeliveryNotFound, EndpointGone),
)
async def redeliver_webhook(delivery_id: DeliveryId, caller: Asking, db: Db, key: Idempotency) -> Response:
    """Send an event again, under its own `webhook-id`, as a new delivery."""
    caller.need(Scope.ADMIN)
    async with db.transaction() as tx, once(tx, caller.workspace_id, key) as answer:
        if not answer.known:
            delivery = await service.redeliver(tx, caller.workspace_id, delivery_id)
            answer.status, answer.body = 202, DeliveryView.of(delivery).body()
    return answer.response()


def _address(request: Request, text: str) -> str:
    """An address as it will be used. Raises `Invalid` for one that the guard refuses."""
    try:
        return str(Address.read(text).judged(request.app.state.egress.guard))
    except Refused as refused:
        raise Invalid.field("url", str(refused)) from None


def _shown(request: Request, secret: Secret) -> str:
    return secrets.derive(request.app.state.secret, secret.owner, secret.generation)
