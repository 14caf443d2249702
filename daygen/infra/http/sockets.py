"""How a WebSocket ends: who does not read can neither keep it open nor keep us waiting."""

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LONGEST_FAREWELL_S = 15.0


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's sockets, which alone wait for ever for a client whose buffers are full to read its last frame."""

    async def send(self, message: "ASGISendEvent") -> None:
        """Send a frame; the last one goes behind those that wait to be read, without waiting itself."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)

    async def run_asgi(self) -> None:
        """Serve the client; afterwards it has a while to read what it was sent."""
        await super().run_asgi()
        self._part()

    def keepalive_timeout(self) -> None:
        """Close on a client that does not answer."""
        super().keepalive_timeout()
        self._part()

    def _part(self) -> None:
        self.loop.call_later(LONGEST_FAREWELL_S, self.transport.abort)
