"""Failures that a person at the command line can do something about, each as one line."""

import asyncpg
import click
import psycopg

from daygen.app.settings import SettingsError
from daygen.kit.problems import Problem

UNREACHABLE = "The database cannot be reached ({reason}): look at DAYGEN_DATABASE_URL, or at `daygen doctor`."


def one_line(error: BaseException) -> str | None:
    """What went wrong and what to do, or None for a bug of ours."""
    from daygen.app.schema import ServerTooOld
    from daygen.app.supervisor import UpError
    from daygen.infra.embedded import EmbeddedPostgresError

    match error:
        case click.ClickException():
            return error.format_message()
        case SettingsError() | UpError() | EmbeddedPostgresError() | ServerTooOld():
            return str(error)
        case Problem():
            return f"{error.title}: {error.detail}"
        case _:
            return _about_the_database(error) or _about_a_file(error)


def _about_the_database(error: BaseException) -> str | None:
    match error:
        case asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError() | psycopg.errors.UndefinedTable():
            return "The database has not the newest schema: run `daygen migrate`."
        case asyncpg.PostgresError() | asyncpg.InterfaceError() | ConnectionError() | TimeoutError() | psycopg.Error():
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            return UNREACHABLE.format(reason=reason)
        case _ if error.__cause__ is not None and type(error).__module__.startswith("sqlalchemy"):
            return _about_the_database(error.__cause__)
        case _:
            return None


def _about_a_file(error: BaseException) -> str | None:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}: {error.filename}"
    return None
