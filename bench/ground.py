"""What a run stands on: a durable Postgres of its own with a furnished house to copy, and a Redis, in one folder."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql

from bench.processes import Child, environment, running
from daygen import identity, ledger, limits
from daygen.app.migrate import migrate
from daygen.identity import ALL_SCOPES
from daygen.infra.db import Database
from daygen.infra.embedded import EmbeddedPostgres
from daygen.kit.ids import WorkspaceId
from daygen.kit.money import Millicredits

REDIS = Path("/usr/bin/redis-server")
TEMPLATE = "furnished"
PLENTY = Millicredits(10**15)
NEVER_REACHED = 1_000_000_000  # a limit, so that every request is counted against one


class NotHere(Exception):  # noqa: N818 - a state of the machine, told in the row it concerns
    """A peer or a tool is not on this machine; the text says why."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace with credits and a limit, and the key to it."""

    id: WorkspaceId
    key: str


@dataclass(slots=True)
class Ground:
    """The servers of a run. Everything lies in `folder`, which goes with them."""

    folder: Path
    server: str
    tenants: Sequence[Tenant]
    _redis: Child | None = None
    _redis_port: int = 0
    _numbers: int = field(default=0)

    @classmethod
    @contextmanager
    def prepared(cls, tenants: int) -> Generator[Self]:
        """Start the servers and furnish a house with this many workspaces."""
        folder = Path(tempfile.mkdtemp(prefix="daygen-bench-"))
        try:
            with EmbeddedPostgres(folder / "postgres") as postgres, contextlib.ExitStack() as servers:
                template = _named(postgres.dsn, TEMPLATE)
                with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
                migrate(template)
                ground = cls(folder, postgres.dsn, asyncio.run(_furnish(template, tenants)))
                if REDIS.exists():
                    ground._redis_port = free_port()
                    ground._redis = servers.enter_context(running(*ground._redis_command()))
                    _await_port(ground._redis_port)
                yield ground
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def database(self, *, furnished: bool = True) -> Generator[str]:
        """A database of one stage's own, a copy of the furnished house or an empty one; its address."""
        name = f"stage_{self.number()}"
        made = sql.SQL("create database {} template {}" if furnished else "create database {}").format(
            sql.Identifier(name), *([sql.Identifier(TEMPLATE)] if furnished else [])
        )
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(made)
            connection.execute("checkpoint")  # what earlier stages left to be written is not written during this one
            try:
                yield _named(self.server, name)
            finally:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def redis(self) -> str:
        """The address of an empty Redis. Raises `NotHere`."""
        if self._redis is None:
            raise NotHere(f"there is no {REDIS}")
        with socket.create_connection(("127.0.0.1", self._redis_port), timeout=10) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            if not connection.recv(64).startswith(b"+OK"):
                raise NotHere("Redis would not be emptied")
        return f"redis://127.0.0.1:{self._redis_port}/0"

    def number(self) -> int:
        """A number that was not given before in this run."""
        self._numbers += 1
        return self._numbers

    def path(self, name: str) -> Path:
        """A path in the folder that was not given before."""
        return self.folder / f"{self.number()}-{name}"

    def _redis_command(self) -> tuple[list[str | Path], dict[str, str], Path]:
        """Redis as queues run it: every command in the log, synced each second (a crash loses up to one second)."""
        data = self.folder / "redis"
        data.mkdir()
        options = {"port": self._redis_port, "bind": "127.0.0.1", "dir": data, "save": "", "appendonly": "yes"}
        options |= {"appendfsync": "everysec", "loglevel": "warning"}
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        return [REDIS, *arguments], environment(), self.folder / "redis.log"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def numbered(number: int) -> WorkspaceId:
    """The id of the n-th workspace (from 1), as `accept_one.sql` computes it too."""
    return WorkspaceId.of(UUID(f"00000000-0000-7000-8000-{number:012x}"))


async def _furnish(dsn: str, count: int) -> list[Tenant]:
    db = await Database.open(dsn, size=1)
    tenants: list[Tenant] = []
    try:
        for number in range(1, count + 1):
            workspace_id = numbered(number)
            async with db.transaction() as tx:
                await tx.run("insert into workspaces (id, name, kind) values ($1, $2, 'team')", workspace_id, "Bench")
                await ledger.grant(tx, workspace_id, PLENTY, reason="for the bench")
                await limits.set_limit(tx, workspace_id, NEVER_REACHED)
                _, key = await identity.issue_key(tx, workspace_id, None, name="bench", scopes=ALL_SCOPES)
            tenants.append(Tenant(workspace_id, key))
    finally:
        await db.close()
    return tenants


def _named(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
