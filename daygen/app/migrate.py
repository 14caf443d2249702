"""Brings a database to the newest schema, one process at a time."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

from daygen.app.schema import ServerTooOld

FOLDER = Path(__file__).parent / "migrations"
OLDEST_SERVER = 150_000
ONE_AT_A_TIME = 7_002  # an advisory lock; migrations need a direct connection, where session locks mean something


def migrate(dsn: str) -> list[str]:
    """Apply what is missing; returns the numbers of the migrations that were. Safe to repeat, also at the same time."""
    engine = create_engine(_for_sqlalchemy(dsn), poolclass=NullPool)
    config = Config(str(FOLDER / "alembic.ini"))
    with engine.connect() as connection:
        version = int(connection.execute(text("show server_version_num")).scalar_one())
        if version < OLDEST_SERVER:
            raise ServerTooOld(f"DayGen needs Postgres 15 or newer; this server is {version // 10_000}.")
        connection.execute(text(f"select pg_advisory_lock({ONE_AT_A_TIME})"))
        connection.commit()
        before = MigrationContext.configure(connection).get_current_revision()
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        script = ScriptDirectory.from_config(config)
        applied = [revision.revision for revision in script.iterate_revisions("head", before or "base")]
    engine.dispose()
    return applied[::-1]


def _for_sqlalchemy(dsn: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(scheme="postgresql+psycopg"))
