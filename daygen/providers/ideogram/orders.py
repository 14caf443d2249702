"""Ideogram's words for an order: which endpoint, which fields, which files."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from daygen.providers import pictures
from daygen.providers.contract import Call, Source
from daygen.providers.http import Part

KINDS = ("image/png", "image/jpeg", "image/webp")
LARGEST_IMAGE = 10 << 20
LARGEST_SEED = 2**31 - 1

_LOOK = {
    "renderingSpeed": "rendering_speed",
    "magicPrompt": "magic_prompt",
    "styleType": "style_type",
    "stylePreset": "style_preset",
    "negativePrompt": "negative_prompt",
    "imageWeight": "image_weight",
}
_REFERENCES = {"styleReference": "style_reference_images", "characterReference": "character_reference_images"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an operation is, and what its picture is called there."""

    path: str
    image: str = "image"


ENDPOINTS: Mapping[str, Endpoint] = {
    "text_to_image": Endpoint("/v1/ideogram-v3/generate"),
    "image_edit": Endpoint("/v1/ideogram-v3/edit"),
    "remix": Endpoint("/v1/ideogram-v3/remix"),
    "reframe": Endpoint("/v1/ideogram-v3/reframe"),
    "replace_background": Endpoint("/v1/ideogram-v3/replace-background"),
    "upscale": Endpoint("/upscale", "image_file"),
    "describe": Endpoint("/describe", "image_file"),
}


def parts_of(call: Call, first: int, count: int, files: ExitStack) -> list[Part]:
    """The form for `count` outputs, of which the first is number `first`. Raises `Refused` for an unfit picture."""
    asked = call.input
    if call.operation == "describe":
        parts: list[Part] = [_field("describe_model_version", "V_3")]
    elif call.operation == "upscale":
        request = {name: asked[name] for name in ("prompt", "resemblance", "detail") if name in asked}
        request |= {"num_images": count, "seed": seed_of(asked, first)}
        parts = [("image_request", (None, json.dumps(request).encode()))]
    else:
        parts = [_field("num_images", count), _field("seed", seed_of(asked, first))]
        parts += [_field("prompt", asked["prompt"])] if "prompt" in asked else []
        parts += [_field(theirs, asked[ours]) for ours, theirs in _LOOK.items() if ours in asked]
        parts += [_field("resolution", f"{asked['width']}x{asked['height']}")] if "width" in asked else []
        if "colorPalette" in asked:
            parts.append(("color_palette", (None, json.dumps({"name": asked["colorPalette"]}).encode())))
    for ours, source in call.sources.items():
        if ours == "mask":
            path = pictures.mask_inverted(call.sources["image"], source, call.scratch / "mask.png")
            parts.append(_file("mask", Source(path, "image/png"), files))
        else:
            name = _REFERENCES.get(ours, ENDPOINTS[call.operation].image)
            parts.append(_file(name, source, files))
    return parts


def seed_of(asked: Mapping[str, Any], first: int) -> int:
    """Outputs that are made later must not be the first ones again."""
    return (int(asked["seed"]) + first) % (LARGEST_SEED + 1)


def _field(name: str, value: Any) -> Part:
    return (name, (None, str(value)))


def _file(name: str, source: Source, files: ExitStack) -> Part:
    fit = pictures.suited(source, "Ideogram", kinds=KINDS, largest=LARGEST_IMAGE)
    opened = files.enter_context(fit.path.open("rb"))
    return (name, (f"{name}.{fit.content_type.partition('/')[2]}", opened, fit.content_type))
