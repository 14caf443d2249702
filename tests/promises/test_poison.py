"""P13: a poison job harms itself: every worker that runs it dies, and everybody else's jobs are done all the same.

A worker's death counts apart from failures. After the eighth the job is a dead letter, its credits are given back, and
there is an alert. Jobs that were aboard with it are put back, and finished: from the second death on each waits for a
time of its own, so that they part.
"""

import asyncio
import re
from pathlib import Path

import httpx

from daygen.infra.queue import CRASHES
from tests.processes import ENDS, House

WORKERS = 3
INNOCENT = "[[slow:0.4]]"


async def one_more(house: House, client: httpx.AsyncClient) -> str:
    """Order a picture and wait for it; how that ends."""
    status: str = (await house.ended(client, await house.order(client, INNOCENT)))["status"]
    return status


async def supervise(house: House) -> None:
    """Start a worker for each that has died, as `daygen up` does."""
    while True:
        while sum(worker.running for worker in house.workers) < WORKERS:
            house.start_worker()
        await asyncio.sleep(0.1)


async def test_a_poison_job_harms_itself_only(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, workers=WORKERS, env={"DAYGEN_LEASE_SECONDS": "1"}) as house:
        ada, poisoner = house.api(await house.workspace(credits=1000)), await house.workspace(credits=1)
        eve = house.api(poisoner)
        poison = await house.order(eve, "[[die]]")
        supervisor = asyncio.create_task(supervise(house))

        others: list[str] = []
        async with asyncio.timeout(100):
            while (job := await house.job(eve, poison))["status"] not in ENDS:
                others.append(await one_more(house, ada))
        supervisor.cancel()

        assert (job["status"], job["error"]["code"]) == ("failed", "jobs.poisonous")
        assert (await eve.get("/v1/balance")).json()["availableCredits"] == 1
        assert sum(not worker.running for worker in house.workers) == CRASHES
        async with house.db() as db, db.reading() as tx:
            dead = await tx.rows("select crashes, failures from tasks where state = 'dead'")
        assert [tuple(row) for row in dead] == [(CRASHES - 1, 0)]  # the eighth buried it
        said = "".join(worker.said() for worker in house.workers)
        assert '"event": "task.dead"' in said
        alerts = (await ada.get("/metrics")).text
        assert re.search(r'^daygen_queue_depth\{kind="RunJob",pool="fake/image",state="dead"\} 1', alerts, re.MULTILINE)
        assert len(others) >= 2 * CRASHES
        async with house.db() as db, db.reading() as tx:
            aboard = await tx.rows(
                "select count(*) from usage where outcome = 'lost' and workspace_id <> $1 group by job_id", poisoner.id
            )
        assert all(row["count"] <= 3 for row in aboard)
        assert set(others) == {"succeeded"}
        assert await house.audit() == []
