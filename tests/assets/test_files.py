"""Files from local disk over HTTP: ranges, validators, headers, and whatever somebody may try with a link."""

import os
from collections.abc import AsyncIterator, MutableMapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from daygen.assets.files import router
from daygen.infra.storage import LocalStorage
from daygen.kit.clock import SetClock
from daygen.kit.problems import Problem

BODY = bytes(range(256)) * 4
SIZE = len(BODY)


def got(path: str, query: bytes) -> dict[str, Any]:
    """The scope of a GET."""
    server: dict[str, Any] = {"type": "http", "root_path": "", "asgi": {"spec_version": "2.4"}, "headers": []}
    return {**server, "method": "GET", "path": path, "query_string": query}


class Site:
    """The delivery route over a folder, and a clock."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock()
        self.storage = LocalStorage(root, secret=bytes(32), public_url="http://daygen.test", clock=self.clock)
        self.app = FastAPI()
        self.app.include_router(router(self.storage))

        async def refused(_: Request, problem: Exception) -> Response:
            assert isinstance(problem, Problem)
            return Response(problem.code, problem.status, problem.headers())

        self.app.add_exception_handler(Problem, refused)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app))

    async def keep(self, key: str, content: bytes, content_type: str = "image/png") -> str:
        """Store a file and return a link to it that lives an hour."""

        async def source() -> AsyncIterator[bytes]:
            yield content

        await self.storage.put(key, source(), content_type)
        return await self.storage.url(key, content_type=content_type, expires_in=timedelta(hours=1))

    async def raw(self, path: str, query: bytes) -> int:
        """GET exactly this path, which no client has tidied up; return the status."""
        statuses: list[int] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.disconnect"}

        await self.app(got(path, query), receive, send)
        return statuses[0]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(tmp_path / "files")
    yield site
    await site.http.aclose()
    await site.storage.close()


async def test_a_file_is_delivered_whole_with_all_it_needs_to_be_kept_and_to_be_harmless(site: Site) -> None:
    url = await site.keep("ws/a", BODY)

    answer = await site.http.get(url)

    assert (answer.status_code, answer.content) == (200, BODY)
    etag = answer.headers.pop("etag")
    assert etag.startswith('"')
    assert dict(answer.headers) == {
        "content-type": "image/png",
        "content-length": str(SIZE),
        "content-disposition": "inline",
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=10-19", 10, 19),
        ("Bytes=10-19", 10, 19),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes=1000-{SIZE + 5}", 1000, SIZE - 1),
        (f"bytes=0-{10**17}", 0, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-24", SIZE - 24, SIZE - 1),
        (f"bytes=-{SIZE + 1}", 0, SIZE - 1),
    ],
)
async def test_a_part_is_delivered_as_a_part(site: Site, asked: str, first: int, last: int) -> None:
    url = await site.keep("a", BODY)

    answer = await site.http.get(url, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, BODY[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", f"bytes={10**17}-", "bytes=-0"])
async def test_a_part_behind_the_end_is_416_and_says_where_the_end_is(site: Site, asked: str) -> None:
    url = await site.keep("a", BODY)

    answer = await site.http.get(url, headers={"Range": asked})

    assert (answer.status_code, answer.text) == (416, "assets.range_unsatisfiable")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=0-", "bytes=-5"])
async def test_an_empty_file_has_no_parts(site: Site, asked: str) -> None:
    url = await site.keep("a", b"")

    assert (await site.http.get(url)).headers["content-length"] == "0"
    part = await site.http.get(url, headers={"Range": asked})
    assert (part.status_code, part.headers["content-range"]) == (416, "bytes */0")


@pytest.mark.parametrize(
    "asked",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=0-1,3-4", "bytes=٣-", "bytes=--1"),
        *("lines=0-1", "bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000),
    ],
)
async def test_what_is_no_range_or_several_gets_the_whole_file(site: Site, asked: str) -> None:
    url = await site.keep("a", BODY)

    answer = await site.http.get(url, headers=[(b"Range", asked.encode())])

    assert (answer.status_code, answer.content) == (200, BODY)


async def test_a_browser_that_has_the_file_is_told_so_without_it(site: Site) -> None:
    url = await site.keep("a", BODY)
    etag = (await site.http.get(url)).headers["etag"]

    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await site.http.get(url, headers={"If-None-Match": known, "Range": "bytes=0-1"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
        assert answer.headers["cache-control"].startswith("private")
    for unknown in ('"other"', etag.strip('"'), ""):
        assert (await site.http.get(url, headers={"If-None-Match": unknown})).status_code == 200


async def test_a_part_of_another_version_is_the_whole_new_one(site: Site) -> None:
    url = await site.keep("a", BODY)
    etag = (await site.http.get(url)).headers["etag"]
    ask = {"Range": "bytes=0-1"}

    same = await site.http.get(url, headers={**ask, "If-Range": etag})
    dated = await site.http.get(url, headers={**ask, "If-Range": "Fri, 20 Nov 2026 12:00:00 GMT"})
    await site.keep("a", BODY[::-1])
    other = await site.http.get(url, headers={**ask, "If-Range": etag})

    assert (same.status_code, dated.status_code) == (206, 200)
    assert (other.status_code, other.content) == (200, BODY[::-1])


async def test_every_version_has_a_tag_of_its_own_even_of_the_same_size_in_the_same_instant(
    site: Site, tmp_path: Path
) -> None:
    tags: list[str] = []
    for content in (b"a", b"b", b"c", b"d"):
        url = await site.keep("a", content)
        os.utime(tmp_path / "files" / "a", ns=(0, 0))
        tags.append((await site.http.get(url)).headers["etag"])

    assert all(tag != following for tag, following in pairwise(tags))


async def test_head_says_what_get_would_and_knows_no_ranges(site: Site) -> None:
    url = await site.keep("a", BODY)

    get = await site.http.get(url)
    head = await site.http.head(url, headers={"Range": "bytes=0-1"})

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


async def test_a_file_that_was_deleted_is_gone(site: Site) -> None:
    url = await site.keep("ws/a", BODY)
    await site.storage.delete(["ws/a"])

    answer = await site.http.get(url)

    assert (answer.status_code, answer.text) == (404, "assets.file_gone")


async def test_a_folder_is_not_a_file(site: Site) -> None:
    await site.keep("ws/a", BODY)
    url = await site.storage.url("ws", content_type="image/png", expires_in=timedelta(hours=1))

    assert (await site.http.get(url)).status_code == 404


async def test_a_link_says_that_it_is_over_only_if_it_was_ours(site: Site) -> None:
    url = await site.keep("a", BODY)
    site.clock.forward(timedelta(hours=2))

    over = await site.http.get(url)
    forged = await site.http.get(url[:-1] + ("A" if url[-1] != "A" else "B"))

    assert (over.status_code, over.text) == (403, "assets.link_expired")
    assert (forged.status_code, forged.text) == (403, "assets.link_invalid")


@pytest.mark.parametrize(
    "change",
    ["{0}&expires=9999999999", "{0}&signature=x", "{0}&name=x.html", "{0}&attachment=1", "{0}&type=image%2Fpng"],
)
async def test_nothing_can_be_added_to_a_link(site: Site, change: str) -> None:
    url = await site.keep("a", BODY)

    assert (await site.http.get(change.format(url))).status_code == 403


async def test_a_link_of_another_installation_is_not_ours(site: Site, tmp_path: Path) -> None:
    await site.keep("a", BODY)
    other = LocalStorage(tmp_path / "o", secret=b"\1" * 32, public_url="http://daygen.test", clock=site.clock)
    url = await other.url("a", content_type="image/png", expires_in=timedelta(hours=1))

    assert (await site.http.get(url)).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_not_known(site: Site, method: str) -> None:
    url = await site.keep("a", BODY)

    assert (await site.http.request(method, url)).status_code == 405


@pytest.mark.parametrize(
    "key",
    [
        *("../secret", "a/../../secret", "..", "/etc/passwd", "//etc/passwd", ".incoming/x", "..\\secret", "a\x00b"),
        *("ws/..", "\udcff", "a" * 5000, "a/" * 2000, "%2e%2e/secret", "~root/.ssh", "C:\\x", ""),
    ],
)
async def test_a_path_that_leads_elsewhere_is_refused_even_with_a_link_to_something_else(
    site: Site, tmp_path: Path, key: str
) -> None:
    (tmp_path / "secret").write_text("secret")
    good = urlsplit(await site.keep("a", BODY)).query.encode()

    statuses = {await site.raw(f"/files/{key}", query) for query in (good, b"", b"signature=%ff&expires=%00&type=")}

    assert statuses <= {403, 404}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(), query=st.binary(max_size=200))
@example(key="a", query=b"expires=" + b"9" * 5000 + b"&type=a/b&signature=x")
@example(key="a", query=b"expires=-1&type=&name=&signature=" + "é\udcff".encode(errors="surrogatepass"))
async def test_nothing_that_is_asked_breaks_the_route(site: Site, key: str, query: bytes) -> None:
    assert await site.raw(f"/files/{key}", query) in {403, 404}


async def test_a_large_file_leaves_in_small_pieces(site: Site) -> None:
    await site.keep("a", BODY * 4096)
    file = await site.storage.open("a")

    sizes = [len(chunk) async for chunk in file.chunks(100, 3_000_000)]
    file.close()

    assert sum(sizes) == 3_000_000
    assert max(sizes) <= 256 * 1024


async def test_a_file_is_closed_however_the_client_leaves(site: Site, tmp_path: Path) -> None:
    url = urlsplit(await site.keep("a", BODY * 4096))
    scope = got(url.path, url.query.encode())
    sent = 0

    async def leaves(message: MutableMapping[str, Any]) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))
        if sent:
            raise OSError("the client is gone")

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def ignores(message: MutableMapping[str, Any]) -> None:
        pass

    with pytest.raises(ClientDisconnect):
        await site.app(scope, receive, leaves)
    await site.app({**scope, "asgi": {"spec_version": "2.3"}}, receive, ignores)
    await site.app({**scope, "method": "HEAD"}, receive, ignores)
    held = [opened.path for opened in psutil.Process().open_files() if opened.path.startswith(str(tmp_path))]

    assert 0 < sent < SIZE * 4096
    assert held == []
