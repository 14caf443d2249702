"""The delivery of files kept on local disk: signed links in, bytes out, with ranges, validators and inert headers."""

import re
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from daygen.assets.errors import FileGone, LinkExpired, LinkInvalid, RangeUnsatisfiable
from daygen.infra import storage as files
from daygen.infra.storage import Link, LocalFile, LocalStorage

_RANGE = re.compile(r"(?i:bytes)=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")
_INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def router(storage: LocalStorage) -> APIRouter:
    """Build `GET` and `HEAD /files/{key}`, where the links of `storage` lead."""
    routes = APIRouter()

    # Not in the OpenAPI document: a link is followed as it is, nobody builds one.
    @routes.api_route("/files/{key:path}", methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)
    async def deliver(key: str, request: Request) -> Response:
        link = _granted(storage, key, request)
        try:
            file = await storage.open(link.key)
        except FileNotFoundError:
            raise FileGone("The file behind this link was deleted.") from None
        try:
            answer = _answer(file, link, request)
        except BaseException:
            file.close()
            raise
        return answer

    return routes


def _granted(storage: LocalStorage, key: str, request: Request) -> Link:
    try:
        return storage.granted(key, request.query_params.multi_items())
    except files.LinkExpired:
        raise LinkExpired("Ask for the file again to get a fresh link.") from None
    except files.LinkInvalid:
        raise LinkInvalid("The link was changed or cut short. Ask for the file again to get a whole one.") from None


def _answer(file: LocalFile, link: Link, request: Request) -> Response:
    headers = {"ETag": file.etag, "Cache-Control": files.CACHE_CONTROL, "Accept-Ranges": "bytes", **_INERT}
    if _matches(request.headers.get("if-none-match"), file.etag):
        file.close()
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = link.disposition
    headers["Content-Type"] = link.content_type
    if request.method == "HEAD":  # has no ranges (RFC 9110, 14.2)
        file.close()
        return Response(headers={**headers, "Content-Length": str(file.size_bytes)})
    asked = _range(request, file)
    if asked is None:
        return _Delivery(file, 0, file.size_bytes, 200, headers)
    first, last = asked
    headers["Content-Range"] = f"bytes {first}-{last}/{file.size_bytes}"
    return _Delivery(file, first, last - first + 1, 206, headers)


class _Delivery(StreamingResponse):
    """Part of a file on its way out; the file is closed however the client leaves."""

    def __init__(self, file: LocalFile, start: int, length: int, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(file.chunks(start, length), status, {**headers, "Content-Length": str(length)})
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _matches(if_none_match: str | None, etag: str) -> bool:
    """Compare weakly, as a GET does. Our tags hold no comma, so splitting there is enough."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def _range(request: Request, file: LocalFile) -> tuple[int, int] | None:
    """Find the first and last byte that were asked for; None is everything.

    Several ranges at once, and what is no range, are answered with everything, as RFC 9110 allows. A date in `If-Range`
    never holds, since we send none. Raises `RangeUnsatisfiable`.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", file.etag) != file.etag:
        return None
    end = file.size_bytes - 1
    if asked[3] is not None:
        first, last = max(0, file.size_bytes - int(asked[3])), end
    else:
        first, last = int(asked[1]), min(end, int(asked[2] or end))
        if asked[2] and int(asked[2]) < first:
            return None
    if first > end:
        raise RangeUnsatisfiable(file.size_bytes)
    return first, last
