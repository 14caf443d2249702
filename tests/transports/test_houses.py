"""Real processes on every transport: killed, asked to stop, and with their broker away for five seconds."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.processes import House
from tests.transports.brokers import Broker

LEASE_S = 2
SETTINGS = {"DAYGEN_LEASE_SECONDS": str(LEASE_S), "DAYGEN_WORKER_SLOTS": "2", "DAYGEN_QUEUE_REPUBLISH_SECONDS": "1"}


@pytest.mark.parametrize(
    "broker",
    ["bullmq", *(pytest.param(name, marks=pytest.mark.long) for name in ("sqs", "sqs.fifo", "cloudtasks"))],
    indirect=True,
)
async def test_a_worker_may_be_killed_and_another_asked_to_stop(broker: Broker, database: str, tmp_path: Path):
    async with House.open(tmp_path, database, workers=0, env={**SETTINGS, **broker.env}) as house:
        ada = await house.workspace(credits=100)
        api = house.api(ada)
        doomed, leaving = (house.start_worker(**broker.for_worker()) for _ in range(2))
        jobs = [await house.order(api, "[[slow:0.8]]") for _ in range(6)]
        await _until_two_run_at_each(house)

        doomed.kill()
        house.start_worker(**broker.for_worker())
        code = await asyncio.to_thread(leaving.stop, signal.SIGTERM)

        ended = [await house.ended(api, job, within_s=2 * LEASE_S + 15) for job in jobs]
        assert code == 0
        assert [job["status"] for job in ended] == ["succeeded"] * 6
        balance = (await api.get("/v1/balance")).json()
        assert balance["availableCredits"] == 94
        assert await house.audit() == []


@pytest.mark.long
async def test_jobs_are_accepted_while_the_broker_is_away_and_go_on_after(
    broker: Broker, database: str, tmp_path: Path
):
    async with House.open(tmp_path, database, workers=0, env={**SETTINGS, **broker.env}) as house:
        api = house.api(await house.workspace(credits=100))
        for _ in range(2):
            house.start_worker(**broker.for_worker())
        jobs = [await house.order(api, "[[slow:0.3]]") for _ in range(8)]
        assert (await api.get("/readyz")).json()["parts"]["transport"] == "ok"

        await broker.cut()
        for _ in range(10):
            jobs.append(await house.order(api))
            await asyncio.sleep(0.5)
        ready: dict[str, Any] = (await api.get("/readyz")).json()
        await broker.mend()

        assert ready["status"] == "ready"
        assert ready["parts"]["transport"] != "ok"
        for job in jobs:
            assert (await house.ended(api, job, within_s=30))["status"] == "succeeded"
        assert (await api.get("/readyz")).json()["parts"]["transport"] == "ok"
        assert await house.audit() == []


async def _until_two_run_at_each(house: House) -> None:
    """Wait until both workers have all they can carry."""
    full = """select count(*) = 2 from (
        select worker_id from tasks where state = 'running' group by 1 having count(*) = 2) full_hands"""
    async with house.db() as db, asyncio.timeout(15), db.reading() as tx:
        while not await tx.value(full):  # noqa: ASYNC110 - other processes ring no bell here
            await asyncio.sleep(0.02)
