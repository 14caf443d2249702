"""Every line is JSON with its context, from our code and from libraries, and none says a secret."""

import asyncio
import io
import json
import logging
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

import daygen
from daygen.infra.telemetry import bind, bound, get_logger, setup_logs, span, trace_id

ROOT = Path(daygen.__file__).parents[1]
CANARY = "c4naryThatMustNotBeSeen"
NAMES = ["uvicorn", "uvicorn.error", "uvicorn.access", "httpx", "alembic", "asyncio"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Generator[io.StringIO]:
    """Where logs go; everything `setup_logs` changes is put back afterwards."""
    root, hooks, configured = logging.getLogger(), (sys.excepthook, threading.excepthook), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in NAMES}
    stream = io.StringIO()
    setup_logs("test", "debug", stream=stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in NAMES:
        logging.getLogger(name).setLevel(levels[name])
    sys.excepthook, threading.excepthook = hooks
    structlog.configure(**configured)


def said(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_a_time_a_level_a_service_a_logger_and_an_event(stream: io.StringIO):
    get_logger("daygen.jobs").info("jobs.settled", jobId="job_1", latencyMs=4)

    (line,) = said(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("timestamp"))
    assert line == {
        "level": "info",
        "service": "test",
        "logger": "daygen.jobs",
        "event": "jobs.settled",
        "jobId": "job_1",
        "latencyMs": 4,
    }


def test_context_is_said_on_every_line_inside_and_on_none_outside(stream: io.StringIO):
    log = get_logger("x")

    with bound(requestId="req_1", route="/v1/jobs"):
        bind(userId="usr_1", workspaceId="ws_1")
        log.info("inside")
        logging.getLogger("library").warning("inside too")
    log.info("outside")

    inside, library, outside = said(stream)
    context = {"requestId": "req_1", "route": "/v1/jobs", "userId": "usr_1", "workspaceId": "ws_1"}
    assert context.items() <= inside.items()
    assert context.items() <= library.items()
    assert not context.keys() & outside.keys()


async def test_requests_at_the_same_time_keep_their_contexts_apart(stream: io.StringIO):
    log, both_bound = get_logger("x"), asyncio.Barrier(2)

    async def request(number: int) -> None:
        with bound(requestId=number):
            await both_bound.wait()
            log.info("served", number=number)

    await asyncio.gather(request(1), request(2))

    served = [line for line in said(stream) if line["event"] == "served"]
    assert sorted((line["requestId"], line["number"]) for line in served) == [(1, 1), (2, 2)]


def test_the_trace_is_on_the_line(stream: io.StringIO):
    with span("request"):
        get_logger("x").info("inside")
        expected = trace_id()
    get_logger("x").info("outside")

    inside, outside = said(stream)
    assert inside["traceId"] == expected
    assert "traceId" not in outside


def test_what_libraries_log_goes_through_and_their_own_handlers_do_not(stream: io.StringIO):
    theirs = io.StringIO()
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler(theirs))
    setup_logs("test", "info", stream=stream)

    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("alembic").debug("too low")
    logging.getLogger("uvicorn.access").info("GET /files?signature=… is ours to tell, by its route")
    logging.getLogger("wrong").warning("%d tasks", "no number")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old thing", DeprecationWarning, stacklevel=1)

    lines = said(stream)
    assert [(line["logger"], line["level"]) for line in lines] == [
        ("uvicorn.error", "info"),
        ("wrong", "warning"),
        ("py.warnings", "warning"),
    ]
    assert lines[0]["event"] == "Started server process [7]"
    assert theirs.getvalue() == ""


def test_a_traceback_is_in_the_line_without_the_secrets_in_it(stream: io.StringIO):
    def dial() -> None:
        raise ConnectionError(f"postgresql://daygen:{CANARY}@db:5432/daygen did not answer")

    def connect() -> None:
        try:
            dial()
        except ConnectionError as error:
            raise RuntimeError(f"headers {{'authorization': 'Bearer {CANARY}'}}") from error

    try:
        connect()
    except RuntimeError as error:
        get_logger("x").exception("ours.failed")
        get_logger("x").error("ours.failed", exc_info=error)
        logging.getLogger("library").exception("theirs failed")

    assert CANARY not in stream.getvalue()
    for line in said(stream):
        assert line["level"] == "error"
        assert "in connect" in line["exception"]
        assert "did not answer" in line["exception"]
        assert line["exception"].endswith("'}")


def test_lines_below_the_level_are_not_written(stream: io.StringIO):
    setup_logs("test", "WARNING", stream=stream)

    get_logger("x").info("low")
    logging.getLogger("x").info("low")
    get_logger("x").warning("high")

    assert [line["event"] for line in said(stream)] == ["high"]


def test_a_level_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match="'loud' is not a log level: use one of debug"):
        setup_logs("test", "loud")


def test_a_line_cannot_say_that_it_is_of_another_service_or_time(stream: io.StringIO):
    get_logger("x").info("jobs.settled", service="forged", timestamp="1970", logger="forged", level="debug")

    (line,) = said(stream)
    assert (line["service"], line["logger"], line["level"]) == ("test", "x", "info")
    assert line["timestamp"] != "1970"


def test_a_terminal_gets_text_for_people_and_no_secret_either():
    terminal = Terminal()
    with _put_back():
        setup_logs("test", stream=terminal)
        get_logger("x").info("signed.in", link=f"http://127.0.0.1/?token={CANARY}", user="ada")

    text = terminal.getvalue()
    assert "signed.in" in text
    assert "ada" in text
    assert not text.startswith("{")
    assert CANARY not in text


def test_a_stream_that_nobody_reads_any_more_stops_no_work(stream: io.StringIO):
    stream.close()

    get_logger("x").info("said to nobody")


def test_what_is_logged_before_anybody_set_it_up_leaves_stdout_alone_and_holds_no_secret():
    script = (
        "from daygen.infra.telemetry import get_logger\n"
        f"get_logger('x').warning('early', dsn='postgres://u:{CANARY}@db')\n"
        "get_logger('x').info('chatter')\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ended.stdout == ""
    assert [json.loads(line)["dsn"] for line in ended.stderr.splitlines()] == ["postgres://[redacted]@db"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(event=st.text(), value=JSON)
def test_anything_can_be_logged_and_is_one_line(event: str, value: object):
    stream = io.StringIO()
    with _put_back():
        setup_logs("test", stream=stream)
        get_logger("x").info(event, value=value)
        logging.getLogger("x").error(event)

    text = stream.getvalue()
    assert text.count("\n") == 2
    assert [line["level"] for line in map(json.loads, text.splitlines())] == ["info", "error"]


def test_what_ends_a_process_is_a_line_too():
    script = (
        "import threading\n"
        "from daygen.infra.telemetry import setup_logs\n"
        "setup_logs('api')\n"
        f"def fail(): raise OSError('redis://:{CANARY}@cache')\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join()\n"
        "fail()\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    in_thread, in_process = map(json.loads, ended.stderr.splitlines())
    assert (in_thread["event"], in_thread["level"]) == ("thread.failed", "critical")
    assert (in_process["event"], in_process["level"]) == ("process.failed", "critical")
    assert "redis://[redacted]@cache" in in_process["exception"]
    assert CANARY not in ended.stderr + ended.stdout
    assert ended.returncode == 1


class _put_back:  # noqa: N801 - reads as a verb
    """What the fixture does, for tests that set up logs many times."""

    def __enter__(self) -> None:
        self._hooks = (sys.excepthook, threading.excepthook)
        self._handlers, self._level = list(logging.getLogger().handlers), logging.getLogger().level
        self._configured = structlog.get_config()

    def __exit__(self, *_: object) -> None:
        logging.captureWarnings(capture=False)
        sys.excepthook, threading.excepthook = self._hooks
        logging.getLogger().handlers[:] = self._handlers
        logging.getLogger().setLevel(self._level)
        structlog.configure(**self._configured)
