"""The manners of HTTP that all routes share: strict bodies, problems, request ids, idempotency, the app's parts."""

from daygen.infra.http.bodies import StrictRoute, operation_id, router
from daygen.infra.http.bodies import read as read_json
from daygen.infra.http.idempotency import (
    Answer,
    Idempotency,
    IdempotencyKey,
    IdempotencyMismatch,
    StreamedIdempotency,
    StreamedKey,
    checked,
    forget_answers,
    known,
    once,
)
from daygen.infra.http.middleware import Manners
from daygen.infra.http.parts import Db, Moment, Store
from daygen.infra.http.problems import PROBLEM, BadRequest, TooLarge, answer, install, responses
from daygen.infra.http.repository import Kept
from daygen.infra.http.sockets import Sockets
from daygen.infra.http.wire import PageOf, Wire, alternative

__all__ = [
    "PROBLEM",
    "Answer",
    "BadRequest",
    "Db",
    "Idempotency",
    "IdempotencyKey",
    "IdempotencyMismatch",
    "Kept",
    "Manners",
    "Moment",
    "PageOf",
    "Sockets",
    "Store",
    "StreamedIdempotency",
    "StreamedKey",
    "StrictRoute",
    "TooLarge",
    "Wire",
    "alternative",
    "answer",
    "checked",
    "forget_answers",
    "install",
    "known",
    "once",
    "operation_id",
    "read_json",
    "responses",
    "router",
]
