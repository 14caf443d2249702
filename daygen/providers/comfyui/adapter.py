"""ComfyUI as a provider: files up, a graph in its queue, its history for the truth, files down."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from daygen.providers import pictures, unfolding, verdicts
from daygen.providers.comfyui import templates
from daygen.providers.comfyui.templates import Template
from daygen.providers.comfyui.watching import Watcher
from daygen.providers.contract import Broken, Call, Refused, Report, Sink, Source, Unknown
from daygen.providers.documents import inside, listed, mapping
from daygen.providers.http import Account, Line, Reply
from daygen.providers.unfolding import Unreadable

POLL = timedelta(seconds=1)
LARGEST_IMAGE = 50 << 20
KINDS = ("image/png", "image/jpeg", "image/webp")
MISSED = 2  # looks in a row at which an order is neither waiting, nor running, nor done


class ComfyUI:
    """A ComfyUI, over HTTP and its socket. `poll` is how often its history is asked."""

    name = "comfyui"

    def __init__(self, client: httpx.AsyncClient, account: Account, poll: timedelta = POLL) -> None:
        self._line = Line(client, account)
        self._poll = poll

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs with one graph."""
        template = templates.find(call.model, call.operation)
        if template is None:
            raise verdicts.unsupported(self._line.title, call.operation)
        files = {name: await self._uploaded(call, name, source) for name, source in call.sources.items()}
        values = {**call.input, **files, "count": len(call.wanted)}
        if "seed" in values:
            values["seed"] = int(values["seed"]) + call.wanted[0]
        ours = str(uuid4())
        watcher = self._watcher(ours, call, sink)
        watching = asyncio.create_task(watcher.watch())
        try:
            async with asyncio.timeout(self._line.account.patience.total_seconds()):
                order = await self._queued(template.filled(values), ours)
                try:
                    ended = await self._ended(order, watching)
                except (asyncio.CancelledError, Unknown):
                    await asyncio.shield(self._stopped(order))
                    raise
        except TimeoutError as late:
            raise Unknown(f"{self._line.title} has not finished in time") from late
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        return await self._delivered(call, template, ended, sink)

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    def _watcher(self, ours: str, call: Call, sink: Sink) -> Watcher:
        account = self._line.account
        address = f"ws{account.base_url.removeprefix('http')}/ws?clientId={ours}"
        return Watcher(address, account.headers, sink, call.wanted[0], call.scratch)

    async def _uploaded(self, call: Call, name: str, source: Source) -> str:
        """Put a file where the graph can load it; what it is called there. A mask is grey, as large as its picture."""
        title = self._line.title
        if name == "mask":
            path = call.scratch / "mask.png"
            source = Source(
                await asyncio.to_thread(pictures.mask_plain, call.sources["image"], source, path), "image/png"
            )
        source = pictures.suited(source, title, kinds=KINDS, largest=LARGEST_IMAGE)
        filename = f"{call.ref}-{name}.{source.content_type.partition('/')[2]}"
        with source.path.open("rb") as file:
            fields = [("type", "input"), ("subfolder", "daygen"), ("overwrite", "true")]
            try:
                async with self._line.order(
                    "/upload/image",
                    parts=[
                        *((field, (None, value)) for field, value in fields),
                        ("image", (filename, file, source.content_type)),
                    ],
                ) as reply:
                    if not reply.ok:
                        raise verdicts.of_status(title, call.model, reply.status, reply.headers)
                    told = mapping(await unfolding.unfolded(reply.pieces(), call.scratch))
            except (Unknown, Unreadable) as lost:  # a file that is there twice is no harm
                raise Broken(f"{title} did not take a file: {lost}") from lost
        folder = str(told.get("subfolder") or "")
        return f"{folder}/{told.get('name')}" if folder else str(told.get("name"))

    async def _queued(self, graph: Mapping[str, Any], ours: str) -> str:
        """Queue a graph under our own number; where the answer was lost, look whether it is there."""
        body = {"prompt": graph, "client_id": ours, "prompt_id": ours}
        try:
            async with self._line.order("/prompt", json=body) as reply:
                if not reply.ok:
                    raise self._judged(reply, await reply.reason())
                raw = b"".join([piece async for piece in reply.pieces(1 << 20)])
            told = mapping(httpx.Response(200, content=raw).json())
            if not told.get("prompt_id"):
                raise verdicts.unreadable(self._line.title, "it has no number")
            return str(told["prompt_id"])
        except (Unknown, ValueError) as lost:
            if await self._has(ours):
                return ours
            raise Unknown(f"{self._line.title}: the answer was lost, and it does not know the order") from lost

    async def _has(self, order: str) -> bool:
        return bool(await self._history(order)) or await self._waiting(order) is not None

    async def _waiting(self, order: str) -> str | None:
        """In which of its two lists an order is; None when in neither."""
        told = mapping(await self._line.look("/queue"))
        for name in ("queue_running", "queue_pending"):
            rows: Any = told.get(name)
            if isinstance(rows, list) and order in str(rows):  # pyright: ignore[reportUnknownArgumentType] - any JSON
                return name
        return None

    async def _history(self, order: str) -> Mapping[str, Any]:
        return inside(mapping(await self._line.look(f"/history/{order}")), order)

    async def _ended(self, order: str, watching: asyncio.Task[None]) -> Mapping[str, Any]:
        """Wait for its place in the history."""
        missed = 0
        while True:
            if watching.done() and watching.exception() is not None:
                watching.result()  # the sink says that the job was taken from us
            if ended := await self._history(order):
                return ended
            missed = 0 if await self._waiting(order) else missed + 1
            if missed > MISSED:
                raise Broken(f"{self._line.title} has lost the order; it may have been restarted")
            await asyncio.sleep(self._poll.total_seconds())

    async def _stopped(self, order: str) -> None:
        """Take an order out of its queue, or stop it where it runs: never somebody else's."""
        with suppress(Unknown):
            if await self._waiting(order) == "queue_running":
                await self._line.tell("/interrupt", {"prompt_id": order})
            else:
                await self._line.tell("/queue", {"delete": [order]})

    async def _delivered(self, call: Call, template: Template, ended: Mapping[str, Any], sink: Sink) -> Report:
        if (failure := self._failure(inside(ended, "status"))) is not None:
            raise failure
        files = listed(inside(inside(ended, "outputs"), template.output), "images")
        if not files:
            raise verdicts.unreadable(self._line.title, "it saved no picture")
        made = 0
        for index, file in zip(call.wanted, files, strict=False):
            place = urlencode({name: str(file.get(name) or "") for name in ("filename", "subfolder", "type")})
            path = call.scratch / f"{index}-made"
            await self._line.fetch(f"{self._line.account.base_url}/view?{place}", path, keyed=True)
            try:
                output = await asyncio.to_thread(pictures.measured, path)
            except Unreadable as why:
                raise verdicts.unreadable(self._line.title, str(why)) from why
            await sink.output(index, output)
            made += 1
        await sink.progress(1.0)
        return Report(units=made)

    def _failure(self, status: Mapping[str, Any]) -> Exception | None:
        if status.get("status_str") != "error":
            return None
        told: Any = status.get("messages")
        events = cast("list[Any]", told) if isinstance(told, list) else []
        facts = {str(event[0]): mapping(event[1]) for event in events if isinstance(event, list) and len(event) > 1}  # pyright: ignore[reportUnknownArgumentType] - any JSON
        if "execution_interrupted" in facts:
            return Refused("provider.interrupted", "Somebody stopped this order at the house's ComfyUI.")
        error = facts.get("execution_error", {})
        kind, message = str(error.get("exception_type")), str(error.get("exception_message") or "")
        return Broken(f"{self._line.title} failed ({kind}): {verdicts.plain(message)}")

    def _judged(self, reply: Reply, body: Any) -> Exception:
        """Why a graph was not taken, in the words of its first node that says so."""
        told = mapping(body)
        reason = str(inside(told, "error").get("message") or "")
        for node in inside(told, "node_errors").values():
            for error in listed(mapping(node), "errors"):
                if error.get("type") == "value_not_in_list":
                    reason = f"it does not have the file that is asked for ({error.get('details')})"
        return verdicts.of_status(self._line.title, self._line.title, reply.status, reply.headers, reason)
