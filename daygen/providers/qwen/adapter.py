"""Qwen as a provider. Which of DashScope's endpoints a model has is a matter of its name."""

import asyncio
import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from daygen.providers import pictures, unfolding, verdicts
from daygen.providers.contract import FREE, Broken, Call, Report, Sink, Unknown
from daygen.providers.documents import inside, listed, mapping
from daygen.providers.http import Account, Line
from daygen.providers.together import Tally, accounted
from daygen.providers.unfolding import Unreadable

AT_ONCE = "/services/aigc/multimodal-generation/generation"
FROM_TEXT = "/services/aigc/text2image/image-synthesis"
FROM_IMAGE = "/services/aigc/image2image/image-synthesis"
KINDS = ("image/png", "image/jpeg", "image/webp")
LARGEST_IMAGE = 10 << 20
LARGEST_SEED = 2**31 - 1
POLL = timedelta(seconds=2)
ONE_AT_A_TIME = {"qwen-image", "qwen-image-plus", "qwen-image-max", "qwen-image-edit"}
MOST_AT_ONCE = {"qwen": 6, "wan2": 4}

MODERATED = ("DataInspection", "IPInfringementSuspect")
NO_CREDIT = ("Arrearage", "AllocationQuota.FreeTierOnly")
NOT_BILLED = ("InternalError", "ServiceUnavailable", "ModelUnavailable", "BadRequest.InputDownloadFailed")


class Qwen:
    """DashScope, over plain HTTP. `poll` is how often a task is asked about."""

    name = "qwen"

    def __init__(self, client: httpx.AsyncClient, account: Account, poll: timedelta = POLL) -> None:
        self._line = Line(client, account)
        self._poll = poll

    async def run(self, call: Call, sink: Sink) -> Report:
        """Make the outputs, as many at a time as the model can."""
        if call.operation not in {"text_to_image", "image_edit"}:
            raise verdicts.unsupported(self._line.title, call.operation)
        images = await asyncio.to_thread(lambda: list(_data_urls(call)))
        most = 1 if call.model in ONE_AT_A_TIME else MOST_AT_ONCE[call.model[:4]]
        tally, withheld = Tally(), 0
        with accounted(tally.so_far):
            for at in range(0, len(call.wanted), most):
                wanted = call.wanted[at : at + most]
                results = await (self._now if call.model.startswith("qwen") else self._later)(call, wanted, images)
                told = list(zip(wanted, results, strict=False))
                made = [(index, result["url"]) for index, result in told if "url" in result]
                withheld += sum(str(result.get("code", "")).startswith(MODERATED) for _, result in told)
                cost = call.cost.of_outputs(call.input, len(made), inputs=len(images)) if call.cost else FREE
                tally.add(len(made), cost)
                for index, url in made:
                    await self._deliver(call, index, url, sink)
        if not tally.units:
            raise verdicts.blocked(self._line.title, output=True) if withheld else Broken("no task of it succeeded")
        warnings = (f"Qwen's safety rules withheld {withheld} of {len(call.wanted)} pictures",) if withheld else ()
        return Report(units=tally.units, cost=tally.cost, warnings=warnings)

    async def close(self) -> None:
        """Hold nothing: the client belongs to the process."""

    async def _deliver(self, call: Call, index: int, url: Any, sink: Sink) -> None:
        path = call.scratch / f"{index}-made"
        await self._line.fetch(str(url), path)
        try:
            output = await asyncio.to_thread(pictures.measured, path)
        except Unreadable as why:
            raise verdicts.unreadable(self._line.title, str(why)) from why
        await sink.output(index, output)
        await sink.progress((call.wanted.index(index) + 1) / len(call.wanted))

    async def _now(self, call: Call, wanted: Sequence[int], images: list[str]) -> list[Mapping[str, Any]]:
        """Order from a model that answers with its pictures."""
        content = [*({"image": image} for image in images), {"text": call.input["prompt"]}]
        parameters = _parameters(call, wanted)
        if "negativePrompt" in call.input:
            parameters["negative_prompt"] = call.input["negativePrompt"]
        body = {"model": call.model, "input": {"messages": [{"role": "user", "content": content}]}}
        output = await self._ordered(call, AT_ONCE, {**body, "parameters": parameters}, {})
        urls: list[Mapping[str, Any]] = [
            {"url": item["image"]}
            for choice in listed(output, "choices")
            for item in listed(inside(choice, "message"), "content")
            if "image" in item
        ]
        if not urls:
            raise verdicts.unreadable(self._line.title, "it has no picture")
        return urls

    async def _later(self, call: Call, wanted: Sequence[int], images: list[str]) -> list[Mapping[str, Any]]:
        """Order from a model that gives a task, and ask about it until it ends."""
        order: dict[str, Any] = {"prompt": call.input["prompt"]} | ({"images": images} if images else {})
        if "negativePrompt" in call.input:
            order["negative_prompt"] = call.input["negativePrompt"]
        body = {"model": call.model, "input": order, "parameters": _parameters(call, wanted)}
        path = FROM_IMAGE if images else FROM_TEXT
        output = await self._ordered(call, path, body, {"X-DashScope-Async": "enable"})
        task = str(output.get("task_id") or "")
        if not task.replace("-", "").isalnum():
            raise verdicts.unreadable(self._line.title, "it has no task")
        try:
            async with asyncio.timeout(self._line.account.patience.total_seconds()):
                return await self._ended(task)
        except TimeoutError as late:
            raise Unknown(f"{self._line.title} has not finished in time") from late
        except asyncio.CancelledError:
            await asyncio.shield(self._line.tell(f"/tasks/{task}/cancel"))
            raise

    async def _ended(self, task: str) -> list[Mapping[str, Any]]:
        while True:
            await asyncio.sleep(self._poll.total_seconds())
            document = await self._line.look(f"/tasks/{task}")
            told = mapping(document)
            output = inside(told, "output")
            match output.get("task_status"):
                case "SUCCEEDED":
                    if results := listed(output, "results"):
                        return results
                    raise verdicts.unreadable(self._line.title, "its task has no results")
                case "FAILED":
                    raise self._named(output) or Broken(f"{self._line.title}: its task failed")
                case "CANCELED":
                    raise Broken(f"{self._line.title}: its task was cancelled there")
                case "UNKNOWN":
                    raise Unknown(f"{self._line.title} no longer knows its task")
                case _:
                    continue

    async def _ordered(
        self, call: Call, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Mapping[str, Any]:
        async with self._line.order(path, json=body, headers=headers) as reply:
            if not reply.ok:
                found = await reply.reason()
                told = mapping(found)
                reason = str(told.get("message") or "")
                raise self._named(told) or verdicts.of_status(
                    self._line.title, call.model, reply.status, reply.headers, reason
                )
            try:
                document = await unfolding.unfolded(reply.pieces(), call.scratch)
            except Unreadable as why:
                raise verdicts.unreadable(self._line.title, str(why)) from why
        return inside(mapping(document), "output")

    def _named(self, told: Mapping[str, Any]) -> Exception | None:
        """What an error's code means, wherever it stands; only what succeeded is billed."""
        code = str(told.get("code") or "")
        if code.startswith(MODERATED):
            return verdicts.blocked(self._line.title)
        if code.startswith(NO_CREDIT):
            return verdicts.no_credit(self._line.title)
        if code.startswith(NOT_BILLED):
            return Broken(f"{self._line.title} failed: {verdicts.plain(code)}")
        if code.startswith("InvalidParameter"):
            return verdicts.bad_order(self._line.title, str(told.get("message") or ""))
        return None


def _parameters(call: Call, wanted: Sequence[int]) -> dict[str, Any]:
    asked = call.input
    parameters: dict[str, Any] = {
        "n": len(wanted),
        "seed": (int(asked["seed"]) + wanted[0]) % (LARGEST_SEED + 1),
        "prompt_extend": asked["promptExtend"],
        "watermark": False,
    }
    if "width" in asked:
        parameters["size"] = f"{asked['width']}*{asked['height']}"
    return parameters


def _data_urls(call: Call) -> Iterator[str]:
    for name in ("image", "reference", "reference2"):
        if name in call.sources:
            source = pictures.suited(call.sources[name], "Qwen", kinds=KINDS, largest=LARGEST_IMAGE)
            yield f"data:{source.content_type};base64,{base64.b64encode(source.path.read_bytes()).decode()}"
