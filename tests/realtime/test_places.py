"""Places in the queue: told as they change to who follows, asked for by nobody else."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from daygen.infra.db import Database, Tx
from daygen.jobs.places import Pace, Places, Waiting
from daygen.kit.ids import JobId
from tests.product import Ada, Daygen
from tests.served import open_socket, served


class Asked:
    """A database that counts how often it was asked."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.times = 0

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Tx]:
        self.times += 1
        async with self._real.reading() as tx:
            yield tx


class Line:
    """The places of a house, asked every 20 ms, and what they told."""

    def __init__(self, daygen: Daygen) -> None:
        self.asked = Asked(daygen.db)
        self.told: list[tuple[JobId, int]] = []
        self.places = Places(
            cast("Database", self.asked), daygen.app.state.feed, self._hear, every=timedelta(milliseconds=20)
        )

    def _hear(self, one: Waiting, place: int, _estimate_s: int | None) -> None:
        self.told.append((one.job_id, place))


@pytest.fixture
async def line(daygen: Daygen) -> AsyncGenerator[Line]:
    line = Line(daygen)
    running = asyncio.create_task(line.places.run())
    yield line
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@contextmanager
def following(line: Line, about: UUID) -> Generator[None]:
    stop = line.places.follow(about)
    yield
    stop()


async def ids(daygen: Daygen, who: Ada, count: int) -> list[JobId]:
    return [JobId.parse(await daygen.order(who)) for _ in range(count)]


async def until_told(line: Line, count: int) -> None:
    async with asyncio.timeout(10):
        while len(line.told) < count:  # noqa: ASYNC110 - no event of the test's own in between
            await asyncio.sleep(0.01)


async def test_nobody_is_asked_while_nobody_follows(daygen: Daygen, line: Line):
    ada = await daygen.workspace(credits=10)
    await ids(daygen, ada, 2)
    await daygen.relay.turn()

    await asyncio.sleep(0.3)

    assert (line.asked.times, line.told) == (0, [])


async def test_nobody_is_asked_while_nothing_that_is_followed_waits(daygen: Daygen, line: Line):
    ada, bob = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await ids(daygen, bob, 2)
    with following(line, ada.id):
        await asyncio.sleep(0.3)
        after_following = line.asked.times
        await daygen.relay.turn()
        await asyncio.sleep(0.3)

    assert (after_following, line.asked.times, line.told) == (1, 1, [])


async def test_each_change_is_told_once(daygen: Daygen, line: Line):
    ada, bob = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await ids(daygen, bob, 1)
    first, second = await ids(daygen, ada, 2)
    with following(line, ada.id):
        await until_told(line, 2)
        await asyncio.sleep(0.2)
        before, line.told[:] = list(line.told), []
        async with daygen.db.transaction() as tx:  # Bob's leaves the line
            await tx.run("delete from tasks where lane in (select id from lanes where owner = $1)", bob.id)
        await until_told(line, 2)
        await asyncio.sleep(0.2)

    assert before == [(first, 1), (second, 2)]
    assert line.told == [(first, 0), (second, 1)]


async def test_what_begins_or_ends_is_not_told_any_more_and_then_nobody_is_asked(daygen: Daygen, line: Line):
    ada = await daygen.workspace(credits=10)
    await daygen.drain()
    with following(line, ada.id):
        (job_id,) = await ids(daygen, ada, 1)
        while await daygen.relay.turn():
            pass
        await until_told(line, 1)
        await daygen.drain()
        await asyncio.sleep(0.3)
        asked = line.asked.times
        await asyncio.sleep(0.3)

    assert line.told == [(job_id, 0)]
    assert line.asked.times == asked


async def test_who_comes_later_is_told_what_others_know(daygen: Daygen, line: Line):
    ada = await daygen.workspace(credits=10)
    (job_id,) = await ids(daygen, ada, 1)
    with following(line, ada.id):
        await until_told(line, 1)
        with following(line, job_id):
            await until_told(line, 2)
        with following(line, ada.id):
            await until_told(line, 3)

    assert line.told == [(job_id, 0)] * 3


async def test_a_socket_hears_of_places_and_of_nobody_elses(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await ids(daygen, eve, 1)
    (job_id,) = await ids(daygen, ada, 1)
    async with served(daygen) as url, open_socket(url, ada) as live:
        await live.asked(op="subscribe", channel=f"workspace:{ada.id}")
        (told,) = await live.events("job.progress", progress=True)

    data: dict[str, Any] = told["data"]
    assert data == {
        "jobId": str(job_id),
        "batchId": None,
        "status": "queued",
        "progress": 0,
        "position": 1,
        "estimateSeconds": None,
        "model": "fake/image",
        "operation": "text_to_image",
        "attempts": 0,
        "previews": [],
    }


async def test_a_list_says_the_places_of_what_waits(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    await ids(daygen, ada, 1)
    await daygen.drain()
    await ids(daygen, ada, 2)

    listed = (await daygen.api(ada).get("/v1/jobs")).json()["data"]

    assert [job["position"] for job in listed] == [1, 0, None]


def test_an_estimate_follows_the_pace_at_which_the_line_was_seen_to_move():
    near, far = JobId.new(), JobId.new()
    pace = Pace()
    estimates: list[int | None] = []
    for second in range(5):
        pace.note(float(second), {near: 10 - 2 * second, far: 100 - 2 * second})
        estimates.append(pace.estimate(92))
    pace.note(200.0, {far: 92})

    assert estimates == [None, None, None, 47, 47]  # two a second, so 93 in 46.5 s
    assert pace.estimate(92) is None  # nothing moved for longer than a minute
