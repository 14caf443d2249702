"""The catalogue: what is on offer, and what an order becomes before it is accepted."""

from datetime import UTC, datetime

import jsonschema
import pytest

from daygen.catalog import Catalog, InputInvalid, UnknownModel, UnknownOperation, load
from daygen.kit.clock import SetClock
from tests.product import Daygen

PRINT = "local/print"


@pytest.fixture
def catalog() -> Catalog:
    return load(["fake", "local"], SetClock(), ["ffmpeg"])


async def test_every_model_on_offer_is_listed_with_what_it_takes(daygen: Daygen):
    ada = await daygen.workspace()

    answer = (await daygen.api(ada).get("/v1/models")).json()

    assert answer["nextCursor"] is None
    assert [model["id"] for model in answer["data"]] == [PRINT, "fake/edit", "fake/image", "fake/video"]
    shown = next(model for model in answer["data"] if model["id"] == PRINT)
    assert (await daygen.api(ada).get(f"/v1/models/{PRINT}")).json() == shown
    offered = [operation["operation"] for operation in shown["operations"]]
    assert offered[:6] == ["text_to_image", "vary", "reframe", "upscale", "image_edit", "describe"]
    for model in answer["data"]:
        assert model["lifecycle"]["availableFrom"] == "2026-01-01T00:00:00.000Z"
        for operation in model["operations"]:
            jsonschema.Draft202012Validator.check_schema(operation["inputSchema"])
            prices = [operation["price"][name] for name in ("creditsPerOutput", "creditsPerSecond")]
            assert [price > 0 for price in prices if price is not None] == [True]


@pytest.mark.parametrize("model_id", ["fake/nothing", "nothing", "fake/retired", "fake/image/", "%00", "..%2Fjobs"])
async def test_a_model_that_is_not_on_offer_is_not_found(daygen: Daygen, model_id: str):
    ada = await daygen.workspace()

    answer = await daygen.api(ada).get(f"/v1/models/{model_id}")

    assert answer.status_code == 404


def test_what_an_order_leaves_open_is_filled_in(catalog: Catalog):
    plan = catalog.plan(PRINT, "text_to_image", {"prompt": "a lighthouse"}, 3)

    assert plan.input["aspectRatio"] == "1:1"
    assert (plan.input["width"], plan.input["height"]) == (1024, 1024)
    assert plan.input["technique"] == "auto"
    assert 0 <= plan.input["seed"] < 2**32
    assert plan.price == 3_000
    assert catalog.plan(PRINT, "text_to_image", {"prompt": "a lighthouse"}, 3).input["seed"] != plan.input["seed"]


def test_a_size_is_said_by_a_ratio_or_in_pixels(catalog: Catalog):
    def size(**order: object) -> tuple[object, ...]:
        complete = catalog.plan(PRINT, "text_to_image", {"prompt": "a lighthouse"} | order, 1).input
        return complete.get("aspectRatio"), complete["width"], complete["height"]

    assert size(aspectRatio="16:9") == ("16:9", 1366, 768)
    assert size(width=300, height=16) == (None, 300, 16)
    assert size(aspectRatio="3:2", width=1248, height=832) == ("3:2", 1248, 832)
    for wrong, path in (
        ({"width": 300}, "input.height"),
        ({"height": 300}, "input.width"),
        ({"width": 300, "height": 300, "aspectRatio": "3:2"}, "input.aspectRatio"),
    ):
        with pytest.raises(InputInvalid) as refused:
            size(**wrong)
        assert [fault["path"] for fault in refused.value.facts["errors"]] == [path]


def test_an_operation_may_be_left_out_where_there_is_one(catalog: Catalog):
    assert catalog.plan("fake/image", None, {"prompt": "x"}, 1).offer.operation == "text_to_image"
    with pytest.raises(UnknownOperation) as refused:
        catalog.plan(PRINT, None, {"prompt": "x"}, 1)

    assert "text_to_image, vary" in refused.value.detail


def test_what_needs_a_tool_is_on_offer_where_the_tool_is(catalog: Catalog):
    films = {"text_to_video", "image_to_video"}

    bare = load(["local"], SetClock())

    assert films <= catalog.find(PRINT).offers.keys()
    assert not films & bare.find(PRINT).offers.keys()
    with pytest.raises(UnknownOperation):
        bare.plan(PRINT, "text_to_video", {"prompt": "x"}, 1)


@pytest.mark.parametrize(
    ("seconds", "count", "price"), [(None, 1, 2_000), (2, 1, 1_000), (5, 3, 7_500), (6.0, 16, 48_000)]
)
def test_a_film_costs_by_the_second(catalog: Catalog, seconds: float | None, count: int, price: int):
    given = {"prompt": "x"} | ({} if seconds is None else {"seconds": seconds})

    plan = catalog.plan(PRINT, "text_to_video", given, count)

    assert plan.price == price
    assert (plan.input["width"], plan.input["height"]) == (768, 768)


@pytest.mark.parametrize("seconds", [1, 7, 2.5, "4", None])
def test_a_film_has_two_to_six_whole_seconds(catalog: Catalog, seconds: object):
    with pytest.raises(InputInvalid) as refused:
        catalog.plan(PRINT, "text_to_video", {"prompt": "x", "seconds": seconds}, 1)

    assert [fault["path"] for fault in refused.value.facts["errors"]] == ["input.seconds"]


@pytest.mark.parametrize("count", [0, 2, 16])
def test_a_text_is_ordered_once(catalog: Catalog, count: int):
    image = {"image": {"assetId": "ast_0123456789abcdefghjkmnpqrs"}}

    with pytest.raises(InputInvalid) as refused:
        catalog.plan(PRINT, "describe", image, count)

    assert refused.value.detail == "count: must be 1 for this operation."
    assert catalog.plan(PRINT, "describe", image, 1).price == 250


def test_everything_that_is_wrong_is_named_at_once(catalog: Catalog):
    with pytest.raises(InputInvalid) as refused:
        catalog.plan(PRINT, "text_to_image", {"prompt": 1, "seed": -1, "colour": "red", "aspectRatio": "7:5"}, 1)

    assert {fault["path"] for fault in refused.value.facts["errors"]} == {
        "input.prompt",
        "input.seed",
        "input.colour",
        "input.aspectRatio",
    }


def test_a_whole_number_may_be_written_with_a_point(catalog: Catalog):
    seed = catalog.plan("fake/image", None, {"prompt": "x", "seed": 7.0}, 1).input["seed"]

    assert (seed, type(seed)) == (7, int)


def test_a_model_lives_from_when_to_when_it_says():
    clock = SetClock()
    catalog = load(["fake"], clock)

    def ordered_at(at: datetime) -> str | None:
        clock.at = at
        try:
            return catalog.plan("fake/retired", None, {"prompt": "x"}, 1).model.id
        except UnknownModel as unknown:
            return unknown.detail.partition("use ")[2] or None

    assert ordered_at(datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)) == "fake/image."
    assert ordered_at(datetime(2026, 1, 1, tzinfo=UTC)) == "fake/retired"
    assert ordered_at(datetime(2026, 2, 1, tzinfo=UTC)) == "fake/image."
    known = catalog.known("fake/retired")
    assert known is not None
    assert known.successor == "fake/image"
