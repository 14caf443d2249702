"""Every refusal as `application/problem+json` (RFC 9457), with the request's id in it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from daygen.infra import telemetry
from daygen.infra.db import OUTAGES
from daygen.infra.http.wire import is_alternative
from daygen.kit.problems import Fault, Invalid, NotFound, Problem, Unavailable

PROBLEM = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

log = telemetry.get_logger(__name__)


class MethodNotAllowed(Problem):
    """This path knows other methods."""

    status = 405
    code = "request.method_not_allowed"
    title = "Method not allowed"

    def __init__(self, known: Collection[str]) -> None:
        self.known = ", ".join(known)
        super().__init__(f"This path knows {self.known}.")

    def headers(self) -> dict[str, str]:
        """Name the methods there are, as RFC 9110 asks."""
        return {"Allow": self.known}


class BadRequest(Problem):
    """The request could not be read as HTTP and JSON at all."""

    status = 400
    code = "request.unreadable"
    title = "The request could not be read"


class TooLarge(Problem):
    """The body is larger than this path takes."""

    status = 413
    code = "request.too_large"
    title = "The request is too large"


class Internal(Problem):
    """Our bug."""

    status = 500
    code = "request.internal"
    title = "Something went wrong on our side"


def answer(problem: Problem, request_id: str) -> Response:
    """Render a problem."""
    telemetry.bind(errorCode=problem.code)
    if problem.status != NotFound.status:
        telemetry.count_error(problem.code)
    body = {
        "type": f"urn:daygen:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "requestId": request_id,
        **problem.facts,
    }
    return JSONResponse(body, problem.status, headers=problem.headers(), media_type=PROBLEM)


def install(app: FastAPI) -> None:
    """Answer every exception of the app's routes with a problem."""

    async def problem(request: Request, error: Exception) -> Response:
        return answer(_as_problem(request, error), request_id_of(request.scope))

    for kind in (Problem, RequestValidationError, HTTPException, *OUTAGES):
        app.add_exception_handler(kind, problem)


def request_id_of(scope: Mapping[str, Any]) -> str:
    """The id that the middleware gave this request."""
    return str(scope.get("state", {}).get("request_id", ""))


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success, for its OpenAPI."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        entry = by_status.setdefault(problem.status, {"description": "", "content": {PROBLEM: {"schema": _SCHEMA}}})
        entry["description"] = ", ".join(filter(None, [entry["description"], f"`{problem.code}`"]))
    return by_status


_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def _as_problem(request: Request, error: Exception) -> Problem:
    cause = error.__cause__ if isinstance(error, HTTPException) else error
    if isinstance(cause, Problem):
        return cause  # as it is, or raised while FastAPI was reading the body
    if isinstance(error, RequestValidationError):
        return _invalid(error.errors())
    if isinstance(error, HTTPException):
        return _plain_problem(request, error)
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        raise error  # a value that no statement takes is our bug, not an outage
    log.error("dependency.unavailable", reason=f"{type(error).__name__}: {error}")
    return Unavailable(
        "The database cannot be reached right now. Try again: with the same Idempotency-Key nothing happens twice.",
        retry_after_s=2,
    )


def _plain_problem(request: Request, error: HTTPException) -> Problem:
    if error.status_code == NotFound.status:
        return NotFound("There is nothing at this path.")
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed([method for method in METHODS if _knows(request, method)])
    return BadRequest(str(error.detail))


def _knows(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)


def _invalid(errors: Sequence[Any]) -> Problem:
    faults: list[Fault] = []
    for error in errors:
        if error["loc"][0] == "path":
            return NotFound("There is nothing with this id.")
        if error["type"] == "json_invalid":
            return BadRequest("The body is not JSON.")
        location = [part for part in error["loc"] if not is_alternative(part)]
        faults.append(Fault(_path(location), _plain(error, location)))
    return Invalid.of(faults)


def _path(location: Sequence[str | int]) -> str:
    """`orders[3].count`, as a reader of the request would point at it."""
    where = location[1:] if location[0] in {"body", "query", "header"} else location
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return path.removeprefix(".") or str(location[0])


def _plain(error: Mapping[str, Any], location: Sequence[str | int]) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    if error["type"] == "missing":
        return "is required"
    if [*location] == ["body"]:
        return "must be a JSON object, sent with Content-Type: application/json"
    return str(error["msg"]).removeprefix("Value error, ")
