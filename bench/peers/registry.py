"""The peers: what each is called, how its process is started, where its queue is."""

import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.ground import Ground, NotHere
from bench.peers import install
from bench.processes import Child, environment, running

PATIENCE_S = 90.0  # beyond the time that is measured: filling a queue takes its time

Ask = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Peer:
    """One of them. `in_postgres`, else in Redis."""

    id: str
    title: str
    find: Callable[[], list[str | Path]]
    in_postgres: bool = False

    def command(self) -> list[str | Path]:
        """How one of its processes is started; installs it first. Raises `NotHere`."""
        found = _found(self.find)
        if isinstance(found, NotHere):
            raise found
        return found

    @contextmanager
    def at(self, ground: Ground) -> Generator[Ask]:
        """A process of it, with an empty queue. Raises `NotHere`."""
        with self.queue(ground) as address, self.process(ground) as child:
            yield lambda question: child.ask({"at": address} | dict(question), question.get("seconds", 0) + PATIENCE_S)

    @contextmanager
    def queue(self, ground: Ground) -> Generator[str]:
        """The address of an empty queue's server."""
        if self.in_postgres:
            with ground.database(furnished=False) as dsn:
                yield dsn
        else:
            yield ground.redis()

    @contextmanager
    def process(self, ground: Ground) -> Generator[Child]:
        """One of its processes."""
        log = ground.path(f"{self.id}.log")
        with running(self.command(), environment(), log, end_by=signal.SIGKILL) as child:  # measured, not wound down
            yield child


def prepare() -> None:
    """Install what is missing, so that nothing is installed between measurements."""
    for peer in PEERS:
        try:
            peer.command()
        except NotHere as reason:
            print(f"{peer.title} will not be measured: {reason}", flush=True)


@cache
def _found(find: Callable[[], list[str | Path]]) -> list[str | Path] | NotHere:
    """Look once in a run, also when nothing is found."""
    try:
        return find()
    except NotHere as reason:
        return reason


def _in_python(name: str) -> Callable[[], list[str | Path]]:
    return lambda: [install.python_of(name), "-m", f"bench.peers.{name}"]


def _in_node() -> list[str | Path]:
    return [install.node_with_packages(), install.NODE_FOLDER / "peer.mjs"]


PEERS = (
    Peer("pgqueuer", "PgQueuer (Postgres)", _in_python("pgqueuer"), in_postgres=True),
    Peer("saq", "SAQ (Redis)", _in_python("saq")),
    Peer("bullmq", "BullMQ, Python (Redis)", _in_python("bullmq")),
    Peer("bullmq.node", "BullMQ, Node (Redis)", _in_node),
)
