"""Signing in and out in a browser: by link and by password, with cookies that only our own page can use."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from daygen import identity
from daygen.identity import secrets
from daygen.kit.ids import UserId
from tests.product import Ada, Daygen

pytestmark = pytest.mark.core

PASSWORD = "correct horse battery"


async def link(daygen: Daygen) -> str:
    """The way in for the operator."""
    async with daygen.db.transaction() as tx:
        user = await identity.find_operator(tx)
        assert user is not None
        return f"/sign-in?token={await identity.issue_sign_in_link(tx, user.id)}"


@asynccontextmanager
async def browser(daygen: Daygen, scheme: str = "http") -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(daygen.app), base_url=f"{scheme}://daygen.test"
    ) as client:
        yield client


def csrf(client: httpx.AsyncClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.cookies["daygen_csrf"]}


async def test_a_link_signs_in_and_leads_to_the_studio(daygen: Daygen):
    ada = await daygen.operator()
    async with browser(daygen) as client:
        answer = await client.get(await link(daygen))
        me = (await client.get("/v1/me")).json()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert me["user"]["isOperator"]
    assert (me["workspace"]["id"], me["workspace"]["role"]) == (str(ada.id), "owner")
    assert [workspace["id"] for workspace in me["workspaces"]] == [str(ada.id)]
    assert set(me["scopes"]) == {str(scope) for scope in identity.ALL_SCOPES}


async def test_a_link_works_once_even_for_two_at_once(daygen: Daygen):
    await daygen.operator()
    way_in = await link(daygen)
    async with browser(daygen) as client:
        answers = await asyncio.gather(*(client.get(way_in) for _ in range(5)))
        later = await client.get(way_in)

    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401, 401]
    assert (later.status_code, later.json()["code"]) == (401, "identity.link_rejected")


async def test_a_link_that_is_old_or_none_is_refused(daygen: Daygen):
    await daygen.operator()
    way_in = await link(daygen)
    await daygen.later(seconds=24 * 3600 + 1)
    async with browser(daygen) as client:
        answers = [await client.get(path) for path in (way_in, "/sign-in?token=x", "/sign-in?token=")]

        assert [answer.status_code for answer in answers] == [401, 401, 401]
        assert not client.cookies


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookies_are_for_our_own_page_alone(daygen: Daygen, scheme: str):
    await daygen.operator()
    async with browser(daygen, scheme) as client:
        answer = await client.get(await link(daygen))

    by_name = {cookie.partition("=")[0]: cookie for cookie in answer.headers.get_list("Set-Cookie")}
    assert set(by_name) == {"daygen_session", "daygen_csrf"}
    for cookie in by_name.values():
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert ("Secure" in cookie) == (scheme == "https")
    assert "HttpOnly" in by_name["daygen_session"]
    assert "HttpOnly" not in by_name["daygen_csrf"]  # our page reads it to send it along


async def test_the_cookies_are_secure_behind_a_proxy_that_ends_tls(database: str, tmp_path: Path):
    async with Daygen.open(database, tmp_path, public_url="https://daygen.test") as daygen:
        await daygen.operator()
        async with browser(daygen) as client:
            answer = await client.get(await link(daygen))

    assert all("Secure" in cookie for cookie in answer.headers.get_list("Set-Cookie"))


async def test_a_change_by_cookie_needs_the_token_of_our_page(daygen: Daygen):
    await daygen.operator()
    new = {"name": "mine"}
    async with browser(daygen) as client, browser(daygen) as other:
        await client.get(await link(daygen))
        await other.get(await link(daygen))

        without = await client.post("/v1/api-keys", json=new)
        wrong = await client.post("/v1/api-keys", json=new, headers={"X-CSRF-Token": "x"})
        odd = await client.post("/v1/api-keys", json=new, headers=[(b"X-CSRF-Token", b"\xff")])
        foreign = await client.post("/v1/api-keys", json=new, headers=csrf(other))
        right = await client.post("/v1/api-keys", json=new, headers=csrf(client))
        reading = await client.get("/v1/api-keys")

    for refused in (without, wrong, odd, foreign):
        assert (refused.status_code, refused.json()["code"]) == (403, "identity.csrf_rejected")
    assert right.status_code == 201
    assert [key["name"] for key in reading.json()["data"] if key["name"] == "mine"] == ["mine"]


async def test_signing_out_ends_the_session_and_no_other(daygen: Daygen):
    await daygen.operator()
    async with browser(daygen) as client, browser(daygen) as other:
        await client.get(await link(daygen))
        await other.get(await link(daygen))
        kept = client.cookies["daygen_session"]

        forged = await client.delete("/v1/sessions/current")
        out = await client.delete("/v1/sessions/current", headers=csrf(client))
        again = await client.get("/v1/me", headers={"Cookie": f"daygen_session={kept}"})
        still = await other.get("/v1/me")

        assert (forged.status_code, out.status_code, again.status_code, still.status_code) == (403, 204, 401, 200)
        assert not client.cookies


async def test_a_session_ends_after_thirty_days(daygen: Daygen):
    await daygen.operator()
    async with browser(daygen) as client:
        await client.get(await link(daygen))
        await daygen.later(seconds=30 * 86_400 + 1)

        answer = await client.get("/v1/me")

    assert (answer.status_code, answer.json()["code"]) == (401, "identity.unauthenticated")


async def test_a_user_signs_in_with_the_password_they_chose(daygen: Daygen):
    await daygen.operator()
    async with browser(daygen) as client, browser(daygen) as later:
        await client.get(await link(daygen))
        before = (await client.get("/v1/me")).json()["user"]
        chosen = await client.put("/v1/me/password", json={"password": PASSWORD}, headers=csrf(client))
        after = (await client.get("/v1/me")).json()["user"]

        credentials = {"email": before["email"].upper(), "password": PASSWORD}
        answer = await later.post("/v1/sessions", json=credentials)
        me = await later.get("/v1/me")

    assert (before["hasPassword"], chosen.status_code, after["hasPassword"]) == (False, 204, True)
    assert (answer.status_code, answer.json()) == (201, after)
    assert me.json()["user"] == after
    async with daygen.db.reading() as tx:
        stored = await tx.value("select password_hash from users")
    assert stored.startswith("$argon2id$")


async def test_a_wrong_password_and_an_unknown_user_look_the_same(daygen: Daygen):
    await daygen.operator()
    async with daygen.db.transaction() as tx:
        await identity.add_user(tx, "ada@daygen.test", "Ada", password_hash=await secrets.hash_password(PASSWORD))
    async with browser(daygen) as client:
        answers = [
            await client.post("/v1/sessions", json={"email": email, "password": password})
            for email, password in (
                ("ada@daygen.test", "wrong"),
                ("nobody@daygen.test", PASSWORD),
                ("operator@localhost", PASSWORD),  # has none
                ("ada@daygen.test", "😀"),
            )
        ]

        assert not client.cookies
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_changing_a_password_asks_for_the_one_there_is(daygen: Daygen):
    await daygen.operator()
    async with browser(daygen) as client:
        await client.get(await link(daygen))
        await client.put("/v1/me/password", json={"password": PASSWORD}, headers=csrf(client))

        refused = [
            await client.put("/v1/me/password", json={"password": "another password"} | more, headers=csrf(client))
            for more in ({}, {"currentPassword": "wrong"}, {"currentPassword": ""})
        ]
        short = await client.put(
            "/v1/me/password", json={"password": "short", "currentPassword": PASSWORD}, headers=csrf(client)
        )
        changed = await client.put(
            "/v1/me/password", json={"password": "another password", "currentPassword": PASSWORD}, headers=csrf(client)
        )

    assert [answer.json()["code"] for answer in refused] == ["identity.password_rejected"] * 3
    assert [fault["path"] for fault in short.json()["errors"]] == ["password"]
    assert changed.status_code == 204


async def test_a_password_is_not_changed_with_a_key(daygen: Daygen):
    ada = await daygen.operator()

    answer = await daygen.api(ada).put("/v1/me/password", json={"password": PASSWORD})

    assert answer.status_code == 403


async def test_a_viewer_looks_and_does_not_touch(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    token = await _join(daygen, ada, "viewer")
    async with browser(daygen) as client:
        client.cookies.set("daygen_session", token)
        header = {"X-CSRF-Token": secrets.csrf_token(token)}

        listed = await client.get("/v1/jobs")
        ordered = await client.post(
            "/v1/jobs", json={"model": "fake/image", "input": {"prompt": "a lighthouse"}}, headers=header
        )
        made = await client.post("/v1/api-keys", json={"name": "mine"}, headers=header)

    assert listed.status_code == 200
    assert (ordered.status_code, ordered.json()["neededScope"]) == (403, "jobs:write")
    assert (made.status_code, made.json()["neededScope"]) == (403, "admin")


async def _join(daygen: Daygen, who: Ada, role: str) -> str:
    """A new user who is nothing but a member of a workspace; the token of their session."""
    user_id = UserId.new()
    async with daygen.db.transaction() as tx:
        await tx.run("insert into users (id, email, name) values ($1, 'eve@daygen.test', 'Eve')", user_id)
        await tx.run("insert into members (workspace_id, user_id, role) values ($1, $2, $3)", who.id, user_id, role)
        way_in = await identity.issue_sign_in_link(tx, user_id)
    answer = await daygen.api().get(f"/sign-in?token={way_in}")
    token: str = answer.cookies["daygen_session"]
    return token


async def test_a_member_who_was_removed_a_key_revoked_and_one_expired_stop_within_5_s(daygen: Daygen):
    ada = await daygen.workspace()
    api, bob = daygen.api(ada), await _join(daygen, ada, "member")
    keys = [(await api.post("/v1/api-keys", json={"name": name})).json() for name in ("revoked", "expires")]
    callers = [
        daygen.api(Ada(ada.id, keys[0]["key"])),
        daygen.api(Ada(ada.id, keys[1]["key"])),
        daygen.api(None, Cookie=f"daygen_session={bob}"),
    ]
    before = [(await caller.get("/v1/jobs")).status_code for caller in callers]

    revoked = await api.delete(f"/v1/api-keys/{keys[0]['id']}")
    async with daygen.db.transaction() as tx:
        await tx.run("update api_keys set expires_at = daygen_now() where name = 'expires'")
        await tx.run("delete from members")
    ended_at = time.monotonic()
    while (after := [(await caller.get("/v1/jobs")).status_code for caller in callers]) != [401, 401, 401]:
        assert time.monotonic() - ended_at < 7, after  # 5, and some for a busy machine
        await asyncio.sleep(0.05)

    assert (before, revoked.status_code) == ([200, 200, 200], 204)
