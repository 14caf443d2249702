"""`daygen dev`: the house and its page from a checkout, started anew when a file changes."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click

from daygen.app import instance
from daygen.app.cli.options import chosen_data_dir, data_dir_option, read_settings
from daygen.infra.processes import ending_with_us

ROOT = Path(__file__).parents[3]
HATCH = ROOT / "web" / "hatch_build.py"
PACKAGE = ROOT / "daygen"
WATCHED = {".py", ".json", ".sql"}
LOOK_EVERY_S = 0.4
END_WITHIN_S = 20.0
VITE_PORT = 5173

Stamps = Mapping[Path, int]


@click.command()
@data_dir_option
@click.option("--port", type=click.IntRange(1, 65_535), help="The api's; default DAYGEN_PORT or 8080.")
@click.option("--web-port", type=click.IntRange(1, 65_535), default=VITE_PORT, show_default=True, help="The page's.")
@click.option("--no-web", is_flag=True, help="The api alone, with the page as it was built last.")
@click.option("--no-api", is_flag=True, help="The page alone, against an api that runs already.")
def dev(port: int | None, web_port: int, no_web: bool, no_api: bool) -> None:
    """Work on DayGen: api and page, both reloading.

    Only in a checkout. The api, worker and migrations follow every change in daygen/, the page every change in web/.
    """
    if no_web and no_api:
        raise click.UsageError("--no-web and --no-api together leave nothing to start")
    if not HATCH.exists():
        raise click.ClickException("This DayGen is installed, not checked out: `daygen dev` needs its sources.")
    port = port or read_settings().port
    parts: list[Part] = []
    if not no_api:
        parts.append(_house(port, None if no_web else web_port))
    if not no_web:
        parts.append(_page(_api_url(port, no_api=no_api), web_port))
    _run(parts, None if no_api else parts[0])


@dataclass(slots=True)
class Part:
    """A program that is part of it; its lines are printed behind its name."""

    name: str
    colour: str
    command: list[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    _reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, on a terminal of its own where we have one, so that it prints for people."""
        ours = sys.stdout.isatty()
        reading, writing = pty.openpty() if ours else os.pipe()
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.command,
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,  # Ctrl-C is for us, who end everything in order
            preexec_fn=ending_with_us(signal.SIGTERM),  # noqa: PLW1509 - it only sets the death signal
        )
        os.close(writing)
        self._reader = threading.Thread(target=self._print, args=(os.fdopen(reading, "rb", 0),), daemon=True)
        self._reader.start()

    def ask_to_end(self) -> None:
        """Ask it, and what it started, to end."""
        self._signal_all(signal.SIGTERM)

    def end(self) -> None:
        """Wait until it has ended; end it when that takes too long."""
        if self.process is None:
            return
        try:
            self.process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._signal_all(signal.SIGKILL)
            self.process.wait()
        if self._reader is not None:
            self._reader.join(1)

    def _signal_all(self, by: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, by)

    def _print(self, lines: IO[bytes]) -> None:
        prefix = click.style(f"{self.name:3} │ ", fg=self.colour)
        with contextlib.suppress(OSError), lines:  # the other end of a terminal closes with an error
            for line in _lines(lines):
                click.echo(prefix + line)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := stream.read(65_536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")


def _house(port: int, web_port: int | None) -> Part:
    """`daygen up`; its links lead to the page that reloads."""
    environ = {"DAYGEN_GRACE_SECONDS": os.environ.get("DAYGEN_GRACE_SECONDS") or "1"}
    if web_port is not None:
        environ["DAYGEN_PUBLIC_URL"] = f"http://127.0.0.1:{web_port}"
    command = [sys.executable, "-m", "daygen", "up", "--data-dir", str(chosen_data_dir()), "--port", str(port)]
    return Part("api", "cyan", command, environ)


def _page(api_url: str, web_port: int) -> Part:
    vite = ["npm", "run", "dev", "--", "--host", "127.0.0.1", "--port", str(web_port), "--strictPort"]
    return Part("web", "magenta", [sys.executable, str(HATCH), "run", *vite], {"DAYGEN_API_URL": api_url})


def _api_url(port: int, *, no_api: bool) -> str:
    named = os.environ.get("DAYGEN_API_URL") or f"http://127.0.0.1:{port}"
    here = instance.find(chosen_data_dir()) if no_api else None
    return here.local_url if here else named


def _run(parts: list[Part], house: Part | None) -> None:
    """Run the parts until a signal comes or one of them ends; tell the house when its code changes."""
    stopping = threading.Event()
    for kind in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(kind, lambda _signal, _frame: stopping.set())
    stamps = _stamps()
    try:
        for part in parts:
            part.start()
        while not stopping.wait(LOOK_EVERY_S):
            ended = [part.name for part in parts if part.process is None or part.process.poll() is not None]
            if ended:
                raise click.ClickException(f"{' and '.join(ended)} ended by itself: its last lines are above.")
            before, stamps = stamps, _stamps()
            changed = {path for path, _ in set(before.items()) ^ set(stamps.items())}
            if house is not None and changed:
                _reload(house, changed)
    finally:
        for part in parts:
            part.ask_to_end()
        for part in parts:
            part.end()


def _reload(house: Part, changed: set[Path]) -> None:
    """Let the house start api and worker anew; the schema first, when it changed."""
    names = ", ".join(sorted(str(path.relative_to(ROOT)) for path in changed)[:3])
    click.echo(click.style(f"{names} changed", dim=True))
    if any("migrations" in path.parts for path in changed):
        migrate = [sys.executable, "-m", "daygen", "migrate", "--data-dir", str(chosen_data_dir())]
        subprocess.run(migrate, check=False)  # noqa: S603 - our own program; what it says is printed
    if house.process is not None and instance.find(chosen_data_dir()) is not None:  # else it is not ready to listen
        house.process.send_signal(signal.SIGUSR1)


def _stamps() -> Stamps:
    """When each source file was changed last."""
    stamps: dict[Path, int] = {}
    for folder, folders, files in os.walk(PACKAGE):
        folders[:] = [name for name in folders if name not in {"__pycache__", "_ui"}]
        for name in files:
            path = Path(folder, name)
            if path.suffix in WATCHED:
                with contextlib.suppress(FileNotFoundError):
                    stamps[path] = path.stat().st_mtime_ns
    return stamps
