"""Who is served next: weights, members, priorities, caps, pauses, places in the queue."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

import pytest

from daygen.app import audit
from daygen.infra import queue
from daygen.infra.db import Database
from daygen.infra.queue import Again, Claimed, Lane
from daygen.infra.queue.repository import claim, leave, lost, register, sweep
from daygen.kit.ids import TaskId, WorkerId

pytestmark = pytest.mark.core

ADA, BOB, EVE = (UUID(int=number) for number in (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Note:
    """A task that says who it is of."""

    kind: ClassVar[str] = "Note"
    of: str

    def payload(self) -> dict[str, Any]:
        return {"of": self.of}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        return cls(payload["of"])


@dataclass(slots=True)
class Desk:
    """A queue, and a worker that claims from it by hand."""

    db: Database
    worker_id: WorkerId = field(default_factory=WorkerId.new)

    async def put(
        self,
        owner: UUID,
        count: int = 1,
        *,
        of: str = "",
        pool: str = "fake/image",
        member: UUID | None = None,
        priority: int = 0,
    ) -> list[TaskId]:
        lane = Lane(pool, pool.partition("/")[0], owner, member)
        async with self.db.transaction() as tx:
            note: Any = Note(of or str(owner.int))
            return [await queue.enqueue(tx, note, lane=lane, priority=priority) for _ in range(count)]

    async def take(self, most: int = 1) -> list[Claimed]:
        async with self.db.reading() as tx:
            return await claim(tx, self.worker_id, most)

    async def served(self, count: int, *, at_once: int = 1) -> str:
        """Of whom the next tasks are that are claimed and done, as one string."""
        said: list[str] = []
        while len(said) < count:
            claimed = await self.take(min(at_once, count - len(said)))
            assert claimed
            for one in claimed:
                said.append(one.payload["of"])
                await self.done(one)
        return "".join(said)

    async def done(self, claimed: Claimed) -> bool:
        async with self.db.transaction() as tx:
            return await queue.complete(tx, claimed.attempt)

    async def audit(self) -> list[str]:
        async with self.db.reading() as tx:
            return await audit.findings(tx)


@pytest.fixture
async def desk(database: str) -> AsyncGenerator[Desk]:
    db = await Database.open(database, size=8)
    desk = Desk(db)
    async with db.transaction() as tx:
        await register(tx, desk.worker_id, "here", 1, timedelta(minutes=1), timedelta(minutes=1))
    yield desk
    await db.close()


async def test_one_job_waits_for_one_of_those_who_have_thousands(desk: Desk):
    await desk.put(ADA, 300, of="a")
    assert await desk.served(20, at_once=4) == "a" * 20

    await desk.put(BOB, of="b")

    assert "b" in await desk.served(2)
    assert await desk.audit() == []


@pytest.mark.parametrize("at_once", [1, 4, 32])
async def test_weights_are_served_as_they_say(desk: Desk, at_once: int):
    await desk.put(ADA, 200, of="a")
    await desk.put(BOB, 200, of="b")
    async with desk.db.transaction() as tx:
        await queue.set_weight(tx, BOB, 3)

    counts = Counter(await desk.served(160, at_once=at_once))

    assert abs(counts["b"] - 120) <= 4
    assert await desk.audit() == []


async def test_an_idle_workspace_saves_nothing_up(desk: Desk):
    await desk.put(ADA, 100, of="a")
    await desk.put(BOB, of="b")
    await desk.served(60)

    await desk.put(BOB, 40, of="b")

    counts = Counter(await desk.served(20))
    assert abs(counts["b"] - 10) <= 1


async def test_members_of_a_workspace_take_turns(desk: Desk):
    one, two = uuid4(), uuid4()
    await desk.put(ADA, 50, of="1", member=one)
    assert await desk.served(10) == "1" * 10

    await desk.put(ADA, 5, of="2", member=two)

    assert Counter(await desk.served(10)) == {"1": 5, "2": 5}
    assert await desk.audit() == []


async def test_a_priority_goes_first_in_its_workspace_and_counts_nothing_against_others(desk: Desk):
    await desk.put(ADA, 10, of="low", priority=-10)
    await desk.put(BOB, 10, of="normal")
    await desk.put(ADA, 20, of="HIGH", priority=10)

    said = [(await desk.take())[0].payload["of"] for _ in range(20)]

    assert Counter(said) == {"HIGH": 10, "normal": 10}
    assert [of for of in said[:4] if of == "normal"] == ["normal"] * 2


async def test_caps_of_model_provider_and_workspace_wait_and_never_refuse(desk: Desk):
    async with desk.db.transaction() as tx:
        await queue.set_cap(tx, "fake/image", 3, within="fake")
        await queue.set_cap(tx, "fake", 5)
        await queue.set_share_cap(tx, EVE, 1)
    await desk.put(ADA, 10, of="i")
    await desk.put(BOB, 10, of="v", pool="fake/video")
    await desk.put(EVE, 10, of="e", pool="house")

    running = await desk.take(32) + await desk.take(32)

    assert Counter(one.payload["of"] for one in running) == {"i": 3, "v": 2, "e": 1}
    assert await desk.take(32) == []
    assert await desk.audit() == []
    for one in running:
        await desk.done(one)
        (another,) = await desk.take(32)
        assert another.payload["of"] in ({"i", "v"} if one.payload["of"] in {"i", "v"} else {"e"})
    assert await desk.audit() == []


async def test_a_workspace_at_its_cap_keeps_nobody_from_being_served(desk: Desk):
    async with desk.db.transaction() as tx:
        await queue.set_share_cap(tx, ADA, 2)
    await desk.put(ADA, 50, of="a")
    await desk.put(ADA, 50, of="A", pool="fake/video")
    assert len(await desk.take(10) + await desk.take(10)) == 2

    await desk.put(BOB, 3, of="b")

    assert [one.payload["of"] for one in await desk.take(10)] == ["b"] * 3
    async with desk.db.transaction() as tx:
        await queue.set_share_cap(tx, ADA, None)
    assert len(await desk.take(10)) > 2
    assert await desk.audit() == []


async def test_a_paused_pool_waits_and_its_tasks_stay_where_they_are(desk: Desk):
    task_ids = await desk.put(ADA, 5)
    await desk.put(BOB, of="v", pool="fake/video")
    (first,) = await desk.take()
    async with desk.db.transaction() as tx:
        await queue.again(tx, first.attempt, Again("busy"))
        await queue.pause(tx, first.attempt, timedelta(seconds=0.3))

    assert [one.payload["of"] for one in await desk.take(32)] == ["v"]
    await asyncio.sleep(0.35)

    assert {one.attempt.task_id for one in await desk.take(32)} == {*task_ids}
    assert await desk.audit() == []


async def test_claimers_side_by_side_take_everything_once_and_never_too_much(desk: Desk):
    async with desk.db.transaction() as tx:
        await queue.set_cap(tx, "fake", 6)
        await queue.set_share_cap(tx, BOB, 2)
    for owner in (ADA, BOB, EVE):
        await desk.put(owner, 60)
        await desk.put(owner, 20, pool="fake/video")
    taken: list[TaskId] = []
    running: Counter[str] = Counter()

    async def work() -> None:
        while len(taken) < 240:
            claimed = await desk.take(3)
            taken.extend(one.attempt.task_id for one in claimed)
            running.update(one.payload["of"] for one in claimed)
            assert running.total() <= 6
            assert running["2"] <= 2
            for one in claimed:
                await asyncio.sleep(0)
                running[one.payload["of"]] -= 1
                assert await desk.done(one)

    async with asyncio.timeout(60):
        await asyncio.gather(*(work() for _ in range(6)))

    assert len(set(taken)) == len(taken) == 240
    assert await desk.audit() == []


async def test_a_lane_is_never_put_to_sleep_over_a_task_on_its_way(desk: Desk):
    """Submits of one workspace commit while claims find its lane empty: the task is there at the next look."""
    found = 0

    async def submit() -> None:
        for _ in range(60):
            await desk.put(ADA)

    async def look() -> None:
        nonlocal found
        while found < 180:
            for one in await desk.take(2):
                found += 1
                await desk.done(one)
            assert await desk.audit() == []

    async with asyncio.timeout(60):
        await asyncio.gather(submit(), submit(), submit(), look(), look())
    assert await desk.take(2) == []


async def test_what_is_put_back_or_late_is_found_again_past_every_bound(desk: Desk):
    member = uuid4()
    await desk.put(ADA, 30, member=member)
    first, second = await desk.take(2)
    async with desk.db.transaction() as tx:
        await queue.again(tx, second.attempt, Again("later", after=timedelta(milliseconds=1)))
    for one in await desk.take(20):
        await desk.done(one)
    await _sweep_minutes_later(desk, 2)

    async with desk.db.transaction() as tx:
        await queue.again(tx, first.attempt, Again("now"))

    assert {one.attempt.task_id for one in await desk.take(32)} >= {first.attempt.task_id}
    assert await desk.audit() == []
    async with desk.db.reading() as tx:
        assert await tx.value("select bound from ranks") > 0
        assert await tx.value("select count(*) from tasks where state <> 'running'") == 0


async def test_the_sweep_heals_what_should_not_be(desk: Desk):
    await desk.put(ADA, 3)
    async with desk.db.transaction() as tx:
        await tx.run("update lanes set active = false, parked = true")
    assert len(await desk.audit()) == 2
    assert await desk.take() == []

    await _sweep_minutes_later(desk, 1)

    assert await desk.audit() == []
    assert len(await desk.take(8)) == 3


async def test_a_place_at_a_provider_stays_taken_while_a_call_may_be_in_flight(desk: Desk):
    async with desk.db.transaction() as tx:
        await queue.set_cap(tx, "fake", 2)
        silent = WorkerId.new()
        await register(tx, silent, "there", 2, timedelta(milliseconds=50), timedelta(seconds=0.5))
    await desk.put(ADA, 5)
    async with desk.db.reading() as tx:
        first, second = await claim(tx, silent, 8)
    await asyncio.sleep(0.06)

    async with desk.db.transaction() as tx:
        assert {one.attempt for one in await lost(tx)} == {first.attempt, second.attempt}
        assert await queue.again(tx, first.attempt, Again("its worker died", crashed=True))
        assert await queue.drop(tx, second.attempt.task_id)
    assert await desk.take(8) == []
    assert await desk.done(second) is False  # the silent worker speaks: this call, for one, is over
    assert len(await desk.take(8)) == 1
    await asyncio.sleep(0.5)

    assert len(await desk.take(8)) == 1
    assert await desk.audit() == []


async def test_a_worker_without_a_lease_claims_nothing(desk: Desk):
    await desk.put(ADA)
    async with desk.db.transaction() as tx:
        await leave(tx, desk.worker_id)

    assert await desk.take() == []


async def test_a_place_in_the_queue_is_how_many_are_served_before(desk: Desk):
    one, two = uuid4(), uuid4()
    async with desk.db.transaction() as tx:
        await queue.set_weight(tx, BOB, 3)
    waiting = [
        *await desk.put(ADA, 12, member=one),
        *await desk.put(BOB, 30),
        *await desk.put(ADA, 4, member=two),
        *await desk.put(EVE, 2),
        *await desk.put(BOB, 2, priority=10),
    ]
    for one_of in await desk.take(7):
        await desk.done(one_of)

    async with desk.db.reading() as tx:
        places = await queue.positions(tx, list(waiting))
    order = [(await desk.take())[0].attempt.task_id for _ in range(43)]

    assert [places[task_id] for task_id in order] == list(range(43))


async def test_a_dead_letter_is_replayed_with_its_tries_forgotten(desk: Desk):
    (task_id,) = await desk.put(ADA)
    (claimed,) = await desk.take()
    async with desk.db.transaction() as tx:
        await queue.bury(tx, claimed.attempt, "a bug")
        assert [row["id"] for row in await queue.dead(tx)] == [task_id]

    async with desk.db.transaction() as tx:
        assert await queue.replay(tx, task_id)
        assert not await queue.replay(tx, task_id)

    (again,) = await desk.take()
    assert (again.attempt.number, again.attempt.failures) == (2, 0)
    assert await desk.audit() == []


async def _sweep_minutes_later(desk: Desk, minutes: int) -> None:
    for _ in range(minutes):
        async with desk.db.transaction() as tx:
            await tx.run("update ranks set bounded_at = bounded_at - interval '1 minute'")
            await sweep(tx)
