"""Orders that cannot be accepted: each is refused naming the field, and leaves nothing behind."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.product import Daygen

pytestmark = pytest.mark.core

FOREIGN, DELETED = "a foreign asset", "a deleted asset"
GOOD: Mapping[str, Any] = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}
PRINT: Mapping[str, Any] = {"model": "local/print", "operation": "text_to_image", "input": {"prompt": "a lighthouse"}}


def printed(**more: Any) -> dict[str, Any]:
    return {**PRINT, "input": {**PRINT["input"], **more}}


def edited(image: Any) -> dict[str, Any]:
    return {"model": "fake/edit", "input": {"prompt": "redder", "image": image}}


WRONG: list[tuple[str, Any, str]] = [
    ("an unknown model", {**GOOD, "model": "fake/nothing"}, "model"),
    ("a retired model", {**GOOD, "model": "fake/retired"}, "model"),
    ("no model", {"input": {}}, "model"),
    ("an unknown operation", {**GOOD, "operation": "dance"}, "operation"),
    ("another model's operation", {**GOOD, "operation": "vary"}, "operation"),
    ("no operation where there are two", {**PRINT, "operation": None}, "operation"),
    ("an unknown field", {**GOOD, "colour": "red"}, "colour"),
    ("an unknown input", {**GOOD, "input": {"prompt": "x", "colour": "red"}}, "input.colour"),
    ("no input", {"model": "fake/image"}, "input"),
    ("no prompt", {**GOOD, "input": {}}, "input.prompt"),
    ("an empty prompt", {**GOOD, "input": {"prompt": ""}}, "input.prompt"),
    ("a prompt that is none", {**GOOD, "input": {"prompt": ["a"]}}, "input.prompt"),
    ("40,000 characters", {**GOOD, "input": {"prompt": "a" * 40_000}}, "input.prompt"),
    ("a NUL", {**GOOD, "input": {"prompt": "a\0b"}}, "input.prompt"),
    ("half a surrogate pair", {**GOOD, "input": {"prompt": "\ud83d"}}, "input.prompt"),
    ("an unknown ratio", printed(aspectRatio="7:5"), "input.aspectRatio"),
    ("too many pixels", printed(width=4097, height=16), "input.width"),
    ("too few pixels", printed(width=16, height=15), "input.height"),
    ("one side", printed(width=300), "input.height"),
    ("a seed beyond 32 bits", printed(seed=2**32), "input.seed"),
    ("no outputs", {**GOOD, "count": 0}, "count"),
    ("17 outputs", {**GOOD, "count": 17}, "count"),
    ("a count in words", {**GOOD, "count": "2"}, "count"),
    ("half an output", {**GOOD, "count": 1.5}, "count"),
    ("yes outputs", {**GOOD, "count": True}, "count"),
    ("an unknown priority", {**GOOD, "priority": "urgent"}, "priority"),
    ("no time at all", {**GOOD, "deadlineSeconds": 0}, "deadlineSeconds"),
    ("more than a day", {**GOOD, "deadlineSeconds": 86_401}, "deadlineSeconds"),
    ("51 labels", {**GOOD, "metadata": {str(number): number for number in range(51)}}, "metadata"),
    ("a long label", {**GOOD, "metadata": {"a": "x" * 501}}, "metadata"),
    ("a data: URL", edited("data:image/png;base64,iVBORw0KGgo="), "input.image"),
    ("a data: URL inside", edited({"url": "DATA:image/png;base64,iVBORw0KGgo="}), "input.image"),
    ("no picture", edited({}), "input.image"),
    ("a picture in two ways", edited({"assetId": f"ast_{'0' * 26}", "url": "https://a.example/b.png"}), "input.image"),
    ("an address that is none", edited({"url": "a lighthouse"}), "input.image.url"),
    ("an address without TLS", edited({"url": "http://pictures.example/a.png"}), "input.image.url"),
    ("an address of another kind", edited({"url": "ftp://pictures.example/a.png"}), "input.image.url"),
    ("an address inside", edited({"url": "https://169.254.169.254/latest/meta-data"}), "input.image.url"),
    ("an address inside, spelled out", edited({"url": "https://[::ffff:10.0.0.1]/a.png"}), "input.image.url"),
    ("an address with a password", edited({"url": "https://a:b@pictures.example/a.png"}), "input.image.url"),
    ("an endless address", edited({"url": f"https://pictures.example/{'a' * 2048}"}), "input.image.url"),
    ("no id of an asset", edited({"assetId": "../../etc/passwd"}), "input.image.assetId"),
    ("an id that is too large", edited({"assetId": f"ast_{'z' * 26}"}), "input.image.assetId"),
    ("an asset that never was", edited({"assetId": f"ast_{'0' * 26}"}), "input.image.assetId"),
    (FOREIGN, edited({"assetId": FOREIGN}), "input.image.assetId"),
    (DELETED, edited({"assetId": DELETED}), "input.image.assetId"),
]

NOT_QUOTED = {FOREIGN, DELETED, "an asset that never was", "an id that is too large"}  # a quote does not look at files


async def test_a_bad_order_is_refused_by_field_and_leaves_nothing(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=100, per_minute=1000), await daygen.workspace(credits=100)
    ids: dict[str, str] = {}
    for name, who in ((FOREIGN, eve), (DELETED, ada)):
        job_id = await daygen.order(who)
        await daygen.drain()
        ids[name] = (await daygen.job(who, job_id))["outputs"][0]["assetId"]
    async with daygen.db.transaction() as tx:
        await tx.run("update assets set deleted_at = daygen_now() where workspace_id = $1", ada.id)
    api = daygen.api(ada, **{"Idempotency-Key": "not remembered"})
    assert (await daygen.api(ada).get("/v1/balance")).status_code == 200  # the key's last use is noted once a minute
    before = await contents(daygen)

    for what, order, path in WRONG:
        if what in ids:
            order["input"]["image"]["assetId"] = ids[what]
        for where in ["/v1/jobs", "/v1/quotes"] if what not in NOT_QUOTED else ["/v1/jobs"]:
            answer = await api.post(
                where, content=json.dumps(order).encode(), headers={"Content-Type": "application/json"}
            )

            assert answer.status_code == 422, f"{what}: {answer.text}"
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert [fault["path"] for fault in answer.json()["errors"]] == [path], what
            assert path in answer.json()["detail"]

    await daygen.drain()
    assert await contents(daygen) == before
    assert (await api.post("/v1/jobs", json=GOOD)).status_code == 202
    assert await daygen.audit() == []


async def contents(daygen: Daygen) -> dict[str, str]:
    """What is in every table, condensed; but for spans and leases, which come when they come."""
    async with daygen.db.reading() as tx:
        tables = await tx.rows("select table_name name from information_schema.tables where table_schema = 'public'")
        return {
            row["name"]: await tx.value(
                f"select count(*) || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {row['name']} t"
            )
            for row in tables
            if row["name"] not in {"spans", "workers"}
        }
