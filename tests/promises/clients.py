"""Clients that do not give up: they repeat what was not answered, and come back where they were cut off."""

import asyncio
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from daygen.jobs import TERMINAL
from tests.product import Ada
from tests.served import open_socket

PATIENCE_S = 60.0


async def insist(url: str, who: Ada, key: str, order: Mapping[str, Any], *, patient: bool = False) -> str:
    """Order under an Idempotency-Key, again and again, until there is an answer; the job's id.

    Who is `patient` takes a 503 for "come back later".
    """
    while True:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as client:
            try:
                answer = await client.post(
                    "/v1/jobs", json=order, headers={"Authorization": f"Bearer {who.key}", "Idempotency-Key": key}
                )
            except httpx.TransportError:
                continue
        if patient and answer.status_code == 503:
            await asyncio.sleep(0.1)
            continue
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["jobId"]
        return job_id


@dataclass(slots=True)
class Listener:
    """Follows a workspace from its first event on, over as many sockets as it takes."""

    who: Ada
    seqs: list[int] = field(default_factory=list[int])
    sockets: int = 0

    @property
    def cursor(self) -> int:
        """Where it goes on."""
        return self.seqs[-1] if self.seqs else 0

    async def listen(self, url: str) -> None:
        """Listen until cancelled."""
        while True:
            try:
                async with open_socket(url, self.who) as live:
                    self.sockets += 1
                    await live.ask(op="subscribe", channel=f"workspace:{self.who.id}", after=self.cursor)
                    while True:
                        self._hear(json.loads(await live.connection.recv()))
            except (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError, EOFError):
                await asyncio.sleep(0.05)  # an api died; another one takes its place

    def _hear(self, heard: Mapping[str, Any]) -> None:
        assert heard["op"] in {"event", "subscribed"}, heard
        if heard["op"] == "event" and not _is_passing(heard):
            self.seqs.append(heard["event"]["seq"])


def _is_passing(heard: Mapping[str, Any]) -> bool:
    """Whether it is a word of progress, which repeats the last number."""
    return heard["event"]["type"] == "job.progress"


async def read_stream(url: str, who: Ada, job_id: str) -> list[tuple[int, str]]:
    """A job's events to its end, with their ids, over as many streams as it takes."""
    events: list[tuple[int, str]] = []
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as client:
        while not events or events[-1][1] not in TERMINAL:
            after = {"Last-Event-ID": str(events[-1][0])} if events else {}
            headers = {"Authorization": f"Bearer {who.key}"} | after
            try:
                async with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
                    assert answer.status_code == 200
                    number = ""
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            number = value
                        elif name == "event" and value != "job.progress":
                            events.append((int(number), value))
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    return events


class DeafClient:
    """A socket that subscribes and then does not read, as a laptop does whose lid was closed."""

    def __init__(self, url: str, who: Ada) -> None:
        address = urlsplit(url)
        self._protocol = ClientProtocol(parse_uri(f"ws://{address.netloc}/v1/ws"), max_size=None)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect((address.hostname, address.port))
        request = self._protocol.connect()
        request.headers["Authorization"] = f"Bearer {who.key}"
        self._protocol.send_request(request)
        self._send()
        while b"\r\n\r\n" not in (head := self._socket.recv(4096, socket.MSG_PEEK)):
            assert head
        self._protocol.receive_data(self._socket.recv(head.index(b"\r\n\r\n") + 4))
        subscription = {"op": "subscribe", "channel": f"workspace:{who.id}", "after": 0}
        self._protocol.send_text(json.dumps(subscription).encode())
        self._send()

    def open_its_ears(self) -> tuple[list[int], int | None]:
        """Read what is there up to the end; the seqs of the events, and the code it was closed with."""
        while data := self._socket.recv(1 << 16):
            self._protocol.receive_data(data)
            self._send()  # the answer to a close
        self._socket.close()
        frames = [event for event in self._protocol.events_received() if isinstance(event, Frame)]
        heard = [json.loads(bytes(frame.data)) for frame in frames if frame.opcode == Opcode.TEXT]
        end = self._protocol.close_rcvd
        lasting = [message for message in heard if message["op"] == "event" and not _is_passing(message)]
        return [message["seq"] for message in lasting], end.code if end else None

    def _send(self) -> None:
        self._socket.sendall(b"".join(self._protocol.data_to_send()))
