"""Serves the built page: any address that is not the API's is the studio, its files under `/assets` never change.

The page is read from `daygen/_ui`, where `web/hatch_build.py` puts it, once and again whenever it was built anew, so a
server that started without it shows it as soon as it is there. Without it the API runs and says here what to do.
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

FOLDER = Path(__file__).parent.parent / "_ui"

# First parts of addresses that belong to the API, which answers for them even when it has nothing there.
_RESERVED = frozenset(
    {"v1", "files", "sign-in", "webhooks", "docs", "redoc", "openapi.json", "healthz", "readyz", "metrics"}
)
# Best first: a browser that takes brotli gets it.
_CODINGS = {"br": ".br", "gzip": ".gz"}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_INLINE_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>DayGen: the page is not built</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:16vh auto;padding:0 1.5rem}</style>
<h1>The API is running; the page has not been built.</h1>
<p>Run <code>make setup</code> where DayGen is checked out (Node 20.19 or newer is used when it is there, else it comes
from a wheel), or install the release wheel, which has the page inside. Then reload: no restart is needed.</p>
<p>The API works without it: <a href="/docs">its documentation</a>.</p></html>
"""


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the page with its compressed forms, by content coding ("" is plain)."""

    forms: Mapping[str, bytes]
    headers: Mapping[str, str]
    etag: str


@dataclass(frozen=True, slots=True)
class _Page:
    """The page as it was built: which build it is, its index, and the other files by address."""

    build: tuple[int, int]
    index: _File
    files: Mapping[str, _File]


def built(folder: Path = FOLDER) -> bool:
    """Whether there is a page to serve."""
    return (folder / "index.html").is_file()


def mount(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the page for every address that nobody else has. Call it last: routes added later would never be asked."""
    app.router.routes.append(_PageRoute(folder))


class _PageRoute(Route):
    """GET and HEAD of everything but the API's own addresses."""

    def __init__(self, folder: Path) -> None:
        super().__init__("/{path:path}", self._answer, methods=["GET", "HEAD"], include_in_schema=False)
        self._folder = folder
        self._page: _Page | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Leave the API's addresses alone, so that a wrong method stays a 405 and a wrong address a problem."""
        if scope["type"] == "http" and scope["path"].lstrip("/").split("/", 1)[0] in _RESERVED:
            return Match.NONE, {}
        return super().matches(scope)

    async def _answer(self, request: Request) -> Response:
        page = self._page = _current(self._folder, self._page)
        if page is None:
            return Response(
                _MISSING, 503, media_type="text/html", headers=_html_headers(_MISSING) | {"Retry-After": "10"}
            )
        path = request.url.path
        file = page.files.get(path)
        if file is None and (path.startswith("/assets/") or "." in path.rsplit("/", 1)[-1]):
            return PlainTextResponse("There is no such file.", 404, headers={"Cache-Control": _ASK_FIRST})
        return _send(request, file or page.index)


def _current(folder: Path, known: _Page | None) -> _Page | None:
    """Read the page again when it was built anew; None when there is none."""
    try:
        status = (folder / "index.html").stat()
        build = (status.st_mtime_ns, status.st_ino)
        return known if known is not None and known.build == build else _load(folder, build)
    except FileNotFoundError:
        return None


def _load(folder: Path, build: tuple[int, int]) -> _Page:
    files = {
        f"/{path.relative_to(folder).as_posix()}": _file(folder, path)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in _CODINGS.values() and not _is_hidden(folder, path)
    }
    return _Page(build, files.pop("/index.html"), files)


def _is_hidden(folder: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _file(folder: Path, path: Path) -> _File:
    plain = path.read_bytes()
    siblings = {coding: path.with_name(path.name + suffix) for coding, suffix in _CODINGS.items()}
    forms = {coding: sibling.read_bytes() for coding, sibling in siblings.items() if sibling.is_file()} | {"": plain}
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Cache-Control": _FOREVER if path.parent == folder / "assets" else _ASK_FIRST,
        "X-Content-Type-Options": "nosniff",
    }
    if kind == "text/html":
        headers |= _html_headers(plain.decode())
    return _File(forms, headers, hashlib.sha256(plain).hexdigest()[:32])


def _html_headers(html: str) -> dict[str, str]:
    """Name all that a document may load and run. Inline code is named by its hash, so nothing smuggled in runs.

    Pictures and films may come from anywhere: a bucket or a CDN has an address of its own. 'self' covers the page's
    own socket.
    """
    scripts = _hashes(_INLINE_SCRIPT, html)
    styles = _hashes(_INLINE_STYLE, html)
    policy = (
        "default-src 'none'",
        f"script-src 'self'{scripts}",
        f"style-src 'self'{styles}",
        "font-src 'self'",
        "img-src 'self' https: http:",
        "media-src 'self' https: http:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": _ASK_FIRST,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _hashes(inline: re.Pattern[str], html: str) -> str:
    digests = (hashlib.sha256(code.encode()).digest() for code in inline.findall(html))
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _send(request: Request, file: _File) -> Response:
    coding = _coding(request.headers.get("accept-encoding", ""), file.forms)
    etag = f'"{file.etag}{coding and "-"}{coding}"'
    headers = {**file.headers, "ETag": etag, "Vary": "Accept-Encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    return Response(file.forms[coding], headers=headers)


def _coding(accepted: str, forms: Mapping[str, bytes]) -> str:
    """Choose the best form that the browser takes: `br`, `gzip`, or "" for plain (RFC 9110 §12.5.3)."""
    weights = dict(map(_weight, accepted.lower().split(",")))
    for coding in _CODINGS:
        if coding in forms and weights.get(coding, weights.get("*", 0.0)) > 0:
            return coding
    return ""


def _weight(part: str) -> tuple[str, float]:
    coding, _, quality = part.partition(";")
    try:
        return coding.strip(), float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return coding.strip(), 0.0
