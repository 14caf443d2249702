"""The short way to an endpoint: the same answers as FastAPI's own way gives, and only where it leads."""

from collections.abc import AsyncGenerator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from daygen.infra import http
from daygen.infra.http.short import short_way

ASKED: list[str] = []


class Wish(http.Wire):
    """What is ordered."""

    words: str
    count: Annotated[int, Field(ge=1, le=4)] = 1


Colour = Annotated[str | None, Header(description="Any.")]


async def _house(request: Request) -> str:
    ASKED.append("house")
    return f"a house for {request.method}"


async def _caller(house: Annotated[str, Depends(_house)], x_name: Colour = None) -> str:
    return f"{x_name} of {house}"


Caller = Annotated[str, Depends(_caller)]
House = Annotated[str, Depends(_house)]


async def short(request: Request, wish: Wish, caller: Caller, house: House, prefer: Colour = None) -> Response:
    """Takes nothing but what the short way knows."""
    told = [request.method, wish.words, wish.count, caller, house, prefer]
    return JSONResponse(told, 202)


async def long(
    request: Request, wish: Wish, caller: Caller, house: House, prefer: Colour = None, page: int = 1
) -> Response:
    """The same, and a query, so that FastAPI has to read it."""
    assert page == 1
    return await short(request, wish, caller, house, prefer)


async def shown(request: Request) -> Wish:
    """Leaves its answer to FastAPI."""
    return Wish(words=request.method)


async def bounded(least: Annotated[str | None, Header(min_length=3)] = None) -> Response:
    """A header that has to be checked."""
    return JSONResponse(least)


async def queried(page: Annotated[int, Query()] = 1) -> Response:
    """A query."""
    return JSONResponse(page)


def threaded(request: Request) -> Response:
    """No coroutine."""
    return JSONResponse(request.method)


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    app, routes = FastAPI(), http.router("wishes")
    routes.post("/short")(short)
    routes.post("/long")(long)
    app.include_router(routes)
    http.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as client:
        yield client


async def _nobody(_: Request) -> Response:
    raise AssertionError


def test_only_what_is_simple_goes_the_short_way() -> None:
    assert short_way(short, _nobody) is not _nobody
    assert [short_way(other, _nobody) for other in (long, shown, bounded, queried, threaded)] == [_nobody] * 5


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"words": "a boat", "count": 2}', {"X-Name": "Ada", "Prefer": "wait=3"}),
        (b'{"words": "a boat"}', {}),
        (b'{"words": "a boat", "count": 9}', {}),
        (b'{"words": "a boat", "colour": "red"}', {}),
        (b'{"count": 2}', {}),
        (b"[1, 2]", {}),
        (b'{"words": ', {}),
        (b"", {}),
        (b'{"words": "\\u0000"}', {}),
        (b'{"words": "a boat", "words": "two"}', {}),
        (b'{"words": "a boat"}', {"Content-Type": "text/plain"}),
        (b'{"words": "a boat"}', {"Content-Type": "application/problem+json"}),
        (b'{"words": "a boat"}', {"Content-Type": "application/json; charset=utf-8"}),
        (b'{"words": "' + b"x" * (1 << 20) + b'"}', {}),
    ],
)
async def test_it_answers_what_the_long_way_does(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    sent = {"Content-Type": "application/json", **headers}

    one, other = [await client.post(path, content=body, headers=sent) for path in ("/short", "/long")]

    assert (one.status_code, one.json()) == (other.status_code, other.json())


async def test_what_two_ask_for_is_made_once(client: httpx.AsyncClient) -> None:
    ASKED.clear()

    answer = await client.post("/short", json={"words": "a boat"}, headers={"x-name": "Ada"})

    assert answer.json() == ["POST", "a boat", 1, "Ada of a house for POST", "a house for POST", None]
    assert ASKED == ["house"]
