"""Ideogram's API as it is described: strict about every form, in its own words when it refuses."""

import base64
import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.providers.servers import pictures
from tests.providers.servers.wire import Answer, Part, Request, Trouble, Wire

SPEEDS = {"FLASH", "TURBO", "BALANCED", "DEFAULT", "QUALITY"}
SIDES = {
    *(512, 576, 640, 704, 736, 768, 800, 832, 864, 896, 960, 1024, 1088, 1120, 1152, 1216, 1248, 1280, 1312, 1344),
    *(1408, 1472, 1536),
}
CHOICES: Mapping[str, set[str]] = {
    "rendering_speed": SPEEDS,
    "magic_prompt": {"AUTO", "ON", "OFF"},
    "style_type": {"AUTO", "GENERAL", "REALISTIC", "DESIGN", "CUSTOM", "FICTION", "STYLIZED"},
    "describe_model_version": {"V_2", "V_3", "CUSTOM"},
}
LARGE = {"2048x2048", "1440x2880", "3072x1280"}
WHOLE = {"seed": (0, 2**31 - 1), "num_images": (1, 8), "image_weight": (1, 100)}
PALETTES = {"EMBER", "FRESH", "JUNGLE", "MAGIC", "MELON", "MOSAIC", "PASTEL", "ULTRAMARINE"}
FILES = {
    *("image", "mask", "image_file", "style_reference_images", "character_reference_images"),
    "character_reference_images_mask",
}
_LOOK = {
    *("num_images", "seed", "rendering_speed", "magic_prompt", "style_type", "style_preset", "color_palette"),
    *("style_codes", "style_reference_images", "character_reference_images", "character_reference_images_mask"),
    "custom_model_uri",
}
_FRAME = {"num_images", "seed", "rendering_speed", "style_preset", "color_palette", "style_codes"} | {
    "style_reference_images"
}
FORMS: Mapping[str, tuple[set[str], set[str]]] = {  # required, optional
    "/v1/ideogram-v3/generate": ({"prompt"}, _LOOK | {"resolution", "aspect_ratio", "negative_prompt"}),
    "/v1/ideogram-v3/edit": ({"image", "mask", "prompt"}, _LOOK),
    "/v1/ideogram-v3/remix": (
        {"image", "prompt"},
        _LOOK | {"image_weight", "resolution", "aspect_ratio", "negative_prompt"},
    ),
    "/v1/ideogram-v3/reframe": ({"image", "resolution"}, _FRAME),
    "/v1/ideogram-v3/replace-background": ({"image", "prompt"}, _FRAME | {"magic_prompt"}),
    "/upscale": ({"image_file", "image_request"}, set()),
    "/v1/ideogram-v4/async/generate": ({"text_prompt"}, {"rendering_speed", "resolution", "seed"}),
    "/describe": ({"image_file"}, {"describe_model_version"}),
}
UPSCALE = {"prompt", "resemblance", "detail", "magic_prompt_option", "magic_prompt_version", "num_images", "seed"}
REFUSALS: Mapping[Trouble | None, tuple[int, Any, Mapping[str, str]]] = {
    Trouble.MODERATED: (
        422,
        {"error": "Prompt provided failed safety check due to the inclusion of prohibited content."},
        {},
    ),
    Trouble.BUSY: (429, {"error": "Too many requests"}, {"retry-after": "7"}),
    Trouble.BUSY_WITHOUT_TIME: (402, {"error": "Wait", "reject_reason": "inflight_limit"}, {}),
    Trouble.NO_CREDIT: (402, {"error": "Top up", "reject_reason": "insufficient_funds"}, {}),
    Trouble.BAD_ORDER: (400, {"message": "Invalid input, see https://developer.ideogram.ai"}, {}),
    Trouble.RETIRED: (404, {"error": "Not found"}, {}),
    Trouble.OVERLOADED: (503, {"error": "Try later"}, {}),
    Trouble.SERVER_ERROR: (500, {"error": "Internal"}, {}),
}


class Wrong(Exception):  # noqa: N818
    """A form that the description does not allow."""


class IdeogramServer(Wire):
    """`withheld` are the positions of pictures that its safety rules keep back."""

    withheld: AbstractSet[int] = frozenset()
    pending = 1  # questions about an order before it is done

    def __init__(self) -> None:
        super().__init__()
        self.generations: dict[str, list[Any]] = {}  # by id: questions so far, what comes
        self.signer = Ed25519PrivateKey.generate()
        raw = self.signer.public_key().public_bytes_raw()
        self.keys: list[Mapping[str, Any]] = [
            {"kty": "EC", "crv": "P-256", "x": "AA"},
            {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")},
        ]

    def told(self, generation: str, at: float, body: bytes | None = None) -> tuple[bytes, Mapping[str, str]]:
        """A webhook about an order: its body, and its headers."""
        if body is None:
            body = json.dumps({"generation_id": generation, "created": "2026-11-20T00:00:00Z", "data": []}).encode()
        signed = [generation, "a-user", str(int(at))]
        text = "\n".join([*signed, hashlib.sha256(body).hexdigest()]).encode()
        names = ("Generation-Id", "User-Id", "Timestamp", "Signature", "Key-Id")
        values = (*signed, self.signer.sign(text).hex(), "key-1")
        return body, {f"X-Ideogram-Webhook-{name}": value for name, value in zip(names, values, strict=True)}

    def _accepted(self, request: Request, form: Mapping[str, list[Part]], trouble: Trouble | None) -> Answer:
        if not {*request.query} <= {"webhook_url"} or form["resolution"][0].text not in LARGE:
            return Answer({"error": "Invalid input"}, 400)
        generation = f"gen-{len(self.generations)}"
        self.generations[generation] = [0, self._made(request.path, form, trouble)]
        return Answer({"generation_id": generation})

    def _generation(self, request: Request) -> Answer:
        assert request.headers.get("api-key") == self.key
        known = self.generations.get(request.path.rpartition("/")[2])
        if known is None:
            return Answer({"error": "Not found"}, 404)
        known[0] += 1
        if known[0] <= self.pending:
            return Answer({"status": "pending"})
        return Answer({"status": "completed", "data": known[1]})

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:  # noqa: PLR0911 - one for each case
        if request.path == "/v1/.well-known/jwks.json":
            return Answer({"keys": self.keys})
        if request.method == "GET" and request.path.startswith("/v1/generations/"):
            return self._generation(request)
        if request.method == "GET":
            return self._file(request)
        if request.headers.get("api-key") != self.key or trouble == Trouble.BAD_KEY:
            return Answer({"error": "Unauthorized"}, 403 if request.path == "/upscale" else 401)
        if request.path not in FORMS:
            return Answer({"error": "Not found"}, 404)
        try:
            form = _form(request)
        except Wrong as wrong:
            return Answer({"error": str(wrong)}, 400)
        if trouble in REFUSALS:
            status, body, headers = REFUSALS[trouble]
            return Answer(body, status, headers)
        if trouble == Trouble.OTHER_JSON:
            return Answer(["not", "what", "was", "agreed"])
        if request.path == "/v1/ideogram-v4/async/generate":
            return self._accepted(request, form, trouble)
        if request.path == "/describe":
            return Answer({"descriptions": [{"text": "A lighthouse at dusk."}]})
        return Answer({"created": "2026-11-20T00:00:00+00:00", "data": self._made(request.path, form, trouble)})

    def _made(self, path: str, form: Mapping[str, list[Part]], trouble: Trouble | None) -> list[dict[str, Any]]:
        told: Mapping[str, Any] = json.loads(form["image_request"][0].text) if path == "/upscale" else {}
        count = told.get("num_images") or (int(form["num_images"][0].text) if "num_images" in form else 1)
        size = form["resolution"][0].text if "resolution" in form else "1024x1024"
        if trouble == Trouble.NO_PICTURE:
            return []
        kinds: Mapping[Trouble | None, str] = {Trouble.TRUNCATED_PICTURE: "half", Trouble.HALF_A_PICTURE: "none"}
        kind = kinds.get(trouble, "whole")
        withheld = set(range(count)) if trouble == Trouble.MODERATED_OUTPUT else self.withheld
        return [
            {
                "url": None
                if number in withheld
                else f"{self.url}/api/images/ephemeral/{kind}-{size}-{number}.png?exp=1&sig=2",
                "prompt": "a lighthouse",
                "resolution": size,
                "seed": number,
                "is_image_safe": number not in withheld,
                "style_type": "GENERAL",
            }
            for number in range(count)
        ]

    def _file(self, request: Request) -> Answer:
        assert "api-key" not in request.headers, "the key goes to the API only"
        assert request.query == {"exp": "1", "sig": "2"}
        kind, size, number = request.path.removesuffix(".png").rpartition("/")[2].split("-")
        width, height = (int(side) for side in size.split("x"))
        picture = pictures.made(width, height, seed=int(number))
        if kind == "none":
            return Answer({"error": "expired"}, 410)
        return Answer(picture[: len(picture) // 2] if kind == "half" else picture)


def _form(request: Request) -> Mapping[str, list[Part]]:
    required, optional = FORMS[request.path]
    form: dict[str, list[Part]] = {}
    for name, part in request.parts():
        form.setdefault(name, []).append(part)
    if missing := required - form.keys():
        raise Wrong(f"missing {missing}")
    if unknown := form.keys() - required - optional:
        raise Wrong(f"unknown {unknown}")
    for name, found in form.items():
        if len(found) > 1 and not name.endswith(("_images", "_codes", "_images_mask")):
            raise Wrong(f"{name} twice")
        for part in found:
            _check_file(name, part) if name in FILES else _check_field(name, part)
    if {"resolution", "aspect_ratio"} <= form.keys():
        raise Wrong("resolution and aspect_ratio exclude each other")
    if "mask" in form:
        mask, image = (pictures.opened(form[name][0].content) for name in ("mask", "image"))
        if mask.size != image.size or {value for _, value in mask.convert("L").getcolors() or []} - {0, 255}:
            raise Wrong("the mask is not black and white, or not as large as the image")
    return form


def _check_file(name: str, part: Part) -> None:
    if part.filename is None or part.content_type not in {"image/png", "image/jpeg", "image/webp"}:
        raise Wrong(f"{name} is not a file")
    if len(part.content) > 10 << 20:
        raise Wrong(f"{name} is too large")


def _check_field(name: str, part: Part) -> None:
    text = part.text
    if part.filename is not None:
        raise Wrong(f"{name} is a file")
    if name in CHOICES and text not in CHOICES[name]:
        raise Wrong(f"{name} cannot be {text}")
    if name in WHOLE and not (text.isdigit() and WHOLE[name][0] <= int(text) <= WHOLE[name][1]):
        raise Wrong(f"{name} cannot be {text}")
    if name == "resolution" and text not in LARGE and not {int(side) for side in text.split("x")} <= SIDES:
        raise Wrong(f"no resolution {text}")
    if name == "color_palette" and json.loads(text).get("name") not in PALETTES:
        raise Wrong("no such palette")
    if name == "image_request":
        told = json.loads(text)
        if told.keys() - UPSCALE or not all(1 <= told.get(field, 50) <= 100 for field in ("resemblance", "detail")):
            raise Wrong("not an image_request")
