"""One open socket: reads what the client asks for, and writes, one frame after another, what it follows.

An idle socket holds no task but the one that waits for its client: a writer lives only while there is something to say.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from daygen.identity import Caller
from daygen.infra import telemetry
from daygen.infra.db import Database
from daygen.infra.http import read_json
from daygen.infra.outbox import Feed
from daygen.jobs import ProgressFeed
from daygen.kit.problems import Problem
from daygen.realtime.channels import Renderer, head, open_channel
from daygen.realtime.errors import BadMessage, TooManyChannels, TooSlow
from daygen.realtime.follower import Follower

MOST_CHANNELS = 100
MOST_MESSAGES_PER_SECOND = 250  # a client that comes back subscribes to all its channels at once
LONGEST_SEND_S = 10.0
CLOSED_FAILED = 1011
CLOSED_TOO_SLOW = 4408
CLOSED_TOO_FAST = 4429
CLOSED_BAD_MESSAGE = 1003

log = telemetry.get_logger(__name__)


class Socket:
    """Serves one client until it leaves or is dropped."""

    __slots__ = (
        "_asked", "_caller", "_db", "_feed", "_following", "_more", "_progress", "_renderer", "_socket", "_writing",
    )  # fmt: skip

    def __init__(
        self, socket: WebSocket, caller: Caller, db: Database, feed: Feed, progress: ProgressFeed, renderer: Renderer
    ) -> None:
        self._socket = socket
        self._caller = caller
        self._db = db
        self._feed = feed
        self._progress = progress
        self._renderer = renderer
        self._following: dict[str, Follower] = {}
        self._asked: list[Mapping[str, Any]] = []
        self._more = False
        self._writing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Talk until one side ends it."""
        await self._socket.accept()
        try:
            await self._read()
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # gone
        finally:
            for follower in self._following.values():
                follower.close()
            if self._writing is not None:
                self._writing.cancel()
                await asyncio.gather(self._writing, return_exceptions=True)

    async def _read(self) -> None:
        second, messages = 0, 0
        while True:
            frame = await self._socket.receive()
            text = frame.get("text")
            if text is None:
                if frame["type"] == "websocket.receive":
                    await self._socket.close(CLOSED_BAD_MESSAGE, "messages are text")
                return
            now = int(time.monotonic())
            second, messages = (now, messages + 1) if now == second else (now, 1)
            if messages > MOST_MESSAGES_PER_SECOND:
                await self._socket.close(CLOSED_TOO_FAST, "too many messages")
                return
            try:
                message = read_json(text.encode(errors="surrogatepass"))
            except Problem:
                message = None
            self._asked.append(message if isinstance(message, dict) else {})  # pyright: ignore[reportUnknownArgumentType] - any JSON object
            self._wake()
            if self._writing is not None and len(self._asked) >= MOST_MESSAGES_PER_SECOND:
                await asyncio.wait({self._writing})

    def _wake(self) -> None:
        """There is something to say: have a writer say it, if none is at it."""
        self._more = True
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._more:
                self._more = False
                asked, self._asked = self._asked, []
                for message in asked:
                    await self._answer(message)
                for follower in list(self._following.values()):
                    async for _, seq, text in follower.take():
                        await self._send_event(follower.channel.name, seq, text)
        except (TooSlow, TimeoutError):
            log.warning("socket.dropped", reason=TooSlow.code, workspaceId=str(self._caller.workspace_id))
            await self._close(CLOSED_TOO_SLOW, TooSlow.code)
        except (WebSocketDisconnect, RuntimeError, OSError):
            pass  # gone: the reader hears of it too
        except Exception as error:  # noqa: BLE001 - the client comes back and resumes
            log.error("socket.failed", reason=f"{type(error).__name__}: {error}")  # noqa: TRY400 - its line says all
            await self._close(CLOSED_FAILED, "try again")
        finally:
            self._writing = None

    async def _close(self, code: int, reason: str) -> None:
        try:
            await self._socket.close(code, reason)
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # it was gone already

    async def _answer(self, message: Mapping[str, Any]) -> None:
        try:
            match message:
                case {"op": "ping"}:
                    await self._send('{"op":"pong"}')
                case {"op": "subscribe", "channel": str(name), **rest}:
                    await self._subscribe(name, _after(rest))
                case {"op": "unsubscribe", "channel": str(name)}:
                    follower = self._following.pop(name, None)
                    if follower is not None:
                        follower.close()
                case _:
                    raise BadMessage
        except TooSlow:
            raise
        except Problem as problem:
            error = {"op": "error", "code": problem.code, "detail": problem.detail}
            channel = message.get("channel")
            if isinstance(channel, str):
                error["channel"] = channel[:200]
            await self._send(json.dumps(error))

    async def _subscribe(self, name: str, after: int | None) -> None:
        if name not in self._following and len(self._following) >= MOST_CHANNELS:
            raise TooManyChannels(MOST_CHANNELS)
        channel = await open_channel(self._db, self._caller, name)
        follower = Follower(channel, self._renderer, self._wake).follow(self._feed, self._progress)
        try:
            newest = await head(self._db, channel, after)
        except BaseException:
            follower.close()
            raise
        earlier = self._following.pop(name, None)
        if earlier is not None:
            earlier.close()
        self._following[name] = follower
        await self._send(json.dumps({"op": "subscribed", "channel": name, "seq": newest}))
        async for event, text in follower.replay(self._db, newest if after is None else after, newest):
            await self._send_event(name, event.seq, text)

    async def _send_event(self, channel: str, seq: int, event: str) -> None:
        await self._send(f'{{"op":"event","channel":"{channel}","seq":{seq},"event":{event}}}')

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(LONGEST_SEND_S):
            await self._socket.send_text(text)


def _after(message: Mapping[str, Any]) -> int | None:
    after = message.get("after")
    if after is None:
        return None
    if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 1 << 62:
        raise BadMessage
    return after
