"""How adapters speak to their companies: one client, made here, and every failure on the way said in the house's words.

The client never tries again by itself, follows no redirect, reads nothing from the environment and keeps no connection
for the next call. A connection that a company closes while it is being reused loses an order of which nobody can say
whether it arrived; one handshake more is nothing beside the seconds that a picture takes, and the first call of a
process is like every other.

What is certain: as long as the last byte of an order has not been handed to the network, nothing was accepted
(`Broken`). From then on a lost answer is `Unknown`. Only questions (`look`, `fetch`) are asked again: they are free.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from daygen.providers.contract import Broken, Unknown

CONNECT_S = 10.0
SEND_S = 60.0  # for each piece of the body, not for all of it
LARGEST_ANSWER = 512 << 20
LARGEST_FILE = 128 << 20
LARGEST_REASON = 64 << 10
LOOKS = 3
LOOK_S = 30.0
LOOK_AGAIN_S = 1.0
TELL_S = 3.0

Part: TypeAlias = "tuple[str, tuple[str | None, str | bytes | IO[bytes]] | tuple[str, IO[bytes] | bytes, str]]"


@dataclass(frozen=True, slots=True)
class Account:
    """Where a company's API is and what opens it. `title` is its name for users; `patience` how long an order may take.

    The headers hold the key, so they are in no repr.
    """

    title: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    patience: timedelta = timedelta(minutes=10)


class Reply:
    """An answer whose body is still on its way."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers

    @property
    def ok(self) -> bool:
        """Whether it is what was asked for."""
        return self._response.is_success

    async def pieces(self, limit: int = LARGEST_ANSWER) -> AsyncIterator[bytes]:
        """The body, piece by piece. Raises `httpx.DecodingError` when it is longer than `limit` bytes."""
        size = 0
        async for piece in self._response.aiter_bytes():
            size += len(piece)
            if size > limit:
                raise httpx.DecodingError(f"the answer is larger than {limit} bytes")
            yield piece

    async def reason(self) -> Any:
        """The body of a refusal as JSON, or as text, or "": however it ends, its status has said that it is one."""
        body = b""
        with suppress(httpx.HTTPError):
            async for piece in self.pieces(LARGEST_REASON):
                body += piece
        try:
            return json.loads(body)
        except ValueError:
            return body.decode(errors="replace")


class Line:
    """The way to one company."""

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._client = client
        self.account = account

    @property
    def title(self) -> str:
        """Its name for users."""
        return self.account.title

    @asynccontextmanager
    async def order(
        self, path: str, *, json: Any = None, parts: list[Part] | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Reply]:
        """Send what costs money, once, and hand out the answer while the block lasts.

        Raises `Broken` as long as not everything was sent, `Unknown` after it. Cancelled, it closes the connection.
        """
        sent = _Sent()
        patience_s = self.account.patience.total_seconds()
        try:
            async with asyncio.timeout(patience_s):
                request = self._client.build_request(
                    "POST",
                    self.account.base_url + path,
                    json=json,
                    files=parts,
                    headers={**self.account.headers, **(headers or {})},
                    timeout=httpx.Timeout(patience_s, connect=CONNECT_S, write=SEND_S),
                    extensions={"trace": sent.hear},
                )
                response = await self._client.send(request, stream=True)
                try:
                    yield Reply(response)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise self._lost(sent, error) from error

    async def look(self, path: str, limit: int = 16 << 20) -> Any:
        """Ask for JSON that costs nothing, a few times if need be. Raises `Unknown`: what was ordered may be done."""
        why = ""
        for again in range(LOOKS):
            await asyncio.sleep(LOOK_AGAIN_S * again)
            body = b""
            try:
                async with self._get(self.account.base_url + path, self.account.headers) as reply:
                    why = f"it answered {reply.status}"
                    if reply.ok:
                        async for piece in reply.pieces(limit):
                            body += piece
                        return json.loads(body)
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                why = type(error).__name__
        raise Unknown(f"{self.title} took the order and then could not be asked about it ({why})")

    async def tell(self, path: str, json: Any = None) -> None:
        """Say something that is good to know and no more, such as that nobody waits any longer. Raises nothing."""
        with suppress(httpx.HTTPError, TimeoutError):
            async with asyncio.timeout(TELL_S):
                await self._client.post(self.account.base_url + path, json=json, headers=dict(self.account.headers))

    async def fetch(self, url: str, path: Path, *, keyed: bool = False, limit: int = LARGEST_FILE) -> None:
        """Bring a result onto this machine's disk, trying a few times. It is fetched without the key unless `keyed`.

        Raises `Unknown`: what cannot be fetched was made, and may have been paid for.
        """
        if not self._may_fetch(url):
            raise Unknown(f"{self.title} names its result in a way that is not followed")
        why = ""
        for again in range(LOOKS):
            await asyncio.sleep(LOOK_AGAIN_S * again)
            try:
                async with self._get(url, self.account.headers if keyed else {}) as reply:
                    why = f"it answered {reply.status}"
                    if reply.ok:
                        with path.open("wb") as file:
                            async for piece in reply.pieces(limit):
                                file.write(piece)
                        return
            except (httpx.HTTPError, TimeoutError) as error:
                why = type(error).__name__
        raise Unknown(f"{self.title} made a result that could not be fetched ({why})")

    def _may_fetch(self, url: str) -> bool:
        """Over TLS, or, for a company that is itself spoken to without, from its own host."""
        try:
            there, here = urlsplit(url), urlsplit(self.account.base_url)
        except ValueError:
            return False
        return there.scheme == "https" or (there.scheme == here.scheme and there.hostname == here.hostname)

    @asynccontextmanager
    async def _get(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[Reply]:
        timeout = httpx.Timeout(LOOK_S, connect=CONNECT_S)
        async with (
            asyncio.timeout(self.account.patience.total_seconds()),
            self._client.stream("GET", url, headers=dict(headers), timeout=timeout) as response,
        ):
            yield Reply(response)

    def _lost(self, sent: "_Sent", error: Exception) -> Broken | Unknown:
        """Which of the two: only the network knows, and it told `sent`."""
        why = type(error).__name__  # its text may hold an address
        if sent.whole:
            return Unknown(f"{self.title} took the order and its answer was lost ({why})")
        return Broken(f"{self.title} could not be reached ({why})")


class _Sent:
    """Hears from the network how much of a request has left."""

    def __init__(self) -> None:
        self.whole = False

    async def hear(self, event: str, _facts: Mapping[str, Any]) -> None:
        """Take note when the last byte of the body was handed over."""
        if event.endswith(".send_request_body.complete"):
            self.whole = True


def open_client() -> httpx.AsyncClient:
    """The one client of a worker process, for all its adapters. Who opens it closes it."""
    return httpx.AsyncClient(
        headers={"Accept-Encoding": "identity", "User-Agent": "daygen"},
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        timeout=httpx.Timeout(LOOK_S, connect=CONNECT_S),
        follow_redirects=False,
        trust_env=False,
    )
