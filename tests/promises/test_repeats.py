"""P21: a POST that is repeated with its key has one effect, on whichever api. P2: also when apis die in between."""

import asyncio
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from daygen import ledger
from daygen.infra import http
from daygen.kit.money import credits_of
from tests.processes import House
from tests.product import Ada
from tests.promises.clients import insist
from tests.promises.seeds import chances

pytestmark = pytest.mark.core

ORDER: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}
TIMES = 100


def keyed(house: House, who: Ada, key: str) -> httpx.AsyncClient:
    return house.api(who, **{"Idempotency-Key": key, "Connection": "close"})  # each request may meet either api


def same(answers: list[httpx.Response], status: int) -> Any:
    """The one thing that all answers say."""
    said = {(answer.status_code, json.dumps(answer.json(), sort_keys=True)) for answer in answers}
    assert [told for told, _ in said] == [status], said
    return answers[0].json()


async def test_a_hundred_repeats_on_two_apis_have_one_effect(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=0) as house:
        ada, eve = await house.workspace(credits=1), await house.workspace(credits=1)
        api, evil = keyed(house, ada, "once"), keyed(house, eve, "once")

        accepted = same(await asyncio.gather(*(api.post("/v1/jobs", json=ORDER) for _ in range(TIMES))), 202)
        other = await asyncio.gather(*(api.post("/v1/jobs", json={**ORDER, "count": 2}) for _ in range(5)))
        separate = await evil.post("/v1/jobs", json=ORDER)
        too_long = await keyed(house, ada, "x" * 256).post("/v1/jobs", json=ORDER)
        key = keyed(house, ada, "a key")
        made = same(await asyncio.gather(*(key.post("/v1/api-keys", json={"name": "mine"}) for _ in range(20))), 201)

        assert [answer.json()["code"] for answer in other] == ["request.idempotency_mismatch"] * 5
        assert separate.status_code == 202
        assert separate.json()["jobId"] != accepted["jobId"]
        assert (too_long.status_code, too_long.json()["code"]) == (422, "request.invalid")
        assert (await house.api(Ada(ada.id, made["key"])).get("/v1/balance")).json()["availableCredits"] == 0
        assert await _counts(house, ada) == {"jobs": 1, "transfers": 2, "api_keys": 2, "idempotency_keys": 2}
        assert await house.audit() == []


async def test_refusals_are_not_kept_under_the_key_and_two_days_later_it_is_new(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=0) as house:
        poor, hasty = await house.workspace(), await house.workspace(credits=10, per_minute=1)
        await house.order(house.api(hasty))
        buy, again = keyed(house, poor, "once"), keyed(house, hasty, "once")

        unpaid = await asyncio.gather(*(buy.post("/v1/jobs", json=ORDER) for _ in range(20)))
        too_many = await asyncio.gather(*(again.post("/v1/jobs", json=ORDER) for _ in range(20)))
        async with house.db() as db, db.transaction() as tx:
            await ledger.grant(tx, poor.id, credits_of("2"), reason="for the test")
            await tx.run(
                "create or replace function daygen_now() returns timestamptz language sql volatile "
                "as $$select clock_timestamp() + interval '61 seconds'$$"
            )
        paid = same(await asyncio.gather(*(buy.post("/v1/jobs", json=ORDER) for _ in range(20))), 202)
        allowed = same(await asyncio.gather(*(again.post("/v1/jobs", json=ORDER) for _ in range(20))), 202)
        async with house.db() as db, db.transaction() as tx:
            await tx.run(
                "create or replace function daygen_now() returns timestamptz language sql volatile "
                "as $$select clock_timestamp() + interval '49 hours'$$"
            )
            await http.forget_answers(tx)
        later = same(await asyncio.gather(*(buy.post("/v1/jobs", json=ORDER) for _ in range(20))), 202)

        assert {answer.status_code for answer in unpaid} == {402}
        assert {answer.status_code for answer in too_many} == {429}
        assert len({paid["jobId"], allowed["jobId"], later["jobId"]}) == 3
        assert (await _counts(house, poor))["jobs"] == (await _counts(house, hasty))["jobs"] == 2
        assert await house.audit() == []


async def test_an_api_that_dies_neither_loses_nor_doubles_an_order(database: str, tmp_path: Path):
    await _die(database, tmp_path, deaths=4)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_apis_that_keep_dying_neither_lose_nor_double_an_order(database: str, tmp_path: Path):
    await _die(database, tmp_path, deaths=60)


async def _die(database: str, folder: Path, *, deaths: int) -> None:
    """Order with 12 clients that repeat until they are answered, while apis are killed and started at random."""
    dice = chances("P2")
    async with House.open(folder, database, apis=2, workers=1) as house:
        ada = await house.workspace(credits=100_000)
        keys, accepted, died = itertools.count(), dict[str, str](), asyncio.Event()

        async def client() -> None:
            while not died.is_set():
                key = f"order {next(keys)}"
                accepted[key] = await insist(house.url, ada, key, ORDER)

        async def death() -> None:
            for _ in range(deaths):
                await asyncio.sleep(dice.uniform(0.05, 0.4))
                dice.choice([process for process in house.apis if process.running]).kill()
                house.start_api()
            died.set()

        await asyncio.gather(death(), *(client() for _ in range(12)))

        api = house.api(ada)
        for job_id in accepted.values():
            assert (await house.ended(api, job_id))["status"] == "succeeded"
        assert len(set(accepted.values())) == (await _counts(house, ada))["jobs"] == len(accepted) >= 12
        balance = (await api.get("/v1/balance")).json()
        assert (balance["availableCredits"], balance["heldCredits"]) == (100_000 - len(accepted), 0)
        assert await house.audit() == []


async def _counts(house: House, who: Ada) -> dict[str, int]:
    """How many rows a workspace has in the tables that a POST writes to."""
    async with house.db() as db, db.reading() as tx:
        return {
            table: await tx.value(f"select count(*) from {table} where workspace_id = $1", who.id)
            for table in ("jobs", "transfers", "api_keys", "idempotency_keys")
        }
