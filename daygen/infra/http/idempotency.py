"""Repeated POSTs with one effect: the answer is stored under the client's key, in the transaction of the effect."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from daygen.infra.db import Tx
from daygen.infra.http import repository
from daygen.infra.http.repository import Kept
from daygen.kit.ids import WorkspaceId
from daygen.kit.problems import Invalid

KEPT = timedelta(hours=48)
LONGEST_KEY = 255
SHAPE: dict[str, JsonValue] = {
    "minLength": 1,
    "maxLength": LONGEST_KEY,
    "pattern": "^[!-~¡-¬®-ÿ]([ -~¡-¬®-ÿ]*[!-~¡-¬®-ÿ])?$",  # printable Latin-1, which a header is read as
}


class IdempotencyMismatch(Invalid):
    """The key was used for another request."""

    code = "request.idempotency_mismatch"
    title = "This Idempotency-Key belongs to another request"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The client's key and the fingerprint of what it sent with it."""

    text: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class StreamedKey:
    """The client's key for a request whose body is still to come."""

    text: str
    asked: bytes

    def of(self, digest: bytes) -> IdempotencyKey:
        """The key, now that the body's digest is known."""
        return IdempotencyKey(self.text, hashlib.sha256(self.asked + digest).digest())

    async def is_taken(self, tx: Tx, workspace_id: WorkspaceId) -> bool:
        """Whether it was answered before, so that the body need only be compared."""
        return await repository.is_taken(tx, workspace_id, self.text)


Key = Annotated[str | None, Header(description="Repeat safely with the same key.", json_schema_extra=SHAPE)]


async def _key(request: Request, idempotency_key: Key = None) -> IdempotencyKey | None:
    if idempotency_key is None:
        return None
    asked = f"{request.method} {request.url.path}\n".encode()
    return IdempotencyKey(_checked(idempotency_key), hashlib.sha256(asked + await request.body()).digest())


async def _streamed_key(request: Request, idempotency_key: Key = None) -> StreamedKey | None:
    if idempotency_key is None:
        return None
    told = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('content-type', '')}\n"
    return StreamedKey(_checked(idempotency_key), told.encode())


def _checked(key: str) -> str:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid.field("Idempotency-Key", f"must have 1 to {LONGEST_KEY} printable characters")
    return key


Idempotency = Annotated[IdempotencyKey | None, Depends(_key)]
StreamedIdempotency = Annotated[StreamedKey | None, Depends(_streamed_key)]


@dataclass(slots=True)
class Answer:
    """What a POST says; `known` when it was said before."""

    status: int = 0
    body: Any = None

    @property
    def known(self) -> bool:
        """Whether this was answered before, under the same key."""
        return self.status > 0

    def response(self) -> JSONResponse:
        """Say it."""
        return JSONResponse(self.body, self.status)


@asynccontextmanager
async def once(tx: Tx, workspace_id: WorkspaceId, key: IdempotencyKey | None) -> AsyncGenerator[Answer]:
    """Have an effect once: the block fills in the answer unless it is known.

    Another request with the same key waits for this one's commit. A refusal rolls back and is not remembered.
    Raises `IdempotencyMismatch` (422) when the key was used for something else.
    """
    answer = Answer()
    if key is None:
        yield answer
        return
    if not await repository.add(tx, workspace_id, key.text, key.fingerprint):
        kept = await known(tx, workspace_id, key)
        assert kept is not None
        yield kept
        return
    yield answer
    await repository.save(tx, workspace_id, key.text, answer.status, answer.body)


async def known(tx: Tx, workspace_id: WorkspaceId, key: IdempotencyKey) -> Answer | None:
    """What was answered under this key; None when it is new. Raises `IdempotencyMismatch` (422)."""
    kept = await repository.find(tx, workspace_id, key.text)
    return checked(kept, key) if kept else None


def checked(kept: Kept, key: IdempotencyKey) -> Answer:
    """The answer that is kept, if it was to this request. Raises `IdempotencyMismatch` (422)."""
    if kept.fingerprint != key.fingerprint:
        raise IdempotencyMismatch("Use a new Idempotency-Key for a new request.")
    return Answer(kept.status, kept.answer)


async def forget_answers(tx: Tx) -> int:
    """Delete answers past their time, some thousand at once; returns how many."""
    return await repository.forget(tx, KEPT)
