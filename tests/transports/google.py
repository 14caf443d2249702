"""A stand-in for Google Cloud Tasks: strict to the published REST shape, pushes and retries as the real one does.

It also answers for what surrounds it: the token endpoint of service accounts, the metadata server of Google's machines,
and the keys with which the tokens of its pushes are signed. Pushes go to one of `workers` in turn, as a load balancer
sends them, whatever host the task names.
"""

import asyncio
import base64
import binascii
import contextlib
import itertools
import json
import re
import secrets
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

QUEUE = "projects/daygen-test/locations/europe-west4/queues/tasks"
INVOKER = "invoker@daygen-test.iam.gserviceaccount.com"
CALLER = "caller@daygen-test.iam.gserviceaccount.com"
ISSUER = "https://accounts.google.com"
TASK_FIELDS = {"name", "httpRequest", "scheduleTime", "dispatchDeadline"}
REQUEST_FIELDS = {"url", "httpMethod", "headers", "body", "oidcToken", "oauthToken"}
LEAST_BACKOFF_S, MOST_BACKOFF_S = 0.1, 1.0


class ShapeError(Exception):
    """A request that the real API would answer with 400."""


def check(body: Any) -> dict[str, Any]:
    """The task of a request to create one, if all of it is as published."""
    if not isinstance(body, dict) or set(body) - {"task", "responseView"}:  # pyright: ignore[reportUnknownArgumentType]
        raise ShapeError("unknown field of the request")
    task: Any = body.get("task")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if not isinstance(task, dict) or set(task) - TASK_FIELDS:  # pyright: ignore[reportUnknownArgumentType]
        raise ShapeError("unknown field of the task")
    told: dict[str, Any] = {**task}
    request: dict[str, Any] = told["httpRequest"]
    if set(request) - REQUEST_FIELDS or request.get("httpMethod") not in {"POST", "GET", "PUT"}:
        raise ShapeError("httpRequest")
    url: str = request["url"]
    if urlsplit(url).scheme not in {"http", "https"} or len(url) > 2083:
        raise ShapeError("httpRequest.url")
    try:
        if len(base64.b64decode(request.get("body", ""), validate=True)) > 100_000:
            raise ShapeError("httpRequest.body is too large")
    except binascii.Error as error:
        raise ShapeError("httpRequest.body is not base64") from error
    if set(request["oidcToken"]) - {"serviceAccountEmail", "audience"} or "@" not in request["oidcToken"].get(
        "serviceAccountEmail", ""
    ):
        raise ShapeError("httpRequest.oidcToken")
    deadline = re.fullmatch(r"(\d+(?:\.\d{1,9})?)s", told.get("dispatchDeadline", "600s"))
    if deadline is None or not 15 <= float(deadline[1]) <= 1800:
        raise ShapeError("dispatchDeadline must be between 15 seconds and 30 minutes")
    return told


@dataclass
class Google:
    """The stand-in, and what a test may look at or change."""

    port: int = 0
    workers: list[int] = field(default_factory=list[int])
    running: bool = True  # while it is not, nothing is pushed
    created: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answers: list[int] = field(default_factory=list[int])  # to pushes
    refused: list[str] = field(default_factory=list[str])
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    account_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    tokens: set[str] = field(default_factory=set[str])
    turns: int = 0
    _client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=60, trust_env=False))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> Mapping[str, str]:
        """The key file of the service account that creates tasks."""
        private = self.account_key.as_pem(private=True).decode()
        return {"client_email": CALLER, "token_uri": f"{self.url}/token", "private_key": private}

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncGenerator[Self]:
        google = cls()
        routes = [
            Route("/v2/{queue:path}/tasks", google.create, methods=["POST"]),
            Route("/v2/{queue:path}", google.queue),
            Route("/token", google.token, methods=["POST"]),
            Route("/computeMetadata/v1/instance/service-accounts/default/token", google.metadata),
            Route("/certs", google.certs),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_config=None, lifespan="off")
        server = _Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.005)
        google.port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield google
        finally:
            google.empty()
            server.should_exit = True
            await serving
            await google._client.aclose()

    def empty(self) -> None:
        """Purge the queue: what is not delivered is gone, and what is being delivered is cut off."""
        for task in self.tasks.values():
            task.cancel()
        self.tasks.clear()

    async def create(self, request: Request) -> Response:
        if refusal := self._unauthorized(request):
            return refusal
        try:
            if request.path_params["queue"] != QUEUE:
                return _error(404, "NOT_FOUND", "Queue does not exist.")
            task = check(json.loads(await request.body()))
        except (ShapeError, ValueError, KeyError, TypeError) as error:
            self.refused.append(str(error))
            return _error(400, "INVALID_ARGUMENT", str(error))
        name = f"{QUEUE}/tasks/{secrets.randbits(63)}"
        self.created.append(task)
        self.tasks[name] = asyncio.create_task(self._deliver(name, task))
        return JSONResponse({"name": name, "createTime": _now(), "scheduleTime": _now()} | task)

    async def queue(self, request: Request) -> Response:
        if refusal := self._unauthorized(request):
            return refusal
        if request.path_params["queue"] != QUEUE:
            return _error(404, "NOT_FOUND", "Queue does not exist.")
        return JSONResponse({"name": QUEUE, "state": "RUNNING" if self.running else "PAUSED"})

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        claims = jwt.decode(form["assertion"], self.account_key, algorithms=["RS256"]).claims
        wanted = {"iss": CALLER, "aud": f"{self.url}/token", "scope": "https://www.googleapis.com/auth/cloud-platform"}
        if {name: claims.get(name) for name in wanted} != wanted or claims["exp"] - claims["iat"] > 3600:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return self._fresh()

    async def metadata(self, request: Request) -> Response:
        if request.headers.get("metadata-flavor") != "Google":
            return Response(status_code=403)
        return self._fresh()

    async def certs(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def signed(self, audience: str, *, key: RSAKey | None = None, **changes: Any) -> str:
        """A token as it comes with a push; a test may have it wrong."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": audience, "azp": "1", "sub": "1", "email": INVOKER, "email_verified": True}
        claims |= {"iat": now, "exp": now + 3600}
        with_changes = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one", "typ": "JWT"}, with_changes, key or self.key)

    def _fresh(self) -> Response:
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return JSONResponse({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _unauthorized(self, request: Request) -> Response | None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens:
            return None
        return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    async def _deliver(self, name: str, task: dict[str, Any]) -> None:
        """Push until an answer is 2xx; wait ever longer in between."""
        request = task["httpRequest"]
        deadline_s = float(task.get("dispatchDeadline", "600s").removesuffix("s"))
        backoff_s = LEAST_BACKOFF_S
        for retry in itertools.count():
            while not self.running or not self.workers:  # noqa: ASYNC110 - a test changes them
                await asyncio.sleep(0.02)
            self.turns += 1
            at = self.workers[self.turns % len(self.workers)]
            oidc = request["oidcToken"]
            token = self.signed(oidc.get("audience", request["url"]), email=oidc["serviceAccountEmail"])
            headers = {
                **request.get("headers", {}),
                "Authorization": f"Bearer {token}",
                "User-Agent": "Google-Cloud-Tasks",
                "X-CloudTasks-QueueName": QUEUE.rpartition("/")[2],
                "X-CloudTasks-TaskName": name.rpartition("/")[2],
                "X-CloudTasks-TaskRetryCount": str(retry),
                "X-CloudTasks-TaskExecutionCount": str(retry),
                "X-CloudTasks-TaskETA": f"{time.time():.6f}",
            }
            asked: str = request["url"]
            url = f"http://127.0.0.1:{at}{urlsplit(asked).path}"
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(deadline_s):
                    answer = await self._client.request(
                        request["httpMethod"], url, content=base64.b64decode(request["body"]), headers=headers
                    )
                self.answers.append(answer.status_code)
                if answer.is_success:
                    self.tasks.pop(name, None)
                    return
            await asyncio.sleep(backoff_s)
            backoff_s = min(backoff_s * 2, MOST_BACKOFF_S)


class _Server(uvicorn.Server):
    """A server inside a test."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _error(code: int, status: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message, "status": status}}, code)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
