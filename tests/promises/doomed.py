"""Workers on a leash: all they say to Postgres and to storage passes a proxy that can kill or stop them."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from daygen.infra.db import Database
from tests.processes import SECRET, alive, environment
from tests.promises.nursery import Nursery
from tests.promises.proxy import Pieces, PostgresMessages, Trap, proxy

Wire: TypeAlias = Literal["postgres", "storage"]


@dataclass(frozen=True, slots=True)
class Doomed:
    """A worker process, and the trap it walks into."""

    pid: int
    trap: Trap
    log: Path
    _proxies: AsyncExitStack

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return alive(self.pid)

    def send(self, by: signal.Signals) -> None:
        """Send it a signal; nothing if it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, by)

    def said(self) -> str:
        """What it logged."""
        return self.log.read_text(errors="replace")

    async def bury(self) -> None:
        """Kill it, unless that is done, and close its wires."""
        self.send(signal.SIGKILL)
        while self.alive:  # noqa: ASYNC110 - a death rings no bell
            await asyncio.sleep(0.005)
        await self._proxies.aclose()


@dataclass(frozen=True, slots=True)
class Makers:
    """What every worker of one house is given."""

    nursery: Nursery
    database: str
    folder: Path
    env: Mapping[str, str]

    async def worker(
        self, *, wire: Wire = "postgres", by: signal.Signals = signal.SIGKILL, storage_url: str | None = None
    ) -> Doomed:
        """Start a worker whose trap lies on one of its wires. With SIGSTOP the message that springs it is held."""
        victim: list[int] = []
        trap = Trap(lambda: os.kill(victim[0], by), holds=by == signal.SIGSTOP)
        proxies = AsyncExitStack()
        database, storage = self.database, storage_url
        if wire == "postgres":
            at = urlsplit(database)
            port = await proxies.enter_async_context(proxy("127.0.0.1", at.port or 0, trap, PostgresMessages))
            database = urlunsplit(at._replace(netloc=at.netloc.replace(f":{at.port}", f":{port}")))
        else:
            assert storage is not None
            parts = urlsplit(storage)
            asked = dict(parse_qsl(parts.query))
            at = urlsplit(asked["endpoint"])
            port = await proxies.enter_async_context(proxy("127.0.0.1", at.port or 0, trap, Pieces, answers=True))
            asked["endpoint"] = f"http://127.0.0.1:{port}"
            storage = urlunsplit(parts._replace(query=urlencode(asked)))
        env = environment(
            DAYGEN_DATABASE_URL=database,
            DAYGEN_DATA_DIR=str(self.folder),
            DAYGEN_SECRET=SECRET,
            DAYGEN_FAKES="1",
            **({"DAYGEN_STORAGE_URL": storage} if storage else {}),
            **self.env,
        )
        log = self.folder / f"worker-{len(list(self.folder.glob('worker-*.log')))}.log"
        victim.append(self.nursery.worker(env, log))
        return Doomed(victim[0], trap, log, proxies)


async def at_work(db: Database, worker: Doomed) -> None:
    """Wait until a worker has registered, so that it takes what comes next."""
    async with db.reading() as tx:
        while not await tx.value("select true from workers where pid = $1 and lease_until > daygen_now()", worker.pid):
            assert worker.alive, worker.said()[-3000:]
            await asyncio.sleep(0.005)
