"""`daygen up`, and the processes it is made of: `api`, `worker`, `migrate`."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from daygen.app.cli.options import chosen_data_dir, data_dir_option, joined_settings, json_option, read_settings
from daygen.app.cli.output import say_json
from daygen.app.settings import Settings

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - recognised, not chosen


@click.command()
@data_dir_option
@click.option("--port", type=click.IntRange(0, 65_535), help="Default DAYGEN_PORT or 8080; 0 takes any that is free.")
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help="Worker processes.")
@click.option("--apis", type=click.IntRange(1, 64), default=1, show_default=True, help="Api processes on one port.")
@json_option
def up(port: int | None, workers: int, apis: int, as_json: bool) -> None:
    """Start everything: Postgres, migrations, api, worker, page.

    Ends with Ctrl-C; jobs that run may finish, a second Ctrl-C does not wait for them. What dies is started again.
    """
    from daygen.app.supervisor import Supervisor
    from daygen.infra import telemetry

    settings = read_settings()
    if port is not None:
        settings = replace(settings, port=port)
    telemetry.setup_logs("up", settings.log_level)

    def announce(ready: Mapping[str, Any]) -> None:
        if as_json:
            say_json(ready)
        else:
            click.echo(_welcome(ready, settings))

    Supervisor(settings, apis=apis, workers=workers, environ=os.environ).run(announce)


@click.command()
@data_dir_option
@click.option("--fd", type=int, hidden=True, help="A listening socket handed over by `daygen up`.")
def api(fd: int | None) -> None:
    """Serve the API and the page."""
    settings = _with_database()
    from daygen.app.api import serve

    serve(settings, fd)


@click.command()
@data_dir_option
def worker() -> None:
    """Carry out tasks until SIGTERM."""
    settings = _with_database()
    from daygen.app.worker import run

    run(settings)


@click.command()
@data_dir_option
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the newest schema."""
    from daygen.app import schema

    settings = joined_settings()
    before, newest = schema.applied(settings.database_direct_url), schema.newest()
    applied: list[str] = []
    if before is None or before < newest:
        from daygen.app.migrate import migrate as apply

        applied = apply(settings.database_direct_url)
    if as_json:
        say_json({"applied": applied})
    elif before is not None and before > newest:
        click.echo(f"Nothing to apply: the schema is {before}, and this DayGen knows {newest}.")
    else:
        click.echo(f"Applied {', '.join(applied)}." if applied else "Nothing to apply: the schema is the newest.")


def _with_database() -> Settings:
    """A process of a house goes where it is told; one that is started by hand joins the house that runs."""
    return read_settings() if os.environ.get("DAYGEN_DATABASE_URL") else joined_settings()


def _welcome(ready: Mapping[str, Any], settings: Settings) -> str:
    program = _program()
    order = json.dumps(
        {"model": "local/print", "operation": "text_to_image", "input": {"prompt": "a lighthouse at dusk"}}
    )
    note = ""
    if settings.host in EVERYWHERE and not os.environ.get("DAYGEN_PUBLIC_URL"):
        note = "\n  It listens everywhere; links name this machine until DAYGEN_PUBLIC_URL says how others reach it.\n"
    return f"""
  {click.style("DayGen is up.", bold=True)}

  Studio    {ready["url"]}
  Sign in   {click.style(ready["signInUrl"], underline=True)}
  API key   {ready["apiKey"]}
{note}
  The first picture, from here:
    {program} generate "a lighthouse at dusk"
  or from anywhere:
    curl -H 'Authorization: Bearer {ready["apiKey"]}' -H 'Content-Type: application/json' \\
      -d '{order}' \\
      {ready["url"]}/v1/jobs

  Ctrl-C ends it. Data stays in {settings.data_dir}.
"""


def _program() -> str:
    """How to call us again from here: by name where the shell finds it, else by its path; with the data directory."""
    typed = Path(sys.argv[0])
    found = shutil.which("daygen")
    by_name = found is not None and Path(found) == typed and "MAKELEVEL" not in os.environ  # make adds to PATH
    name = "daygen" if by_name or typed.name != "daygen" else os.path.relpath(typed)
    usual = Path(os.environ.get("DAYGEN_DATA_DIR") or ".daygen").absolute()
    return name if chosen_data_dir() == usual else f"{name} --data-dir {chosen_data_dir()}"
