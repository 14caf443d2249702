"""The printmaker's operations as jobs: what they cost, what they leave, how they refuse."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from daygen.assets import File, add
from daygen.infra.storage import Storage
from daygen.kit.ids import AssetId
from daygen.providers.local import LocalPrint, find_ffmpeg
from tests.product import Ada, Daygen

PRINT = "local/print"


@pytest.fixture
async def house(database: str, tmp_path: Path) -> AsyncGenerator[Daygen]:
    """A house with the printmaker at work."""
    local = LocalPrint(presses=1, ffmpeg=find_ffmpeg())
    async with Daygen.open(database, tmp_path, {"local": local}) as product:
        yield product
    await local.close()


async def done(house: Daygen, who: Ada, operation: str, given: dict[str, Any], **order: Any) -> dict[str, Any]:
    """Order, do the work, and look at the job; its quote is what was asked for it before."""
    whole: dict[str, Any] = {"model": PRINT, "operation": operation, "input": given, **order}
    quote = (await house.api(who).post("/v1/quotes", json=whole)).json()
    job_id = await house.order(who, **whole)
    held = (await house.api(who).get("/v1/balance")).json()["heldCredits"]
    await house.drain()
    return {**await house.job(who, job_id), "asked": quote["credits"], "held": held, "lines": quote["lines"]}


async def printed(house: Daygen, who: Ada, prompt: str = "a lighthouse at dusk") -> str:
    """A picture of the printmaker's own; its asset."""
    job = await done(house, who, "text_to_image", {"prompt": prompt, "width": 120, "height": 80, "seed": 3})
    asset_id: str = job["outputs"][0]["assetId"]
    return asset_id


async def stored(house: Daygen, who: Ada, picture: Image.Image, kind: str = "png") -> str:
    """A picture from elsewhere, in the workspace's files."""
    path = house.house.settings.data_dir / f"upload.{kind}"
    picture.save(path)
    storage: Storage = house.house.storage
    key = f"{who.id}/{AssetId.new()}.{kind}"
    kept = await storage.put(key, path, f"image/{kind}")
    async with house.db.transaction() as tx:
        file = File(key, f"image/{kind}", kept.size_bytes, kept.sha256, *picture.size)
        asset = await add(tx, who.id, None, file)
    return str(asset.id)


@pytest.mark.parametrize(
    ("operation", "given", "size"),
    [
        ("upscale", {"scale": 2}, (240, 160)),
        ("reframe", {"aspectRatio": "1:1"}, (1024, 1024)),
        ("reframe", {"width": 90, "height": 160}, (90, 160)),
        ("vary", {"strength": "strong"}, (120, 80)),
    ],
)
async def test_what_is_made_of_a_picture_is_its_child_and_costs_what_was_quoted(
    house: Daygen, operation: str, given: dict[str, Any], size: tuple[int, int]
):
    ada = await house.workspace(credits=10)
    picture = await printed(house, ada)

    job = await done(house, ada, operation, {"image": {"assetId": picture}} | given)

    assert (job["status"], job["error"], job["warnings"]) == ("succeeded", None, [])
    assert (job["asked"], job["held"], job["cost"]["chargedCredits"]) == (1, 1, 1)
    assert (job["outputs"][0]["width"], job["outputs"][0]["height"]) == size
    assert job["parentAssetId"] == picture
    assert await house.balance(ada) == 8
    assert await house.audit() == []


async def test_a_description_is_a_text_without_a_file_and_is_on_the_books(house: Daygen):
    ada = await house.workspace(credits=10)
    picture = await printed(house, ada)

    job = await done(house, ada, "describe", {"image": {"assetId": picture}})

    assert (job["status"], job["outputs"], job["resultUrl"], job["warnings"]) == ("succeeded", [], None, [])
    assert job["text"].startswith("“a lighthouse at dusk”, printed by local/print")
    assert job["progress"] == 1
    assert (job["asked"], job["held"], job["cost"]["chargedCredits"]) == (0.25, 0.25, 0.25)
    assert await house.balance(ada) == 8.75
    async with house.db.reading() as tx:
        row = await tx.row("select units, credits, outcome from usage where operation = 'describe'")
        said = await tx.value(
            "select data ->> 'text' from events where type = 'job.succeeded' order by seq desc limit 1"
        )
    assert row is not None
    assert tuple(row.values()) == (1, 250, "succeeded")
    assert said == job["text"]
    assert await house.audit() == []


async def test_a_picture_from_elsewhere_is_enlarged_with_a_warning_and_described(house: Daygen):
    ada = await house.workspace(credits=10)
    photograph = await stored(house, ada, Image.new("RGB", (60, 40), (24, 40, 84)), "jpeg")

    larger = await done(house, ada, "upscale", {"image": {"assetId": photograph}, "scale": 4})
    described = await done(house, ada, "describe", {"image": {"assetId": photograph}})

    assert (larger["outputs"][0]["width"], larger["outputs"][0]["height"]) == (240, 160)
    assert "resized, not redrawn" in larger["warnings"][0]
    assert "60 x 40 pixels, dark on the whole. Colours: navy #" in described["text"]
    assert await house.balance(ada) == 8.75


async def test_an_edit_takes_a_picture_a_mask_and_words(house: Daygen):
    ada = await house.workspace(credits=10)
    picture = await printed(house, ada)
    mask = await stored(house, ada, Image.new("L", (30, 20), 255))

    job = await done(
        house, ada, "image_edit",
        {"image": {"assetId": picture}, "mask": {"assetId": mask}, "prompt": "a castle"}, count=2,
    )  # fmt: skip

    assert (job["status"], len(job["outputs"]), job["cost"]["chargedCredits"]) == ("succeeded", 2, 2)
    assert job["parentAssetId"] == picture


@pytest.mark.parametrize("kind", ["words", "picture"])
async def test_a_film_costs_its_seconds(house: Daygen, kind: str):
    ada = await house.workspace(credits=10)
    if kind == "words":
        given = {"prompt": "a bowl of lemons", "aspectRatio": "21:9", "seconds": 2}
        job = await done(house, ada, "text_to_video", given, count=2)
    else:
        picture = await printed(house, ada, "a bowl of lemons")
        job = await done(house, ada, "image_to_video", {"image": {"assetId": picture}, "seconds": 3})

    assert (job["status"], job["error"]) == ("succeeded", None)
    price = 2 if kind == "words" else 1.5
    assert (job["asked"], job["held"], job["cost"]["chargedCredits"]) == (price, price, price)
    output = job["outputs"][0]
    assert (output["contentType"], output["width"]) == ("video/mp4", 768)
    assert (output["height"], output["durationSeconds"]) == ((330, 2) if kind == "words" else (512, 3))
    file = await house.api().get(output["url"])
    assert file.headers["content-type"] == "video/mp4"
    assert file.content[4:8] == b"ftyp"
    assert ("2 outputs of 2 s at 0.5 a second" if kind == "words" else "1 outputs of 3 s") in job["lines"][0][
        "description"
    ]
    assert await house.audit() == []


async def test_where_there_is_no_ffmpeg_films_are_not_on_offer(database: str, tmp_path: Path):
    local = LocalPrint(presses=1)
    async with Daygen.open(database, tmp_path, {"local": local}, ffmpeg="none") as house:
        ada = await house.workspace(credits=10)

        shown = (await house.api(ada).get(f"/v1/models/{PRINT}")).json()
        answer = await house.api(ada).post(
            "/v1/jobs", json={"model": PRINT, "operation": "text_to_video", "input": {"prompt": "sea"}}
        )

        assert [offer["operation"] for offer in shown["operations"]][-1] == "describe"
        assert (answer.status_code, answer.json()["code"]) == (422, "catalog.unknown_operation")
        assert await house.balance(ada) == 10
    await local.close()


async def test_a_film_ordered_where_they_are_made_is_refused_free_by_a_worker_that_makes_none(
    database: str, tmp_path: Path
):
    local = LocalPrint(presses=1)
    async with Daygen.open(database, tmp_path, {"local": local}) as house:
        ada = await house.workspace(credits=10)

        job = await done(house, ada, "text_to_video", {"prompt": "sea"})

        assert (job["status"], job["error"]["code"]) == ("failed", "provider.unsupported_operation")
        assert "there is no ffmpeg" in job["error"]["detail"]
        assert await house.balance(ada) == 10
    await local.close()


@pytest.mark.parametrize("missing", ["image", "mask", "prompt"])
async def test_an_edit_without_all_three_is_refused_before_any_charge(house: Daygen, missing: str):
    ada = await house.workspace(credits=10)
    picture = {"assetId": await printed(house, ada)}
    given: dict[str, Any] = {"image": picture, "mask": picture, "prompt": "a castle"}
    del given[missing]

    answer = await house.api(ada).post("/v1/jobs", json={"model": PRINT, "operation": "image_edit", "input": given})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"path": f"input.{missing}", "message": "is required"}]
    assert await house.balance(ada) == 9


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("vary", {}, "provider.foreign_picture"),
        ("reframe", {}, "provider.foreign_picture"),
        ("image_to_video", {}, "provider.foreign_picture"),
        ("upscale", {"scale": 4}, "provider.picture_too_large"),
        ("image_edit", {"prompt": "a castle"}, "provider.empty_mask"),
    ],
)
async def test_what_it_cannot_do_it_refuses_free(house: Daygen, operation: str, given: dict[str, Any], code: str):
    ada = await house.workspace(credits=10)
    black = {"assetId": await stored(house, ada, Image.new("RGB", (1100, 40)))}

    job = await done(
        house, ada, operation, given | {"image": black} | ({"mask": black} if operation == "image_edit" else {})
    )

    assert (job["status"], job["error"]["code"], job["error"]["retryable"]) == ("failed", code, False)
    assert job["cost"]["chargedCredits"] == 0
    assert await house.balance(ada) == 10
    assert await house.audit() == []


async def test_the_mask_of_another_workspace_is_not_there(house: Daygen):
    ada, eve = await house.workspace(credits=10), await house.workspace(credits=10)
    picture, theirs = await printed(house, ada), await printed(house, eve)
    given = {"image": {"assetId": picture}, "mask": {"assetId": theirs}, "prompt": "a castle"}

    answer = await house.api(ada).post("/v1/jobs", json={"model": PRINT, "operation": "image_edit", "input": given})

    assert answer.status_code == 422
    assert "no such asset" in answer.json()["errors"][0]["message"]
