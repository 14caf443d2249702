"""Where in a picture an edit's words are drawn, so that the mask shows what they name; and the inks of any picture."""

from dataclasses import replace

import numpy as np
from PIL import Image

from daygen.providers.local import masks
from daygen.providers.local.colour import Hue, Palette, lab
from daygen.providers.local.dice import Floats
from daygen.providers.local.recipe import WHOLE, Edit, Mask
from daygen.providers.local.scene import Scene, compose

Window = tuple[float, float, float, float]

_LARGE = 0.34  # a mask around so much of the picture is a part of the scene; a smaller one is a thing in it
_AROUND = 0.03  # of the picture, on each side of what is painted
_LEAST = 0.12  # a window's sides, in shares of the picture
_SQUAREST = 2.4  # a window is not longer than so many times its width: scenes are composed for paper, not for strips
_DARK = 0.42  # of OKLab's lightness: what is darker on the whole is a night's picture


def placed(prompt: str, seed: int, mask: Mask, ratio: float) -> Edit:
    """An edit whose scene has the picture's own frame where much is painted, else a frame around what is painted."""
    left, top, right, bottom = _box(mask)
    if (right - left) * (bottom - top) >= _LARGE:
        return Edit(prompt, seed, mask, WHOLE)
    left, right = _room(left - _AROUND, right + _AROUND, _LEAST)
    top, bottom = _room(top - _AROUND, bottom + _AROUND, _LEAST)
    wide, high = (right - left) * ratio, bottom - top
    if wide > high * _SQUAREST:
        top, bottom = _room(top, bottom, wide / _SQUAREST)
    elif high > wide * _SQUAREST:
        left, right = _room(left, right, high / _SQUAREST / ratio)
    return Edit(prompt, seed, mask, (round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)))


def _box(mask: Mask) -> Window:
    """Around what is painted, in shares."""
    there = np.asarray(masks.image_of(mask)) > 8  # noqa: PLR2004 - hardly anything of 255
    columns, rows = np.flatnonzero(there.any(axis=0)), np.flatnonzero(there.any(axis=1))
    return (
        float(columns[0]) / mask.width,
        float(rows[0]) / mask.height,
        float(columns[-1] + 1) / mask.width,
        float(rows[-1] + 1) / mask.height,
    )


def _room(low: float, high: float, least: float) -> tuple[float, float]:
    """A stretch of at least that length around the same middle, moved so that it lies within 0 to 1."""
    long = min(1.0, max(high - low, least))
    start = min(max((low + high - long) / 2, 0.0), 1.0 - long)
    return start, start + long


def scene_for(prompt: str, seed: int, picture: Image.Image) -> Scene:
    """A scene in the hues and the light of a picture that is not ours."""
    scene = compose(prompt, seed)
    return replace(scene, palette=_inks(picture, scene.palette))


def _inks(picture: Image.Image, base: Palette) -> Palette:
    """The picture's own colours as inks: its light ones for the sky, its dark ones for the land."""
    small = picture.convert("RGB").resize((24, 24), Image.Resampling.BOX)
    seen = np.array([lab((int(r), int(g), int(b))) for r, g, b in np.asarray(small).reshape(-1, 3)])
    seen = seen[np.argsort(seen[:, 0], kind="stable")]
    third = len(seen) // 3
    dark, light = _hue(seen[:third]), _hue(seen[-third:])
    return replace(base.recoloured(dark, light, 1.0), night=float(seen[:, 0].mean()) < _DARK)


def _hue(seen: Floats) -> Hue:
    _, a, b = seen.mean(axis=0).tolist()
    chroma = float(np.hypot(a, b))
    return Hue(float(np.degrees(np.arctan2(b, a))), round(chroma, 3)) if chroma > 0.012 else Hue(0, 0)  # noqa: PLR2004
