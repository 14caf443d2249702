"""Where doomed workers come from: a process that has imported everything and forks a worker for each line it reads.

A crash matrix needs hundreds of worker processes, and half of a worker's start is imports. Each line of stdin is JSON
with the worker's environment and log; the answer is its process id. The workers end with the nursery, and it with
whoever holds its stdin.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from daygen.infra.processes import ending_with_us


class Nursery:
    """The nursery as a test sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def worker(self, env: Mapping[str, str], log: Path) -> int:
        """Start a worker; its process id. Nobody needs to wait for it when it ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"env": dict(env), "log": str(log)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def open_nursery() -> Generator[Nursery]:
    """A nursery, and an end to all its workers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.promises.nursery"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=ending_with_us(signal.SIGKILL),  # noqa: PLW1509 - it only sets the death signal
    )
    with process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def _serve() -> None:
    from daygen.app import settings, worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no funeral
    bind = ending_with_us(signal.SIGKILL)
    gc.freeze()  # what is imported stays shared
    for line in sys.stdin:
        told: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if pid:
            print(pid, flush=True)  # noqa: T201 - the answer
            continue
        if bind is not None:
            bind()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((0, null), (1, log), (2, log)):
            os.dup2(theirs, ours)
        os.environ.clear()
        os.environ.update(told["env"])
        worker.run(settings.read(os.environ))
        os._exit(0)


if __name__ == "__main__":
    _serve()
