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


async def _key(
    request: Request,
    idempotency_key: Annotated[
        str | None, Header(description="Repeat safely with the same key.", json_schema_extra=SHAPE)
    ] = None,
) -> IdempotencyKey | None:
    if idempotency_key is None:
        return None
    if not 1 <= len(idempotency_key) <= LONGEST_KEY or not idempotency_key.isprintable():
        raise Invalid.field("Idempotency-Key", f"must have 1 to {LONGEST_KEY} printable characters")
    asked = f"{request.method} {request.url.path}\n".encode()
    return IdempotencyKey(idempotency_key, hashlib.sha256(asked + await request.body()).digest())


Idempotency = Annotated[IdempotencyKey | None, Depends(_key)]


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
