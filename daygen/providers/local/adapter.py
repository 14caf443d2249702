"""`local/print` as a provider: hands orders to a few presses and brings back what they make."""

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from daygen.kit.money import MicroUsd
from daygen.providers.contract import Broken, Call, Output, Refused, Report, Sink
from daygen.providers.local.ffmpeg import HOW_TO_GET_IT
from daygen.providers.local.operations import FILMS, OPERATIONS, Made
from daygen.providers.local.presses import Press


class LocalPrint:
    """The printmaker in this machine: needs no key. Prints up to `presses` pictures at a time, for all calls.

    It makes films where it is given an `ffmpeg`.
    """

    name = "local"

    def __init__(self, presses: int | None = None, ffmpeg: str | None = None) -> None:
        self._places = asyncio.Semaphore(presses or os.cpu_count() or 1)
        self._idle: list[Press] = []
        self._busy: set[Press] = set()
        self._ffmpeg = ffmpeg

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the wanted outputs of a call, or its text. Raises `Refused`, or `Broken` when a press dies."""
        self._check(call)
        news = _News(call.wanted)

        async def one(index: int) -> Made:
            order = _order(call, index, self._ffmpeg)
            async with self._press() as press:
                made = await press.print(order, news.of(index))
            news.of(index).progress(1.0)
            if made.path is not None:
                output = Output(made.path, made.content_type, made.width, made.height, made.duration_s)
                await sink.output(index, output)
            return made

        teller = asyncio.create_task(news.tell(sink))
        prints = [asyncio.create_task(one(index)) for index in call.wanted]
        try:
            await _all(teller, prints)
        finally:
            for task in (teller, *prints):
                task.cancel()
            await asyncio.gather(teller, *prints, return_exceptions=True)
        return _report([task.result() for task in prints])

    async def close(self) -> None:
        """End every press."""
        presses = [*self._idle, *self._busy]
        self._idle.clear()
        for press in presses:
            await press.kill()

    def _check(self, call: Call) -> None:
        if call.operation not in OPERATIONS:
            known = ", ".join(sorted(OPERATIONS))
            raise Refused("provider.unsupported_operation", f"local/print cannot do {call.operation}: only {known}.")
        if call.operation in FILMS and self._ffmpeg is None:
            raise Refused(
                "provider.unsupported_operation",
                f"local/print cannot make films here: there is no ffmpeg. {HOW_TO_GET_IT}",
            )

    @asynccontextmanager
    async def _press(self) -> AsyncGenerator[Press, None]:
        """Borrow a press. Whoever is cancelled in the middle of a print leaves none behind: it is killed."""
        async with self._places:
            press = await self._started()
            self._busy.add(press)
            usable = False
            try:
                yield press
                usable = True
            except (Refused, Broken):
                usable = True  # it answered; a dead one is seen below
                raise
            finally:
                self._busy.discard(press)
                if usable and press.alive:
                    self._idle.append(press)
                else:
                    await asyncio.shield(press.kill())

    async def _started(self) -> Press:
        """An idle press that lives, or a fresh one."""
        while self._idle:
            press = self._idle.pop()
            if press.alive:
                return press
        return await Press.start()


class _News:
    """What the presses of one call said since the sink was last told. Of previews only the latest matters."""

    def __init__(self, wanted: Sequence[int]) -> None:
        self._shares: dict[int, float] = dict.fromkeys(wanted, 0.0)
        self._previews: dict[int, Output] = {}
        self._moved = asyncio.Event()

    def of(self, index: int) -> "_Ear":
        """Listen for one output."""
        return _Ear(self, index)

    def progress(self, index: int, share: float) -> None:
        """Output `index` is so far."""
        self._shares[index] = max(self._shares[index], share)
        self._moved.set()

    def preview(self, index: int, preview: Output) -> None:
        """Output `index` looks so."""
        self._previews[index] = preview
        self._moved.set()

    async def tell(self, sink: Sink) -> None:
        """Tell a sink what is new, until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            await sink.progress(sum(self._shares.values()) / len(self._shares))
            while self._previews:
                index, preview = self._previews.popitem()
                if self._shares[index] < 1.0:
                    await sink.preview(index, preview)


class _Ear:
    """Hears what a press says of one output."""

    def __init__(self, news: _News, index: int) -> None:
        self._news = news
        self._index = index

    def progress(self, share: float) -> None:
        """So far it is."""
        self._news.progress(self._index, share)

    def preview(self, preview: Output) -> None:
        """So it looks on the way."""
        self._news.preview(self._index, preview)


async def _all(teller: asyncio.Task[None], prints: list[asyncio.Task[Made]]) -> None:
    """Wait for every print; the first failure, of a print or of the sink, is raised at once."""
    waiting: set[asyncio.Task[Any]] = {teller, *prints}
    while len(waiting) > 1:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def _report(made: list[Made]) -> Report:
    text = next((one.text for one in made if one.text is not None), None)
    warnings = tuple(dict.fromkeys(warning for one in made for warning in one.warnings))
    return Report(units=len(made), cost=MicroUsd(0), text=text, warnings=warnings)


def _order(call: Call, index: int, ffmpeg: str | None) -> dict[str, Any]:
    """What the press is told for one output."""
    out: Path = call.scratch / str(index)
    return {
        "operation": call.operation,
        "input": dict(call.input),
        "seed": int(call.input.get("seed", 0)) + index,
        "out": str(out),
        "sources": {name: str(source.path) for name, source in call.sources.items()},
        "ffmpeg": ffmpeg,
    }
