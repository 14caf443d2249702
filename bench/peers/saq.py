"""SAQ: tasks in Redis. Runs under its own Python."""

import asyncio
from importlib import import_module
from typing import Any

from bench.peers.common import CHUNK, Handle, Queue, main

# Installed in an environment of its own, never in ours.
saq: Any = import_module("saq")

FUNCTION = "bench"


class Saq:
    """Its queue; its worker takes the loop of this process."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        self._running: asyncio.Task[None] | None = None

    async def put(self, number: int) -> None:
        """Put one task in."""
        await self._queue.enqueue(FUNCTION, number=number)

    async def fill(self, count: int) -> None:
        """Put many in, a thousand side by side: it has no bulk form."""
        for start in range(0, count, CHUNK):
            await asyncio.gather(*(self.put(number) for number in range(start, min(start + CHUNK, count))))

    async def work(self, handle: Handle, at_once: int) -> None:
        """Begin to work."""

        async def carry_out(_context: Any, *, number: int) -> None:
            handle(number)

        worker = saq.Worker(self._queue, functions=[(FUNCTION, carry_out)], concurrency=at_once)
        self._running = asyncio.create_task(worker.start())


async def open_queue(url: str) -> Queue:
    """Connect."""
    return Saq(saq.Queue.from_url(url))


if __name__ == "__main__":
    main(open_queue)
