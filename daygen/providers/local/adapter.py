"""`local/print` as a provider: hands orders to a few presses and brings back what they print."""

import asyncio
import itertools
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from daygen.kit.money import MicroUsd
from daygen.providers.contract import Broken, Call, Output, Refused, Report, Sink

_LINE = 1 << 20  # bytes of one answer; orders may be longer
_FOREIGN = (
    "local/print can only vary its own pictures: {why}. "
    "Choose a picture that local/print made, in its original file, or another model for this one."
)


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

    async def print(self, order: Mapping[str, Any], progress: Callable[[float], None]) -> tuple[int, int]:
        """Print one order; says the size in pixels. Raises `Refused`, or `Broken` after which the press may be dead."""
        number = next(self._orders)
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        try:
            writer.write(json.dumps({"id": number, **order}).encode() + b"\n")
            await writer.drain()
            while line := await reader.readline():
                event: dict[str, Any] = json.loads(line)
                if "progress" in event:
                    progress(event["progress"])
                elif "done" in event:
                    return event["done"]["width"], event["done"]["height"]
                elif "foreign" in event:
                    raise Refused("provider.foreign_picture", _FOREIGN.format(why=event["foreign"]))
                else:
                    raise Broken(f"the press failed: {event['failed']}")
        except (ConnectionError, ValueError) as error:
            await self.kill()
            raise Broken("the press broke off in the middle of a print") from error
        await self.kill()
        raise Broken("the press ended in the middle of a print")

    async def kill(self) -> None:
        """End it at once. Twice is safe."""
        with suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class LocalPrint:
    """The printmaker in this machine: needs no key. Prints up to `presses` pictures at a time, for all calls."""

    name = "local"

    def __init__(self, presses: int | None = None) -> None:
        self._places = asyncio.Semaphore(presses or os.cpu_count() or 1)
        self._idle: list[Press] = []
        self._busy: set[Press] = set()

    async def run(self, call: Call, sink: Sink) -> Report:
        """Print the wanted outputs of a call. Raises `Refused` for a foreign picture, `Broken` when a press dies."""
        shares = dict.fromkeys(call.wanted, 0.0)
        moved = asyncio.Event()

        def heard(index: int, share: float) -> None:
            shares[index] = max(shares[index], share)
            moved.set()

        async def one(index: int) -> None:
            out = call.scratch / f"{index}.png"
            order = _order(call, index, out)
            async with self._press() as press:
                width, height = await press.print(order, lambda share: heard(index, share))
            heard(index, 1.0)
            await sink.output(index, Output(out, "image/png", width, height))

        async def tell() -> None:
            while True:
                await moved.wait()
                moved.clear()
                await sink.progress(sum(shares.values()) / len(shares))

        teller = asyncio.create_task(tell())
        prints = [asyncio.create_task(one(index)) for index in call.wanted]
        try:
            await _all(teller, prints)
        finally:
            for task in (teller, *prints):
                task.cancel()
            await asyncio.gather(teller, *prints, return_exceptions=True)
        return Report(units=len(call.wanted), cost=MicroUsd(0))

    async def close(self) -> None:
        """End every press."""
        presses = [*self._idle, *self._busy]
        self._idle.clear()
        for press in presses:
            await press.kill()

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


async def _all(teller: asyncio.Task[None], prints: list[asyncio.Task[None]]) -> None:
    """Wait for every print; the first failure, of a print or of the sink, is raised at once."""
    waiting: set[asyncio.Task[None]] = {teller, *prints}
    while len(waiting) > 1:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def _order(call: Call, index: int, out: Path) -> dict[str, Any]:
    """What the press is told for one output. Raises `Refused` for an operation that is not on offer."""
    seed = int(call.input["seed"]) + index
    if call.operation == "text_to_image":
        return {
            "out": str(out),
            "prompt": call.input["prompt"],
            "seed": seed,
            "width": call.input["width"],
            "height": call.input["height"],
            "technique": call.input.get("technique", "auto"),
        }
    if call.operation == "vary":
        return {
            "out": str(out),
            "source": str(call.sources["image"].path),
            "strength": call.input["strength"],
            "seed": seed,
        }
    raise Refused(
        "provider.unsupported_operation", f"local/print cannot do {call.operation}: only text_to_image and vary."
    )
