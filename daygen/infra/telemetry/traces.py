"""The spans of one trace: what happened, for how long, inside what, from the HTTP request to the stored file.

A span of our own instead of the SDK's, because most are never delivered: every request has one, and only when it turns
out to have made a job, or was drawn for the collector, does it become more than two readings of the clock. (Measured:
the SDK's costs 15 µs recorded and 7 µs not sampled; this one 9 and 2.) Where ended spans go: `delivery`.

    with span("POST /v1/jobs"):                       a request: drawn for the collector with the sample ratio
        adopt(job.id)                                 it made a job: delivered in any case, and kept with the job
        task.traceparent = traceparent()
                          ⇣ queue
    with continued(task.traceparent), span("jobs.run", job_id=job.id):
        with span("provider.run"), span("storage.put"):    of the same job without saying so
"""

import asyncio
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Self, TypeAlias
from uuid import UUID

from daygen.infra.telemetry.redaction import Plain, redacted, redacted_text

Status: TypeAlias = Literal["ok", "error", "canceled"]
Attribute: TypeAlias = str | int | float | bool

_TRACE_BYTES = 16
_SPAN_BYTES = 8
_DRAWN_BITS = 56  # the bits of a trace id that are random (W3C Trace Context, level 2): every service draws by them
_SAMPLED = 1
_NANOSECONDS = 1_000_000_000
_LONGEST_MESSAGE = 300
_MOST_INTEGER = 2**63 - 1  # OTLP and JSON readers hold no more
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]{0,400})?")


@dataclass(frozen=True, slots=True)
class _Remote:
    """The span of another process that this one goes on from."""

    trace_id: bytes
    span_id: bytes
    sampled: bool
    jobs: tuple[UUID, ...] = ()


class Span:
    """Something with a beginning and an end, inside something else. Made by `span`; a context manager, used once."""

    __slots__ = (
        *("_began_at_ns", "_token", "attributes", "duration_ns", "jobs", "name", "parent", "parent_id"),
        *("sampled", "span_id", "started_at_ns", "status", "trace_id"),
    )

    trace_id: bytes
    span_id: bytes
    parent_id: bytes | None
    sampled: bool
    started_at_ns: int
    duration_ns: int

    def __init__(self, name: str, job_id: UUID | None, attributes: dict[str, object]) -> None:
        self.name = name
        self.jobs: tuple[UUID, ...] = () if job_id is None else (job_id,)
        self.attributes = attributes
        self.status: Status = "ok"
        self.parent: Span | _Remote | None = None
        self._token: Token[Span | _Remote | None] | None = None

    def set(self, **attributes: object) -> None:
        """Add facts that are known only later."""
        self.attributes.update(attributes)

    def __enter__(self) -> Self:
        self.begin()
        self._token = _current.set(self)
        self.started_at_ns = time.time_ns()
        self._began_at_ns = time.perf_counter_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.duration_ns = time.perf_counter_ns() - self._began_at_ns  # the time of day may jump meanwhile
        _put_back(self._token)
        if error is not None:
            self._fail(error)
        self.end()

    def begin(self) -> None:
        """Take a place in the current trace, or begin one."""
        parent = self.parent = _current.get()
        if parent is None:
            random = os.urandom(_TRACE_BYTES + _SPAN_BYTES)
            self.trace_id, self.span_id, self.parent_id = random[:_TRACE_BYTES], random[_TRACE_BYTES:], None
            self.sampled = bool(self.jobs) or _drawn(self.trace_id)
            return
        self.trace_id, self.span_id, self.parent_id = parent.trace_id, os.urandom(_SPAN_BYTES), parent.span_id
        self.jobs = self.jobs or parent.jobs
        self.sampled = parent.sampled or bool(self.jobs)

    def _fail(self, error: BaseException) -> None:
        self.status = "canceled" if isinstance(error, asyncio.CancelledError) else "error"
        self.attributes["error.type"] = type(error).__qualname__
        if isinstance(code := getattr(error, "code", None), str):
            self.attributes["error.code"] = code
        if self.sampled:
            self.attributes["error.message"] = _message(error)

    def end(self) -> None:
        """Hand it on, if it is one to be handed on."""
        self.parent = None  # a task that outlives the request would else keep all of it in memory
        if self.sampled:
            _delivery.deliver(self)

    def belong_to(self, job_id: UUID) -> None:
        """Be kept with a job, together with those around it in this process."""
        holder: Span | _Remote | None = self
        while isinstance(holder, Span):
            if job_id not in holder.jobs:
                holder.jobs = (*holder.jobs, job_id)
            holder.sampled = True
            holder = holder.parent


Sink: TypeAlias = Callable[[Span], None]


@dataclass(slots=True)
class _Delivery:
    """Where ended spans go in this process, and the share of plain requests that the collector gets."""

    sinks: Sequence[Sink] = ()
    drawn_below: int = 0

    def deliver(self, ended: Span) -> None:
        for sink in self.sinks:
            sink(ended)


_current: ContextVar[Span | _Remote | None] = ContextVar("daygen_span", default=None)
_delivery = _Delivery()


def deliver_to(sinks: Sequence[Sink], sample_ratio: float) -> None:
    """Hand the ended spans of this process to `sinks`, which may neither block nor raise; of plain requests a share.

    `sample_ratio` is 0 to 1. The spans of jobs, and of traces that came in already sampled, are all delivered.
    """
    _delivery.sinks = tuple(sinks)
    _delivery.drawn_below = int(min(max(sample_ratio, 0.0), 1.0) * (1 << _DRAWN_BITS))


def span(name: str, *, job_id: UUID | None = None, **attributes: object) -> Span:
    """Measure a `with` block, awaits included, as a part of whatever span is around it.

    What is inside belongs to the same job without saying so. An exception that leaves the block marks it as failed.
    Values of attributes are scalars; anything else becomes its text; secrets are hidden.
    """
    return Span(name, job_id, attributes)


def record(
    name: str, *, started_at: datetime, ended_at: datetime, job_id: UUID | None = None, **attributes: object
) -> None:
    """Add a span for something that is over and that no process sat through, such as a wait in the queue."""
    past = Span(name, job_id, attributes)
    past.begin()
    past.started_at_ns = int(started_at.timestamp() * _NANOSECONDS)
    past.duration_ns = max(0, int((ended_at - started_at).total_seconds() * _NANOSECONDS))
    past.end()


def adopt(job_id: UUID) -> None:
    """Say that the span around this, and those around it in this process, made this job: they are kept with it.

    May be said of several jobs. From here on the trace is sampled, in the next process too.
    """
    current = _current.get()
    if isinstance(current, Span):
        current.belong_to(job_id)


def traceparent(*, sampled: bool = False) -> str | None:
    """Name the current span for another process to go on from (W3C Trace Context), or None outside of any.

    `sampled` says that it will be, which is not decided yet.
    """
    current = _current.get()
    if current is None:
        return None
    return f"00-{current.trace_id.hex()}-{current.span_id.hex()}-{_SAMPLED if sampled or current.sampled else 0:02x}"


def trace_id() -> str | None:
    """The current trace as 32 hexadecimal digits, or None outside of any."""
    current = _current.get()
    return None if current is None else current.trace_id.hex()


class continued:  # noqa: N801 - reads as a verb where it is used: `with continued(task.traceparent):`
    """Go on from a span of another process. Without one, or from nonsense, what is inside begins a new trace."""

    __slots__ = ("_remote", "_token")

    def __init__(self, traceparent: str | None) -> None:
        self._remote = None if traceparent is None else _parsed(traceparent)
        self._token: Token[Span | _Remote | None] | None = None

    def __enter__(self) -> None:
        self._token = _current.set(self._remote)

    def __exit__(self, *_: object) -> None:
        _put_back(self._token)


def attributes_of(ended: Span) -> dict[str, Attribute]:
    """The facts of an ended span as scalars that Postgres and OTLP can hold, without secrets."""
    facts: dict[str, Attribute] = {}
    for key, value in redacted(ended.attributes).items():
        if value is not None:
            facts[key] = _scalar(value)
    return facts


def _scalar(value: Plain) -> Attribute:
    if isinstance(value, str):
        # jsonb takes no NUL and neither takes half a surrogate pair
        return (
            value
            if value.isascii() and "\0" not in value
            else value.replace("\0", "�").encode(errors="replace").decode()
        )
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MOST_INTEGER else hex(value)
    return json.dumps(value)


def _message(error: BaseException) -> str:
    try:
        return redacted_text(str(error))[:_LONGEST_MESSAGE]  # in this order: half a secret does not look like one
    except Exception:  # noqa: BLE001 - anybody's __str__ may raise anything, and a span must not
        return ""


def _put_back(token: Token[Span | _Remote | None] | None) -> None:
    if token is None:
        return
    try:
        _current.reset(token)
    except ValueError:  # left in another task than it was entered in, as a streamed answer does: nothing to put back
        return


def _drawn(trace: bytes) -> bool:
    return int.from_bytes(trace[-_DRAWN_BITS // 8 :]) < _delivery.drawn_below


def _parsed(text: str) -> _Remote | None:
    found = _TRACEPARENT.fullmatch(text)
    if found is None:
        return None
    version, trace, parent, flags, rest = found.groups()
    if (version == "00" and rest) or not int(trace, 16) or not int(parent, 16):
        return None
    return _Remote(bytes.fromhex(trace), bytes.fromhex(parent), bool(int(flags, 16) & _SAMPLED))
