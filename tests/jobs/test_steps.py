"""Jobs that wait at their provider: no worker is at them, nothing is sent twice, and whoever comes next goes on."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daygen.infra import queue
from daygen.infra.queue import Worker
from daygen.jobs import expire_overdue
from daygen.providers import Recourse
from daygen.providers.fake import FakeProvider
from daygen.providers.fake.studio import Studio
from tests.product import Daygen

pytestmark = pytest.mark.core

FILM: dict[str, Any] = {"model": "fake/video", "count": 1}
OPEN_ORDER = "select exists (select from submissions where state = 'ticketed')"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """The studio's books."""
    return Studio(tmp_path / "scratch")


@asynccontextmanager
async def working(daygen: Daygen, worker: Worker | None = None) -> AsyncGenerator[Worker]:
    """A worker at work beside the test."""
    worker = worker or daygen.worker
    run = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await run


async def test_a_film_is_ordered_waited_for_and_collected(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, "[[takes:0.3]]", **FILM)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"], job["error"]) == ("succeeded", 1, None)
    assert [output["contentType"] for output in job["outputs"]] == ["video/mp4"]
    assert job["timings"]["providerMs"] >= 300
    assert await daygen.balance(ada) == 7
    assert await daygen.events(ada) == ["job.queued", "job.started", "job.output", "job.succeeded"]
    assert studio.books("arrived") == [job_id]
    assert await daygen.audit() == []


async def test_a_worker_with_one_slot_carries_twenty_films_at_once(daygen: Daygen, studio: Studio):
    """Each takes 2 s; one after the other they would take 40."""
    ada = await daygen.workspace(credits=100)
    jobs = [await daygen.order(ada, "[[takes:2]]", **FILM) for _ in range(20)]
    began = time.monotonic()

    async with working(daygen, _one_slot(daygen)) as worker:
        await daygen.until("select count(*) = 20 from submissions where state = 'ticketed'")
        under_way = time.monotonic() - began
        most_busy = worker.busy
        await daygen.until("select count(*) = 20 from jobs where state = 'succeeded'", seconds=20)

    assert under_way < 2
    assert most_busy <= 1
    assert time.monotonic() - began < 10
    assert sorted(studio.books("accepted")) == sorted(jobs)
    assert await daygen.balance(ada) == 40
    assert await daygen.audit() == []


async def test_a_picture_is_made_while_a_film_takes_its_time(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    film = await daygen.order(ada, "[[takes:30]]", **FILM)

    async with working(daygen, _one_slot(daygen)):
        await daygen.until(OPEN_ORDER)
        picture = await daygen.order(ada)
        await daygen.until("select exists (select from jobs where state = 'succeeded')")

    assert (await daygen.job(ada, picture))["status"] == "succeeded"
    assert (await daygen.job(ada, film))["status"] == "processing"


async def test_a_film_that_lies_at_its_provider_is_starting(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[lies:0.6]] [[takes:0.4]]", **FILM)

    await daygen.worker.drain()
    lying = await daygen.job(ada, job_id)
    await asyncio.sleep(0.7)
    await daygen.worker.drain()
    begun = await daygen.job(ada, job_id)
    await daygen.drain()

    assert (lying["status"], lying["progress"]) == ("starting", 0)
    assert (begun["status"], begun["attempts"]) == ("processing", 1)
    assert begun["progress"] > 0
    assert (await daygen.job(ada, job_id))["status"] == "succeeded"


async def test_a_film_abroad_keeps_its_place_at_the_provider(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=30)
    async with daygen.db.transaction() as tx:
        await queue.set_cap(tx, "fake", 2)
    for _ in range(5):
        await daygen.order(ada, "[[takes:0.5]]", **FILM)

    await daygen.worker.drain()
    first = len(studio.books("accepted"))
    await daygen.drain()

    assert first == 2
    assert len(studio.books("accepted")) == 5
    assert await daygen.balance(ada) == 15
    assert await daygen.audit() == []


async def test_a_workspace_with_a_cap_has_no_more_films_under_way(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=30)
    async with daygen.db.transaction() as tx:
        await queue.set_share_cap(tx, ada.id, 2)
    for _ in range(4):
        await daygen.order(ada, "[[takes:0.5]]", **FILM)

    await daygen.worker.drain()
    first = len(studio.books("accepted"))
    await daygen.drain()

    assert (first, len(studio.books("accepted"))) == (2, 4)
    assert await daygen.audit() == []


async def test_many_films_are_several_orders_under_way_together(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=20)
    began = time.monotonic()

    job_id = await daygen.order(ada, "[[takes:0.6]]", model="fake/video", count=5)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], len(job["outputs"])) == ("succeeded", 5)
    assert studio.books("accepted") == [job_id, f"{job_id}.2", f"{job_id}.3"]
    assert time.monotonic() - began < 1.7
    assert await daygen.balance(ada) == 5
    assert await daygen.audit() == []


@pytest.mark.parametrize(
    ("recourse", "prompt", "state", "arrived"),
    [
        (Recourse.KEYED, "[[lost]]", "succeeded", 2),
        (Recourse.KEYED, "[[unheard]]", "succeeded", 1),
        (Recourse.LOOKUP, "[[lost]]", "succeeded", 1),
        (Recourse.LOOKUP, "[[unheard]]", "succeeded", 1),
        (Recourse.PURE, "[[lost]]", "succeeded", 2),
        (Recourse.CALLBACK, "[[lost]]", "failed", 1),
        (Recourse.NEVER, "[[lost]]", "failed", 1),
        (Recourse.NEVER, "[[unheard]]", "failed", 0),
    ],
)
async def test_an_order_whose_answer_was_lost_is_treated_as_its_adapter_says(
    database: str, tmp_path: Path, recourse: Recourse, prompt: str, state: str, arrived: int
):
    async with Daygen.open(database, tmp_path, {"fake": FakeProvider(recourse, timedelta(seconds=0.5))}) as daygen:
        studio, ada = Studio(tmp_path / "scratch"), await daygen.workspace(credits=10)

        job_id = await daygen.order(ada, prompt, **FILM)
        await daygen.drain()

        job = await daygen.job(ada, job_id)
        assert (job["status"], job["attempts"]) == (state, 1)
        assert studio.books("arrived") == [job_id] * arrived
        assert studio.books("accepted") == [job_id] * min(arrived, 1)
        assert await daygen.balance(ada) == (7 if state == "succeeded" else 10)
        assert job["error"] is None or job["error"]["code"] == "provider.outcome_unknown"
        assert await daygen.audit() == []


async def test_an_order_is_looked_for_until_the_provider_must_know_it(database: str, tmp_path: Path):
    async with Daygen.open(
        database, tmp_path, {"fake": FakeProvider(Recourse.LOOKUP, timedelta(seconds=1.5))}
    ) as daygen:
        ada = await daygen.workspace(credits=10)
        await daygen.order(ada, "[[unheard]]", **FILM)
        began = time.monotonic()

        await daygen.drain()

        assert time.monotonic() - began >= 1.5
        assert len(Studio(tmp_path / "scratch").books("accepted")) == 1
        assert await daygen.balance(ada) == 7


async def test_questions_that_are_lost_are_asked_again(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, "[[puzzle:2]]", **FILM)
    await daygen.drain()

    assert (await daygen.job(ada, job_id))["status"] == "succeeded"
    assert studio.books("arrived") == [job_id]


async def test_an_order_that_came_to_nothing_is_a_new_try_under_a_new_name(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, "[[fails:1]]", **FILM)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"]) == ("succeeded", 2)
    assert studio.books("accepted") == [job_id, f"{job_id}.2"]
    assert await daygen.events(ada) == [
        *("job.queued", "job.started", "job.requeued", "job.started", "job.output", "job.succeeded"),
    ]
    assert await daygen.audit() == []


async def test_a_film_that_may_not_be_shown_costs_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, "[[blocked]]", **FILM)
    await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["error"]["code"]) == ("failed", "provider.content_blocked")
    assert await daygen.balance(ada) == 10
    assert await daygen.audit() == []


async def test_a_refused_order_fails_like_any_other(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)

    job_id = await daygen.order(ada, "[[refuse]]", **FILM)
    await daygen.drain()

    assert (await daygen.job(ada, job_id))["error"]["code"] == "provider.content_blocked"
    assert studio.books("arrived") == []
    assert await daygen.audit() == []


async def test_a_provider_that_is_busy_or_broken_has_accepted_nothing(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)

    busy = await daygen.order(ada, "[[busy:0.2]]", **FILM)
    broken = await daygen.order(ada, "[[broken:1]]", **FILM)
    await daygen.drain()

    tries = [(await daygen.job(ada, job_id))["attempts"] for job_id in (busy, broken)]
    assert tries == [1, 2]
    assert sorted(studio.books("accepted")) == sorted([busy, broken])
    assert await daygen.balance(ada) == 4


async def test_a_film_canceled_abroad_is_canceled_at_its_provider(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:30]]", **FILM)
    await daygen.worker.drain()

    canceled = (await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")).json()
    places = await _places(daygen)
    await daygen.drain()

    assert (canceled["status"], canceled["cost"]["chargedCredits"]) == ("canceled", 0)
    assert (places, await _places(daygen)) == (1, 0)
    assert studio.books("stopped") == [job_id]
    assert await daygen.balance(ada) == 10
    assert await daygen.audit() == []


async def test_a_film_canceled_while_it_is_being_ordered_is_canceled_at_its_provider(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)
    async with working(daygen):
        job_id = await daygen.order(ada, "[[slow:0.5]] [[takes:30]]", **FILM)
        await daygen.until("select exists (select from submissions where state = 'sent')")

        await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")
        await _until(lambda: studio.books("stopped") == [job_id])

    assert await daygen.balance(ada) == 10
    assert await daygen.audit() == []


async def test_a_film_past_its_deadline_is_canceled_at_its_provider(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, "[[takes:300]]", deadlineSeconds=60, **FILM)
    await daygen.worker.drain()

    await daygen.later(seconds=61)
    await expire_overdue(daygen.db)
    await daygen.worker.drain()

    assert (await daygen.job(ada, job_id))["status"] == "expired"
    assert studio.books("stopped") == [job_id]
    assert await daygen.audit() == []


async def test_a_worker_that_is_stopped_while_it_orders_keeps_the_ticket(daygen: Daygen, studio: Studio):
    ada = await daygen.workspace(credits=10)
    impatient = _one_slot(daygen, grace=timedelta(0))
    async with working(daygen, impatient):
        job_id = await daygen.order(ada, "[[slow:0.5]]", **FILM)
        await daygen.until("select exists (select from submissions where state = 'sent')")
    async with daygen.db.reading() as tx:
        state = await tx.value("select state from submissions")

    await daygen.drain()

    assert state == "ticketed"
    assert studio.books("arrived") == [job_id]
    assert (await daygen.job(ada, job_id))["attempts"] == 1


async def test_the_trace_shows_every_step(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, **FILM)
    await daygen.drain()

    await daygen.until("select exists (select from spans where name = 'provider.wait')")
    spans = (await daygen.api(ada).get(f"/v1/jobs/{job_id}/trace")).json()["spans"]

    assert {"provider.submit", "provider.wait", "provider.collect"} <= {span["name"] for span in spans}


def _one_slot(daygen: Daygen, grace: timedelta = timedelta(seconds=5)) -> Worker:
    worker = daygen.worker
    return Worker(daygen.db, daygen.house.bells, worker.handlers, slots=1, lease=timedelta(seconds=3), grace=grace)


async def _places(daygen: Daygen) -> int:
    """How many places of the pool are taken."""
    async with daygen.db.reading() as tx:
        return next(row["abroad"] + row["adrift"] for row in await queue.pools(tx) if row["name"] == "fake/video")


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0.02)
