"""What the house may expect of every adapter, tried against a strict server of its company on loopback.

An adapter's tests subclass `Contract` and name their `Subject`; so must those of every adapter to come.
"""

import asyncio
import dataclasses
import json
import shutil
import subprocess
import sys
import traceback
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from daygen.catalog import load
from daygen.kit.clock import SystemClock
from daygen.kit.ids import JobId
from daygen.providers import (
    Broken,
    Busy,
    Call,
    Finds,
    Output,
    Provider,
    Recourse,
    Refused,
    Report,
    Source,
    Ticket,
    Ticketed,
    Unknown,
    Working,
)
from daygen.providers.http import open_client
from daygen.providers.pictures import measured
from daygen.providers.verdicts import PAUSE
from tests.product import Ada, Daygen
from tests.providers.servers import pictures
from tests.providers.servers.wire import Trouble, Wire

IMAGE = (320, 240)
FOUR = (Busy, Refused, Broken, Unknown)

VERDICTS: Mapping[Trouble, tuple[type[Exception], str | timedelta | None]] = {
    Trouble.MODERATED: (Refused, "provider.content_blocked"),
    Trouble.MODERATED_OUTPUT: (Refused, "provider.content_blocked"),
    Trouble.NO_CREDIT: (Refused, "provider.out_of_credit"),
    Trouble.BAD_KEY: (Refused, "provider.not_authorized"),
    Trouble.RETIRED: (Refused, "provider.model_unavailable"),
    Trouble.BAD_ORDER: (Refused, "provider.bad_request"),
    Trouble.BUSY: (Busy, timedelta(seconds=7)),
    Trouble.BUSY_WITHOUT_TIME: (Busy, PAUSE),
    Trouble.OVERLOADED: (Broken, None),
    Trouble.SERVER_ERROR: (Unknown, None),
    Trouble.CUT_AFTER_BODY: (Unknown, None),
    Trouble.CUT_IN_ANSWER: (Unknown, None),
    Trouble.SLOW: (Unknown, None),
    Trouble.WRONG_JSON: (Unknown, None),
    Trouble.OTHER_JSON: (Unknown, None),
    Trouble.TRUNCATED_PICTURE: (Unknown, None),
    Trouble.HALF_A_PICTURE: (Unknown, None),
    Trouble.NO_PICTURE: (Unknown, None),
}


@dataclass(frozen=True, slots=True)
class Work:
    """One operation to order. `pictures` are the input fields that take one; `makes` what comes, in pixels."""

    model: str
    operation: str
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pictures: Sequence[str] = ()
    makes: tuple[int, int] | None = None
    text: bool = False

    def __str__(self) -> str:
        return f"{self.model}-{self.operation}"


@dataclass(frozen=True, slots=True)
class Subject:
    """An adapter on trial. `provider` and `server` are kept apart so that one can be there without the other.

    `troubles` are those its company knows, with a verdict of its own where the common one does not hold. `at_once` is
    how many outputs one order can make; `free` says that its company charges nothing.
    """

    name: str
    server: Callable[[], AbstractAsyncContextManager[Any]]
    provider: Callable[[httpx.AsyncClient, str, timedelta], Provider]
    works: Sequence[Work]
    troubles: Mapping[Trouble, tuple[type[Exception], str | timedelta | None] | None]
    at_once: int
    free: bool = False
    constructor: str = ""

    def verdict(self, trouble: Trouble) -> tuple[type[Exception], str | timedelta | None]:
        """What must leave the adapter."""
        return self.troubles[trouble] or VERDICTS[trouble]


class Recorder:
    """A sink that keeps everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shares: list[float] = []
        self.outputs: dict[int, Output] = {}
        self.previews: list[tuple[int, Output]] = []

    async def progress(self, share: float) -> None:
        assert 0 <= share <= 1
        self.shares.append(share)

    async def output(self, index: int, output: Output) -> None:
        assert index not in self.outputs
        kept = self.folder / f"kept-{index}"
        shutil.copy(output.path, kept)  # when this returns, the file may be gone
        self.outputs[index] = Output(kept, output.content_type, output.width, output.height, output.duration_s)

    async def preview(self, index: int, output: Output) -> None:
        assert output.path.exists()
        self.previews.append((index, output))


def make_call(subject: str, work: Work, folder: Path, wanted: Sequence[int] = (0,)) -> Call:
    """A call as the worker makes it: planned by the catalogue, whose schema thereby accepts it, its files on disk."""
    order = dict(work.input) | {name: {"assetId": "ast_" + "0" * 26} for name in work.pictures}
    plan = load([subject], SystemClock()).plan(work.model, work.operation, order, max(wanted) + 1)
    sources: dict[str, Source] = {}
    for name in work.pictures:
        assert name in plan.offer.sources
        path = folder / f"source-{name}"
        draw = pictures.mask if name == "mask" else pictures.drawn
        sources[name] = Source(draw(path, *IMAGE), "image/png")
    job_id = JobId.new()
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return Call(
        job_id,
        str(job_id),
        plan.model.vendor_model,
        work.operation,
        plan.input,
        tuple(wanted),
        scratch,
        sources,
        plan.offer.cost,
    )


@dataclass(slots=True)
class Trial:
    """An adapter and its server, set up for one test."""

    subject: Subject
    server: Wire
    client: httpx.AsyncClient
    folder: Path

    def provider(self, patience: timedelta = timedelta(seconds=30)) -> Provider:
        """The adapter."""
        return self.subject.provider(self.client, self.server.url, patience)

    def ticketed(self) -> Ticketed:
        """The adapter, which must give tickets."""
        provider = self.provider()
        assert isinstance(provider, Ticketed)
        return provider

    def call(self, work: Work | None = None, wanted: Sequence[int] = (0,)) -> Call:
        """One call."""
        return make_call(self.subject.name, work or self.subject.works[0], self.folder, wanted)

    async def ends(self, trouble: Trouble, work: Work | None = None) -> tuple[Exception, Recorder]:
        """How a call ends in trouble: with one of the four, or the suite fails."""
        self.server.trouble = trouble
        patience = timedelta(seconds=0.6 if trouble == Trouble.SLOW else 30)
        recorder = Recorder(self.folder)
        with pytest.raises(FOUR) as ended:
            await self.provider(patience).run(self.call(work), recorder)
        return ended.value, recorder


@pytest.fixture
async def trial(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Trial]:
    """The subject of the test's class, on trial."""
    suite = cast("type[Contract]", request.cls)  # pyright: ignore[reportUnknownMemberType] - pytest's own
    subject = suite.subject
    async with subject.server() as server, open_client() as client:
        yield Trial(subject, server, client, tmp_path)


def parametrised(metafunc: pytest.Metafunc) -> None:
    """Try every operation and every trouble of the class's subject."""
    suite = cast("type[Contract] | None", metafunc.cls)  # pyright: ignore[reportUnknownMemberType] - pytest's own
    subject: Subject | None = getattr(suite, "subject", None)
    if subject is not None and "work" in metafunc.fixturenames:
        metafunc.parametrize("work", subject.works, ids=str)
    if subject is not None and "trouble" in metafunc.fixturenames:
        metafunc.parametrize("trouble", list(subject.troubles), ids=str)


class Contract:
    """The suite."""

    subject: Subject

    async def test_it_makes_what_was_wanted(self, trial: Trial, work: Work):
        recorder = Recorder(trial.folder)
        wanted = (0,) if work.text else (0, 1, 2)

        report = await trial.provider().run(trial.call(work, wanted), recorder)

        if work.text:
            assert report.text
            assert (report.units, recorder.outputs) == (1, {})
        else:
            assert sorted(recorder.outputs) == list(wanted)
            assert report.units == len(wanted)
            for output in recorder.outputs.values():
                real = measured(output.path)
                assert (output.content_type, output.width, output.height) == (
                    real.content_type,
                    real.width,
                    real.height,
                )
                assert (output.width, output.height) == (work.makes or (output.width, output.height))
        assert len(trial.server.orders) == -(-len(wanted) // trial.subject.at_once)
        assert (report.cost == 0) is trial.subject.free
        assert recorder.shares == sorted(recorder.shares)

    async def test_it_makes_only_what_is_still_wanted(self, trial: Trial):
        recorder = Recorder(trial.folder)

        report = await trial.provider().run(trial.call(wanted=(2,)), recorder)

        assert (list(recorder.outputs), report.units) == ([2], 1)

    async def test_trouble_becomes_the_right_one_of_four_and_tells_no_secret(
        self, trial: Trial, trouble: Trouble, capfd: pytest.CaptureFixture[str]
    ):
        ended, recorder = await trial.ends(trouble)

        kind, detail = trial.subject.verdict(trouble)
        assert type(ended) is kind, ended
        if isinstance(ended, Refused) and detail is not None:
            assert ended.code == detail
        if isinstance(ended, Busy) and detail is not None:
            assert ended.retry_after == detail
        assert recorder.outputs == {}
        assert len(trial.server.orders) == 1  # and it was not sent again
        said = [*traceback.format_exception(ended), repr(trial.provider()), *capfd.readouterr()]
        assert trial.server.key not in "\n".join(said)
        if isinstance(ended, Refused):
            assert "http" not in str(ended)
            assert trial.server.key[-8:] not in str(ended)

    async def test_a_company_that_is_not_there_has_accepted_nothing(self, trial: Trial):
        provider = trial.subject.provider(trial.client, "http://127.0.0.1:9", timedelta(seconds=5))

        with pytest.raises(Broken):
            await provider.run(trial.call(), Recorder(trial.folder))

    async def test_a_connection_cut_before_the_order_has_arrived_is_never_called_accepted(self, trial: Trial):
        ended, _ = await trial.ends(Trouble.CUT_BEFORE_BODY)

        assert isinstance(ended, Broken | Unknown)  # a small order may have left this machine whole
        assert trial.server.orders == []

    async def test_who_is_cancelled_hangs_up(self, trial: Trial):
        trial.server.trouble = Trouble.SLOW
        run = asyncio.create_task(trial.provider().run(trial.call(), Recorder(trial.folder)))
        async with asyncio.timeout(10):
            while not trial.server.orders:  # noqa: ASYNC110 - a fake has no event for it
                await asyncio.sleep(0.01)
        run.cancel()

        with pytest.raises(asyncio.CancelledError):
            await run

        async with asyncio.timeout(5):
            await trial.server.hung_up.wait()
        assert len(trial.server.orders) == 1

    async def test_an_operation_it_does_not_have_is_refused_and_never_sent(self, trial: Trial):
        call = trial.call()
        odd = Call(call.job_id, call.ref, call.model, "train_lora", call.input, (0,), call.scratch)

        with pytest.raises(Refused) as refused:
            await trial.provider().run(odd, Recorder(trial.folder))

        assert refused.value.code == "provider.unsupported_operation"
        assert trial.server.requests == []

    async def test_the_first_call_of_a_cold_process_works_like_the_hundredth(self, trial: Trial):
        warm = trial.provider()
        for _ in range(2):
            await warm.run(trial.call(), Recorder(trial.folder))
        before = len(trial.server.orders)
        named = (type(self).__module__, type(self).__qualname__)

        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-W", "error", "-c", COLD, *named, trial.server.url, str(trial.folder)],
            check=False,
            capture_output=True,
            timeout=60,
        )

        assert (done.returncode, done.stdout.decode().strip()) == (0, "1"), done.stderr.decode()
        assert len(trial.server.orders) == before + 1

    async def test_a_job_goes_from_order_to_storage(self, trial: Trial, database: str, tmp_path: Path):
        async with self._house(trial, database, tmp_path) as daygen:
            ada = await daygen.workspace(credits=1000)
            job = await _done(daygen, ada, trial.subject.works[0])

            assert (job["status"], job["error"]) == ("succeeded", None)
            assert job["cost"]["chargedCredits"] == job["cost"]["quotedCredits"]
            assert await daygen.balance(ada) == 1000 - job["cost"]["chargedCredits"]
            for output in job["outputs"]:
                stored = await daygen.api().get(output["url"])
                assert stored.headers["content-type"] == output["contentType"]
                path = tmp_path / "stored"
                path.write_bytes(stored.content)
                assert (measured(path).width, measured(path).height) == (output["width"], output["height"])
            async with daygen.db.reading() as tx:
                cost = await tx.value("select sum(cost_micro_usd)::bigint from usage")
            assert (cost == 0) is trial.subject.free
            assert await daygen.audit() == []

    async def test_a_lost_answer_ends_the_job_free_and_is_never_sent_again(
        self, trial: Trial, database: str, tmp_path: Path
    ):
        trial.server.trouble = Trouble.CUT_AFTER_BODY
        async with self._house(trial, database, tmp_path) as daygen:
            ada = await daygen.workspace(credits=1000)
            job = await _done(daygen, ada, trial.subject.works[0])
            await daygen.later(seconds=7200)
            await daygen.drain()

            assert (job["status"], job["error"]["code"]) == ("failed", "provider.outcome_unknown")
            assert await daygen.balance(ada) == 1000
            assert len(trial.server.orders) == 1
            assert await daygen.audit() == []

    def _house(self, trial: Trial, database: str, folder: Path) -> AbstractAsyncContextManager[Daygen]:
        name = trial.subject.name
        return Daygen.open(database, folder, {name: trial.provider()}, accounts=switched_on(name, trial.server.url))


class TicketedContract(Contract):
    """What the house expects besides of an adapter whose orders are answered with a ticket."""

    async def test_an_order_is_answered_with_a_ticket_and_collected_later(self, trial: Trial):
        provider, recorder, call = trial.ticketed(), Recorder(trial.folder), trial.call()

        ticket = await provider.submit(call)
        answers = await _collected(provider, call, ticket, recorder)

        assert [type(answer) for answer in answers] == [*[Working] * (len(answers) - 1), Report]
        assert len(answers) >= 2
        assert list(recorder.outputs) == [0]
        assert len(trial.server.orders) == 1

    async def test_a_ticket_is_good_in_another_process_and_twice(self, trial: Trial):
        call = trial.call()
        ticket = await trial.ticketed().submit(call)
        kept = Ticket(**json.loads(json.dumps({"id": ticket.id, "facts": dict(ticket.facts)})))

        for number in range(2):
            folder = trial.folder / str(number)
            folder.mkdir()
            recorder = Recorder(folder)
            await _collected(trial.ticketed(), call, kept, recorder)
            assert list(recorder.outputs) == [0]

        assert len(trial.server.orders) == 1
        assert trial.server.key not in repr(kept)

    async def test_what_is_already_there_is_not_fetched_again(self, trial: Trial):
        call, recorder = trial.call(), Recorder(trial.folder)
        ticket = await trial.ticketed().submit(call)

        await _collected(trial.ticketed(), dataclasses.replace(call, wanted=()), ticket, recorder)

        assert recorder.outputs == {}

    async def test_an_order_nobody_knows_is_never_taken_for_work_in_progress(self, trial: Trial):
        with pytest.raises(FOUR):
            await trial.ticketed().collect(trial.call(), Ticket("no-such-order"), Recorder(trial.folder))

        assert trial.server.orders == []

    async def test_a_cancel_raises_nothing_even_twice(self, trial: Trial):
        ticket = await trial.ticketed().submit(trial.call())

        for _ in range(2):
            await trial.ticketed().cancel(ticket)

    async def test_a_lookup_can_look_up(self, trial: Trial):
        work, provider = trial.subject.works[0], trial.ticketed()
        terms = provider.terms(trial.call().model, work.operation, callback=False)

        assert terms is not None
        assert terms.recourse != Recourse.CALLBACK  # nobody could call
        assert (terms.recourse == Recourse.LOOKUP) <= isinstance(provider, Finds)


async def _collected(provider: Ticketed, call: Call, ticket: Ticket, sink: Recorder) -> list[Working | Report]:
    answers: list[Working | Report] = []
    while not answers or isinstance(answers[-1], Working):
        assert len(answers) < 20
        answers.append(await provider.collect(call, ticket, sink))
    return answers


COLD = """
import asyncio, importlib, sys
from datetime import timedelta
from pathlib import Path
from daygen.providers.http import open_client
from tests.providers.contract_suite import Recorder, make_call

async def main():
    module, name, url, folder = sys.argv[1:]
    subject = getattr(importlib.import_module(module), name).subject
    async with open_client() as client:
        provider = subject.provider(client, url, timedelta(seconds=30))
        report = await provider.run(make_call(subject.name, subject.works[0], Path(folder)), Recorder(Path(folder)))
        print(report.units)

asyncio.run(main())
"""


def switched_on(name: str, url: str) -> Mapping[str, str]:
    """The settings that switch one provider on."""
    key = {"qwen": "DASHSCOPE", "comfyui": ""}.get(name, name.upper())
    return {f"{key or 'COMFYUI'}_BASE_URL": url, f"{key}_API_KEY" if key else "COMFYUI_AUTHORIZATION": Wire.key}


async def _done(daygen: Daygen, ada: Ada, work: Work, **changes: Any) -> Mapping[str, Any]:
    order: dict[str, Any] = {"model": work.model, "operation": work.operation, "input": dict(work.input)} | changes
    job_id = await daygen.order(ada, **order)
    await daygen.drain()
    return await daygen.job(ada, job_id)
