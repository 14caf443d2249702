"""`daygen up`: starts Postgres, migrates, founds the house, and keeps api and worker processes alive.

Children are started from the main thread with a death signal, so that none outlives a supervisor that is killed; a
child that dies is started again, after a pause that grows while it keeps dying.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from daygen.app import founding
from daygen.app.migrate import migrate
from daygen.app.settings import Settings, SettingsError
from daygen.infra import telemetry
from daygen.infra.db import Database
from daygen.infra.embedded import EmbeddedPostgres
from daygen.infra.processes import ending_with_us

LONGEST_PAUSE_S = 10.0
STEADY_S = 10.0
WATCH_EVERY_S = 0.1
STOP_WITHIN_S = 60.0
READY_WITHIN_S = 60.0
INSTANCE_FILE = "instance.json"

log = telemetry.get_logger(__name__)


class UpError(Exception):
    """The house cannot be started; the text says what to do."""


@dataclass(slots=True)
class Child:
    """A process that is to be running."""

    kind: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    """What a running house tells other programs on this machine (`instance.json`, readable by its owner alone)."""


class Supervisor:
    """One running house on this machine."""

    def __init__(self, settings: Settings, *, apis: int, workers: int, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = dict(environ)
        self._postgres: EmbeddedPostgres | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._children = [Child("api", []) for _ in range(apis)] + [Child("worker", ["worker"]) for _ in range(workers)]
        self._stopping = False
        self._lock_file: int | None = None

    def run(self, announce: Callable[[Mapping[str, Any]], None]) -> None:
        """Bring the house up, announce it once it is ready, and keep it up until a signal comes."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._stop)
        with self._only_one():
            try:
                ready = self._bring_up()
                announce(ready)
                while not self._stopping:
                    self._watch()
                    time.sleep(WATCH_EVERY_S)
            finally:
                self._bring_down()

    def _bring_up(self) -> Mapping[str, Any]:
        self._settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._bind()
        database_url = self._settings.database_url
        if not database_url:
            self._postgres = EmbeddedPostgres(self._settings.data_dir)
            database_url = self._postgres.start()
        direct_url = self._settings.database_direct_url or database_url
        self._settings = replace(self._settings, database_url=database_url, database_direct_url=direct_url)
        migrate(direct_url)
        link, key = asyncio.run(self._found())
        self._prepare_children()
        for child in self._children:
            self._start(child)
        self._await_ready()
        self._write_instance()
        return {"url": self._settings.public_url, "signInUrl": link, "apiKey": key, "pids": self._pids()}

    def _bind(self) -> None:
        """Take the port once, for every api process now and later: a restart never loses a connection."""
        settings = self._settings
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((settings.host, settings.port))
        except OSError as error:
            raise UpError(f"{settings.host}:{settings.port} cannot be used ({error.strerror}); try --port 0") from error
        self._socket.listen(2048)
        port = self._socket.getsockname()[1]
        if not self._environ.get("DAYGEN_PUBLIC_URL"):
            settings = replace(settings, public_url=f"http://{settings.host}:{port}")
        self._settings = replace(settings, port=port)

    async def _found(self) -> tuple[str, str]:
        db = await Database.open(self._settings.database_url, size=2)
        try:
            await founding.found(db)
            link = await founding.sign_in_link(db, self._settings.public_url)
            key = await founding.operator_key(db, self._settings.data_dir)
        finally:
            await db.close()
        return link, key

    def _prepare_children(self) -> None:
        settings = self._settings
        metrics = settings.data_dir / "metrics"
        metrics.mkdir(mode=0o700, exist_ok=True)
        for stale in metrics.glob("*.db"):
            stale.unlink()
        self._environ |= {
            "DAYGEN_DATABASE_URL": settings.database_url,
            "DAYGEN_DATABASE_DIRECT_URL": settings.database_direct_url,
            "DAYGEN_STORAGE_URL": settings.storage_url,
            "DAYGEN_PUBLIC_URL": settings.public_url,
            "DAYGEN_DATA_DIR": str(settings.data_dir),
            "DAYGEN_PORT": str(settings.port),
            "DAYGEN_SECRET": settings.secret.decode(),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        }
        for child in self._children:
            if child.kind == "api":
                child.arguments = ["api", "--fd", str(self._socket.fileno())]

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "daygen", *child.arguments],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            pass_fds=(self._socket.fileno(),) if child.kind == "api" else (),
            preexec_fn=ending_with_us(signal.SIGTERM),  # noqa: PLW1509 - it only sets the death signal
        )

    def _await_ready(self) -> None:
        """Wait until an api process serves requests."""
        began = time.monotonic()
        while time.monotonic() - began < READY_WITHIN_S and not self._stopping:
            self._watch()
            if self._answers():
                return
            time.sleep(0.02)
        if not self._stopping:
            raise UpError("the api did not become ready within a minute; see its log lines above")

    def _answers(self) -> bool:
        from urllib.request import urlopen

        try:
            with urlopen(f"http://{self._settings.host}:{self._settings.port}/readyz", timeout=5) as answer:
                return answer.status == 200  # noqa: PLR2004 - HTTP's own number
        except OSError:
            return False

    def _watch(self) -> None:
        """Start again what has died."""
        if self._postgres is not None and self._postgres.poll() is not None and not self._stopping:
            log.error("postgres.died", exitCode=self._postgres.poll())
            self._postgres.start()
            self._write_instance()
        changed = False
        for child in self._children:
            changed |= self._watch_child(child)
        if changed:
            self._write_instance()

    def _watch_child(self, child: Child) -> bool:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return False
            telemetry.forget_process(child.process.pid, self._settings.data_dir / "metrics")
            child.process = None
            child.deaths = 1 if now - child.started_at > STEADY_S else child.deaths + 1
            child.not_before = now + (0 if child.deaths == 1 else min(0.2 * 2**child.deaths, LONGEST_PAUSE_S))
            log.error("process.died", kind=child.kind, exitCode=code, deaths=child.deaths)
        if now < child.not_before or self._stopping:
            return False
        self._start(child)
        return True

    def _pids(self) -> dict[str, Any]:
        def of(kind: str) -> list[int]:
            return [child.process.pid for child in self._children if child.kind == kind and child.process]

        postgres = self._postgres.pid if self._postgres is not None else None
        return {"api": of("api"), "workers": of("worker"), "postgres": postgres}

    def _write_instance(self) -> None:
        settings = self._settings
        told = {
            "url": settings.public_url,
            "databaseUrl": settings.database_url,
            "databaseDirectUrl": settings.database_direct_url,
            "storageUrl": settings.storage_url,
            "pids": self._pids(),
        }
        _write_private(settings.data_dir / INSTANCE_FILE, json.dumps(told, indent=1))

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping = True

    def _bring_down(self) -> None:
        self._stopping = True
        self._socket.close()
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        give_up_at = time.monotonic() + self._settings.grace.total_seconds() + STOP_WITHIN_S / 4
        for process in running:
            try:
                process.wait(max(give_up_at - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._postgres is not None:
            self._postgres.stop()
        (self._settings.data_dir / INSTANCE_FILE).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _only_one(self) -> Generator[None]:
        """Keep a second supervisor out of the same data directory."""
        self._settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._settings.data_dir / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UpError(f"DayGen is already up with the data in {self._settings.data_dir}") from error
            yield


def running_instance(data_dir: Path) -> Mapping[str, Any] | None:
    """What the house that runs on this data directory tells, or None when none runs."""
    try:
        told: Mapping[str, Any] = json.loads((data_dir / INSTANCE_FILE).read_text())
    except FileNotFoundError:
        return None
    return told


def joined(settings: Settings) -> Settings:
    """These settings, with the database and storage of the house that runs on the data directory.

    Raises `SettingsError` when none runs and no database is named.
    """
    instance = running_instance(settings.data_dir)
    if instance is None:
        if settings.database_url:
            return settings
        raise SettingsError(
            f"no DayGen is running with the data in {settings.data_dir}: start it with `daygen up`, or name its data "
            "with --data-dir, or a database with DAYGEN_DATABASE_URL"
        )
    return replace(
        settings,
        database_url=instance["databaseUrl"],
        database_direct_url=instance["databaseDirectUrl"],
        storage_url=instance["storageUrl"],
        public_url=instance["url"],
    )


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)
