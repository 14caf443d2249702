"""The command line. Exit code 0, 1 (failed), 2 (usage); an error is one line that says what to do."""

import contextlib
import importlib
import os
import sys

import click

from daygen.app.cli.options import data_dir_option

# Each command is imported when it runs, so that `daygen --help` stays quick.
COMMANDS = {
    "up": "processes",
    "generate": "generate",
    "models": "models",
    "queue": "queue",
    "debug": "debug",
    "admin": "admin",
    "doctor": "doctor",
    "api": "processes",
    "worker": "processes",
    "migrate": "processes",
    "openapi": "openapi",
    "dev": "dev",
}


NO_COLOUR = bool(os.environ.get("NO_COLOR"))  # https://no-color.org


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@data_dir_option
@click.version_option(package_name="daygen")
def cli() -> None:
    """DayGen: the self-hostable studio and platform for AI images and video."""
    if NO_COLOUR:
        click.get_current_context().color = False


def main() -> None:
    """Run a command; say in one line what went wrong."""
    try:
        code = cli(prog_name="daygen", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        hint = f" See `{error.ctx.command_path} --help`." if error.ctx else ""
        _fail(f"{error.format_message().rstrip('.')}.{hint}", 2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(1)
    except BrokenPipeError:  # whoever read what we print has gone, as `head` does
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        from daygen.app.cli.failures import one_line

        known = one_line(error)
        if known is None:
            raise
        _fail(known, 1)


def _fail(line: str, code: int) -> None:
    click.echo(click.style(line, fg="red"), err=True, color=False if NO_COLOUR else None)
    sys.exit(code)
