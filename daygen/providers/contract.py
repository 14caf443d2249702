"""What the house asks of a provider, and the four ways a provider may fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from daygen.kit.ids import JobId
from daygen.kit.money import MicroUsd
from daygen.providers.costs import Basis

FREE = MicroUsd(0)


class Ending(Exception):  # noqa: N818 - how a call ends, not an error of ours
    """One of the four. `units` were made before it came to that, which the provider charges us `cost` for."""

    units: int = 0
    cost: MicroUsd = FREE


class Busy(Ending):
    """Not now: a rate or concurrency limit of the provider. Nothing was accepted; the try is not counted."""

    def __init__(self, reason: str, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(Ending):
    """Final: moderation or bad input. `code` is `provider.…`; the text is safe to show; it costs the user nothing."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Broken(Ending):
    """Certainly nothing was accepted (no connection, a failure before the request ended): try again, then fail."""


class Unknown(Ending):
    """The answer was lost after sending.

    An order of `run` is never sent again: the job ends `provider.outcome_unknown`, free. With tickets, see `Recourse`.
    """


@dataclass(frozen=True, slots=True)
class Source:
    """A file the call works on, already on this machine's disk."""

    path: Path
    content_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """One order. `ref` is its name, the same for every try of it, for providers that honour idempotency keys.

    `wanted` are the numbers (from 0) of the outputs to make: all of the job's less those an earlier try delivered, or
    as many of them as `Terms.at_once` allows.
    `input` is checked against the model's schema and has every default filled in; `seed` among it is an integer.
    `sources` are its referenced files by field name. `scratch` is a folder of this call's own, removed afterwards.
    `cost` is how the provider charges for it, None where it charges nothing. `callback` is an address of this house
    that the provider may tell when it is done, None where it cannot reach us.
    """

    job_id: JobId
    ref: str
    model: str
    operation: str
    input: Mapping[str, Any]
    wanted: Sequence[int]
    scratch: Path
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    cost: Basis | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A finished file on this machine's disk. Width and height in pixels, where it has them."""

    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the call came to: outputs made (`units`), what the provider charges us, text, warnings for the user."""

    units: int
    cost: MicroUsd = FREE
    text: str | None = None
    warnings: Sequence[str] = ()


class Sink(Protocol):
    """Where an adapter puts what it makes, while it makes it. Each may raise if the job was taken from this worker."""

    async def progress(self, share: float) -> None:
        """Say how far the whole call is, 0 to 1. May be called as often as one likes."""
        ...

    async def preview(self, index: int, output: Output) -> None:
        """Show a passing picture of output `index`; only the latest matters, and any may be dropped.

        Of up to 256 KiB. Never waits for storage; when it returns the file is no longer needed.
        """
        ...

    async def output(self, index: int, output: Output) -> None:
        """Store output `index`, one of those wanted; when it returns the file is no longer needed."""
        ...


class Provider(Protocol):
    """One adapter, shared by all calls of a worker process."""

    name: str

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs. Raises `Busy`, `Refused`, `Broken` or `Unknown`, and nothing else. May be cancelled."""
        ...

    async def close(self) -> None:
        """Let go of connections and child processes."""
        ...
