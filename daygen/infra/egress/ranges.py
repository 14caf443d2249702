"""Where requests never go: an explicit table, because no library's idea of "global" is safe to lean on.

Python 3.11's `is_global` calls a dozen of these public. The table follows IANA's special-purpose registries (RFC 6890
and its updates) and adds what clouds answer on inside their public-looking addresses.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

IP: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_REFUSED_V4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by carriers (CGNAT)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own services",
    "169.254.0.0/16": "link-local and cloud metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved and broadcast",
}
# Of IPv6 only 2000::/3 is given out at all; the rest is named where it can stand for an IPv4 address or the inside.
_REFUSED_V6 = {
    "::/8": "unspecified, loopback, IPv4-compatible and -translated",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "local NAT64",
    "100::/64": "discard",
    "2001::/23": "protocol assignments, Teredo, ORCHID",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private (ULA)",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_GIVEN_OUT = IPv6Network("2000::/3")

REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), why) for network, why in (_REFUSED_V4 | _REFUSED_V6).items()
)


def plain(ip: IP) -> IP:
    """An IPv4 address in IPv6 dress (`::ffff:127.0.0.1`) as what it is; connecting to either is the same."""
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges addresses; `allowed` are networks the operator exempts."""

    allowed: tuple[Network, ...] = ()

    def allows(self, ip: IP) -> bool:
        """Whether the operator exempted this address."""
        real = plain(ip)
        return any(real in network for network in self.allowed if network.version == real.version)

    def objection(self, ip: IP) -> str | None:
        """Why an address is not to be reached; None when it may be."""
        real = plain(ip)
        if self.allows(real):
            return None
        if getattr(real, "scope_id", None):
            return "of one interface"
        for network, why in REFUSED:
            if network.version == real.version and real in network:
                return why
        if isinstance(real, IPv6Address) and real not in _GIVEN_OUT:
            return "not given out"
        return None
