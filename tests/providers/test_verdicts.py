"""What answers mean, what companies' words become, and what things cost us."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from daygen.catalog import InputInvalid, load
from daygen.catalog.service import _offer  # pyright: ignore[reportPrivateUsage] - what the data may not leave out
from daygen.kit.clock import SystemClock
from daygen.kit.tariffs import NoPrice, Tariff
from daygen.providers import Basis, Broken, Busy, Refused, Unknown, verdicts

OUTSIDE = ["comfyui", "gemini", "ideogram", "openai", "qwen"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Broken),
        (400, Refused),
        (401, Refused),
        (402, Refused),
        (403, Refused),
        (404, Refused),
        (408, Broken),
        (409, Broken),
        (422, Refused),
        (429, Busy),
        (500, Unknown),
        (502, Unknown),
        (503, Broken),
        (504, Unknown),
    ],
)
def test_a_status_means_one_of_four(status: int, kind: type[Exception]):
    assert type(verdicts.of_status("Acme", "one", status, {})) is kind


def test_who_says_when_to_come_back_is_busy_even_with_503():
    busy = verdicts.of_status("Acme", "one", 503, {"retry-after": "3"})

    assert isinstance(busy, Busy)
    assert busy.retry_after == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "0"}, timedelta(0)),
        ({"retry-after": "2.5"}, timedelta(seconds=2.5)),
        ({"retry-after-ms": "1500", "retry-after": "9"}, timedelta(seconds=1.5)),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_as_it_is_said(headers: dict[str, str], wait: timedelta | None):
    assert verdicts.retry_after(headers) == wait


def test_the_wait_may_be_a_date():
    wait = verdicts.retry_after({"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=60))})

    assert wait is not None
    assert timedelta(seconds=50) < wait < timedelta(seconds=61)


def test_nobody_is_sent_away_for_more_than_an_hour_or_less_than_a_moment():
    assert verdicts.busy("Acme", {"retry-after": "0"}).retry_after == timedelta(milliseconds=100)
    assert verdicts.busy("Acme", {"retry-after": "90000"}).retry_after == timedelta(hours=1)


def test_a_reason_is_short_and_holds_no_link_and_no_key():
    said = "Bad size\n for key sk-0123456789abcdef, see https://acme.test/x?key=1 " + "more words " * 100

    told = verdicts.plain(said)

    assert told.startswith("Bad size for key [redacted], see [link] more")
    assert len(told) <= 302


def test_a_tariff_has_no_price_for_what_is_not_in_it():
    tariff = Tariff(("speed", "face"), {"fast/none": 3, "fast/given": 10})

    assert (tariff.of({"speed": "fast"}), tariff.of({"speed": "fast", "face": {"assetId": "x"}})) == (3, 10)
    for asked in ({}, {"speed": "slow"}, {"speed": "fast", "face": "none/x"}):
        with pytest.raises(NoPrice):
            tariff.of(asked)


def test_cost_is_rounded_up_to_a_millionth_of_a_dollar():
    basis = Basis.read({"usdPerOutput": "0.03", "usdPerInput": "0.0011", "usdPerMillionTokens": {"in": "0.15"}})

    assert basis.of_outputs({}, 2, inputs=3) == 2 * (30_000 + 3 * 1_100)
    assert basis.of_tokens({"in": 1}) == 1
    assert basis.of_tokens({"in": 100, "out": 1}) is None
    assert basis.of_tokens({}) is None


@pytest.mark.parametrize("name", OUTSIDE)
def test_every_order_that_can_be_made_has_a_price_and_a_cost(name: str):
    catalog = load([name], SystemClock())
    assert catalog.list()
    for model in catalog.list():
        for offer in model.offers.values():
            assert offer.price.usual > 0
            assert offer.cost is not None
            for price in offer.price.tariff.prices.values():
                assert price > 0
            properties = offer.input_schema["properties"]
            defaults = {field: schema["default"] for field, schema in properties.items() if "default" in schema}
            offer.cost.outputs.of(defaults)
            for field in offer.price.tariff.by:
                for value in properties[field].get("enum", []):
                    offer.cost.outputs.of(defaults | {field: value})


@pytest.mark.parametrize("missing", ["creditsPerOutput", "cost"])
def test_a_model_without_a_known_price_or_cost_is_not_taken(missing: str):
    entry: dict[str, Any] = {"operation": "vary", "creditsPerOutput": "1", "cost": {"usdPerOutput": "1"}}
    entry |= {"input": {}, "required": []}
    del entry[missing]

    with pytest.raises(KeyError):
        _offer(entry, {}, "acme")


def test_what_has_no_price_is_refused_before_it_is_ordered():
    plan = load(["openai"], SystemClock()).plan

    cheap, dear = ({"prompt": "x", "quality": quality} for quality in ("low", "high"))
    assert plan("openai/gpt-image-2", "text_to_image", cheap, 2).price == 2 * 2_000
    assert plan("openai/gpt-image-2", "text_to_image", dear, 2).price == 2 * 25_000
    with pytest.raises(InputInvalid):
        plan("openai/gpt-image-2", "text_to_image", {"prompt": "x", "quality": "auto"}, 1)
