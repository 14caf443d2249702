"""What a route may ask for by type: parts of the running app, and values that are read from text."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from pydantic import PlainSerializer
from starlette.requests import HTTPConnection

from daygen.infra.db import Database
from daygen.infra.storage import Storage
from daygen.kit import clock


def _database(connection: HTTPConnection) -> Database:
    return connection.app.state.db


def _storage(connection: HTTPConnection) -> Storage:
    return connection.app.state.storage


Db = Annotated[Database, Depends(_database)]
Store = Annotated[Storage, Depends(_storage)]

# A time as RFC 3339 with milliseconds.
Moment = Annotated[datetime, PlainSerializer(clock.shown, return_type=str)]
