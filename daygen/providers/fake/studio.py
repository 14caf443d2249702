"""The film studio behind the fake provider: takes orders, works on them by the clock, and keeps its books in a folder.

Whatever happens to the workers that order from it, its books show what it accepted, how often, and what it was told to
stop. It knows an order again by its `ref`.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOLDER = "fake-studio"


@dataclass(frozen=True, slots=True)
class Film:
    """An order it has accepted: when, how long it lies there, how long it takes from then on, in seconds."""

    ref: str
    at: float
    lies: float
    takes: float

    def share(self, now: float) -> float:
        """How far it is, 0 to 1; below 0 while nobody has begun."""
        done = now - self.at - self.lies
        return -1.0 if done < 0 else min(done / self.takes, 1.0) if self.takes else 1.0


class Studio:
    """The studio whose books are beside a scratch folder."""

    def __init__(self, beside: Path) -> None:
        self._folder = beside / FOLDER

    def order(self, ref: str, lies: float, takes: float) -> None:
        """Accept an order, unless it has it already. Every order that arrives is in the books."""
        self._folder.mkdir(exist_ok=True)
        self._book("arrived", ref)
        path = self._path(ref)
        fresh = path.with_suffix(f".{os.urandom(8).hex()}")
        fresh.write_text(json.dumps([ref, time.time(), lies, takes]))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            return
        finally:
            fresh.unlink()
        self._book("accepted", ref)

    def find(self, ref: str) -> Film | None:
        """An order by its name."""
        with suppress(FileNotFoundError):
            return Film(*json.loads(self._path(ref).read_text()))
        return None

    def stop(self, ref: str) -> None:
        """Nobody wants it any more."""
        self._folder.mkdir(exist_ok=True)
        self._book("stopped", ref)

    def count(self, what: str, ref: str) -> int:
        """How often something was said about an order, this time included."""
        self._folder.mkdir(exist_ok=True)
        self._book(what, ref)
        return self.books(what).count(ref)

    def books(self, what: str) -> list[str]:
        """The orders of which it was written down that they `arrived`, were `accepted`, were `stopped`."""
        file = self._folder / f"book-{what}"
        return file.read_text().split() if file.exists() else []

    def _book(self, what: str, ref: str) -> None:
        with (self._folder / f"book-{what}").open("ab") as file:
            file.write(f"{ref}\n".encode())

    def _path(self, ref: str) -> Path:
        return self._folder / f"{ref}.film"
