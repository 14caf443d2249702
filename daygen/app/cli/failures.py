"""Failures that a person at the command line can do something about, each as one line."""

import asyncpg
import click

from daygen.app.settings import SettingsError
from daygen.kit.problems import Problem


def one_line(error: Exception) -> str | None:
    """What went wrong and what to do, or None for a bug of ours."""
    from daygen.app.migrate import ServerTooOld
    from daygen.app.supervisor import UpError
    from daygen.infra.embedded import EmbeddedPostgresError

    match error:
        case click.ClickException():
            return error.format_message()
        case SettingsError() | UpError() | EmbeddedPostgresError() | ServerTooOld():
            return str(error)
        case Problem():
            return f"{error.title}: {error.detail}"
        case asyncpg.PostgresError() | ConnectionError() | TimeoutError():
            return f"The database cannot be reached: {error}"
        case _:
            return None
