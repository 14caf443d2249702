"""Uploads: what comes in as it is, what is refused and leaves nothing, what is done once."""

import asyncio
import hashlib
import os
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from daygen import assets
from daygen.infra.outbox import replay
from tests.assets import bombs
from tests.infra.rclone import serve_s3
from tests.product import Ada, Daygen
from tests.served import client, served


async def send(daygen: Daygen, who: Ada, content: bytes, kind: str | None, query: str = "", **headers: str) -> Any:
    given = ({"Content-Type": kind} if kind else {}) | headers
    return await daygen.api(who).post(f"/v1/assets{query}", content=content, headers=given)


async def stored(daygen: Daygen) -> list[str]:
    return await daygen.house.storage.list("")


async def count(daygen: Daygen, table: str) -> int:
    async with daygen.db.reading() as tx:
        found: int = await tx.value(f"select count(*) from {table}")
    return found


async def left(daygen: Daygen) -> tuple[list[str], int, int]:
    return await stored(daygen), await count(daygen, "assets"), await count(daygen, "arrivals")


NOTHING: tuple[list[str], int, int] = ([], 0, 0)


async def test_a_picture_comes_in_with_its_size_and_can_be_fetched(daygen: Daygen):
    ada = await daygen.workspace()
    content = bombs.picture()

    answer = await send(daygen, ada, content, "image/png", "?filename=Der%20Leuchtturm.png")

    shown = answer.json()
    file = await daygen.api().get(shown["url"])
    assert answer.status_code == 201
    assert (shown["contentType"], shown["width"], shown["height"], shown["size"]) == ("image/png", 60, 40, len(content))
    assert shown["checksum"] == {"sha256": hashlib.sha256(content).hexdigest()}
    assert (shown["expiresAt"], shown["jobId"], shown["durationSeconds"]) == (None, None, None)
    assert (file.content, file.headers["Content-Type"]) == (content, "image/png")
    assert file.headers["Content-Disposition"] == 'inline; filename="Der Leuchtturm.png"'
    assert (await daygen.api(ada).get(f"/v1/assets/{shown['id']}")).json()["size"] == len(content)
    assert await stored(daygen) == [f"{ada.id}/{shown['id']}/original.png"]
    assert await count(daygen, "arrivals") == 0


@pytest.mark.parametrize(
    ("kind", "name"),
    [("image/jpeg", "JPEG"), ("image/webp", "WEBP"), ("image/gif", "GIF"), ("image/avif", "AVIF")],
)
async def test_every_kind_of_picture_is_known_by_what_it_is(daygen: Daygen, kind: str, name: str):
    ada = await daygen.workspace()
    content = bombs.picture(name)

    for sent in (kind, None, "application/octet-stream"):
        shown = (await send(daygen, ada, content, sent)).json()
        assert (shown["contentType"], shown["width"], shown["height"]) == (kind, 60, 40)


async def test_a_picture_that_the_camera_turned_has_the_size_that_one_sees(daygen: Daygen):
    ada = await daygen.workspace()

    turned = (await send(daygen, ada, bombs.picture("JPEG", orientation=6), "image/jpeg")).json()
    upside_down = (await send(daygen, ada, bombs.picture("JPEG", orientation=3), "image/jpeg")).json()

    assert (turned["width"], turned["height"]) == (40, 60)
    assert (upside_down["width"], upside_down["height"]) == (60, 40)


@pytest.mark.parametrize(
    ("kind", "content"),
    [("image/svg+xml", bombs.SVG), ("text/html", bombs.HTML), ("text/html", bombs.picture()), ("x/y", b"\x00")],
)
async def test_what_could_run_is_kept_as_it_is_and_served_inert(daygen: Daygen, kind: str, content: bytes):
    ada = await daygen.workspace()

    shown = (await send(daygen, ada, content, kind, "?filename=page.html")).json()
    file = await daygen.api().get(shown["url"])

    assert (shown["contentType"], shown["width"]) == (kind, None)
    assert file.content == content
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]


async def test_a_picture_is_never_saved_as_a_page(daygen: Daygen):
    ada = await daygen.workspace()
    shown = (await send(daygen, ada, bombs.picture() + bombs.HTML, "image/png", "?filename=a.html")).json()

    file = await daygen.api().get(shown["url"])

    assert file.headers["Content-Disposition"] == 'inline; filename="a.html.png"'


REFUSED = {
    "pixel flood": ("image/png", bombs.flood(9400), "assets.too_large_picture"),
    "promised pixels": ("image/png", bombs.promised(60_000, 60_000), "assets.too_large_picture"),
    "300 frames": ("image/gif", bombs.film(300), "assets.too_large_picture"),
    "packed text": ("image/png", bombs.packed_text(200), "assets.unreadable"),
    "page as picture": ("image/png", bombs.HTML, "assets.unreadable"),
    "another picture": ("image/jpeg", bombs.picture("PNG"), "assets.unreadable"),
    "picture as bitmap": ("image/bmp", bombs.picture("PNG"), "assets.unreadable"),
    "half a picture": ("image/png", bombs.picture(size=(300, 300))[:5000], "assets.unreadable"),
    "nothing behind the signature": ("image/png", bombs.PNG, "assets.unreadable"),
    "nothing at all": ("image/png", b"", "request.invalid"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_bombs_and_smuggled_pages_are_refused_at_once_and_leave_nothing(daygen: Daygen, name: str):
    ada = await daygen.workspace()
    kind, content, code = REFUSED[name]
    await send(daygen, ada, bombs.picture(), "image/png")  # the inspector is warm
    before = await left(daygen)

    began = time.monotonic()
    answer = await send(daygen, ada, content, kind)
    took = time.monotonic() - began
    after = await send(daygen, ada, bombs.picture(), "image/png")

    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert took < 3  # 2 s, and a busy machine
    assert after.status_code == 201
    kept, known, expected = await left(daygen)
    assert (len(kept), known, expected) == (len(before[0]) + 1, before[1] + 1, 0)


async def test_a_text_of_200_mebibytes_is_refused_before_it_is_read_to_its_end(daygen: Daygen):
    ada = await daygen.workspace()
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for piece in bombs.chatty(200):
            sent += len(piece)
            yield piece

    answer = await daygen.api(ada, **{"Content-Type": "image/png"}).post("/v1/assets", content=body())

    assert (answer.status_code, answer.json()["code"]) == (422, "assets.too_large_picture")
    assert await left(daygen) == NOTHING


async def test_a_child_that_takes_too_long_is_killed_and_another_one_serves_the_next(daygen: Daygen):
    ada = await daygen.workspace()
    await send(daygen, ada, bombs.picture(), "image/png")
    inspector = daygen.app.state.uploads.inspector
    stopped = psutil.Process(inspector.pid)
    stopped.suspend()

    began = time.monotonic()
    refused = await send(daygen, ada, bombs.picture(), "image/png")
    took = time.monotonic() - began
    taken = await send(daygen, ada, bombs.picture(), "image/png")

    assert (refused.status_code, refused.json()["code"]) == (422, "assets.too_large_picture")
    assert took < 3
    assert not stopped.is_running()
    assert taken.status_code == 201
    assert inspector.pid != stopped.pid


async def test_the_child_can_do_little_and_ends_with_us(daygen: Daygen):
    ada = await daygen.workspace()
    await send(daygen, ada, bombs.picture(), "image/png")
    inspector = daygen.app.state.uploads.inspector
    child = psutil.Process(inspector.pid)

    memory, written = child.rlimit(psutil.RLIMIT_AS), child.rlimit(psutil.RLIMIT_FSIZE)
    await inspector.close()

    assert memory == (512 << 20, 512 << 20)
    assert written == (0, 0)
    assert not child.is_running()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "multipart/form-data; boundary=x"}, 422, "request.invalid"),
        ({"Content-Type": "nonsense"}, 422, "request.invalid"),
        ({"Content-Encoding": "gzip"}, 422, "request.invalid"),
        ({"Idempotency-Key": ""}, 422, "request.invalid"),
        ({"Content-Length": str(3 << 30)}, 413, "request.too_large"),
    ],
)
async def test_what_is_no_file_is_refused_before_it_is_read(
    daygen: Daygen, headers: Mapping[str, str], status: int, code: str
):
    ada = await daygen.workspace()

    answer = await daygen.api(ada, **headers).post("/v1/assets", content=b"x")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await left(daygen) == NOTHING


async def test_a_file_that_is_too_large_is_refused_while_it_comes(database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path, largest_upload_bytes=1000) as daygen:
        ada = await daygen.workspace()

        async def body() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 100

        exact = await send(daygen, ada, b"x" * 1000, "text/plain")
        said = await send(daygen, ada, b"x" * 1001, "text/plain")
        unsaid = await daygen.api(ada).post("/v1/assets", content=body())

        assert exact.status_code == 201
        for answer in (said, unsaid):
            assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
            assert answer.json()["limitBytes"] == 1000
        assert len(await stored(daygen)) == 1
        assert await count(daygen, "arrivals") == 0


async def test_with_the_same_key_a_file_is_taken_once(daygen: Daygen):
    ada, eve = await daygen.workspace(), await daygen.workspace()
    key = {"Idempotency-Key": "one"}

    twins = await asyncio.gather(*(send(daygen, ada, b"same", "text/plain", **key) for _ in range(5)))
    again = await send(daygen, ada, b"same", "text/plain", **key)
    other = await send(daygen, ada, b"other", "text/plain", **key)
    named = await send(daygen, ada, b"same", "text/plain", "?filename=x", **key)
    hers = await send(daygen, eve, b"other", "text/plain", **key)

    assert {answer.status_code for answer in (*twins, again, hers)} == {201}
    assert all(answer.json() == again.json() for answer in twins)
    for answer in (other, named):
        assert (answer.status_code, answer.json()["code"]) == (422, "request.idempotency_mismatch")
    assert await count(daygen, "assets") == len(await stored(daygen)) == 2
    assert await count(daygen, "arrivals") == 0


async def test_a_refusal_is_not_remembered_under_its_key(daygen: Daygen):
    ada = await daygen.workspace()
    key = {"Idempotency-Key": "one"}

    refused = await send(daygen, ada, bombs.HTML, "image/png", **key)
    taken = await send(daygen, ada, bombs.picture(), "image/png", **key)

    assert (refused.status_code, taken.status_code) == (422, 201)


async def test_the_workspaces_rate_holds_for_uploads(daygen: Daygen):
    ada = await daygen.workspace(per_minute=2)

    answers = [await send(daygen, ada, b"x", "text/plain") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert len(await stored(daygen)) == 2


async def test_another_workspace_sees_nothing_of_it_and_cannot_work_on_it(daygen: Daygen):
    ada, eve = await daygen.workspace(), await daygen.workspace(credits=10)
    asset_id = (await send(daygen, ada, bombs.picture(), "image/png")).json()["id"]
    order = {"model": "fake/edit", "input": {"prompt": "blue", "image": {"assetId": asset_id}}}

    seen = await daygen.api(eve).get(f"/v1/assets/{asset_id}")
    worked = await daygen.api(eve).post("/v1/jobs", json=order)

    assert seen.status_code == 404
    assert (worked.status_code, worked.json()["code"]) == (422, "request.invalid")


async def test_an_upload_is_worked_on_if_it_is_a_picture(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    picture = (await send(daygen, ada, bombs.picture(), "image/png")).json()["id"]
    page = (await send(daygen, ada, bombs.HTML, "text/html")).json()["id"]

    def order(asset_id: str) -> Mapping[str, Any]:
        return {"model": "fake/edit", "input": {"prompt": "blue", "image": {"assetId": asset_id}}}

    taken = await daygen.api(ada).post("/v1/jobs", json=order(picture))
    refused = await daygen.api(ada).post("/v1/jobs", json=order(page))
    await daygen.drain()

    job = await daygen.job(ada, taken.json()["jobId"])
    assert (job["status"], job["parentAssetId"]) == ("succeeded", picture)
    assert refused.json()["errors"] == [{"path": "input.image.assetId", "message": "is no picture but text/html"}]


async def test_an_upload_is_told_as_an_event(daygen: Daygen):
    ada = await daygen.workspace()
    shown = (await send(daygen, ada, bombs.picture(), "image/png", "?filename=a.png")).json()
    await daygen.drain()
    async with daygen.db.reading() as tx:
        (event,) = await replay(tx, ada.id, 0)

    told = await daygen.app.state.renderer.event(event)

    assert event.type == "asset.created"
    for said in (f'"assetId":"{shown["id"]}"', f'"url":"{shown["url"]}"', '"width":60', '"filename":"a.png"'):
        assert said in told
    assert '"key"' not in told


async def test_an_upload_that_is_cut_off_leaves_nothing(daygen: Daygen):
    ada = await daygen.workspace()
    async with served(daygen) as url:
        for kind in ("image/png", "application/zip"):
            _send_half(url, ada, kind)
        await daygen.until("select count(*) = 0 from arrivals")

    assert await left(daygen) == NOTHING


def _send_half(url: str, who: Ada, kind: str) -> None:
    to = urlsplit(url)
    head = f"POST /v1/assets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {who.key}\r\nContent-Type: {kind}\r\n"
    with socket.create_connection((to.hostname or "", to.port or 0)) as connection:
        connection.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode() + bombs.picture() + bytes(3_000_000))
        connection.shutdown(socket.SHUT_WR)


async def test_what_a_killed_api_had_taken_in_is_swept_and_what_it_still_sends_is_too_late(daygen: Daygen):
    ada = await daygen.workspace()
    began, go_on = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"x" * 100
        began.set()
        await go_on.wait()
        yield b"y"

    sending = asyncio.create_task(daygen.api(ada).post("/v1/assets", content=body()))
    await began.wait()
    await daygen.until("select count(*) = 1 from arrivals")
    at_once = await assets.sweep(daygen.db, daygen.house.storage)
    await daygen.later(seconds=6 * 3600 + 1)
    later = await assets.sweep(daygen.db, daygen.house.storage)
    go_on.set()
    answer = await sending

    assert (at_once, later) == (0, 1)
    assert (answer.status_code, answer.json()["code"]) == (400, "assets.cut_off")
    assert await left(daygen) == NOTHING


@pytest.fixture
async def url(daygen: Daygen) -> AsyncGenerator[str]:
    async with served(daygen) as url:
        yield url


async def test_memory_does_not_grow_with_the_file(daygen: Daygen, url: str):
    ada = await daygen.workspace()
    digest = hashlib.sha256()
    process, peak = psutil.Process(), 0

    async def body(mebibytes: int) -> AsyncIterator[bytes]:
        nonlocal peak
        for _ in range(mebibytes * 16):
            piece = os.urandom(1 << 16)
            digest.update(piece)
            yield piece
            peak = max(peak, process.memory_info().rss)

    async with client(url, ada) as api:
        await api.post("/v1/assets", content=body(4))
        digest, before, peak = hashlib.sha256(), process.memory_info().rss, 0
        answer = await api.post("/v1/assets", content=body(64))

    assert answer.json()["checksum"]["sha256"] == digest.hexdigest()
    assert answer.json()["size"] == 64 << 20
    assert peak - before < 32 << 20  # client and server in one process


async def test_a_bucket_takes_uploads_too(database: str, tmp_path: Path):
    with serve_s3(tmp_path) as server:
        where: dict[str, Any] = {"storage_url": server.url, "vendor": dict(server.credentials)}
        async with Daygen.open(database, tmp_path, **where) as daygen, served(daygen) as url:
            ada = await daygen.workspace()
            large = os.urandom(20 << 20)
            picture = (await send(daygen, ada, bombs.picture(), "image/png")).json()
            other = (await send(daygen, ada, large, "application/zip")).json()
            _send_half(url, ada, "application/zip")
            await daygen.until("select count(*) = 0 from arrivals")

            async with httpx.AsyncClient(trust_env=False) as anybody:
                fetched = [await anybody.get(shown["url"]) for shown in (picture, other)]

            assert [answer.status_code for answer in fetched] == [200, 200]
            assert (fetched[0].headers["Content-Type"], picture["width"]) == ("image/png", 60)
            assert fetched[1].content == large
            assert "attachment" in fetched[1].headers["Content-Disposition"]
            assert len(await stored(daygen)) == 2


def test_bombs_are_small_where_they_should_be():
    sizes = {name: len(content) for name, (_, content, _) in REFUSED.items()}
    assert all(size < 1 << 20 for size in sizes.values()), sizes
