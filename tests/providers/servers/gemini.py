"""Gemini's `generateContent` as it is described: unknown fields are errors, refusals hide inside a 200."""

from collections.abc import Mapping
from typing import Any

from tests.providers.servers import pictures
from tests.providers.servers.wire import Answer, Request, Trouble, Wire

RATIOS = {"1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"}
WIDE = RATIOS | {"1:4", "4:1", "1:8", "8:1"}
MODELS: Mapping[str, tuple[set[str], set[str]]] = {
    "gemini-3-pro-image": (RATIOS, {"1K", "2K", "4K"}),
    "gemini-3.1-flash-image": (WIDE, {"512", "1K", "2K", "4K"}),
    "gemini-3.1-flash-lite-image": (RATIOS, {"1K"}),
}
RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}
DAILY = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "RequestsPerDay"}]}
KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
REFUSALS: Mapping[Trouble | None, tuple[int, str, list[Any]]] = {
    Trouble.BUSY: (429, "RESOURCE_EXHAUSTED", [RETRY]),
    Trouble.BUSY_WITHOUT_TIME: (429, "RESOURCE_EXHAUSTED", []),
    Trouble.NO_CREDIT: (429, "RESOURCE_EXHAUSTED", [DAILY, RETRY]),
    Trouble.RETIRED: (404, "NOT_FOUND", []),
    Trouble.BAD_ORDER: (400, "INVALID_ARGUMENT", []),
    Trouble.BAD_KEY: (400, "INVALID_ARGUMENT", [KEY]),
    Trouble.OVERLOADED: (503, "UNAVAILABLE", []),
    Trouble.SERVER_ERROR: (500, "INTERNAL", []),
}


class Wrong(Exception):  # noqa: N818
    """A request that the description does not allow."""


class GeminiServer(Wire):
    """`finish` is the reason it gives; with another than STOP it makes nothing. `blocked` is one for the order."""

    finish = "STOP"
    blocked: str | None = None
    words = "Here is your picture."

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:
        if request.headers.get("x-goog-api-key") != self.key:
            return _error(403, "PERMISSION_DENIED", [])
        model, _, verb = request.path.removeprefix("/models/").partition(":")
        if model not in MODELS or verb != "generateContent":
            return _error(404, "NOT_FOUND", [])
        try:
            _check(model, request.json())
        except Wrong as wrong:
            return _error(400, "INVALID_ARGUMENT", [], str(wrong))
        if trouble in REFUSALS:
            return _error(*REFUSALS[trouble])
        if trouble == Trouble.OTHER_JSON:
            return Answer(["not", "what", "was", "agreed"])
        return Answer(self._made(trouble))

    def _made(self, trouble: Trouble | None) -> Mapping[str, Any]:
        blocked = "PROHIBITED_CONTENT" if trouble == Trouble.MODERATED else self.blocked
        if blocked:
            return {"promptFeedback": {"blockReason": blocked}, "usageMetadata": {"promptTokenCount": 8}}
        finish = "IMAGE_SAFETY" if trouble == Trouble.MODERATED_OUTPUT else self.finish
        folded = pictures.folded(pictures.made(1024, 1024, seed=len(self.orders)))
        if trouble == Trouble.TRUNCATED_PICTURE:
            folded = folded[: len(folded) // 2 - 1]
        elif trouble == Trouble.HALF_A_PICTURE:
            folded = folded[: len(folded) // 8 * 4]
        parts: list[Any] = [
            {"text": "Let me think", "thought": True},
            {"inlineData": {"mimeType": "image/png", "data": "dGhpbmtpbmc="}, "thought": True},
            {"text": self.words},
        ]
        if trouble != Trouble.NO_PICTURE and finish == "STOP":
            parts.append({"inlineData": {"mimeType": "image/jpeg", "data": folded}})  # it is a PNG
        return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish}]}


def _error(status: int, state: str, details: list[Any], message: str = "see https://ai.google.dev/x") -> Answer:
    return Answer({"error": {"code": status, "message": message, "status": state, "details": details}}, status)


def _only(value: Any, allowed: set[str], where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() - allowed:
        raise Wrong(f'Invalid JSON payload received. Unknown name at "{where}"')
    return value  # pyright: ignore[reportUnknownVariableType] - any JSON


def _check(model: str, body: Any) -> None:
    told = _only(body, {"contents", "generationConfig", "safetySettings"}, "")
    config = _only(told["generationConfig"], {"responseModalities", "imageConfig", "seed"}, "generation_config")
    image = _only(config["imageConfig"], {"aspectRatio", "imageSize"}, "image_config")
    ratios, sizes = MODELS[model]
    if image.get("aspectRatio", "1:1") not in ratios or image.get("imageSize", "1K") not in sizes:
        raise Wrong("Invalid value at 'generation_config.image_config'")
    if not set(config["responseModalities"]) <= {"TEXT", "IMAGE"}:
        raise Wrong("Invalid value at 'generation_config.response_modalities'")
    if type(config["seed"]) is not int or not -(2**31) <= config["seed"] < 2**31:
        raise Wrong("Invalid value at 'generation_config.seed' (TYPE_INT32)")
    for content in told["contents"]:
        for part in _only(content, {"role", "parts"}, "contents")["parts"]:
            inline = _only(part, {"text", "inlineData"}, "parts").get("inlineData")
            if inline is None:
                continue
            _only(inline, {"mimeType", "data"}, "inline_data")
            if not pictures.whole(inline["data"], inline["mimeType"]):
                raise Wrong("Unable to process input image")
