"""Options that many commands have, and the settings they lead to."""

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from daygen.app import settings as app_settings
from daygen.app.settings import Settings

if TYPE_CHECKING:
    from daygen.infra.db import Database

Command = TypeVar("Command", bound=Callable[..., Any])
DATA_DIR = "daygen.data_dir"


def data_dir_option(command: Command) -> Command:
    """Take `--data-dir`, wherever on the command line; it is kept for `read_settings`."""
    option = click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_keep,
        help="Where DayGen's data lives; default DAYGEN_DATA_DIR or ./.daygen.",
    )
    return option(command)


def json_option(command: Command) -> Command:
    """Take `--json`, handed over as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, for programs.")(command)


def chosen_data_dir() -> Path:
    """The data directory that this command is about."""
    kept: Path | None = click.get_current_context().meta.get(DATA_DIR)
    return (kept or Path(os.environ.get("DAYGEN_DATA_DIR") or ".daygen")).absolute()


def read_settings() -> Settings:
    """The settings of this process. Makes the data directory where there is none. Raises `SettingsError`."""
    return app_settings.read({**os.environ, "DAYGEN_DATA_DIR": str(chosen_data_dir())})


def joined_settings() -> Settings:
    """Settings that lead to the database of the house that runs, or to DAYGEN_DATABASE_URL. Writes nothing.

    Raises `SettingsError` when there is neither.
    """
    from daygen.app import instance

    data_dir = chosen_data_dir()
    if instance.find(data_dir) is None and not os.environ.get("DAYGEN_DATABASE_URL"):
        raise instance.nobody_home(data_dir)
    return instance.joined(read_settings())


@asynccontextmanager
async def opened_database(settings: Settings) -> "AsyncGenerator[Database]":
    """A connection to the database of these settings, for one command."""
    from daygen.infra import telemetry
    from daygen.infra.db import Database

    telemetry.setup_logs("cli", "warning")
    telemetry.hide(settings.secrets())
    db = await Database.open(settings.database_url, size=1)
    try:
        yield db
    finally:
        await db.close()


def _keep(context: click.Context, _option: click.Parameter, given: Path | None) -> None:
    if given is not None:
        context.meta[DATA_DIR] = given
