"""The command line. Exit code 0, 1 (failed), 2 (usage); an error is one line that says what to do."""

import importlib
import sys

import click

# Each command is imported when it runs, so that `daygen --help` stays quick.
COMMANDS = {
    "up": "processes",
    "api": "processes",
    "worker": "processes",
    "migrate": "processes",
}


class Commands(click.Group):
    """Every command, from the module that has it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"daygen.app.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="daygen")
def cli() -> None:
    """DayGen: the self-hostable studio and platform for AI images and video."""


def main() -> None:
    """Run a command; say in one line what went wrong."""
    from daygen.app.cli.failures import one_line

    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.UsageError as error:
        click.echo(f"{error.format_message()} See --help.", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(1)
    except Exception as error:
        known = one_line(error)
        if known is None:
            raise
        click.echo(known, err=True)
        sys.exit(1)
