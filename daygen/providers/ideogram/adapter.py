"""Ideogram as a provider: one request makes up to eight pictures, whose files are fetched at once."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, cast

import httpx

from daygen.kit.money import MicroUsd
from daygen.providers import pictures, unfolding, verdicts
from daygen.providers.contract import FREE, Call, Report, Sink
from daygen.providers.http import Account, Line, Reply
from daygen.providers.ideogram.orders import ENDPOINTS, parts_of
from daygen.providers.unfolding import Unreadable

MOST_AT_ONCE = 8
UNSAFE = "Ideogram's safety rules withheld {} of {} pictures"


class Ideogram:
    """Ideogram, over plain HTTP."""

    name = "ideogram"

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._line = Line(client, account)

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, eight at a time, or describe a picture."""
        if call.operation not in ENDPOINTS:
            raise verdicts.unsupported(self._line.title, call.operation)
        if call.operation == "describe":
            return await self._described(call)
        made = withheld = 0
        for at in range(0, len(call.wanted), MOST_AT_ONCE):
            wanted = call.wanted[at : at + MOST_AT_ONCE]
            items = _items(await self._asked(call, wanted), "data", self._line.title)
            for index, item in zip(wanted, items, strict=False):
                if item.get("is_image_safe") is False:
                    withheld += 1
                    continue
                path = call.scratch / f"{index}-made"
                await self._line.fetch(str(item.get("url")), path)
                try:
                    output = await asyncio.to_thread(pictures.measured, path)
                except Unreadable as why:
                    raise verdicts.unreadable(self._line.title, str(why)) from why
                await sink.output(index, output)
                made += 1
                await sink.progress((call.wanted.index(index) + 1) / len(call.wanted))
        if withheld and not made:
            raise verdicts.blocked(self._line.title, output=True)
        warnings = (UNSAFE.format(withheld, len(call.wanted)),) if withheld else ()
        return Report(units=made, cost=_cost(call, made + withheld), warnings=warnings)

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    async def _described(self, call: Call) -> Report:
        items = _items(await self._asked(call, call.wanted), "descriptions", self._line.title)
        text = "\n\n".join(str(item["text"]) for item in items if item.get("text"))
        if not text:
            raise verdicts.unreadable(self._line.title, "it has no description")
        return Report(units=1, cost=_cost(call, 1), text=text)

    async def _asked(self, call: Call, wanted: Sequence[int]) -> Any:
        with ExitStack() as files:
            parts = await asyncio.to_thread(parts_of, call, wanted[0], len(wanted), files)
            async with self._line.order(ENDPOINTS[call.operation].path, parts=parts) as reply:
                if not reply.ok:
                    raise self._judged(call.model, reply, await reply.reason())
                try:
                    return await unfolding.unfolded(reply.pieces(), call.scratch)
                except Unreadable as why:
                    raise verdicts.unreadable(self._line.title, str(why)) from why

    def _judged(self, model: str, reply: Reply, body: Any) -> Exception:
        told: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else {}
        reason = str(told.get("error") or told.get("message") or "")
        if reply.status == 422 and "safety" in reason.lower():  # noqa: PLR2004 - their status for it
            return verdicts.blocked(self._line.title)
        if reply.status == 402 and told.get("reject_reason") == "inflight_limit":  # noqa: PLR2004
            return verdicts.busy(self._line.title, reply.headers)
        return verdicts.of_status(self._line.title, f"Ideogram {model}", reply.status, reply.headers, reason)


def _items(document: Any, name: str, title: str) -> list[Mapping[str, Any]]:
    found = cast("Mapping[str, Any]", document).get(name) if isinstance(document, Mapping) else None
    items = cast("list[Any]", found) if isinstance(found, list) else []
    if not items or not all(isinstance(item, Mapping) for item in items):
        raise verdicts.unreadable(title, f"it has no {name}")
    return items


def _cost(call: Call, made: int) -> MicroUsd:
    """Withheld pictures count too: whether they are billed is not said."""
    return call.cost.of_outputs(call.input, made) if call.cost else FREE
