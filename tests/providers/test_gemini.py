"""Gemini's images: the contract, and what only Gemini does."""

from datetime import timedelta

import httpx
import pytest

from daygen.providers import Busy, Provider, Refused
from daygen.providers.gemini import Gemini
from daygen.providers.http import Account
from tests.providers.contract_suite import Contract, Recorder, Subject, Trial, Work
from tests.providers.servers.gemini import GeminiServer
from tests.providers.servers.wire import Trouble, Wire

WORDS = {"prompt": "a lighthouse at dusk"}
FLASH = "gemini/gemini-3.1-flash-image"
EDIT = Work("gemini/gemini-3-pro-image", "image_edit", WORDS | {"resolution": "4K"}, ("image", "reference"))


def adapter(client: httpx.AsyncClient, url: str, patience: timedelta) -> Provider:
    return Gemini(client, Account("Gemini", url, {"x-goog-api-key": Wire.key}, patience))


class TestGemini(Contract):
    subject = Subject(
        name="gemini",
        server=GeminiServer.open,
        provider=adapter,
        works=[
            Work(FLASH, "text_to_image", WORDS | {"aspectRatio": "1:8"}, (), (1024, 1024)),
            Work("gemini/gemini-3.1-flash-lite-image", "text_to_image", WORDS),
            EDIT,
        ],
        troubles={
            **dict.fromkeys(set(Trouble) - {Trouble.CUT_BEFORE_BODY}),
            Trouble.NO_CREDIT: (Busy, timedelta(hours=1)),
            Trouble.NO_PICTURE: (Refused, "provider.nothing_made"),
        },
        at_once=1,
    )

    @pytest.mark.parametrize("reason", ["SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "OTHER"])
    async def test_an_order_blocked_inside_a_200_is_refused(self, trial: Trial, reason: str):
        assert isinstance(trial.server, GeminiServer)
        trial.server.blocked = reason

        with pytest.raises(Refused) as refused:
            await trial.provider().run(trial.call(), Recorder(trial.folder))

        assert refused.value.code == "provider.content_blocked"

    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("IMAGE_SAFETY", "provider.content_blocked"),
            ("IMAGE_RECITATION", "provider.content_blocked"),
            ("SPII", "provider.content_blocked"),
            ("NO_IMAGE", "provider.nothing_made"),
            ("MALFORMED_RESPONSE", "provider.nothing_made"),
        ],
    )
    async def test_a_picture_withheld_inside_a_200_is_refused_with_its_reason(
        self, trial: Trial, reason: str, code: str
    ):
        assert isinstance(trial.server, GeminiServer)
        trial.server.finish, trial.server.words = reason, "I cannot draw that, see https://x.test/y."

        with pytest.raises(Refused) as refused:
            await trial.provider().run(trial.call(), Recorder(trial.folder))

        assert refused.value.code == code
        assert ("I cannot draw that, see [link]" in str(refused.value)) is (code == "provider.nothing_made")

    async def test_input_pictures_cost_too(self, trial: Trial):
        report = await trial.provider().run(trial.call(EDIT, (0, 1)), Recorder(trial.folder))

        assert report.cost == 2 * (240_000 + 2 * 1_100)
