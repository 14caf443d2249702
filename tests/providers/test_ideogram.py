"""Ideogram: the contract, and what only Ideogram does."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from daygen.catalog import InputInvalid
from daygen.providers import Provider, Recourse, Refused, Ticket, Unknown
from daygen.providers.callbacks import Forged
from daygen.providers.http import Account
from daygen.providers.ideogram import Ideogram, IdeogramReceiver
from tests.providers.contract_suite import Contract, Recorder, Subject, TicketedContract, Trial, Work
from tests.providers.servers import pictures
from tests.providers.servers.ideogram import IdeogramServer
from tests.providers.servers.wire import Trouble, Wire

MODEL = "ideogram/v3"
WORDS = {"prompt": "a lighthouse at dusk"}
EDIT = Work(MODEL, "image_edit", WORDS | {"stylePreset": "WATERCOLOR"}, ("image", "mask"), (1024, 1024))
FACE = Work(MODEL, "text_to_image", WORDS | {"renderingSpeed": "QUALITY"}, ("styleReference", "characterReference"))


def adapter(client: httpx.AsyncClient, url: str, patience: timedelta) -> Provider:
    return Ideogram(client, Account("Ideogram", url, {"Api-Key": Wire.key}, patience))


class TestIdeogram(Contract):
    subject = Subject(
        name="ideogram",
        server=IdeogramServer.open,
        provider=adapter,
        works=[
            Work(MODEL, "text_to_image", WORDS | {"aspectRatio": "16:9"}, (), (1344, 768)),
            FACE,
            EDIT,
            Work(MODEL, "remix", WORDS | {"imageWeight": 80, "colorPalette": "EMBER"}, ("image",), (1024, 1024)),
            Work(MODEL, "reframe", {"aspectRatio": "2:1"}, ("image",), (1408, 704)),
            Work(MODEL, "replace_background", WORDS, ("image",), (1024, 1024)),
            Work(MODEL, "upscale", {"detail": 70}, ("image",), (1024, 1024)),
            Work(MODEL, "describe", {}, ("image",), text=True),
        ],
        troubles=dict.fromkeys(set(Trouble) - {Trouble.CUT_BEFORE_BODY}),
        at_once=8,
    )

    async def test_more_than_eight_are_two_orders_with_other_seeds(self, trial: Trial):
        recorder = Recorder(trial.folder)

        report = await trial.provider().run(trial.call(wanted=range(10)), recorder)

        forms = [dict(order.parts()) for order in trial.server.orders]
        assert [form["num_images"].text for form in forms] == ["8", "2"]
        assert (int(forms[1]["seed"].text) - int(forms[0]["seed"].text)) % 2**31 == 8
        assert (report.units, report.cost) == (10, 600_000)

    async def test_a_picture_that_is_withheld_costs_the_user_nothing_and_is_named(self, trial: Trial):
        assert isinstance(trial.server, IdeogramServer)
        trial.server.withheld = {1}
        recorder = Recorder(trial.folder)

        report = await trial.provider().run(trial.call(wanted=(0, 1, 2)), recorder)

        assert (list(recorder.outputs), report.units) == ([0, 2], 2)
        assert report.warnings == ("Ideogram's safety rules withheld 1 of 3 pictures",)

    async def test_the_mask_is_black_where_the_house_says_white(self, trial: Trial):
        await trial.provider().run(trial.call(EDIT), Recorder(trial.folder))

        mask = pictures.opened(dict(trial.server.orders[0].parts())["mask"].content).convert("L")
        assert (mask.getpixel((0, 0)), mask.getpixel((319, 0))) == (0, 255)

    async def test_a_character_costs_more_and_needs_time(self, trial: Trial):
        report = await trial.provider().run(trial.call(FACE), Recorder(trial.folder))

        assert report.cost == 200_000
        with pytest.raises(InputInvalid):
            trial.call(Work(MODEL, "text_to_image", WORDS | {"renderingSpeed": "FLASH"}, ("characterReference",)))

    async def test_a_picture_over_ten_megabytes_is_refused_before_it_is_sent(self, trial: Trial):
        call = trial.call(EDIT)
        with call.sources["image"].path.open("ab") as file:
            file.truncate(11 << 20)

        with pytest.raises(Refused, match="up to 10 MB"):
            await trial.provider().run(call, Recorder(trial.folder))

        assert trial.server.requests == []

    async def test_a_result_that_is_elsewhere_without_tls_is_not_fetched(self, trial: Trial):
        async with IdeogramServer.open() as other:
            trial.server.url = other.url.replace("127.0.0.1", "localhost")
            provider = trial.subject.provider(trial.client, trial.server.address, timedelta(seconds=5))

            with pytest.raises(Unknown):
                await provider.run(trial.call(), Recorder(trial.folder))

            assert other.requests == []


class TestIdeogram4(TicketedContract):
    subject = Subject(
        name="ideogram",
        server=IdeogramServer.open,
        provider=adapter,
        works=[Work("ideogram/v4", "text_to_image", WORDS | {"aspectRatio": "1:2"}, (), (1440, 2880))],
        troubles=dict.fromkeys(
            set(Trouble)
            - {
                *(Trouble.CUT_BEFORE_BODY, Trouble.TRUNCATED_PICTURE, Trouble.HALF_A_PICTURE, Trouble.NO_PICTURE),
            }
        ),
        at_once=1,
    )

    async def test_it_makes_what_was_wanted(self, trial: Trial, work: Work):
        recorder = Recorder(trial.folder)

        report = await trial.provider().run(trial.call(work), recorder)

        assert (recorder.outputs[0].width, recorder.outputs[0].height) == work.makes
        assert (report.units, report.cost) == (1, 60_000)

    async def test_only_who_can_be_called_waits_for_a_call(self, trial: Trial):
        provider = trial.ticketed()

        recourses = [provider.terms("v4", "text_to_image", callback=callback) for callback in (True, False)]

        assert [terms and terms.recourse for terms in recourses] == [Recourse.CALLBACK, Recourse.NEVER]


async def test_only_what_ideogram_signed_lately_is_believed():
    now = datetime.now(UTC)
    async with IdeogramServer.open() as server, httpx.AsyncClient() as client:
        receiver = IdeogramReceiver(client, Account("Ideogram", server.url))
        body, headers = server.told("gen-1", now.timestamp())
        small = {name.lower(): value for name, value in headers.items()}

        assert (await receiver.read(small, body, now)).ticket == Ticket("gen-1")
        wrong: dict[str, tuple[dict[str, str], bytes]] = {
            "another body": (small, body + b" "),
            "another order": (small | {"x-ideogram-webhook-generation-id": "gen-2"}, body),
            "no signature": ({}, body),
            "not hex": (small | {"x-ideogram-webhook-signature": "zz"}, body),
            "of another time": (small | {"x-ideogram-webhook-timestamp": "1"}, body),
        }
        for changed, content in wrong.values():
            with pytest.raises(Forged):
                await receiver.read(changed, content, now)
        with pytest.raises(Forged):
            await receiver.read(small, body, now + timedelta(minutes=6))
        asked = [request.path for request in server.requests]
        assert asked == ["/v1/.well-known/jwks.json"], "a flood of forgeries is no flood of questions"
