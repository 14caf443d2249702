"""The client: httpx's own engine (httpcore), on a network that connects to judged addresses only.

httpcore has no redirects, cookies, proxies from the environment or decompression, so there is nothing to switch off.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import cast
from urllib.parse import urljoin

import httpcore
import httpx

from daygen.infra.egress.addresses import Address, check
from daygen.infra.egress.errors import Failed, Refused
from daygen.infra.egress.ranges import IP, Guard, plain
from daygen.infra.egress.resolver import Resolver, resolve

MOST_IPS = 4
MOST_HOPS = 5
REDIRECTS = {301, 302, 303, 307, 308}
OK = 200

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each phase may take, and all of them together."""

    resolve: timedelta = timedelta(seconds=5)
    connect: timedelta = timedelta(seconds=5)
    write: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=15)
    total: timedelta = timedelta(seconds=20)

    def phases(self) -> dict[str, float]:
        """As the engine wants them."""
        return {
            "connect": self.connect.total_seconds(),
            "write": self.write.total_seconds(),
            "read": self.read.total_seconds(),
            "pool": self.connect.total_seconds(),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the first bytes of the body as they were sent, `cut` when there was more."""

    status: int
    headers: Headers
    body: bytes
    cut: bool
    took: timedelta


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: where from in the end, what it says it is, how long it is."""

    url: str
    content_type: str
    size_bytes: int


class EgressClient:
    """Sends requests to addresses that a user can influence. Safe to share; holds nothing open between requests."""

    def __init__(
        self,
        guard: Guard,
        *,
        patience: Patience | None = None,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self.guard = guard
        self.patience = patience or Patience()
        self._resolver = resolver
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._network = network or cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def send(self, method: str, url: str, *, headers: Headers, body: bytes, most_bytes: int) -> Answer:
        """Send one request; a redirect is an answer like any other. Reads up to `most_bytes` of the answer.

        Raises `Refused` before anything is connected, or `Failed`.
        """
        began = time.perf_counter()
        address = Address.read(url)
        read = bytearray()
        async with self._exchange(method, address, headers, body) as response:
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) > most_bytes:
                    break
            took = timedelta(seconds=time.perf_counter() - began)
            return Answer(response.status, _readable(response), bytes(read[:most_bytes]), len(read) > most_bytes, took)

    async def fetch(self, url: str, write: Callable[[bytes], Awaitable[None]], *, most_bytes: int) -> Fetched:
        """Get a file, handing its bytes to `write` as they come; each of up to 5 redirects is judged anew.

        Raises `Refused`, or `Failed`, also when the answer is not 200, is compressed, or is longer than `most_bytes`.
        """
        for _ in range(MOST_HOPS + 1):
            address = Address.read(url)
            async with self._exchange("GET", address, {"Accept-Encoding": "identity"}, b"") as response:
                headers = _readable(response)
                if response.status in REDIRECTS and "location" in headers:
                    url = urljoin(str(address), headers["location"])
                    continue
                if response.status != OK:
                    raise Failed("broken", f"the address answered {response.status}")
                if headers.get("content-encoding", "identity") != "identity":
                    raise Failed("broken", "the address answered with a compressed body")
                size = 0
                async for chunk in response.aiter_stream():
                    size += len(chunk)
                    if size > most_bytes:
                        raise Failed("too_large", f"the file is larger than {most_bytes} bytes")
                    await write(chunk)
                return Fetched(str(address), headers.get("content-type", "application/octet-stream"), size)
        raise Refused(f"the address leads on more than {MOST_HOPS} times")

    @asynccontextmanager
    async def _exchange(
        self, method: str, address: Address, headers: Headers, body: bytes
    ) -> AsyncGenerator[httpcore.Response]:
        address.judged(self.guard)
        network = _Guarded(self._network, self.guard, self._resolver, self.patience, address)
        url = httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
        )
        told = {"Host": address.authority, "Connection": "close", **headers}
        if body or method in {"POST", "PUT", "PATCH"}:
            told["Content-Length"] = str(len(body))
        try:
            async with (
                asyncio.timeout(self.patience.total.total_seconds()),
                httpcore.AsyncConnectionPool(
                    ssl_context=self._tls, max_keepalive_connections=0, retries=0, network_backend=network
                ) as pool,
                pool.stream(
                    method,
                    url,
                    headers=[(name.encode(), value.encode()) for name, value in told.items()],
                    content=body,
                    extensions={"timeout": self.patience.phases()},
                ) as response,
            ):
                yield response
        except (TimeoutError, httpcore.TimeoutException):
            raise Failed("timeout", "the address did not answer in time") from None
        except (httpcore.ConnectError, ssl.SSLError) as error:
            if isinstance(error, ssl.SSLError) or isinstance(error.__cause__ or error.__context__, ssl.SSLError):
                raise Failed("tls", "the address has no certificate that is good for its name") from error
            raise Failed("unreachable", "the address could not be connected to") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Failed("broken", "the address broke off its answer, or gave none that is HTTP") from error
        finally:
            await network.close()


class _Guarded(httpcore.AsyncNetworkBackend):
    """A network for one request: resolves its host, judges every IP, and connects to a judged one and no other."""

    def __init__(
        self,
        network: httpcore.AsyncNetworkBackend,
        guard: Guard,
        resolver: Resolver,
        patience: Patience,
        address: Address,
    ) -> None:
        self._network = network
        self._guard = guard
        self._resolver = resolver
        self._patience = patience
        self._address = address
        self._opened: list[httpcore.AsyncNetworkStream] = []

    async def close(self) -> None:
        """Close what is open: the engine leaves a connection open that is cancelled while it greets."""
        for stream in self._opened:
            await stream.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a judged IP of the request's host. Raises `Refused` when it has none, or `Failed`."""
        if (host, port) != (self._address.host, self._address.port):
            raise Refused("a request goes to its own address only")
        failure: Exception | None = None
        for ip in await self._judged():
            try:
                stream = await self._network.connect_tcp(str(ip), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._opened.append(stream)
            peer = stream.get_extra_info("server_addr")
            if peer is None or plain(ip_address(peer[0])) != ip:
                raise Refused("the connection does not lead to the address that was judged")
            return stream
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await self._network.sleep(seconds)

    async def _judged(self) -> Sequence[IP]:
        """The IPs we may connect to. A name of several keeps those that pass: none of the others is touched."""
        if self._address.ip is not None:
            found: Sequence[IP] = [self._address.ip]
        else:
            try:
                async with asyncio.timeout(self._patience.resolve.total_seconds()):
                    found = await self._resolver(self._address.host)
            except TimeoutError:
                raise Failed("unresolved", "the name of the host could not be resolved in time") from None
        if not found:
            raise Failed("unresolved", "the name of the host is not known")
        good: list[IP] = []
        refusal: Refused | None = None
        for ip in found:
            try:
                check(self._guard, self._address, ip)
            except Refused as no:
                refusal = no
            else:
                good.append(plain(ip))
        if not good:
            assert refusal is not None
            raise refusal
        return good[:MOST_IPS]


def _readable(response: httpcore.Response) -> Headers:
    """The headers, names in lower case, the last of a name."""
    with contextlib.suppress(UnicodeDecodeError):
        return {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
    return {}
