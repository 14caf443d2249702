"""The recipe a print carries in its file, so that it can be varied, edited, set in motion or printed larger."""

import base64
import json
import zlib
from dataclasses import dataclass, replace
from typing import Any

from daygen.providers.local.scene import STRENGTHS, TECHNIQUES, Scene, Strength, Technique, Variation, compose

VERSION = 2
LEAST_SIDE, MOST_SIDE = 16, 4096
MOST_EDITS = 6  # each is drawn anew with every print of the picture
MASK_SIDE = 256  # pixels of a mask's longer side: its edge is feathered wider than one of them
WHOLE = (0.0, 0.0, 1.0, 1.0)  # the window of a scene that has the picture's own frame
_MOST_STEPS = 64  # steps of variation that are remembered; a picture varied more often forgets its first ones
_SEEDS = 1 << 63
_READABLE = (1, VERSION)  # 1 knew no edits; a picture without any is still written so


class ForeignPicture(ValueError):  # noqa: N818 - a kind of picture
    """A picture that does not say how it was printed."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Where a picture was painted over: 0 (it stays) to 255 (it is new), row by row, whatever the picture's size."""

    width: int
    height: int
    values: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """A part of a picture that shows something else: its words and seed, seen in `window` (left, top, right, bottom).

    The window is in shares of the picture: the new scene fills it, and is seen where the mask says. The `WHOLE` picture
    shows all of the scene; a smaller window only what stands before the scene's sky, so that the picture's own stays.
    """

    prompt: str
    seed: int
    mask: Mask
    window: tuple[float, float, float, float] = WHOLE


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a print needs: words, seed, technique, size in pixels, the steps away from the first print, edits."""

    prompt: str
    seed: int
    width: int
    height: int
    technique: Technique = "auto"
    variations: tuple[Variation, ...] = ()
    edits: tuple[Edit, ...] = ()

    def scene(self) -> Scene:
        """What it draws."""
        return compose(self.prompt, self.seed, self.technique, self.variations)

    def edited_scene(self, edit: Edit, under: Scene) -> Scene:
        """What an edit draws, in the technique and the inks of the picture under it."""
        drawn = compose(edit.prompt, edit.seed, under.technique, self.variations)
        return replace(drawn, palette=under.palette)

    def varied(self, seed: int, strength: Strength) -> "Recipe":
        """A neighbour: the same words, one step away."""
        return replace(self, variations=(*self.variations, Variation(seed, strength))[-_MOST_STEPS:])

    def sized(self, width: int, height: int) -> "Recipe":
        """The same scene on other paper."""
        return replace(self, width=width, height=height)

    def edited(self, edit: Edit) -> "Recipe":
        """The same picture, a part of it painted over."""
        return replace(self, edits=(*self.edits, edit))

    def settled(self) -> "Recipe":
        """The same print, its technique said outright: what `auto` chooses may change as techniques are added."""
        return replace(self, technique=_technique(self.scene().technique))

    def text(self) -> str:
        """The recipe as JSON in ASCII."""
        said: dict[str, Any] = {
            "version": VERSION if self.edits else 1,
            "prompt": self.prompt,
            "seed": self.seed,
            "technique": self.technique,
            "width": self.width,
            "height": self.height,
            "ratio": round(self.width / self.height, 6),
            "variations": [{"seed": step.seed, "strength": step.strength} for step in self.variations],
        }
        if self.edits:
            said["edits"] = [_edit_said(edit) for edit in self.edits]
        return json.dumps(said)


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
            edits=tuple(_edit(edit) for edit in said.get("edits", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise ForeignPicture("its recipe cannot be read") from error
    sides = (recipe.width, recipe.height)
    if said["version"] not in _READABLE or not all(LEAST_SIDE <= side <= MOST_SIDE for side in sides):
        raise ForeignPicture("its recipe is not one of ours")
    seeds = (recipe.seed, *(edit.seed for edit in recipe.edits))
    if max(map(abs, seeds)) >= _SEEDS or len(recipe.variations) > _MOST_STEPS or len(recipe.edits) > MOST_EDITS:
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


def _edit_said(edit: Edit) -> dict[str, Any]:
    mask = edit.mask
    packed = base64.b64encode(zlib.compress(mask.values, 9)).decode()
    return {
        "prompt": edit.prompt,
        "seed": edit.seed,
        "mask": {"width": mask.width, "height": mask.height, "values": packed},
        "window": list(edit.window),
    }


def _edit(said: Any) -> Edit:
    left, top, right, bottom = (float(_typed(at, float)) for at in said["window"])
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError("a window outside the picture")
    return Edit(
        prompt=_typed(said["prompt"], str),
        seed=_typed(said["seed"], int),
        mask=_mask(said["mask"]),
        window=(left, top, right, bottom),
    )


def _mask(said: Any) -> Mask:
    width, height = _typed(said["width"], int), _typed(said["height"], int)
    if not (1 <= width <= MASK_SIDE and 1 <= height <= MASK_SIDE):
        raise ValueError("a mask of another size")
    unpacker = zlib.decompressobj()
    values = unpacker.decompress(base64.b64decode(_typed(said["values"], str)), width * height + 1)
    if len(values) != width * height:
        raise ValueError("a mask that is not whole")
    return Mask(width, height, values)
