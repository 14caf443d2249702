"""One trace from the request to the stored file, and a job's part of it in Postgres, whatever Postgres does."""

import asyncio
import contextvars
import itertools
import json
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daygen.infra.telemetry import (
    SpanRow,
    SpanStore,
    adopt,
    close_traces,
    continued,
    record,
    render,
    setup_traces,
    span,
    trace_id,
    traceparent,
)
from daygen.kit.ids import JobId

SOON = timedelta(milliseconds=1)
NEVER = timedelta(hours=1)
CANARY = "c4naryThatMustNotBeSeen"


class Table:
    """A fake of the table `spans`: takes rows, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.rows: list[SpanRow] = []
        self.written = asyncio.Event()
        self.failed = asyncio.Event()
        self.failures: list[Exception] = []
        self.tries = 0

    async def write(self, rows: Sequence[SpanRow]) -> None:
        self.tries += 1
        if self.failures:
            self.failed.set()
            raise self.failures.pop()
        self.rows.extend(rows)
        self.written.set()

    def names(self) -> list[str]:
        return [row.name for row in self.rows]

    def __getitem__(self, name: str) -> SpanRow:
        return next(row for row in self.rows if row.name == name)


@pytest.fixture(autouse=True)
def deliver_nothing_afterwards() -> Generator[None]:
    yield
    close_traces()


def elsewhere(work: Callable[[], Any]) -> Any:
    """Do it as another process would: with nothing of our context."""
    return contextvars.Context().run(work)


def dropped(reason: str) -> float:
    for line in render()[0].decode().splitlines():
        if line.startswith(f'daygen_spans_dropped_total{{reason="{reason}"}}'):
            return float(line.rpartition(" ")[2])
    return 0


async def test_one_trace_goes_from_the_request_through_the_queue_to_the_stored_file():
    table, job_id = Table(), JobId.new()

    async with SpanStore(table.write) as store:
        setup_traces("api", store=store)
        with span("POST /v1/jobs"), span("jobs.submit"):
            adopt(job_id)
            task = traceparent()

        def work() -> None:
            setup_traces("worker", store=store)
            with continued(task), span("jobs.run", job_id=job_id), span("provider.run"), span("storage.put"):
                pass

        elsewhere(work)

    assert {row.job_id for row in table.rows} == {job_id}
    assert len({row.trace_id for row in table.rows}) == 1
    chain = ["POST /v1/jobs", "jobs.submit", "jobs.run", "provider.run", "storage.put"]
    assert sorted(table.names()) == sorted(chain)
    assert table["POST /v1/jobs"].parent_id is None
    for parent, child in itertools.pairwise(chain):
        assert table[child].parent_id == table[parent].span_id
    assert [table[name].service for name in chain] == ["api", "api", "worker", "worker", "worker"]


async def test_a_request_that_makes_no_job_is_not_kept():
    table = Table()

    async with SpanStore(table.write) as store:
        setup_traces("api", sample_ratio=1, store=store)
        with span("GET /v1/jobs"):
            pass

    assert table.rows == []


async def test_spans_keep_to_their_own_job_when_several_run_at_once():
    table, jobs = Table(), [JobId.new(), JobId.new()]
    both_inside = asyncio.Barrier(2)

    async def run(job_id: JobId) -> None:
        with span("jobs.run", job_id=job_id):
            await both_inside.wait()
            with span("storage.put"):
                await both_inside.wait()

    async with SpanStore(table.write) as store:
        setup_traces("worker", store=store)
        await asyncio.gather(*map(run, jobs))

    for job_id in jobs:
        outer, inner = sorted((row for row in table.rows if row.job_id == job_id), key=lambda row: row.name)
        assert inner.parent_id == outer.span_id
        assert inner.trace_id == outer.trace_id
    assert len({row.trace_id for row in table.rows}) == 2


async def test_a_request_that_makes_two_jobs_is_kept_with_both():
    table, jobs = Table(), {JobId.new(), JobId.new()}

    async with SpanStore(table.write) as store:
        setup_traces("api", store=store)
        with span("POST /v1/batches"):
            for job_id in jobs:
                adopt(job_id)
                adopt(job_id)

    assert {row.job_id for row in table.rows} == jobs
    assert len(table.rows) == 2


async def test_a_span_says_how_it_ended_and_no_secret():
    table, job_id = Table(), JobId.new()

    async def fails() -> None:
        with span("fails", job_id=job_id, url=f"https://x/?token={CANARY}", api_key=CANARY) as current:
            current.set(outputs=2)
            raise ConnectionError(f"postgres://u:{CANARY}@db")

    async def is_canceled() -> None:
        with span("is canceled", job_id=job_id):
            raise asyncio.CancelledError

    async with SpanStore(table.write) as store:
        setup_traces("worker", store=store)
        await asyncio.gather(fails(), is_canceled(), return_exceptions=True)

    assert table["fails"].status == "error"
    assert table["fails"].attributes == {
        "url": "https://x/?token=[redacted]",
        "api_key": "[redacted]",
        "outputs": 2,
        "error.type": "ConnectionError",
        "error.message": "postgres://[redacted]@db",
    }
    assert table["is canceled"].status == "canceled"


async def test_attributes_are_what_postgres_can_hold():
    table = Table()

    async with SpanStore(table.write) as store:
        setup_traces("worker", store=store)
        with span("odd", job_id=JobId.new(), nul="a\0b", half="\ud800", big=2**70, inside={"a": [1]}, none=None):
            pass

    (row,) = table.rows
    assert row.attributes == {"nul": "a�b", "half": "?", "big": hex(2**70), "inside": '{"a": [1]}'}
    assert json.dumps(row.attributes).encode().find(b"\\u0000") == -1


async def test_a_wait_that_is_over_becomes_a_span_of_its_true_length():
    table, began = Table(), datetime(2026, 11, 20, 12, tzinfo=UTC)

    async with SpanStore(table.write) as store:
        setup_traces("worker", store=store)
        with span("jobs.run", job_id=JobId.new()):
            record("queue.wait", started_at=began, ended_at=began + timedelta(seconds=2.5))

    wait = table["queue.wait"]
    assert (wait.started_at, wait.duration) == (began, timedelta(seconds=2.5))
    assert wait.parent_id == table["jobs.run"].span_id


def test_a_traceparent_is_handed_on_as_it_came_in():
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    with continued(given):
        assert traceparent() == given
        with span("inside"):
            assert trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"
            version, trace, own, flags = (traceparent() or "").split("-")
    assert (version, trace, flags) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert own != "00f067aa0ba902b7"
    assert traceparent() is None


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "nonsense",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "0" * 100_000,
        "\ud800",
    ],
)
def test_nonsense_begins_a_new_trace(given: str | None):
    with span("around"):
        outer = trace_id()
        with continued(given), span("inside"):
            assert trace_id() not in {None, outer, "4bf92f3577b34da6a3ce929d0e0e4736"}
        assert trace_id() == outer


def test_a_later_version_of_traceparent_is_understood():
    with continued("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"):
        assert trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_span_that_ends_in_another_context_than_it_began_in_ends():
    streamed = span("streamed")

    contextvars.Context().run(streamed.__enter__)
    contextvars.Context().run(streamed.__exit__, None, None, None)

    assert trace_id() is None


async def test_spans_are_written_soon_and_at_once_when_there_are_many():
    soon, many = Table(), Table()

    async with (
        asyncio.timeout(5),
        SpanStore(soon.write, every=SOON) as first,
        SpanStore(many.write, every=NEVER) as second,
    ):
        setup_traces("worker", store=first)
        with span("one", job_id=JobId.new()):
            pass
        await soon.written.wait()

        setup_traces("worker", store=second)
        for _ in range(200):
            with span("one of many", job_id=JobId.new()):
                pass
        await many.written.wait()

    assert len(soon.rows) == 1
    assert len(many.rows) == 200


async def test_spans_that_end_in_threads_are_written_too():
    table, job_id = Table(), JobId.new()

    def encode() -> None:
        with span("encode"):
            pass

    async with asyncio.timeout(5), SpanStore(table.write, every=SOON) as store:
        setup_traces("worker", store=store)
        with span("jobs.run", job_id=job_id):
            await asyncio.to_thread(encode)
            await table.written.wait()

    assert sorted(table.names()) == ["encode", "jobs.run"]


def test_the_buffer_is_bounded_and_the_oldest_give_way():
    table, before = Table(), dropped("no_room")
    store = SpanStore(table.write, most_waiting=10)
    setup_traces("worker", store=store)

    for number in range(25):
        with span(str(number), job_id=JobId.new()):
            pass
    asyncio.run(_open_and_close(store))

    assert table.names() == [str(number) for number in range(15, 25)]
    assert dropped("no_room") == before + 15


async def _open_and_close(store: SpanStore) -> None:
    async with store:
        pass


async def test_a_database_that_comes_back_gets_every_span_once():
    table = Table()
    table.failures = [ConnectionError("gone"), TimeoutError("still gone")]

    async with asyncio.timeout(5), SpanStore(table.write, every=SOON) as store:
        setup_traces("worker", store=store)
        with span("one", job_id=JobId.new()):
            pass
        await table.written.wait()

    assert table.names() == ["one"]
    assert table.tries == 3


async def test_rows_the_database_will_never_take_do_not_hold_up_the_others():
    table, before = Table(), dropped("never_written")
    table.failures = [ValueError("poison")] * 6

    async with asyncio.timeout(5), SpanStore(table.write, every=SOON) as store:
        setup_traces("worker", store=store)
        with span("poison", job_id=JobId.new()):
            pass
        await table.failed.wait()
        with span("good", job_id=JobId.new()):
            pass
        await table.written.wait()

    assert table.names() == ["good"]
    assert dropped("never_written") == before + 1


async def test_a_write_that_is_interrupted_by_the_end_is_made_again():
    table, begun = Table(), asyncio.Event()

    async def write(rows: Sequence[SpanRow]) -> None:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        await table.write(rows)

    async with asyncio.timeout(5), SpanStore(write, every=SOON) as store:
        setup_traces("worker", store=store)
        with span("one", job_id=JobId.new()):
            pass
        await begun.wait()

    assert table.names() == ["one"]


async def test_a_database_that_hangs_does_not_keep_a_process_from_ending():
    before = dropped("never_written")

    async def write(_: Sequence[SpanRow]) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(5), SpanStore(write, patience=timedelta(milliseconds=20)) as store:
        setup_traces("worker", store=store)
        with span("one", job_id=JobId.new()):
            pass

    assert dropped("never_written") == before + 1
