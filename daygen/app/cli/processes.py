"""`daygen up`, and the processes it is made of: `api`, `worker`, `migrate`."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from daygen.app import settings as app_settings
from daygen.app.settings import Settings

DATA_DIR = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where data lives; default DAYGEN_DATA_DIR or ./.daygen."
)


def read_settings(data_dir: Path | None = None) -> Settings:
    """The settings of this process, with the data directory from the command line."""
    environ = dict(os.environ)
    if data_dir is not None:
        environ["DAYGEN_DATA_DIR"] = str(data_dir)
    return app_settings.read(environ)


@click.command()
@DATA_DIR
@click.option("--port", type=click.IntRange(0, 65_535), help="Default DAYGEN_PORT or 8080; 0 takes any that is free.")
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help="Worker processes.")
@click.option("--apis", type=click.IntRange(1, 64), default=1, show_default=True, help="Api processes.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready.")
def up(data_dir: Path | None, port: int | None, workers: int, apis: int, as_json: bool) -> None:
    """Start everything: Postgres, migrations, api, worker, page."""
    from daygen.app.supervisor import Supervisor
    from daygen.infra import telemetry

    settings = read_settings(data_dir)
    if port is not None:
        settings = replace(settings, port=port)
    telemetry.setup_logs("up", settings.log_level)
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}

    def announce(ready: Mapping[str, Any]) -> None:
        click.echo(json.dumps(ready) if as_json else _welcome(ready))

    Supervisor(settings, apis=apis, workers=workers, environ=environ).run(announce)


@click.command()
@click.option("--fd", type=int, hidden=True, help="A listening socket handed over by `daygen up`.")
def api(fd: int | None) -> None:
    """Serve the API and the page against DAYGEN_DATABASE_URL."""
    from daygen.app.api import serve

    serve(_with_database(read_settings()), fd)


@click.command()
def worker() -> None:
    """Carry out tasks from DAYGEN_DATABASE_URL until SIGTERM."""
    from daygen.app.worker import run

    run(_with_database(read_settings()))


@click.command()
@DATA_DIR
def migrate(data_dir: Path | None) -> None:
    """Bring the database to the newest schema."""
    from daygen.app.migrate import migrate as apply
    from daygen.app.supervisor import joined

    settings = joined(read_settings(data_dir))
    applied = apply(settings.database_direct_url)
    click.echo(f"Applied {', '.join(applied)}." if applied else "Nothing to apply: the schema is the newest.")


def _with_database(settings: Settings) -> Settings:
    from daygen.app.supervisor import joined

    return settings if settings.database_url else joined(settings)


def _welcome(ready: Mapping[str, Any]) -> str:
    return f"""
  DayGen is up.

  Studio    {ready["url"]}
  Sign in   {ready["signInUrl"]}
  API key   {ready["apiKey"]}

  The first picture, from here:
    daygen generate "a lighthouse at dusk"
  or from anywhere:
    curl -H 'Authorization: Bearer {ready["apiKey"]}' -H 'Content-Type: application/json' \\
      -d '{{"model": "local/print", "operation": "text_to_image", "input": {{"prompt": "a lighthouse at dusk"}}}}' \\
      {ready["url"]}/v1/jobs

  Ctrl-C ends it. Data stays where it is.
"""
