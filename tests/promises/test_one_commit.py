"""P19: what a job is and what was said about it are one commit, however and whenever the database is lost."""

import dataclasses
import itertools
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
import pytest
from asyncpg import Record

from daygen.app.worker import make_courier, make_worker
from daygen.infra.db import Database, Tx
from daygen.infra.outbox import Relay
from daygen.infra.queue import Worker
from daygen.jobs import Admission, expire_overdue
from daygen.kit.ids import AssetId
from daygen.providers.fake import FakeProvider
from tests.product import HOST, Ada, Daygen
from tests.promises.seeds import chances

pytestmark = pytest.mark.core

Cut = Literal["before", "after"]
BEFORE = "the database was lost before the commit"
AFTER_IT = "the database was lost before it could say that it had committed"

# How an order goes: its prompt, and what its end is when nothing is cut off.
ENDINGS: Mapping[str, str] = {
    "a lighthouse": "succeeded",
    "[[partial:1]]": "succeeded",
    "[[refuse]]": "failed",
    "[[unknown]]": "failed",
    "[[broken]]": "failed",
    "[[broken:1]]": "succeeded",
    "[[busy:0.01]]": "succeeded",
    "[[bug]]": "failed",
    "cancel it": "canceled",
    "too late": "expired",
}
AFTER: Mapping[str, set[str]] = {
    "": {"job.queued"},
    "job.queued": {"job.started", "job.canceled", "job.expired", "job.failed"},
    "job.started": {"job.output", "job.requeued", "job.succeeded", "job.failed", "job.canceled", "job.expired"},
    "job.output": {"job.output", "job.requeued", "job.succeeded"},
    "job.requeued": {"job.started", "job.canceled", "job.expired", "job.failed"},
}


class Cuts(Database):
    """The database, lost at the n-th commit: just before it, so that nothing happened, or just after it."""

    commits = 0
    cut: tuple[int, Cut] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        cut = self._next()
        async with super().transaction() as tx:
            yield tx
            if cut == "before":
                raise ConnectionResetError(BEFORE)
        if cut == "after":
            raise ConnectionResetError(AFTER_IT)

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[Tx]:
        cut = self._next()
        if cut == "before":
            raise ConnectionResetError(BEFORE)
        async with super().statement() as tx:
            yield tx
        if cut == "after":
            raise ConnectionResetError(AFTER_IT)

    def _next(self) -> Cut | None:
        self.commits += 1
        return self.cut[1] if self.cut is not None and self.cut[0] == self.commits else None


class Story:
    """One house whose database can be lost, and the stories of its jobs."""

    def __init__(self, daygen: Daygen, ada: Ada, db: Cuts) -> None:
        self.daygen = daygen
        self.ada = ada
        self.db = db
        self._house = dataclasses.replace(daygen.house, db=self.db)
        self._relay = Relay(self.db, daygen.house.bells)
        daygen.app.state.db = self.db
        daygen.app.state.admission = Admission(self.db, HOST)
        self._worker = self._new_worker()

    async def tell(self, prompt: str, cut: tuple[int, Cut] | None) -> str:
        """Order, work, lose the database once, and go on until the job has ended; its state."""
        self.db.commits, self.db.cut = 0, cut
        key = f"{prompt} {cut}"
        job_id = await self._insist("/v1/jobs", key, {"model": "fake/image", "input": {"prompt": prompt}, "count": 2})
        if prompt == "cancel it":
            await self._insist(f"/v1/jobs/{job_id}/cancel", f"cancel {key}", None)
        if prompt == "too late":
            await self.daygen.later(seconds=3601)
            await self._again(lambda: expire_overdue(self.db))
        return await self._to_the_end(f"/v1/jobs/{job_id}")

    async def tell_of_batch(self, cut: tuple[int, Cut] | None) -> str:
        """The same for a batch of which one job is canceled by itself and one fails; its state."""
        self.db.commits, self.db.cut = 0, cut
        orders = [{"model": "fake/image", "input": {"prompt": prompt}} for prompt in ("a", "[[refuse]]", "b")]
        batch_id = await self._insist("/v1/batches", f"a batch {cut}", {"orders": orders})
        jobs = (await self.daygen.api(self.ada).get(f"/v1/batches/{batch_id}")).json()["jobIds"]
        await self._insist(f"/v1/jobs/{jobs[2]}/cancel", f"cancel one {cut}", None)
        state = await self._to_the_end(f"/v1/batches/{batch_id}")
        await self._insist(f"/v1/batches/{batch_id}/cancel", f"cancel all {cut}", None)
        return state

    async def _to_the_end(self, path: str) -> str:
        while (shown := (await self.daygen.api(self.ada).get(path)).json())["finishedAt"] is None:
            await self._again(self._worker.drain)
            await self._again(self._relay.turn)
            await self.daygen.later(seconds=400)  # past every wait between two tries, and every lease
            await self._again(self._worker.reap)
        while await self._again(self._relay.turn):
            pass
        state: str = shown["status"]
        return state

    async def _insist(self, path: str, key: str, body: Any) -> str:
        """Repeat a request until it is answered; the id of what it is about."""
        while True:
            answer: httpx.Response = await self.daygen.api(self.ada).post(
                path, json=body, headers={"Idempotency-Key": key}
            )
            if answer.status_code != 503:
                break
        assert answer.is_success, answer.text
        told = answer.json()
        return told.get("jobId") or told.get("batchId") or told["id"]

    async def _again(self, work: Any) -> Any:
        """Do it, and once more when the database was lost, as a process does that is started anew."""
        try:
            return await work()
        except ConnectionResetError:
            self._worker = self._new_worker()
            return await work()

    def _new_worker(self) -> Worker:
        return make_worker(self._house, {"fake": FakeProvider()}, make_courier(self._house))


@pytest.fixture
async def story(daygen: Daygen) -> AsyncGenerator[Story]:
    db = await Cuts.open(daygen.house.settings.database_url, size=4)
    yield Story(daygen, await daygen.workspace(credits=100_000), db)
    await db.close()


async def test_state_and_story_agree_wherever_a_commit_is_lost(story: Story):
    dice = chances("P19")

    for prompt, end in ENDINGS.items():
        assert await story.tell(prompt, None) == end
        for cut in dice.sample(_every_cut(story.db.commits), 10):
            await story.tell(prompt, cut)

    assert await _disagreements(story) == []


async def test_a_batch_ends_once_wherever_a_commit_is_lost(story: Story):
    assert await story.tell_of_batch(None) == "partially_succeeded"
    for cut in chances("P19, batches").sample(_every_cut(story.db.commits), 12):
        assert await story.tell_of_batch(cut) == "partially_succeeded"

    assert await _disagreements(story) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("prompt", ENDINGS)
async def test_state_and_story_agree_whichever_commit_is_lost(story: Story, prompt: str):
    assert await story.tell(prompt, None) == ENDINGS[prompt]
    cuts = _every_cut(story.db.commits)

    for cut in cuts:
        await story.tell(prompt, cut)

    assert await _disagreements(story) == []


async def test_what_is_taken_back_was_never_said(story: Story):
    daygen, ada = story.daygen, story.ada
    await daygen.drain()
    before = await daygen.events(ada)
    story.db.cut = (1, "before")

    lost = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "a lighthouse"}})
    await daygen.drain()

    assert lost.status_code == 503
    assert await daygen.events(ada) == before
    assert (await daygen.api(ada).get("/v1/jobs")).json()["data"] == []
    assert await daygen.balance(ada) == 100_000


def _every_cut(commits: int) -> list[tuple[int, Cut]]:
    """One place more than there are commits: what is put right after a loss commits too."""
    return [(number, side) for number in range(1, commits + 2) for side in ("before", "after")]


async def _disagreements(story: Story) -> list[str]:
    """Where what jobs are and what was said of them is not the same."""
    async with story.daygen.db.reading() as tx:
        jobs = {row["id"]: row["state"] for row in await tx.rows("select id, state from jobs")}
        said = await tx.rows("select subject, type, data from events where type like 'job.%' order by number")
        outputs = await tx.rows("select job_id, asset_id from job_outputs order by job_id, index")
        unsaid = await tx.value("select count(*) from outbox")
        ownerless = await tx.value("select count(*) from assets where id not in (select asset_id from job_outputs)")
    wrong = [f"{unsaid} facts were never numbered"] if unsaid else []
    wrong += [f"{ownerless} assets are of no job"] if ownerless else []
    told: dict[Any, list[Record]] = {job_id: [] for job_id in jobs}
    for row in said:
        if row["subject"] in told:
            told[row["subject"]].append(row)
        else:
            wrong.append(f"{row['type']} of a job that is not there")
    for job_id, events in told.items():
        wrong += _disagreement(f"job.{jobs[job_id]}", events, [row for row in outputs if row["job_id"] == job_id])
    return wrong + await story.daygen.audit()


def _disagreement(end: str, events: Sequence[Record], outputs: Sequence[Record]) -> list[str]:
    types = [event["type"] for event in events]
    assets = sorted(
        output["assetId"] for event in events if event["type"] == "job.output" for output in event["data"]["outputs"]
    )
    wrong = [f"{types}: {to} after {at}" for at, to in itertools.pairwise(["", *types]) if to not in AFTER.get(at, ())]
    if types[-1] != end:
        wrong.append(f"{types} of {end}")
    if assets != sorted(str(AssetId.of(row["asset_id"])) for row in outputs):
        wrong.append(f"{types}: outputs that were said are not those there are")
    return wrong
