"""P3: nobody spends what they don't have, however many ask at once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.processes import House
from tests.product import Ada

SPREAD_S = 0.3  # all in the same instant would be taken by the api that wakes first
ONE = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}
LEFT = """
select (select count(*) from jobs where workspace_id = $1), (select count(*) from holds where workspace_id = $1),
  (select count(*) from tasks join lanes l on l.id = lane where l.owner = $1)
"""


async def spend_at_once(house: House, *, submits: int, credits: int) -> None:  # noqa: A002 - the design's word
    """Order more than a workspace can pay, all at once at two apis: exactly what it can pay is accepted."""
    ada = await house.workspace(credits=credits)
    async with watched(house, ada) as seen:
        answers = await asyncio.gather(*(order(house, ada, after_s=SPREAD_S * at / submits) for at in range(submits)))

    assert Counter(status for status, _ in answers) == {202: credits, 402: submits - credits}
    refused = next(body for status, body in answers if status == 402)
    assert (refused["code"], refused["neededCredits"]) == ("ledger.insufficient_credits", 1)
    assert len({body["jobId"] for status, body in answers if status == 202}) == credits
    balance = (await house.api(ada).get("/v1/balance")).json()
    assert (balance["availableCredits"], balance["heldCredits"]) == (0, credits)
    assert min(seen) >= 0
    assert all('"/v1/jobs"' in api.said() for api in house.apis), "one api served them all"
    async with house.db() as db, db.reading() as tx:
        left = await tx.row(LEFT, ada.id)
    assert left == (credits, credits, credits)
    assert await house.audit() == []


async def order(
    house: House, ada: Ada, *, after_s: float, path: str = "/v1/jobs", body: Mapping[str, Any] = ONE
) -> tuple[int, Mapping[str, Any]]:
    """Order over a connection of its own, with no client in between that would queue; status and body."""
    await asyncio.sleep(after_s)
    text = json.dumps(body)
    reader, writer = await asyncio.open_connection(urlsplit(house.url).hostname, urlsplit(house.url).port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: house\r\nAuthorization: Bearer {ada.key}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
    )
    head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]), json.loads(answer)


async def spend_in_batches(house: House, *, batches: int, jobs: int, accepted: int) -> None:
    """Order more batches than a workspace can pay, all at once at two apis: each is accepted whole or not at all."""
    ada = await house.workspace(credits=accepted * jobs)
    async with watched(house, ada) as seen:
        answers = await asyncio.gather(
            *(
                order(house, ada, after_s=SPREAD_S * at / batches, path="/v1/batches", body={"orders": [ONE] * jobs})
                for at in range(batches)
            )
        )

    assert Counter(status for status, _ in answers) == {202: accepted, 402: batches - accepted}
    refused = next(body for status, body in answers if status == 402)
    assert (refused["code"], refused["neededCredits"]) == ("ledger.insufficient_credits", jobs)
    assert len({job_id for status, body in answers if status == 202 for job_id in body["jobIds"]}) == accepted * jobs
    balance = (await house.api(ada).get("/v1/balance")).json()
    assert (balance["availableCredits"], balance["heldCredits"]) == (0, accepted * jobs)
    assert min(seen) >= 0
    async with house.db() as db, db.reading() as tx:
        left = await tx.row(LEFT, ada.id)
        whole = await tx.value("select count(*) from batches where workspace_id = $1", ada.id)
    assert left == (accepted * jobs,) * 3
    assert whole == accepted
    assert await house.audit() == []


@asynccontextmanager
async def watched(house: House, ada: Ada) -> AsyncGenerator[list[int]]:
    """What the workspace has available, looked at again and again while the block runs."""
    seen: list[int] = []
    over = asyncio.Event()
    async with house.db() as db, db.reading() as tx, asyncio.TaskGroup() as tasks:

        async def look() -> None:
            while not over.is_set():
                seen.append(await tx.value("select available from accounts where workspace_id = $1", ada.id))
                await asyncio.sleep(0.005)

        tasks.create_task(look())
        yield seen
        over.set()


async def test_credits_for_30_accept_30_of_300(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=0) as house:
        await spend_at_once(house, submits=300, credits=30)


async def test_credits_for_100_jobs_accept_20_batches_of_5_of_200(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=0) as house:
        await spend_in_batches(house, batches=200, jobs=5, accepted=20)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_credits_for_100_accept_100_of_1000(database: str, tmp_path: Path):
    async with House.open(tmp_path, database, apis=2, workers=0) as house:
        for _ in range(5):
            await spend_at_once(house, submits=1000, credits=100)
