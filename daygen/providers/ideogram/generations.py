"""Ideogram 4.0, asynchronously: a generation is ordered, asked after by its id, and fetched when it is there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote, urlencode

from daygen.providers import unfolding, verdicts
from daygen.providers.contract import Call, Report, Sink
from daygen.providers.http import Line, Part
from daygen.providers.ideogram.orders import seed_of
from daygen.providers.ideogram.results import cost_of, deliver
from daygen.providers.ideogram.words import judged, pictures_of
from daygen.providers.tickets import Recourse, Terms, Ticket, Working
from daygen.providers.unfolding import Unreadable

GENERATE = "/v1/ideogram-v4/async/generate"
GENERATION = "/v1/generations/"
CALLED_WITHIN = timedelta(minutes=10)


def terms(callback: bool) -> Terms:
    """One picture an order. Ideogram cannot be asked for an order by a name of ours; its webhook carries one."""
    if callback:
        return Terms(Recourse.CALLBACK, settles=CALLED_WITHIN)
    return Terms(Recourse.NEVER)


async def submit(line: Line, call: Call) -> Ticket:
    """Order a picture."""
    asked = call.input
    parts: list[Part] = [
        ("text_prompt", (None, str(asked["prompt"]))),
        ("rendering_speed", (None, str(asked["renderingSpeed"]))),
        ("resolution", (None, f"{asked['width']}x{asked['height']}")),
        ("seed", (None, str(seed_of(asked, call.wanted[0])))),
    ]
    query = f"?{urlencode({'webhook_url': call.callback})}" if call.callback else ""
    async with line.order(GENERATE + query, parts=parts) as reply:
        if not reply.ok:
            raise judged(line.title, call.model, reply, await reply.reason())
        try:
            document = await unfolding.unfolded(reply.pieces(), call.scratch)
        except Unreadable as why:
            raise verdicts.unreadable(line.title, str(why)) from why
    generation = cast("Mapping[str, Any]", document).get("generation_id") if isinstance(document, Mapping) else None
    if not isinstance(generation, str) or not generation:
        raise verdicts.unreadable(line.title, "it has no generation_id")
    return Ticket(generation)


async def collect(line: Line, call: Call, ticket: Ticket, sink: Sink) -> Working | Report:
    """Ask after a picture, and fetch it."""
    document = await line.look(GENERATION + quote(ticket.id, safe=""))
    told: Mapping[str, Any] = cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    match told.get("status"):
        case "completed":
            return await _fetched(line, call, told, sink)
        case "failed":
            raise verdicts.nothing_made(line.title, str(told.get("error") or ""))
        case "pending":
            return Working()
        case _:
            raise verdicts.unreadable(line.title, "it has no status")


async def _fetched(line: Line, call: Call, told: Mapping[str, Any], sink: Sink) -> Report:
    item = pictures_of(told, "data", line.title)[0]
    if item.get("is_image_safe") is False:
        raise verdicts.blocked(line.title, output=True)
    for index in call.wanted:
        await deliver(line, call, index, str(item.get("url")), sink)
    return Report(units=1, cost=cost_of(call, 1))
