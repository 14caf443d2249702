"""A small HTTP server on loopback that can do to its clients whatever a network and a company can do."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

CHUNK = 60_000


class Trouble(StrEnum):
    """What a server does to the next order, besides carrying it out. A company may not know all of them."""

    MODERATED = "moderated"
    MODERATED_OUTPUT = "moderated_output"
    BUSY = "busy"
    BUSY_WITHOUT_TIME = "busy_without_time"
    NO_CREDIT = "no_credit"
    BAD_KEY = "bad_key"
    RETIRED = "retired"
    BAD_ORDER = "bad_order"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    CUT_BEFORE_BODY = "cut_before_body"
    CUT_AFTER_BODY = "cut_after_body"
    CUT_IN_ANSWER = "cut_in_answer"
    SLOW = "slow"
    WRONG_JSON = "wrong_json"
    OTHER_JSON = "other_json"
    TRUNCATED_PICTURE = "truncated_picture"
    HALF_A_PICTURE = "half_a_picture"
    NO_PICTURE = "no_picture"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    filename: str | None
    content_type: str | None
    content: bytes

    @property
    def text(self) -> str:
        """A field's value."""
        return self.content.decode()


@dataclass(frozen=True, slots=True)
class Request:
    """What came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON."""
        assert self.headers.get("content-type", "").startswith("application/json"), self.headers
        return json.loads(self.body)

    def parts(self) -> list[tuple[str, Part]]:
        """The body as a form with files."""
        kind = re.fullmatch(r"multipart/form-data; boundary=(\S+)", self.headers.get("content-type", ""))
        assert kind, self.headers
        found: list[tuple[str, Part]] = []
        for piece in self.body.split(b"--" + kind[1].encode())[1:-1]:
            head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            names = dict(re.findall(r'(\w+)="([^"]*)"', lines["Content-Disposition"]))
            part = Part(names.get("filename"), lines.get("Content-Type"), content.removesuffix(b"\r\n"))
            found.append((names["name"], part))
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, bytes, or pieces of a stream with pauses between them."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    pieces: AsyncIterator[bytes] | None = None


class Wire:
    """One server. `trouble` meets orders (not questions about them) until it is taken away."""

    key = "sk-a-key-for-tests-only-0123456789"

    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.orders: list[Request] = []  # that arrived whole
        self.requests: list[Request] = []
        self.hung_up = asyncio.Event()  # a client left while it was being kept waiting
        self.url = ""  # as it says itself
        self.address = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncGenerator[Self]:
        """Serve on a free port."""
        wire = cls()
        server = await asyncio.start_server(wire._serve, "127.0.0.1", 0)
        wire.url = wire.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        tasks = wire._tasks
        try:
            yield wire
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def is_order(self, request: Request) -> bool:
        """Whether a request makes the company work."""
        return request.method == "POST"

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:
        """The company itself."""
        raise NotImplementedError

    async def upgraded(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A WebSocket, where the company has one."""
        raise NotImplementedError

    @property
    def _tasks(self) -> set[asyncio.Task[None]]:
        return self.__dict__.setdefault("_running", set())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._one(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.rstrip().split("\r\n")
        method, target, _ = first.split()
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        split = urlsplit(target)
        request = Request(method, unquote(split.path), dict(parse_qsl(split.query)), headers, b"")
        if headers.get("upgrade") == "websocket":
            await self.upgraded(request, reader, writer)
            return
        is_order = self.is_order(request)
        trouble = self.trouble if is_order else None
        if trouble == Trouble.CUT_BEFORE_BODY:
            writer.transport.abort()
            return
        body = await _body(headers, reader)
        request = Request(request.method, request.path, request.query, headers, body)
        self.requests.append(request)
        if is_order:
            self.orders.append(request)
        if trouble == Trouble.CUT_AFTER_BODY:
            writer.transport.abort()
            return
        if trouble == Trouble.SLOW:
            await reader.read()  # until the client has had enough
            self.hung_up.set()
            return
        try:
            answer = await self.answer(request, trouble)
        except AssertionError as wrong:  # a fake that misses something says so aloud
            answer = Answer({"wrong": str(wrong)}, 599)
        await _send(answer, trouble, writer)


async def _body(headers: Mapping[str, str], reader: asyncio.StreamReader) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def _send(answer: Answer, trouble: Trouble | None, writer: asyncio.StreamWriter) -> None:
    raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    kind = "application/octet-stream" if isinstance(answer.body, bytes) else "application/json"
    if trouble == Trouble.WRONG_JSON and answer.status == 200:
        raw = raw[: len(raw) // 2]
    headers = {"content-type": kind, "connection": "close", **answer.headers}
    if answer.pieces is None:
        headers["content-length"] = str(len(raw))
    writer.write(f"HTTP/1.1 {answer.status} x\r\n".encode())
    writer.write("".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n")
    if trouble == Trouble.CUT_IN_ANSWER:
        writer.write(raw[: len(raw) // 2])
        await writer.drain()
        writer.transport.abort()
        return
    if answer.pieces is None:
        for at in range(0, len(raw), CHUNK):
            writer.write(raw[at : at + CHUNK])
            await writer.drain()
        return
    async for piece in answer.pieces:
        writer.write(piece)
        await writer.drain()
