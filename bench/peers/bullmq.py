"""BullMQ for Python: tasks in Redis, moved by the scripts that the Node edition uses. Runs under its own Python."""

from importlib import import_module
from typing import Any

from bench.peers.common import CHUNK, Handle, Queue, main

# Installed in an environment of its own, never in ours.
bullmq: Any = import_module("bullmq")

NAME = "bench"
FORGET = {"removeOnComplete": True}  # its quickest: nothing is kept of what is done


class BullMq:
    """Its queue and, once it works, its worker."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue = bullmq.Queue(NAME, {"connection": url})
        self._worker: Any = None

    async def put(self, number: int) -> None:
        """Put one task in."""
        await self._queue.add(NAME, {"number": number}, FORGET)

    async def fill(self, count: int) -> None:
        """Put many in, a thousand at a time."""
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            await self._queue.addBulk([{"name": NAME, "data": {"number": one}, "opts": FORGET} for one in numbers])

    async def work(self, handle: Handle, at_once: int) -> None:
        """Begin to work."""

        async def carry_out(job: Any, _token: str) -> None:
            handle(job.data["number"])

        self._worker = bullmq.Worker(NAME, carry_out, {"connection": self._url, "concurrency": at_once})


async def open_queue(url: str) -> Queue:
    """Connect."""
    return BullMq(url)


if __name__ == "__main__":
    main(open_queue)
