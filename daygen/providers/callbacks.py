"""What companies tell us of their own accord about an order: heeded when it is signed, and never taken for granted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from daygen.providers.tickets import Ticket

SKEW = timedelta(minutes=5)  # how far a signature's time may be from ours


class Forged(Exception):  # noqa: N818 - says what it is
    """The signature is missing, wrong, or of another time."""


@dataclass(frozen=True, slots=True)
class Word:
    """A delivery that is really theirs. `id` is the same when they repeat it; `ticket` is of the order it is about."""

    id: str
    ticket: Ticket | None = None


class Receiver(Protocol):
    """One company's way to sign."""

    async def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Word:
        """Check a delivery; headers by names in lower case. Raises `Forged`, or `Unknown` when it cannot be checked."""
        ...
