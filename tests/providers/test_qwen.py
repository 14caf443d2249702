"""Qwen and Wan over DashScope: the contract, and what only DashScope does."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from daygen.providers import Broken, Provider, Refused, Unknown
from daygen.providers.http import Account
from daygen.providers.qwen import Qwen
from tests.providers.contract_suite import Contract, Recorder, Subject, Trial, Work
from tests.providers.servers.qwen import QwenServer
from tests.providers.servers.wire import Trouble, Wire

WORDS = {"prompt": "a lighthouse at dusk"}
TASK = Work("qwen/wan2.5-t2i-preview", "text_to_image", WORDS | {"aspectRatio": "16:9"}, (), (1280, 720))


def adapter(client: httpx.AsyncClient, url: str, patience: timedelta) -> Provider:
    account = Account("Qwen", url, {"Authorization": f"Bearer {Wire.key}"}, patience)
    return Qwen(client, account, poll=timedelta(milliseconds=10))


class TestQwen(Contract):
    subject = Subject(
        name="qwen",
        server=QwenServer.open,
        provider=adapter,
        works=[
            Work("qwen/qwen-image-3.0", "text_to_image", WORDS | {"negativePrompt": "fog"}, (), (1328, 1328)),
            Work("qwen/qwen-image-edit-plus", "image_edit", WORDS, ("image", "reference"), (1024, 1024)),
            TASK,
            Work("qwen/wan2.5-i2i-preview", "image_edit", WORDS, ("image",), (1024, 1024)),
        ],
        troubles={
            **dict.fromkeys(set(Trouble) - {Trouble.CUT_BEFORE_BODY, Trouble.BUSY, Trouble.MODERATED_OUTPUT}),
            Trouble.SERVER_ERROR: (Broken, None),  # only what succeeded is billed, it is said
        },
        at_once=4,
    )

    async def test_a_model_that_makes_one_is_asked_once_for_each(self, trial: Trial):
        work = Work("qwen/qwen-image-plus", "text_to_image", WORDS)

        report = await trial.provider().run(trial.call(work, (0, 1, 2)), Recorder(trial.folder))

        seeds = [order.json()["parameters"]["seed"] for order in trial.server.orders]
        assert (report.units, len(set(seeds))) == (3, 3)

    @pytest.mark.parametrize(
        ("failure", "kind"),
        [("InternalError.Algo", Broken), ("DataInspectionFailed", Refused), ("InvalidParameter.Size", Refused)],
    )
    async def test_a_task_may_fail_inside_a_200(self, trial: Trial, failure: str, kind: type[Exception]):
        assert isinstance(trial.server, QwenServer)
        trial.server.states, trial.server.failure = ("RUNNING", "FAILED"), failure

        with pytest.raises(kind):
            await trial.provider().run(trial.call(TASK), Recorder(trial.folder))

        assert len(trial.server.orders) == 1

    @pytest.mark.parametrize("states", [("UNKNOWN",), ("RUNNING",)], ids=["forgotten", "never done"])
    async def test_a_task_whose_end_is_not_known_is_never_sent_again(self, trial: Trial, states: tuple[str, ...]):
        assert isinstance(trial.server, QwenServer)
        trial.server.states = states

        with pytest.raises(Unknown):
            await trial.provider(timedelta(seconds=1)).run(trial.call(TASK), Recorder(trial.folder))

        assert len(trial.server.orders) == 1

    async def test_one_of_several_pictures_may_be_withheld(self, trial: Trial):
        assert isinstance(trial.server, QwenServer)
        trial.server.partly = True
        recorder = Recorder(trial.folder)

        report = await trial.provider().run(trial.call(TASK, (0, 1, 2)), recorder)

        assert (sorted(recorder.outputs), report.units, report.cost) == ([1, 2], 2, 60_000)
        assert report.warnings == ("Qwen's safety rules withheld 1 of 3 pictures",)

    async def test_a_cancel_is_passed_on_to_the_task(self, trial: Trial):
        assert isinstance(trial.server, QwenServer)
        trial.server.states = ("PENDING",)
        run = asyncio.create_task(trial.provider().run(trial.call(TASK), Recorder(trial.folder)))
        async with asyncio.timeout(10):
            while trial.server.asked < 2:  # noqa: ASYNC110 - a fake has no event for it
                await asyncio.sleep(0.01)
        run.cancel()

        with pytest.raises(asyncio.CancelledError):
            await run

        assert trial.server.canceled == ["/tasks/0385dc79-5ff8/cancel"]
