"""Reads an address the way it will be used: one reading, for the judging and for the request alike.

A host that any resolver might take for a number (`0x7f.1`, `2130706433`, `127.1`) must be a plain dotted quad, as
the WHATWG asks of browsers; everything else is a name of letters, digits and hyphens, in ASCII after IDNA.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self
from urllib.parse import quote, urlsplit

import idna

from daygen.infra.egress.errors import Refused
from daygen.infra.egress.ranges import IP, Guard

LONGEST = 2048
PORTS = {"https": 443, "http": 80}
_LONGEST_NAME = 253
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_STAYS = "%/:=&?~+!$,;'@()*[]-._"
_LOOPBACK = IPv4Address("127.0.0.1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes. `ip` is known when the host is a number, or a name that means this machine."""

    scheme: str
    host: str
    port: int
    target: str
    ip: IP | None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read an http or https URL. Raises `Refused`."""
        if len(text) > LONGEST:
            raise Refused(f"an address may have up to {LONGEST} characters")
        if _UNPRINTABLE.search(text):
            raise Refused("the address contains spaces, control characters or a backslash")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise Refused("this is not an address") from None
        if parts.scheme not in PORTS:
            raise Refused("the address must begin with https://")
        if "@" in parts.netloc:
            raise Refused("an address with a name or password in it is not taken")
        if port == 0 or parts.netloc.endswith(":"):
            raise Refused("this is not a port")
        host, ip = _host(parts.netloc, parts.hostname or "")
        target = quote(parts.path or "/", safe=_STAYS) + (f"?{quote(parts.query, safe=_STAYS)}" if parts.query else "")
        return cls(parts.scheme, host, port or PORTS[parts.scheme], target, ip)

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def usual(self) -> bool:
        """Whether it is https on its own port: nothing else goes anywhere but to exempt networks."""
        return (self.scheme, self.port) == ("https", PORTS["https"])

    def __str__(self) -> str:
        """The URL."""
        return f"{self.scheme}://{self.authority}{self.target}"

    def judged(self, guard: Guard) -> Self:
        """Refuse at once what will be refused when connecting, as far as that can be known without asking DNS."""
        if self.ip is not None:
            check(guard, self, self.ip)
        elif not self.usual and not guard.allowed:
            raise Refused("only https on port 443 is taken")
        return self


def check(guard: Guard, address: Address, ip: IP) -> None:
    """Refuse to connect to an IP for an address."""
    if guard.objection(ip) is not None:
        raise Refused("the address leads to a network that is not public")
    if not address.usual and not guard.allows(ip):
        raise Refused("only https on port 443 is taken")


def _host(netloc: str, host: str) -> tuple[str, IP | None]:
    """The host in its plainest form, and its IP if it says one."""
    if netloc.startswith("["):
        try:
            ip = IPv6Address(host)
        except ValueError:
            raise Refused("this is not an IPv6 address") from None
        if ip.scope_id:
            raise Refused("an address of one interface is not taken")
        return str(ip), ip
    name = _ascii(host).removesuffix(".")
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("this is not the name of a host")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            ip = ip_address(name)
        except ValueError:
            raise Refused("a host that is a number must be written like 192.0.2.1") from None
        return name, ip
    if labels[-1] == "localhost":  # RFC 6761, whatever a resolver says
        return name, _LOOPBACK
    return name, None


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError:
        raise Refused("this is not the name of a host") from None
