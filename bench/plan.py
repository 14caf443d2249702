"""How much is measured: a look, a run, or the whole of it."""

from dataclasses import dataclass, replace

CONNECTIONS = 32  # also how many things a peer does side by side
RATE_PER_S = 400
SOCKETS_PER_WORKSPACE = 16  # a team, each of them with a page open


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of one run. Times in seconds."""

    name: str
    rounds: int
    workspaces: int
    load_s: float
    peer_load_s: float
    warm_up_s: float
    tasks: int
    drain_s: float
    submits: int
    submits_beside_sockets: int
    sockets: int
    idle_sockets: int
    pictures: int

    @property
    def furnished(self) -> int:
        """How many workspaces there must be for all of it."""
        return max(self.workspaces, -(-max(self.sockets, self.idle_sockets) // SOCKETS_PER_WORKSPACE))


DEFAULT = Plan(
    name="default",
    rounds=3,
    workspaces=64,
    load_s=5,
    peer_load_s=2,
    warm_up_s=1,
    tasks=50_000,
    drain_s=8,
    submits=200,
    submits_beside_sockets=100,
    sockets=1_000,
    idle_sockets=2_000,
    pictures=60,
)
FULL = replace(DEFAULT, name="full", drain_s=60, submits=500, sockets=10_000, idle_sockets=10_000)
QUICK = Plan(
    name="quick",
    rounds=1,
    workspaces=64,
    load_s=1,
    peer_load_s=0.5,
    warm_up_s=0.3,
    tasks=1_000,
    drain_s=3,
    submits=20,
    submits_beside_sockets=10,
    sockets=100,
    idle_sockets=200,
    pictures=10,
)
