"""One job's events as a stream: from its beginning or from where a client stopped, to its end."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from daygen.infra import outbox
from tests.product import Ada, Daygen
from tests.served import client, served

STORY = ["job.queued", "job.started", "job.output", "job.succeeded"]


@pytest.fixture
async def url(daygen: Daygen) -> AsyncGenerator[str]:
    async with served(daygen) as url:
        yield url


def told(stream: httpx.Response) -> list[Mapping[str, Any]]:
    """The events of a whole stream: `id` (None for progress) and `event`."""
    frames = [frame.splitlines() for frame in stream.text.split("\n\n") if frame and not frame.startswith(":")]
    return [dict(line.split(": ", 1) for line in frame) for frame in frames]


async def stream(daygen: Daygen, who: Ada, job_id: str, after: int | None = None) -> list[Mapping[str, Any]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with asyncio.timeout(10):
        answer = await daygen.api(who).get(f"/v1/jobs/{job_id}/events", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    return told(answer)


async def test_a_stream_tells_the_whole_story_and_ends(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()

    events = await stream(daygen, ada, job_id)

    assert [event["event"] for event in events] == STORY
    assert [event["id"] for event in events] == ["2", "3", "4", "5"]
    assert f'"jobId":"{job_id}"' in events[-1]["data"]


async def test_a_stream_follows_a_job_while_it_runs(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[slow:0.6]]")
    async with client(url, ada) as api, api.stream("GET", f"/v1/jobs/{job_id}/events") as open_stream:
        work = asyncio.create_task(daygen.drain())
        async with asyncio.timeout(20):
            lines = [line async for line in open_stream.aiter_lines()]
        await work

    types = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    ids = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert [kind for kind in types if kind != "job.progress"] == STORY
    assert "job.progress" in types
    assert len(ids) == len(STORY)  # progress has none: one resumes after what is kept


async def test_a_batch_has_a_stream_that_ends_with_it(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    await daygen.order(ada)
    orders = [{"model": "fake/image", "input": {"prompt": prompt}} for prompt in ("[[slow:0.3]]", "[[refuse]]")]
    batch = (await daygen.api(ada).post("/v1/batches", json={"orders": orders})).json()
    path = f"/v1/batches/{batch['batchId']}/events"
    async with client(url, ada) as api, api.stream("GET", path) as open_stream:
        work = asyncio.create_task(daygen.drain())
        async with asyncio.timeout(20):
            lines = [line async for line in open_stream.aiter_lines()]
        await work
    whole = told(await daygen.api(ada).get(path))
    rest = told(await daygen.api(ada).get(path, headers={"Last-Event-ID": whole[-2]["id"]}))
    nothing = told(await daygen.api(ada).get(path, headers={"Last-Event-ID": whole[-1]["id"]}))

    types = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert [kind for kind in types if kind != "job.progress"] == [event["event"] for event in whole]
    assert [event["event"] for event in whole[:3]] == ["batch.created", "job.queued", "job.queued"]
    assert sorted(event["event"] for event in whole[3:-1]) == sorted([*STORY[1:], "job.started", "job.failed"])
    assert (whole[-1]["event"], rest, nothing) == ("batch.finished", whole[-1:], [])
    assert '"status":"partially_succeeded"' in whole[-1]["data"]


@pytest.mark.parametrize("seen", [1, 2, 3])
async def test_a_stream_goes_on_where_the_client_stopped(daygen: Daygen, seen: int):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()
    first = int((await stream(daygen, ada, job_id))[0]["id"])

    events = await stream(daygen, ada, job_id, after=first + seen - 1)

    assert [event["event"] for event in events] == STORY[seen:]


async def test_a_client_that_has_everything_gets_nothing_and_the_end(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()
    last = int((await stream(daygen, ada, job_id))[-1]["id"])
    await daygen.order(ada)
    await daygen.drain()

    assert await stream(daygen, ada, job_id, after=last) == []
    assert await stream(daygen, ada, job_id, after=last + 2) == []


async def test_a_cursor_that_is_none_of_ours_gets_the_whole_story(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()

    events = await stream(daygen, ada, job_id, after=10**9)

    assert [event["event"] for event in events] == STORY


@pytest.mark.parametrize(
    ("prompt", "last"), [("[[refuse]]", "job.failed"), ("[[unknown]]", "job.failed"), ("canceled", "job.canceled")]
)
async def test_a_stream_ends_with_whatever_end_the_job_has(daygen: Daygen, prompt: str, last: str):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt=prompt)
    if prompt == "canceled":
        await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")
    await daygen.drain()

    events = await stream(daygen, ada, job_id)

    assert events[-1]["event"] == last


async def test_the_stream_of_a_job_whose_events_are_forgotten_ends(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()
    await daygen.later(seconds=31 * 86_400)
    async with daygen.db.transaction() as tx:
        await outbox.forget(tx, timedelta(days=30))

    assert await stream(daygen, ada, job_id) == []


async def test_a_last_event_id_that_is_none_is_refused(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)

    for given in ("-1", "x", "1.5", "", str(1 << 62), "9" * 5000):
        answer = await daygen.api(ada).get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": given})

        assert answer.status_code == 422, given
        assert [fault["path"] for fault in answer.json()["errors"]] == ["last-event-id"]


async def test_nobody_follows_another_workspaces_job(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace()
    job_id = await daygen.order(ada)

    answer = await daygen.api(eve).get(f"/v1/jobs/{job_id}/events")

    assert (answer.status_code, answer.json()["code"]) == (404, "jobs.not_found")
