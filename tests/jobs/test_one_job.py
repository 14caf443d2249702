"""One job through the house: what it costs, what it leaves, what is said about it."""

import pytest

from tests.product import Daygen

pytestmark = pytest.mark.core


async def test_a_job_ends_with_its_pictures_charged_once(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, count=3)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert job["status"] == "succeeded"
    assert len(job["outputs"]) == 3
    assert job["cost"] == {"quotedCredits": 3, "chargedCredits": 3}
    assert await daygen.balance(ada) == 7
    outputs = ["job.output"] * 3
    assert await daygen.events(ada) == ["job.queued", "job.started", *outputs, "job.succeeded"]
    assert await daygen.audit() == []


async def test_a_refused_prompt_costs_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, prompt="[[refuse]]")
    await daygen.drain()

    assert (await daygen.job(ada, job_id))["error"]["code"] == "provider.content_blocked"
    assert await daygen.balance(ada) == 10
    assert await daygen.events(ada) == ["job.queued", "job.started", "job.failed"]
    assert await daygen.audit() == []


async def test_a_broken_provider_is_tried_again(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, prompt="[[broken:1]]")
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"]) == ("succeeded", 2)
    assert await daygen.balance(ada) == 9
    again = ["job.requeued", "job.started"]
    assert await daygen.events(ada) == ["job.queued", "job.started", *again, "job.output", "job.succeeded"]
    assert await daygen.audit() == []
