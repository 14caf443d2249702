"""The OpenAPI document and a page to read it, made by us so that it works without any other site."""

import html
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from daygen.infra import http
from daygen.kit.problems import Invalid, Unavailable

WATCHED = "operation"  # the tag of what looks after the process itself

PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; more members depend on it, see docs/problems.md.",
    "required": ["type", "title", "status", "detail", "code", "requestId"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def mount(app: FastAPI) -> None:
    """Describe problems and keys, and add `/docs`."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(readable(app.openapi()))

    _ = docs


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        description="The self-hostable studio and platform for AI images and video.",
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key, `dg_live_…`."},
        "session": {"type": "apiKey", "in": "cookie", "name": "daygen_session"},
    }
    for path in document["paths"].values():
        for operation in path.values():
            _mend(operation)
    return document


def _mend(operation: dict[str, Any]) -> None:
    """Say what every operation may answer, whatever it is for; those that know 401 need to be signed in."""
    answers = operation["responses"]
    if _is_fastapis(answers.get("422", {})):
        del answers["422"]
    if operation["tags"] != [WATCHED]:
        body = "requestBody" in operation
        reads_body = body or any(given["name"] == "idempotency-key" for given in operation.get("parameters", []))
        common = [Invalid, Unavailable, *([http.BadRequest] if body else []), *([http.TooLarge] if reads_body else [])]
        for status, answer in http.responses(*common).items():
            answers.setdefault(str(status), answer)
    operation["responses"] = dict(sorted(answers.items()))
    if "401" in answers and operation["operationId"] not in {"create_session", "sign_in"}:
        operation["security"] = [{"key": []}, {"session": []}]


def _is_fastapis(answer: dict[str, Any]) -> bool:
    """Whether FastAPI says this about invalid input by itself."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).endswith("HTTPValidationError")


def readable(document: dict[str, Any]) -> str:
    """The document as one page of HTML without scripts."""
    sections: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sections.setdefault(operation.get("tags", ["operation"])[0], []).append(_entry(path, method, operation))
    body = "".join(f"<h2>{html.escape(tag)}</h2>{''.join(entries)}" for tag, entries in sections.items())
    return _PAGE.replace("{version}", html.escape(document["info"]["version"])).replace("{body}", body)


def _entry(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{html.escape(parameter['name'])}</code> {html.escape(parameter.get('description', ''))}</li>"
        for parameter in operation.get("parameters", [])
    )
    answers = "".join(
        f"<li><code>{html.escape(status)}</code> {html.escape(answer.get('description', ''))}</li>"
        for status, answer in operation["responses"].items()
    )
    summary = f"<code>{method.upper()}</code> <b>{html.escape(path)}</b>"
    asks = f"<ul>{parameters}</ul>" if parameters else ""
    return (
        f"<details id={html.escape(operation['operationId'])!r}><summary>{summary}</summary>"
        f"<p>{html.escape(operation.get('description', ''))}</p>{asks}<ul>{answers}</ul></details>"
    )


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>DayGen API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:3rem auto;padding:0 1.5rem}
h2{margin-top:2.5rem;text-transform:capitalize}summary{cursor:pointer;padding:.35rem 0}
details{border-top:1px solid color-mix(in srgb,currentColor 18%,transparent)}code{font-size:.9em}</style>
<h1>DayGen API {version}</h1><p>Send <code>Authorization: Bearer dg_live_…</code>. Fields are camelCase, times RFC 3339,
errors are <code>application/problem+json</code>.
Machines read <a href="/openapi.json">openapi.json</a>.</p>{body}</html>"""
