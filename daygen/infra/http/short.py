"""A short way to endpoints whose arguments are simple, taken when nothing is wrong with a request.

For each request FastAPI works out again how an endpoint is to be called, which is most of the time of a short one. Here
that is worked out once, for endpoints that answer a `Response` and take no more than the request, a model as JSON body,
plain headers and coroutines by `Depends`. What is not plainly good, such as a body that does not validate, goes the
long way: one place says what is wrong with a request, and it is FastAPI's, as the OpenAPI document is.
"""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.params import Depends, Header
from pydantic import BaseModel, ValidationError
from starlette.requests import HTTPConnection

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_JSON = "application/json"


class _TooLong(Exception):  # noqa: N818 - says which way to go
    """The short way does not lead there."""


@dataclass(slots=True)
class _Call:
    """A function to call and where each argument comes from: the request, a header, the body, an earlier call."""

    function: Callable[..., Coroutine[Any, Any, Any]]
    requests: list[str] = field(default_factory=list[str])
    headers: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    body: tuple[str, type[BaseModel]] | None = None
    earlier: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])


def short_way(endpoint: Callable[..., Any], long_way: Handler) -> Handler:
    """How an endpoint answers: the short way where there is one and the request is good, else the long way."""
    calls: list[_Call] = []
    try:
        if get_type_hints(endpoint).get("return") is not Response:
            return long_way
        _plan(endpoint, calls, {})
    except _TooLong:
        return long_way
    bodies = [(at, *call.body) for at, call in enumerate(calls) if call.body]
    if len(bodies) > 1 or any(at != len(calls) - 1 for at, _, _ in bodies):
        return long_way

    async def short(request: Request) -> Response:
        arguments: list[dict[str, Any]] = [{} for _ in calls]
        for at, name, model in bodies:
            if not await request.body() or not request.headers.get("content-type", "").startswith(_JSON):
                return await long_way(request)
            try:
                arguments[at][name] = model.model_validate(await request.json())
            except ValidationError:
                return await long_way(request)
        made: list[Any] = []
        for call, given in zip(calls, arguments, strict=True):
            for name in call.requests:
                given[name] = request
            for name, header, default in call.headers:
                given[name] = request.headers.get(header, default)
            for name, place in call.earlier:
                given[name] = made[place]
            made.append(await call.function(**given))
        return made[-1]

    return short


def _plan(function: Callable[..., Any], calls: list[_Call], places: dict[Callable[..., Any], int]) -> int:
    """Add what must be called before a function, then the function; returns its place. Raises `_TooLong`."""
    if function in places:
        return places[function]
    if not inspect.iscoroutinefunction(function):
        raise _TooLong
    hints = get_type_hints(function, include_extras=True)
    call = _Call(function)
    for name, parameter in inspect.signature(function).parameters.items():
        kind, marks = _taken_apart(hints[name])
        match marks:
            case [] if isinstance(kind, type) and issubclass(kind, HTTPConnection):
                call.requests.append(name)
            case [] if isinstance(kind, type) and issubclass(kind, BaseModel) and parameter.default is parameter.empty:
                call.body = (name, kind)
            case [Depends(dependency=inner, use_cache=True, scope=None)] if inner is not None:
                call.earlier.append((name, _plan(inner, calls, places)))
            case [Header() as header] if kind == str | None and parameter.default is None and not header.metadata:
                call.headers.append((name, header.alias or name.replace("_", "-"), None))
            case _:
                raise _TooLong
    calls.append(call)
    places[function] = len(calls) - 1
    return places[function]


def _taken_apart(hint: Any) -> tuple[Any, list[Any]]:
    """A type and what it is annotated with."""
    if get_origin(hint) is not Annotated:
        return hint, []
    kind, *marks = get_args(hint)
    return kind, marks
