"""What the queue promises, it promises through every transport: turns, caps, cancels, retries, once in effect."""

import asyncio
from collections import Counter

import pytest

from daygen.infra import queue
from daygen.infra.queue import Grant
from daygen.infra.queue.dispatch.repository import granted
from daygen.kit.ids import TaskId
from tests.transports.brokers import settled
from tests.transports.office import ADA, BOB, LEASE, POOL, Errand, Office

GRANTED = "select count(*) from tasks where worker_id = '00000000-0000-0000-0000-000000000001'"


def once(*names: str) -> Counter[str]:
    return Counter(dict.fromkeys(names, 1))


async def test_everything_is_carried_out_once(any_office: Office):
    names = [f"e{number}" for number in range(40)]
    await any_office.open_desk()
    await any_office.hire(slots=4)
    await any_office.hire(slots=4)

    await any_office.put(*(Errand(name, seconds=0.01) for name in names))

    await any_office.empty()
    assert Counter(any_office.clerk.began) == Counter(any_office.clerk.done) == once(*names)
    assert await any_office.audit() == []


async def test_who_comes_later_waits_for_two_slots_at_most(any_office: Office):
    await any_office.put(*(Errand("a", seconds=0.05) for _ in range(30)))
    await any_office.open_desk()
    await any_office.hire(slots=1)
    await any_office.until(lambda: len(any_office.clerk.done) >= 4)

    before = len(any_office.clerk.began)
    await any_office.put(Errand("b"), owner=BOB)
    await any_office.until(lambda: "b" in any_office.clerk.began)

    assert any_office.clerk.began[before:].index("b") <= 2


async def test_a_cap_waits_and_counts_what_is_on_its_way(any_office: Office):
    async with any_office.db.transaction() as tx:
        await queue.set_cap(tx, "fake", 2)
    await any_office.open_desk()
    await any_office.hire(slots=4)
    await any_office.hire(slots=4)

    await any_office.put(*(Errand(f"e{number}", seconds=0.03) for number in range(10)))

    await any_office.empty()
    assert any_office.clerk.most_at_once == 2


async def test_what_is_canceled_ends_or_never_begins_and_the_rest_goes_on(any_office: Office):
    await any_office.open_desk()
    await any_office.hire(slots=1)
    running, waiting, _ = await any_office.put(Errand("running", seconds=60), Errand("waiting"), Errand("rest"))
    await any_office.until(lambda: any_office.clerk.began == ["running"])

    async with any_office.db.transaction() as tx:
        assert await queue.drop(tx, waiting)
        assert await queue.drop(tx, running)

    await any_office.empty()
    assert any_office.clerk.cut_off == ["running"]
    assert any_office.clerk.done == ["rest"]


async def test_a_snooze_is_not_counted_and_a_failure_is_tried_again(any_office: Office):
    await any_office.open_desk()
    await any_office.hire()

    await any_office.put(Errand("snoozes", snoozes=2), Errand("fails", fails=1))

    await any_office.empty()
    assert Counter(any_office.clerk.done) == once("snoozes", "fails")
    assert any_office.clerk.attempts == {"snoozes": 3, "fails": 2}


async def test_a_pause_holds_back_also_what_is_on_its_way(office: Office):
    await office.put(Errand("first"), Errand("second"))
    await office.open_desk()
    await office.until(f"{GRANTED} having count(*) = 1")

    async with office.db.transaction() as tx:
        await tx.run("update pools set paused_until = daygen_now() + interval '0.8 seconds' where name = $1", POOL)
    await office.hire()
    await settled(0.5)
    assert office.clerk.began == []

    await office.empty()
    assert Counter(office.clerk.done) == once("first", "second")
    assert await office.audit() == []


async def test_a_copy_of_a_message_is_carried_out_by_nobody(office: Office):
    await office.put(*(Errand(f"e{number}", seconds=0.3) for number in range(4)))
    await office.open_desk()
    await office.hire()
    await office.hire()
    await office.until(lambda: len(office.clerk.began) == 4)

    transport = office.broker.transport(LEASE, receives=False)
    async with office.db.reading() as tx:
        rows = await tx.rows("select id, attempt from tasks where state = 'running'")
    copies = [Grant(TaskId.of(row["id"]), row["attempt"]) for row in rows]
    await transport.publish([*copies, *copies])
    await transport.close()

    await office.empty()
    await settled()
    assert Counter(office.clerk.began) == Counter(office.clerk.done) == once("e0", "e1", "e2", "e3")
    assert office.clerk.cut_off == []


async def test_what_the_transport_loses_is_published_again(office: Office):
    await office.put(Errand("lost"))
    await office.open_desk()
    await office.until(f"{GRANTED} having count(*) = 1")
    await settled(0.1)

    await office.broker.empty()
    await office.hire()

    await office.empty()
    assert office.clerk.done == ["lost"]


async def test_a_transport_that_is_emptied_under_way_loses_no_task(office: Office):
    names = [f"e{number}" for number in range(30)]
    await office.open_desk()
    await office.hire(slots=3)
    await office.put(*(Errand(name, seconds=0.03) for name in names))

    for at in (5, 12, 20):
        await office.until(lambda at=at: len(office.clerk.done) >= at)
        await office.broker.empty()

    await office.empty()
    assert Counter(office.clerk.done) == once(*names)
    assert await office.audit() == []


async def test_a_transport_that_is_down_is_waited_for(office: Office):
    names = [f"e{number}" for number in range(12)]
    await office.open_desk()
    await office.hire()
    await office.put(*(Errand(name, seconds=0.05) for name in names[:6]))
    await office.until(lambda: len(office.clerk.done) >= 2)

    await office.broker.cut()
    await office.put(*(Errand(name) for name in names[6:]))
    await settled(1.0)
    begun = len(office.clerk.began)
    await office.broker.mend()

    await office.empty(seconds=15)
    assert begun < len(names)
    assert Counter(office.clerk.done) == once(*names)
    assert await office.audit() == []


async def test_what_a_dispatcher_granted_and_never_sent_another_one_sends(office: Office):
    await office.broker.cut()
    await office.open_desk()
    await office.put(Errand("stranded"))
    await office.until(f"{GRANTED} having count(*) = 1")
    await office.close_desk()
    await office.broker.mend()

    await office.open_desk()
    await office.hire()

    await office.empty()
    assert office.clerk.done == ["stranded"]


async def test_who_is_asked_to_stop_finishes_and_leaves_the_rest_to_others(any_office: Office):
    names = [f"e{number}" for number in range(12)]
    await any_office.open_desk()
    first = await any_office.hire()
    await any_office.put(*(Errand(name, seconds=0.1) for name in names))
    await any_office.until(lambda: len(any_office.clerk.began) >= 4)

    second = asyncio.create_task(any_office.hire())
    await first.retire()

    await any_office.empty()
    await second
    assert Counter(any_office.clerk.began) == Counter(any_office.clerk.done) == once(*names)


async def test_what_is_granted_is_ready_again_when_nobody_dispatches_any_more(office: Office):
    await office.put(Errand("left"))
    await office.open_desk()
    await office.until(f"{GRANTED} having count(*) = 1")
    await office.close_desk()
    async with office.db.transaction() as tx:
        await tx.run("update workers set lease_until = daygen_now() - interval '1 second'")

    assert await office.value("select state from tasks") == "running"
    table = office.without_broker()
    await table.hire()
    await office.until("select not exists (select from tasks where worker_id = any(select id from workers))")
    await office.empty()
    assert table.clerk.done == ["left"]
    assert table.clerk.crashes == [0]


async def test_a_message_that_is_no_task_harms_nothing(office: Office):
    await office.open_desk()
    await office.hire()
    await settled(0.2)

    await office.broker.clutter()
    await office.put(Errand("sound"))

    await office.empty()
    assert office.clerk.done == ["sound"]


async def test_no_more_is_granted_than_there_are_free_slots_and_one(office: Office):
    await office.open_desk()
    await office.hire(slots=3)
    await office.put(*(Errand(f"e{number}", seconds=60) for number in range(10)), owner=ADA)
    await office.until(lambda: office.clerk.at_once == 3)
    await settled()

    async with office.db.reading() as tx:
        assert len(await granted(tx)) == 1
        on_its_way, oldest_s = await queue.on_its_way(tx)
    assert on_its_way == 1
    assert 0 <= oldest_s < 10
    assert await office.value("select count(*) from tasks where state = 'ready'") == 6


@pytest.mark.parametrize("body", [None, "", "[]", "{}", b"\xff", '{"task": "job_x", "attempt": 1}', {"task": 1}])
def test_only_a_grant_is_read_as_one(body: object):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        Grant.read(body)


def test_a_grant_is_read_as_it_was_written():
    grant = Grant(TaskId.new(), 7)

    assert Grant.read(grant.body()) == Grant.read(grant.facts()) == grant
