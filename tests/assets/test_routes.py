"""Stored files over HTTP: what is known about one, and the way to its bytes."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from daygen import assets
from daygen.kit.ids import AssetId
from tests.product import Ada, Daygen

pytestmark = pytest.mark.core


async def picture(daygen: Daygen, who: Ada) -> Mapping[str, Any]:
    """An output of a job, as the job shows it."""
    job_id = await daygen.order(who)
    await daygen.drain()
    output: Mapping[str, Any] = (await daygen.job(who, job_id))["outputs"][0]
    return output


async def bytes_at(daygen: Daygen, url: str) -> bytes:
    answer = await daygen.api().get(urlsplit(url).path + "?" + urlsplit(url).query)
    assert answer.status_code == 200
    return answer.content


async def test_an_asset_tells_what_is_known_of_it(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    output = await picture(daygen, ada)

    shown = (await daygen.api(ada).get(f"/v1/assets/{output['assetId']}")).json()

    content = await bytes_at(daygen, shown["url"])
    assert shown["id"] == output["assetId"]
    assert (shown["contentType"], shown["width"], shown["height"]) == ("image/png", 32, 32)
    assert shown["size"] == output["size"] == len(content)
    assert shown["checksum"] == {"sha256": hashlib.sha256(content).hexdigest()}
    assert shown["jobId"] == (await daygen.api(ada).get("/v1/jobs")).json()["data"][0]["id"]
    assert shown["expiresAt"] is None


async def test_the_content_is_a_signed_address_that_nobody_keeps(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    output = await picture(daygen, ada)

    answer = await daygen.api(ada).get(f"/v1/assets/{output['assetId']}/content")

    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert await bytes_at(daygen, answer.headers["Location"]) == await bytes_at(daygen, output["url"])


async def test_another_workspaces_asset_is_not_there(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace()
    output = await picture(daygen, ada)

    answers = [await daygen.api(eve).get(f"/v1/assets/{output['assetId']}{rest}") for rest in ("", "/content")]
    nothing = await daygen.api(eve).get(f"/v1/assets/{AssetId.new()}")

    for answer in answers:
        assert answer.status_code == 404
        assert answer.json()["detail"] == nothing.json()["detail"]


async def test_a_deleted_asset_is_gone_from_its_address_and_its_job(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    output = await picture(daygen, ada)
    asset_id = AssetId.parse(output["assetId"])
    async with daygen.db.transaction() as tx:
        removed = [await assets.remove(tx, ada.id, [asset_id]) for _ in range(2)]

    shown = await daygen.api(ada).get(f"/v1/assets/{asset_id}")
    job = (await daygen.api(ada).get("/v1/jobs")).json()["data"][0]

    assert removed == [1, 0]
    assert shown.status_code == 404
    assert (job["status"], job["outputs"], job["resultUrl"]) == ("succeeded", [], None)


@pytest.mark.parametrize("asset_id", ["x", "ast_", f"job_{'0' * 26}", f"ast_{'z' * 26}", f"AST_{'0' * 26}", "%00"])
async def test_what_is_no_id_is_not_found(daygen: Daygen, asset_id: str):
    ada = await daygen.workspace()

    answer = await daygen.api(ada).get(f"/v1/assets/{asset_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")
