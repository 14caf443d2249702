"""P20: the live stream has no gap, whatever becomes of apis and of those who do not read."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes import House, Process, until
from tests.product import Ada
from tests.promises.clients import DeafClient, Listener, insist, read_stream

ORDER: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "a lighthouse"}, "count": 2}
SLOW: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "[[slow:1.5]]"}, "count": 3}
LARGE: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "\U0001f600" * 4000}}  # 16 kB
STORY = ["job.queued", "job.started", "job.output", "job.output", "job.output", "job.succeeded"]
MOST_GROWTH_MIB = 100
STANDING = """
select count(finished_at) ended, exists (select from outbox) unnumbered from jobs
"""


async def test_sockets_and_streams_go_on_without_a_gap_when_apis_die(database: str, tmp_path: Path):
    await _apis_die(database, tmp_path, sockets=200, workspaces=4, jobs=6)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_two_thousand_sockets_go_on_without_a_gap_when_apis_die(database: str, tmp_path: Path):
    await _apis_die(database, tmp_path, sockets=2000, workspaces=20, jobs=10)


async def _apis_die(database: str, folder: Path, *, sockets: int, workspaces: int, jobs: int) -> None:
    async with House.open(folder, database, apis=2, workers=1) as house:
        owners = [await house.workspace(credits=1000) for _ in range(workspaces)]
        listeners = [Listener(owners[number % workspaces]) for number in range(sockets)]
        listening = [asyncio.create_task(listener.listen(house.url)) for listener in listeners]
        try:
            await _true(lambda: all(listener.seqs for listener in listeners))  # the credits they were granted
            slow = [await insist(house.url, owner, "slow", SLOW) for owner in owners[:4]]
            streams = [
                asyncio.create_task(read_stream(house.url, owner, job_id))
                for owner, job_id in zip(owners, slow, strict=False)
                for _ in range(3)
            ]
            orders = [asyncio.create_task(_order(house, owner, number)) for owner in owners for number in range(jobs)]
            for by, api in zip((signal.SIGTERM, signal.SIGKILL), house.apis[:], strict=True):
                await asyncio.sleep(0.5)
                api.send(by)
                house.start_api()
            ordered = await asyncio.gather(*orders)
            stories = await asyncio.gather(*streams)
            heads = await _heads(house, workspaces * jobs + len(slow))
            await _true(lambda: all(listener.cursor >= heads[listener.who.id] for listener in listeners))
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)

        assert len(set(ordered)) == workspaces * jobs
        for story in stories:
            assert [kind for _, kind in story] == STORY
            assert [number for number, _ in story] == sorted({number for number, _ in story})
        gaps = [listener for listener in listeners if listener.seqs != list(range(1, heads[listener.who.id] + 1))]
        assert gaps == []
        assert sum(listener.sockets for listener in listeners) >= 2 * sockets  # both apis died, so each came back
        assert await house.audit() == []


async def _order(house: House, owner: Ada, number: int) -> str:
    await asyncio.sleep(number * 0.3)
    return await insist(house.url, owner, f"order {number}", ORDER)


async def _heads(house: House, jobs: int) -> dict[Any, int]:
    """The newest seq of each workspace, once so many jobs have ended and everything is numbered."""
    async with asyncio.timeout(120), house.db() as db, db.reading() as tx:
        while True:
            row = await tx.row(STANDING)
            assert row is not None
            if row["ended"] == jobs and not row["unnumbered"]:
                heads = await tx.rows("select workspace_id, seq from event_heads")
                return {head["workspace_id"]: head["seq"] for head in heads}
            await asyncio.sleep(0.05)


async def _true(question: Callable[[], bool]) -> None:
    await asyncio.to_thread(until, question, within_s=60)


async def _submit(house: House, who: Ada, orders: int) -> None:
    api = house.api(who)
    for _ in range(orders):
        answer = await api.post("/v1/jobs", json=LARGE)
        assert answer.status_code == 202, answer.text


def _resident_mib(api: Process) -> float:
    status = Path(f"/proc/{api.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def test_a_socket_that_never_reads_is_dropped_and_resumes_without_harm(database: str, tmp_path: Path):
    orders = 240  # beyond what the buffers of both sides hold
    async with House.open(tmp_path, database, apis=1, workers=1) as house:
        ada, bob = await house.workspace(credits=orders), await house.workspace(credits=orders)
        reading, resumed, deaf = Listener(bob), Listener(ada), DeafClient(house.url, ada)
        listening = [asyncio.create_task(reading.listen(house.url))]
        await _submit(house, bob, 3)
        before = _resident_mib(house.apis[0])

        await asyncio.gather(*(_submit(house, ada, orders // 10) for _ in range(10)))
        heads = await _heads(house, orders + 3)
        await _true(lambda: "socket.dropped" in house.apis[0].said())
        grown = _resident_mib(house.apis[0]) - before
        resumed.seqs, code = await asyncio.to_thread(deaf.open_its_ears)
        heard = len(resumed.seqs)
        listening.append(asyncio.create_task(resumed.listen(house.url)))
        await _true(lambda: resumed.cursor >= heads[ada.id] and reading.cursor >= heads[bob.id])
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)

        assert code == 4408
        assert 0 < heard < heads[ada.id]
        assert resumed.seqs == list(range(1, heads[ada.id] + 1))
        assert reading.seqs == list(range(1, heads[bob.id] + 1))
        assert reading.sockets == 1
        assert grown < MOST_GROWTH_MIB
