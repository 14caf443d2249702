"""A castle on its hill: a part of the cities, but it stands alone."""

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, ranges
from daygen.providers.local.plates import Frame, Glow, Land, Plate, Profile, Shapes, Veil
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Sky, far ranges, the hill with the castle, trees at its foot."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("castle.horizon", 0.62, 0.68)
    light = air.light_of(scene, frame, horizon - 0.12)
    made = air.sky(scene, frame, horizon, light)
    for row in range(2):
        ink = mixed(inks.land(0.1 + 0.14 * row), inks.low, 0.3)
        edge = ranges.profile_of(
            dice, ranges.peaks if row == 0 else ranges.ridges, f"castle.{row}", horizon + 0.05 * row, 0.2, 0.0
        )
        made.append(Land(f"castle.{row}", edge, ink, air.haze(scene, ink, 0.2 * row), 0.2, 0.2 * row))
    made.append(Veil(horizon + 0.02, 0.12, mixed(inks.low, inks.light, 0.35), 0.6, "castle.mist"))
    x = frame.wide * dice.pick("castle.x", (0.4, 0.5, 0.6))
    top = frame.high * dice.between("castle.top", 0.56, 0.62)
    hill = _hill(scene, frame, x, top)
    ink = inks.land(0.62)
    made += _castle(scene, x, top + 0.02, 0.42 * min(1.0, frame.wide), inks.land(0.72))
    made.append(Land("castle.hill", hill, ink, lighter(mixed(ink, inks.near, 0.5), 0), 0.3, 0.7))
    trees: list[Floats] = []
    for index in range(int(46 * frame.wide)):
        at = frame.wide * dice.unit("castle.tree", index)
        base = float(hill(np.array([at]))[0]) + 0.02 + 0.3 * dice.unit("castle.down", index) ** 2
        trees.append(plants.conifer(at, base, dice.between("castle.high", 0.05, 0.12, index), dice, 700 + index))
    made.append(Shapes(tuple(trees), mixed(ink, inks.near, 0.55), 0.85))
    return made


def _hill(scene: Scene, frame: Frame, x: float, top: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        away = np.clip(np.abs(xs - x) - 0.19, 0.0, 2.0)
        slope = 1.0 - 1.0 / (1.0 + 9.0 * away * away)
        return top + (frame.high * 0.97 - top) * slope + 0.012 * scene.dice.fractal("castle.hill", xs * 8.0, 3)

    return edge


def _castle(scene: Scene, x: float, base: float, size: float, ink: Ink) -> list[Plate]:
    """Walls, a keep, and towers with pointed roofs and flags."""
    dice, inks = scene.dice, scene.palette
    walls: list[Floats] = [shapes.box(x - 0.42 * size, base - 0.22 * size, x + 0.42 * size, base + 0.1 * size)]
    roofs: list[Floats] = []
    flags: list[Floats] = []
    lit: list[Floats] = []
    walls += _teeth(x - 0.42 * size, x + 0.42 * size, base - 0.22 * size, size * 0.03)
    for index, (at, wide, high) in enumerate(
        ((-0.42, 0.1, 0.42), (0.42, 0.11, 0.46), (-0.2, 0.12, 0.66), (0.03, 0.17, 0.82), (0.25, 0.11, 0.6))
    ):
        tall = high * dice.between("castle.tower", 0.9, 1.12, index) * size
        left, right = x + (at - wide / 2) * size, x + (at + wide / 2) * size
        walls.append(shapes.box(left, base - tall, right, base))
        walls.append(shapes.box(left - 0.012 * size, base - tall - 0.03 * size, right + 0.012 * size, base - tall))
        roof = wide * dice.between("castle.roof", 1.5, 2.3, index) * size
        tip = base - tall - 0.03 * size - roof
        roofs.append(
            np.array([(left - 0.02 * size, tip + roof), (x + at * size, tip), (right + 0.02 * size, tip + roof)])
        )
        flags.append(shapes.box(x + at * size - 0.002, tip - 0.07 * size, x + at * size + 0.002, tip))
        flags.append(
            np.array(
                [
                    (x + at * size, tip - 0.07 * size),
                    (x + at * size + 0.07 * size, tip - 0.05 * size),
                    (x + at * size, tip - 0.03 * size),
                ]
            )
        )
        for row in range(3):
            if dice.chance("castle.lit", 0.6, index * 4 + row):
                y = base - tall * (0.88 - 0.24 * row)
                lit.append(shapes.box(x + at * size - 0.008 * size, y, x + at * size + 0.008 * size, y + 0.04 * size))
    gate = [
        shapes.box(x + 0.0 * size, base - 0.1 * size, x + 0.1 * size, base + 0.1 * size),
        shapes.dome(x + 0.05 * size, base - 0.1 * size, 0.05 * size, 0.05 * size),
    ]
    stone = mixed(ink, inks.light, 0.14 if not scene.dim else 0.0)
    made: list[Plate] = [Glow(x, base - 0.3 * size, size, mixed(inks.low, inks.light, 0.5), 0.35)]
    return [
        *made,
        Shapes(tuple(flags), mixed(inks.glow, (196, 60, 50), 0.5), 0.7),
        Shapes(tuple(roofs), mixed(mixed(inks.near, (150, 60, 50), 0.3), ink, 0.2), 0.7),
        Shapes(tuple(walls), stone, 0.7, foot=(mixed(stone, inks.near, 0.5), base - 0.6 * size, base + 0.2 * size)),
        Shapes(tuple(gate), mixed(stone, inks.near, 0.7), 0.7),
        Shapes(tuple(lit), inks.glow if scene.dim else mixed(stone, inks.near, 0.6), 0.7, light=scene.dim),
    ]


def _teeth(left: float, right: float, y: float, size: float) -> list[Floats]:
    """Battlements."""
    count = int((right - left) / (2 * size))
    return [shapes.box(left + 2 * size * at, y - size, left + 2 * size * at + size, y) for at in range(count)]
