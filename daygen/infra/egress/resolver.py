"""Asks DNS, in threads of its own: a name server that never answers holds up neither the loop nor its file threads."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TypeAlias

from daygen.infra.egress.errors import Failed
from daygen.infra.egress.ranges import IP

Resolver: TypeAlias = Callable[[str], Awaitable[Sequence[IP]]]

THREADS = 32

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="egress-dns")


async def resolve(name: str) -> Sequence[IP]:
    """The IPs of a name, as the machine's resolver orders them. Raises `Failed`."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, _look_up, name)
    except (OSError, UnicodeError):
        raise Failed("unresolved", "the name of the host is not known") from None


def _look_up(name: str) -> Sequence[IP]:
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(ip_address(str(address[0])) for *_, address in found))
