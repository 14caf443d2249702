"""What is particular to BullMQ: Node sees the same queue and may take part in it, and locks that nobody renews."""

import asyncio
import fcntl
import json
import subprocess
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.peers.install import NODE_FOLDER, node_with_packages
from daygen.infra.queue import Grant, TransportDown
from daygen.infra.transports.bull import BullMq
from daygen.kit.ids import TaskId
from tests.transports.brokers import RedisBroker, free_port
from tests.transports.office import Errand, Office
from tests.transports.wire import Wire

SCRIPT = Path(__file__).with_name("node.mjs")
HOLD = timedelta(seconds=1)


@pytest.fixture
async def broker(redis_port: int) -> AsyncGenerator[RedisBroker]:
    async with Wire.to(redis_port) as wire:
        broker = RedisBroker(redis_port, wire, 0)
        await broker.empty()
        yield broker


@pytest.fixture(scope="session")
def node() -> Path:
    """A node with the BullMQ that the bench compares with; one process of the run installs it."""
    with (NODE_FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return node_with_packages()


async def _asked(node: Path, broker: RedisBroker, what: str) -> Any:
    command = [str(node), "--input-type=module", "--eval", SCRIPT.read_text(), what, broker.url]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=NODE_FOLDER, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_node_sees_what_waits_and_what_runs(broker: RedisBroker, database: str, node: Path):
    async with Office.open(database, broker) as office:
        await office.open_desk()
        await office.hire(slots=2)
        running = await office.put(Errand("a", seconds=60), Errand("b", seconds=60))
        await office.until(lambda: office.clerk.at_once == 2)
        await office.put(Errand("c"))
        await office.until("select count(*) = 3 from tasks where state = 'running'")
        await asyncio.sleep(0.2)

        seen = await _asked(node, broker, "see")

    assert seen["counts"]["waiting"] == 1
    assert seen["counts"]["active"] == 2
    assert {job["data"]["task"] for job in seen["active"]} == {str(task) for task in running}
    assert {job["name"] for job in [*seen["active"], *seen["waiting"]]} == {"task"}


async def test_a_node_worker_gets_the_grants_and_what_it_swallows_is_published_again(
    broker: RedisBroker, database: str, node: Path
):
    async with Office.open(database, broker) as office:
        [task] = await office.put(Errand("a"))
        await office.open_desk()
        await office.until("select count(*) = 1 from tasks where state = 'running'")

        swallowed = await _asked(node, broker, "work")
        await office.hire()
        await office.empty()

    assert swallowed == {"task": str(task), "attempt": 1}
    assert office.clerk.done == ["a"]


async def test_a_grant_is_there_once_however_often_it_is_published(broker: RedisBroker):
    transport, grants = BullMq(broker.url), [Grant(TaskId.new(), 1) for _ in range(3)]
    for _ in range(3):
        await transport.publish(grants)

    received = [message.grant for message in await transport.receive(10)]
    await transport.publish(grants)

    assert received == grants
    assert await transport.depth() == {"waiting": 0, "active": 3, "delayed": 0, "failed": 0}
    await transport.close()


async def test_what_a_dead_worker_had_received_is_received_by_another(broker: RedisBroker):
    dead, living = BullMq(broker.url, hold=HOLD), BullMq(broker.url, hold=HOLD)
    kept, lost = [Grant(TaskId.new(), 1) for _ in range(2)]
    await living.publish([kept])
    mine = await living.receive(1)
    await living.publish([lost])
    assert len(await dead.receive(1)) == 1
    await dead.close()

    again: list[Grant] = []
    async with asyncio.timeout(8):
        while not again:
            await living.prolong(mine)
            again = [message.grant for message in await living.receive(2)]

    assert again == [lost]
    await living.close()


async def test_a_message_whose_lock_has_gone_is_answered_without_harm(broker: RedisBroker):
    transport, grant = BullMq(broker.url), Grant(TaskId.new(), 1)
    await transport.publish([grant])
    [message] = await transport.receive(1)
    await broker.empty()

    await transport.accept(message)
    await transport.give_back(message)
    await transport.prolong([message])

    assert set((await transport.depth()).values()) == {0}
    await transport.close()


async def test_a_redis_that_is_not_there_is_down_and_no_secret_is_told():
    transport = BullMq(f"redis://:a-password@127.0.0.1:{free_port()}/0")
    for ask in (transport.depth(), transport.receive(1), transport.publish([Grant(TaskId.new(), 1)])):
        with pytest.raises(TransportDown) as down:
            await ask
        assert "a-password" not in str(down.value)
    await transport.close()
