"""The whole product in one process, for tests: requests go straight into the app, work happens when a test says so."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx
from fastapi import FastAPI

from daygen import identity, ledger, limits
from daygen.app import audit, founding
from daygen.app.api import create_app
from daygen.app.house import House, open_house
from daygen.app.settings import Settings
from daygen.app.worker import CHANNELS, make_courier, make_worker
from daygen.identity import ALL_SCOPES, Caller
from daygen.infra.db import Database
from daygen.infra.outbox import Relay
from daygen.infra.queue import Attempt, Worker
from daygen.jobs import RunJob
from daygen.jobs import service as jobs_service
from daygen.kit.ids import TaskId, WorkerId, WorkspaceId
from daygen.kit.money import credits_of
from daygen.providers import Provider
from daygen.providers.fake import FakeProvider
from daygen.webhooks import Forwarder

HOST = "http://daygen.test"
DUE = """
select extract(epoch from least(
  (select min(run_at) from tasks where state in ('waiting', 'abroad')),
  (select min(paused_until) from pools where paused_until > daygen_now())) - daygen_now())::float8
"""
AHEAD = (
    "create table if not exists test_clock (ahead interval not null)",
    "insert into test_clock select interval '0' where not exists (select from test_clock)",
    """create or replace function daygen_now() returns timestamptz language sql volatile as
    'select clock_timestamp() + (select ahead from test_clock)'""",
)


@dataclass(frozen=True, slots=True)
class Ada:
    """A workspace, and the key to it."""

    id: WorkspaceId
    key: str

    @property
    def caller(self) -> Caller:
        """Who its key stands for, without a key."""
        return Caller(self.id, None, ALL_SCOPES)


def settings(database: str, folder: Path, **changes: Any) -> Settings:
    """Settings for tests: the fake provider is on, files are in the test's folder, leases are short."""
    values: dict[str, Any] = {
        "env": "development",
        "data_dir": folder,
        "database_url": database,
        "database_direct_url": database,
        "storage_url": (folder / "files").as_uri(),
        "public_url": HOST,
        "host": "127.0.0.1",
        "port": 0,
        "secret": b"a secret for tests that is long enough",
        "lease": timedelta(seconds=3),
        "grace": timedelta(seconds=5),
        "longest_call": timedelta(seconds=60),
        "slots": 8,
        "log_level": "warning",
        "fakes": True,
    }
    return Settings(**(values | changes))


class Daygen:
    """One house: its app, its worker, its relay."""

    def __init__(self, app: FastAPI, house: House, providers: Mapping[str, Provider]) -> None:
        self.app = app
        self.house = house
        self.courier = make_courier(house)
        self.worker: Worker = make_worker(house, providers, self.courier)
        self.forwarder = Forwarder(house.db, house.bells)
        self.relay = Relay(house.db, house.bells)
        self._transport = httpx.ASGITransport(app)
        self._clients: list[httpx.AsyncClient] = []

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database: str, folder: Path, providers: Mapping[str, Provider] | None = None, **changes: Any
    ) -> AsyncGenerator[Self]:
        """Open a house on a migrated database."""
        chosen = settings(database, folder, **changes)
        app = create_app(chosen)
        async with app.router.lifespan_context(app), open_house(chosen, "worker", CHANNELS) as house:
            product = cls(app, house, providers or {"fake": FakeProvider()})
            try:
                yield product
            finally:
                await product.courier.stop(timedelta(seconds=1))
                for client in product._clients:
                    await client.aclose()

    @property
    def db(self) -> Database:
        """The database itself."""
        return self.house.db

    async def workspace(self, credits: float | str = 0, per_minute: int | None = None) -> Ada:  # noqa: A002 - the design's word
        """Make a workspace with credits and a key with every scope."""
        async with self.db.transaction() as tx:
            workspace, key = await founding.add_workspace(tx, "Ada's")
            if credits:
                await ledger.grant(tx, workspace.id, credits_of(str(credits)), reason="for the test")
            await limits.set_limit(tx, workspace.id, per_minute)
        return Ada(workspace.id, key)

    async def operator(self) -> Ada:
        """Found the house, and return the operator's workspace."""
        await founding.found(self.db)
        key = await founding.operator_key(self.db, self.house.settings.data_dir)
        async with self.db.reading() as tx:
            user = await identity.find_operator(tx)
            assert user is not None
            workspace = await identity.personal_workspace(tx, user.id)
        return Ada(workspace.id, key)

    def api(self, who: Ada | None = None, **headers: str) -> httpx.AsyncClient:
        """A client that sends this workspace's key."""
        given = ({"Authorization": f"Bearer {who.key}"} if who else {}) | headers
        client = httpx.AsyncClient(transport=self._transport, base_url=HOST, headers=given)
        self._clients.append(client)
        return client

    async def order(self, who: Ada, prompt: str = "a lighthouse", **changes: Any) -> str:
        """Order a picture of the fake provider; the job's id."""
        order = {"model": "fake/image", "input": {"prompt": prompt}} | changes
        answer = await self.api(who).post("/v1/jobs", json=order)
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["jobId"]
        return job_id

    async def job(self, who: Ada, job_id: str) -> Mapping[str, Any]:
        """A job as the API shows it."""
        answer = await self.api(who).get(f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        shown: Mapping[str, Any] = answer.json()
        return shown

    async def drain(self) -> None:
        """Do all the work there is, retries that are due soon included, and number every event."""
        while True:
            done = await self.worker.drain()
            while await self.relay.turn():
                pass
            forwarded = await self.forwarder.turn()
            await self.courier.idle()
            if done or forwarded:
                continue
            async with self.db.reading() as tx:
                due: float | None = await tx.value(DUE)
            if due is None or due > 5:
                return
            await asyncio.sleep(max(due, 0))

    async def later(self, *, seconds: float) -> None:
        """Move the database's clock on, from wherever it is."""
        async with self.db.transaction() as tx:
            for statement in AHEAD:
                await tx.run(statement)
            await tx.run("update test_clock set ahead = ahead + $1::interval", timedelta(seconds=seconds))

    async def until(self, question: str, *, seconds: float = 10) -> None:
        """Wait until the database says yes."""
        async with asyncio.timeout(seconds):
            while True:
                async with self.db.reading() as tx:
                    if await tx.value(question):
                        return
                await asyncio.sleep(0.02)

    async def claim_and_die(self) -> None:
        """Claim everything as a worker that begins its jobs, and is never heard of again."""
        async with self.db.transaction() as tx:
            claimed = await tx.rows(
                "update tasks set state = 'running', attempt = attempt + 1, worker_id = $1, started_at = daygen_now() "
                "returning id, attempt, worker_id, failures, crashes, traceparent, payload",
                WorkerId.new(),
            )
            for row in claimed:
                attempt = Attempt(
                    TaskId.of(row["id"]),
                    row["attempt"],
                    WorkerId.of(row["worker_id"]),
                    row["failures"],
                    row["crashes"],
                    None,
                )
                await jobs_service.begin(tx, RunJob.of(row["payload"]).job_id, attempt)

    async def balance(self, who: Ada) -> float:
        """Credits the workspace has available."""
        answer = await self.api(who).get("/v1/balance")
        available: float = answer.json()["availableCredits"]
        return available

    async def events(self, who: Ada) -> list[str]:
        """The types of the workspace's job events, in their order."""
        async with self.db.reading() as tx:
            rows = await tx.rows(
                "select type from events where workspace_id = $1 and type like 'job.%' order by seq", who.id
            )
        return [row["type"] for row in rows]

    async def audit(self) -> list[str]:
        """What is wrong in the books: nothing, one hopes."""
        async with self.db.reading() as tx:
            return await audit.findings(tx)
