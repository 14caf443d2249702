"""The manners of every request: an id, one trace, one line in the log, one count, and our share of its time."""

import re
import time
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daygen.infra import telemetry
from daygen.infra.http.problems import Internal, answer

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
GONE = 499  # the client left before there was an answer
QUIET = {"/healthz", "/readyz", "/metrics"}

log = telemetry.get_logger(__name__)


class Manners:
    """Wraps the whole app (plain ASGI: half the cost of Starlette's base class)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def send_politely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = request_id
                out["Server-Timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.1f}"
            await send(message)

        with (
            telemetry.bound(requestId=request_id),
            telemetry.continued(headers.get("traceparent")),
            telemetry.span("request") as span,
        ):
            try:
                await self._app(scope, receive, send_politely)
            except Exception:
                log.exception("request.crashed")
                if status:
                    raise
                problem = Internal(f"Please report this with the request id {request_id}.")
                await answer(problem, request_id)(scope, receive, send_politely)
            finally:
                span.name = f"{scope['method']} {_template(scope)}"
                self._record(scope, status or GONE, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _template(scope)
        telemetry.count_request(route, scope["method"], status, seconds)
        if route not in QUIET:
            log.info("request", method=scope["method"], route=route, status=status, latencyMs=round(seconds * 1000, 1))


def _template(scope: dict[str, Any] | Scope) -> str:
    """The route as it is written, `/v1/jobs/{job_id}`: never the path itself, which may hold a secret."""
    return getattr(scope.get("route"), "path", "other")
