"""P18: webhooks reach a receiver that was down, in order per job, whatever it does, and nobody else waits for that.

The receiver is real and misbehaves by dice; workers are real processes, one of which is killed in the middle.
"""

import asyncio
import math
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes import House
from tests.product import Ada
from tests.promises.seeds import chances
from tests.receiver import Message, Mood, Receiver, receiving

TIMEOUT_S = 1.0
ENV = {
    "DAYGEN_EGRESS_ALLOW": "127.0.0.0/8",
    "DAYGEN_WEBHOOK_RETRY_SCALE": "0.0002",
    "DAYGEN_WEBHOOK_TIMEOUT_SECONDS": str(TIMEOUT_S),
}
BAD: tuple[Mood, ...] = ("500", "500", "302", "429", "hang", "drip", "reset", "garbage")
LONGEST_OTHER_S = 2.0
LEFT = "select count(*) from webhook_deliveries where state = 'pending'"
UNTOLD = """
select (select count(*) from outbox) + (select count(*) from numbered_events
  where number > (select number from webhook_cursor)) + (select count(*) from jobs where finished_at is null)
"""


def moody(dice: random.Random) -> Any:
    """Treat most messages badly at first, each at most twice; take them in the end, some with a flood."""
    bad: dict[str, list[Mood]] = {}

    def choose(message: Message, before: int) -> Mood:
        plan = bad.setdefault(message.id, [dice.choice(BAD) for _ in range(dice.choice((0, 0, 0, 1, 1, 2)))])
        if before < len(plan):
            return plan[before]
        return "flood" if dice.random() < 0.02 else "ok"

    return choose


async def endpoint(house: House, who: Ada, url: str, *types: str) -> str:
    answer = await house.api(who).post("/v1/webhook-endpoints", json={"url": url, "eventTypes": [*types]})
    assert answer.status_code == 201, answer.text
    secret: str = answer.json()["secret"]
    return secret


async def reach(folder: Path, database: str, *, jobs: int, outputs: int) -> None:
    """Order jobs, send all their events to a receiver that is down and then bad; kill a worker midway."""
    dice = chances("P18")
    async with House.open(folder, database, apis=1, workers=2, env=ENV) as house, receiving() as other:
        ada, eve = await house.workspace(credits=10_000), await house.workspace(credits=10_000)
        async with receiving() as reserved:
            port = reserved.port
        secret = await endpoint(house, ada, f"http://127.0.0.1:{port}/hooks")  # where nobody listens yet
        await endpoint(house, eve, other.url, "job.succeeded")
        api = house.api(ada)
        ordered = await asyncio.gather(*(house.order(api, count=outputs) for _ in range(jobs)))
        waited = asyncio.create_task(_others(house, eve, other))
        await asyncio.sleep(1)
        async with receiving(moody(dice), port) as receiver, house.db() as db:
            half = jobs * (outputs + 3) // 3
            await _until(lambda: len(receiver.taken) >= half, 120)
            house.workers[0].kill()
            house.start_worker()
            async with db.reading() as tx, asyncio.timeout(240):
                while await tx.value(UNTOLD) or await tx.value(LEFT):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(0.1)
            waits = await waited

            async with db.reading() as tx:
                rows = await tx.rows("select seq, type, data ->> 'jobId' job from numbered_events "
                                     "where workspace_id = $1 and type like 'job.%' order by seq", ada.id)  # fmt: skip
        told = _once(receiver, secret)
        happened: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for row in rows:
            happened[row["job"]].append((row["seq"], row["type"]))
        assert set(happened) == set(ordered)
        assert told == happened, "all of it, once and in order"
        assert len(rows) >= jobs * (outputs + 3)
        assert {message.path for message in receiver.came} == {"/hooks"}, "no redirect was followed"
        assert sorted(waits)[math.ceil(len(waits) * 0.95) - 1] < LONGEST_OTHER_S, sorted(waits)
        slowest = sorted(round(wait, 2) for wait in waits)
        print(f"{len(rows)} events in {len(receiver.came)} tries; the others waited {slowest} s")  # noqa: T201 - shown
        assert await house.audit() == []


def _once(receiver: Receiver, secret: str) -> Mapping[str, list[tuple[int, str]]]:
    """What each job's receiver took, without the repeats a killed worker may cause; every signature is good."""
    seen: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    tries: defaultdict[str, list[Message]] = defaultdict(list)
    ids = set[str]()
    for message in receiver.came:
        assert message.verified(secret)
        tries[message.id].append(message)
    for message in receiver.taken:
        if message.id not in ids:
            ids.add(message.id)
            seen[message.job].append((message.event["seq"], message.event["type"]))
    for first, *_, last in (same for same in tries.values() if len(same) > 1):
        if last.at - first.at > 1.1:
            assert last.headers["webhook-signature"] != first.headers["webhook-signature"], "signed anew"
    return seen


async def _others(house: House, eve: Ada, other: Receiver) -> list[float]:
    """Seconds from the end of another workspace's jobs until its receiver has heard of it, again and again."""
    waits: list[float] = []
    api = house.api(eve)
    for _ in range(20):
        job_id = await house.order(api)
        ended_at = time.monotonic()
        await house.ended(api, job_id, within_s=240)  # behind all of the first workspace's jobs
        ended_at = time.monotonic()
        await _until(lambda job_id=job_id: any(message.job == job_id for message in other.taken), 60)
        waits.append(max(time.monotonic() - ended_at, 0))
        await asyncio.sleep(0.2)
    return waits


async def _until(true: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)


@pytest.mark.timeout(300)
async def test_a_receiver_that_was_down_and_is_bad_gets_all_of_it_in_order(database: str, tmp_path: Path):
    await reach(tmp_path, database, jobs=12, outputs=2)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_thousand_events_reach_a_receiver_that_was_down_and_is_bad(database: str, tmp_path: Path):
    await reach(tmp_path, database, jobs=53, outputs=16)  # 19 events each


async def test_an_endpoint_that_is_gone_takes_nothing_with_it(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, workers=1, env=ENV) as house:
        ada = await house.workspace(credits=10)
        async with receiving(lambda _message, _before: "410") as gone, receiving() as good, house.db() as db:
            await endpoint(house, ada, gone.url)
            await endpoint(house, ada, good.url)
            job_id = await house.order(house.api(ada))
            await _until(lambda: "job.succeeded" in good.types(job_id), 30)
            async with db.reading() as tx, asyncio.timeout(30):
                while await tx.value(LEFT):  # noqa: ASYNC110 - another process does it
                    await asyncio.sleep(0.05)
        assert len(gone.came) == 1
        assert good.types(job_id) == ["job.queued", "job.started", "job.output", "job.succeeded"]
        assert await house.audit() == []
