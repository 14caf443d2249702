"""What only a bucket can break: keys, endpoints that are dead in every way, roles, and the addresses themselves."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import obstore
import pytest

from daygen.infra.storage import Bucket, S3Storage, Storage, StorageUnavailable, open_storage, s3, sigv4
from daygen.kit.clock import SetClock
from tests.infra.rclone import S3Server, serve_s3

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with serve_s3(tmp_path_factory.mktemp("storage-s3")) as server:
        yield server


def opened(url: str, credentials: Mapping[str, str], at: datetime | None = None) -> Storage:
    clock = SetClock(at or datetime.now(UTC))
    return open_storage(url, secret=bytes(32), public_url="http://daygen.test", credentials=credentials, clock=clock)


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_an_object_carries_its_headers_for_whoever_reaches_it_without_our_link(server: S3Server) -> None:
    storage = opened(server.url, server.credentials)
    raw = obstore.store.S3Store(
        server.bucket,
        endpoint=server.endpoint,
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        client_options={"allow_http": True},
    )

    for key, content_type in (("headers/a", "image/png"), ("headers/b", "image/svg+xml")):
        await storage.put(key, stream(b"x"), content_type)
    found = {key: dict((await raw.get_async(key)).attributes) for key in ("headers/a", "headers/b")}

    keep = {"Cache-Control": "private, max-age=31536000, immutable"}
    assert found["headers/a"].items() >= {"Content-Type": "image/png", "Content-Disposition": "inline", **keep}.items()
    assert found["headers/b"].items() >= {"Content-Type": "image/svg+xml", "Content-Disposition": "attachment"}.items()


async def test_a_prefix_is_a_room_of_its_own(server: S3Server) -> None:
    inside = opened(server.url.replace("?", "/rooms/one?"), server.credentials)
    outside = opened(server.url, server.credentials)

    await inside.put("a", stream(b"x"), "text/plain")

    assert await inside.list("") == ["a"]
    assert await outside.list("rooms") == ["rooms/one/a"]
    assert (server.folder / "rooms" / "one" / "a").read_bytes() == b"x"


@pytest.mark.parametrize("which", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
async def test_keys_that_the_bucket_refuses_are_named_at_once(server: S3Server, tmp_path: Path, which: str) -> None:
    storage = opened(server.url, {**server.credentials, which: "wrong"})

    for verb in (
        storage.check(),
        storage.put("refused", stream(b"x"), "text/plain"),
        storage.put("refused", stream(b"x" * (s3.PART_BYTES + 1)), "text/plain"),
        storage.fetch("refused", tmp_path / "out"),
        storage.list(""),
        storage.delete(["refused"]),
    ):
        with pytest.raises(StorageUnavailable, match=f"^the bucket {server.bucket} at .* refuses our keys") as refusal:
            await verb
        assert "\n" not in str(refusal.value)
        assert server.bucket not in refusal.value.detail
    url = await storage.url("refused", content_type="text/plain", expires_in=HOUR)
    async with httpx.AsyncClient() as http:
        assert (await http.get(url)).status_code == 403
    assert not (server.folder / "refused").exists()


async def test_a_bucket_that_does_not_exist_is_named_at_once(server: S3Server, tmp_path: Path) -> None:
    storage = opened(server.url.replace(server.bucket, "no-such-bucket"), server.credentials)

    for verb in (
        storage.check(),
        storage.put("a", stream(b"x"), "text/plain"),
        storage.fetch("a", tmp_path / "out"),
        storage.list(""),
        storage.delete(["a"]),
    ):
        with pytest.raises(StorageUnavailable, match=r"^the bucket no-such-bucket at .* does not exist$"):
            await verb


async def test_nothing_in_the_environment_changes_where_files_go(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_SESSION_TOKEN": "someone else's",
        "AWS_ACCESS_KEY_ID": "someone else's",
        "AWS_SECRET_ACCESS_KEY": "someone else's",
        "AWS_REGION": "mars-1",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }.items():
        monkeypatch.setenv(name, value)
    storage = opened(server.url, server.credentials)

    await storage.put("environment", stream(b"x"), "text/plain")

    assert (server.folder / "environment").read_bytes() == b"x"


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def endpoint(serve: Serve) -> AsyncGenerator[str]:
    """An endpoint that behaves as `serve` does with each connection."""
    writers: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for writer in writers:
            writer.close()


@asynccontextmanager
async def unreachable() -> AsyncGenerator[str]:
    """An address that answers no attempt to connect: its queue is full and nobody takes from it."""
    with socket.socket() as listening, ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def at(endpoint: str) -> Storage:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    return opened(f"s3://bucket?{urlencode({'endpoint': endpoint, 'path_style': '1'})}", keys)


async def seconds_until_unavailable(verb: Coroutine[None, None, object]) -> float:
    began = time.monotonic()
    with pytest.raises(StorageUnavailable, match=r"^the bucket bucket at http://127.* does not answer: ."):
        await verb
    return time.monotonic() - began


async def test_an_endpoint_that_takes_everything_and_says_nothing_is_given_up_within_15_seconds(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            pass

    async with endpoint(silent) as dead, unreachable() as lost:
        verbs: list[Coroutine[None, None, object]] = []
        for storage in (at(dead), at(lost)):
            verbs += [
                storage.check(),
                storage.put("a", stream(b"x"), "text/plain"),
                storage.put("b", stream(b"x" * (2 * s3.PART_BYTES)), "text/plain"),
                storage.fetch("a", tmp_path / "out"),
                storage.list(""),
                storage.delete(["a"]),
            ]
        waits = await asyncio.gather(*map(seconds_until_unavailable, verbs))

    assert 4 < min(waits) < max(waits) < 15
    assert not (tmp_path / "out").exists()


async def test_an_endpoint_that_refuses_hangs_up_or_fails_is_given_up_after_two_more_tries(tmp_path: Path) -> None:
    calls = 0

    async def failing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        while line := await reader.readline():
            if line == b"\r\n":
                calls += 1
                writer.write(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n")

    async def hanging_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with endpoint(failing) as broken, endpoint(hanging_up) as resetting:
        for address in (broken, resetting, "http://127.0.0.1:9"):
            storage = at(address)
            assert await seconds_until_unavailable(storage.check()) < 5
            assert await seconds_until_unavailable(storage.fetch("a", tmp_path / "out")) < 5
            assert await seconds_until_unavailable(storage.put("a", stream(b""), "text/plain")) < 5

    assert calls == 9


async def test_a_file_that_breaks_off_leaves_nothing_on_our_disk(tmp_path: Path) -> None:
    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        headers = b"Content-Length: 9000000\r\nLast-Modified: Fri, 20 Nov 2026 12:00:00 GMT\r\nETag: x"
        writer.write(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n" + b"x" * 3_000_000)
        await writer.drain()
        writer.close()

    async with endpoint(breaks_off) as address:
        with pytest.raises(StorageUnavailable):
            await at(address).fetch("a", tmp_path / "out")

    assert not (tmp_path / "out").exists()


async def test_a_slow_upload_goes_on_as_long_as_the_bucket_answers(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "DOUBT_AFTER", timedelta(milliseconds=20))
    storage = opened(server.url, server.credentials)

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * (1 << 20)
            await asyncio.sleep(0.03)

    stored = await storage.put("slow", slow(), "video/mp4")

    assert stored.size_bytes == (server.folder / "slow").stat().st_size == 10 << 20


async def test_an_upload_ends_when_the_bucket_stops_answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "DOUBT_AFTER", timedelta(milliseconds=20))
    halfway = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield b"x" * (s3.PART_BYTES * 2)
        halfway.set()
        await asyncio.Event().wait()

    with serve_s3(tmp_path) as mortal:
        put = asyncio.create_task(opened(mortal.url, mortal.credentials).put("a", stalls(), "video/mp4"))
        await halfway.wait()
    with pytest.raises(StorageUnavailable, match="does not answer"):
        await put


async def test_a_role_gives_the_keys_where_we_have_none(server: S3Server, tmp_path: Path) -> None:
    """As on ECS and EKS: an address and a token to ask it with. The link is then obstore's own."""
    token = tmp_path / "token"
    token.write_text("let me in")
    asked: list[bytes] = []

    async def role(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        keys = {
            "AccessKeyId": server.access_key_id,
            "SecretAccessKey": server.secret_access_key,
            "Token": "",
            "Expiration": (datetime.now(UTC) + HOUR).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        body = json.dumps(keys).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    async with endpoint(role) as metadata, httpx.AsyncClient() as http:
        variables = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{metadata}/keys",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
        }
        storage = opened(server.url, variables)
        await storage.put("role/a", stream(b"x"), "image/png")
        answer = await http.get(await storage.url("role/a", content_type="image/png", expires_in=HOUR))

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"x", "image/png")
    assert b"let me in" in asked[0]


def test_a_presigned_link_is_the_one_in_amazons_documentation() -> None:
    """The example of "Authenticating Requests: Using Query Parameters" in the S3 API reference."""
    keys = sigv4.Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    start = datetime(2013, 5, 24, tzinfo=UTC)

    url = sigv4.presign(
        "https://examplebucket.s3.amazonaws.com/test.txt", keys, "us-east-1", start, start + timedelta(days=1), {}
    )

    assert (
        httpx.URL(url).params["X-Amz-Signature"] == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


async def test_a_link_is_signed_as_obstore_would_sign_it(server: S3Server) -> None:
    """Two independent signers agree, a temporary key's token and a folder included; rclone knows no tokens."""
    variables = {**server.credentials, "AWS_SESSION_TOKEN": "a/token+with=signs"}
    theirs = httpx.URL(
        await obstore.sign_async(
            obstore.store.S3Store(
                "bucket",
                prefix="folder",
                endpoint="https://s3.example.com:8443",
                region="eu-central-1",
                access_key_id=server.access_key_id,
                secret_access_key=server.secret_access_key,
                session_token=variables["AWS_SESSION_TOKEN"],
            ),
            "GET",
            "ws/a.png",
            timedelta(hours=2),
        )
    )
    start = datetime.strptime(theirs.params["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = sigv4.presign(
        "https://s3.example.com:8443/bucket/folder/ws/a.png",
        sigv4.Keys(server.access_key_id, server.secret_access_key, variables["AWS_SESSION_TOKEN"]),
        "eu-central-1",
        start,
        start + timedelta(hours=2),
        {},
    )

    assert httpx.URL(ours).params == theirs.params
    assert httpx.URL(ours).path == theirs.path


async def test_links_may_lead_to_another_address_than_ours(server: S3Server) -> None:
    public = server.endpoint.replace("127.0.0.1", "localhost")
    storage = opened(f"{server.url}&{urlencode({'public_endpoint': public})}", server.credentials)
    await storage.put("public", stream(b"x"), "image/png")

    url = await storage.url("public", content_type="image/png", expires_in=HOUR)
    async with httpx.AsyncClient() as http:
        answer = await http.get(url)

    assert url.startswith(f"{public}/")
    assert (answer.status_code, answer.content) == (200, b"x")


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("s3://pictures", "https://pictures.s3.us-east-1.amazonaws.com"),
        ("s3://pictures?region=eu-west-1", "https://pictures.s3.eu-west-1.amazonaws.com"),
        ("s3://my.pictures?region=eu-west-1", "https://s3.eu-west-1.amazonaws.com/my.pictures"),
        ("s3://pictures?endpoint=https://minio.example.com:443/&path_style=1", "https://minio.example.com/pictures"),
        ("s3://pictures?endpoint=http://minio:9000&path_style=1", "http://minio:9000/pictures"),
        ("s3://pictures?endpoint=http://[::1]:9000&path_style=1", "http://[::1]:9000/pictures"),
        ("s3://pictures?endpoint=https://me.r2.example.com&region=auto", "https://pictures.me.r2.example.com"),
    ],
)
def test_an_address_leads_to_the_bucket(address: str, base_url: str) -> None:
    assert Bucket.at(address, {}).base_url == base_url


def test_what_the_address_leaves_out_comes_from_the_usual_variables() -> None:
    variables = {"AWS_REGION": "eu-north-1", "AWS_ENDPOINT_URL": "https://s3.example.com"}

    bucket = Bucket.at("s3://pictures/team?path_style=1", variables)

    assert (bucket.region, bucket.base_url) == ("eu-north-1", "https://s3.example.com/pictures")
    assert bucket.prefix == "team"


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("s3://", "not the name of an S3 bucket"),
        ("s3://UPPER", "not the name of an S3 bucket"),
        ("s3://key:secret@bucket", "not the name of an S3 bucket"),
        ("s3://bucket/../other", "not a storage key"),
        ("s3://bucket?secret=x", "does not know secret"),
        ("s3://bucket?endpoint=minio:9000", "must be http"),
        ("s3://bucket?endpoint=http://key:secret@minio", "must be http"),
        ("s3://bucket?path_style=yes", "path_style is 1 or 0"),
    ],
)
def test_an_address_that_makes_no_sense_is_named(address: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        opened(address, {})


@pytest.mark.parametrize("only", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_a_pair_of_keys_is_named(only: str) -> None:
    with pytest.raises(ValueError, match="come together"):
        opened("s3://bucket", {only: uuid4().hex})


def test_a_name_lookup_is_not_needed_to_open_a_bucket() -> None:
    assert isinstance(opened("s3://bucket?endpoint=https://nowhere.invalid", {}), S3Storage)
