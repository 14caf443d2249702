"""Orders per minute: refused before any work, with an exact wait, and forgotten after it."""

import asyncio

import pytest

from tests.product import Daygen

pytestmark = pytest.mark.core


async def test_one_order_too_many_is_refused_and_leaves_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=10, per_minute=2)
    for _ in range(2):
        await daygen.order(ada)

    refused = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "a third"}})

    assert refused.status_code == 429
    assert refused.json()["code"] == "limits.rate_exceeded"
    assert 59 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert len((await daygen.api(ada).get("/v1/jobs")).json()["data"]) == 2
    assert await daygen.balance(ada) == 8
    assert await daygen.audit() == []


async def test_many_at_once_get_exactly_the_limit(daygen: Daygen):
    ada = await daygen.workspace(credits=100, per_minute=7)
    api = daygen.api(ada)

    answers = await asyncio.gather(
        *(api.post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "x"}}) for _ in range(40))
    )

    assert sorted(answer.status_code for answer in answers) == [202] * 7 + [429] * 33


async def test_after_the_wait_it_is_free_again(daygen: Daygen):
    ada = await daygen.workspace(credits=10, per_minute=1)
    await daygen.order(ada)
    refused = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "x"}})

    await daygen.later(seconds=int(refused.headers["Retry-After"]) + 1)

    await daygen.order(ada)


async def test_another_workspace_is_not_held_back(daygen: Daygen):
    ada, bob = await daygen.workspace(credits=1, per_minute=1), await daygen.workspace(credits=1, per_minute=1)
    await daygen.order(ada)

    await daygen.order(bob)
