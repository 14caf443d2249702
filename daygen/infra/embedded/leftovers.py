"""What an earlier supervisor left behind: a server that still runs, its busy backends, its `postmaster.pid`."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from daygen.infra.embedded.tools import EmbeddedPostgresError

POLL_S = 0.01
_STATUS_LINE = 7  # of postmaster.pid (Postgres: LOCK_FILE_LINE_PM_STATUS, counted from 1)


def stop_leftover(cluster: Path) -> None:
    """End a server that outlived its supervisor, and let Postgres see that nobody serves this cluster.

    Postgres refuses to start while the process of `postmaster.pid` exists, be it a zombie or a stranger with the same
    number. With its parent's number there (ours) it only looks whether the old shared memory is still in use.
    """
    pid, _ = recorded(cluster)
    if not pid:
        return
    name = name_of(cluster)
    for by, patience in insist(timedelta(seconds=30)):
        if _serves(pid, name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, by)
        deadline = time.monotonic() + patience.total_seconds()
        while _serves(pid, name) and time.monotonic() < deadline:
            time.sleep(POLL_S)
    if _serves(pid, name):
        raise EmbeddedPostgresError(f"Process {pid} still serves {cluster} and cannot be ended: end it first.")
    lines = (read_untrusted(cluster / "postmaster.pid") or "").splitlines(keepends=True)
    if lines:
        draft = cluster / "postmaster.pid.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchown(file.fileno(), cluster.stat().st_uid, cluster.stat().st_gid)
            file.writelines([f"{os.getpid()}\n", *lines[1:]])
        draft.replace(cluster / "postmaster.pid")


def insist(patience: timedelta) -> Iterator[tuple[signal.Signals, timedelta]]:
    """How a server is ended: with a checkpoint, without one, and if it does not even listen."""
    yield signal.SIGINT, patience
    yield signal.SIGQUIT, timedelta(seconds=5)
    yield signal.SIGKILL, timedelta(seconds=5)


def end_orphans(name: str) -> None:
    """End backends that are too busy with a query to notice that their server was killed."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cmdline").read_bytes().startswith(f"postgres: {name}: ".encode()):
                os.kill(int(process.name), signal.SIGQUIT)


def name_of(cluster: Path) -> str:
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


def recorded(cluster: Path) -> tuple[int, str]:
    """The process and status ("starting", "standby", "ready", …) in `postmaster.pid`; (0, "") when there is none."""
    lines = (read_untrusted(cluster / "postmaster.pid") or "").splitlines()
    pid = abs(int(lines[0])) if lines and re.fullmatch(r"-?\d+", lines[0].strip()) else 0
    return pid, lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def read_untrusted(file: Path) -> str | None:
    """Read a file that the unprivileged uid wrote, without following it anywhere; None when there is none."""
    try:
        fd = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, errors="replace") as opened:
        return opened.read(4096)
