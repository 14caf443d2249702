"""Child processes of a run: started, talked to in lines of JSON, and ended, each by its own id."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from daygen.infra.processes import ending_with_us

ROOT = Path(__file__).resolve().parent.parent
ENDS_WITHIN_S = 20.0
ANSWERS_WITHIN_S = 60.0


class ProcessFailed(Exception):  # noqa: N818 - says what happened
    """A process did not do what it was asked; the text has the last lines it said."""


def environment(**more: str) -> dict[str, str]:
    """What a measured process sees: nothing of the caller's settings but what the system needs."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | more


class Child:
    """A running process. What it says on stderr is in `log`, what it says on stdout is read line by line."""

    def __init__(self, arguments: Sequence[str | Path], environ: Mapping[str, str], log: Path) -> None:
        self._name = " ".join(Path(argument).name for argument in arguments[:3])
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                list(map(str, arguments)),
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                preexec_fn=ending_with_us(signal.SIGTERM),  # noqa: PLW1509 - it only sets the death signal
            )
        self._read = bytearray()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def ask(self, question: Mapping[str, Any], within_s: float = ANSWERS_WITHIN_S) -> dict[str, Any]:
        """Send a line of JSON and wait for the answer's."""
        self.tell(question)
        return self.answer(within_s)

    def tell(self, what: Mapping[str, Any]) -> None:
        """Send a line of JSON."""
        with contextlib.suppress(BrokenPipeError):  # it has ended: the answer that does not come says why
            self._in.write(json.dumps(what).encode() + b"\n")
            self._in.flush()

    def answer(self, within_s: float = ANSWERS_WITHIN_S) -> dict[str, Any]:
        """Wait for a line of JSON. Raises `ProcessFailed` when none comes."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + within_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._read:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    self._fail(f"said nothing for {within_s:g} s")
                chunk = os.read(self._process.stdout.fileno(), 1 << 20)
                if not chunk:
                    self._fail("ended")
                self._read += chunk
        line, _, rest = bytes(self._read).partition(b"\n")
        self._read = bytearray(rest)
        told: dict[str, Any] = json.loads(line)
        if "failed" in told:
            self._fail(str(told["failed"]))
        return told

    def check(self, *, late: bool = False) -> None:
        """Raise `ProcessFailed` when it has ended, or is `late`."""
        if self._process.poll() is not None:
            self._fail(f"ended with {self._process.returncode}")
        if late:
            self._fail("did not get ready")

    def end(self, by: signal.Signals) -> None:
        """End it; kill it when it does not."""
        self._process.send_signal(by)
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _fail(self, reason: str) -> None:
        lines = self._log.read_text(errors="replace").strip().splitlines()[-6:]
        raise ProcessFailed("\n    ".join([f"{self._name}: {reason}", *(line[:400] for line in lines)]))


@contextmanager
def running(
    arguments: Sequence[str | Path], environ: Mapping[str, str], log: Path, *, end_by: signal.Signals = signal.SIGTERM
) -> Generator[Child]:
    """A process that is ended with the block."""
    child = Child(arguments, environ, log)
    try:
        yield child
    finally:
        child.end(end_by)


def module(name: str) -> list[str]:
    """How one of our modules is run as a process."""
    return [sys.executable, "-m", name]
