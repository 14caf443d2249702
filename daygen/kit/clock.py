"""Time as a thing that is handed in, so that a ten-minute story runs in seconds.

What is written to the database is dated there, by the SQL function `daygen_now()`; this clock is for what a process
decides by itself.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a process learns what time it is."""

    def now(self) -> datetime:
        """Say the time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary point that never run backwards."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Say the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary point that never run backwards."""
        return time.monotonic()


@dataclass
class SetClock:
    """A clock that stands still until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))

    def now(self) -> datetime:
        """Say the time it was set to."""
        return self.at

    def monotonic(self) -> float:
        """Seconds of the time it was set to."""
        return self.at.timestamp()

    def forward(self, by: timedelta) -> None:
        """Move on."""
        self.at += by


def shown(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the only form that leaves the house."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
