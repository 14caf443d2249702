"""P14: fair and capped. Real workers, whose provider notes every call that begins and ends.

One workspace has thousands of jobs waiting and another orders one: that begins within two places. The provider never
has more calls in flight than its cap, also when a worker dies in the middle of some. When it says `Retry-After: 3`,
nobody asks it for 3 seconds, and no job is touched. Weights, members and priorities are served as they say.
"""

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from daygen import catalog, jobs
from daygen.identity import ALL_SCOPES, Caller
from daygen.infra import queue
from daygen.infra.db import Database
from daygen.jobs import Order, Priority
from daygen.kit.clock import SystemClock
from daygen.kit.ids import UserId
from daygen.providers.fake import Note, notes
from tests.processes import House
from tests.product import Ada

CAP = 4
CALL_S = 4.0
SLOW = "[[note]][[slow:0.15]]"
WAITS_OTHERWISE = "select count(*) from tasks where state <> 'running' and (state <> 'ready' or run_at is not null)"
MODELS = catalog.load(["fake"], SystemClock())


@dataclasses.dataclass
class Press:
    """A house with three workers and a provider that takes `CAP` calls at once."""

    house: House
    db: Database
    owners: dict[str, str] = dataclasses.field(default_factory=dict[str, str])

    async def workspace(self, weight: int = 1) -> Ada:
        ada = await self.house.workspace(credits=20_000)
        async with self.db.transaction() as tx:
            await queue.set_weight(tx, ada.id, weight)
        return ada

    async def order(
        self,
        ada: Ada,
        count: int = 1,
        *,
        of: str,
        prompt: str = SLOW,
        member: UserId | None = None,
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """Order many at once, as the api does for each."""
        caller = Caller(ada.id, member, ALL_SCOPES)
        for chunk in range(0, count, 200):
            async with self.db.transaction() as tx:
                for _ in range(min(200, count - chunk)):
                    plan = MODELS.plan("fake/image", None, {"prompt": prompt}, 1)
                    job, _window = await jobs.submit(tx, caller, Order(plan, priority, timedelta(hours=2)))
                    self.owners[str(job.id)] = of

    def notes(self) -> Sequence[Note]:
        return notes(self.house.folder / "scratch")

    def begun(self) -> Sequence[tuple[float, str]]:
        """When and of whom calls began."""
        return [(note.at, self.owners[note.ref]) for note in self.notes() if note.began]

    async def until_begun(self, count: int, *, of: str | None = None) -> Sequence[tuple[float, str]]:
        async with asyncio.timeout(60):
            while len(begun := [one for one in self.begun() if of in (None, one[1])]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return begun

    def most_in_flight(self, lost: Mapping[str, float] | None = None) -> int:
        """The most calls that were in flight at once; those that were `lost` with a worker until that time."""
        moments = [(note.at, 1 if note.began else -1) for note in self.notes()]
        moments += [(until, -1) for until in (lost or {}).values()]
        in_flight, most = 0, 0
        for _at, change in sorted(moments):
            in_flight += change
            most = max(most, in_flight)
        return most

    async def forget(self) -> None:
        """Throw away what still waits, so that the house can end and its books be read."""
        unfinished = "select id, workspace_id from jobs where finished_at is null limit 500"
        async with asyncio.timeout(120):
            while True:
                async with self.db.reading() as tx:
                    rows = await tx.rows(unfinished)
                if not rows:
                    return
                async with self.db.transaction() as tx:
                    for row in rows:
                        await jobs.cancel(tx, row["workspace_id"], row["id"])


@asynccontextmanager
async def press(database: str, folder: Path, **env: str) -> AsyncGenerator[Press]:
    env = {"DAYGEN_LEASE_SECONDS": "1", "DAYGEN_CALL_SECONDS": str(CALL_S)} | env
    async with House.open(folder, database, apis=1, workers=3, env=env) as house:
        db = await Database.open(database, size=4)
        try:
            async with db.transaction() as tx:
                await queue.set_cap(tx, "fake", CAP)
            yield Press(house, db)
        finally:
            await db.close()


async def stay_fair(database: str, folder: Path, *, waiting: int) -> None:
    """See that one job begins within two places behind many, that the cap holds, and that a 429 is waited for."""
    async with press(database, folder) as fake:
        ada, bob = await fake.workspace(), await fake.workspace()
        await fake.order(ada, waiting, of="a")
        await fake.until_begun(3 * CAP)

        one = await fake.house.order(fake.house.api(bob), SLOW)
        ordered_at = time.time()
        fake.owners[one] = "b"
        ((began_at, _of),) = await fake.until_begun(1, of="b")

        assert sum(ordered_at < at < began_at for at, _of in fake.begun()) <= 2
        assert (await fake.house.job(fake.house.api(ada), _any_queued(fake)))["position"] > 0

        # Of four calls that are in flight, one is answered 429: the others end, nothing is asked for 3 s
        await fake.order(bob, of="429", prompt="[[note]][[busy:3]]")
        async with fake.db.reading() as tx, asyncio.timeout(60):
            while (until := await tx.value("select max(paused_until) from pools")) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            assert await tx.value(WAITS_OTHERWISE) == 0
        claims_again_at = until.timestamp()
        before = len(fake.begun())
        await fake.until_begun(before + CAP)

        # What was claimed just before the answer came begins just after it
        silence = [at for at, _of in fake.begun() if claims_again_at - 2.5 < at < claims_again_at]
        assert silence == []
        assert fake.most_in_flight() == CAP
        await fake.forget()
        assert await fake.house.audit() == []


def _any_queued(fake: Press) -> str:
    begun = {note.ref for note in fake.notes()}
    return next(job_id for job_id in reversed(fake.owners) if job_id not in begun)


async def test_one_job_behind_many_begins_within_two_places_and_a_429_is_waited_for(database: str, tmp_path: Path):
    await stay_fair(database, tmp_path, waiting=120)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_one_job_behind_ten_thousand_begins_within_two_places(database: str, tmp_path: Path):
    await stay_fair(database, tmp_path, waiting=10_000)


async def test_weights_members_and_priorities_are_served_as_they_say(database: str, tmp_path: Path):
    async with press(database, tmp_path) as fake:
        ada, bob, eve = await fake.workspace(), await fake.workspace(weight=3), await fake.workspace()
        async with fake.db.transaction() as tx:
            await queue.set_cap(tx, "fake", 0)
        one, two = UserId.new(), UserId.new()
        await fake.order(eve, 20, of="eve: one", member=one)
        await fake.order(eve, 20, of="eve: two", member=two)
        await fake.order(bob, 50, of="bob")
        await fake.order(ada, 20, of="ada: low", priority=Priority.LOW)
        await fake.order(ada, 20, of="ada: high", priority=Priority.HIGH)
        async with fake.db.transaction() as tx:
            await queue.set_cap(tx, "fake", CAP)

        begun = (await fake.until_begun(60))[:60]

        served = Counter(of for _at, of in begun)
        assert abs(served["bob"] - 36) <= CAP  # three fifths, and one fifth each for those of weight 1
        assert abs(served["ada: high"] - 12) <= CAP
        assert served["ada: low"] == 0
        assert abs(served["eve: one"] - 6) <= CAP
        assert abs(served["eve: one"] - served["eve: two"]) <= 2
        assert fake.most_in_flight() <= CAP
        await fake.forget()
        assert await fake.house.audit() == []


async def test_a_dead_worker_keeps_its_places_at_the_provider_until_its_calls_must_be_over(
    database: str, tmp_path: Path
):
    async with press(database, tmp_path) as fake:
        await fake.order(await fake.workspace(), 60, of="a", prompt="[[note]][[slow:1]]")
        await fake.until_begun(2 * CAP)
        async with fake.db.reading() as tx:
            held = await tx.rows(
                "select w.pid, count(*) n from tasks t join workers w on w.id = t.worker_id group by 1"
            )
        victim = max(held, key=lambda row: row["n"])["pid"]

        fake.house.kill(victim)

        await fake.until_begun(6 * CAP)
        ended = Counter(note.ref for note in fake.notes() if not note.began)
        begun = Counter(note.ref for note in fake.notes() if note.began)
        twice = [ref for ref, times in begun.items() if times > 1]
        first = {note.ref: note.at for note in reversed(fake.notes()) if note.began}
        assert 1 <= len(twice) <= CAP
        assert all(ended[ref] <= 1 for ref in twice)
        assert fake.most_in_flight({ref: first[ref] + CALL_S for ref in twice}) <= CAP
        await fake.forget()
        assert await fake.house.audit() == []
