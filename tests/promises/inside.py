"""The attack of P26: every address a user could write, sent through the egress client, and where it got to.

Run as a program in a network namespace of its own, it gives every kind of inside address, and a public one as control,
to the loopback, listens on all of them, and prints which were reached. Without a namespace the same is attempted
against a network that only notes whom it is asked to connect to.
"""

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpcore
import trustme

from daygen.infra.egress import EgressClient, Failed, Guard, Refused
from daygen.infra.egress.ranges import IP

CONTROL = "93.184.216.34"
CONTROL_V6 = "2606:2800:220:1:248:1893:25c8:1946"
INSIDE = (
    *("127.0.0.1", "127.0.0.53", "10.0.0.1", "10.255.255.254", "100.64.0.1", "100.100.100.200", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.254", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "168.63.129.16", "::1", "fd00:ec2::254", "fe80::1", "fec0::1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::a00:1", "2002:7f00:1::1", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1"),
)
UNROUTED = ("0.0.0.0", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "ff02::1", "::127.0.0.1")
PORTS = (443, 80, 22, 25, 5432, 6379, 8080, 8443)
SPELLINGS = (
    *("https://0x7f.1/", "https://0x7f000001/", "https://2130706433/", "https://017700000001/", "https://127.1/"),
    *("https://127.0.1/", "https://0177.0.0.1/", "https://0x7f.0x0.0x0.0x1/", "https://127.0.0.1./", "https://0/"),
    *("https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://127.0.0.1/", "https://127.0.0.1%2f@x.example/"),
    *("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/"),
    *("https://[::]/", "https://[::127.0.0.1]/", "https://[::1%25lo]/", "https://[fe80::1%25lo]/", "https://[::1]./"),
    *(
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://loca\u00adlhost/",
        "https://ⓛocalhost/",
    ),
    *(
        "https://control.example@127.0.0.1/",
        "https://127.0.0.1#@control.example/",
        "https://127.0.0.1?@control.example/",
    ),
    *("https://control.example\\@127.0.0.1/", "https:\\\\127.0.0.1/", "https://127.0.0.1\t/", "https://\x00127.0.0.1/"),
    *("https:127.0.0.1", "https:/127.0.0.1/", "//127.0.0.1/", "HTTPS://127.0.0.1/", "https://127.0.0.1:443:80/"),
    *("http://control.example/", "http://control.example:443/", "ftp://control.example/", "file:///etc/passwd"),
    *("gopher://127.0.0.1:6379/_PING", "data:text/plain,x", "unix:///run/postgresql/.s.PGSQL.5432", "https://"),
    *("https://control.example:99999/", "https://control.example:-1/", "https://control.example:0/", "https://:443/"),
    *("https://%31%32%37.0.0.1/", "https://127%2e0%2e0%2e1/"),
)


def literal(ip: str) -> str:
    """An IP as the host of a URL."""
    return f"[{ip}]" if ":" in ip else ip


def attacks() -> list[str]:
    """Every URL there is to try."""
    everywhere = [f"https://{literal(ip)}/" for ip in (*INSIDE, *UNROUTED)]
    mapped = [f"https://[::ffff:{ip}]/" for ip in (*INSIDE, *UNROUTED) if ":" not in ip]
    ports = [f"{scheme}://{host}:{port}/" for scheme in ("http", "https") for host in (CONTROL, "control.example")
             for port in PORTS if (scheme, port) != ("https", 443)]  # fmt: skip
    names = [f"https://{name}/" for name in NAMES if name != "control.example"]
    return [*everywhere, *mapped, *ports, *SPELLINGS, *names]


NAMES: Mapping[str, Sequence[str]] = {
    "control.example": [CONTROL],
    **{f"inside{number}.example": [ip] for number, ip in enumerate((*INSIDE, *UNROUTED))},
    **{f"mapped{number}.example": [f"::ffff:{ip}"] for number, ip in enumerate(INSIDE) if ":" not in ip},
    "several.example": ["10.0.0.1", "127.0.0.1", "fd00:ec2::254"],
}


@dataclass
class Dns:
    """Answers names; `rebinding.example` is public for who asks first, and inside for who asks again."""

    asked: dict[str, int] = field(default_factory=dict[str, int])

    async def __call__(self, name: str) -> Sequence[IP]:
        self.asked[name] = self.asked.get(name, 0) + 1
        if name == "rebinding.example":
            return [ip_address(CONTROL if self.asked[name] % 2 else "127.0.0.1")]
        if name == "mixed.example":
            return [ip_address(ip) for ip in ("127.0.0.1", CONTROL, "10.0.0.1")]
        if name not in NAMES:
            raise Failed("unresolved", "no such name")
        return [ip_address(ip) for ip in NAMES[name]]


@dataclass
class Noting(httpcore.AsyncNetworkBackend):
    """A network that notes who is connected to, and answers nothing."""

    reached: list[str] = field(default_factory=list[str])

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the engine's signature
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Note it."""
        self.reached.append(f"{host} {port}")
        raise httpcore.ConnectError("nobody is there")


async def attack(client: EgressClient) -> dict[str, str]:
    """Try every URL, both ways; what came of each that was not refused."""
    loose: dict[str, str] = {}
    for url in attacks():
        for send in (_send, _fetch):
            try:
                loose[url] = await send(client, url)
            except Refused:
                continue
            except Failed as failed:
                loose[url] = f"{failed.kind}: {failed}"
    return loose


async def _send(client: EgressClient, url: str) -> str:
    answer = await client.send("POST", url, headers={}, body=b"{}", most_bytes=100)
    return f"{answer.status} {answer.body.decode()}"


async def _fetch(client: EgressClient, url: str) -> str:
    got = bytearray()

    async def write(chunk: bytes) -> None:
        got.extend(chunk)

    await client.fetch(url, write, most_bytes=100)
    return got.decode()


def give_addresses() -> None:
    """Make every address one of this namespace's own."""
    commands = ["link set lo up"]
    commands += [f"address add {ip}/{128 if ':' in ip else 32} dev lo" for ip in (CONTROL, CONTROL_V6, *INSIDE)
                 if ip not in {"127.0.0.1", "::1"}]  # fmt: skip
    for command in commands:
        subprocess.run(["ip", *command.split()], check=False, capture_output=True)


async def in_a_namespace() -> dict[str, Any]:
    """Everything listens; who is reached?"""
    ca = trustme.CA()
    async with _listening(ca) as reached:
        client = EgressClient(Guard(), resolver=Dns(), tls=_trusting(ca))
        loose = await attack(client)
        inside = list(reached)
        reached.clear()
        control = {host: await _send(client, f"https://{host}/") for host in
                   ("control.example", CONTROL, f"[{CONTROL_V6}]", "mixed.example")}  # fmt: skip
        rebinding = [await _outcome(client, "https://rebinding.example/") for _ in range(4)]
        outside = list(reached)
        reached.clear()
        leading = {path: await _outcome(client, f"https://control.example/{path}") for path in
                   ("to/127.0.0.1", "to/inside", "to/http", "to/self", "loop")}  # fmt: skip
        return {"loose": loose, "inside": inside, "control": control, "outside": outside, "rebinding": rebinding,
                "leading": leading, "after leading": sorted(set(reached)),
                "listening": await _plainly("10.0.0.1", 443) and await _plainly("127.0.0.1", 6379)}  # fmt: skip


async def _outcome(client: EgressClient, url: str) -> str:
    try:
        return await _fetch(client, url)
    except (Refused, Failed) as no:
        return type(no).__name__


async def _plainly(ip: str, port: int) -> bool:
    """Whether an inside address does listen, so that not reaching it means something."""
    _, writer = await asyncio.open_connection(ip, port)
    writer.close()
    return True


LEADS = {
    "/to/127.0.0.1": "https://127.0.0.1/",
    "/to/inside": "https://inside2.example/",
    "/to/http": "http://control.example/",
    "/to/self": "/",
    "/loop": "/loop",
}


@asynccontextmanager
async def _listening(ca: trustme.CA) -> AsyncGenerator[list[str]]:
    reached: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("control.example", "mixed.example", "rebinding.example", CONTROL, CONTROL_V6).configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - it also takes pyOpenSSL's

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port, *_ = writer.get_extra_info("sockname")
        reached.append(f"{host.removeprefix('::ffff:')} {port}")
        try:
            if port == 443:
                await writer.start_tls(context)
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            head = f"302 Found\r\nLocation: {LEADS[path]}" if path in LEADS else "200 OK"
            writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 5\r\n\r\nhello".encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    servers = [await asyncio.start_server(serve, "::", port) for port in PORTS]
    servers += [await asyncio.start_server(serve, "0.0.0.0", port) for port in PORTS]
    try:
        yield reached
    finally:
        for server in servers:
            server.close()


def _trusting(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ca.configure_trust(context)  # pyright: ignore[reportUnknownMemberType] - as above
    return context


if __name__ == "__main__":
    give_addresses()
    json.dump(asyncio.run(in_a_namespace()), sys.stdout)
