"""The built page: what a browser gets for every address, and what it gets when there is none."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from daygen.app import page

SCRIPT = 'document.documentElement.dataset.theme="dark"'
INDEX = f"<!doctype html><script>{SCRIPT}</script><div id=root></div>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page of two files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    for name, content in {"index.html": INDEX, "assets/a-1.js": "let a=1"}.items():
        (tmp_path / name).write_text(content)
        (tmp_path / f"{name}.br").write_bytes(b"brotli of " + content.encode())
        (tmp_path / f"{name}.gz").write_bytes(b"gzip of " + content.encode())
    return tmp_path


Browser = Callable[[Path], httpx.AsyncClient]


@pytest.fixture
def browser() -> Browser:
    """Open an app that has one route of its own besides the page in a folder."""

    def open_app(folder: Path) -> httpx.AsyncClient:
        app = FastAPI()
        app.add_api_route("/v1/jobs", lambda: {"data": []}, methods=["POST"])
        app.add_api_route("/healthz", lambda: {"ok": True}, methods=["GET"])
        page.mount(app, folder)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://page", headers={"Accept-Encoding": "identity"}
        )

    return open_app


@pytest.mark.parametrize("path", ["/", "/library", "/jobs/job_01", "//evil"])
async def test_every_address_that_nobody_has_is_the_page(browser: Browser, folder: Path, path: str) -> None:
    answer = await browser(folder).get(f"http://page{path}")

    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def test_head_answers_what_get_would_without_the_body(browser: Browser, folder: Path) -> None:
    client = browser(folder)
    got, asked = await client.get("/"), await client.head("/")

    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers == got.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/v1", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "//v1/nothing", 404),
        ("GET", "/v1/jobs", 405),
        ("GET", "/files/x.png", 404),
        ("GET", "/metrics", 404),
        ("POST", "/library", 405),
    ],
)
async def test_the_api_answers_for_its_own_addresses(
    browser: Browser, folder: Path, method: str, path: str, status: int
) -> None:
    answer = await browser(folder).request(method, f"http://page{path}")

    assert answer.status_code == status
    assert "root" not in answer.text


@pytest.mark.parametrize("path", ["/assets/gone-2.js", "/favicon.ico", "/.vite/manifest.json", "/.stamp"])
async def test_a_file_that_is_not_there_is_not_the_page(browser: Browser, folder: Path, path: str) -> None:
    answer = await browser(folder).get(path)

    assert answer.status_code == 404
    assert "immutable" not in answer.headers["cache-control"]


async def test_an_asset_is_kept_for_a_year(browser: Browser, folder: Path) -> None:
    answer = await browser(folder).get("/assets/a-1.js")

    assert answer.text == "let a=1"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity", None),
        ("br;q=nonsense", None),
        ("", None),
    ],
)
async def test_the_best_form_that_the_browser_takes_is_sent(
    browser: Browser, folder: Path, accepted: str, coding: str | None
) -> None:
    async with browser(folder).stream("GET", "/assets/a-1.js", headers={"Accept-Encoding": accepted}) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])

    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert sent == {"br": b"brotli of let a=1", "gzip": b"gzip of let a=1", None: b"let a=1"}[coding]


async def test_what_the_browser_has_is_not_sent_again(browser: Browser, folder: Path) -> None:
    client = browser(folder)
    first = await client.get("/")

    again = await client.get("/", headers={"If-None-Match": first.headers["etag"]})
    compressed = await client.head("/", headers={"Accept-Encoding": "br"})

    assert (again.status_code, again.content) == (304, b"")
    assert compressed.headers["etag"] != first.headers["etag"]


async def test_only_the_scripts_of_the_build_may_run(browser: Browser, folder: Path) -> None:
    answer = await browser(folder).get("/")

    policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_without_a_page_the_browser_is_told_what_to_do(browser: Browser, tmp_path: Path) -> None:
    client = browser(tmp_path)

    answer = await client.get("/")

    assert answer.status_code == 503
    assert "make setup" in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert (await client.get("/healthz")).status_code == 200
    assert not page.built(tmp_path)


async def test_a_page_that_is_built_later_needs_no_restart(browser: Browser, tmp_path: Path) -> None:
    client = browser(tmp_path)
    assert (await client.get("/")).status_code == 503

    (tmp_path / "index.html").write_text("first")
    first = await client.get("/")
    (tmp_path / "index.new").write_text("second")
    (tmp_path / "index.new").rename(tmp_path / "index.html")
    second = await client.get("/")

    assert (first.text, second.text) == ("first", "second")
    assert page.built(tmp_path)
