"""One Postgres for the whole run, a fresh database for each test that wants one, the whole product in one process."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from daygen.app.migrate import migrate
from daygen.infra.embedded import EmbeddedPostgres
from tests.product import Daygen

DEBIAN = Path("/usr/lib/postgresql/15/bin")
TEMPLATE = "daygen_template"
SERVER = "DAYGEN_TEST_DSN"  # handed on to the processes that pytest-xdist starts

_running: list[tuple[EmbeddedPostgres, Path]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start Postgres once, in the process that starts the others, with a migrated database to copy from."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="daygen-test-"))
    bin_dir = DEBIAN if os.environ.get("DAYGEN_TEST_SERVER") == "debian" else None
    postgres = EmbeddedPostgres(folder, bin_dir=bin_dir, durable=False)
    _running.append((postgres, folder))
    dsn = postgres.start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE}")
    migrate(_in(dsn, TEMPLATE))
    os.environ[SERVER] = dsn


def pytest_unconfigure() -> None:
    """Stop it."""
    while _running:
        postgres, folder = _running.pop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database() -> Generator[str]:
    """A migrated database of the test's own; its address."""
    server, name = os.environ[SERVER], f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}")  # pyright: ignore[reportCallIssue, reportArgumentType] - our own name
    yield _in(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")  # pyright: ignore[reportCallIssue, reportArgumentType] - our own name


@pytest.fixture
async def daygen(database: str, tmp_path: Path) -> AsyncGenerator[Daygen]:
    """The whole product in one process, with the fake provider; work happens in `drain`."""
    async with Daygen.open(database, tmp_path) as product:
        yield product


def _in(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))
