"""The product's worker process as it is, with one adapter in place of all others: what is measured is ours alone."""

import asyncio
import os
from io import BytesIO

import httpx
from PIL import Image

from daygen.app import settings, worker
from daygen.providers import Call, Output, Provider, Report, Sink

NOTHING = "nothing"
PICTURE = "a picture"
SIDE_PX = 816  # of noise, which does not compress: 2.0 MB


class StandIn:
    """Takes the fake provider's orders: a word at once, or a finished picture of 2 MB."""

    name = "fake"

    def __init__(self) -> None:
        self._picture: bytes | None = None

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make what the prompt asks for."""
        if call.input["prompt"] != PICTURE:
            return Report(units=1, text="done")
        if self._picture is None:
            self._picture = await asyncio.to_thread(noise)
        path = call.scratch / "picture.png"
        await asyncio.to_thread(path.write_bytes, self._picture)
        await sink.output(0, Output(path, "image/png", SIDE_PX, SIDE_PX))
        return Report(units=1)

    async def close(self) -> None:
        """Hold nothing."""


def noise() -> bytes:
    """A PNG of about 2 MB."""
    file = BytesIO()
    Image.frombytes("RGB", (SIDE_PX, SIDE_PX), os.urandom(SIDE_PX * SIDE_PX * 3)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def main() -> None:
    """Run a worker until SIGTERM."""

    def only_the_stand_in(_settings: settings.Settings, _client: httpx.AsyncClient) -> dict[str, Provider]:
        return {"fake": StandIn()}

    worker.make_providers = only_the_stand_in
    worker.run(settings.read(os.environ))


if __name__ == "__main__":
    main()
