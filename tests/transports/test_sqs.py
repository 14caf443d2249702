"""What is particular to SQS: visibility, dead letters, FIFO queues, regions."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from daygen.infra.queue import Grant, TransportDown
from daygen.infra.transports.amazon import Sqs, region_of
from daygen.kit.ids import TaskId
from tests.transports.brokers import AWS, RECEIVED_AT_MOST, SqsBroker, free_port
from tests.transports.office import Errand, Office
from tests.transports.wire import Wire


@pytest.fixture(params=["", pytest.param(".fifo", marks=pytest.mark.long)])
async def queue(request: pytest.FixtureRequest, moto_port: int) -> AsyncGenerator[SqsBroker]:
    async with Wire.to(moto_port) as wire:
        broker = SqsBroker(moto_port, wire, f"tasks-{uuid4().hex}{request.param}")
        await broker.create()
        yield broker


async def test_a_message_stays_ours_while_its_task_runs(queue: SqsBroker, database: str):
    async with Office.open(database, queue) as office:
        await office.open_desk()
        await office.hire()
        await office.put(Errand("long", seconds=2.6))  # visible again after 2 seconds, were it not kept

        await office.until(lambda: office.clerk.began == ["long"])
        async with queue.client() as client:
            for _ in range(2):
                found = await client.receive_message(QueueUrl=queue.url, WaitTimeSeconds=1)
                assert "Messages" not in found
        await office.empty()

        assert office.clerk.done == ["long"]
        await office.until(lambda: not office.clerk.at_once)
        await asyncio.sleep(0.2)
        transport = _transport(queue)
        assert set((await transport.depth()).values()) == {0}
        await transport.close()


async def test_a_message_that_nobody_can_read_ends_with_the_dead_letters(queue: SqsBroker):
    transport = Sqs(queue.through, credentials=AWS, hold=timedelta(seconds=1), poll=timedelta(seconds=1))
    await queue.clutter()

    async with queue.client() as client, asyncio.timeout(15):
        for _ in range(RECEIVED_AT_MOST):
            assert await transport.receive(10) == []
            await asyncio.sleep(1.05)
        await transport.receive(10)
        dead = await client.receive_message(QueueUrl=queue.dead, WaitTimeSeconds=1)
    await transport.close()

    assert [message["Body"] for message in dead["Messages"]] == ["not JSON"]


async def test_what_is_published_again_at_once_is_no_copy_to_a_fifo_queue(queue: SqsBroker):
    transport, grant = _transport(queue), Grant(TaskId.new(), 1)
    await transport.publish([grant])
    first = await transport.receive(10)
    await transport.accept(first[0])

    await transport.publish([grant])

    again = await transport.receive(10)
    assert [message.grant for message in again] == [grant]
    await transport.close()


async def test_a_group_of_a_fifo_queue_holds_up_no_other_task(moto_port: int):
    async with Wire.to(moto_port) as wire:
        queue = SqsBroker(moto_port, wire, f"tasks-{uuid4().hex}.fifo")
        await queue.create()
        transport, grants = _transport(queue), [Grant(TaskId.new(), 1) for _ in range(12)]
        await transport.publish(grants)

        received = [*await transport.receive(10), *await transport.receive(10)]

        assert [message.grant for message in received] == grants
        await transport.close()


async def test_what_is_given_back_is_there_at_once(queue: SqsBroker):
    transport, grant = _transport(queue), Grant(TaskId.new(), 1)
    await transport.publish([grant])

    await transport.give_back((await transport.receive(1))[0])

    async with asyncio.timeout(3):
        assert [message.grant for message in await transport.receive(1)] == [grant]
    await transport.close()


async def test_a_queue_that_is_not_there_or_out_of_reach_is_down():
    for url in (f"http://127.0.0.1:{free_port()}/1/none",):
        transport = Sqs(url, credentials=AWS, poll=timedelta(seconds=1))
        for ask in (transport.depth(), transport.receive(1), transport.publish([Grant(TaskId.new(), 1)])):
            with pytest.raises(TransportDown) as down:
                await ask
            assert "testing" not in str(down.value)
        await transport.close()


@pytest.mark.parametrize(
    ("url", "given", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/1/q", {"AWS_REGION": "us-west-2"}, "eu-central-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", {}, "cn-north-1"),
        ("http://127.0.0.1:5000/1/q", {"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ("http://127.0.0.1:5000/1/q", {"AWS_DEFAULT_REGION": "eu-west-3"}, "eu-west-3"),
        ("http://127.0.0.1:5000/1/q", {}, "us-east-1"),
    ],
)
def test_the_region_is_the_queues_own(url: str, given: dict[str, Any], region: str):
    assert region_of(url, given) == region


def _transport(queue: SqsBroker) -> Sqs:
    return Sqs(queue.through, credentials=AWS, hold=timedelta(seconds=30), poll=timedelta(seconds=1))
