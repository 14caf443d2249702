"""How jobs end otherwise than well: canceled, expired, broken, half done, lost."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from daygen.jobs import expire_overdue
from tests.product import Daygen

pytestmark = pytest.mark.core


async def test_a_queued_job_is_canceled_free(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, count=4)

    canceled = (await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")).json()
    await daygen.drain()

    assert canceled["status"] == "canceled"
    assert canceled["cost"] == {"quotedCredits": 4, "chargedCredits": 0}
    assert await daygen.balance(ada) == 10
    assert await daygen.events(ada) == ["job.queued", "job.canceled"]
    assert await daygen.audit() == []


async def test_a_finished_job_stays_as_it_is(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()

    answers = [(await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")).json()["status"] for _ in range(2)]

    assert answers == ["succeeded", "succeeded"]
    assert await daygen.balance(ada) == 9


async def test_canceling_after_some_outputs_keeps_and_charges_those(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[slow:0.4]]", count=3)
    working = asyncio.create_task(daygen.drain())
    await daygen.until("select exists (select from job_outputs)")

    ended = (await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")).json()
    await working

    assert ended["status"] == "succeeded"
    assert ended["cost"]["chargedCredits"] == len(ended["outputs"]) < 3
    assert "canceled after" in ended["warnings"][0]
    assert await daygen.audit() == []


async def test_a_job_past_its_deadline_expires_free(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, deadlineSeconds=60)

    await daygen.later(seconds=61)
    assert await expire_overdue(daygen.db) == 1
    await daygen.drain()

    assert (await daygen.job(ada, job_id))["status"] == "expired"
    assert await daygen.balance(ada) == 10
    assert await daygen.events(ada) == ["job.queued", "job.expired"]
    assert await daygen.audit() == []


async def test_a_provider_that_stays_broken_fails_the_job_free_and_keeps_a_dead_letter(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[broken]]")

    for _ in range(5):
        await daygen.later(seconds=600)
        await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["error"]["code"], job["attempts"]) == ("failed", "provider.unavailable", 5)
    assert job["error"]["retryable"] is True
    assert await daygen.balance(ada) == 10
    async with daygen.db.reading() as tx:
        assert await tx.value("select count(*) from tasks where state = 'dead'") == 1
        outcomes = [row["outcome"] for row in await tx.rows("select outcome from usage order by attempt")]
    assert outcomes == ["broken"] * 5
    assert await daygen.audit() == []


async def test_a_lost_answer_is_never_sent_again_and_free(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[unknown]]")
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["error"]["code"], job["attempts"]) == ("failed", "provider.outcome_unknown", 1)
    assert await daygen.balance(ada) == 10
    assert await daygen.audit() == []


async def test_a_call_that_takes_too_long_is_given_up_as_one_whose_answer_was_lost(database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path, longest_call=timedelta(seconds=0.2)) as daygen:
        ada = await daygen.workspace(credits=10)
        job_id = await daygen.order(ada, prompt="[[slow:30]]")
        await daygen.drain()

        job = await daygen.job(ada, job_id)
        assert (job["status"], job["error"]["code"], job["attempts"]) == ("failed", "provider.outcome_unknown", 1)
        assert await daygen.balance(ada) == 10
        assert await daygen.audit() == []


async def test_a_busy_provider_is_waited_for_and_not_counted(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[busy:0.05]]")
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"]) == ("succeeded", 1)
    assert await daygen.audit() == []


async def test_with_some_outputs_a_job_succeeds_charged_for_those(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[partial:2]]", count=4)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], len(job["outputs"]), job["cost"]["chargedCredits"]) == ("succeeded", 2, 2)
    assert "2 of 4 outputs were not made" in job["warnings"]
    assert await daygen.balance(ada) == 8
    assert await daygen.audit() == []


async def test_a_bug_in_an_adapter_is_tried_again_and_then_given_up_free(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[bug]]")

    for _ in range(5):
        await daygen.later(seconds=600)
        await daygen.drain()

    assert (await daygen.job(ada, job_id))["status"] == "failed"
    assert await daygen.balance(ada) == 10
    assert await daygen.audit() == []


async def test_a_job_of_a_dead_worker_is_put_back_and_finished(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.claim_and_die()

    assert await daygen.worker.reap() == 1
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"]) == ("succeeded", 2)
    assert await daygen.events(ada) == [
        *("job.queued", "job.started", "job.requeued", "job.started"),
        *("job.output", "job.succeeded"),
    ]
    assert await daygen.audit() == []
