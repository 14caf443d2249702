"""A ComfyUI of the house: the contract, and what only ComfyUI does."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from daygen.providers import Broken, Provider, Refused
from daygen.providers.comfyui import ComfyUI
from daygen.providers.http import Account
from tests.providers.contract_suite import Contract, Recorder, Subject, Trial, Work
from tests.providers.servers import pictures
from tests.providers.servers.comfyui import ComfyServer
from tests.providers.servers.wire import Trouble, Wire

WORDS = {"prompt": "a lighthouse at dusk"}
WIDE = Work("comfyui/sdxl", "text_to_image", WORDS | {"aspectRatio": "16:9"}, (), (1344, 768))
EDIT = Work("comfyui/sdxl", "image_edit", WORDS, ("image", "mask"), (512, 512))
LOST = {Trouble.CUT_IN_ANSWER, Trouble.WRONG_JSON, Trouble.OTHER_JSON}  # it is asked whether it has the order


def adapter(client: httpx.AsyncClient, url: str, patience: timedelta) -> Provider:
    account = Account("ComfyUI", url, {"Authorization": Wire.key}, patience)
    return ComfyUI(client, account, poll=timedelta(milliseconds=10))


class TestComfyUI(Contract):
    subject = Subject(
        name="comfyui",
        server=ComfyServer.open,
        provider=adapter,
        works=[
            WIDE,
            Work("comfyui/sdxl", "remix", WORDS | {"strength": 0.3}, ("image",), (512, 512)),
            EDIT,
            Work("comfyui/upscaler", "upscale", {}, ("image",), (512, 512)),
        ],
        troubles=dict.fromkeys(
            set(Trouble)
            - LOST
            - {Trouble.CUT_BEFORE_BODY, Trouble.MODERATED, Trouble.MODERATED_OUTPUT, Trouble.NO_CREDIT}
            - {Trouble.BUSY, Trouble.BUSY_WITHOUT_TIME, Trouble.RETIRED}
        ),
        at_once=16,
        free=True,
    )

    @pytest.mark.parametrize("lost", sorted(LOST))
    async def test_an_order_whose_answer_was_lost_is_found_again(self, trial: Trial, lost: Trouble):
        trial.server.trouble = lost
        recorder = Recorder(trial.folder)

        await trial.provider().run(trial.call(), recorder)

        assert (list(recorder.outputs), len(trial.server.orders)) == ([0], 1)

    async def test_it_is_watched_while_it_works(self, trial: Trial):
        assert isinstance(trial.server, ComfyServer)
        trial.server.looks = 20
        recorder = Recorder(trial.folder)

        await trial.provider().run(trial.call(), recorder)

        assert recorder.shares == [pytest.approx(0.95 * value / 4) for value in range(1, 5)] + [1.0]
        assert [(index, output.content_type, output.width) for index, output in recorder.previews] == [
            (0, "image/jpeg", 256)
        ]

    async def test_what_was_asked_for_is_in_the_graph(self, trial: Trial):
        await trial.provider().run(trial.call(EDIT, (0, 1)), Recorder(trial.folder))

        graph = trial.server.orders[0].json()["prompt"]
        assert graph["positive"]["inputs"]["text"] == WORDS["prompt"]
        assert graph["latent"]["inputs"]["amount"] == 2
        assert isinstance(trial.server, ComfyServer)
        mask = pictures.opened(trial.server.uploads[graph["mask"]["inputs"]["image"]])
        assert (mask.getpixel((0, 0)), mask.getpixel((319, 0))) == (255, 0)

    async def test_a_file_that_it_does_not_have_is_named(self, trial: Trial):
        work = Work("comfyui/sdxl", "text_to_image", WORDS | {"checkpoint": "mine.safetensors"})

        with pytest.raises(Refused, match=r"does not have the file .* 'mine.safetensors'"):
            await trial.provider().run(trial.call(work), Recorder(trial.folder))

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ({"execution_error": {"exception_type": "torch.OutOfMemoryError", "exception_message": "12 GB"}}, Broken),
            ({"execution_interrupted": {"node_id": "sampler"}}, Refused),
        ],
        ids=["failed", "stopped"],
    )
    async def test_a_graph_may_end_badly(self, trial: Trial, error: dict[str, object], kind: type[Exception]):
        assert isinstance(trial.server, ComfyServer)
        trial.server.error = error

        with pytest.raises(kind):
            await trial.provider().run(trial.call(), Recorder(trial.folder))

    async def test_an_order_that_a_restart_lost_may_be_sent_again(self, trial: Trial):
        assert isinstance(trial.server, ComfyServer)
        trial.server.forgets = True

        with pytest.raises(Broken, match="restarted"):
            await trial.provider().run(trial.call(), Recorder(trial.folder))

    async def test_a_cancel_stops_our_own_order_there(self, trial: Trial):
        assert isinstance(trial.server, ComfyServer)
        trial.server.looks = 1_000_000
        run = asyncio.create_task(trial.provider().run(trial.call(), Recorder(trial.folder)))
        async with asyncio.timeout(10):
            while not trial.server.queue:  # noqa: ASYNC110 - a fake has no event for it
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        run.cancel()

        with pytest.raises(asyncio.CancelledError):
            await run

        (number,) = trial.server.queue
        assert trial.server.stopped == [("/interrupt", {"prompt_id": number})]

    async def test_nothing_depends_on_its_socket(self, trial: Trial):
        assert isinstance(trial.server, ComfyServer)
        trial.server.sockets = {}
        trial.server.upgraded = _hung_up  # type: ignore[method-assign]
        recorder = Recorder(trial.folder)

        await trial.provider().run(trial.call(), recorder)

        assert (list(recorder.outputs), recorder.shares) == ([0], [1.0])


async def _hung_up(_request: object, _reader: object, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
