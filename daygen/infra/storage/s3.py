"""Files in an S3 bucket (or R2, MinIO, …), through obstore; clients fetch them from the bucket by presigned links.

What a process that was killed left of a multipart upload stays in the bucket, unseen but paid for: give the bucket a
lifecycle rule that aborts incomplete uploads after a day.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from daygen.infra.storage import sigv4
from daygen.infra.storage.blocks import blocks, save
from daygen.infra.storage.contract import (
    CACHE_CONTROL,
    StorageUnavailable,
    Stored,
    assert_content_type,
    assert_key,
    assert_prefix,
    disposition,
    expiry,
)
from daygen.kit.clock import Clock, SystemClock

# Up to a part goes in one request; S3 takes 10,000 parts, so a file may have 78 GiB. Two parts on their way, one being
# gathered and one in Python's hands are 32 MiB.
PART_BYTES = 8 << 20
PARTS_AT_ONCE = 2
CONNECT_TIMEOUT = timedelta(seconds=5)
# How long a bucket may be silent. An upload is silent until its last byte was taken in, so it gets long; what finds a
# dead endpoint early is a small question beside it.
ANSWER_TIMEOUT = timedelta(seconds=10)
UPLOAD_TIMEOUT = timedelta(minutes=10)
DOUBT_AFTER = timedelta(seconds=3)
TRANSFER_TIMEOUT = timedelta(hours=2)
SETTLE = timedelta(milliseconds=200)

_KNOWN = {"endpoint", "public_endpoint", "region", "path_style"}
# How a machine gets temporary keys from where it runs (ECS, EKS); without any of these obstore asks EC2.
_ROLE = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
)
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is: the address of its objects, for us and for browsers, without a slash at the end."""

    name: str
    prefix: str
    region: str
    base_url: str
    public_base_url: str
    path_style: bool

    @classmethod
    def at(cls, url: str, variables: Mapping[str, str]) -> "Bucket":
        """Read `s3://bucket[/prefix]?endpoint=…&region=…&path_style=1&public_endpoint=…`. Raises ValueError."""
        parts = urlsplit(url)
        name, prefix = parts.netloc, parts.path.strip("/")
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if unknown := asked.keys() - _KNOWN:
            raise ValueError(f"the storage address does not know {', '.join(sorted(unknown))}")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
            raise ValueError(f"{name!r} is not the name of an S3 bucket")
        assert_prefix(prefix)
        region = (
            asked.get("region") or variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION") or "us-east-1"
        )
        # A name with dots has no certificate as a host
        path_style = asked.get("path_style", "1" if "." in name else "0")
        if path_style not in {"0", "1"}:
            raise ValueError(f"path_style is 1 or 0, not {path_style!r}")
        endpoint = asked.get("endpoint") or variables.get("AWS_ENDPOINT_URL_S3") or variables.get("AWS_ENDPOINT_URL")
        endpoint = endpoint or f"https://s3.{region}.amazonaws.com"
        return cls(
            name=name,
            prefix=prefix,
            region=region,
            base_url=_bucket_url(endpoint, name, path_style=path_style == "1"),
            public_base_url=_bucket_url(asked.get("public_endpoint") or endpoint, name, path_style=path_style == "1"),
            path_style=path_style == "1",
        )


class S3Storage:
    """A bucket, or a folder of one."""

    def __init__(self, bucket: Bucket, credentials: Mapping[str, str], clock: Clock | None = None) -> None:
        self._bucket = bucket
        self._clock = clock or SystemClock()
        self._keys = _keys(credentials)
        self._store = _connect(bucket, self._keys, credentials, ANSWER_TIMEOUT)
        self._uploads = _connect(bucket, self._keys, credentials, UPLOAD_TIMEOUT)

    async def put(self, key: str, source: Path | AsyncIterable[bytes], content_type: str) -> Stored:
        """Upload a file: one request if it fits into a part, else several that become visible together."""
        assert_key(key)
        flow = _Flow(source)
        how = {
            "Content-Type": assert_content_type(content_type),
            "Cache-Control": CACHE_CONTROL,
            "Content-Disposition": disposition(content_type, None, attachment=False),
        }
        head = await flow.head()
        if flow.ended:
            upload = obstore.put_async(self._uploads, key, b"".join(head), attributes=how, use_multipart=False)
        else:
            upload = obstore.put_async(
                self._uploads,
                key,
                flow.rest(head),
                attributes=how,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )
        try:
            await self._while_alive(upload)
        except (BaseError, OSError) as error:
            if flow.failure is not None:
                raise flow.failure from None
            raise self._unavailable(error) from error
        return Stored(key, flow.size_bytes, flow.digest.digest(), content_type)

    async def url(
        self,
        key: str,
        *,
        content_type: str,
        expires_in: timedelta,
        filename: str | None = None,
        attachment: bool = False,
    ) -> str:
        """Presign a GET of the bucket.

        With keys from a role, which only obstore knows, the link changes each second, names no file, and ends with
        the role's keys; type and attachment are then as they were said at `put`.
        """
        assert_key(key)
        now = self._clock.now()
        end = expiry(now, expires_in)
        if self._keys is None:
            return await self._told(obstore.sign_async(self._store, "GET", key, end - now))
        start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        path = "/".join(filter(None, [self._bucket.public_base_url, self._bucket.prefix, key]))
        asking = {
            "response-content-type": assert_content_type(content_type),
            "response-content-disposition": disposition(content_type, filename, attachment=attachment),
        }
        return sigv4.presign(path, self._keys, self._bucket.region, start, end, asking)

    async def fetch(self, key: str, to: Path) -> None:
        """Download a file."""
        try:
            found = await obstore.get_async(self._store, assert_key(key))
        except FileNotFoundError as error:
            if _code(error) == "NoSuchBucket":
                raise self._unavailable(error) from error
            raise FileNotFoundError(key) from None
        except BaseError as error:
            raise self._unavailable(error) from error
        try:
            await save(found.stream(min_chunk_size=1 << 20), to)
        except BaseError as error:
            raise self._unavailable(error) from error

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove files, a thousand a request."""
        if not keys:
            return
        try:
            await obstore.delete_async(self._store, [assert_key(key) for key in keys])
        except (BaseError, FileNotFoundError) as error:
            if isinstance(error, BaseError) or _code(error) == "NoSuchBucket":
                raise self._unavailable(error) from error

    async def list(self, prefix: str) -> list[str]:
        """Ask for every key, a thousand a request."""
        found: list[str] = []
        try:
            pages = obstore.list(self._store, assert_prefix(prefix) or None)  # pyright: ignore[reportUnknownMemberType] - its Arrow form needs a library we do without
            async for page in pages:
                found += [item["path"] for item in page]
        except (BaseError, FileNotFoundError) as error:
            raise self._unavailable(error) from error
        return sorted(found)

    async def check(self) -> None:
        """List nothing: the endpoint answers, the bucket is there, and it takes our keys."""
        await self.list("ready")

    async def close(self) -> None:
        """Let obstore's threads come to rest.

        A thread of obstore that asks for the interpreter while that one ends aborts the process (SIGABRT, before
        Python 3.14): 9 of 150 processes that ended right after an upload, none of 150 that waited 50 ms.
        """
        await asyncio.sleep(SETTLE.total_seconds())

    async def _while_alive(self, upload: Awaitable[object]) -> None:
        """Wait for an upload however slow the line is, but only as long as the bucket answers a small question."""
        task = asyncio.ensure_future(upload)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=DOUBT_AFTER.total_seconds())
                if not task.done():
                    await self.check()
            await task
        finally:
            task.cancel()

    async def _told(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except (BaseError, FileNotFoundError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StorageUnavailable:
        code = _code(error)
        where = f"the bucket {self._bucket.name} at {self._bucket.base_url}"
        if code == "NoSuchBucket":
            return StorageUnavailable(f"{where} does not exist")
        if code in _REFUSED:
            return StorageUnavailable(f"{where} refuses our keys ({code})")
        first_line = str(error).partition("\n")[0]
        return StorageUnavailable(f"{where} does not answer: {code or first_line.rpartition(' - ')[2][:200]}")


class _Flow:
    """A source on its way into a bucket: counted, hashed, and remembered if it broke."""

    def __init__(self, source: Path | AsyncIterable[bytes]) -> None:
        self.digest = hashlib.sha256()
        self.size_bytes = 0
        self.failure: Exception | None = None
        self.ended = False
        self._blocks = self._counted(blocks(source))

    async def head(self) -> list[bytes]:
        """Read the first part; `ended` says whether that was all."""
        held: list[bytes] = []
        while self.size_bytes <= PART_BYTES:
            block = await anext(self._blocks, None)
            if block is None:
                self.ended = True
                break
            held.append(block)
        return held

    async def rest(self, head: list[bytes]) -> AsyncIterator[bytes]:
        """Give the head back, then the rest."""
        while head:
            yield head.pop(0)
        async for block in self._blocks:
            yield block

    async def _counted(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            async for block in stream:
                self.size_bytes += len(block)
                await asyncio.to_thread(self.digest.update, block)
                yield block
        except Exception as error:
            self.failure = error
            raise


def _keys(variables: Mapping[str, str]) -> sigv4.Keys | None:
    """Our keys, or None where a role gives them."""
    key, secret = variables.get("AWS_ACCESS_KEY_ID"), variables.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return sigv4.Keys(key, secret, variables.get("AWS_SESSION_TOKEN") or None)
    if key or secret:
        raise ValueError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY come together")
    return None


def _connect(bucket: Bucket, keys: sigv4.Keys | None, variables: Mapping[str, str], silence: timedelta) -> S3Store:
    """Open obstore's client. All is said here: what is not said, obstore takes from the environment."""
    config: Any = {
        "endpoint": bucket.base_url if not bucket.path_style else bucket.base_url.removesuffix(f"/{bucket.name}"),
        "region": bucket.region,
        "virtual_hosted_style_request": not bucket.path_style,
        "skip_signature": False,
    }
    config["aws_endpoint_url_s3"] = config["endpoint"]
    if keys is None:
        config |= {name.removeprefix("AWS_").lower(): variables[name] for name in _ROLE if variables.get(name)}
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        config=config,
        client_options={
            "allow_http": bucket.base_url.startswith("http://"),
            "connect_timeout": CONNECT_TIMEOUT,
            "read_timeout": silence,
            "timeout": TRANSFER_TIMEOUT,
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=4)},
        credential_provider=None if keys is None else _Fixed(keys),
    )


class _Fixed:
    """Our keys in obstore's form."""

    def __init__(self, keys: sigv4.Keys) -> None:
        self._keys = keys

    def __call__(self) -> Any:
        return {
            "access_key_id": self._keys.access_key_id,
            "secret_access_key": self._keys.secret_access_key,
            "token": self._keys.session_token,
            "expires_at": None,
        }


def _bucket_url(endpoint: str, bucket: str, *, path_style: bool) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise ValueError(f"the endpoint {endpoint!r} must be http(s):// and a host")
    # Clients leave a scheme's own port out of the Host header, which is signed
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, default} else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.rstrip("/")
    if path_style:
        return f"{parts.scheme}://{host}{port}{path}/{bucket}"
    return f"{parts.scheme}://{bucket}.{host}{port}{path}"


def _code(error: Exception) -> str | None:
    """S3's own name for what went wrong, out of the XML that obstore quotes."""
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    return found and found[1]
