"""OpenAI's image API as it is described: strict about what it is sent, in its own words when it refuses."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tests.providers.servers import pictures
from tests.providers.servers.wire import Answer, Request, Trouble, Wire

MODELS = {
    *("gpt-image-2.6-flare", "gpt-image-2.6-sunburst", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"),
    *("gpt-image-2", "gpt-image-1.5", "gpt-image-1-mini"),
}
ANY_SIZE = {model for model in MODELS if model.startswith("gpt-image-2")}
SIZES = {"auto", "1024x1024", "1536x1024", "1024x1536"}
CHOICES = {
    "quality": {"auto", "low", "medium", "high"},
    "background": {"auto", "opaque", "transparent"},
    "output_format": {"png", "jpeg", "webp"},
    "moderation": {"auto", "low"},
}
WHOLE = {"n": (1, 10), "output_compression": (0, 100), "partial_images": (0, 3)}
TEXTS = {"model", "prompt", "size", "user", "safety_identifier"}
FILES = {"image", "image[]", "mask"}
USAGE = {
    "input_tokens": 340,
    "output_tokens": 1056,
    "total_tokens": 1396,
    "input_tokens_details": {"text_tokens": 16, "image_tokens": 324},
}


REFUSALS: Mapping[Trouble | None, tuple[int, Mapping[str, str], tuple[str, str, str | None]]] = {
    Trouble.MODERATED: (
        400, {},
        ("Your request was rejected by the safety system. safety_violations=[violence].",
         "image_generation_user_error", "moderation_blocked"),
    ),
    Trouble.BUSY: (429, {"retry-after": "7"}, ("Rate limit reached", "requests", "rate_limit_exceeded")),
    Trouble.BUSY_WITHOUT_TIME: (429, {}, ("Slow down", "requests", "slow_down")),
    Trouble.NO_CREDIT: (
        429, {"retry-after": "1"},
        ("You exceeded your current quota, please check your plan and billing details.",
         "insufficient_quota", "credit_balance_exhausted"),
    ),
    Trouble.RETIRED: (
        404, {},
        ("The model `{model}` does not exist or you do not have access to it.",
         "invalid_request_error", "model_not_found"),
    ),
    Trouble.BAD_ORDER: (400, {}, ("Invalid size, see https://platform.openai.com/x", "invalid_request_error", None)),
    Trouble.OVERLOADED: (503, {}, ("The engine is currently overloaded", "server_error", None)),
    Trouble.SERVER_ERROR: (500, {}, ("The server had an error", "server_error", None)),
}  # fmt: skip


class Wrong(Exception):  # noqa: N818
    """A request that the description does not allow."""

    def __init__(self, message: str, param: str | None, code: str | None = None) -> None:
        super().__init__(message)
        self.body = error(message, "invalid_request_error", code, param)


def error(message: str, kind: str, code: str | None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


class OpenAIServer(Wire):
    """`usage` may be taken away; `fails_in_stream` breaks a stream off with this error."""

    usage: Mapping[str, Any] | None = USAGE
    fails_in_stream: Mapping[str, Any] | None = None
    gap: Any = None  # awaited between the events of a stream

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self.key}" or trouble == Trouble.BAD_KEY:
            told = request.headers.get("authorization", "")[-12:]
            return Answer(
                error(f"Incorrect API key provided: {told}.", "invalid_request_error", "invalid_api_key"), 401
            )
        if request.method != "POST" or request.path not in {"/images/generations", "/images/edits"}:
            return Answer(error("Unknown request URL", "invalid_request_error", "unknown_url"), 404)
        try:
            asked = _edit(request) if request.path == "/images/edits" else _generation(request)
            _check(asked)
        except Wrong as wrong:
            return Answer(wrong.body, 400)
        return _refusal(trouble, asked) or self._made(request, asked, trouble)

    def _made(self, request: Request, asked: Mapping[str, Any], trouble: Trouble | None) -> Answer:
        width, height = (int(side) for side in asked.get("size", "auto").replace("auto", "1024x1536").split("x"))
        kind = asked.get("output_format", "png")
        folded = [pictures.folded(pictures.made(width, height, kind, seed)) for seed in range(asked.get("n", 1))]
        if trouble == Trouble.TRUNCATED_PICTURE:
            folded = [text[: len(text) // 2 - 1] for text in folded]
        elif trouble == Trouble.HALF_A_PICTURE:
            folded = [text[: len(text) // 8 * 4] for text in folded]
        if trouble == Trouble.OTHER_JSON:
            return Answer(["not", "what", "was", "agreed"])
        if trouble == Trouble.NO_PICTURE:
            folded = []
        facts = {"output_format": kind, "size": f"{width}x{height}", "quality": "medium", "background": "opaque"}
        if asked.get("stream") and trouble not in {Trouble.CUT_IN_ANSWER, Trouble.WRONG_JSON}:
            name = "image_edit" if request.path == "/images/edits" else "image_generation"
            pieces = self._stream(name, folded, asked.get("partial_images", 0), facts, width, height)
            return Answer(headers={"content-type": "text/event-stream"}, pieces=pieces)
        body = {"created": 1795000000, "data": [{"b64_json": text} for text in folded], **facts}
        return Answer(body | ({"usage": self.usage} if self.usage else {}))

    async def _stream(
        self, name: str, folded: list[str], partials: int, facts: Mapping[str, Any], width: int, height: int
    ) -> AsyncIterator[bytes]:
        for number in range(partials):
            passing = pictures.folded(pictures.made(width, height, seed=100 + number))
            yield _event({
                "type": f"{name}.partial_image", "b64_json": passing, "partial_image_index": number,
                "created_at": 1795000000, **facts,
            })  # fmt: skip
            if self.gap is not None:
                await self.gap()
        if self.fails_in_stream is not None:
            yield _event({"type": "error", **self.fails_in_stream})
            return
        for text in folded:
            done = {"type": f"{name}.completed", "b64_json": text, "created_at": 1795000000, **facts}
            yield _event(done | ({"usage": self.usage} if self.usage else {}))


def _event(document: Mapping[str, Any]) -> bytes:
    return f"event: {document['type']}\ndata: {json.dumps(document)}\n\n".encode()


def _refusal(trouble: Trouble | None, asked: Mapping[str, Any]) -> Answer | None:
    if trouble not in REFUSALS:
        return None
    status, headers, (message, kind, code) = REFUSALS[trouble]
    return Answer(error(message.format(**asked), kind, code), status, headers)


def _generation(request: Request) -> Mapping[str, Any]:
    asked = request.json()
    if not isinstance(asked, dict):
        raise Wrong("We expected an object", None)
    return asked  # pyright: ignore[reportUnknownVariableType] - any JSON


def _edit(request: Request) -> Mapping[str, Any]:
    """The fields of a form, their types as they would be in JSON; the pictures are looked at here."""
    asked: dict[str, Any] = {}
    images: list[bytes] = []
    names: list[str] = []
    mask: bytes | None = None
    for name, part in request.parts():
        if name in FILES:
            if part.filename is None or part.content_type not in {"image/png", "image/jpeg", "image/webp"}:
                raise Wrong(f"Invalid file '{name}': unsupported mimetype ('{part.content_type}').", name)
            names.append(name)
            if name == "mask":
                mask = part.content
            else:
                images.append(part.content)
        elif name in asked:
            raise Wrong(f"Duplicate parameter: '{name}'.", name)
        else:
            asked[name] = _typed(name, part.text)
    if not images:
        raise Wrong("Missing required parameter: 'image'.", "image", "missing_required_parameter")
    if names.count("image") > 1:
        raise Wrong("Duplicate parameter: 'image'. Use 'image[]'.", "image", "duplicate_parameter")
    if mask is not None:
        picture = pictures.opened(mask)
        if picture.format != "PNG" or "A" not in picture.mode:
            raise Wrong("Invalid mask image format - mask must be a PNG with an alpha channel.", "mask")
        if picture.size != pictures.opened(images[0]).size:
            raise Wrong("Invalid input image - mask size does not match image size.", "mask")
    return asked


def _typed(name: str, text: str) -> Any:
    if name in WHOLE and text.isdigit():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if name == "stream" else text


def _check(asked: Mapping[str, Any]) -> None:
    for name in asked:
        if name not in TEXTS | CHOICES.keys() | WHOLE.keys() | {"stream"}:
            raise Wrong(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    for name in ("prompt", "model"):
        if not isinstance(asked.get(name), str) or not asked[name]:
            raise Wrong(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    if len(asked["prompt"]) > 32_000:
        raise Wrong("string too long", "prompt", "string_above_max_length")
    _check_values(asked)
    if "stream" in asked and type(asked["stream"]) is not bool:
        raise Wrong("Invalid type for 'stream': expected a boolean.", "stream", "invalid_type")
    if "partial_images" in asked and not asked.get("stream"):
        raise Wrong("partial_images needs stream", "partial_images")
    if asked["model"] not in MODELS:
        raise Wrong(f"Invalid value: '{asked['model']}'.", "model", "invalid_value")
    if asked.get("background") == "transparent" and asked.get("output_format") == "jpeg":
        raise Wrong("Transparent background is not supported for JPEG.", "background")
    _check_size(asked["model"], asked.get("size", "auto"))


def _check_values(asked: Mapping[str, Any]) -> None:
    for name, known in CHOICES.items():
        if name in asked and asked[name] not in known:
            raise Wrong(f"Invalid value: '{asked[name]}'.", name, "invalid_value")
    for name, (least, most) in WHOLE.items():
        if name in asked and (type(asked[name]) is not int or not least <= asked[name] <= most):
            raise Wrong(f"Invalid value for '{name}'.", name, "invalid_value")


def _check_size(model: str, size: str) -> None:
    if size in SIZES:
        return
    try:
        width, height = (int(side) for side in size.split("x"))
    except ValueError:
        raise Wrong(f"Invalid size '{size}'.", "size") from None
    odd = width % 16 or height % 16 or not 1 / 3 <= width / height <= 3 or max(width, height) > 3840
    if model not in ANY_SIZE or odd:
        raise Wrong(f"Invalid size '{size}'.", "size")
