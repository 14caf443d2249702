"""The egress client takes little: no redirect, no proxy, no cookie, no unpacking, so many bytes, so much time."""

import asyncio
import gzip
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network

import pytest

from daygen.app.settings import SettingsError, read
from daygen.infra.egress import Address, Answer, EgressClient, Failed, Guard, Patience, Refused
from tests.receiver import Answering, listening

HERE = Guard((ip_network("127.0.0.0/8"),))
HASTE = Patience(read=timedelta(seconds=0.3), total=timedelta(seconds=1))


@asynccontextmanager
async def receiver(answer: Answering) -> AsyncGenerator[str]:
    """A server on loopback that does as it likes; its address."""
    async with listening(answer) as port:
        yield f"http://127.0.0.1:{port}"


def saying(text: bytes) -> Answering:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        await writer.drain()

    return answer


async def post(url: str, client: EgressClient | None = None, most_bytes: int = 1000) -> Answer:
    chosen = client or EgressClient(HERE, patience=HASTE)
    return await chosen.send("POST", url, headers={"X-Test": "1"}, body=b"hello", most_bytes=most_bytes)


async def test_the_request_says_whom_it_is_for_and_what_it_was_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    heard = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(5))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok")

    async def here(_name: str):
        return [ip_address("127.0.0.1")]

    async with receiver(answer) as url:
        client = EgressClient(HERE, patience=HASTE, resolver=here)
        named = url.replace("127.0.0.1", "Some.Example.")
        answers = [await post(f"{named}/a b?c=é".replace(" ", "%20"), client) for _ in range(2)]

    assert [(one.status, one.body, one.cut) for one in answers] == [(200, b"ok", False)] * 2
    host = named.removeprefix("http://").replace("Some.Example.", "some.example")
    assert heard.startswith(b"POST /a%20b?c=%C3%A9 HTTP/1.1\r\nHost: " + host.encode())
    assert b"Cookie" not in heard
    assert heard.endswith(b"hello")


async def test_an_answer_is_read_up_to_a_limit_however_long_it_goes_on():
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with receiver(flood) as url:
        answer = await post(url, most_bytes=65_536)

    assert (answer.status, len(answer.body), answer.cut) == (200, 65_536, True)
    assert sent < 32 << 20, "what the kernels' buffers hold, and not more"


async def test_what_is_packed_stays_packed():
    bomb = gzip.compress(bytes(10_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)

    async with receiver(saying(head + bomb)) as url:
        answer = await post(url, most_bytes=100_000)
        with pytest.raises(Failed, match="compressed"):
            await EgressClient(HERE, patience=HASTE).fetch(url, _nowhere, most_bytes=100_000_000)

    assert answer.body == bomb


async def test_send_does_not_follow_a_redirect():
    async with receiver(saying(b"HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n")) as url:
        answer = await post(url)

    assert (answer.status, answer.headers["location"]) == (302, "/on")


@pytest.mark.parametrize("kind", ["silent", "dripping head", "dripping body"])
async def test_who_does_not_answer_in_time_has_not_answered(kind: str):
    async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if kind == "dripping body":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        elif kind == "dripping head":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            if kind != "silent":
                writer.write(b"X: 1\r\n" if kind == "dripping head" else b"x")
                await writer.drain()
            await asyncio.sleep(0.05)

    began = time.monotonic()
    async with receiver(dawdle) as url:
        with pytest.raises(Failed) as failed:
            await post(url)

    assert failed.value.kind == "timeout"
    assert time.monotonic() - began < 3


async def test_a_connection_that_breaks_says_so():
    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with receiver(reset) as url:
        with pytest.raises(Failed) as failed:
            await post(url)
        nobody = url
    with pytest.raises(Failed) as unreachable:
        await post(nobody)

    assert (failed.value.kind, unreachable.value.kind) == ("broken", "unreachable")


async def test_a_certificate_must_be_good_for_the_name():
    async with receiver(saying(b"this is not TLS")) as url:
        with pytest.raises(Failed) as failed:
            await post(url.replace("http://", "https://"))

    assert failed.value.kind in {"tls", "timeout"}


async def test_a_name_server_that_never_answers_is_given_up():
    async def never(_name: str) -> list[IPv4Address]:
        await asyncio.sleep(60)
        return []

    client = EgressClient(HERE, patience=Patience(resolve=timedelta(seconds=0.1)), resolver=never)

    with pytest.raises(Failed) as failed:
        await post("https://slow.example/", client)

    assert failed.value.kind == "unresolved"


async def test_a_file_is_fetched_over_redirects_up_to_its_limit():
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        if path == b"/":
            writer.write(b"HTTP/1.1 307 On\r\nLocation: /file\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"x" * 5000)

    got = bytearray()

    async def keep(chunk: bytes) -> None:
        got.extend(chunk)

    client = EgressClient(HERE, patience=HASTE)
    async with receiver(serve) as url:
        fetched = await client.fetch(url, keep, most_bytes=5000)
        with pytest.raises(Failed) as too_large:
            await client.fetch(url, keep, most_bytes=4999)

    assert (fetched.url, fetched.content_type, fetched.size_bytes) == (f"{url}/file", "image/png", 5000)
    assert got.startswith(b"x" * 5000)
    assert too_large.value.kind == "too_large"


def test_what_is_exempt_is_exempt_and_nothing_beside_it():
    Address.read("http://127.0.0.1:8080/").judged(HERE)
    Address.read("http://hooks.internal:8080/").judged(HERE)  # its IP decides, later

    with pytest.raises(Refused):
        Address.read("http://10.0.0.1:8080/").judged(HERE)
    with pytest.raises(Refused):
        Address.read("http://hooks.internal:8080/").judged(Guard())


def test_the_setting_takes_networks_and_says_what_is_none():
    kept = read({"DAYGEN_SECRET": "x" * 32, "DAYGEN_EGRESS_ALLOW": " 10.1.0.0/16, ::1 "}).egress_allow

    assert kept == (ip_network("10.1.0.0/16"), ip_network("::1"))
    with pytest.raises(SettingsError, match="DAYGEN_EGRESS_ALLOW takes networks"):
        read({"DAYGEN_SECRET": "x" * 32, "DAYGEN_EGRESS_ALLOW": "10.1.0.1/16"})


async def _nowhere(_chunk: bytes) -> None:
    """Drop it."""
