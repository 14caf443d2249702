"""Listens to a ComfyUI while it works: progress and passing pictures. Nothing depends on it: it may break off."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from daygen.providers import pictures
from daygen.providers.contract import Sink
from daygen.providers.documents import inside, mapping
from daygen.providers.http import CONNECT_S
from daygen.providers.unfolding import Unreadable

LARGEST_FRAME = 32 << 20
PREVIEW = 1  # the first four bytes of a frame that shows a passing picture
MOST = 0.95  # of the progress: the rest is fetching


class Watcher:
    """What one order's socket says. `index` is the output that its passing pictures are shown for."""

    def __init__(self, address: str, headers: Mapping[str, str], sink: Sink, index: int, scratch: Path) -> None:
        self._address = address
        self._headers = headers
        self._sink = sink
        self._index = index
        self._path = scratch / "passing"
        self._share = 0.0

    async def watch(self) -> None:
        """Hand on what is said until the socket ends. Raises only what the sink raises."""
        with suppress(WebSocketException, OSError, TimeoutError):
            async with connect(
                self._address,
                additional_headers=dict(self._headers),
                open_timeout=CONNECT_S,
                close_timeout=1,
                max_size=LARGEST_FRAME,
                proxy=None,
            ) as socket:
                async for frame in socket:
                    await (self._seen(frame) if isinstance(frame, bytes) else self._told(frame))

    async def _told(self, frame: str) -> None:
        try:
            message = mapping(json.loads(frame))
        except ValueError:
            return
        data: Mapping[str, Any] = inside(message, "data")
        value, most = data.get("value"), data.get("max")
        if message.get("type") == "progress" and isinstance(value, int | float) and isinstance(most, int | float):
            share = MOST * min(max(value / most, 0), 1) if most > 0 else 0
            if share > self._share:  # every node starts anew
                self._share = share
                await self._sink.progress(share)

    async def _seen(self, frame: bytes) -> None:
        if int.from_bytes(frame[:4], "big") != PREVIEW:
            return
        self._path.write_bytes(frame[8:])
        with suppress(Unreadable):
            await self._sink.preview(self._index, pictures.measured(self._path))
