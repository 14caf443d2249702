"""Inputs by address: fetched through the guard when the job is carried out, looked at, and never the inside's."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from daygen.infra.egress import EgressClient, Guard
from daygen.infra.inspection import Inspector
from daygen.jobs import service
from daygen.jobs.sources import Sources, Unusable
from daygen.kit.ids import JobId
from daygen.providers import Call, Report, Sink, Terms
from daygen.providers.fake import FakeProvider
from daygen.providers.fake.studio import Studio
from tests.assets import bombs
from tests.product import Ada, Daygen
from tests.promises.inside import Dns, Noting
from tests.receiver import Answering, listening

pytestmark = pytest.mark.core

HERE = {"egress_allow": (ip_network("127.0.0.1/32"),)}
LARGEST = 100_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


class Watching(FakeProvider):
    """The fake, which remembers what it was given to work on."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[tuple[bytes, str]] = []
        self.calls = 0

    async def run(self, call: Call, sink: Sink) -> Report:
        """Remember, then make the outputs."""
        self.calls += 1
        self.given += [(source.path.read_bytes(), source.content_type) for source in call.sources.values()]
        return await super().run(call, sink)


@asynccontextmanager
async def house(database: str, folder: Path, **changes: Any) -> AsyncGenerator[tuple[Daygen, Ada, Watching]]:
    provider = Watching()
    chosen = {**HERE, "largest_upload_bytes": LARGEST, "input_timeout": timedelta(seconds=1), **changes}
    async with Daygen.open(database, folder, {"fake": provider}, **chosen) as product:
        yield product, await product.workspace(credits=10), provider


def saying(body: bytes, head: bytes = HEAD) -> Answering:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    return answer


async def edited(product: Daygen, ada: Ada, url: str) -> Mapping[str, Any]:
    job_id = await product.order(ada, model="fake/edit", input={"prompt": "redder", "image": {"url": url}})
    await product.drain()
    return await product.job(ada, job_id)


async def test_a_job_works_on_a_picture_from_an_address(database: str, tmp_path: Path):
    picture = bombs.picture()

    async with house(database, tmp_path) as (product, ada, provider), listening(saying(picture)) as port:
        job = await edited(product, ada, f"http://127.0.0.1:{port}/a picture.png".replace(" ", "%20"))

        assert (job["status"], job["error"], job["parentAssetId"]) == ("succeeded", None, None)
        assert job["input"]["image"] == {"url": f"http://127.0.0.1:{port}/a%20picture.png"}
        assert provider.given == [(picture, "image/png")], "what it is counts, not what the address says"
        assert await product.balance(ada) == 7.5
        assert await product.audit() == []


async def test_a_quote_and_an_order_that_is_refused_fetch_nothing(database: str, tmp_path: Path):
    asked = 0

    async def count(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1

    async with house(database, tmp_path) as (product, ada, _), listening(count) as port:
        here = {"url": f"http://127.0.0.1:{port}/a.png"}
        order = {"model": "fake/edit", "input": {"prompt": "redder", "image": here}}
        quoted = await product.api(ada).post("/v1/quotes", json=order)
        poor = await product.api(ada).post("/v1/jobs", json=order | {"count": 16})

    assert (quoted.status_code, poor.status_code, asked) == (200, 402, 0)


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"\r\n" + bombs.picture())
    while True:
        writer.write(bytes(65_536))
        await writer.drain()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


BAD: Mapping[str, tuple[Answering, str]] = {
    "more than may be": (flood, "assets.too_large_picture"),
    "drop by drop": (drip, "assets.unreachable"),
    "nothing": (hang_up, "assets.unreachable"),
    "cut short": (saying(bombs.picture()[:50]), "assets.unreadable"),
    "a page": (saying(bombs.HTML), "assets.unreadable"),
    "a page of 404": (saying(bombs.HTML, b"HTTP/1.1 404 Not Found\r\n"), "assets.unreachable"),
    "no bytes": (saying(b""), "assets.unreadable"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_picture_ends_the_job_free_and_its_provider_is_not_asked(
    database: str, tmp_path: Path, what: str
):
    answer, code = BAD[what]

    async with house(database, tmp_path) as (product, ada, provider), listening(answer) as port:
        job = await edited(product, ada, f"http://127.0.0.1:{port}/a.png")

        assert (job["status"], job["error"]["code"], job["attempts"]) == ("failed", code, 1)
        assert job["error"]["detail"].startswith("input.image.url: ")
        assert job["error"]["retryable"] == (code == "assets.unreachable")
        assert (provider.calls, await product.balance(ada)) == (0, 10)
        assert await product.events(ada) == ["job.queued", "job.started", "job.failed"]
        assert await product.audit() == []
        async with product.db.reading() as tx:
            assert await tx.value("select count(*) from usage") == 0
        assert [*(tmp_path / "scratch").iterdir()] == []


async def test_an_address_that_leads_on_to_the_inside_is_not_followed(database: str, tmp_path: Path):
    inside = 0

    async def count(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal inside
        inside += 1

    async with house(database, tmp_path) as (product, ada, provider), listening(count, host="127.0.0.2") as there:
        leading = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:%d/a.png\r\n" % there
        async with listening(saying(b"", leading)) as port:
            job = await edited(product, ada, f"http://127.0.0.1:{port}/a.png")

    assert job["error"]["code"] == "assets.unreachable"
    assert "not public" in job["error"]["detail"]
    assert (inside, provider.calls) == (0, 0)


async def test_a_name_that_turns_out_to_mean_the_inside_is_never_connected_to(daygen: Daygen, tmp_path: Path):
    ada = await daygen.workspace(credits=10)
    given = {"prompt": "redder", "image": {"url": "https://several.example/a.png"}}
    job_id = JobId.parse(await daygen.order(ada, model="fake/edit", input=given))
    async with daygen.db.reading() as tx:
        job = await service.find(tx, ada.id, job_id)
    network = Noting()
    client = EgressClient(Guard(), resolver=Dns(), network=network)
    sources = Sources(daygen.db, daygen.house.storage, client, Inspector(), largest_bytes=LARGEST)

    with pytest.raises(Unusable) as unusable:
        await sources.of(job, daygen.house.catalog.find("fake/edit").offers["image_edit"], tmp_path)

    assert (unusable.value.code, network.reached) == ("assets.unreachable", [])


class Filming(Watching):
    """The fake, which takes edits too for a ticket, two pictures an order."""

    def terms(self, model: str, operation: str, *, callback: bool) -> Terms | None:  # noqa: ARG002 - the contract
        """As for films."""
        return super().terms("video", operation, callback=callback)


@asynccontextmanager
async def vanishing() -> AsyncGenerator[str]:
    """The address of a picture that can be had once."""
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await saying(bombs.picture() if asked == 1 else b"", HEAD if asked == 1 else b"HTTP/1.1 410 Gone\r\n")(
            reader, writer
        )

    async with listening(answer) as port:
        yield f"http://127.0.0.1:{port}/a.png"


async def test_what_was_ordered_before_a_picture_vanished_is_delivered_and_charged(database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path, {"fake": Filming()}, **HERE) as product, vanishing() as url:
        ada = await product.workspace(credits=10)
        given = {"prompt": "redder", "image": {"url": url}}
        job_id = await product.order(ada, model="fake/edit", input=given, count=3)
        await product.drain()

        job = await product.job(ada, job_id)
        assert (job["status"], len(job["outputs"])) == ("succeeded", 2)
        assert any("the address answered 410" in warning for warning in job["warnings"])
        assert Studio(tmp_path / "scratch").books("arrived") == [job_id]
        assert await product.balance(ada) == 5
        assert await product.audit() == []


async def test_an_order_that_may_have_arrived_is_not_called_unsendable_when_its_picture_vanished(
    database: str, tmp_path: Path
):
    async with Daygen.open(database, tmp_path, {"fake": Filming()}, **HERE) as product, vanishing() as url:
        ada = await product.workspace(credits=10)
        given = {"prompt": "redder [[lost]]", "image": {"url": url}}
        job_id = await product.order(ada, model="fake/edit", input=given)
        await product.drain()

        job = await product.job(ada, job_id)
        assert (job["status"], job["error"]["code"]) == ("failed", "provider.outcome_unknown")
        assert Studio(tmp_path / "scratch").books("arrived") == [job_id]
        assert await product.balance(ada) == 10
        assert await product.audit() == []
