"""What came of a generation: its pictures are fetched, and what they cost is known, whichever way it was ordered."""

import asyncio

from daygen.kit.money import MicroUsd
from daygen.providers import pictures, verdicts
from daygen.providers.contract import FREE, Call, Sink
from daygen.providers.http import Line
from daygen.providers.unfolding import Unreadable


async def deliver(line: Line, call: Call, index: int, url: str, sink: Sink) -> None:
    """Fetch a picture and hand it on."""
    path = call.scratch / f"{index}-made"
    await line.fetch(url, path)
    try:
        output = await asyncio.to_thread(pictures.measured, path)
    except Unreadable as why:
        raise verdicts.unreadable(line.title, str(why)) from why
    await sink.output(index, output)


def cost_of(call: Call, made: int) -> MicroUsd:
    """What so many pictures are billed."""
    return call.cost.of_outputs(call.input, made) if call.cost else FREE
