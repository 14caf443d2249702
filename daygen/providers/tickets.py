"""Operations that take longer than anybody should wait for: an order is answered with a ticket, and fetched later.

    submit ──▶ Ticket ──collect──▶ Working … collect ──▶ Report
                  └─────cancel

An adapter that has such operations is `Ticketed` besides being a `Provider`. The house writes down what it is about to
send before `submit` is called, and the ticket after it; between the two of its calls nobody is kept busy.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, Self, runtime_checkable

from daygen.providers.contract import Call, Report, Sink, Unknown

ASK_AGAIN = timedelta(seconds=1)
GROWTH = 1.4
LONGEST_PAUSE = timedelta(seconds=20)
SHORTEST_PAUSE = timedelta(milliseconds=100)
MOST_LOST = 12  # questions about one order that went wrong one after the other


class Recourse(StrEnum):
    """How to find out about an order that was sent and not answered. Nothing is ever simply sent again."""

    KEYED = "keyed"  # the company takes the same `ref` twice for one order: send it again
    LOOKUP = "lookup"  # it can be asked for the order by its `ref`
    CALLBACK = "callback"  # it calls the address that it was given, if the order arrived
    PURE = "pure"  # it costs nothing and leaves nothing behind: do it again
    NEVER = "never"  # nothing helps: the job ends `provider.outcome_unknown`


@dataclass(frozen=True, slots=True)
class Terms:
    """How an operation is ordered: how many outputs at once, and what to do about an order whose answer was lost.

    `settles` is how long after sending "there is no such order" is not to be believed (`LOOKUP`), or a call may still
    come (`CALLBACK`).
    """

    recourse: Recourse
    at_once: int = 1
    settles: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What leads to an order. `facts` are whatever else the adapter needs to find it: JSON, without secrets."""

    id: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def note(self) -> dict[str, Any]:
        """As JSON."""
        return {"id": self.id, "facts": self.facts}

    @classmethod
    def of(cls, note: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(note["id"], note["facts"])


@dataclass(frozen=True, slots=True)
class Working:
    """Not done yet. `retry_after` if the company says when to ask again; `begun` once it is at it."""

    retry_after: timedelta | None = None
    progress: float = 0.0
    begun: bool = True


@runtime_checkable
class Ticketed(Protocol):
    """What an adapter has besides `run`."""

    name: str

    def terms(self, model: str, operation: str, *, callback: bool) -> Terms | None:
        """How this operation is ordered; None when it is made by `run`. `callback`: the call will carry an address."""
        ...

    async def submit(self, call: Call) -> Ticket:
        """Order `call.wanted`, which are never more than `Terms.at_once`, under `call.ref`.

        Raises the four: `Unknown` when the order may have arrived.
        """
        ...

    async def collect(self, call: Call, ticket: Ticket, sink: Sink) -> Working | Report:
        """Ask after an order; when it is done, fetch those of its outputs that are in `call.wanted`. Twice is harmless.

        Raises `Busy` (ask later), `Refused` (it came to nothing), `Broken` (it came to nothing, was not billed, and may
        be ordered again), `Unknown` (it could not be found out this time).
        """
        ...

    async def cancel(self, ticket: Ticket) -> None:
        """Say that nobody wants it any more, if the company listens to that. Raises nothing; twice is harmless."""
        ...


@runtime_checkable
class Finds(Protocol):
    """What an adapter has whose recourse is `LOOKUP`."""

    async def find(self, call: Call) -> Ticket | None:
        """Find the order that was sent under `call.ref`. Raises `Busy` or `Unknown` when it could not be found out."""
        ...


def pause(looks: int, told: timedelta | None = None) -> timedelta:
    """How long to wait before an order is asked after again: as long as the company says, else longer every time."""
    wait = ASK_AGAIN * GROWTH ** min(looks, 20) if told is None else told
    return min(max(wait, SHORTEST_PAUSE), LONGEST_PAUSE if told is None else timedelta(minutes=10))


async def in_one_go(provider: Ticketed, call: Call, sink: Sink) -> Report:
    """Order and wait for it, for whoever has nothing else to do and nothing to remember."""
    ticket = await provider.submit(call)
    looks = lost = 0
    try:
        while True:
            try:
                answer = await provider.collect(call, ticket, sink)
            except Unknown:
                lost += 1
                if lost >= MOST_LOST:
                    raise
                answer = Working()
            else:
                lost = 0
            if isinstance(answer, Report):
                return answer
            await asyncio.sleep(pause(looks, answer.retry_after).total_seconds())
            looks += 1
    except asyncio.CancelledError:
        await provider.cancel(ticket)
        raise
