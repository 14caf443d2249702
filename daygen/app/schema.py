"""Which schema a database has and which is the newest, asked without the machinery that migrates."""

from pathlib import Path

import psycopg

VERSIONS = Path(__file__).parent / "migrations" / "versions"
APPLIED = "select version_num from alembic_version"


class ServerTooOld(Exception):  # noqa: N818 - says what it is
    """The server is older than Postgres 15."""


def newest() -> str:
    """The number of the last migration there is."""
    return max(path.stem.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def applied(dsn: str) -> str | None:
    """The number of the last migration that was applied; None for an empty database. Raises `psycopg.Error`."""
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        try:
            row = connection.execute(APPLIED).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None
