"""The api process: every room's routes, the feeds behind live channels, the page."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import uvicorn
from fastapi import FastAPI

from daygen import __version__
from daygen.admin import routes as admin
from daygen.app import health, openapi, page
from daygen.app.house import open_house
from daygen.app.providers import make_receivers
from daygen.app.settings import Settings
from daygen.app.transports import opened
from daygen.assets import Uploads, files
from daygen.assets import routes as assets
from daygen.catalog import routes as catalog
from daygen.identity import Recent
from daygen.identity import routes as identity
from daygen.infra import http, telemetry
from daygen.infra.outbox import EVENTS, Feed
from daygen.infra.storage import LocalStorage
from daygen.jobs import PROGRESS, Admission, ProgressFeed, hear_routes
from daygen.jobs import routes as jobs
from daygen.ledger import routes as ledger
from daygen.providers.http import open_client
from daygen.realtime import Renderer
from daygen.realtime import routes as realtime
from daygen.webhooks import routes as webhooks

LARGEST_FRAME_BYTES = 64 * 1024


def create_app(settings: Settings) -> FastAPI:
    """Put the app together; what it holds is opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with (
            open_house(settings, "api", [EVENTS, PROGRESS]) as house,
            open_client() as client,
            AsyncExitStack() as stack,
        ):
            state = app.state
            state.transport = await opened(settings, stack)
            state.db, state.storage, state.catalog = house.db, house.storage, house.catalog
            state.public_url = settings.public_url
            state.egress = house.egress
            state.secret = settings.secret
            state.receivers = make_receivers(settings, client)
            state.callers = Recent()
            state.feed = Feed(house.db, house.bells)
            state.progress = ProgressFeed(house.db, house.bells, state.feed)
            scratch = settings.data_dir / "scratch"
            scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
            state.uploads = Uploads(house.db, house.storage, house.inspector, scratch, settings.largest_upload_bytes)
            state.renderer = Renderer(house.storage, house.clock)
            state.admission = Admission(house.db, settings.public_url)
            if isinstance(house.storage, LocalStorage):
                app.include_router(files.router(house.storage))
            page.mount(app)
            state.tasks = [asyncio.create_task(feed.run()) for feed in (state.feed, state.progress)]
            try:
                yield
            finally:
                for task in state.tasks:
                    task.cancel()
                await asyncio.gather(*state.tasks, return_exceptions=True)
                await state.admission.close()

    app = FastAPI(
        telemetry={"tracing": False, "metrics": False, "logs": False},  # spans and metrics are ours, see decision 0008
        title="DayGen",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=http.operation_id,
        lifespan=lifespan,
    )
    app.add_middleware(http.Manners)
    http.install(app)
    rooms = (jobs, identity, catalog, realtime, webhooks, assets, ledger, admin)  # the busiest is found first
    for room in rooms:
        app.include_router(room.routes)
    app.include_router(hear_routes)
    health.mount(app)
    openapi.mount(app)
    return app


def serve(settings: Settings, fd: int | None = None) -> None:
    """Serve until a signal comes; `fd` is a listening socket that a supervisor shares among its api processes."""
    telemetry.setup_logs("api", settings.log_level)
    telemetry.hide(settings.secrets())
    # Not by uvicorn's own `fd`: it takes every descriptor for a Unix socket, and answers then wait 40 ms for TCP.
    shared = None if fd is None else [socket.socket(fileno=fd)]
    uvicorn.Server(configure(create_app(settings), settings)).run(sockets=shared)


def configure(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the app is served."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if os.name == "posix" else "asyncio",
        http="httptools",
        ws=http.Sockets,
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_per_message_deflate=False,  # 24 kB a socket against 60
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
