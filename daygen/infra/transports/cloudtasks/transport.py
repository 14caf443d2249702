"""The transport: creates tasks over REST, and serves the address to which they are pushed."""

import asyncio
import base64
import contextlib
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from daygen.infra import telemetry
from daygen.infra.queue import Grant, Message, TransportDown
from daygen.infra.transports.cloudtasks.model import PATH, Tasks
from daygen.infra.transports.cloudtasks.tokens import Forged, OurTokens, TheirTokens

SIDE_BY_SIDE = 8
ANSWERS_WITHIN_S = 5.0
WAITS_FOR_A_SLOT_S = 2.0
RECEIVES_FOR_S = 1.0
LARGEST_BODY_BYTES = 4096
UNAUTHORIZED = 401

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Push:
    """A request that is being answered: True when its task need not be pushed again."""

    grant: Grant
    done: asyncio.Future[bool]


class _Server(uvicorn.Server):
    """A server inside a process whose signals are not its own."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave them alone."""
        yield


class CloudTasks:
    """One queue. A push is answered when its task has ended here, so that a machine made for it is kept until then."""

    name = "cloudtasks"
    hold = timedelta(minutes=1)  # there is nothing to prolong: a request stays open

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._client = httpx.AsyncClient(timeout=ANSWERS_WITHIN_S, follow_redirects=False)
        self._ours = OurTokens(tasks, self._client)
        self._theirs = TheirTokens(tasks, self._client)
        self._pushes: deque[_Push] = deque()
        self._came = asyncio.Event()
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve the address to which tasks are pushed."""
        routes = [Route(PATH, self._pushed, methods=["POST"]), Route("/healthz", _healthz)]
        self._server = _Server(
            uvicorn.Config(
                Starlette(routes=routes),
                host=self._tasks.host,
                port=self._tasks.port,
                access_log=False,
                log_config=None,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        )
        self._serving = asyncio.create_task(self._server.serve())

    async def publish(self, grants: Sequence[Grant]) -> None:
        """Create a task for each, some side by side: Cloud Tasks keeps no order, and has no batches."""
        for start in range(0, len(grants), SIDE_BY_SIDE):
            await asyncio.gather(*(self._create(grant) for grant in grants[start : start + SIDE_BY_SIDE]))

    async def receive(self, most: int) -> Sequence[Message]:
        """Wait up to a second for pushes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECEIVES_FOR_S):
                while not self._pushes:
                    self._came.clear()
                    await self._came.wait()
        pushes = [self._pushes.popleft() for _ in range(min(most, len(self._pushes)))]
        return [Message(push.grant, push) for push in pushes]

    async def prolong(self, messages: Sequence[Message]) -> None:
        """Nothing to do: the request is open."""

    async def accept(self, message: Message) -> None:
        """Answer that it is done."""
        _answer(message.receipt, done=True)

    async def give_back(self, message: Message) -> None:
        """Answer that somebody else should have it."""
        _answer(message.receipt, done=False)

    async def depth(self) -> Mapping[str, int]:
        """Whether the queue is there and runs. How much is in it, this version of the API does not say."""
        answer = await self._call("GET", self._tasks.queue)
        state = str(answer.json().get("state"))
        if state != "RUNNING":
            raise TransportDown(f"the queue is {state.lower()}")
        return {}

    async def close(self) -> None:
        """Stop serving."""
        while self._pushes:
            _answer(self._pushes.popleft(), done=False)
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        await self._client.aclose()

    async def _create(self, grant: Grant) -> None:
        request = {
            "url": self._tasks.url,
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json"},
            "body": base64.b64encode(grant.body().encode()).decode(),
            "oidcToken": {"serviceAccountEmail": self._tasks.invoker, "audience": self._tasks.url},
        }
        deadline = f"{round(self._tasks.deadline.total_seconds())}s"
        task = {"task": {"httpRequest": request, "dispatchDeadline": deadline}}
        await self._call("POST", f"{self._tasks.queue}/tasks", task)

    async def _call(self, method: str, resource: str, body: object = None) -> httpx.Response:
        """Call the API; once more with a new token when this one is refused."""
        try:
            for last in (False, True):
                answer = await self._client.request(
                    method,
                    f"{self._tasks.api}/v2/{resource}",
                    json=body,
                    headers={"Authorization": f"Bearer {await self._ours.get()}"},
                )
                if answer.status_code != UNAUTHORIZED or last:
                    break
                self._ours.forget()
        except httpx.HTTPError as error:
            raise TransportDown(f"{type(error).__name__}: {error}") from error
        if not answer.is_success:
            raise TransportDown(f"{method} {resource.rpartition('/')[2]} was answered with {answer.status_code}")
        return answer

    async def _pushed(self, request: Request) -> Response:
        refusal = await self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            grant = Grant.read(await _body(request))
        except ValueError:
            log.warning("transport.not_ours", transport=self.name)
            return PlainTextResponse("no task of DayGen", 400)
        push = _Push(grant, asyncio.get_running_loop().create_future())
        self._pushes.append(push)
        self._came.set()
        asyncio.get_running_loop().call_later(WAITS_FOR_A_SLOT_S, self._turn_away, push)
        done = await push.done
        return PlainTextResponse("done") if done else PlainTextResponse("not here", 503, {"Retry-After": "1"})

    def _turn_away(self, push: _Push) -> None:
        """Let another worker have it when no slot has become free meanwhile."""
        if push in self._pushes:
            self._pushes.remove(push)
            _answer(push, done=False)

    async def _refusal(self, request: Request) -> Response | None:
        try:
            await self._theirs.judge(request.headers.get("authorization", ""))
        except Forged as forged:
            log.warning("transport.forged", transport=self.name, reason=str(forged))
            return PlainTextResponse("not for you", 401, {"WWW-Authenticate": "Bearer"})
        except (TransportDown, httpx.HTTPError) as error:
            log.warning("transport.down", transport=self.name, reason=str(error))
            return PlainTextResponse("who you are cannot be checked now", 503, {"Retry-After": "5"})
        return None


def _answer(push: _Push, *, done: bool) -> None:
    if not push.done.done():
        push.done.set_result(done)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise ValueError("too large for a grant")
    return body


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")
