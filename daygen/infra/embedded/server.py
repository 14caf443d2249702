"""One cluster in the data directory: made, claimed, started, waited for, stopped."""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, Self

import psycopg
from psycopg import sql

from daygen.infra.embedded.leftovers import (
    POLL_S,
    end_orphans,
    insist,
    name_of,
    read_untrusted,
    recorded,
    stop_leftover,
)
from daygen.infra.embedded.tools import COPIES, SUPERUSER, EmbeddedPostgresError, Tools, find_tools

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "max_connections": "200",
        "shared_buffers": "128MB",
        "jit": "off",
        "hot_standby": "off",  # while it restores a backup it is not ready
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",  # we read the reason of a failed start in the log
        "password_encryption": "scram-sha-256",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "unix_socket_directories": "",
    }
)
FAST_BUT_FORGETFUL: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)
_ROLE = "daygen"
# The role owns its database and makes others (tests do); what an operator would grant it besides, it gets too.
_GRANTS = ("pg_monitor", "pg_signal_backend", "pg_signal_autovacuum_worker", "pg_checkpoint")
_LOG_KEPT_BYTES = 10 * 1024 * 1024
_PORT_TAKEN = "could not create any TCP/IP sockets"
_STILL_ATTACHED = re.compile(r'pre-existing shared memory block|lock file "postmaster.pid" already exists')


class EmbeddedPostgres:
    """A Postgres of our own in `data_dir`, made at the first start and ended with the process that started it.

    `bin_dir` is another server's binaries than the wheel's. `durable=False` is for tests: commits are lost when the
    machine dies. `settings` go over ours. `copy_to` are folders, best first, where root may put a copy of the wheel's
    binaries when the unprivileged uid cannot reach them.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        bin_dir: Path | None = None,
        durable: bool = True,
        settings: Mapping[str, str] = MappingProxyType({}),
        copy_to: Sequence[Path] = COPIES,
    ) -> None:
        self._data_dir = data_dir.absolute()
        self._cluster = self._data_dir / "postgres"
        self._log = self._data_dir / "postgres.log"
        self._bin_dir = bin_dir.absolute() if bin_dir else None
        self._durable = durable
        self._settings = settings
        self._copy_to = copy_to
        self._lock: int | None = None
        self._access: _Access | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self, timeout: timedelta = timedelta(seconds=60)) -> str:
        """Bring the server up and return its DSN; a second call while it runs returns the same.

        Makes cluster, role and database when they are missing. Stops what an earlier supervisor left running.
        `timeout` is how long it may show no progress: a crash recovery is waited for as long as it takes. Call it from
        the main thread: on Linux the server ends with the *thread* that started it. Raises `EmbeddedPostgresError`.
        """
        assert threading.current_thread() is threading.main_thread()
        if self._server is not None and self._server.poll() is None:
            return self.dsn
        try:
            self._claim()
            self._bring_up(timeout)
        except (OSError, subprocess.SubprocessError, psycopg.Error) as error:
            self.stop()
            reason = str(error).partition("\n")[0]
            raise EmbeddedPostgresError(f"Postgres in {self._data_dir} could not be started: {reason}") from error
        except BaseException:
            self.stop()
            raise
        return self.dsn

    def poll(self) -> int | None:
        """Say None while the server runs, else its exit status (negative: the signal that ended it)."""
        return self._started().poll()

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return self._started().pid

    @property
    def dsn(self) -> str:
        """Where to connect as the owner of the database, password included."""
        assert self._access is not None, "start it first"
        return f"postgresql://{_ROLE}:{self._access.password}@127.0.0.1:{self._access.port}/{_ROLE}"

    def stop(self, timeout: timedelta = timedelta(seconds=30)) -> None:
        """End the server and let go of the data directory; fine twice, and when it never started.

        Clients are disconnected at once (fast shutdown). After `timeout` it is stopped without a checkpoint, which
        loses nothing but makes the next start recover.
        """
        if self._server is not None:
            for by, patience in insist(timeout):
                self._server.send_signal(by)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._server.wait(patience.total_seconds())
                    break
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _started(self) -> subprocess.Popen[bytes]:
        assert self._server is not None, "start it first"
        return self._server

    def _claim(self) -> None:
        """Be the only supervisor of this data directory, or raise."""
        if sys.platform == "win32" or (sys.platform != "linux" and os.geteuid() == 0):
            raise EmbeddedPostgresError(
                "The embedded Postgres runs on Linux, and as a normal user on macOS: set DAYGEN_DATABASE_URL instead."
            )
        import fcntl  # not on Windows, where this module must still import

        if self._lock is not None:
            return
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode().strip()
            os.close(lock)
            raise EmbeddedPostgresError(
                f"{self._data_dir} is in use by another DayGen (process {holder}): "
                "stop it first, or choose another data directory."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def _bring_up(self, timeout: timedelta) -> None:
        tools = find_tools(self._bin_dir, self._copy_to)
        access = self._ensure_cluster(tools)
        _rotate(self._log)
        port = self._serve(tools, access.port, access.superuser_password, timeout)
        self._access = replace(access, port=port)
        if self._access != access:
            self._access.save(self._data_dir)
        with _connect(port, access.superuser_password) as connection:
            _ensure_database(connection, access.password)

    def _ensure_cluster(self, tools: Tools) -> "_Access":
        """Find the cluster fit for these binaries, or make it; say how to get in."""
        for draft in self._data_dir.glob("postgres.new-*"):
            shutil.rmtree(draft, ignore_errors=True)  # of an initdb that was killed
        access = _Access.load(self._data_dir)
        if not self._cluster.exists():
            access = access or _Access.generated()
            access.save(self._data_dir)  # before the cluster that needs it
            self._make_cluster(tools, access)
            return access
        _check_cluster(self._cluster, tools)
        stop_leftover(self._cluster)
        if access is None:
            access = _Access.generated()
            tools.set_superuser_password(self._cluster, access.superuser_password)
            access.save(self._data_dir)
        return access

    def _make_cluster(self, tools: Tools, access: "_Access") -> None:
        draft = self._data_dir / f"postgres.new-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        try:
            tools.give(draft)
            tools.init(draft, access.superuser_password, durable=self._durable)
            draft.rename(self._cluster)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _sync_folder(self._data_dir)

    def _serve(self, tools: Tools, wanted_port: int, password: str, timeout: timedelta) -> int:
        """Start the server until it stays up; return its port."""
        deadline = time.monotonic() + timeout.total_seconds()
        port = _free_port(wanted_port)
        while True:
            said_before = self._log.stat().st_size if self._log.exists() else 0
            self._server = self._launch(tools, port)
            if self._answers(port, password, timeout):
                return port
            said = _text_from(self._log, said_before)
            if _PORT_TAKEN in said:  # somebody was faster
                port = _free_port(0)
            elif _STILL_ATTACHED.search(said):
                end_orphans(name_of(self._cluster))
            else:
                self._fail(said)
            if time.monotonic() > deadline:
                self._fail(said)
            time.sleep(POLL_S)

    def _launch(self, tools: Tools, port: int) -> subprocess.Popen[bytes]:
        settings = {
            **SETTINGS,
            **({} if self._durable else FAST_BUT_FORGETFUL),
            **self._settings,
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "cluster_name": name_of(self._cluster),  # in every process title: how a leftover is known
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            with tools.reaching(self._cluster) as (path, fds):
                return tools.popen(
                    "postgres", "-D", path, *arguments, ends_by=signal.SIGINT, fds=fds, stdout=log, stderr=log
                )
        finally:
            os.close(log)

    def _answers(self, port: int, password: str, timeout: timedelta) -> bool:
        """Wait until a login works; False when the server ended before that."""
        server = self._started()
        silent_since = time.monotonic()
        reason = "it said nothing"
        while server.poll() is None:
            pid, status = recorded(self._cluster)
            if pid == server.pid and status == "ready":
                try:
                    _connect(port, password).close()
                except psycopg.OperationalError as error:
                    reason = str(error)
                    if "password authentication failed" in reason:
                        raise EmbeddedPostgresError(
                            f"The password in {self._data_dir / 'postgres.json'} is not the server's: "
                            "remove that file, the next start makes new ones."
                        ) from error
                else:
                    return True
            elif pid == server.pid and status in {"starting", "standby"}:
                silent_since = time.monotonic()  # recovering, however long that takes
            if time.monotonic() - silent_since > timeout.total_seconds():
                self._fail(reason)
            time.sleep(POLL_S)
        return False

    def _fail(self, said: str) -> NoReturn:
        lines = said.strip().splitlines() or ["it said nothing"]
        fatal = next((line for line in reversed(lines) if re.search(r"(FATAL|PANIC|ERROR): ", line)), lines[-1])
        raise EmbeddedPostgresError(f"Postgres did not start: {fatal.strip()} (all it said is in {self._log}).")


@dataclass(frozen=True, slots=True)
class _Access:
    """What `postgres.json` keeps: how to get in. `port` 0 is "any"."""

    password: str
    superuser_password: str
    port: int = 0

    @classmethod
    def generated(cls) -> "_Access":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24))

    @classmethod
    def load(cls, data_dir: Path) -> "_Access | None":
        """Read it back; None when it is lost, so that new passwords are made."""
        try:
            kept: dict[str, Any] = json.loads((data_dir / "postgres.json").read_text())
            return cls(str(kept["password"]), str(kept["superuser_password"]), int(kept["port"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def save(self, data_dir: Path) -> None:
        """Write it whole or not at all, for our eyes only."""
        draft = data_dir / "postgres.json.new"
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "w") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(fd)
        draft.replace(data_dir / "postgres.json")
        _sync_folder(data_dir)


def _check_cluster(cluster: Path, tools: Tools) -> None:
    """Refuse a cluster of another user, of another major version, or none at all."""
    owner = cluster.stat().st_uid
    try:
        found = (read_untrusted(cluster / "PG_VERSION") or "").strip()
    except PermissionError:
        found = "?"
    if not found:
        raise EmbeddedPostgresError(f"{cluster} is not a Postgres cluster: move it away.")
    if owner != tools.owner:
        raise EmbeddedPostgresError(
            f"{cluster} belongs to uid {owner}, and Postgres would run as uid {tools.owner}: "
            "start DayGen as the user who made it."
        )
    if found != str(tools.major):
        raise EmbeddedPostgresError(
            f"{cluster} holds data of Postgres {found}, and this is Postgres {tools.major}: save it with pg_dump under "
            f"a Postgres {found}, move the folder away, start DayGen, and load it with pg_restore."
        )


def _ensure_database(connection: psycopg.Connection[Any], password: str) -> None:
    """Make role and database unless they are there; safe to be killed anywhere in it."""
    role = sql.Identifier(_ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
    for (grant,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(_GRANTS)]):
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(grant), role))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def _connect(port: int, password: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=SUPERUSER,
        password=password,
        dbname="postgres",
        sslmode="disable",
        gssencmode="disable",
        connect_timeout=10,
        autocommit=True,
    )


def _free_port(wanted: int) -> int:
    """The wanted port if nobody listens on it, else any that is free; 0 wants any."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Postgres does
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedPostgresError("There is no free port on 127.0.0.1: end what holds them.")


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_KEPT_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def _text_from(log: Path, start: int) -> str:
    """The end of what was logged since."""
    with log.open("rb") as file:
        file.seek(max(start, log.stat().st_size - 65536))
        return file.read().decode(errors="replace")


def _sync_folder(folder: Path) -> None:
    """Make a rename in it survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
