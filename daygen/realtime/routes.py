"""The socket, and the streams of one job's or one batch's events."""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Annotated, Any

from fastapi import Header, Request, WebSocket
from fastapi.responses import StreamingResponse

from daygen import jobs
from daygen.identity import PROBLEMS, Asking, Scope, caller_of_socket
from daygen.infra.db import Database
from daygen.infra.http import Db, responses, router
from daygen.infra.outbox import Event, Feed
from daygen.jobs import BATCH_FINISHED, TERMINAL, BatchNotFound, JobNotFound, ProgressFeed
from daygen.kit.ids import BatchId, JobId
from daygen.kit.problems import Problem
from daygen.realtime.channels import Channel, Renderer, batch_channel, head, missed
from daygen.realtime.errors import TooSlow
from daygen.realtime.follower import Follower, until
from daygen.realtime.socket import Socket

KEEP_ALIVE_S = 15.0
SETTLED_S = 2.0  # by then the last event of a job that has ended is numbered
CLOSED_UNAUTHENTICATED = 4401

EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}
}

LastEventId = Annotated[int, Header(ge=0, lt=1 << 62)]

routes = router("live")


async def serve_socket(socket: WebSocket) -> None:
    """Follow channels over one socket: see `docs/live.md`."""
    state = socket.app.state
    db: Database = state.db
    try:
        caller = await caller_of_socket(socket, db)
    except Problem as problem:
        await socket.accept()  # so that a browser's script can read the code
        await socket.close(CLOSED_UNAUTHENTICATED, problem.code)
        return
    await Socket(socket, caller, db, state.feed, state.progress, state.renderer).serve()


# Starlette's own route: FastAPI's would keep what it needs for dependencies as long as the socket is open
routes.add_websocket_route("/v1/ws", serve_socket)


@routes.get(
    "/v1/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses=EVENT_STREAM | responses(*PROBLEMS, JobNotFound),
)
async def stream_events(
    request: Request,
    job_id: JobId,
    caller: Asking,
    db: Db,
    last_event_id: LastEventId = 0,
) -> StreamingResponse:
    """Follow one job as server-sent events, from its beginning or after `Last-Event-ID`; ends after its last event."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        job = await jobs.find(tx, caller.workspace_id, job_id)
    channel = Channel(f"job:{job_id}", caller.workspace_id, {job_id})
    return _answer(request, db, channel, last_event_id, TERMINAL, over=job.state in jobs.ENDS)


@routes.get(
    "/v1/batches/{batch_id}/events",
    response_class=StreamingResponse,
    responses=EVENT_STREAM | responses(*PROBLEMS, BatchNotFound),
)
async def stream_batch_events(
    request: Request, batch_id: BatchId, caller: Asking, db: Db, last_event_id: LastEventId = 0
) -> StreamingResponse:
    """Follow a batch and its jobs as server-sent events, as `GET /v1/jobs/{job_id}/events` does one job."""
    caller.need(Scope.JOBS_READ)
    async with db.reading() as tx:
        batch = await jobs.find_batch(tx, caller.workspace_id, batch_id)
    over = batch.finished_at is not None
    return _answer(request, db, batch_channel(batch), last_event_id, [BATCH_FINISHED], over=over)


def _answer(
    request: Request, db: Database, channel: Channel, after: int, last: Collection[str], *, over: bool
) -> StreamingResponse:
    state = request.app.state
    lines = _stream(db, channel, state.feed, state.progress, state.renderer, after, last, over=over)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _stream(
    db: Database,
    channel: Channel,
    feed: Feed,
    progress: ProgressFeed,
    renderer: Renderer,
    after: int,
    last: Collection[str],
    *,
    over: bool,
) -> AsyncIterator[str]:
    bell = asyncio.Event()
    follower = Follower(channel, renderer, bell.set).follow(feed, progress)
    try:
        newest = await head(db, channel, None)
        if after > newest:
            after = 0  # no cursor of ours: tell all there is
        async for event in missed(db, channel, 0, after):
            if event.type in last:
                return  # the client has all there is
        async for event, text in follower.replay(db, after, newest):
            yield _frame(event.seq, event.type, text)
            if event.type in last:
                return
        while True:
            async for what, seq, text in follower.take():
                durable = isinstance(what, Event)
                yield _frame(seq if durable else None, what.type if durable else "job.progress", text)
                if durable and what.type in last:
                    return
            if not await until(bell, SETTLED_S if over else KEEP_ALIVE_S):
                if over:
                    return  # it ended so long ago that its last event is no longer kept
                yield ": still here\n\n"
    except TooSlow:
        return  # the client connects again with its Last-Event-ID
    finally:
        follower.close()


def _frame(seq: int | None, kind: str, text: str) -> str:
    number = "" if seq is None else f"id: {seq}\n"
    return f"{number}event: {kind}\ndata: {text}\n\n"
