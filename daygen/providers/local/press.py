"""The press: a child process that carries out one order after another, so that drawing never holds up a worker.

It reads orders from stdin, a JSON object a line, and answers on stdout, a JSON object a line:

    {"id": 1, "operation": "vary", "input": {"strength": "subtle"}, "seed": 8, "out": "/…/0",
     "sources": {"image": "/…/in.png"}, "ffmpeg": null}

    {"id": 1, "reading": true}                            it decodes a file that anybody may have made; false: it has
    {"id": 1, "progress": 0.4}                            any number of times, rising
    {"id": 1, "preview": "/…/0-preview-1.webp", "width": 320, "height": 240}    so far; a few times, or never
    {"id": 1, "done": {"path": "/…/0.png", "content_type": "image/png", "width": 1024, …}}     the file is complete
    {"id": 1, "refused": {"code": "provider.…", "reason": "…"}}     final, in words for whoever ordered it
    {"id": 1, "failed": "OSError: …"}                     anything else; the next order is served as usual

It ends when stdin ends, and on Linux the moment its parent dies, so a killed worker leaves nothing behind. It also ends
in the middle of reading a file that takes too long to decode: whoever waits then knows what to say of the file.
"""

import ctypes
import dataclasses
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daygen.providers.contract import Refused
from daygen.providers.local.operations import Order, carry_out

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill us when our parent dies; elsewhere the end of stdin must do."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(0)


class _Answers:
    """Says how an order goes; progress only where it is a whole percent further."""

    def __init__(self, order_id: int, say: Callable[[dict[str, Any]], None]) -> None:
        self._id = order_id
        self._say = say
        self._percent = 0

    def say(self, **event: Any) -> None:
        self._say({"id": self._id, **event})

    def progress(self, share: float) -> None:
        percent = int(share * 100)
        if percent > self._percent:
            self._percent = percent
            self.say(progress=percent / 100)

    def preview(self, path: Path, size: tuple[int, int]) -> None:
        self.say(preview=str(path), width=size[0], height=size[1])

    def reading(self, *, done: bool) -> None:
        self.say(reading=not done)


def serve(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Carry out one order and say how it went."""
    answers = _Answers(order["id"], say)
    try:
        made = carry_out(
            Order(
                operation=order["operation"],
                input=order["input"],
                seed=order["seed"],
                out=Path(order["out"]),
                sources={name: Path(path) for name, path in order["sources"].items()},
                ffmpeg=order.get("ffmpeg"),
            ),
            answers,
        )
    except Refused as refusal:
        answers.say(refused={"code": refusal.code, "reason": str(refusal)})
    except Exception as error:  # noqa: BLE001 - whatever it is, the worker hears of it and the press goes on
        answers.say(failed=f"{type(error).__name__}: {error}")
    else:
        path = str(made.path) if made.path else None
        answers.say(done=dataclasses.asdict(made) | {"path": path})


def main() -> None:
    """Serve until stdin ends."""
    die_with_parent(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid())

    def say(event: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()

    for line in sys.stdin:
        serve(json.loads(line), say)


if __name__ == "__main__":
    main()
