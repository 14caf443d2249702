"""The least of HTTP/1.1 and of WebSocket that a client needs, so that it takes little from the server it measures."""

import asyncio
import base64
import json
import os
import struct
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_FINAL = 0x80
_MASKED = 0x80
_SHORT, _LONG = 126, 127
_UPGRADED = b"HTTP/1.1 101 "


def post(host: str, path: str, key: str, body: Mapping[str, Any]) -> bytes:
    """A whole request, ready to be sent often."""
    content = json.dumps(body).encode()
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {key}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*head, "", ""]).encode() + content


class Connection(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; returns status and body. Raises ConnectionError."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionError("the server closed the connection")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio asks."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """As asyncio asks."""
        self._received += data
        head_ends = self._received.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        head = bytes(self._received[:head_ends]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        ends = head_ends + 4 + length
        if len(self._received) >= ends and self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), bytes(self._received[head_ends + 4 : ends])))
            del self._received[:ends]

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio asks."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the server closed the connection: {exc}"))


class Socket(asyncio.Protocol):
    """One WebSocket without extensions. `receive` is called with each text message."""

    def __init__(self, host: str, path: str, headers: Mapping[str, str], receive: Callable[[bytes], None]) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = bytearray()
        self._receive = receive
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._hello = "\r\n".join([*lines, "", ""]).encode()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False

    @classmethod
    async def open(
        cls, host: str, port: int, path: str, receive: Callable[[bytes], None], headers: Mapping[str, str]
    ) -> Self:
        """Connect and shake hands. Raises ConnectionError."""
        _, opened = await asyncio.get_running_loop().create_connection(
            lambda: cls(host, path, headers, receive), host, port
        )
        await opened.opened
        return opened

    def send(self, text: bytes) -> None:
        """Send a text message of up to 125 bytes."""
        self._send(_TEXT, text)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio asks."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class
        self._transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        """As asyncio asks."""
        self._received += data
        if not self.opened.done() and not self._shake_hands():
            return
        while (frame := self._next_frame()) is not None:
            opcode, payload = frame
            if opcode == _TEXT:
                self._receive(payload)
            elif opcode == _PING:
                self._send(_PONG, payload)
            elif opcode == _CLOSE:
                self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio asks."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"the server refused the socket: {exc}"))

    def _shake_hands(self) -> bool:
        ends = self._received.find(b"\r\n\r\n")
        if ends < 0:
            return False
        if not self._received.startswith(_UPGRADED):
            self.opened.set_exception(ConnectionError(self._received[:100].decode(errors="replace")))
            return False
        del self._received[: ends + 4]
        self.opened.set_result(None)
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        """Take one whole frame; servers do not mask, and ours does not fragment."""
        received = self._received
        if len(received) < 2:
            return None
        length, begins = received[1], 2
        if length == _SHORT and len(received) >= 4:
            (length,), begins = struct.unpack_from("!H", received, 2), 4
        elif length == _LONG and len(received) >= 10:
            (length,), begins = struct.unpack_from("!Q", received, 2), 10
        elif length >= _SHORT:
            return None
        if len(received) < begins + length:
            return None
        frame = received[0] & 0xF, bytes(received[begins : begins + length])
        del received[: begins + length]
        return frame

    def _send(self, opcode: int, payload: bytes) -> None:
        assert self._transport is not None
        assert len(payload) < _SHORT
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._transport.write(bytes([_FINAL | opcode, _MASKED | len(payload)]) + mask + masked)
