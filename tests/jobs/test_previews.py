"""Passing pictures of a running job: shown while it runs, gone when it ends, never in its way."""

import asyncio
import dataclasses
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from daygen import assets
from daygen.app.worker import make_worker
from daygen.infra.storage import Storage, StorageUnavailable, Stored
from daygen.providers.fake import FakeProvider
from tests.product import Ada, Daygen
from tests.served import open_socket, served

SHOWN = "select exists (select from job_progress where previews <> '[]')"


class Trouble:
    """A storage that works but for previews, which break or take for ever."""

    def __init__(self, real: Storage, *, hangs: bool) -> None:
        self._real = real
        self._hangs = hangs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def put(self, key: str, source: Path | AsyncIterable[bytes], content_type: str) -> Stored:
        if "preview" in key:
            if self._hangs:
                await asyncio.Event().wait()
            raise StorageUnavailable("the disk is full, for the test")
        return await self._real.put(key, source, content_type)

    async def delete(self, keys: Sequence[str]) -> None:
        await self._real.delete(keys)


async def stored(daygen: Daygen) -> list[str]:
    return await daygen.house.storage.list("")


async def previews(daygen: Daygen, who: Ada, job_id: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (await daygen.job(who, job_id))["previews"]
    return found


async def test_a_running_job_shows_what_it_looks_like_so_far(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[slow:1]] [[preview]]", count=2)
    working = asyncio.create_task(daygen.drain())
    await daygen.until(SHOWN)

    (shown,) = await previews(daygen, ada, job_id)
    picture = await daygen.api().get(shown["url"])
    (listed,) = (await daygen.api(ada).get("/v1/jobs")).json()["data"]
    await daygen.until("select exists (select from job_progress where previews @> '[{\"index\": 1}]')")
    second = await previews(daygen, ada, job_id)
    await working

    assert (shown["index"], shown["width"], shown["height"]) == (0, 16, 16)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert listed["previews"][0]["index"] == 0
    assert [preview["index"] for preview in second] == [1]  # the first output is there itself by now
    assert await previews(daygen, ada, job_id) == []
    assert (await daygen.api().get(shown["url"])).status_code == 404
    assert not any("preview" in key for key in await stored(daygen))
    async with daygen.db.reading() as tx:
        assert await tx.value("select count(*) from assets") == 2
        assert await tx.value("select count(*) from arrivals") == 0


async def test_followers_are_told_with_links_and_never_more_often_than_progress(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with served(daygen) as url, open_socket(url, ada) as live:
        await live.asked(op="subscribe", channel=f"workspace:{ada.id}")
        await daygen.order(ada, prompt="[[slow:1.2]] [[preview]]")
        working = asyncio.create_task(daygen.drain())
        events = await live.events("job.succeeded", progress=True)
        await working

    progress = [event["data"] for event in events if event["type"] == "job.progress"]
    links: set[str] = {preview["url"] for data in progress for preview in data["previews"]}
    assert 2 <= len(progress) <= 6  # every quarter of a second, of 1.2
    assert len(links) >= 2  # each picture has an address of its own
    assert all(urlsplit(link).scheme == "http" for link in links)
    assert not any("key" in preview for data in progress for preview in data["previews"])
    assert [data["progress"] for data in progress] == sorted(data["progress"] for data in progress)


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_storage_that_fails_or_hangs_does_not_touch_the_job(daygen: Daygen, *, hangs: bool):
    ada = await daygen.workspace(credits=10)
    house = dataclasses.replace(daygen.house, storage=Trouble(daygen.house.storage, hangs=hangs))
    daygen.worker = make_worker(house, {"fake": FakeProvider()}, daygen.courier)
    job_id = await daygen.order(ada, prompt="[[slow:0.6]] [[preview]]")

    async with asyncio.timeout(4):  # less than a preview may take
        await daygen.drain()

    job = await daygen.job(ada, job_id)
    assert (job["status"], job["attempts"], job["previews"]) == ("succeeded", 1, [])
    assert not any("preview" in key for key in await stored(daygen))


async def test_what_is_too_large_is_dropped(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    large = await daygen.order(ada, prompt="[[slow:0.6]] [[preview:257]]")
    working = asyncio.create_task(daygen.drain())
    await daygen.until("select exists (select from job_progress)")

    assert await previews(daygen, ada, large) == []
    assert not any("preview" in key for key in await stored(daygen))
    await working
    assert (await daygen.job(ada, large))["status"] == "succeeded"


async def test_a_canceled_job_leaves_no_preview(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[slow:5]] [[preview]]")
    running = asyncio.create_task(daygen.worker.run())
    await daygen.until(SHOWN)

    canceled = (await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")).json()
    daygen.worker.stop()
    await running

    assert (canceled["status"], canceled["previews"]) == ("canceled", [])
    assert await stored(daygen) == []


async def test_what_a_killed_worker_showed_is_swept_although_nobody_runs_the_job_again(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.claim_and_die()
    job_folder = f"{ada.id}/{job_id}"
    await daygen.house.storage.put(f"{job_folder}/1-0-preview-1.png", _bytes(b"x"), "image/png")
    await daygen.house.storage.put(f"{job_folder}/1-0.png", _bytes(b"y"), "image/png")
    await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")

    at_once = await assets.sweep(daygen.db, daygen.house.storage)
    await daygen.later(seconds=601)
    later = await assets.sweep(daygen.db, daygen.house.storage)

    assert (at_once, later) == (0, 1)
    assert await stored(daygen) == []
    assert await assets.sweep(daygen.db, daygen.house.storage) == 0


async def test_the_next_try_clears_up_behind_a_killed_worker_and_keeps_what_it_delivers(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.claim_and_die()
    await daygen.house.storage.put(f"{ada.id}/{job_id}/1-0-preview-1.png", _bytes(b"x"), "image/png")

    assert await daygen.worker.reap() == 1
    await daygen.drain()
    await daygen.later(seconds=3600 + 601)
    await assets.sweep(daygen.db, daygen.house.storage)

    assert await stored(daygen) == [f"{ada.id}/{job_id}/2-0.png"]
    assert (await daygen.job(ada, job_id))["status"] == "succeeded"


async def test_a_storage_that_is_away_keeps_what_is_to_be_swept_for_later(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.claim_and_die()
    await daygen.house.storage.put(f"{ada.id}/{job_id}/1-0-preview-1.png", _bytes(b"x"), "image/png")
    await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")
    await daygen.later(seconds=601)

    class Away(Trouble):
        async def delete(self, keys: Sequence[str]) -> None:
            raise StorageUnavailable(f"cannot delete {len(keys)}, for the test")

    with pytest.raises(StorageUnavailable):
        await assets.sweep(daygen.db, cast("Storage", Away(daygen.house.storage, hangs=False)))
    await daygen.later(seconds=601)

    assert await assets.sweep(daygen.db, daygen.house.storage) == 1
    assert await stored(daygen) == []


async def _bytes(content: bytes) -> AsyncIterator[bytes]:
    yield content
