"""The press: a child process that prints one order after another, so that drawing never holds up a worker.

It reads orders from stdin, a JSON object a line, and answers on stdout, a JSON object a line:

    {"id": 1, "out": "/…/0.png", "prompt": "a boat", "seed": 7, "width": 1024, "height": 1024, "technique": "auto"}
    {"id": 2, "out": "/…/1.png", "source": "/…/in.png", "strength": "subtle", "seed": 8}

    {"id": 1, "progress": 0.4}                            any number of times, rising
    {"id": 1, "done": {"width": 1024, "height": 1024}}    the file is complete
    {"id": 2, "foreign": "it carries no recipe"}          the source is not one of our prints
    {"id": 2, "failed": "OSError: …"}                     anything else; the next order is served as usual

It ends when stdin ends, and on Linux the moment its parent dies, so a killed worker leaves nothing behind.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daygen.providers.local.picture import make
from daygen.providers.local.recipe import ForeignPicture, Recipe, read_from

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill us when our parent dies; elsewhere the end of stdin must do."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(0)


def recipe_of(order: dict[str, Any]) -> Recipe:
    """What an order wants printed. Raises `ForeignPicture`."""
    if "source" in order:
        return read_from(Path(order["source"])).varied(order["seed"], order["strength"])
    return Recipe(order["prompt"], order["seed"], order["width"], order["height"], order["technique"])


def serve(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Print one order and say how it went."""
    said = 0

    def progress(share: float) -> None:
        nonlocal said
        percent = int(share * 100)
        if percent > said:
            said = percent
            say({"id": order["id"], "progress": percent / 100})

    try:
        recipe = recipe_of(order)
        make(recipe, Path(order["out"]), progress)
    except ForeignPicture as foreign:
        say({"id": order["id"], "foreign": str(foreign)})
    except Exception as error:  # noqa: BLE001 - whatever it is, the worker hears of it and the press goes on
        say({"id": order["id"], "failed": f"{type(error).__name__}: {error}"})
    else:
        say({"id": order["id"], "done": {"width": recipe.width, "height": recipe.height}})


def main() -> None:
    """Print until stdin ends."""
    die_with_parent(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid())

    def say(event: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    for line in sys.stdin:
        serve(json.loads(line), say)


if __name__ == "__main__":
    main()
