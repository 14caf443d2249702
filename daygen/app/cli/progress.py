"""How far a job is, on a terminal as a bar that moves, elsewhere as lines."""

import sys
import time
from typing import TextIO

import click

WIDTH = 28
QUARTERS = 4
CLEAR_LINE = "\r\033[K"


class Progress:
    """Says on stderr how far one thing is. `quiet` says nothing."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._moves = not quiet and self._stream.isatty()
        self._began = time.monotonic()
        self._share = 0.0
        self._said = ""

    def show(self, share: float, state: str) -> None:
        """Show a share from 0 to 1, which never goes back, and what is going on."""
        self._share = max(self._share, min(share, 1.0))
        if self._quiet:
            return
        if self._moves:
            self._write(f"{CLEAR_LINE}{self._bar()} {self._share:4.0%}  {state}  {self._elapsed()}")
            return
        quarter = int(self._share * QUARTERS) * 100 // QUARTERS
        line = f"{state} ({quarter} %)" if quarter else state
        if line != self._said:
            self._said = line
            self._write(f"{line}\n")

    def clear(self) -> None:
        """Take the bar away."""
        if self._moves:
            self._write(CLEAR_LINE)

    def _bar(self) -> str:
        full = round(self._share * WIDTH)
        return click.style("━" * full, fg="yellow") + click.style("━" * (WIDTH - full), dim=True)

    def _elapsed(self) -> str:
        return click.style(f"{time.monotonic() - self._began:.1f} s", dim=True)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
