"""Reads JSON bodies strictly: bounded, UTF-8, no NUL, no lone surrogates, no duplicate names, no NaN, not too deep."""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from daygen.infra.http.problems import BadRequest, TooLarge
from daygen.infra.http.short import short_way
from daygen.kit.problems import Invalid

LARGEST_BODY_BYTES = 1 << 20
DEEPEST = 32

_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictRequest(Request):
    """A request whose JSON is safe to store."""

    async def body(self) -> bytes:
        """The whole body. Raises `TooLarge` (413) as soon as it is too long."""
        if not hasattr(self, "_body"):
            chunks = bytearray()
            async for chunk in self.stream():
                chunks += chunk
                if len(chunks) > LARGEST_BODY_BYTES:
                    raise TooLarge(f"A JSON body may have up to {LARGEST_BODY_BYTES} bytes.")
            self._body = bytes(chunks)
        return self._body

    async def json(self) -> Any:
        """The body as JSON. Raises `BadRequest` (400) when it is none, `Invalid` (422) for what cannot be stored."""
        return read(await self.body())


class StrictRoute(APIRoute):
    """A route whose bodies and queries are read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Hand the endpoint a strict request."""
        handle = short_way(self.endpoint, super().get_route_handler())

        async def strict(request: Request) -> Response:
            for name, value in request.query_params.multi_items():
                if "\x00" in value:
                    raise Invalid.field(name.replace("\x00", ""), "contains a NUL character")
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def operation_id(route: APIRoute) -> str:
    """What an operation is called in the OpenAPI document and in generated clients: its function's name."""
    return route.name


def router(tag: str) -> APIRouter:
    """A router for one room's paths."""
    return APIRouter(route_class=StrictRoute, tags=[tag], generate_unique_id_function=operation_id)


def read(body: bytes) -> Any:
    """Parse JSON that came from outside. Raises `BadRequest` or `Invalid`."""
    try:
        text = body.decode()
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadRequest(f"The body is not JSON we can read: {reason}.") from error
    if text.count("{") + text.count("[") > DEEPEST:
        _check_depth(value)
    if _SUSPECT.search(text):
        _check_text(value, "body")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} appears twice")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise BadRequest(f"The body is nested more than {DEEPEST} levels deep.")


def _check_text(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value or _SURROGATE.search(value):
            raise Invalid.field(path.removeprefix("body."), "contains a NUL character or half of a surrogate pair")
        return
    named = cast("dict[str, Any]", value).items() if isinstance(value, dict) else enumerate(_inside(value))
    for name, inner in named:
        if isinstance(name, str):
            _check_text(name, f"{path}.(a field's name)")
        _check_text(inner, f"{path}.{name}")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(cast("dict[str, Any]", value).values())
    return cast("list[Any]", value) if isinstance(value, list) else []
