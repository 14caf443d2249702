"""OpenAI's images: the contract, and what only OpenAI does."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from daygen.providers import Broken, Provider, Refused, Source, Unknown
from daygen.providers.http import Account
from daygen.providers.openai import OpenAI
from tests.providers.contract_suite import Contract, Recorder, Subject, Trial, Work
from tests.providers.servers import pictures
from tests.providers.servers.openai import OpenAIServer, error
from tests.providers.servers.wire import Trouble, Wire

WORDS = {"prompt": "a lighthouse at dusk"}
NEW = "openai/gpt-image-2.6-flare"
EDIT = Work("openai/gpt-image-1.5", "image_edit", WORDS, ("image", "mask"), (1024, 1536))


def adapter(client: httpx.AsyncClient, url: str, patience: timedelta) -> Provider:
    return OpenAI(client, Account("OpenAI", url, {"Authorization": f"Bearer {Wire.key}"}, patience))


class TestOpenAI(Contract):
    subject = Subject(
        name="openai",
        server=OpenAIServer.open,
        provider=adapter,
        works=[
            Work(NEW, "text_to_image", WORDS, (), (1024, 1024)),
            Work(NEW, "text_to_image", WORDS | {"aspectRatio": "16:9", "quality": "high"}, (), (1536, 864)),
            Work("openai/gpt-image-1-mini", "text_to_image", WORDS | {"outputFormat": "jpeg"}, (), (1024, 1024)),
            Work("openai/gpt-image-1.5", "text_to_image", WORDS | {"background": "transparent"}),
            Work(NEW, "image_edit", WORDS | {"aspectRatio": "3:2"}, ("image", "reference"), (1536, 1024)),
            EDIT,
        ],
        troubles=dict.fromkeys(set(Trouble) - {Trouble.CUT_BEFORE_BODY, Trouble.MODERATED_OUTPUT}),
        at_once=10,
    )

    async def test_one_picture_is_seen_while_it_is_made(self, trial: Trial):
        recorder = Recorder(trial.folder)
        work = Work(NEW, "text_to_image", WORDS | {"previews": 2})

        await trial.provider().run(trial.call(work), recorder)

        assert [(index, output.width) for index, output in recorder.previews] == [(0, 1024), (0, 1024)]
        assert recorder.shares == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1]
        assert trial.server.orders[0].json()["partial_images"] == 2

    async def test_several_pictures_are_one_order_without_previews(self, trial: Trial):
        recorder = Recorder(trial.folder)

        await trial.provider().run(trial.call(wanted=range(3)), recorder)

        asked = trial.server.orders[0].json()
        assert (asked["n"], "stream" in asked, recorder.previews) == (3, False, [])

    async def test_the_mask_is_transparent_where_the_house_says_white(self, trial: Trial):
        await trial.provider().run(trial.call(EDIT), Recorder(trial.folder))

        sent = dict(trial.server.orders[0].parts())
        alpha = pictures.opened(sent["mask"].content).getchannel("A")
        assert (alpha.getpixel((0, 0)), alpha.getpixel((319, 0))) == (0, 255)

    async def test_a_mask_of_another_size_is_refused_before_anything_is_sent(self, trial: Trial):
        call = trial.call(EDIT)
        pictures.mask(call.sources["mask"].path, 100, 100)

        with pytest.raises(Refused, match="320x240, not 100x100"):
            await trial.provider().run(call, Recorder(trial.folder))

        assert trial.server.requests == []

    async def test_tokens_are_what_it_costs(self, trial: Trial):
        report = await trial.provider().run(trial.call(), Recorder(trial.folder))

        assert report.cost == 16 * 5 + 324 * 8 + 1056 * 30

    async def test_pictures_without_counted_tokens_still_cost(self, trial: Trial):
        assert isinstance(trial.server, OpenAIServer)
        trial.server.usage = None

        report = await trial.provider().run(trial.call(wanted=range(2)), Recorder(trial.folder))

        assert report.cost == 2 * 50_000

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (error("rejected", "image_generation_user_error", "moderation_blocked"), Refused),
            (error("The server had an error", "server_error", None), Unknown),
        ],
        ids=["moderated", "broken off"],
    )
    async def test_a_stream_may_break_off_with_an_error(
        self, trial: Trial, body: dict[str, object], kind: type[Exception]
    ):
        assert isinstance(trial.server, OpenAIServer)
        trial.server.fails_in_stream = body

        with pytest.raises(kind):
            await trial.provider().run(trial.call(), Recorder(trial.folder))

        assert len(trial.server.orders) == 1

    async def test_a_large_order_cut_before_it_has_arrived_was_not_accepted(self, trial: Trial, tmp_path: Path):
        call = trial.call(Work(NEW, "image_edit", WORDS, ("image",)))
        big = tmp_path / "big.png"
        big.write_bytes(os.urandom(40 << 20))
        sources = {"image": Source(big, "image/png")}
        trial.server.trouble = Trouble.CUT_BEFORE_BODY
        fields = (call.job_id, call.ref, call.model, call.operation, call.input, call.wanted, call.scratch)

        with pytest.raises(Broken):
            await trial.provider().run(type(call)(*fields, sources, call.cost), Recorder(trial.folder))

    async def test_a_cancel_in_the_middle_of_a_stream_hangs_up(self, trial: Trial):
        assert isinstance(trial.server, OpenAIServer)
        never, gone = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            try:
                await never.wait()
            finally:
                gone.set()

        trial.server.gap = wait
        recorder = Recorder(trial.folder)
        run = asyncio.create_task(trial.provider().run(trial.call(), recorder))
        async with asyncio.timeout(10):
            while not recorder.previews:  # noqa: ASYNC110 - a recorder has no event for it
                await asyncio.sleep(0.01)
        run.cancel()

        with pytest.raises(asyncio.CancelledError):
            await run
        assert recorder.outputs == {}


async def test_the_house_edits_what_it_made(tmp_path: Path, database: str):
    from tests.product import Daygen
    from tests.providers.contract_suite import switched_on

    async with OpenAIServer.open() as server, httpx.AsyncClient() as client:
        provider = {"openai": adapter(client, server.url, timedelta(seconds=30))}
        async with Daygen.open(database, tmp_path, provider, accounts=switched_on("openai", server.url)) as daygen:
            ada = await daygen.workspace(credits=100)
            first = await daygen.order(ada, model=NEW, operation="text_to_image", input=WORDS)
            await daygen.drain()
            picture = (await daygen.job(ada, first))["outputs"][0]["assetId"]

            second = await daygen.order(
                ada, model=NEW, operation="image_edit", input=WORDS | {"image": {"assetId": picture}}
            )
            await daygen.drain()
            job = await daygen.job(ada, second)

            assert (job["status"], job["parentAssetId"]) == ("succeeded", picture)
            assert [request.path for request in server.orders] == ["/images/generations", "/images/edits"]
