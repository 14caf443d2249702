"""Credits: never below zero, each movement with its cause, and shown to whom they belong."""

import pytest

from daygen import ledger
from daygen.kit.money import Millicredits
from daygen.ledger import InsufficientCredits
from tests.product import Daygen

pytestmark = pytest.mark.core


async def test_an_order_one_cannot_pay_is_refused_and_leaves_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=2)

    refused = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "x"}, "count": 3})

    assert refused.status_code == 402
    problem = refused.json()
    assert (problem["code"], problem["neededCredits"], problem["availableCredits"]) == (
        "ledger.insufficient_credits",
        3,
        2,
    )
    assert (await daygen.api(ada).get("/v1/jobs")).json()["data"] == []
    assert await daygen.balance(ada) == 2
    assert await daygen.audit() == []


async def test_a_workspace_that_never_had_credits_is_refused_alike(daygen: Daygen):
    ada = await daygen.workspace()

    refused = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "x"}})

    assert refused.json()["availableCredits"] == 0


async def test_every_movement_is_listed_with_its_cause(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    job_id = await daygen.order(ada, count=2)
    await daygen.drain()

    entries = (await daygen.api(ada).get("/v1/ledger")).json()["data"]

    assert [(entry["kind"], entry["credits"]) for entry in entries] == [("settle", 2), ("hold", 2), ("grant", 5)]
    assert {entry["cause"] for entry in entries[:2]} == {job_id}


async def test_a_list_goes_on_where_its_cursor_says(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    for _ in range(3):
        await daygen.order(ada)
    api = daygen.api(ada)

    first = (await api.get("/v1/ledger?limit=3")).json()
    second = (await api.get(f"/v1/ledger?limit=3&cursor={first['nextCursor']}")).json()

    assert [entry["kind"] for entry in first["data"] + second["data"]] == ["hold", "hold", "hold", "grant"]
    assert second["nextCursor"] is None


async def test_taking_back_more_than_there_is_is_refused(daygen: Daygen):
    ada = await daygen.workspace(credits=5)

    with pytest.raises(InsufficientCredits):
        async with daygen.db.transaction() as tx:
            await ledger.deduct(tx, ada.id, Millicredits(5_001), reason="too much")

    assert await daygen.balance(ada) == 5


async def test_a_grant_is_told_to_the_workspace(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    await daygen.drain()

    async with daygen.db.reading() as tx:
        data = await tx.value("select data from events where workspace_id = $1 and type = 'credits.granted'", ada.id)

    assert (data["credits"], data["availableCredits"], data["reason"]) == (5, 5, "for the test")
