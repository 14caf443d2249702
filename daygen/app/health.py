"""Is it alive, is it ready, and what do its numbers say."""

import asyncio
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from daygen import __version__, webhooks
from daygen.app import page
from daygen.infra import queue, telemetry
from daygen.infra.db import Database
from daygen.infra.http import Db, Store
from daygen.infra.queue import Transport
from daygen.infra.telemetry import PoolCount, QueueCount

PATIENCE_S = 3.0


def mount(app: FastAPI) -> None:
    """Add `/healthz`, `/readyz` and `/metrics`."""
    app.add_api_route("/healthz", healthz, tags=["operation"])
    app.add_api_route("/readyz", readyz, tags=["operation"], responses={503: {"description": "Not ready"}})
    app.add_api_route("/metrics", metrics, tags=["operation"], response_class=Response)
    for path, check in (("/healthz", healthz), ("/readyz", readyz)):
        app.add_api_route(path, check, methods=["HEAD"], include_in_schema=False)


async def healthz() -> dict[str, Any]:
    """Say that the process answers, and whether it has the page."""
    return {"status": "ok", "version": __version__, "ui": page.built()}


async def readyz(request: Request, db: Db, storage: Store) -> Response:
    """Say whether every part that requests need is there: 200, or 503 naming what is not.

    A transport of the queue is told of, where there is one, and does not count: jobs are accepted without it, and wait.
    """
    checks = {"database": _check_database(db), "storage": storage.check(), "feed": _check_tasks(request)}
    transport: Transport | None = request.app.state.transport
    if transport is not None:
        checks["transport"] = _check_transport(transport)
    outcomes = await asyncio.gather(*(_outcome(check) for check in checks.values()))
    parts = dict(zip(checks, outcomes, strict=True))
    ready = all(outcome == "ok" for part, outcome in parts.items() if part != "transport")
    return JSONResponse({"status": "ready" if ready else "not ready", "parts": parts}, 200 if ready else 503)


async def metrics(db: Db) -> Response:
    """Show counts and times of all processes of this host, for Prometheus."""
    try:
        async with asyncio.timeout(PATIENCE_S), db.reading() as tx:
            depths, pools, workers = await queue.depths(tx), await queue.pools(tx), await queue.workers(tx)
            backlog = await webhooks.backlog(tx)
        telemetry.queue_gauges.refresh(
            [
                QueueCount(row["kind"], row["pool"], row["state"], row["tasks"], row["retried"], row["oldest_s"])
                for row in depths
            ],
            [
                PoolCount(
                    row["name"],
                    row["running"] + row["abroad"] + row["adrift"],
                    row["cap"],
                    row["paused_s"],
                    row["probing"],
                )
                for row in pools
            ],
            sum(row["lease_s"] > 0 for row in workers),
        )
        telemetry.webhook_gauges.refresh((backlog["pending"], backlog["oldest_s"]))
    except Exception as error:  # noqa: BLE001 - the other numbers are wanted most when the database is away
        telemetry.get_logger(__name__).warning("metrics.queue_unknown", reason=str(error))
        telemetry.queue_gauges.refresh()
        telemetry.webhook_gauges.refresh(None)
    body, content_type = await asyncio.to_thread(telemetry.render)
    return Response(body, media_type=content_type)


async def _outcome(check: Any) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check
    except Exception as error:  # noqa: BLE001 - whatever it was, the part is not there
        return telemetry.redacted_text(f"{type(error).__name__}: {error}")[:200]
    return "ok"


async def _check_database(db: Database) -> None:
    async with db.reading() as tx:
        await queue.depths(tx)


async def _check_transport(transport: Transport) -> None:
    await transport.depth()


async def _check_tasks(request: Request) -> None:
    for task in request.app.state.tasks:
        if task.done():
            raise RuntimeError("a feed has stopped")
