"""P10: 202 means durable. Postgres ends at once and comes back, under load: no accepted job is lost, all finish."""

import asyncio
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes import House
from tests.promises.clients import insist
from tests.promises.seeds import chances

CLIENTS = 8
ORDER: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "[[slow:0.1]]"}, "count": 2}


async def survive(folder: Path, *, restarts: int) -> None:
    """Order with clients that repeat until they are answered, while Postgres is ended at once again and again."""
    dice = chances("P10")
    async with House.open(folder, apis=2, workers=3, durable=True) as house:
        ada = await house.workspace(credits=1_000_000)
        numbers, accepted = itertools.count(), set[str]()
        answered, over = asyncio.Event(), asyncio.Event()

        async def client() -> None:
            while not over.is_set():
                accepted.add(await insist(house.url, ada, f"order {next(numbers)}", ORDER, patient=True))
                answered.set()

        async def outages() -> None:
            for _ in range(restarts):
                await asyncio.sleep(dice.uniform(0.3, 1.2))
                house.restart_postgres()
                answered.clear()
                await asyncio.wait_for(answered.wait(), 30)
            over.set()

        await asyncio.gather(outages(), *(client() for _ in range(CLIENTS)))

        api = house.api(ada)
        for job_id in accepted:
            job = await house.ended(api, job_id, within_s=60)
            assert (job["status"], len(job["outputs"]), job["cost"]["chargedCredits"]) == ("succeeded", 2, 2), job
        async with house.db() as db, db.reading() as tx:
            assert await tx.value("select count(*) from jobs where workspace_id = $1", ada.id) == len(accepted)
        balance = (await api.get("/v1/balance")).json()
        assert (balance["availableCredits"], balance["heldCredits"]) == (1_000_000 - 2 * len(accepted), 0)
        assert await house.audit() == []


async def test_what_was_accepted_survives_a_database_that_ends_at_once(tmp_path: Path):
    await survive(tmp_path, restarts=2)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_what_was_accepted_survives_a_database_that_keeps_ending_at_once(tmp_path: Path):
    await survive(tmp_path, restarts=10)
