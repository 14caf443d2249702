"""P35, for providers: one that is down is left alone by all processes; what is ordered waits, none is refused."""

import asyncio
from pathlib import Path

from daygen.providers.fake import notes
from tests.product import Daygen
from tests.promises.doomed import Makers, at_work
from tests.promises.nursery import Nursery

OPEN = "select probing and paused_until > daygen_now() from pools where name = 'fake'"


async def test_a_provider_that_is_down_is_left_alone_by_every_worker(nursery: Nursery, database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path) as product:
        (tmp_path / "scratch").mkdir(exist_ok=True)
        down = tmp_path / "scratch" / "fake-down"
        down.touch()
        makers = Makers(nursery, database, tmp_path, {"DAYGEN_BREAKER_SECONDS": "0.5", "DAYGEN_WORKER_SLOTS": "4"})
        workers = [await makers.worker() for _ in range(2)]
        try:
            for worker in workers:
                await at_work(product.db, worker)
            ada = await product.workspace(credits=40)
            jobs = [await product.order(ada, "[[down]] [[note]]") for _ in range(40)]

            await product.until(OPEN)
            before = _calls(tmp_path)
            await asyncio.sleep(2.5)
            probes = _calls(tmp_path) - before
            down.unlink()
            await product.until("select count(*) = 40 from jobs where state = 'succeeded'", seconds=20)

            assert before <= 8 + 2 * 4  # eight failures, and what was in flight meanwhile
            assert 1 <= probes <= 8  # one at a time, each after a longer pause; 8 of in-flight slack at most
            tries = [(await product.job(ada, job_id))["attempts"] for job_id in jobs]
            assert sum(tries) <= 40 + 8
            async with product.db.reading() as tx:
                assert await tx.value("select failures = 0 and not probing from pools where name = 'fake'")
            assert await product.balance(ada) == 0
            assert await product.audit() == []
        finally:
            for worker in workers:
                await worker.bury()


def _calls(folder: Path) -> int:
    return sum(note.began for note in notes(folder / "scratch"))


async def test_failures_among_successes_open_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=40)
    for _ in range(10):
        await daygen.order(ada, "[[broken:1]]")
        await daygen.order(ada)
        await daygen.worker.drain()

    async with daygen.db.reading() as tx:
        assert not await tx.value("select probing from pools where name = 'fake'")


async def test_a_few_bad_jobs_open_nothing_and_end(daygen: Daygen):
    ada = await daygen.workspace(credits=3)
    jobs = [await daygen.order(ada, "[[broken]]") for _ in range(3)]

    for _ in range(6):
        await daygen.later(seconds=17)
        await daygen.worker.drain()

    ends = {(await daygen.job(ada, job_id))["error"]["code"] for job_id in jobs}
    assert ends == {"provider.unavailable"}
    async with daygen.db.reading() as tx:
        assert not await tx.value("select probing from pools where name = 'fake'")
