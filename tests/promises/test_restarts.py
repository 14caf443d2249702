"""P12: a rolling restart costs nothing: workers are asked to end one after the other while jobs run, and none is lost.

Some jobs take longer than the grace: those are put back, not counted, and finished by another worker.
"""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests.processes import House
from tests.promises.seeds import chances

GRACE_S = 2.0
ENDS_WITHIN_S = 10.0  # of its grace; alone on a machine it is less than one
PROMPTS = ["a lighthouse", "[[slow:0.3]]", "[[slow:0.8]]", "[[slow:0.8]]", f"[[slow:{GRACE_S + 1}]]"]


async def roll(database: str, folder: Path, *, count: int) -> None:
    """Order jobs, and restart three workers again and again until all jobs have ended."""
    dice = chances("P12")
    env = {"DAYGEN_GRACE_SECONDS": str(GRACE_S), "DAYGEN_WORKER_SLOTS": "2"}
    async with House.open(folder, database, workers=3, env=env) as house:
        ada = await house.workspace(credits=count)
        client = house.api(ada)
        ordered = [await house.order(client, dice.choice(PROMPTS)) for _ in range(count)]
        restarts = 0
        async with house.db() as db, db.reading() as tx, asyncio.timeout(3 * count):
            while await tx.value("select count(*) from jobs where finished_at is null"):
                old = house.workers[restarts]
                house.start_worker()
                began = time.monotonic()
                code = await asyncio.to_thread(old.stop)
                took_s = time.monotonic() - began
                assert code in {0, -signal.SIGTERM}, old.said()[-2000:]  # who was still starting has nothing to lose
                assert took_s < GRACE_S + ENDS_WITHIN_S, old.said()[-2000:]
                restarts += 1
            assert restarts >= 3
            jobs = await tx.rows("select id, state, attempts, charged from jobs")
            ends = {(row["state"], row["attempts"], row["charged"]) for row in jobs}
            assert ends == {("succeeded", 1, 1000)}
            assert len(jobs) == len(ordered)
            # Nothing was counted as a failure or a crash, and nothing was made twice
            assert await tx.value("select count(*) from tasks") == 0
            assert await tx.value("select count(*) from usage") == count
            assert await tx.value("select count(*) from assets") == count
            put_back = await tx.value("select count(*) from events where type = 'job.requeued'")
        assert "task.lost" not in "".join(worker.said() for worker in house.workers)
        print(f"{restarts} restarts, {put_back} jobs put back")  # noqa: T201 - pytest shows it when the test fails
        assert await house.audit() == []


@pytest.mark.timeout(240)
async def test_workers_restart_in_turn_and_no_job_notices(database: str, tmp_path: Path):
    await roll(database, tmp_path, count=60)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_workers_restart_in_turn_during_five_hundred_jobs(database: str, tmp_path: Path):
    await roll(database, tmp_path, count=500)
