"""Says what a picture is: of our own its words and inks, of any other only its size and colours."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image

from daygen.providers.local.colour import Ink, ink, lab
from daygen.providers.local.recipe import Recipe
from daygen.providers.local.scene import Scene

# Those whose name is not what one would say.
_TECHNIQUES = {
    "screenprint": "screen print",
    "stained_glass": "stained glass",
    "ink": "ink and wash",
}
_NAMES = (
    "black 0B0B0D, charcoal 36383D, slate 5B6670, grey 8A8A8A, silver BEC1C4, white FAFAF8, ivory F4EEDC, cream "
    "F3E6C4, sand D9C39A, beige D8C7B0, khaki B3A272, brown 7A5235, umber 4B3524, sepia 6B5238, rust A4502E, "
    "terracotta C46A4A, copper B87345, orange E8842C, amber E9A83A, gold D4AC3B, mustard C6992F, ochre B98636, yellow "
    "F2D54B, lemon F4EC86, olive 6E7135, moss 5D6B3B, lime A5C83F, green 3F8F4F, forest green 254D35, sage 9CAF88, "
    "mint A9DCC0, jade 3F9C7F, emerald 1F7A5A, teal 1F7D80, deep teal 124B52, turquoise 41B9B6, aqua 8AD4DA, sky blue "
    "8FC3E8, powder blue B8D3E3, azure 3F8FD6, blue 2F62C4, cobalt 2746A0, navy 1C2A52, midnight 121A30, indigo "
    "38327E, periwinkle 8E93D8, lavender BBB0E0, violet 7545A8, purple 6B3A80, aubergine 3B2140, plum 78325F, mauve "
    "A9819B, lilac CBA5CF, magenta C22F86, pink EC94B5, blush EFC7BE, rose D4687C, peach F5BE97, apricot F2AE72, "
    "salmon EC8C74, coral EA6A55, red CF3431, crimson A61F36, burgundy 6B1C2E, maroon 5B2122"
)
_FEW = 6  # colours that are named
_APART = 0.055  # in OKLab: nearer ones are told as one
_LEAST_SHARE = 0.015
_DARK, _LIGHT = 0.42, 0.7
_SQUARE = 0.02


@cache
def _named() -> tuple[tuple[str, tuple[float, float, float]], ...]:
    return tuple((name.rpartition(" ")[0], lab(ink(name.rpartition(" ")[2]))) for name in _NAMES.split(", "))


def name_of(colour: Ink) -> str:
    """The colour word that comes nearest."""
    wanted = lab(colour)
    return min(_named(), key=lambda named: math.dist(named[1], wanted))[0]


def of_print(recipe: Recipe) -> str:
    """What one of our own pictures is, from its recipe alone."""
    scene = recipe.scene()
    technique = _TECHNIQUES.get(scene.technique, scene.technique)
    shown = [_quoted(edit.prompt) for edit in recipe.edits]
    size = f"{recipe.width} x {recipe.height} pixels"
    made = f"{_family(scene)}, {technique}, seed {recipe.seed}, {size}"
    return " ".join(
        [
            f"{_quoted(recipe.prompt)}, printed by local/print: {made}.",
            *([f"Its parts were changed to {_listed(shown)}."] if shown else ()),
            *([f"Varied {_times(len(recipe.variations))}."] if recipe.variations else ()),
            f"Inks: {_listed(_told(_inks(scene)))}.",
        ]
    )


def of_foreign(picture: Image.Image, size: tuple[int, int]) -> str:
    """What can be said of a picture by its pixels; `picture` may be smaller than the `size` it has."""
    width, height = size
    shape = "square" if abs(width / height - 1) < _SQUARE else "landscape" if width > height else "portrait"
    colours = _colours(picture)
    lightness = sum(lab(colour)[0] * share for colour, share in colours) / sum(share for _, share in colours)
    tone = "dark" if lightness < _DARK else "light" if lightness > _LIGHT else "of middle brightness"
    told = [
        f"{name_of(colour)} {_hex(colour)} ({max(1, round(share * 100))} %)"
        for colour, share in colours[:_FEW]
        if share >= _LEAST_SHARE
    ]
    return (
        f"A {shape} picture of {width} x {height} pixels, {tone} on the whole. Colours: {_listed(told)}. "
        "local/print did not make it and only reads its colours: what it shows, it cannot say."
    )


def _colours(picture: Image.Image) -> list[tuple[Ink, float]]:
    """Its colours and their shares of it, the largest first; alike ones together."""
    small = flat(picture)
    small.thumbnail((160, 160), Image.Resampling.BOX)
    few = small.quantize(24, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    table = np.array(few.getpalette() or [], dtype=np.int64).reshape(-1, 3)
    counts = np.bincount(np.asarray(few).ravel(), minlength=len(table))
    found: list[tuple[Ink, float]] = []
    for index in np.argsort(-counts, kind="stable").tolist():
        if counts[index] == 0:
            break
        red, green, blue = table[index].tolist()
        colour, share = (red, green, blue), int(counts[index]) / (small.width * small.height)
        like = next((at for at, (known, _) in enumerate(found) if math.dist(lab(known), lab(colour)) < _APART), None)
        if like is None:
            found.append((colour, share))
        else:
            found[like] = (found[like][0], found[like][1] + share)
    return sorted(found, key=lambda pair: -pair[1])


def flat(picture: Image.Image) -> Image.Image:
    """Without transparency: on white, as a page shows it."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    page = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return Image.alpha_composite(page, picture).convert("RGB")


def _inks(scene: Scene) -> Sequence[Ink]:
    inks = scene.palette
    return (inks.top, inks.middle, inks.low, inks.light, inks.far, inks.near, inks.glow)


def _told(inks: Sequence[Ink]) -> list[str]:
    """Each ink by name and number, those that are nearly the same once."""
    told: list[Ink] = []
    for colour in inks:
        if all(math.dist(lab(colour), lab(known)) >= _APART for known in told):
            told.append(colour)
    return [f"{name_of(colour)} {_hex(colour)}" for colour in told]


def _hex(colour: Ink) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"


def _family(scene: Scene) -> str:
    return scene.family if scene.reading.family else f"{scene.family} (none of the words is known, so by chance)"


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
