"""P1: a job holds once, then settles or releases once, with one result and one final event, wherever its worker dies.

A proxy between the worker and Postgres (or storage) kills it with -9 at its k-th message, before or after that is
forwarded. Another worker then has to bring the job to its end within two leases and 5 seconds.
"""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daygen.jobs import TERMINAL
from daygen.kit.ids import JobId
from daygen.providers.fake.studio import Studio
from tests.infra.rclone import serve_s3
from tests.product import Ada, Daygen
from tests.promises.doomed import Doomed, Makers, Wire, at_work
from tests.promises.nursery import Nursery
from tests.promises.seeds import chances
from tests.transports.brokers import RedisBroker, SqsBroker, moto_server, redis_server
from tests.transports.wire import Wire as ServerWire

LEASE_S = 1.0
FINAL_WITHIN_S = 2 * LEASE_S + 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A job, and how it may end: state and outputs for each, which cost `price`."""

    prompt: str
    ends: Mapping[str, int]
    count: int = 1
    canceled: bool = False
    model: str = "fake/image"
    price: int = 1

    @property
    def order(self) -> dict[str, Any]:
        return {"model": self.model, "prompt": self.prompt, "count": self.count}


KINDS = {
    "image": Kind("a lighthouse", {"succeeded": 1}),
    "four outputs": Kind("a lighthouse", {"succeeded": 4}, count=4),
    "refused": Kind("[[refuse]]", {"failed": 0}),
    "broken once": Kind("[[broken:1]]", {"succeeded": 1}),
    "canceled": Kind("[[slow:0.4]]", {"canceled": 0, "succeeded": 1}, canceled=True),
    "polled video": Kind("[[takes:0.3]]", {"succeeded": 1}, model="fake/video", price=3),
    "canceled video": Kind(
        "[[takes:0.4]]", {"canceled": 0, "succeeded": 1}, canceled=True, model="fake/video", price=3
    ),
}
STORED = ("image", "four outputs", "broken once", "polled video")


@dataclass
class House:
    """The product in this process, to order with and to look into, and a worker for it that is going to die."""

    product: Daygen
    makers: Makers
    wire: Wire
    storage_url: str | None
    studio: Studio
    worker: Doomed | None = None

    async def strike(self, kind: Kind, at: int | None, *, after: bool) -> int | None:
        """Order a job, kill its worker at this message, and see that another one finishes it.

        Returns the number of messages there were when the worker survived, None when it died.
        """
        worker = self.worker or await self._worker()
        await at_work(self.product.db, worker)
        ada = await self.product.workspace(credits=10)
        worker.trap.arm(at, after=after)
        job_id = await self.product.order(ada, **kind.order)
        canceling = asyncio.create_task(self._cancel(ada, job_id)) if kind.canceled else None
        dying = asyncio.create_task(worker.trap.sprung.wait())
        ending = asyncio.create_task(self._end(job_id))
        await asyncio.wait({dying, ending}, return_when=asyncio.FIRST_COMPLETED)
        died, seen = worker.trap.sprung.is_set(), worker.trap.seen
        dying.cancel()
        if died:
            began = time.monotonic()
            self.worker = await self._worker()
            await worker.bury()
            async with asyncio.timeout(FINAL_WITHIN_S):
                await ending
            assert time.monotonic() - began < FINAL_WITHIN_S
        elif canceling is not None:
            await asyncio.sleep(LEASE_S / 2)  # the worker learns of it
        if canceling is not None:
            await canceling
        await self._examine(kind, ada, job_id)
        return None if died else seen

    async def _worker(self) -> Doomed:
        self.worker = await self.makers.worker(wire=self.wire, storage_url=self.storage_url)
        return self.worker

    async def _cancel(self, ada: Ada, job_id: str) -> None:
        """Cancel the job as soon as its worker is at it."""
        while (await self.product.job(ada, job_id))["status"] == "queued":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        answer = await self.product.api(ada).post(f"/v1/jobs/{job_id}/cancel")
        assert answer.status_code == 200

    async def _end(self, job_id: str) -> None:
        """Wait until the job has ended and every event of it is numbered."""
        ended = """
            select finished_at is not null and not exists (select from outbox where subject = $1)
              and not exists (select from tasks where id = task_id) from jobs where id = $1"""
        async with self.product.db.reading() as tx:
            while not await tx.value(ended, JobId.parse(job_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _examine(self, kind: Kind, ada: Ada, job_id: str) -> None:
        job = await self.product.job(ada, job_id)
        assert job["status"] in kind.ends, job
        assert len(job["outputs"]) == kind.ends[job["status"]]
        assert job["cost"]["chargedCredits"] == kind.price * len(job["outputs"])
        assert await self.product.balance(ada) == 10 - job["cost"]["chargedCredits"]
        ordered = [ref for ref in self.studio.books("accepted") if ref.startswith(job_id)]
        assert len(ordered) == 1 if kind.model == "fake/video" and not kind.canceled else len(ordered) <= 1
        events = await self.product.events(ada)
        assert [event for event in events if event in TERMINAL] == [events[-1]]
        assert events.count("job.output") == len(job["outputs"])
        assert await self.product.audit() == []
        async with self.product.db.reading() as tx:
            keys = [row["key"] for row in await tx.rows("select key from assets where workspace_id = $1", ada.id)]
        async with asyncio.timeout(FINAL_WITHIN_S):
            while (stored := await self.product.house.storage.list(str(ada.id))) != sorted(keys):
                assert set(keys) <= set(stored)
                if kind.canceled:
                    break  # nobody may be left to clear away what a dead worker stored
                await asyncio.sleep(0.05)


@asynccontextmanager
async def house(
    nursery: Nursery,
    database: str,
    folder: Path,
    wire: Wire = "postgres",
    storage_url: str | None = None,
    **vendor: str,
) -> AsyncGenerator[House]:
    makers = Makers(nursery, database, folder, {"DAYGEN_LEASE_SECONDS": str(LEASE_S), **vendor})
    changes: dict[str, Any] = {"storage_url": storage_url, "vendor": vendor} if storage_url else {}
    async with Daygen.open(database, folder, **changes) as product:
        opened = House(product, makers, wire, storage_url, Studio(folder / "scratch"))
        try:
            yield opened
        finally:
            if opened.worker is not None:
                await opened.worker.bury()


@asynccontextmanager
async def carried(transport: str, folder: Path) -> AsyncGenerator[Mapping[str, str]]:
    """The settings of workers whose tasks a transport carries, on a server of the test's own."""
    servers = {"bullmq": redis_server, "sqs": moto_server}
    with servers[transport](folder) as port:
        async with ServerWire.to(port) as wire:
            if transport == "bullmq":
                broker: RedisBroker | SqsBroker = RedisBroker(port, wire, 0)
            else:
                broker = SqsBroker(port, wire, "tasks")
                await broker.create()
            yield {**broker.env, "DAYGEN_QUEUE_REPUBLISH_SECONDS": "1"}


async def every_point(strikes: House, kind: Kind) -> int:
    """Strike at every message, before and after; how often that killed."""
    killed = 0
    for after in (False, True):
        survived = 0
        for at in itertools.count(1):
            survived += await strikes.strike(kind, at, after=after) is not None
            killed += survived == 0
            if survived == 2:  # nothing is left of the job to die in
                break
    return killed


async def some_points(strikes: House, kinds: Sequence[Kind], dice: random.Random, *, each: int) -> None:
    """See each kind through once, then strike it at some messages of its life."""
    for kind in kinds:
        messages = await strikes.strike(kind, None, after=False)
        assert messages is not None
        for after in itertools.islice(itertools.cycle([False, True]), each):
            await strikes.strike(kind, dice.randint(1, messages), after=after)


async def test_a_worker_may_die_at_some_words_to_postgres(nursery: Nursery, database: str, tmp_path: Path):
    dice = chances("deaths at Postgres")
    async with house(nursery, database, tmp_path) as strikes:
        await some_points(strikes, list(KINDS.values()), dice, each=2)


@pytest.mark.parametrize("transport", ["bullmq", "sqs"])
async def test_a_worker_may_die_at_some_words_also_behind_a_transport(
    nursery: Nursery, database: str, tmp_path: Path, transport: str
):
    dice = chances(f"deaths behind {transport}")
    async with (
        carried(transport, tmp_path) as env,
        house(nursery, database, tmp_path, "postgres", None, **env) as strikes,
    ):
        await some_points(strikes, dice.sample(list(KINDS.values()), 2), dice, each=2)


async def test_a_worker_may_die_at_some_words_to_storage(nursery: Nursery, database: str, tmp_path: Path):
    dice = chances("deaths at storage")
    with serve_s3(tmp_path) as bucket:
        async with house(nursery, database, tmp_path, "storage", bucket.url, **bucket.credentials) as strikes:
            await some_points(strikes, [KINDS[name] for name in STORED[:2]], dice, each=2)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_may_die_at_any_word_to_postgres(nursery: Nursery, database: str, tmp_path: Path, kind: str):
    async with house(nursery, database, tmp_path) as strikes:
        assert await every_point(strikes, KINDS[kind]) >= 80


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("transport", ["bullmq", "sqs"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_may_die_at_any_word_also_behind_a_transport(
    nursery: Nursery, database: str, tmp_path: Path, transport: str, kind: str
):
    async with (
        carried(transport, tmp_path) as env,
        house(nursery, database, tmp_path, "postgres", None, **env) as strikes,
    ):
        assert await every_point(strikes, KINDS[kind]) >= 80


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", STORED)
async def test_a_worker_may_die_at_any_word_to_storage(nursery: Nursery, database: str, tmp_path: Path, kind: str):
    with serve_s3(tmp_path) as bucket:
        async with house(nursery, database, tmp_path, "storage", bucket.url, **bucket.credentials) as strikes:
            assert await every_point(strikes, KINDS[kind]) >= 4


PROMPTS = ["a lighthouse", "a harbour", "[[slow:0.3]]", "[[slow:0.1]]", "[[broken:1]]", "[[busy:0.2]]", "[[refuse]]"]


async def survive(nursery: Nursery, database: str, folder: Path, *, jobs: int, every_s: float) -> None:
    """Order jobs, and kill one of three workers again and again until all jobs have ended."""
    dice = chances("deaths at random")
    orders = [(dice.choice(PROMPTS), dice.randint(1, 4)) for _ in range(jobs)]
    async with Daygen.open(database, folder) as product:
        makers = Makers(nursery, database, folder, {"DAYGEN_LEASE_SECONDS": str(LEASE_S), "DAYGEN_WORKER_SLOTS": "2"})
        workers = [await makers.worker() for _ in range(3)]
        ada = await product.workspace(credits=4 * jobs)
        ordered = {await product.order(ada, prompt, count=count): (prompt, count) for prompt, count in orders}
        unfinished = "select count(*) from jobs where finished_at is null"
        deaths = 0
        async with asyncio.timeout(jobs), product.db.reading() as tx:
            while await tx.value(unfinished):
                await asyncio.sleep(dice.uniform(0.5, 1.5) * every_s)
                which = dice.randrange(3)
                dead, workers[which] = workers[which], await makers.worker()
                await dead.bury()
                deaths += 1
        assert deaths >= jobs / 25
        spent = 0
        for job_id, (prompt, count) in ordered.items():
            job = await product.job(ada, job_id)
            assert job["status"] == ("failed" if prompt == "[[refuse]]" else "succeeded"), job
            assert len(job["outputs"]) == job["cost"]["chargedCredits"] == (0 if prompt == "[[refuse]]" else count)
            spent += job["cost"]["chargedCredits"]
        for worker in workers:
            await worker.bury()
        assert await product.balance(ada) == 4 * jobs - spent
        assert await product.audit() == []


async def test_jobs_survive_workers_that_die_at_random(nursery: Nursery, database: str, tmp_path: Path):
    await survive(nursery, database, tmp_path, jobs=60, every_s=0.7)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_many_jobs_survive_workers_that_die_at_random(nursery: Nursery, database: str, tmp_path: Path):
    await survive(nursery, database, tmp_path, jobs=200, every_s=0.5)
