"""Ideogram as a provider: one request makes up to eight pictures, whose files are fetched at once."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import httpx

from daygen.providers import unfolding, verdicts
from daygen.providers.contract import Call, Report, Sink
from daygen.providers.http import Account, Line
from daygen.providers.ideogram import generations
from daygen.providers.ideogram.orders import ENDPOINTS, parts_of
from daygen.providers.ideogram.results import cost_of, deliver
from daygen.providers.ideogram.words import judged, pictures_of
from daygen.providers.tickets import Terms, Ticket, Working, in_one_go
from daygen.providers.together import Tally, accounted
from daygen.providers.unfolding import Unreadable

MOST_AT_ONCE = 8
LATE = "v4"  # the model whose answers come later
UNSAFE = "Ideogram's safety rules withheld {} of {} pictures"


class Ideogram:
    """Ideogram, over plain HTTP."""

    name = "ideogram"

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._line = Line(client, account)

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, eight at a time, or describe a picture."""
        if self._is_late(call.model, call.operation):
            return await in_one_go(self, call, sink)
        if call.operation not in ENDPOINTS or call.model == LATE:
            raise verdicts.unsupported(self._line.title, call.operation)
        if call.operation == "describe":
            return await self._described(call)
        tally, withheld = Tally(), 0  # withheld pictures are counted as made: whether they are billed is not said
        with accounted(tally.so_far):
            for at in range(0, len(call.wanted), MOST_AT_ONCE):
                wanted = call.wanted[at : at + MOST_AT_ONCE]
                items = pictures_of(await self._asked(call, wanted), "data", self._line.title)[: len(wanted)]
                tally.add(len(items), cost_of(call, len(items)))
                for index, item in zip(wanted, items, strict=False):
                    if item.get("is_image_safe") is False:
                        withheld += 1
                    else:
                        await deliver(self._line, call, index, str(item.get("url")), sink)
                        await sink.progress((call.wanted.index(index) + 1) / len(call.wanted))
            if withheld and withheld == tally.units:
                raise verdicts.blocked(self._line.title, output=True)
        warnings = (UNSAFE.format(withheld, len(call.wanted)),) if withheld else ()
        return Report(units=tally.units - withheld, cost=tally.cost, warnings=warnings)

    def terms(self, model: str, operation: str, *, callback: bool) -> Terms | None:
        """Only 4.0 is ordered for a ticket."""
        return generations.terms(callback) if self._is_late(model, operation) else None

    async def submit(self, call: Call) -> Ticket:
        """Order a picture of 4.0."""
        return await generations.submit(self._line, call)

    async def collect(self, call: Call, ticket: Ticket, sink: Sink) -> Working | Report:
        """Ask after it, and fetch it."""
        return await generations.collect(self._line, call, ticket, sink)

    async def cancel(self, ticket: Ticket) -> None:
        """Ideogram has no such thing."""

    def _is_late(self, model: str, operation: str) -> bool:
        return model == LATE and operation == "text_to_image"

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    async def _described(self, call: Call) -> Report:
        items = pictures_of(await self._asked(call, call.wanted), "descriptions", self._line.title)
        text = "\n\n".join(str(item["text"]) for item in items if item.get("text"))
        if not text:
            raise verdicts.unreadable(self._line.title, "it has no description")
        return Report(units=1, cost=cost_of(call, 1), text=text)

    async def _asked(self, call: Call, wanted: Sequence[int]) -> Any:
        with ExitStack() as files:
            parts = await asyncio.to_thread(parts_of, call, wanted[0], len(wanted), files)
            async with self._line.order(ENDPOINTS[call.operation].path, parts=parts) as reply:
                if not reply.ok:
                    raise judged(self._line.title, call.model, reply, await reply.reason())
                try:
                    return await unfolding.unfolded(reply.pieces(), call.scratch)
                except Unreadable as why:
                    raise verdicts.unreadable(self._line.title, str(why)) from why
