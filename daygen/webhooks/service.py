"""The webhooks' verbs: forward events into streams, try, record, give up; and an endpoint's life.

Locks are taken in one order everywhere: stream, endpoint, task.
"""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record

from daygen.infra import queue
from daygen.infra.db import Tx
from daygen.jobs import BATCH_FINISHED, TERMINAL
from daygen.kit.ids import DeliveryId, EndpointId, JobId, TaskId, WorkspaceId
from daygen.kit.paging import Page, cut
from daygen.webhooks import repository
from daygen.webhooks.errors import DeliveryNotFound, EndpointGone, EndpointNotFound, TooManyEndpoints
from daygen.webhooks.model import (
    KEPT,
    MOST_ENDPOINTS,
    OVERLAP,
    Delivery,
    DeliveryState,
    Endpoint,
    Outcome,
    Secret,
    Sending,
    Stream,
    Try,
    Wait,
    pause,
)
from daygen.webhooks.tasks import PRIORITY, DeliverWebhook

BY_OWNER = "disabled by its owner"
GONE = "the receiver answered 410 Gone"
NOBODY = "its endpoint is deleted or disabled"


async def forward(tx: Tx, most: int) -> int | None:
    """Turn up to `most` events, and the newest progress, into deliveries; None when another forwarder is at it."""
    if not await repository.take_turn(tx):
        return None
    seen, streams = await repository.forward(tx, most, sorted({*TERMINAL, BATCH_FINISHED}))
    if seen < most:  # progress is only news while nothing newer waits
        streams += await repository.note_progress(tx)
    await _open(tx, {(row["target"], row["subject"]): WorkspaceId.of(row["workspace_id"]) for row in streams})
    return seen


async def next_try(tx: Tx, target: UUID, subject: UUID, lasting: timedelta) -> Sending | Wait | None:
    """Begin the next try of a stream; or how long there is to wait; None when nothing is left, and it is closed.

    Whoever gets a `Sending` has the stream to itself for `lasting`, and says with `record` what came of it.
    """
    stream = await repository.lock_stream(tx, target, subject)
    if stream is None:
        return None
    return Wait(stream.wait) if stream.wait else await _go_on(tx, stream, lasting)


async def record(
    tx: Tx, sending: Sending, outcome: Outcome, *, scale: float, lasting: timedelta
) -> Sending | Wait | None:
    """Write what came of a try, and begin the stream's next one where there is one to begin.

    Nothing is written, and nothing begun, when the stream was taken from this sender meanwhile.
    """
    stream = await repository.lock_stream(tx, sending.stream.target, sending.stream.subject)
    if stream is None or stream.turn != sending.stream.turn:
        return None
    delivery = sending.delivery
    wait = None if outcome.gone else pause(delivery.tries, outcome.retry_after, scale)
    if outcome.delivered:
        await repository.record(tx, delivery, DeliveryState.DELIVERED, outcome, None)
    elif wait is None:
        await repository.record(tx, delivery, DeliveryState.FAILED, outcome, None)
    else:
        await repository.record(tx, delivery, DeliveryState.PENDING, outcome, wait)
    if outcome.gone:
        await repository.disable_endpoint(tx, stream.target, GONE)
        await repository.cancel_stream(tx, stream, GONE)
    following = await _go_on(tx, stream, lasting)
    if following is None:
        await queue.drop(tx, stream.task_id)
    elif isinstance(following, Wait):
        await _hand_over(tx, stream)
    return following


async def release(tx: Tx, sending: Sending) -> None:
    """Give a stream back whose try was not finished, as if it had not begun."""
    stream = await repository.lock_stream(tx, sending.stream.target, sending.stream.subject)
    if stream is not None and stream.turn == sending.stream.turn:
        await repository.count_try(tx, sending.delivery.id, -1)
        await _hand_over(tx, stream)


async def give_up(tx: Tx, task: DeliverWebhook, reason: str) -> None:
    """Give up a stream that our own mistakes keep from being delivered; what comes later opens it anew."""
    stream = await repository.lock_stream(tx, task.target, task.subject)
    if stream is not None:
        await repository.fail_stream(tx, stream, reason[:500])
        await repository.close_stream(tx, stream)


async def add_endpoint(
    tx: Tx, workspace_id: WorkspaceId, url: str, event_types: Sequence[str], description: str
) -> Endpoint:
    """Make an endpoint; it is told of what happens from now on. Raises `TooManyEndpoints` (409)."""
    endpoint = await repository.add_endpoint(
        tx,
        EndpointId.new(),
        workspace_id,
        url,
        event_types,
        description=description,
        most=MOST_ENDPOINTS,
        overlap=OVERLAP,
    )
    if endpoint is None:
        raise TooManyEndpoints
    return endpoint


async def find_endpoint(tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId) -> Endpoint:
    """One of a workspace's endpoints. Raises `EndpointNotFound` (404)."""
    endpoint = await repository.find_endpoint(tx, workspace_id, endpoint_id, OVERLAP)
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


async def list_endpoints(tx: Tx, workspace_id: WorkspaceId, before: EndpointId | None, limit: int) -> Page[Endpoint]:
    """A page of a workspace's endpoints, the newest first."""
    endpoints = await repository.list_endpoints(tx, workspace_id, before, limit + 1, OVERLAP)
    return cut(endpoints, limit, lambda endpoint: str(endpoint.id))


async def change_endpoint(
    tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId, *, enabled: bool | None, **changes: Any
) -> Endpoint:
    """Change an endpoint; one that is enabled again is told of what happens from then on."""
    endpoint = dataclasses.replace(await find_endpoint(tx, workspace_id, endpoint_id), **changes)
    if enabled is not None and enabled != endpoint.enabled:
        endpoint = dataclasses.replace(endpoint, enabled=enabled, disabled_reason=None if enabled else BY_OWNER)
    await repository.save_endpoint(tx, endpoint)
    return endpoint


async def remove_endpoint(tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId) -> None:
    """Delete an endpoint; what it was not told yet is canceled. Raises `EndpointNotFound` (404)."""
    if not await repository.drop_endpoint(tx, workspace_id, endpoint_id):
        raise EndpointNotFound


async def rotate_endpoint(tx: Tx, workspace_id: WorkspaceId, endpoint_id: EndpointId) -> Endpoint:
    """Give an endpoint a new secret; for a day the one before signs too. Raises `EndpointNotFound` (404)."""
    if not await repository.rotate_endpoint(tx, workspace_id, endpoint_id):
        raise EndpointNotFound
    return await find_endpoint(tx, workspace_id, endpoint_id)


async def secret(tx: Tx, workspace_id: WorkspaceId) -> Secret:
    """The secret for addresses that jobs name."""
    return await repository.find_secret(tx, workspace_id, OVERLAP)


async def rotate_secret(tx: Tx, workspace_id: WorkspaceId) -> Secret:
    """Give a workspace a new secret for addresses that jobs name; for a day the one before signs too."""
    await repository.rotate_secret(tx, workspace_id)
    return await secret(tx, workspace_id)


async def find_delivery(tx: Tx, workspace_id: WorkspaceId, delivery_id: DeliveryId) -> tuple[Delivery, list[Try]]:
    """One of a workspace's deliveries, and its log. Raises `DeliveryNotFound` (404)."""
    delivery = await repository.find_delivery(tx, workspace_id, delivery_id)
    if delivery is None:
        raise DeliveryNotFound
    return delivery, await repository.tries(tx, delivery_id)


async def list_deliveries(
    tx: Tx, workspace_id: WorkspaceId, before: DeliveryId | None, limit: int, *,
    endpoint_id: EndpointId | None, job_id: JobId | None, state: DeliveryState | None,
) -> Page[Delivery]:  # fmt: skip
    """A page of a workspace's deliveries, the newest first."""
    deliveries = await repository.list_deliveries(
        tx, workspace_id, before, limit + 1, endpoint_id=endpoint_id, subject=job_id, state=state
    )
    return cut(deliveries, limit, lambda delivery: str(delivery.id))


async def redeliver(tx: Tx, workspace_id: WorkspaceId, delivery_id: DeliveryId) -> Delivery:
    """Send an event again, under its own id, behind what its stream has to deliver.

    Raises `DeliveryNotFound` (404), or `EndpointGone` (409).
    """
    delivery, _ = await find_delivery(tx, workspace_id, delivery_id)
    if await _recipient(tx, delivery) is None:
        raise EndpointGone
    again = await repository.redeliver(tx, delivery.id)
    await _open(tx, {(again.target, again.subject): workspace_id})
    return again


async def backlog(tx: Tx) -> Record:
    """How many deliveries are pending, and for how many seconds the oldest of them."""
    return await repository.backlog(tx)


async def forget(tx: Tx) -> int:
    """Delete deliveries past their time, some thousand at once; returns how many."""
    return await repository.forget(tx, KEPT)


async def _open(tx: Tx, streams: dict[tuple[UUID, UUID], WorkspaceId]) -> None:
    """See that each stream has a task that delivers it, in one order, since a stream may have to be waited for."""
    for (target, subject), workspace_id in sorted(streams.items()):
        task_id = TaskId.new()
        if await repository.open_stream(tx, target, subject, workspace_id, task_id):
            await _enqueue(tx, DeliverWebhook(workspace_id, target, subject), task_id)


async def _go_on(tx: Tx, stream: Stream, lasting: timedelta) -> Sending | Wait | None:
    first = await repository.head(tx, stream)
    if first is None:
        await repository.close_stream(tx, stream)
        return None
    delivery, wait = first
    recipient = await _recipient(tx, delivery)
    if recipient is None:
        await repository.cancel_stream(tx, stream, NOBODY)
        await repository.close_stream(tx, stream)
        return None
    if wait is not None:
        return Wait(wait)
    await repository.take_stream(tx, stream, lasting)
    await repository.count_try(tx, delivery.id)
    url, secret_ = recipient
    return Sending(
        stream=dataclasses.replace(stream, turn=stream.turn + 1),
        delivery=dataclasses.replace(delivery, tries=delivery.tries + 1),
        url=url,
        secret=secret_,
    )


async def _recipient(tx: Tx, delivery: Delivery) -> tuple[str, Secret] | None:
    """Where a delivery goes and who signs it; None when its endpoint is deleted or disabled."""
    if delivery.endpoint_id is not None:
        endpoint = await repository.find_endpoint(tx, delivery.workspace_id, delivery.endpoint_id, OVERLAP)
        return (endpoint.url, endpoint.secret) if endpoint is not None and endpoint.enabled else None
    url = await repository.hook(tx, delivery.target)
    return (url, await secret(tx, delivery.workspace_id)) if url is not None else None


async def _hand_over(tx: Tx, stream: Stream) -> None:
    """End this turn of a stream: a task of its own goes on, instead of the one that waits for this turn to be over."""
    task_id = TaskId.new()
    await repository.free_stream(tx, stream, task_id)
    await queue.drop(tx, stream.task_id)
    await _enqueue(tx, DeliverWebhook(stream.workspace_id, stream.target, stream.subject), task_id)


async def _enqueue(tx: Tx, task: DeliverWebhook, task_id: TaskId) -> None:
    await queue.enqueue(
        tx, task, task_id=task_id, lane=queue.Lane("webhooks", owner=task.workspace_id), priority=PRIORITY
    )
