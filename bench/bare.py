"""uvicorn with nothing behind it but `accept`: what a socket costs before any of our code, set up as our own server."""

import json
import socket
from typing import Any

import uvicorn
import uvloop


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Accept, and read until the client leaves."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def main() -> None:
    """Serve until a signal comes."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off")
    uvloop.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
