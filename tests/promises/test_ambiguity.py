"""P16: whatever becomes of a provider's answer, nothing is ordered again under another name, nor charged twice."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from daygen.providers.fake.studio import Studio
from tests.processes import House
from tests.providers.servers.ideogram import IdeogramServer
from tests.providers.servers.openai import OpenAIServer
from tests.providers.servers.wire import Request, Trouble, Wire

AT_ONCE = {"model": "openai/gpt-image-2.6-flare", "operation": "text_to_image"}
LATER = {"model": "ideogram/v4", "operation": "text_to_image"}
LOST = {
    Trouble.CUT_AFTER_BODY: "it accepts and resets",
    Trouble.CUT_IN_ANSWER: "a 200 whose body is cut",
    Trouble.SLOW: "it accepts and hangs",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A house of real processes, and the companies it orders from."""

    house: House
    openai: OpenAIServer
    ideogram: IdeogramServer


@asynccontextmanager
async def stage(database: str, folder: Path) -> AsyncGenerator[Stage]:
    async with OpenAIServer.open() as openai, IdeogramServer.open() as ideogram:
        env = {
            "OPENAI_API_KEY": Wire.key,
            "OPENAI_BASE_URL": openai.url,
            "IDEOGRAM_API_KEY": Wire.key,
            "IDEOGRAM_BASE_URL": ideogram.url,
            "DAYGEN_CALL_SECONDS": "1",
        }
        async with House.open(folder, database, workers=2, env=env) as house:
            yield Stage(house, openai, ideogram)


async def test_whatever_becomes_of_an_answer_nothing_is_ordered_anew_or_charged_twice(database: str, tmp_path: Path):
    async with stage(database, tmp_path) as on:
        async with asyncio.TaskGroup() as scenes:
            for scene in (lost_for_good, learned_by_webhook, known_by_its_name):
                scenes.create_task(_played(scene, on))

        assert await on.house.audit() == []


async def lost_for_good(on: Stage, api: httpx.AsyncClient) -> float:
    """An answer that nobody can ask after: asked for once, and free."""
    for number, (trouble, what) in enumerate(LOST.items(), 1):
        on.openai.trouble = trouble

        job_id = await on.house.order(api, **AT_ONCE)
        job = await on.house.ended(api, job_id)

        assert (job["status"], job["error"]["code"]) == ("failed", "provider.outcome_unknown"), what
        assert (job["attempts"], len(on.openai.orders)) == (1, number), what
    return 0


async def learned_by_webhook(on: Stage, api: httpx.AsyncClient) -> float:
    """A ticket that came or was lost, an end that is told again and again while it is being asked after: one end."""
    price = 0.0
    for number, (trouble, what) in enumerate([(None, "a ticket"), *LOST.items()]):
        on.ideogram.trouble = trouble
        job_id = await on.house.order(api, **LATER)
        order = await _came(on.ideogram, number + 1)
        if trouble in {Trouble.CUT_AFTER_BODY, Trouble.SLOW}:
            await on.ideogram.answer(order, None)  # it took the order, whatever its answer came to

        early = await _tell(on, order, f"gen-{number}", times=2)
        job = await on.house.ended(api, job_id)
        late = await _tell(on, order, f"gen-{number}", times=2)

        assert early + late == [200] * 4, what
        assert (job["status"], len(job["outputs"])) == ("succeeded", 1), what
        assert {**await on.house.job(api, job_id), "outputs": 1} == {**job, "outputs": 1}, what  # their links are new
        assert len(on.ideogram.orders) == number + 1, what
        price += job["cost"]["chargedCredits"]
    assert price == 8 * (1 + len(LOST))
    return price


async def known_by_its_name(on: Stage, api: httpx.AsyncClient) -> float:
    """Who knows an order by its name may be asked again, under that name only."""
    studio = Studio(on.house.folder / "scratch")

    job_id = await on.house.order(api, "[[lost]] [[puzzle:2]]", model="fake/video")
    job = await on.house.ended(api, job_id)

    assert (job["status"], len(job["outputs"])) == ("succeeded", 1)
    assert studio.books("arrived") == [job_id] * 2
    assert studio.books("accepted") == [job_id]
    return 3


async def _played(scene: Callable[[Stage, httpx.AsyncClient], Awaitable[float]], on: Stage) -> None:
    """Play a scene in a workspace of its own, then look at what it cost."""
    ada = await on.house.workspace(credits=100)
    api = on.house.api(ada)
    charged = await scene(on, api)
    left = (await api.get("/v1/balance")).json()["availableCredits"]
    assert 100 - left == charged, scene.__doc__


async def _came(server: Wire, count: int) -> Request:
    """An order, once it has arrived."""
    give_up_at = time.monotonic() + 10
    while len(server.orders) < count:
        assert time.monotonic() < give_up_at, "no order came"
        await asyncio.sleep(0.02)
    return server.orders[count - 1]


async def _tell(on: Stage, order: Request, generation: str, *, times: int) -> list[int]:
    """Deliver an order's webhook, all at the same moment; the answers."""
    body, headers = on.ideogram.told(generation, time.time())
    url = order.query["webhook_url"]
    async with httpx.AsyncClient(timeout=10) as client:
        deliveries = [client.post(url, content=body, headers=dict(headers)) for _ in range(times)]
        return [answer.status_code for answer in await asyncio.gather(*deliveries)]
