"""The product in this process behind a real port, for what needs sockets and streams; and a client for its sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from daygen.app.api import configure
from tests.product import Ada, Daygen

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Live:
    """One socket, from the client's side."""

    connection: ClientConnection

    async def ask(self, **message: Any) -> None:
        """Send a message."""
        await self.connection.send(json.dumps(message))

    async def hear(self) -> Mapping[str, Any]:
        """The next thing the server says."""
        async with asyncio.timeout(PATIENCE_S):
            heard: Mapping[str, Any] = json.loads(await self.connection.recv())
        return heard

    async def asked(self, **message: Any) -> Mapping[str, Any]:
        """Send a message, and what the server says next; passing words of progress are no answer."""
        await self.ask(**message)
        while (heard := await self.hear()).get("event", {}).get("type") == "job.progress":
            pass
        return heard

    async def events(self, last: str, *, progress: bool = False) -> list[Mapping[str, Any]]:
        """Events up to the first of this type, as they came; without those of progress unless they are wanted."""
        events: list[Mapping[str, Any]] = []
        while not events or events[-1]["type"] != last:
            heard = await self.hear()
            assert heard["op"] == "event", heard
            assert heard["seq"] == heard["event"]["seq"]
            if progress or heard["event"]["type"] != "job.progress":
                events.append(heard["event"])
        return events

    async def closed(self) -> tuple[int, str]:
        """Wait for the server to close; its code and reason."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.connection.recv()
            except ConnectionClosed as end:
                return (end.rcvd.code, end.rcvd.reason) if end.rcvd else (1006, "")


@asynccontextmanager
async def open_socket(
    url: str, who: Ada | None = None, query: str = "", headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Live]:
    """Open a socket at a house's address with a workspace's key, or with these headers."""
    given = ({"Authorization": f"Bearer {who.key}"} if who else {}) | dict(headers or {})
    address = f"ws{url.removeprefix('http')}/v1/ws{query}"
    async with connect(
        address,
        additional_headers=given,
        compression=None,
        open_timeout=60,
        ping_interval=None,
        max_size=None,
        max_queue=None,  # else what was not read holds up the closing
    ) as connection:
        yield Live(connection)


@asynccontextmanager
async def served(daygen: Daygen) -> AsyncGenerator[str]:
    """Serve the product's app on a free port until the block ends; its address."""
    config = configure(daygen.app, daygen.house.settings)
    config.lifespan = "off"  # the product has begun already
    config.loop = "none"
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def client(url: str, who: Ada | None = None) -> httpx.AsyncClient:
    """A client over a real connection; close it."""
    headers = {"Authorization": f"Bearer {who.key}"} if who else {}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_S)
