"""The table as a worker's source of tasks: what is ready, claimed in fair order."""

import asyncio
from datetime import timedelta

from daygen.infra.db import Database
from daygen.infra.queue import repository
from daygen.infra.queue.model import Attempt, Claimed
from daygen.kit.ids import WorkerId


class Table:
    """Claims straight from Postgres; whoever enqueues rings the worker."""

    delivers = False

    def __init__(self, db: Database) -> None:
        self._db = db

    def attach(self, bell: asyncio.Event) -> None:
        """Nothing to do: the worker's bell is the table's."""

    async def claim(self, worker_id: WorkerId, most: int) -> tuple[list[Claimed], timedelta | None]:
        """Take up to `most` ready tasks; with none, how long until one may be due."""
        # One statement and its own transaction: the pools are locked no longer than it takes
        async with self._db.reading() as tx:
            claimed = await repository.claim(tx, worker_id, most)
            due = None if claimed else await repository.next_due(tx)
        return claimed, due

    def ended(self, attempt: Attempt) -> None:
        """Nothing to do: the task's row says it."""

    def stop(self) -> None:
        """Nothing to do: nothing is on its way."""
