"""A receiver of webhooks on loopback, which takes them, or treats them as badly as receivers do."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from standardwebhooks import Webhook

Mood: TypeAlias = Literal["ok", "500", "410", "429", "302", "hang", "drip", "reset", "flood", "garbage"]
Answering: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEADS: Mapping[Mood, str] = {
    "ok": "204 No Content\r\nContent-Length: 0",
    "500": "500 Oh\r\nContent-Length: 26\r\n\r\npassword=hunter2 is broken",
    "410": "410 Gone\r\nContent-Length: 0",
    "429": "429 Slow Down\r\nRetry-After: 1\r\nContent-Length: 0",
    "302": "302 Found\r\nLocation: http://127.0.0.1:{port}/elsewhere\r\nContent-Length: 0",
    "flood": "200 OK\r\nContent-Length: 10000000000",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One request as it came."""

    at: float
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        """The event's id."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Mapping[str, Any]:
        """What it says."""
        event: Mapping[str, Any] = json.loads(self.raw)
        return event

    @property
    def job(self) -> str:
        """Whom it is about."""
        return str(self.event["data"]["jobId"])

    def verified(self, secret: str) -> bool:
        """Whether another implementation of the standard takes its signature; raises when it does not."""
        Webhook(secret).verify(self.raw, dict(self.headers))
        return True


@dataclass
class Receiver:
    """What came, and how it is answered: `mood` says, given the message and how often it came before."""

    mood: Callable[[Message, int], Mood] = lambda _message, _before: "ok"
    port: int = 0
    came: list[Message] = field(default_factory=list[Message])
    taken: list[Message] = field(default_factory=list[Message])
    flooded: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hooks"

    def types(self, job_id: str | None = None) -> list[str]:
        """The types of what it took, in order."""
        return [message.event["type"] for message in self.taken if job_id in (None, message.job)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        raw = await reader.readexactly(int(headers["content-length"]))
        message = Message(time.monotonic(), first.split()[1], headers, raw)
        before = sum(one.id == message.id for one in self.came)
        self.came.append(message)
        mood = self.mood(message, before)
        if mood in {"ok", "flood"}:
            self.taken.append(message)
        await self._answer(writer, mood)

    async def _answer(self, writer: asyncio.StreamWriter, mood: Mood) -> None:
        if mood == "hang":
            await asyncio.sleep(600)
        if mood == "reset":
            writer.transport.abort()
            return
        writer.write(b"\x16\x03nonsense" if mood == "garbage" else b"HTTP/1.1 ")
        if mood in HEADS:
            writer.write(f"{HEADS[mood].format(port=self.port)}\r\n\r\n".encode())
        await writer.drain()
        while mood in {"flood", "drip"}:
            writer.write(b"x" * 65_536 if mood == "flood" else b"x")
            await writer.drain()
            self.flooded += 65_536 if mood == "flood" else 0
            await asyncio.sleep(0 if mood == "flood" else 0.05)


@asynccontextmanager
async def receiving(mood: Callable[[Message, int], Mood] | None = None, port: int = 0) -> AsyncGenerator[Receiver]:
    """Open a receiver until the block ends."""
    receiver = Receiver(mood) if mood else Receiver()
    async with listening(receiver.serve, port) as receiver.port:
        yield receiver


@asynccontextmanager
async def listening(answer: Answering, port: int = 0, host: str = "127.0.0.1") -> AsyncGenerator[int]:
    """Answer every connection to a port of this machine until the block ends; `host` is one of its addresses."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, host, port, backlog=1024)
    async with server:
        yield server.sockets[0].getsockname()[1]
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
