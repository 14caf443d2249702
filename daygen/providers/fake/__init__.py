"""A provider for tests: makes a tiny picture at once, and misbehaves when the prompt asks for it.

`[[refuse]]` · `[[broken]]` or `[[broken:2]]` (the first 2 tries) · `[[busy:0.2]]` (once, for 0.2 s) · `[[unknown]]` ·
`[[slow:1.5]]` (seconds per output, with progress) · `[[preview]]` (before each output one, or with `slow` several;
`[[preview:300]]` makes them this many KiB large) · `[[partial:1]]` (makes 1 output, then breaks for good) ·
`[[down]]` (broken while there is a file `fake-down` beside the scratch folders) ·
`[[bug]]` (raises what no adapter may) · `[[die]]` (takes its worker process with it) · `[[note]]` (writes down when a
call begins and ends, for all workers of a machine; `notes` reads it)

Films are ordered for a ticket from a studio (`studio`) that goes on whatever happens to us. There the prompt says:
`[[takes:1.5]]` (seconds) · `[[lies:0.5]]` (seconds until somebody begins) · `[[slow:0.5]]` (taking the order does) ·
`[[lost]]` (the first order arrives, its answer does not) · `[[unheard]]` (the first order does not arrive, and nobody
knows) · `[[puzzle:2]]` (the first 2 questions are lost) · `[[fails:1]]` (the first order comes to nothing) ·
`[[blocked]]` (it may not be shown) · `[[refuse]]`, `[[broken]]`, `[[busy]]`, `[[die]]` as above
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
from daygen.providers.fake.receiver import FakeReceiver
from daygen.providers.fake.studio import Studio
from daygen.providers.tickets import Recourse, Terms, Ticket, Working, in_one_go

__all__ = ["FakeProvider", "FakeReceiver", "Note", "notes"]

_DIRECTIVE = re.compile(r"\[\[(\w+)(?::([\d.]+))?\]\]")
_NOTES = "fake-notes"
SIDE_PX = 32
STEPS = 10
STEPS_PER_PREVIEW = 3
ASK_AGAIN = timedelta(milliseconds=100)
FILM_S = 0.2
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\x08mdat"


class FakeProvider:
    """Does what the prompt says. `recourse` and `settles` are how it treats orders that were lost."""

    name = "fake"

    def __init__(self, recourse: Recourse = Recourse.KEYED, settles: timedelta = timedelta(0)) -> None:
        self._terms = Terms(recourse, at_once=2, settles=settles)

    def terms(self, model: str, operation: str, *, callback: bool) -> Terms | None:  # noqa: ARG002 - the contract
        """Films are ordered for a ticket."""
        return self._terms if model == "video" else None

    async def submit(self, call: Call) -> Ticket:
        """Order films, or fail as told."""
        told, studio = _told(call), Studio(call.scratch.parent)
        _misbehave(told, call)
        first = studio.count("asked", call.ref) == 1
        if "unheard" in told and first:
            raise Unknown("the fake heard nothing, as told")
        studio.order(call.ref, float(told.get("lies", 0)), float(told.get("takes", FILM_S)))
        await asyncio.sleep(float(told.get("slow", 0)))
        if "lost" in told and first:
            raise Unknown("the fake lost its answer, as told")
        return Ticket(call.ref, {"studio": str(call.scratch.parent)})

    async def find(self, call: Call) -> Ticket | None:
        """Look an order up."""
        film = Studio(call.scratch.parent).find(call.ref)
        return Ticket(call.ref, {"studio": str(call.scratch.parent)}) if film else None

    async def collect(self, call: Call, ticket: Ticket, sink: Sink) -> Working | Report:
        """See how far films are, and fetch them."""
        told, studio = _told(call), _studio(ticket)
        if "puzzle" in told and studio.count("puzzled", ticket.id) <= float(told["puzzle"]):
            raise Unknown("the fake does not answer, as told")
        film = studio.find(ticket.id)
        if film is None:
            raise Refused("provider.result_lost", "The fake has no such order.")
        share = film.share(time.time())
        if share < 1:
            return Working(ASK_AGAIN, max(share, 0), begun=share >= 0)
        if "fails" in told and len(studio.books("accepted")) <= float(told["fails"]):
            raise Broken("the fake's camera broke, as told")
        if "blocked" in told:
            raise Refused("provider.content_blocked", "The fake may not show this, as told.")
        for index in call.wanted:
            path = call.scratch / f"{index}.mp4"
            path.write_bytes(MP4 + f"{call.input}{index}".encode())
            await sink.output(index, Output(path, "video/mp4", SIDE_PX, SIDE_PX, film.takes))
        return Report(units=len(call.wanted))

    async def cancel(self, ticket: Ticket) -> None:
        """Stop working."""
        _studio(ticket).stop(ticket.id)

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, or fail as told."""
        if call.model == "video":
            return await in_one_go(self, call, sink)
        told = _told(call)
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


def _told(call: Call) -> dict[str, str]:
    return dict(_DIRECTIVE.findall(str(call.input.get("prompt", ""))))


def _studio(ticket: Ticket) -> Studio:
    return Studio(Path(ticket.facts["studio"]))


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
    if "down" in told and (call.scratch.parent / "fake-down").exists():
        raise Broken("the fake is down, as told")
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
