"""The recipe a print carries in its file, so that it can be varied or printed again at another size."""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from daygen.providers.local.scene import STRENGTHS, TECHNIQUES, Scene, Strength, Technique, Variation, compose

KEYWORD = "daygen-print"
VERSION = 1
LEAST_SIDE, MOST_SIDE = 16, 4096
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_TEXT = 1 << 20
_MOST_STEPS = 64  # steps of variation that are remembered; a picture varied more often forgets its first ones
_SEEDS = 1 << 63


class ForeignPicture(ValueError):  # noqa: N818 - a kind of picture
    """A picture that does not say how it was printed."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a print needs: words, seed, technique, size in pixels, and the steps away from the first print."""

    prompt: str
    seed: int
    width: int
    height: int
    technique: Technique = "auto"
    variations: tuple[Variation, ...] = ()

    def scene(self) -> Scene:
        """What it draws."""
        return compose(self.prompt, self.seed, self.technique, self.variations)

    def varied(self, seed: int, strength: Strength) -> "Recipe":
        """A neighbour: the same words, one step away."""
        steps = (*self.variations, Variation(seed, strength))[-_MOST_STEPS:]
        return Recipe(self.prompt, self.seed, self.width, self.height, self.technique, steps)

    def text(self) -> str:
        """The recipe as JSON in ASCII."""
        return json.dumps(
            {
                "version": VERSION,
                "prompt": self.prompt,
                "seed": self.seed,
                "technique": self.technique,
                "width": self.width,
                "height": self.height,
                "ratio": round(self.width / self.height, 6),
                "variations": [{"seed": step.seed, "strength": step.strength} for step in self.variations],
            }
        )


def parsed(text: str) -> Recipe:
    """Read a recipe. Raises `ForeignPicture` for anything we would not have written ourselves."""
    try:
        said: Any = json.loads(text)
        recipe = Recipe(
            prompt=_typed(said["prompt"], str),
            seed=_typed(said["seed"], int),
            width=_typed(said["width"], int),
            height=_typed(said["height"], int),
            technique=_technique(said["technique"]),
            variations=tuple(_variation(step) for step in said["variations"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ForeignPicture("its recipe cannot be read") from error
    sides = (recipe.width, recipe.height)
    if said["version"] != VERSION or not all(LEAST_SIDE <= side <= MOST_SIDE for side in sides):
        raise ForeignPicture("its recipe is not one of ours")
    if abs(recipe.seed) >= _SEEDS or len(recipe.variations) > _MOST_STEPS:
        raise ForeignPicture("its recipe is not one of ours")
    return recipe


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"not a {kind.__name__}")
    return value


def _technique(value: Any) -> Technique:
    if value not in TECHNIQUES:
        raise ValueError("an unknown technique")
    return value


def _variation(step: Any) -> Variation:
    strength, seed = step["strength"], _typed(step["seed"], int)
    if strength not in STRENGTHS or abs(seed) >= _SEEDS:
        raise ValueError("an unknown variation")
    return Variation(seed, strength)


def read_from(path: Path) -> Recipe:
    """Find the recipe in a file, without decoding its pixels. Raises `ForeignPicture`."""
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            raise ForeignPicture("it is not a PNG")
        while True:
            head = file.read(8)
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if len(head) < 8 or kind in {b"IDAT", b"IEND"}:  # noqa: PLR2004 - length and kind of a PNG chunk
                raise ForeignPicture("it carries no recipe")
            text = _text_of(file, kind, length)
            if text is not None:
                return parsed(text)


def _text_of(file: BinaryIO, kind: bytes, length: int) -> str | None:
    """Our text, if this chunk holds it; the file then stands behind the chunk either way."""
    start = file.tell()
    try:
        if kind not in {b"tEXt", b"zTXt"} or length > _MOST_TEXT:
            return None
        keyword, _, body = file.read(length).partition(b"\0")
        if keyword != KEYWORD.encode():
            return None
        if kind == b"zTXt":
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(body[1:], _MOST_TEXT)
            if unpacker.unconsumed_tail:
                raise ForeignPicture("its recipe is too long")
        return body.decode("ascii")
    except (zlib.error, UnicodeDecodeError) as error:
        raise ForeignPicture("its recipe cannot be read") from error
    finally:
        file.seek(start + length + 4)
