"""`daygen up`: starts Postgres, migrates, founds the house, and keeps Postgres, api and worker processes alive.

Children are started from the main thread with a death signal, so that none outlives a supervisor that is killed; a
child that dies is started again, at once when it was killed, after a pause that grows when it fails by itself.
SIGTERM, SIGINT and SIGHUP end the house, a second one without waiting for jobs; SIGUSR1 starts api and worker anew with
the code as it is now.
"""

import asyncio
import contextlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from daygen.app import instance, schema
from daygen.app.instance import AlreadyUp, Instance
from daygen.app.settings import Settings
from daygen.infra import telemetry
from daygen.infra.embedded import EmbeddedPostgres, EmbeddedPostgresError
from daygen.infra.processes import ending_with_us
from daygen.infra.storage import open_storage

WATCH_EVERY_S = 0.1
READY_WITHIN_S = 60.0
ANSWERS_WITHIN_S = 1.5  # else asked again; who waits longer sees too late that a process has died
STEADY_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
HOPELESS_STARTS = 3
GRACE_FOR_OTHERS_S = 15.0
BACKLOG = 2048
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - recognised, not chosen
# How a process ends that somebody ended: it did not fail.
ENDED_BY_OTHERS = {0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}

log = telemetry.get_logger(__name__)


class UpError(Exception):
    """The house cannot be started; the text says what to do."""


class _Stopped(KeyboardInterrupt):
    """A signal came while something was waited for."""


@dataclass(slots=True)
class _Child:
    """A process that is to be running."""

    kind: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0


class Supervisor:
    """One running house on this machine."""

    def __init__(self, settings: Settings, *, apis: int, workers: int, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = dict(environ)
        self._children = [_Child("api", ["api"]) for _ in range(apis)]
        self._children += [_Child("worker", ["worker"]) for _ in range(workers)]
        self._socket: socket.socket | None = None
        self._postgres: EmbeddedPostgres | None = None
        self._postgres_failures = 0
        self._postgres_not_before = 0.0
        self._signals = 0
        self._interruptible = False
        self._anew = False

    def run(self, announce: Callable[[Mapping[str, Any]], None]) -> None:
        """Bring the house up, announce it once it is ready, and keep it up until a signal comes.

        Raises `UpError`, `EmbeddedPostgresError`, and what migrating raises; everything started is ended before.
        """
        self._listen_to_signals()
        try:
            with instance.claimed(self._settings.data_dir):
                self._live(announce)
        except AlreadyUp:
            raise UpError(
                f"DayGen is already up with the data in {self._settings.data_dir}: "
                "stop that one first, or name another directory with --data-dir."
            ) from None

    def _live(self, announce: Callable[[Mapping[str, Any]], None]) -> None:
        try:
            with contextlib.suppress(_Stopped):
                with self._interrupted_by_signals():
                    announce(self._bring_up())
                while not self._signals:
                    self._watch()
                    time.sleep(WATCH_EVERY_S)
        finally:
            self._bring_down()

    def _listen_to_signals(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGUSR1, self._start_anew)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` sets it
            signal.signal(signal.SIGHUP, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._interruptible:
            self._interruptible = False
            raise _Stopped

    def _start_anew(self, _signal: int, _frame: FrameType | None) -> None:
        self._anew = True

    @contextlib.contextmanager
    def _interrupted_by_signals(self) -> Generator[None]:
        """Let a signal break off what is waited for inside; raises `_Stopped`."""
        before, self._interruptible = self._interruptible, True
        try:
            if self._signals:
                raise _Stopped
            yield
        finally:
            self._interruptible = before and not self._signals

    def _bring_up(self) -> Mapping[str, Any]:
        """Start everything and wait until it is ready. The schema comes first, children load while we found."""
        data_dir = self._settings.data_dir
        _check_storage(self._settings)
        _end_leftovers(data_dir)
        instance.forget(data_dir)
        listening = self._bind()
        self._reach_database()
        self._migrate()
        self._prepare_children(listening)
        for child in self._children:
            self._start(child)
        link, key = self._found_and_wait()
        self._tell()
        return {"url": self._settings.public_url, "signInUrl": link, "apiKey": key, "pids": self._instance().pids}

    def _bind(self) -> socket.socket:
        """Take the port once, for every api process now and later: a restart never loses a connection."""
        settings = self._settings
        try:
            family, kind, _, _, address = socket.getaddrinfo(
                settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            self._socket = socket.socket(family, kind)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(address)
            self._socket.listen(BACKLOG)
        except OSError as error:
            raise UpError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}): "
                "choose another port with --port (0 takes any that is free), or another address with DAYGEN_HOST."
            ) from error
        settings = replace(settings, port=self._socket.getsockname()[1])
        if not self._environ.get("DAYGEN_PUBLIC_URL"):
            settings = replace(settings, public_url=_local_url(settings))
        self._settings = settings
        return self._socket

    def _reach_database(self) -> None:
        database_url = self._settings.database_url
        if not database_url:
            self._postgres = EmbeddedPostgres(self._settings.data_dir)
            database_url = self._postgres.start()
        direct_url = self._settings.database_direct_url or database_url
        self._settings = replace(self._settings, database_url=database_url, database_direct_url=direct_url)

    def _migrate(self) -> None:
        direct_url = self._settings.database_direct_url
        applied, newest = schema.applied(direct_url), schema.newest()
        if applied is None or applied < newest:
            logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every plugin it has
            from daygen.app.migrate import migrate  # a quarter of a second that most starts save

            log.info("schema.migrated", applied=migrate(direct_url))
        elif applied > newest:
            log.warning("schema.newer", applied=applied, known=newest)  # a newer DayGen was here; it thinks of us

    def _prepare_children(self, listening: socket.socket) -> None:
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
                child.arguments = ["api", "--fd", str(listening.fileno())]

    def _start(self, child: _Child) -> None:
        assert self._socket is not None
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "daygen", *child.arguments],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),  # ours is for what we announce
            pass_fds=(self._socket.fileno(),) if child.kind == "api" else (),
            process_group=0,  # Ctrl-C is for the supervisor, which ends them in order
            preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509 - it only sets the death signal
        )

    def _found_and_wait(self) -> tuple[str, str]:
        """Found the house while its processes load, then wait until they are at work; a sign-in link and the key."""
        from daygen.app import founding
        from daygen.infra import queue
        from daygen.infra.db import Database

        settings = self._settings

        async def found() -> tuple[Database, str, str]:
            db = await Database.open(settings.database_url, size=1)
            await founding.found(db)
            link = await founding.sign_in_link(db, settings.public_url)
            return db, link, await founding.operator_key(db, settings.data_dir)

        async def at_work() -> set[int]:
            async with db.reading() as tx:
                return {row["pid"] for row in await queue.workers(tx)}

        def ready() -> bool:
            started = all(child.process is not None for child in self._children)
            return started and self._answers() and runner.run(at_work()) >= {*self._instance().workers}

        with asyncio.Runner() as runner:
            db, link, key = runner.run(found())
            try:
                self._await(ready)
            finally:
                runner.run(db.close())
        return link, key

    def _await(self, ready: Callable[[], bool]) -> None:
        give_up_at = time.monotonic() + READY_WITHIN_S
        while not ready():
            self._watch()
            for child in self._children:
                if child.failures >= HOPELESS_STARTS:
                    raise UpError(f"The {child.kind} does not start: its last lines, above, say why.")
            if time.monotonic() > give_up_at:
                raise UpError(f"The house was not ready within {READY_WITHIN_S:.0f} s: see the lines above.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether an api process serves requests. Asked directly, whatever proxy the environment names."""
        assert self._socket is not None
        host = EVERYWHERE.get(self._settings.host, self._settings.host).strip("[]")
        connection = http.client.HTTPConnection(host, self._settings.port, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self) -> None:
        """Start again what has died."""
        if self._anew:
            self._anew = False
            self._end_for_a_new_start()
        changed = self._watch_postgres()
        for child in self._children:
            changed |= self._watch_child(child)
        if changed:
            self._tell()

    def _watch_postgres(self) -> bool:
        postgres = self._postgres
        if postgres is None or postgres.poll() is None or time.monotonic() < self._postgres_not_before:
            return False
        log.error("postgres.died", exitCode=postgres.poll())
        try:
            with self._interrupted_by_signals():
                postgres.start()
        except EmbeddedPostgresError as error:
            self._postgres_failures += 1
            self._postgres_not_before = time.monotonic() + _pause_s(self._postgres_failures)
            log.error("postgres.not_started", reason=str(error))  # noqa: TRY400 - its line says all there is
            return False
        self._postgres_failures = 0
        log.info("postgres.back", pid=postgres.pid)
        return True

    def _watch_child(self, child: _Child) -> bool:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return False
            telemetry.forget_process(child.process.pid, self._settings.data_dir / "metrics")
            child.process = None
            if code in ENDED_BY_OTHERS:
                log.warning("process.ended", kind=child.kind, exitCode=code)
            else:
                child.failures = 1 if now - child.started_at > STEADY_S else child.failures + 1
                child.not_before = now + _pause_s(child.failures)
                log.error("process.failed", kind=child.kind, exitCode=code, failures=child.failures)
        if now < child.not_before or self._signals:
            return False
        self._start(child)
        return True

    def _end_for_a_new_start(self) -> None:
        for child in self._children:
            child.failures, child.not_before = 0, 0.0
            if child.process is not None:
                _send(child.process, signal.SIGTERM)

    def _instance(self) -> Instance:
        def pids(kind: str) -> list[int]:
            return [child.process.pid for child in self._children if child.kind == kind and child.process]

        settings = self._settings
        return Instance(
            url=settings.public_url,
            local_url=_local_url(settings),
            database_url=settings.database_url,
            database_direct_url=settings.database_direct_url,
            storage_url=settings.storage_url,
            api=pids("api"),
            workers=pids("worker"),
            postgres=self._postgres.pid if self._postgres is not None else None,
        )

    def _tell(self) -> None:
        try:
            instance.tell(self._settings.data_dir, self._instance())
        except OSError as error:  # a full disk ends no house that runs
            log.error("instance.not_told", reason=str(error))  # noqa: TRY400 - its line says all there is

    def _bring_down(self) -> None:
        """End everything: jobs get their grace, unless a second signal says that nobody wants to wait."""
        asked = min(self._signals, 1)
        instance.forget(self._settings.data_dir)
        if self._socket is not None:
            self._socket.close()
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            _send(process, signal.SIGTERM)
        give_up_at = time.monotonic() + self._settings.grace.total_seconds() + GRACE_FOR_OTHERS_S
        while any(process.poll() is None for process in running):
            if time.monotonic() > give_up_at or self._signals > asked:
                for process in running:
                    _send(process, signal.SIGKILL)
            time.sleep(0.02)
        if self._postgres is not None:
            self._postgres.stop()


def _check_storage(settings: Settings) -> None:
    """Refuse an address that is none before anything is started; whether it answers is seen when it is ready."""
    try:
        open_storage(
            settings.storage_url, secret=settings.secret, public_url=settings.public_url, credentials=settings.vendor
        )
    except ValueError as error:
        raise UpError(f"DAYGEN_STORAGE_URL: {error}.") from error


def _local_url(settings: Settings) -> str:
    host = EVERYWHERE.get(settings.host, f"[{settings.host}]" if ":" in settings.host else settings.host)
    return f"http://{host}:{settings.port}"


def _pause_s(failures: int) -> float:
    return min(FIRST_PAUSE_S * 2 ** (failures - 1), LONGEST_PAUSE_S)


def _send(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(by)


def _end_leftovers(data_dir: Path) -> None:
    """End what outlived a supervisor that was killed, where there is no death signal (macOS): it holds the port."""
    left = instance.left_behind(data_dir)
    if left is None:
        return
    for kind, pids in (("api", left.api), ("worker", left.workers)):
        for pid in pids:
            if f"-m daygen {kind}" in _command_line(pid):
                log.warning("process.left_behind", kind=kind, pid=pid)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    listed = subprocess.run(  # noqa: S603 - a number is its only argument
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout
