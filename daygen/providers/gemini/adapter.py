"""Gemini as a provider: as many requests as pictures, a few at a time."""

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx

from daygen.kit.money import MicroUsd
from daygen.providers import pictures, unfolding, verdicts
from daygen.providers.contract import FREE, Call, Report, Sink
from daygen.providers.documents import inside, listed, mapping
from daygen.providers.http import Account, Line, Reply
from daygen.providers.together import accounted, together
from daygen.providers.unfolding import Unreadable

MOST_SIDE_BY_SIDE = 4
KINDS = ("image/png", "image/jpeg", "image/webp")
LARGEST_IMAGE = 20 << 20
LARGEST_SEED = 2**31 - 1
MODERATED = {
    *("SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "BLOCKLIST", "SPII"),
    *("RECITATION", "IMAGE_RECITATION", "JAILBREAK"),
}
_DELAY = re.compile(r"(\d+(?:\.\d+)?)s")


class Gemini:
    """Gemini's images, over plain HTTP. There is nothing to warm up: the first request is like every other."""

    name = "gemini"

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._line = Line(client, account)

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs. A picture that fails does not take the others with it."""
        if call.operation not in {"text_to_image", "image_edit"}:
            raise verdicts.unsupported(self._line.title, call.operation)
        inputs = await asyncio.to_thread(lambda: list(_inline(call)))
        places = asyncio.Semaphore(MOST_SIDE_BY_SIDE)
        made = 0

        async def one(index: int) -> None:
            nonlocal made
            async with places:
                picture = await self._picture(call, index, inputs)
            try:
                output = await pictures.kept(picture, call.scratch / f"{index}-made")
            except Unreadable as why:
                raise verdicts.unreadable(self._line.title, str(why)) from why
            await sink.output(index, output)
            made += 1
            await sink.progress(made / len(call.wanted))

        def so_far() -> tuple[int, MicroUsd]:
            return made, call.cost.of_outputs(call.input, made, inputs=len(inputs)) if call.cost else FREE

        with accounted(so_far):
            await together(one(index) for index in call.wanted)
        units, cost = so_far()
        return Report(units=units, cost=cost)

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    async def _picture(self, call: Call, index: int, inputs: list[Mapping[str, Any]]) -> Any:
        path = f"/models/{call.model}:generateContent"
        async with self._line.order(path, json=_body(call, index, inputs)) as reply:
            if not reply.ok:
                raise self._judged(call.model, reply, await reply.reason())
            try:
                document = await unfolding.unfolded(reply.pieces(), call.scratch)
            except Unreadable as why:
                raise verdicts.unreadable(self._line.title, str(why)) from why
        return self._found(document)

    def _found(self, document: Any) -> Any:
        """The picture in an answer. Raises `Refused` for what is one although its status is 200."""
        told = mapping(document)
        if inside(told, "promptFeedback").get("blockReason"):
            raise verdicts.blocked(self._line.title)
        words: list[str] = []
        reasons: set[str] = set()
        for candidate in listed(told, "candidates"):
            reasons.add(str(candidate.get("finishReason")))
            for part in listed(inside(candidate, "content"), "parts"):
                if part.get("thought"):
                    continue
                if data := inside(part, "inlineData").get("data"):
                    return data
                words.append(str(part.get("text") or ""))
        if reasons & MODERATED:
            raise verdicts.blocked(self._line.title, output=True)
        if not reasons:
            raise verdicts.unreadable(self._line.title, "it has no candidates")
        raise verdicts.nothing_made(self._line.title, " ".join(words))

    def _judged(self, model: str, reply: Reply, body: Any) -> Exception:
        error = inside(mapping(body), "error")
        details = listed(error, "details")
        reason, state = str(error.get("message") or ""), error.get("status")
        if any(detail.get("reason") == "API_KEY_INVALID" for detail in details) or state == "FAILED_PRECONDITION":
            return verdicts.bad_key(self._line.title)
        if reply.status == 429:  # noqa: PLR2004 - their status for it
            return verdicts.busy(self._line.title, reply.headers, _wait(details))
        return verdicts.of_status(self._line.title, model, reply.status, reply.headers, reason)


def _body(call: Call, index: int, inputs: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    asked = call.input
    image = {theirs: asked[ours] for ours, theirs in (("aspectRatio", "aspectRatio"), ("resolution", "imageSize"))
             if ours in asked and asked[ours] != "auto"}  # fmt: skip
    return {
        "contents": [{"role": "user", "parts": [*inputs, {"text": asked["prompt"]}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": image,
            "seed": (int(asked["seed"]) + index) % (LARGEST_SEED + 1),
        },
    }


def _inline(call: Call) -> Iterator[Mapping[str, Any]]:
    for name in ("image", "reference", "reference2"):
        if name in call.sources:
            source = pictures.suited(call.sources[name], "Gemini", kinds=KINDS, largest=LARGEST_IMAGE)
            data = base64.b64encode(source.path.read_bytes()).decode()
            yield {"inlineData": {"mimeType": source.content_type, "data": data}}


def _wait(details: list[Mapping[str, Any]]) -> timedelta | None:
    """What is said about when to come back: a quota of the day is not refilled in this hour."""
    for detail in details:
        if any("PerDay" in str(violation.get("quotaId")) for violation in listed(detail, "violations")):
            return verdicts.LONGEST
    for detail in details:
        if delay := _DELAY.fullmatch(str(detail.get("retryDelay"))):
            return timedelta(seconds=float(delay[1]))
    return None
