"""A press as a worker sees it: a child process that is handed orders, tells how they go, and can be lost."""

import asyncio
import itertools
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from daygen.providers.contract import Broken, Output, Refused
from daygen.providers.local.operations import Made
from daygen.providers.local.reading import unreadable

_LINE = 1 << 20  # bytes of one answer; orders may be longer


class Ear(Protocol):
    """Hears how one order goes. Must not block."""

    def progress(self, share: float) -> None:
        """So far it is, 0 to 1."""
        ...

    def preview(self, preview: Output) -> None:
        """So it looks on the way."""
        ...


class Press:
    """One child process that prints, one order at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._orders = itertools.count()

    @classmethod
    async def start(cls) -> "Press":
        """Start a fresh one. Raises `Broken`."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "daygen.providers.local.press", str(os.getpid()),
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_LINE, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Broken(f"the press does not start: {error}") from error
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Say whether it is still there."""
        return self._process.returncode is None

    async def print(self, order: Mapping[str, Any], ear: Ear) -> Made:
        """Carry out one order. Raises `Refused`, or `Broken` after which the press may be dead.

        A press that ends while it decodes a file was ended by that file, so this is `Refused`.
        """
        number, reads = next(self._orders), False
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        try:
            writer.write(json.dumps({"id": number, **order}).encode() + b"\n")
            await writer.drain()
            while line := await reader.readline():
                event: dict[str, Any] = json.loads(line)
                reads = event.get("reading", reads)
                made = _heard(event, ear)
                if made is not None:
                    return made
        except (ConnectionError, ValueError) as error:
            await self.kill()
            raise Broken("the press broke off in the middle of a print") from error
        await self.kill()
        if reads:
            raise unreadable()
        raise Broken("the press ended in the middle of a print")

    async def kill(self) -> None:
        """End it at once, and whatever it has started. Twice is safe."""
        with suppress(ProcessLookupError):
            if self.alive and sys.platform != "win32":
                os.killpg(self._process.pid, signal.SIGKILL)  # it leads a session of its own
            else:
                self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


def _heard(event: Mapping[str, Any], ear: Ear) -> Made | None:
    """Hand on what a press says; what it made, at the end. Raises `Refused` or `Broken`."""
    if "progress" in event:
        ear.progress(event["progress"])
    elif "preview" in event:
        ear.preview(Output(Path(event["preview"]), "image/webp", event["width"], event["height"]))
    elif "refused" in event:
        raise Refused(event["refused"]["code"], event["refused"]["reason"])
    elif "failed" in event:
        raise Broken(f"the press failed: {event['failed']}")
    elif "done" in event:
        return _made(event["done"])
    return None


def _made(done: dict[str, Any]) -> Made:
    done["path"] = Path(done["path"]) if done["path"] else None
    done["warnings"] = tuple(done["warnings"])
    return Made(**done)
