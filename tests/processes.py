"""The house as real processes, to be killed, stopped and cut off: apis and workers, each with its own environment."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Self

import httpx

from daygen import ledger, limits
from daygen.app import audit, founding
from daygen.app.migrate import migrate
from daygen.infra.db import Database
from daygen.infra.embedded import EmbeddedPostgres
from daygen.infra.processes import ending_with_us
from daygen.kit.money import credits_of
from tests.product import Ada

SECRET = "a secret for processes that is long enough"
READY_WITHIN_S = 40.0
END_WITHIN_S = 20.0
ENDS = {"succeeded", "failed", "canceled", "expired"}


def environment(**changes: str) -> dict[str, str]:
    """What a process of ours is given: the machine's environment without any setting of DayGen, and these changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYGEN_")}
    return kept | {"PYTHONUNBUFFERED": "1", "DAYGEN_LOG_LEVEL": "info"} | changes


def until(true: Callable[[], Any], *, within_s: float = 20.0, what: str = "") -> Any:
    """Wait for something that another process does; returns it. Polls, because a process rings no bell here."""
    give_up_at = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < give_up_at, f"not within {within_s} s: {what or true}"
        time.sleep(0.02)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(") ")[2][0] not in {"Z", "X"}


@dataclass(slots=True)
class Process:
    """One process of ours; what it says is in the file `log`."""

    kind: str
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Its number."""
        return self.popen.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.popen.poll() is None

    def send(self, by: signal.Signals) -> None:
        """Send it a signal, SIGSTOP and SIGCONT among others; nothing if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self.popen.send_signal(by)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self.popen.wait(END_WITHIN_S)

    def stop(self, by: signal.Signals = signal.SIGTERM, within_s: float = END_WITHIN_S) -> int:
        """Ask it to end; returns its exit code. Kills it, and fails, when it does not end in time."""
        self.send(signal.SIGCONT)
        self.send(by)
        try:
            return self.popen.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.kind} did not end within {within_s} s:\n{self.said()[-2000:]}") from None

    def said(self) -> str:
        """All it logged so far."""
        return self.log.read_text(errors="replace")


class House:
    """Api and worker processes on one database and one port, without a supervisor: what dies stays dead.

    The listening socket is the test's, so a request that comes while no api lives waits for the next one.
    """

    def __init__(self, folder: Path, database: str, postgres: EmbeddedPostgres | None, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.database = database
        self.postgres = postgres
        self.apis: list[Process] = []
        self.workers: list[Process] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.key = ""
        self._env = environment(
            DAYGEN_DATABASE_URL=database,
            DAYGEN_DATA_DIR=str(folder),
            DAYGEN_PUBLIC_URL=self.url,
            DAYGEN_SECRET=SECRET,
            DAYGEN_FAKES="1",
            DAYGEN_LEASE_SECONDS="3",
            DAYGEN_GRACE_SECONDS="5",
        )
        self._env |= env
        self._started = 0
        self._clients: list[httpx.AsyncClient] = []

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        database: str | None = None,
        *,
        apis: int = 1,
        workers: int = 1,
        env: Mapping[str, str] | None = None,
        durable: bool = False,
    ) -> AsyncGenerator[Self]:
        """Start a house and wait until it is ready.

        `database` is the address that the fixture of that name gives; without it, the house has an embedded Postgres of
        its own in `folder` (two seconds more), whose commits outlive it if `durable`. `env` is for every process;
        `start_worker(NAME=…)` for one. An operator is founded; its key is `key`.
        """
        postgres = None
        if database is None:
            postgres = EmbeddedPostgres(folder, durable=durable)
            database = postgres.start()
            migrate(database)
        house = cls(folder, database, postgres, env or {})
        try:
            async with house.db() as db:
                await founding.found(db)
                house.key = await founding.operator_key(db, folder)
            for _ in range(apis):
                house.start_api()
            for _ in range(workers):
                house.start_worker()
            if apis:
                await house.ready()
            yield house
        finally:
            await house._close()

    def start_api(self, **env: str) -> Process:
        """Start one more api on the same port; `env` goes over what all have (`DAYGEN_DATABASE_URL=…`)."""
        process = self._start("api", "--fd", str(self._socket.fileno()), env=env)
        self.apis.append(process)
        return process

    def start_worker(self, **env: str) -> Process:
        """Start one more worker; `env` goes over what all have (`DAYGEN_DATABASE_URL=…`, `DAYGEN_STORAGE_URL=…`)."""
        process = self._start("worker", env=env)
        self.workers.append(process)
        return process

    @property
    def processes(self) -> list[Process]:
        """Every api and worker started so far."""
        return [*self.apis, *self.workers]

    @property
    def pids(self) -> dict[str, Any]:
        """The processes that run: `{"api": […], "workers": […], "postgres": …}`."""
        return {
            "api": [process.pid for process in self.apis if process.running],
            "workers": [process.pid for process in self.workers if process.running],
            "postgres": self.postgres.pid if self.postgres else None,
        }

    def kill(self, pid: int, by: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to an api or worker; when it is SIGKILL, wait until it is gone."""
        process = next(process for process in self.processes if process.pid == pid)
        if by == signal.SIGKILL:
            process.kill()
        else:
            process.send(by)

    def restart_postgres(self) -> None:
        """End the house's own Postgres at once, with no checkpoint, and start it again on the same port."""
        assert self.postgres is not None, "this house is on the test run's server"
        os.kill(self.postgres.pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
        until(lambda: self.postgres is not None and self.postgres.poll() is not None, what="the end of Postgres")
        assert self.postgres.start() == self.database

    async def ready(self) -> None:
        """Wait until an api serves requests, or fail with what it said."""
        give_up_at = time.monotonic() + READY_WITHIN_S
        async with httpx.AsyncClient(base_url=self.url, timeout=2) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get("/readyz")).status_code == 200:
                        return
                ended = [process for process in self.processes if not process.running]
                assert not ended, "\n".join(process.said()[-2000:] for process in ended)
                assert time.monotonic() < give_up_at, "\n".join(process.said()[-2000:] for process in self.apis)
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def db(self) -> AsyncGenerator[Database]:
        """A connection past everything that lies between processes and database."""
        db = await Database.open(self.database, size=2)
        try:
            yield db
        finally:
            await db.close()

    async def workspace(self, credits: float | str = 0, per_minute: int | None = None) -> Ada:  # noqa: A002 - the design's word
        """Make a workspace with credits and a key with every scope."""
        async with self.db() as db, db.transaction() as tx:
            workspace, key = await founding.add_workspace(tx, "Ada's")
            if credits:
                await ledger.grant(tx, workspace.id, credits_of(str(credits)), reason="for the test")
            await limits.set_limit(tx, workspace.id, per_minute)
        return Ada(workspace.id, key)

    def api(self, who: Ada | None = None, **headers: str) -> httpx.AsyncClient:
        """A client with this workspace's key, or the operator's."""
        given = {"Authorization": f"Bearer {who.key if who else self.key}"} | headers
        client = httpx.AsyncClient(base_url=self.url, headers=given, timeout=READY_WITHIN_S)
        self._clients.append(client)
        return client

    async def order(self, client: httpx.AsyncClient, prompt: str = "a lighthouse", **changes: Any) -> str:
        """Order a picture of the fake provider; the job's id."""
        answer = await client.post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": prompt}} | changes)
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["jobId"]
        return job_id

    async def job(self, client: httpx.AsyncClient, job_id: str) -> Mapping[str, Any]:
        """A job as the API shows it."""
        answer = await client.get(f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        shown: Mapping[str, Any] = answer.json()
        return shown

    async def ended(self, client: httpx.AsyncClient, job_id: str, *, within_s: float = 30.0) -> Mapping[str, Any]:
        """A job once it has ended."""
        give_up_at = time.monotonic() + within_s
        while (job := await self.job(client, job_id))["status"] not in ENDS:
            assert time.monotonic() < give_up_at, f"not within {within_s} s: the end of {job}"
            await asyncio.sleep(0.05)
        return job

    async def audit(self) -> list[str]:
        """What is wrong in the books: nothing, one hopes."""
        async with self.db() as db, db.reading() as tx:
            return await audit.findings(tx)

    def _start(self, kind: str, *arguments: str, env: Mapping[str, str]) -> Process:
        self._started += 1
        log = self.folder / f"{kind}-{self._started}.log"
        with log.open("wb") as file:
            popen = subprocess.Popen(
                [sys.executable, "-m", "daygen", kind, *arguments],
                env={**self._env, **env},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                pass_fds=(self._socket.fileno(),) if kind == "api" else (),
                preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509 - it only sets the death signal
            )
        return Process(kind, popen, log)

    async def _close(self) -> None:
        for client in self._clients:
            await client.aclose()
        for process in self.processes:
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        try:
            for process in self.processes:
                process.stop()
        finally:
            for process in self.processes:
                process.kill()
            self._socket.close()
            if self.postgres is not None:
                self.postgres.stop()


@dataclass(slots=True)
class Running:
    """A `daygen up` that is ready: what it printed, and the process itself."""

    ready: Mapping[str, Any]
    process: Process
    data_dir: Path
    _rest: list[bytes] = field(default_factory=list[bytes])

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.ready["url"])

    @property
    def key(self) -> str:
        """The operator's API key."""
        return str(self.ready["apiKey"])

    @property
    def pids(self) -> Mapping[str, Any]:
        """Its processes as they are now: `{"api": […], "workers": […], "postgres": …}`."""
        pids: Mapping[str, Any] = json.loads((self.data_dir / "instance.json").read_text())["pids"]
        return pids

    @property
    def everyone(self) -> list[int]:
        """The number of every process it has now."""
        pids = self.pids
        return [*pids["api"], *pids["workers"], *([pids["postgres"]] if pids["postgres"] else [])]

    def client(self) -> httpx.Client:
        """A client with the operator's key; close it."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=20)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; returns its exit code."""
        return self.process.stop(by)

    def kill(self) -> None:
        """End the supervisor as a power cut would."""
        self.process.kill()

    def printed(self) -> str:
        """What it wrote on stdout after the first line; it must have ended."""
        return b"".join(self._rest).decode()


@contextmanager
def start_up(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, json_line: bool = True
) -> Generator[Running]:
    """Run `daygen up --data-dir folder --port 0` until the block ends; waits for the line it prints when ready."""
    folder.mkdir(exist_ok=True, parents=True)
    log = folder.with_name(f"{folder.name}-up-{time.monotonic_ns()}.log")
    with log.open("wb") as file:
        popen = subprocess.Popen(
            [
                *(sys.executable, "-m", "daygen", "up", "--data-dir", str(folder)),
                *(() if "--port" in arguments else ("--port", "0")),
                *(("--json",) if json_line else ()),
                *arguments,
            ],
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509 - it only sets the death signal
        )
    process = Process("up", popen, log)
    first, rest = _reading(popen)
    try:
        line = until(lambda: first or not process.running, within_s=READY_WITHIN_S, what=f"{process.said()[-2000:]}")
        assert first, f"it ended with {process.popen.wait()} ({line}): {process.said()[-2000:]}"
        yield Running(json.loads(first[0]) if json_line else {}, process, folder, rest)
    finally:
        if process.running:
            process.stop()
        assert popen.stdout is not None
        popen.stdout.close()


def _reading(popen: subprocess.Popen[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Read a process's stdout as it comes: its first line, and the others."""
    first: list[bytes] = []
    rest: list[bytes] = []

    def read() -> None:
        assert popen.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # closed at the end of the test
            for line in popen.stdout:
                (rest if first else first).append(line)

    threading.Thread(target=read, daemon=True).start()
    return first, rest


def command(*arguments: str, env: Mapping[str, str] | None = None, within_s: float = 60.0) -> CompletedProcess[str]:
    """Run `daygen` with these arguments to its end."""
    return subprocess.run(
        [sys.executable, "-m", "daygen", *arguments],
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
