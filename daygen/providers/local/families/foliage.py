"""Leaves, soft ground and what floats between trees: the same for every wood."""

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import HUES, Ink, hued, lighter, mixed, toned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Frame, Glow, Plate, Profile, Shapes
from daygen.providers.local.scene import Scene

_WARM = frozenset(("golden", "gold", "orange", "amber", "red", "rust", "yellow", "copper", "crimson", "brown"))


def leaves(scene: Scene, depth: float, index: int) -> Ink:
    """The colour of leaves: of the land, or of the season where it shows."""
    inks = scene.palette
    ink = inks.land(depth)
    if inks.night and not scene.has("blossom"):
        return ink
    if scene.has("blossom") and not scene.reading.colours:
        return lighter(hued(mixed(ink, inks.light, 0.45), HUES["pink"].degrees, 0.9, 0.08), 0.03 * (index % 3))
    if scene.reading.season == "autumn" and not set(scene.reading.colours) - _WARM:
        hue = (38.0, 52.0, 66.0, 82.0)[index % 4]
        return lighter(hued(toned(ink, 1.15), hue, 0.85, 0.11), 0.08 * (1 - depth) + 0.05)
    return lighter(ink, 0.025 * (index % 3))


def floor_of(scene: Scene, name: str, base: float, high: float, pitch: float) -> Profile:
    """The edge of soft ground."""

    def edge(xs: Floats) -> Floats:
        return base - high * scene.dice.fractal(name, xs * pitch, 3, 0.4)

    return edge


def petals(scene: Scene, frame: Frame) -> Shapes:
    """Leaves or petals in the air."""
    dice = scene.dice
    many = 46 if scene.has("blossom") or scene.reading.season == "autumn" else 0
    parts: list[Floats] = []
    for index in range(int(many * frame.wide)):
        x, y = dice.unit("petal.x", index) * frame.wide, dice.unit("petal.y", index) * frame.high
        size = dice.between("petal.r", 0.0025, 0.0065, index)
        tilt = dice.between("petal.t", -0.7, 0.7, index)
        outline = shapes.oval(0.0, 0.0, size, size * 0.5, 12)
        parts.append(np.stack([x + outline[:, 0], y + outline[:, 1] + outline[:, 0] * tilt], axis=1))
    return Shapes(tuple(parts), lighter(leaves(scene, 0.3, 1), 0.05), alpha=0.9)


def fireflies(scene: Scene, frame: Frame) -> list[Plate]:
    """Small lights between the trees, where the words speak of any."""
    if "firefl" not in scene.reading.text and "fairy" not in scene.reading.text and "lantern" not in scene.reading.text:
        return []
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    dots: list[Floats] = []
    for index in range(int(34 * frame.wide)):
        x, y = dice.unit("fly.x", index) * frame.wide, frame.high * dice.between("fly.y", 0.5, 0.97, index)
        size = dice.between("fly.r", 0.0018, 0.005, index)
        dots.append(shapes.disc(x, y, size, 16))
        if index % 3 == 0:
            made.append(Glow(x, y, size * 9, inks.glow, 0.6))
    return [*made, Shapes(tuple(dots), mixed(inks.glow, inks.light, 0.4), light=True, moves="twinkle")]
