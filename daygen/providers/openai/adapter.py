"""OpenAI as a provider: one request makes up to ten pictures; a single one is streamed, with previews."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count
from typing import Any, cast

import httpx

from daygen.kit.money import MicroUsd
from daygen.providers import pictures, unfolding, verdicts
from daygen.providers.contract import FREE, Call, Report, Sink
from daygen.providers.http import Account, Line, Part, Reply
from daygen.providers.together import Tally, accounted
from daygen.providers.unfolding import Unreadable

MOST_AT_ONCE = 10
KINDS = ("image/png", "image/jpeg", "image/webp")
LARGEST_IMAGE = (50 << 20) - 1
LARGEST_MASK = (4 << 20) - 1
SETTINGS = {"quality": "quality", "background": "background", "outputFormat": "output_format"}

MODERATED = {"moderation_blocked", "content_policy_violation"}
NO_CREDIT = {
    *("insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"),
    *("organization_spend_limit_exceeded", "project_spend_limit_exceeded", "organization_usage_limit_exceeded"),
}


class OpenAI:
    """OpenAI's images, over plain HTTP."""

    name = "openai"

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._line = Line(client, account)

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, ten at a time."""
        if call.operation not in {"text_to_image", "image_edit"}:
            raise verdicts.unsupported(self._line.title, call.operation)
        tally = Tally()
        with accounted(tally.so_far):
            for at in range(0, len(call.wanted), MOST_AT_ONCE):
                await self._batch(call, call.wanted[at : at + MOST_AT_ONCE], sink, tally)
        return Report(units=tally.units, cost=tally.cost)

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    async def _batch(self, call: Call, wanted: Sequence[int], sink: Sink, tally: Tally) -> None:
        streamed = len(wanted) == 1
        fields = _fields(call, len(wanted), streamed=streamed)
        edit = call.operation == "image_edit"
        with ExitStack() as files:
            parts = await asyncio.to_thread(_parts, call, fields, files) if edit else None
            path = "/images/edits" if edit else "/images/generations"
            async with self._line.order(path, json=None if edit else fields, parts=parts) as reply:
                if not reply.ok:
                    raise self._judged(call.model, reply, await reply.reason())
                try:
                    document = await (self._streamed if streamed else self._whole)(call, wanted, reply, sink)
                except Unreadable as why:
                    raise verdicts.unreadable(self._line.title, str(why)) from why
        await self._deliver(call, wanted, document, sink, tally)

    async def _whole(self, call: Call, _wanted: Sequence[int], reply: Reply, _sink: Sink) -> Mapping[str, Any]:
        return _document(await unfolding.unfolded(reply.pieces(), call.scratch))

    async def _streamed(self, call: Call, wanted: Sequence[int], reply: Reply, sink: Sink) -> Mapping[str, Any]:
        """Hand on passing pictures until the finished one comes; it may come before all of them did."""
        if not reply.headers.get("content-type", "").startswith("text/event-stream"):
            return await self._whole(call, wanted, reply, sink)
        steps = call.input.get("previews", 0) + 1
        step = count(1)
        events: AsyncIterator[Any] = unfolding.events(reply.pieces(), call.scratch)
        async for event in events:
            document = _document(event)
            kind = str(document.get("type", ""))
            if kind.endswith(".partial_image"):
                share = min(next(step) / steps, 0.95)
                passing = await pictures.kept(document.get("b64_json"), call.scratch / f"{wanted[0]}-passing")
                await sink.preview(wanted[0], passing)
                await sink.progress(share)
            elif kind.endswith(".completed"):
                return {"data": [document], "usage": document.get("usage")}
            elif "error" in document:
                raise self._judged(call.model, None, document)
        raise Unreadable("its stream ended without a picture")

    async def _deliver(
        self, call: Call, wanted: Sequence[int], document: Mapping[str, Any], sink: Sink, tally: Tally
    ) -> None:
        data = document.get("data")
        if not isinstance(data, list) or not data:
            raise verdicts.unreadable(self._line.title, "it has no picture")
        items = cast("list[Any]", data)[: len(wanted)]
        tally.add(len(items), _cost(call, len(items), document.get("usage")))
        for index, item in zip(wanted, items, strict=False):
            try:
                output = await pictures.kept(_document(item).get("b64_json"), call.scratch / f"{index}-made")
            except Unreadable as why:
                raise verdicts.unreadable(self._line.title, str(why)) from why
            await sink.output(index, output)
            await sink.progress((call.wanted.index(index) + 1) / len(call.wanted))

    def _judged(self, model: str, reply: Reply | None, body: Any) -> Exception:
        """What a refusal means; a stream that breaks off with one has no status of its own."""
        found = body.get("error") if isinstance(body, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - any JSON
        error: Mapping[str, Any] = cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
        told = {str(error.get("code")), str(error.get("type"))}
        reason = str(error.get("message") or "")
        if told & MODERATED:
            return verdicts.blocked(self._line.title)
        if told & NO_CREDIT:
            return verdicts.no_credit(self._line.title)
        if reply is None:
            return verdicts.unreadable(self._line.title, "its stream ended with an error")
        return verdicts.of_status(self._line.title, model, reply.status, reply.headers, reason)


def _fields(call: Call, n: int, *, streamed: bool) -> dict[str, Any]:
    asked = call.input
    fields: dict[str, Any] = {
        "model": call.model,
        "prompt": asked["prompt"],
        "n": n,
        "size": f"{asked['width']}x{asked['height']}" if "width" in asked else "auto",
    }
    fields |= {theirs: asked[ours] for ours, theirs in SETTINGS.items() if ours in asked}
    if streamed:
        fields |= {"stream": True, "partial_images": asked.get("previews", 0)}
    return fields


def _parts(call: Call, fields: Mapping[str, Any], files: ExitStack) -> list[Part]:
    """The same fields as a form, with the pictures. Raises `Refused` for one that OpenAI would not take."""
    parts: list[Part] = [(name, (None, _text(value))) for name, value in fields.items()]
    images = [call.sources[name] for name in ("image", "reference", "reference2") if name in call.sources]
    for number, image in enumerate(images):
        source = pictures.suited(image, "OpenAI", kinds=KINDS, largest=LARGEST_IMAGE)
        opened = files.enter_context(source.path.open("rb"))
        ending = source.content_type.partition("/")[2]
        name = "image[]" if len(images) > 1 else "image"
        parts.append((name, (f"image-{number}.{ending}", opened, source.content_type)))
    if "mask" in call.sources:
        path = pictures.mask_in_alpha(call.sources["image"], call.sources["mask"], call.scratch / "mask.png")
        if path.stat().st_size > LARGEST_MASK:
            raise verdicts.unsuited("OpenAI takes masks up to 4 MB; this one is larger.")
        parts.append(("mask", ("mask.png", files.enter_context(path.open("rb")), "image/png")))
    return parts


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _document(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unreadable("it is not what was agreed")
    return cast("Mapping[str, Any]", value)


def _cost(call: Call, made: int, usage: Any) -> MicroUsd:
    """From the tokens that were counted; where they were not, what such pictures cost elsewhere."""
    if call.cost is None:
        return FREE
    counted: dict[str, int] = {}
    if isinstance(usage, Mapping):
        told = cast("Mapping[str, Any]", usage)
        details: Mapping[str, Any] = told.get("input_tokens_details") or {}
        try:
            counted = {
                "textIn": int(details["text_tokens"]),
                "imageIn": int(details["image_tokens"]),
                "imageOut": int(told["output_tokens"]),
            }
        except (KeyError, TypeError, ValueError):
            counted = {}
    by_tokens = call.cost.of_tokens(counted)
    return by_tokens if by_tokens is not None else call.cost.of_outputs(call.input, made)
