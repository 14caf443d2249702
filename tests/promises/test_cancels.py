"""P15: canceling is atomic. At whatever moment, a job ends done and charged, or canceled and released."""

import asyncio
import dataclasses
from pathlib import Path

import httpx
import pytest

from daygen.providers import Broken, Call, Report, Sink
from daygen.providers.fake import FakeProvider
from tests.processes import House
from tests.product import Daygen
from tests.promises.seeds import chances

LONGEST_S = 0.6


async def cancel_at_random(house: House, *, jobs: int, at_once: int) -> None:
    """Order jobs of up to 3 outputs and cancel each at some moment of its life; then look at each, and the books."""
    dice = chances("cancels at random")
    ada = await house.workspace(credits=3 * jobs)
    client = house.api(ada)
    gate = asyncio.Semaphore(at_once)

    async def one(count: int, seconds: float, moment_s: float) -> tuple[str, int]:
        async with gate:
            prompt = f"[[slow:{seconds:.3f}]]" if seconds > 0.02 else "a lighthouse"
            job_id = await house.order(client, prompt, count=count)
            await asyncio.sleep(moment_s)
            answer = await client.post(f"/v1/jobs/{job_id}/cancel")
            assert answer.status_code == 200, answer.text
            return job_id, count

    orders = [(dice.randint(1, 3), dice.uniform(0, 0.2), dice.uniform(0, LONGEST_S)) for _ in range(jobs)]
    ordered = await asyncio.gather(*(one(*order) for order in orders))

    ends = [await ended(house, client, job_id, count) for job_id, count in ordered]
    states = {state for state, _ in ends}
    assert states == {"canceled", "succeeded"}, "every cancel came too early or too late"
    balance = (await client.get("/v1/balance")).json()
    assert (balance["availableCredits"], balance["heldCredits"]) == (3 * jobs - sum(cost for _, cost in ends), 0)
    assert await house.audit() == []


async def ended(house: House, client: httpx.AsyncClient, job_id: str, count: int) -> tuple[str, int]:
    """How a job ended, and what it cost; both must agree with what it has."""
    job = await house.job(client, job_id)
    charged: int = job["cost"]["chargedCredits"]
    if job["status"] == "canceled":
        assert (charged, job["outputs"]) == (0, [])
    else:
        assert job["status"] == "succeeded", job
        assert 0 < charged == len(job["outputs"]) <= count
        assert charged == count or "canceled after" in job["warnings"][0]
    return job["status"], charged


async def test_a_job_canceled_at_some_moment_is_charged_or_released(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, workers=2) as house:
        await cancel_at_random(house, jobs=30, at_once=8)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_job_canceled_at_any_moment_is_charged_or_released(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=3) as house:
        await cancel_at_random(house, jobs=200, at_once=16)


class Faltering(FakeProvider):
    """Makes one output of those that are wanted, and breaks."""

    async def run(self, call: Call, sink: Sink) -> Report:
        await super().run(dataclasses.replace(call, wanted=call.wanted[:1]), sink)
        raise Broken("it faltered, as told")


async def test_a_job_canceled_between_two_tries_is_charged_for_what_it_has(database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path, {"fake": Faltering()}) as daygen:
        ada = await daygen.workspace(credits=10)
        job_id = await daygen.order(ada, count=3)
        await daygen.worker.drain()
        assert (await daygen.job(ada, job_id))["status"] == "queued"

        answer = await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")

        assert (answer.json()["status"], len(answer.json()["outputs"])) == ("succeeded", 1)
        assert await daygen.balance(ada) == 9
        assert await daygen.audit() == []
