"""The client process with many sockets (`bench.watch`), asked from here."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.ground import Ground, Tenant
from bench.processes import Child, environment, module, running

PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Ordered:
    """A job that was ordered. Moments in seconds of the system's clock; `heard_at` has one for each socket."""

    id: str
    posted_at: float
    answered_at: float
    heard_at: Sequence[float]


class Client:
    """A server's client."""

    def __init__(self, child: Child, host: str, port: int) -> None:
        self._child = child
        self._where = {"host": host, "port": port}

    def open(self, sockets: int, tenants: Sequence[Tenant], *, follow: bool = True) -> None:
        """Open sockets, workspaces in turns; returns when all of them `follow` their workspace's channel."""
        channels = [f"workspace:{tenant.id}" if follow else "" for tenant in tenants]
        self._ask("open", sockets=sockets, keys=[tenant.key for tenant in tenants], channels=channels)

    def submit(self, jobs: int, tenants: Sequence[Tenant], *, prompt: str, listeners: int) -> list[Ordered]:
        """Order jobs one after the other; each must be heard of by so many sockets."""
        keys = [tenant.key for tenant in tenants]
        told = self._ask("submit", jobs=jobs, keys=keys, prompt=prompt, listeners=listeners)
        return [Ordered(job["jobId"], job["postedAt"], job["answeredAt"], job["heardAt"]) for job in told["jobs"]]

    def ping(self) -> int:
        """Ask every socket for a sign of life; returns how many are open."""
        return int(self._ask("ping")["alive"])

    def hang_up(self) -> None:
        """Close every socket."""
        self._ask("hang up")

    def _ask(self, do: str, **more: Any) -> dict[str, Any]:
        return self._child.ask({"do": do, **self._where, **more}, PATIENCE_S)


@contextmanager
def client(ground: Ground, host: str, port: int) -> Generator[Client]:
    """Start one."""
    with running(module("bench.watch"), environment(), ground.path("watch.log")) as child:
        yield Client(child, host, port)
