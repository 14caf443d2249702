"""P11: stalled work is rescued, and a worker that comes back from its stall writes nothing.

A worker is stopped (SIGSTOP) for longer than its lease, at a moment of its job's life; another one finishes the job;
then the first one goes on where it was, with whatever it had in hand, and what it had said to Postgres arrives late.
"""

import asyncio
import itertools
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daygen.kit.ids import JobId
from tests.infra.rclone import serve_s3
from tests.product import Daygen
from tests.promises.doomed import Doomed, Makers, Wire, at_work
from tests.promises.nursery import Nursery
from tests.promises.seeds import chances

PROMPT, COUNT = "[[slow:0.1]]", 2
LEASE_S = 1.0
FINAL_WITHIN_S = 2 * LEASE_S + 5

# Everything that a job writes, as text: jobs, money, files, events
TRACES = {
    "jobs": "select * from jobs where id = $1",
    "tasks": "select t.* from tasks t join jobs j on j.task_id = t.id where j.id = $1",
    "job_outputs": "select * from job_outputs where job_id = $1 order by index",
    "job_progress": "select * from job_progress where job_id = $1",
    "assets": "select * from assets where job_id = $1 order by id",
    "holds": "select * from holds where job_id = $1",
    "transfers": "select * from transfers where cause = $1 order by id",
    "usage": "select * from usage where job_id = $1 order by id",
    "accounts": "select a.* from accounts a join jobs j using (workspace_id) where j.id = $1",
    "events": "select * from events where subject = $1 order by seq",
    "outbox": "select * from outbox where subject = $1",
}


@dataclass
class House:
    """The product in this process to order with, and workers to be stopped and to rescue."""

    product: Daygen
    makers: Makers
    wire: Wire
    storage_url: str | None

    async def stall(self, at: int | None, *, after: bool = False) -> int | None:
        """Stop a job's worker at this message and let it go on when another one has finished.

        Returns the number of messages there were when the job ended before that, None when the worker was stopped.
        """
        zombie = await self.makers.worker(wire=self.wire, by=signal.SIGSTOP, storage_url=self.storage_url)
        try:
            return await self._stall(zombie, at, after=after)
        finally:
            zombie.send(signal.SIGCONT)
            await zombie.bury()

    async def _stall(self, zombie: Doomed, at: int | None, *, after: bool) -> int | None:
        await at_work(self.product.db, zombie)
        ada = await self.product.workspace(credits=10)
        zombie.trap.arm(at, after=after)
        job_id = JobId.parse(await self.product.order(ada, PROMPT, count=COUNT))
        ending = asyncio.create_task(self._end(job_id))
        stopping = asyncio.create_task(zombie.trap.sprung.wait())
        await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not zombie.trap.sprung.is_set():
            return zombie.trap.seen
        began = time.monotonic()
        rescuer = await self.makers.worker(wire=self.wire, storage_url=self.storage_url)
        try:
            async with asyncio.timeout(FINAL_WITHIN_S):
                await ending
            assert time.monotonic() - began < FINAL_WITHIN_S
            await self._given_up(zombie)
            before = await self._traces(job_id)
            await self._awake(zombie)
            assert await self._traces(job_id) == before
            job = await self.product.job(ada, str(job_id))
            assert (job["status"], len(job["outputs"])) == ("succeeded", COUNT), job
            assert job["cost"]["chargedCredits"] == COUNT
            assert await self.product.balance(ada) == 10 - COUNT
            assert await self.product.audit() == []
            async with asyncio.timeout(FINAL_WITHIN_S):
                while len(await self.product.house.storage.list(str(ada.id))) != COUNT:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)  # until the zombie has cleared away what it stored too late
        finally:
            await rescuer.bury()
        return None

    async def _end(self, job_id: JobId) -> None:
        """Wait until the job has ended and every event of it is numbered."""
        ended = """
            select finished_at is not null and not exists (select from outbox where subject = $1) from jobs
            where id = $1"""
        async with self.product.db.reading() as tx:
            while not await tx.value(ended, job_id):  # noqa: ASYNC110 - another process rings no bell here
                await asyncio.sleep(0.02)

    async def _given_up(self, zombie: Doomed) -> None:
        """Wait until the zombie's lease has ended, if another worker was that quick."""
        held = "select max(lease_until) >= daygen_now() from workers where pid = $1"
        async with self.product.db.reading() as tx:
            while await tx.value(held, zombie.pid):  # noqa: ASYNC110 - time rings no bell
                await asyncio.sleep(0.02)

    async def _awake(self, zombie: Doomed) -> None:
        """Let the zombie go on, until it has noticed that it was given up: it works under a new name."""
        zombie.trap.let_go()
        zombie.send(signal.SIGCONT)
        anew = "select count(*) > 1 and bool_or(lease_until > daygen_now()) from workers where pid = $1"
        async with asyncio.timeout(FINAL_WITHIN_S), self.product.db.reading() as tx:
            while not await tx.value(anew, zombie.pid):  # noqa: ASYNC110 - another process rings no bell here
                await asyncio.sleep(0.02)
        await asyncio.sleep(LEASE_S / 2)  # whatever it still says has arrived

    async def _traces(self, job_id: JobId) -> dict[str, list[str]]:
        async with self.product.db.reading() as tx:
            return {name: [str(dict(row)) for row in await tx.rows(query, job_id)] for name, query in TRACES.items()}


@asynccontextmanager
async def house(
    nursery: Nursery,
    database: str,
    folder: Path,
    wire: Wire = "postgres",
    storage_url: str | None = None,
    **vendor: str,
) -> AsyncGenerator[House]:
    makers = Makers(nursery, database, folder, {"DAYGEN_LEASE_SECONDS": str(LEASE_S), **vendor})
    changes: dict[str, Any] = {"storage_url": storage_url, "vendor": vendor} if storage_url else {}
    async with Daygen.open(database, folder, **changes) as product:
        yield House(product, makers, wire, storage_url)


async def test_a_worker_may_stall_at_some_words_to_postgres(nursery: Nursery, database: str, tmp_path: Path):
    dice = chances("stalls at Postgres")
    async with house(nursery, database, tmp_path) as stalls:
        messages = await stalls.stall(None)
        assert messages is not None
        for after in (False, True, False):
            await stalls.stall(dice.randint(1, messages), after=after)


async def test_a_worker_may_stall_at_some_words_to_storage(nursery: Nursery, database: str, tmp_path: Path):
    dice = chances("stalls at storage")
    with serve_s3(tmp_path) as bucket:
        async with house(nursery, database, tmp_path, "storage", bucket.url, **bucket.credentials) as stalls:
            assert await stalls.stall(dice.randint(1, 2)) is None


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_a_worker_may_stall_at_any_word_to_postgres(nursery: Nursery, database: str, tmp_path: Path):
    async with house(nursery, database, tmp_path) as stalls:
        assert await every_point(stalls) >= 80


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_a_worker_may_stall_at_any_word_to_storage(nursery: Nursery, database: str, tmp_path: Path):
    with serve_s3(tmp_path) as bucket:
        async with house(nursery, database, tmp_path, "storage", bucket.url, **bucket.credentials) as stalls:
            assert await every_point(stalls) >= 4


async def every_point(stalls: House) -> int:
    """Stall at every message, before and after; how often that was possible."""
    stalled = 0
    for after in (False, True):
        for at in itertools.count(1):
            if await stalls.stall(at, after=after) is not None:
                break
            stalled += 1
    return stalled
