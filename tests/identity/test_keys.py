"""API keys: made, listed, revoked; shown once and stored as a hash."""

import hashlib
from typing import Any

import pytest

from daygen import identity
from daygen.identity import Scope
from tests.product import Ada, Daygen

pytestmark = pytest.mark.core


async def test_a_new_key_works_for_what_it_is_for(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "reads", "scopes": ["jobs:read"]})).json()

    reader = daygen.api(Ada(ada.id, made["key"]))
    assert (await reader.get("/v1/jobs")).status_code == 200
    refused = await reader.post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "a lighthouse"}})
    assert (refused.status_code, refused.json()["neededScope"]) == (403, "jobs:write")
    me = (await reader.get("/v1/me")).json()
    assert (me["user"], me["workspace"]["id"], me["scopes"]) == (None, str(ada.id), ["jobs:read"])


async def test_a_key_is_shown_once_and_kept_as_a_hash(daygen: Daygen):
    ada = await daygen.workspace()

    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "mine"})).json()

    listed = (await daygen.api(ada).get("/v1/api-keys")).json()["data"]
    assert made["key"].startswith("dg_live_")
    assert len(made["key"]) == 48
    assert listed[0] == {name: value for name, value in made.items() if name != "key"}
    assert made["key"].startswith(made["prefix"])
    async with daygen.db.reading() as tx:
        row = await tx.row("select k::text as text, hash from api_keys k where name = 'mine'")
    assert row is not None
    assert row["hash"] == hashlib.sha256(made["key"].encode()).digest()
    assert made["key"][len(made["prefix"]) :] not in row["text"]


async def test_nobody_gives_what_they_do_not_have(daygen: Daygen):
    ada = await daygen.workspace()
    async with daygen.db.transaction() as tx:
        _, secret = await identity.issue_key(tx, ada.id, None, name="admin", scopes=[Scope.ADMIN, Scope.JOBS_READ])
    admin = daygen.api(Ada(ada.id, secret))

    more = await admin.post("/v1/api-keys", json={"name": "more", "scopes": ["jobs:read", "jobs:write", "billing"]})
    same = await admin.post("/v1/api-keys", json={"name": "same", "scopes": ["jobs:read"]})

    assert more.status_code == 422
    assert more.json()["errors"] == [{"path": "scopes", "message": "you do not have billing, jobs:write yourself"}]
    assert same.status_code == 201


async def test_a_key_ends_when_it_was_said_to(daygen: Daygen):
    ada = await daygen.workspace()
    async with daygen.db.reading() as tx:
        soon = await tx.value("select to_char(daygen_now() + interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "soon", "expiresAt": soon})).json()
    assert made["expiresAt"] == soon.replace("Z", ".000Z")

    await daygen.later(seconds=3601)

    assert (await daygen.api(Ada(ada.id, made["key"])).get("/v1/jobs")).json()["code"] == "identity.key_rejected"


async def test_a_key_is_revoked_once_and_stays_on_the_list(daygen: Daygen):
    ada = await daygen.workspace()
    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "mine"})).json()

    answers = [await daygen.api(ada).delete(f"/v1/api-keys/{made['id']}") for _ in range(2)]

    listed = (await daygen.api(ada).get("/v1/api-keys")).json()["data"]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert listed[0]["revokedAt"] is not None
    assert (await daygen.api(Ada(ada.id, made["key"])).get("/v1/jobs")).status_code == 401


async def test_keys_are_listed_page_by_page(daygen: Daygen):
    ada = await daygen.workspace()
    for number in range(4):
        await daygen.api(ada).post("/v1/api-keys", json={"name": f"key {number}"})

    first = (await daygen.api(ada).get("/v1/api-keys?limit=3")).json()
    rest = (await daygen.api(ada).get(f"/v1/api-keys?limit=3&cursor={first['nextCursor']}")).json()

    assert [key["name"] for key in first["data"] + rest["data"]] == ["key 3", "key 2", "key 1", "key 0", "first key"]
    assert rest["nextCursor"] is None


async def test_another_workspaces_keys_cannot_be_seen_or_revoked(daygen: Daygen):
    ada, eve = await daygen.workspace(), await daygen.workspace()
    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "ada's secret"})).json()

    listed = await daygen.api(eve).get("/v1/api-keys")
    revoked = await daygen.api(eve).delete(f"/v1/api-keys/{made['id']}")

    assert "ada" not in listed.text
    assert revoked.status_code == 404
    assert (await daygen.api(Ada(ada.id, made["key"])).get("/v1/jobs")).status_code == 200


async def test_a_new_key_that_is_not_valid_is_refused_by_field(daygen: Daygen):
    ada = await daygen.workspace()

    wrong_ones: list[tuple[dict[str, Any], str]] = [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["everything"]}, "scopes[0]"),
        ({"name": "x", "expiresAt": "soon"}, "expiresAt"),
        ({"name": "x", "workspaceId": str(ada.id)}, "workspaceId"),
    ]
    for wrong, path in wrong_ones:
        answer = await daygen.api(ada).post("/v1/api-keys", json=wrong)

        assert answer.status_code == 422, wrong
        assert [fault["path"] for fault in answer.json()["errors"]] == [path]
    assert len((await daygen.api(ada).get("/v1/api-keys")).json()["data"]) == 1


async def test_a_key_in_another_shape_is_refused(daygen: Daygen):
    ada = await daygen.workspace()

    for given in (f"Basic {ada.key}", ada.key, f"Bearer  {ada.key}", f"Bearer {ada.key}x", f"Bearer {ada.key[:-1]}"):
        answer = await daygen.api(None, Authorization=given).get("/v1/jobs")

        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), given
