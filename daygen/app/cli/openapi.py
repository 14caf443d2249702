"""`daygen openapi`: the API's description, as `/openapi.json` gives it."""

import json
from pathlib import Path

import click

from daygen.app import settings as app_settings


@click.command()
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file instead."
)
@click.option("--json", "_as_json", is_flag=True, help="It is JSON anyway.")
def openapi(file: Path | None, _as_json: bool) -> None:
    """Print the OpenAPI document."""
    from daygen.app.api import create_app

    app = create_app(app_settings.read({"DAYGEN_SECRET": "-" * app_settings.SHORTEST_SECRET}))
    text = json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text)
