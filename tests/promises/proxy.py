"""A TCP proxy between a process and what it talks to: it counts messages, and springs a trap at the k-th."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

_READ_BYTES = 1 << 16
_UNTYPED = 8  # the shortest message without a type byte: length and code
_CANCEL, _SSL, _GSS = 80877102, 80877103, 80877104


class Cutter(Protocol):
    """Cuts the bytes of one connection into messages."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now; together with what comes later, every byte once."""
        ...


class PostgresMessages:
    """What a Postgres client sends, cut where the server begins to act.

    Parse, Bind, Describe and Execute travel with the Sync after them: nothing is answered or committed before it.
    """

    _TOGETHER = frozenset(b"PBDEC")

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._gathered: list[bytes] = []

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now."""
        self._rest += data
        whole: list[bytes] = []
        while (message := self._next()) is not None:
            self._gathered.append(message)
            if not self._begun or message[0] not in self._TOGETHER:
                whole.append(b"".join(self._gathered))
                self._gathered.clear()
            self._begun = self._begun or struct.unpack_from("!i", message, 4)[0] not in {_CANCEL, _SSL, _GSS}
        return whole

    def _next(self) -> bytes | None:
        head = 1 if self._begun else 0
        if len(self._rest) < (head + 4 if self._begun else _UNTYPED):
            return None
        end = head + struct.unpack_from("!i", self._rest, head)[0]
        if len(self._rest) < end:
            return None
        message, self._rest = self._rest[:end], self._rest[end:]
        return message


class Pieces:
    """Bytes as they come, for protocols where every piece may be the last."""

    def feed(self, data: bytes) -> list[bytes]:
        """The piece."""
        return [data]


class Trap:
    """Counts messages, once it is armed, and springs at the one it was set for: before or after that is forwarded.

    `spring` happens to the process at that very moment. With `holds` a message that springs it is kept back, not lost,
    and goes out at `let_go`: for a process that sleeps rather than dies.
    """

    def __init__(self, spring: Callable[[], None], *, holds: bool = False) -> None:
        self.seen = 0
        self.sprung = asyncio.Event()
        self._spring = spring
        self._holds = holds
        self._let_go = asyncio.Event()
        self._armed = False
        self._at: int | None = None
        self._after = False

    def arm(self, at: int | None, *, after: bool = False) -> None:
        """Count from here; spring at the message with this number, or never."""
        self.seen, self._at, self._after, self._armed = 0, at, after, True

    def let_go(self) -> None:
        """Forward what was held."""
        self._let_go.set()

    async def carry(self, message: bytes, to: asyncio.StreamWriter) -> bool:
        """Count a message and pass it on; False when the process died before it left."""
        if not self._armed or self.sprung.is_set():
            to.write(message)
            return True
        self.seen += 1
        springs = self.seen == self._at
        if springs and not self._after:
            self._go_off()
            if not self._holds:
                return False
            await self._let_go.wait()
        to.write(message)  # into the kernel's hands at once
        if springs and self._after:
            self._go_off()
        return True

    def _go_off(self) -> None:
        self._spring()
        self.sprung.set()


@asynccontextmanager
async def proxy(
    host: str, port: int, trap: Trap, cutter: Callable[[], Cutter], *, answers: bool = False
) -> AsyncGenerator[int]:
    """Listen on a port of our own, and pass everything on to `host:port` and back; the port.

    Counts what the process sends, and with `answers` what it is answered too.
    """
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            with contextlib.suppress(OSError):
                server_reader, server_writer = await asyncio.open_connection(host, port)
                writers.append(server_writer)
                await asyncio.gather(
                    _pump(reader, server_writer, trap, cutter()),
                    _pump(server_reader, writer, trap if answers else None, cutter()),
                )
        finally:
            for each in writers:
                each.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trap: Trap | None, cut: Cutter) -> None:
    """Pass on what comes until it ends, then say so to the other side."""
    try:
        while data := await reader.read(_READ_BYTES):
            if trap is None:
                writer.write(data)
            else:
                for message in cut.feed(data):
                    if not await trap.carry(message, writer):
                        return
            await writer.drain()
    except OSError:
        return  # one side is gone
    finally:
        with contextlib.suppress(OSError):
            if writer.can_write_eof():
                writer.write_eof()
