"""Animals as a printmaker cuts them, ready to be put into a picture."""

from collections.abc import Callable, Mapping
from functools import cache

from daygen.providers.local.beasts import BEASTS
from daygen.providers.local.birds import BIRDS
from daygen.providers.local.curves import limb, outline
from daygen.providers.local.dice import Floats
from daygen.providers.local.shapes import oval

Parts = Mapping[str, tuple[Floats, ...]]
"""Outlines by part: `body` (the silhouette), `far` (legs on the other side), `mark` (what is lighter in the coat),
`dark` (what is darker) and `eye`; in the animal's own length, y up, standing on y 0 or swimming around it."""

CREATURES = BEASTS | BIRDS


def height_of(name: str) -> float:
    """How tall an animal is, in its own length."""
    return CREATURES[name][0]


def _round(text: str) -> Floats:
    x, y, across, down = (float(part) / 100 for part in text.split(","))
    return oval(x, y, across, down, 48)


_READERS: dict[str, Callable[[str], Floats]] = {"limbs": limb, "outlines": outline, "rounds": _round}


@cache
def parts_of(name: str) -> Parts:
    """Its outlines by part. Texts are named `body_limbs`, `mark_outlines`…; a semicolon parts one from the next."""
    made: dict[str, list[Floats]] = {}
    for title, text in CREATURES[name][1].items():
        part, kind = title.rsplit("_", 1)
        pieces = (" ".join(piece.split()) for piece in text.split(";"))
        made.setdefault(part, []).extend(_READERS[kind](piece) for piece in pieces if piece)
    return {part: tuple(polygons) for part, polygons in made.items()}
