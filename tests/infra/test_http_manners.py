"""The manners of every answer: its id, its refusals as problems, and what our own bugs look like from outside."""

import logging
from collections.abc import AsyncGenerator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from daygen.infra.http import PROBLEM, Manners, install, router
from daygen.kit.problems import Conflict, TooMany, Unauthenticated, Unavailable
from tests.product import Daygen


class Taken(Conflict):
    code = "test.taken"
    title = "Taken"


class TooOften(TooMany):
    code = "test.too_often"
    title = "Too often"


class BadArgumentError(asyncpg.InterfaceError, ValueError):
    """What asyncpg raises for a value that it cannot encode, under a private name."""


RAISED: dict[str, Exception] = {
    "taken": Taken("It is.", by="somebody"),
    "often": TooOften("Wait.", 7),
    "away": Unavailable("Later.", 3),
    "who": Unauthenticated("Who?"),
    "bug": RuntimeError("the secret is 1234"),
    "argument": BadArgumentError("a bad argument"),
    "lost": asyncpg.ConnectionDoesNotExistError("gone"),
    "shutdown": asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    "full": asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    "slow": TimeoutError(),
    "reset": ConnectionResetError(),
}


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    app = FastAPI()
    app.add_middleware(Manners)
    install(app)
    routes = router("test")

    @routes.get("/raise/{what}")
    async def fail(what: str) -> None:
        raise RAISED[what]

    @routes.put("/raise/{what}")
    async def put(what: str, number: int) -> dict[str, object]:
        return {"what": what, "number": number}

    app.include_router(routes)
    _ = fail, put
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("taken", 409, "test.taken"),
        ("often", 429, "test.too_often"),
        ("away", 503, "request.unavailable"),
        ("who", 401, "identity.unauthenticated"),
        ("lost", 503, "request.unavailable"),
        ("shutdown", 503, "request.unavailable"),
        ("full", 503, "request.unavailable"),
        ("slow", 503, "request.unavailable"),
        ("reset", 503, "request.unavailable"),
    ],
)
async def test_a_refusal_is_a_problem(client: httpx.AsyncClient, what: str, status: int, code: str):
    answer = await client.get(f"/raise/{what}", headers={"X-Request-Id": "mine"})

    told = answer.json()
    assert answer.headers["Content-Type"] == PROBLEM
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:daygen:problem:{code}"
    assert {"title", "detail"} <= set(told)
    assert told["requestId"] == answer.headers["X-Request-Id"] == "mine"


@pytest.mark.parametrize("what", ["bug", "argument"])
async def test_our_own_bug_says_nothing_but_its_request_id(
    client: httpx.AsyncClient, what: str, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.CRITICAL):
        answer = await client.get(f"/raise/{what}")

    assert (answer.status_code, answer.json()["code"]) == (500, "request.internal")
    assert answer.json()["requestId"] in answer.json()["detail"]
    assert "1234" not in answer.text
    assert "argument" not in answer.text


async def test_a_problem_carries_its_facts_and_headers(client: httpx.AsyncClient):
    taken = await client.get("/raise/taken")
    often = await client.get("/raise/often")
    away = await client.get("/raise/away")
    who = await client.get("/raise/who")

    assert taken.json()["by"] == "somebody"
    assert (often.headers["Retry-After"], often.json()["retryAfterSeconds"]) == ("7", 7)
    assert away.headers["Retry-After"] == "3"
    assert who.headers["WWW-Authenticate"] == "Bearer"


async def test_wrong_paths_and_methods_are_problems_too(client: httpx.AsyncClient):
    nowhere = await client.get("/nowhere")
    nohow = await client.post("/raise/taken")

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "request.not_found")
    assert (nohow.status_code, nohow.json()["code"]) == (405, "request.method_not_allowed")
    assert nohow.headers["Allow"] == "GET, PUT"


async def test_what_is_not_valid_is_named(client: httpx.AsyncClient):
    missing = await client.put("/raise/x")
    wrong = await client.put("/raise/x?number=one")
    nul = await client.put("/raise/x?number=%00")

    assert missing.json()["errors"] == [{"path": "number", "message": "is required"}]
    assert [fault["path"] for fault in wrong.json()["errors"]] == ["number"]
    assert nul.json()["errors"] == [{"path": "number", "message": "contains a NUL character"}]


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "\xff", "a\tb"])
async def test_a_request_id_that_is_none_is_replaced(client: httpx.AsyncClient, given: str):
    answer = await client.get("/raise/who", headers=[(b"X-Request-Id", given.encode("latin-1"))])

    made = answer.headers["X-Request-Id"]
    assert made != given
    assert len(made) == 32


async def test_every_answer_says_its_own_share_of_the_time(client: httpx.AsyncClient):
    answer = await client.put("/raise/x?number=1")

    name, _, duration = answer.headers["Server-Timing"].partition(";dur=")
    assert name == "app"
    assert 0 <= float(duration) < 5000


async def test_a_house_whose_database_is_gone_says_503(daygen: Daygen):
    ada = await daygen.workspace()
    await daygen.app.state.db.close()

    asked = await daygen.api(ada).get("/v1/jobs")
    ready = await daygen.api().get("/readyz")
    alive = await daygen.api().get("/healthz")

    assert (asked.status_code, asked.json()["code"]) == (503, "request.unavailable")
    assert asked.headers["Retry-After"] == "2"
    assert ready.status_code == 503
    assert ready.json()["parts"]["database"] != "ok"
    assert ready.json()["parts"]["storage"] == "ok"
    assert alive.status_code == 200
