"""DayGen as it is measured: `daygen up` as anyone starts it, workers, and its books, audited after every stage."""

import asyncio
import signal
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.ground import Ground
from bench.processes import Child, environment, module, running
from daygen.app.audit import findings
from daygen.infra.db import Bells, Database
from daygen.infra.outbox import OUTBOX, Relay

STARTS_WITHIN_S = 30.0
SECRET = "a secret of the bench, long enough to be taken"  # it signs links that nobody follows


class BooksWrong(Exception):  # noqa: N818 - what the audit found; numbers of such a run are worth nothing
    """The audit of a house found something."""


@dataclass(frozen=True, slots=True)
class House:
    """A running house: where it listens, what it is made of, and its data."""

    host: str
    port: int
    apis: Sequence[int]
    data_dir: Path
    dsn: str


@contextmanager
def up(ground: Ground, dsn: str, *, apis: int = 1, workers: int = 0) -> Generator[House]:
    """`daygen up` on this database, with limits, logs, metrics and traces on as it comes."""
    data_dir = ground.path("data")
    arguments = [*module("daygen"), "up", "--json", "--port", "0", "--data-dir", data_dir]
    arguments += ["--apis", str(apis), "--workers", str(workers)]
    with running(arguments, _environment(dsn, data_dir), ground.path("up.log")) as child:
        ready = child.answer()
        url = urlsplit(str(ready["url"]))
        assert url.hostname is not None
        assert url.port is not None
        yield House(url.hostname, url.port, ready["pids"]["api"], data_dir, dsn)


@contextmanager
def workers(
    ground: Ground,
    dsn: str,
    count: int,
    *,
    slots: int,
    house: House | None = None,
    transport: Mapping[str, str] | None = None,
) -> Generator[None]:
    """Worker processes, of a `house` if there is one, whose provider does next to nothing (`bench.worker`).

    `transport`: the settings of what carries their tasks, if not the table.
    """
    data_dir = house.data_dir if house else ground.path("data")
    (data_dir / "metrics").mkdir(parents=True, exist_ok=True)
    environ = _environment(dsn, data_dir) | {"PROMETHEUS_MULTIPROC_DIR": str(data_dir / "metrics")}
    environ |= {"DAYGEN_WORKER_SLOTS": str(slots), **(transport or {})}
    children: list[Child] = []
    try:
        for _ in range(count):
            children.append(Child(module("bench.worker"), environ, ground.path("worker.log")))  # noqa: PERF401 - each is ended below, also when a later one fails to start
        _await_workers(dsn, children)
        yield
    finally:
        for child in children:
            child.end(signal.SIGTERM)


def check_books(dsn: str) -> None:
    """Number what is still in the outbox and audit. Raises `BooksWrong`."""
    found = asyncio.run(_audit(dsn))
    if found:
        raise BooksWrong("; ".join(found))


async def relay_all(db: Database) -> None:
    """Number every event that waits."""
    relay = Relay(db, Bells("", [OUTBOX]))
    while await relay.turn():
        pass


def tidy(dsn: str) -> None:
    """Do what autovacuum would have done some minutes later."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze")


async def _audit(dsn: str) -> list[str]:
    db = await Database.open(dsn, size=1)
    try:
        await relay_all(db)
        async with db.reading() as tx:
            await tx.run("vacuum analyze")
            return await findings(tx)
    finally:
        await db.close()


def _await_workers(dsn: str, children: Sequence[Child]) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            row = connection.execute("select count(*) from workers").fetchone()
            if row is not None and row[0] == len(children):
                return
            for child in children:
                child.check(late=time.monotonic() > deadline)
            time.sleep(0.02)


def _environment(dsn: str, data_dir: Path) -> dict[str, str]:
    return environment(DAYGEN_DATABASE_URL=dsn, DAYGEN_DATA_DIR=str(data_dir), DAYGEN_FAKES="1", DAYGEN_SECRET=SECRET)
