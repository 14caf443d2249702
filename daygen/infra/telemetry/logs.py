"""One line of JSON per event on stderr, from our code and from the libraries', with its context and without secrets.

    {"timestamp": "2026-11-20T12:00:00.000Z", "level": "info", "service": "api", "logger": "daygen.jobs.routes",
     "event": "http.request", "requestId": "…", "route": "/v1/jobs", "userId": "usr_…", "workspaceId": "ws_…",
     "jobId": "job_…", "traceId": "…", "latencyMs": 4, "errorCode": "limits.rate_exceeded"}

The last seven come from `bind` and `bound`, for everything said in the same request or task; `traceId` comes by itself.
On a terminal the same is printed for people. Logging never raises.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, TextIO, TypeAlias, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from daygen.infra.telemetry.redaction import LONGEST, Plain, redacted, redacted_text
from daygen.infra.telemetry.traces import trace_id
from daygen.kit.clock import shown

LEVELS = ("debug", "info", "warning", "error", "critical")

Line: TypeAlias = dict[str, Plain]
_ExcInfo: TypeAlias = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]

_MOST_FRAMES = 30
# They tell every request, with its address; ours tells them once, by route and without what is in the query.
_QUIET = ("uvicorn.access", "httpx", "httpcore", "urllib3", "websockets", "asyncpg", "botocore")
# These bring handlers of their own, which would print beside ours.
_ADOPTED = ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "alembic", "py.warnings")

_context: ContextVar[Mapping[str, object]] = ContextVar("daygen_log_context", default=MappingProxyType({}))


def get_logger(name: str) -> FilteringBoundLogger:
    """Make a module's own logger.

    `log.info("jobs.settled", credits=4)`: the event is a name that can be searched for, what varies is a keyword.
    """
    return cast("FilteringBoundLogger", structlog.get_logger(name))


def bind(**facts: object) -> None:
    """Say these facts on every line from here to the end of the request or task. Names in camelCase."""
    _context.set({**_context.get(), **facts})


def bound_fact(name: str) -> str | None:
    """What is said under this name on every line here, None when nothing is."""
    fact = _context.get().get(name)
    return None if fact is None else str(fact)


class bound:  # noqa: N801 - reads as a verb where it is used: `with bound(jobId=job.id):`
    """Say these facts on every line inside a `with` block, awaits included."""

    __slots__ = ("_facts", "_token")

    def __init__(self, **facts: object) -> None:
        self._facts = facts
        self._token: Token[Mapping[str, object]] | None = None

    def __enter__(self) -> None:
        self._token = _context.set({**_context.get(), **self._facts})

    def __exit__(self, *_: object) -> None:
        if self._token is None:
            return
        try:
            _context.reset(self._token)
        except (
            ValueError
        ):  # left in another task than it was entered in, as a streamed answer does: nothing to put back
            return


def setup_logs(service: str, level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send everything this process logs to stderr (or `stream`), once, at its start. May be repeated.

    `level` is one of `LEVELS`; raises ValueError for another. An exception that nobody caught becomes a line too.
    """
    lowest = level.lower()
    if lowest not in LEVELS:
        raise ValueError(f"{level!r} is not a log level: use one of {', '.join(LEVELS)}")
    writer = _Writer(service, stream)
    _route_ours(writer, lowest)
    _route_stdlib(writer, lowest.upper())
    sys.excepthook = writer.uncaught
    threading.excepthook = writer.uncaught_in_thread


class _Named:
    """What structlog carries our loggers' names in; the lines themselves go to the writer."""

    __slots__ = ("name",)

    def __init__(self, name: str = "daygen") -> None:
        self.name = name


class _Writer:
    """Turns events into lines. Everything that is logged passes through `write`."""

    def __init__(self, service: str, stream: TextIO | None) -> None:
        self._service = service
        self._stream = stream
        self._lock = threading.Lock()
        self._rendered = _for_people() if (stream or sys.stderr).isatty() else _as_json

    def structured(self, logger: _Named, method: str, event: EventDict) -> EventDict:
        """Write an event of structlog's, as its only processor."""
        level = "error" if method == "exception" else "warning" if method == "warn" else method
        self.write(level, logger.name, str(event.pop("event", "")), dict(event))
        raise structlog.DropEvent

    def uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write what ends the process."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.write("critical", "python", "process.failed", {"exc_info": (kind, error, trace)})

    def uncaught_in_thread(self, failed: threading.ExceptHookArgs) -> None:
        """Write what ended a thread."""
        if failed.exc_type is not SystemExit:
            info = (failed.exc_type, failed.exc_value, failed.exc_traceback)
            thread = failed.thread.name if failed.thread else None
            self.write("critical", "python", "thread.failed", {"thread": thread, "exc_info": info})

    def write(self, level: str, logger: str, event: str, facts: dict[str, Any]) -> None:
        """Write one line, whatever happens."""
        try:
            text = self._rendered(self._line(level, logger, event, facts))
        except Exception as error:  # noqa: BLE001 - whoever logs a thing we cannot print must not fail for it
            text = _as_json({"level": "error", "event": "log.unprintable", "of": type(error).__name__})
        try:
            stream = self._stream or sys.stderr
            with self._lock:
                stream.write(text + "\n")
                stream.flush()
        except (OSError, ValueError):  # nobody listens any more: a closed pipe is no reason to stop working
            return

    def _line(self, level: str, logger: str, event: str, facts: dict[str, Any]) -> Line:
        failure = _exc_info(facts.pop("exc_info", None))
        said: dict[str, object] = {"event": event, **_context.get(), **facts}
        if (trace := trace_id()) is not None:
            said["traceId"] = trace
        ours: Line = {"timestamp": shown(datetime.now(UTC)), "level": level, "service": self._service, "logger": logger}
        line: Line = {**ours, **redacted(said), **ours}  # first in order, and not to be said otherwise
        if failure is not None:
            line["exception"] = _traceback(failure)
        return line


class _Bridge(logging.Handler):
    """Where the standard library's logging enters."""

    def __init__(self, writer: _Writer) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as one of our lines."""
        try:
            event = record.getMessage()
        except Exception:  # noqa: BLE001 - a library's wrong format string is no reason to fail
            event = str(record.msg)
        self._writer.write(record.levelname.lower(), record.name, event, {"exc_info": record.exc_info})


def _route_ours(writer: _Writer, level: str) -> None:
    structlog.configure(
        processors=[writer.structured],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Named,
        cache_logger_on_first_use=False,  # else a module that has logged once could not be set up again
    )


def _route_stdlib(writer: _Writer, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Bridge(writer)]
    root.setLevel(level)
    for name in _ADOPTED:
        adopted = logging.getLogger(name)
        adopted.handlers.clear()
        adopted.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _exc_info(given: object) -> _ExcInfo | None:
    """Read what callers hand over as `exc_info`: True, an exception or the triple."""
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if isinstance(given, tuple):
        return cast("_ExcInfo", given)
    return sys.exc_info() if given else None


def _traceback(failure: _ExcInfo) -> str:
    """The traceback's end, for there is what went wrong; begun at a line, so that no secret is cut in half."""
    text = "".join(traceback.format_exception(*failure, limit=-_MOST_FRAMES)).rstrip()
    if len(text) > LONGEST:
        text = text[-LONGEST:].partition("\n")[2]
    return redacted_text(text)


def _as_json(line: Line) -> str:
    return json.dumps(line)


def _for_people() -> Callable[[Line], str]:
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)

    def rendered(line: Line) -> str:
        return renderer(None, "", cast("EventDict", line))

    return rendered


# Before anybody set it up, a short command or a test: stdout stays theirs, and what is said holds no secret either.
_route_ours(_Writer("daygen", None), "warning")
