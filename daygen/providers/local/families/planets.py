"""Worlds seen from space: stars, planets with bands or craters, rings."""

import math

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import HUES, Ink, dyed, lighter, mixed
from daygen.providers.local.colour import turned as hue_turned
from daygen.providers.local.curves import ring, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Frame, Glow, Plate, Shapes
from daygen.providers.local.scene import Scene


def stars(scene: Scene, frame: Frame) -> list[Plate]:
    """Small stars everywhere, a few that sparkle."""
    dice = scene.dice
    small: list[Floats] = []
    bright: list[Floats] = []
    for index in range(int(360 * frame.wide * frame.high**0.5)):
        x, y = frame.wide * dice.unit("star.x", index), frame.high * dice.unit("star.y", index)
        size = 0.0008 + 0.0022 * dice.unit("star.r", index) ** 4
        if index % 40 == 0:
            bright += [shapes.oval(x, y, size * 5.5, size * 0.5, 12), shapes.oval(x, y, size * 0.5, size * 5.5, 12)]
        (bright if index % 9 == 0 else small).append(shapes.disc(x, y, size * (1.4 if index % 9 == 0 else 1), 12))
    glow = scene.palette.light
    return [
        Shapes(tuple(small), glow, 0.0, 0.62, light=True, moves="twinkle"),
        Shapes(tuple(bright), glow, 0.0, 0.95, light=True, moves="twinkle"),
    ]


def planet(scene: Scene, x: float, y: float, radius: float, number: int, *, ringed: bool = False) -> list[Plate]:
    """A planet lit from one side: bands or craters, perhaps rings."""
    dice, inks = scene.dice, scene.palette
    base = _planet_ink(scene, number)
    tilt = dice.between("planet.tilt", -0.09, 0.09, number)
    made: list[Plate] = [Glow(x, y, radius * 1.55, mixed(base, inks.light, 0.3), 0.34)]
    rings = _rings(scene, x, y, radius, number) if ringed else None
    if rings is not None:
        made += rings[0]
    made.append(
        Shapes(
            (shapes.disc(x, y, radius),),
            base,
            0.8,
            foot=(mixed(base, inks.near, 0.5), y - radius * 0.3, y + radius * 1.1),
        )
    )
    if not (number == 0 and lunar(scene)) and dice.chance("banded", 0.9 if ringed else 0.6, number):
        made += _bands(scene, x, y, radius, number, base, tilt)
    else:
        made += _craters(scene, x, y, radius, number, base)
    side = dice.pick("planet.side", (-1.0, 1.0))
    made.append(Shapes((_night(x, y, radius, side),), mixed(inks.near, inks.top, 0.3), 0.8, 0.66))
    return made + (rings[1] if rings is not None else [])


def lunar(scene: Scene) -> bool:
    """Whether the one world that is seen is our moon."""
    reading = scene.reading
    return reading.family == "space" and scene.has("moon") and not scene.has("surface") and "planet" not in reading.text


def _planet_ink(scene: Scene, number: int) -> Ink:
    text, inks = scene.reading.text, scene.palette
    if number == 0 and lunar(scene):
        return mixed((222, 216, 204), inks.low, 0.12)
    named = {
        "mars": "rust",
        "earth": "azure",
        "jupiter": "apricot",
        "saturn": "sand",
        "neptune": "cobalt",
        "venus": "amber",
        "uranus": "turquoise",
    }
    for word, colour in named.items():
        if word in text and number == 0:
            return dyed(mixed((190, 150, 120), inks.low, 0.15), HUES[colour], 0.9)
    if number == 0:
        return mixed(inks.glow, inks.far, 0.25)
    return lighter(hue_turned(mixed(inks.far, inks.glow, 0.4), 70.0 * number), 0.06)


def _chord(radius: float, low: float, high: float) -> Floats:
    """The part of a round between two heights, around 0."""
    ys = np.linspace(low, high, 12) * radius
    half = np.sqrt(np.maximum(radius * radius - ys * ys, 0.0))
    return np.concatenate([np.stack([half, ys], axis=1), np.stack([-half, ys], axis=1)[::-1]])


def _bands(scene: Scene, x: float, y: float, radius: float, number: int, base: Ink, tilt: float) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    dark: list[Floats] = []
    pale: list[Floats] = []
    at, step = -0.86, 0
    while at < 0.86:  # noqa: PLR2004 - short of the poles
        thick = dice.between("band", 0.06, 0.2, number * 16 + step)
        part = turned(_chord(radius, at, min(at + thick, 0.97)), 0.0, 0.0, tilt) + np.array((x, y))
        (dark if step % 2 else pale).append(part)
        at += thick + dice.between("band.gap", 0.03, 0.14, number * 16 + step)
        step += 1
    made: list[Plate] = [
        Shapes(tuple(dark), mixed(base, inks.near, 0.3), 0.8, 0.8),
        Shapes(tuple(pale), mixed(base, inks.light, 0.4), 0.8, 0.75),
    ]
    if dice.chance("spot", 0.5, number):
        spot = turned(shapes.oval(radius * 0.3, radius * 0.3, radius * 0.17, radius * 0.09), 0.0, 0.0, tilt)
        made.append(Shapes((spot + np.array((x, y)),), mixed(base, (190, 70, 50), 0.55), 0.8, 0.9))
    return made


def _craters(scene: Scene, x: float, y: float, radius: float, number: int, base: Ink) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    pits: list[Floats] = []
    rims: list[Floats] = []
    for index in range(13):
        key = number * 16 + index
        out, turn = 0.86 * math.sqrt(dice.unit("pit.r", key)), dice.unit("pit.a", key)
        spot = shapes.circle(96)[int(turn * 96)]
        size = radius * dice.between("pit.s", 0.04, 0.17, key) * (1.15 - out)
        at = (x + radius * out * float(spot[0]), y + radius * out * float(spot[1]))
        pits.append(shapes.disc(*at, size, 40))
        rims.append(shapes.disc(at[0] + size * 0.16, at[1] + size * 0.16, size * 0.94, 40))
    return [
        Shapes(tuple(pits), mixed(base, inks.near, 0.34), 0.8, 0.85),
        Shapes(tuple(rims), mixed(base, inks.light, 0.16), 0.8, 0.8),
    ]


def _night(x: float, y: float, radius: float, side: float) -> Floats:
    """The half in shadow, its border bent."""
    turn = shapes.circle(96)
    outer = turn[np.arange(-24, 25) % 96] * np.array((side, 1.0))
    inner = turn[np.arange(24, -25, -1) % 96] * np.array((side * 0.28, 1.0))
    return np.concatenate([outer, inner]) * (radius * 1.003) + np.array((x, y))


def _rings(scene: Scene, x: float, y: float, radius: float, number: int) -> tuple[list[Plate], list[Plate]]:
    """The halves of the rings behind and in front of the planet."""
    dice, inks = scene.dice, scene.palette
    flat, tilt = (
        dice.between("ring.flat", 0.2, 0.32, number),
        dice.pick("ring.tilt", (-0.05, -0.03, 0.04, 0.06), number),
    )
    halves: tuple[list[Plate], list[Plate]] = ([], [])
    for step, (reach, thick) in enumerate(((1.42, 0.09), (1.68, 0.13), (1.95, 0.07), (2.12, 0.025))):
        ink = mixed(mixed(inks.light, inks.glow, 0.3 + 0.2 * (step % 2)), inks.middle, 0.12 * step)
        for half, start in ((0, 0.5), (1, 0.0)):
            bow = ring(0.0, 0.0, radius * reach, radius * thick, start, start + 0.5) * np.array((1.0, flat))
            part = turned(bow, 0.0, 0.0, tilt) + np.array((x, y))
            halves[half].append(Shapes((part,), ink, 0.8, 0.9))
    return halves
