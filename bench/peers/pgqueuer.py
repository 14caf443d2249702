"""PgQueuer: tasks in Postgres, woken by LISTEN/NOTIFY. Runs under its own Python."""

import asyncio
from importlib import import_module
from typing import Any

from bench.peers.common import CHUNK, Handle, Queue, main

# Installed in an environment of its own, never in ours.
asyncpg: Any = import_module("asyncpg")
pgqueuer: Any = import_module("pgqueuer")

ENTRYPOINT = "bench"
CONNECTIONS = 16  # as many as DayGen has


class PgQueuer:
    """Its queries and its manager, over one pool."""

    def __init__(self, pool: Any) -> None:
        self._driver = pgqueuer.AsyncpgPoolDriver(pool)
        self._queries = pgqueuer.Queries(self._driver)
        self._running: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Make its tables, unless they are there."""
        if not await self._queries.schema_is_installed():
            await self._queries.install()

    async def put(self, number: int) -> None:
        """Put one task in."""
        await self._queries.enqueue(ENTRYPOINT, str(number).encode())

    async def fill(self, count: int) -> None:
        """Put many in, a thousand a statement."""
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            payloads = [str(number).encode() for number in numbers]
            await self._queries.enqueue([ENTRYPOINT] * len(payloads), payloads, [0] * len(payloads))

    async def work(self, handle: Handle, at_once: int) -> None:
        """Begin to work."""
        manager = pgqueuer.QueueManager(self._queries)

        async def carry_out(job: Any) -> None:
            handle(int(job.payload))

        manager.entrypoint(ENTRYPOINT)(carry_out)
        self._running = asyncio.create_task(manager.run(batch_size=at_once))


async def open_queue(dsn: str) -> Queue:
    """Connect."""
    queue = PgQueuer(await asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS))
    await queue.ready()
    return queue


if __name__ == "__main__":
    main(open_queue)
