"""Who is asking: turns the key, cookie or ticket of a request into a `Caller`.

What a key or session stands for is remembered for some seconds, so that a busy key costs no statement per request; a
revoked key stops working everywhere within `REMEMBERED`.
"""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from daygen.identity import secrets, service
from daygen.identity.errors import ForgeryRejected, KeyRejected, NotSignedIn, OriginRejected
from daygen.identity.model import Caller
from daygen.infra import telemetry
from daygen.infra.http import Db

SESSION_COOKIE = "daygen_session"
CSRF_COOKIE = "daygen_csrf"
CSRF_HEADER = "x-csrf-token"
SAFE = {"GET", "HEAD", "OPTIONS"}
REMEMBERED = timedelta(seconds=5)
MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class Recent:
    """Callers seen in the last seconds, by the hash of their secret; lives in `app.state.callers`."""

    _callers: OrderedDict[bytes, tuple[float, Caller]] = field(default_factory=OrderedDict[bytes, tuple[float, Caller]])

    def find(self, digest: bytes) -> Caller | None:
        """The caller, if seen lately."""
        seen_at, caller = self._callers.get(digest, (0.0, None))
        return caller if time.monotonic() - seen_at < REMEMBERED.total_seconds() else None

    def add(self, digest: bytes, caller: Caller) -> None:
        """Remember a caller; the oldest are forgotten when there are too many."""
        self._callers[digest] = (time.monotonic(), caller)
        self._callers.move_to_end(digest)
        if len(self._callers) > MOST_REMEMBERED:
            self._callers.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Forget a caller whose secret just ended in this process."""
        self._callers.pop(digest, None)


async def caller_of(request: Request, db: Db) -> Caller:
    """Say who sent a request. Raises 401 without a good key or session, 403 for a forged browser request."""
    caller = await _known(request, db)
    if caller.session_id is not None and request.method not in SAFE:
        _check_forgery(request)
    telemetry.bind(workspaceId=str(caller.workspace_id), userId=str(caller.user_id) if caller.user_id else None)
    return caller


Asking = Annotated[Caller, Depends(caller_of)]


async def caller_of_socket(socket: WebSocket, db: Db) -> Caller:
    """Say who opens a socket: by ticket, key or cookie; a cookie only from this site's own pages."""
    ticket = socket.query_params.get("ticket")
    if ticket is not None:
        async with db.transaction() as tx:
            return await service.caller_by_ticket(tx, ticket)
    caller = await _known(socket, db)
    if caller.session_id is not None:
        _check_origin(socket)
    return caller


async def _known(connection: HTTPConnection, db: Db) -> Caller:
    recent: Recent = connection.app.state.callers
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not key.startswith(secrets.KEY_PREFIX):
            raise KeyRejected
        secret, look_up = key, service.caller_by_key
    else:
        secret, look_up = connection.cookies.get(SESSION_COOKIE, ""), service.caller_by_session
    if not secret:
        raise NotSignedIn
    digest = secrets.digest(secret)
    caller = recent.find(digest)
    if caller is None:
        async with db.reading() as tx:
            caller = await look_up(tx, secret)
        recent.add(digest, caller)
    return caller


def _check_forgery(request: Request) -> None:
    expected = secrets.csrf_token(request.cookies[SESSION_COOKIE])
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise ForgeryRejected


def _check_origin(socket: WebSocket) -> None:
    try:
        origin = urlsplit(socket.headers.get("origin", "")).netloc
    except ValueError:
        raise OriginRejected from None
    if origin != socket.headers.get("host"):
        raise OriginRejected
