"""What a route may ask for by type: parts of the running app, and values that are read from text."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from pydantic import BeforeValidator, PlainSerializer
from starlette.requests import HTTPConnection

from daygen.infra.db import Database
from daygen.infra.storage import Storage
from daygen.kit import clock


# Coroutines, although they wait for nothing: FastAPI would carry a plain function to a thread, once for each request.
async def _database(connection: HTTPConnection) -> Database:
    return connection.app.state.db


async def _storage(connection: HTTPConnection) -> Storage:
    return connection.app.state.storage


Db = Annotated[Database, Depends(_database)]
Store = Annotated[Storage, Depends(_storage)]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _time(value: object) -> datetime:
    """Read a time strictly: pydantic alone takes plain numbers too, and years that no database can compare in UTC."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # the 30th of February, or a year before the first
    raise ValueError("must be a time like 2026-01-31T12:00:00Z")


# A time as RFC 3339, shown with milliseconds; read in any offset, as UTC.
Moment = Annotated[datetime, BeforeValidator(_time), PlainSerializer(clock.shown, return_type=str)]
