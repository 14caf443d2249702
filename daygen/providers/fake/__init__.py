"""A provider for tests: makes a tiny picture at once, and misbehaves when the prompt asks for it.

`[[refuse]]` · `[[broken]]` or `[[broken:2]]` (the first 2 tries) · `[[busy:0.2]]` (once, for 0.2 s) · `[[unknown]]` ·
`[[slow:1.5]]` (seconds per output, with progress) · `[[preview]]` (before each output one, or with `slow` several;
`[[preview:300]]` makes them this many KiB large) · `[[partial:1]]` (makes 1 output, then breaks for good) ·
`[[bug]]` (raises what no adapter may) · `[[die]]` (takes its worker process with it) · `[[note]]` (writes down when a
call begins and ends, for all workers of a machine; `notes` reads it)
"""

import asyncio
import os
import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image

from daygen.providers.contract import Broken, Busy, Call, Output, Refused, Report, Sink, Unknown

_DIRECTIVE = re.compile(r"\[\[(\w+)(?::([\d.]+))?\]\]")
_NOTES = "fake-notes"
SIDE_PX = 32
STEPS = 10
STEPS_PER_PREVIEW = 3


class FakeProvider:
    """Does what the prompt says."""

    name = "fake"

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, or fail as told."""
        told: dict[str, str] = dict(_DIRECTIVE.findall(str(call.input.get("prompt", ""))))
        if "note" not in told:
            return await self._run(told, call, sink)
        with _noted(call):
            return await self._run(told, call, sink)

    async def _run(self, told: dict[str, str], call: Call, sink: Sink) -> Report:
        _misbehave(told, call)
        for done, index in enumerate(call.wanted):
            for step in range(STEPS if "slow" in told else 1):
                if "preview" in told and step % STEPS_PER_PREVIEW == 0:
                    await sink.preview(index, await asyncio.to_thread(_sketch, call, index, step, told["preview"]))
                if "slow" in told:
                    await asyncio.sleep(float(told["slow"]) / STEPS)
                    await sink.progress((done + step / STEPS) / len(call.wanted))
            if "partial" in told and done >= int(told["partial"]):
                return Report(units=done, warnings=("the fake stopped early, as told",))
            path = call.scratch / f"{index}.png"
            await asyncio.to_thread(_draw, path, f"{call.input}{index}")
            await sink.output(index, Output(path, "image/png", SIDE_PX, SIDE_PX))
        return Report(units=len(call.wanted))

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, slots=True)
class Note:
    """A call of a job began, or ended by itself (a killed one does not); `at` in seconds of unix time."""

    at: float
    began: bool
    ref: str


def notes(scratch: Path) -> list[Note]:
    """What the workers with this scratch folder noted, in its order."""
    file = scratch / _NOTES
    lines = file.read_text().splitlines() if file.exists() else []
    return sorted((Note(float(at), what == "+", ref) for at, what, ref in map(str.split, lines)), key=lambda n: n.at)


@contextmanager
def _noted(call: Call) -> Generator[None]:
    def note(what: str) -> None:
        with (call.scratch.parent / _NOTES).open("ab") as file:
            file.write(f"{time.time()} {what} {call.ref}\n".encode())

    note("+")
    try:
        yield
    finally:
        note("-")


def _misbehave(told: dict[str, str], call: Call) -> None:
    if "die" in told:
        os._exit(9)
    if "refuse" in told:
        raise Refused("provider.content_blocked", "The fake refuses this prompt, as told.")
    if "unknown" in told:
        raise Unknown("the fake lost its answer, as told")
    if "bug" in told:
        raise RuntimeError("the fake has a bug, as told")
    if "broken" in told and _tries(call) <= float(told["broken"] or "inf"):
        raise Broken("the fake is broken, as told")
    if "busy" in told and _tries(call) == 1:
        raise Busy("the fake is busy, as told", timedelta(seconds=float(told["busy"])))


def _tries(call: Call) -> int:
    """How often this job was tried on this machine, this time included."""
    counter = call.scratch.parent / f"fake-{call.ref}"
    with counter.open("ab") as file:
        file.write(b".")
    return counter.stat().st_size


def _sketch(call: Call, index: int, step: int, kibibytes: str) -> Output:
    """A passing picture, half as wide, as heavy as told."""
    path = call.scratch / "preview.png"
    _draw(path, f"{call.ref}{index}{step}", SIDE_PX // 2)
    if kibibytes:
        with path.open("ab") as file:
            file.write(bytes(int(float(kibibytes) * 1024)))
    return Output(path, "image/png", SIDE_PX // 2, SIDE_PX // 2)


def _draw(path: Path, words: str, side_px: int = SIDE_PX) -> None:
    colour = int.from_bytes(words.encode()[-64:], "big") % 0xFFFFFF
    Image.new("RGB", (side_px, side_px), (colour >> 16, colour >> 8 & 255, colour & 255)).save(path)
