"""What providers tell us of orders: heeded when signed, once, whenever it comes; and only ever a reason to ask."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from daygen.jobs.callbacks import link
from daygen.providers import Recourse
from daygen.providers.fake import FakeProvider
from daygen.providers.fake.receiver import signed
from daygen.providers.fake.studio import Studio
from tests.product import HOST, Daygen

pytestmark = pytest.mark.core

FILM: dict[str, Any] = {"model": "fake/video", "count": 1}


async def tell(
    daygen: Daygen, ref: str, word: Mapping[str, Any] | None = None, *, number: str = "1", **changes: Any
) -> httpx.Response:
    """Tell the house what the fake has to say about an order."""
    body = json.dumps(word or {}).encode()
    headers = signed(body, number, datetime.now(UTC) + changes.get("late", timedelta(0)))
    url = link(HOST, daygen.house.settings.secret, changes.get("provider", "fake"), ref)
    return await daygen.api().post(changes.get("url", url), content=changes.get("body", body), headers=headers)


async def test_a_word_wakes_a_job_that_is_not_due_for_long(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:0.2]]", **FILM)
    await daygen.worker.drain()
    async with daygen.db.transaction() as tx:
        await tx.run("update tasks set run_at = daygen_now() + interval '1 hour'")  # as if it had said so
    await daygen.drain()
    waiting = (await daygen.job(ada, job_id))["status"]

    answer = await tell(daygen, job_id)
    await daygen.drain()

    assert (waiting, answer.status_code, answer.content) == ("processing", 200, b"")
    assert (await daygen.job(ada, job_id))["status"] == "succeeded"
    assert await daygen.audit() == []


async def test_a_word_that_comes_before_the_ticket_brings_it(database: str, tmp_path: Path):
    provider = FakeProvider(Recourse.CALLBACK, timedelta(seconds=30))
    async with Daygen.open(database, tmp_path, {"fake": provider}) as daygen:
        ada, studio = await daygen.workspace(credits=10), Studio(tmp_path / "scratch")
        job_id = await daygen.order(ada, "[[lost]]", **FILM)
        await daygen.worker.drain()

        await tell(daygen, job_id, {"ticket": job_id, "facts": {"studio": str(tmp_path / "scratch")}})
        await daygen.drain()

        job = await daygen.job(ada, job_id)
        assert (job["status"], job["attempts"]) == ("succeeded", 1)
        assert studio.books("arrived") == [job_id]
        assert await daygen.audit() == []


async def test_a_word_believes_nothing_but_the_provider(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:60]]", **FILM)
    await daygen.worker.drain()

    await tell(daygen, job_id, {"ticket": "another", "facts": {"studio": "/nowhere"}})
    await daygen.worker.drain()

    assert (await daygen.job(ada, job_id))["status"] == "processing"


async def test_the_same_word_again_does_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:60]]", **FILM)
    await daygen.worker.drain()

    answers = [(await tell(daygen, job_id)).status_code for _ in range(20)]

    assert answers == [200] * 20
    async with daygen.db.reading() as tx:
        assert await tx.value("select count(*) from provider_deliveries") == 1


async def test_what_is_not_the_providers_is_turned_away(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:60]]", **FILM)
    await daygen.worker.drain()
    good = link(HOST, daygen.house.settings.secret, "fake", job_id)

    statuses = {
        "another body": (await tell(daygen, job_id, body=b"{}x")).status_code,
        "an hour old": (await tell(daygen, job_id, late=timedelta(hours=-1))).status_code,
        "a tampered address": (await tell(daygen, job_id, url=good[:-1] + "_")).status_code,
        "another job": (await tell(daygen, job_id, url=good.replace(job_id, "job_" + "0" * 26))).status_code,
        "another provider": (await tell(daygen, job_id, provider="ideogram")).status_code,
        "another's address": (await tell(daygen, job_id, url=good.replace("/fake/", "/ideogram/"))).status_code,
        "too much": (await tell(daygen, job_id, body=bytes(300_000))).status_code,
    }

    assert statuses == {
        "another body": 401,
        "an hour old": 401,
        "a tampered address": 404,
        "another job": 404,
        "another provider": 404,
        "another's address": 404,
        "too much": 413,
    }
    async with daygen.db.reading() as tx:
        assert await tx.value("select count(*) from provider_deliveries") == 0


async def test_a_word_about_a_job_that_has_ended_changes_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, **FILM)
    await daygen.drain()
    before = await daygen.job(ada, job_id)

    assert (await tell(daygen, job_id)).status_code == 200
    await daygen.drain()

    assert {**await daygen.job(ada, job_id), "outputs": [], "resultUrl": ""} == {
        **before,
        "outputs": [],
        "resultUrl": "",
    }
    assert await daygen.audit() == []
