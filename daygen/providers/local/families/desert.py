"""Deserts: dunes with a caravan, mesas with cacti, pyramids, an oasis."""

from dataclasses import replace

import numpy as np

from daygen.providers.local import plants
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.creatures import parts_of
from daygen.providers.local.curves import put
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air
from daygen.providers.local.families.ranges import dunes, mesas, profile_of
from daygen.providers.local.plates import Facets, Frame, Land, Light, Plate, Shapes
from daygen.providers.local.scene import Scene

_HEIGHTS = {"dunes": (0.2, 0.34), "mesa": (0.2, 0.24)}


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Sky, ranges of sand or rock, and who crosses them."""
    dice = scene.dice
    kind = "mesa" if scene.has("mesa") else "dunes"
    if not scene.has("desert") and not scene.has("mesa") and not scene.has("pyramid"):
        kind = scene.wording.pick("desert", ("dunes", "dunes", "mesa"))
    horizon = frame.high * dice.between("horizon", 0.47, 0.56)
    light = air.light_of(scene, frame, horizon - 0.06)
    made = air.sky(scene, frame, horizon, light)
    layers = _layers(scene, frame, kind, horizon)
    made.append(layers[0])
    if scene.has("pyramid"):
        made += _pyramids(scene, frame, horizon, light)
    crossing = len(layers) - 2
    for step, land in enumerate(layers[1:], 1):
        made.append(land)
        if step == crossing and (scene.has("caravan") or (kind == "dunes" and dice.chance("caravan", 0.22))):
            made.insert(-1, _caravan(scene, frame, land))
    return made + _life(scene, frame, layers[-1], kind)


def _layers(scene: Scene, frame: Frame, kind: str, horizon: float) -> list[Land]:
    dice = scene.dice
    count = dice.whole("layers", 4, 5)
    grow = min(1.7, frame.high**0.6)
    low, high = _HEIGHTS[kind]
    made: list[Land] = []
    for index in range(count):
        depth = index / (count - 1)
        name = f"{kind}.{index}"
        base = horizon + (frame.high * 0.97 - horizon) * depth**1.15 + 0.05
        rise = (low + (high - low) * depth) * grow * dice.between("rise", 0.85, 1.25, index)
        edge = profile_of(dice, dunes if kind == "dunes" else mesas, name, base, rise, depth)
        ink = scene.palette.land(depth**0.85)
        land = Land(name, edge, ink, air.haze(scene, ink, depth), 0.16 + 0.12 * depth, depth)
        made.append(_sand(scene, land, rise) if kind == "dunes" else _rock(scene, land, rise))
    return made


def _sand(scene: Scene, land: Land, rise: float) -> Land:
    inks, ink, depth = scene.palette, land.ink, land.depth
    return replace(
        land,
        ink=mixed(ink, inks.light, 0.18 * (1 - depth)),
        foot=mixed(ink, inks.near, 0.35 * depth),
        facets=Facets(mixed(ink, inks.near, 0.5), 0.8, 0.09, 2.0),
        fade=rise * 1.5,
    )


def _rock(scene: Scene, land: Land, rise: float) -> Land:
    inks, ink = scene.palette, land.ink
    return replace(
        land,
        facets=Facets(mixed(ink, inks.near, 0.45), 0.7, 0.03, 12.0),
        fade=rise * 1.2,
        strata=mixed(ink, inks.near, 0.3),
    )


def _pyramids(scene: Scene, frame: Frame, horizon: float, light: Light) -> list[Plate]:
    """Two or three pyramids, each with a face in the light and one in shadow."""
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    for index in range(dice.whole("pyramids", 2, 3)):
        size = (0.42, 0.3, 0.2)[index] * dice.between("pyramid", 0.9, 1.15, index) * min(1.3, max(frame.wide, 0.8))
        x = frame.wide * ((dice.between("pyramid.x", 0.3, 0.6) + 0.37 * index) % 1.0)
        base, top = horizon + 0.1, horizon + 0.08 - size * 0.62
        ridge = x + size * (0.16 if light.x < x else -0.16)
        lit = mixed(inks.land(0.2), inks.light, 0.35 if not inks.night else 0.1)
        dark = mixed(inks.land(0.35), inks.near, 0.3)
        left = np.array([(x - size * 0.62, base), (x, top), (ridge, base + 0.01)])
        right = np.array([(ridge, base + 0.01), (x, top), (x + size * 0.62, base)])
        inks_of = (lit, dark) if light.x < x else (dark, lit)
        depth = 0.45 - 0.1 * index
        made[:0] = [Shapes((part,), own, depth) for part, own in zip((left, right), inks_of, strict=True)]
    return made


def _caravan(scene: Scene, frame: Frame, land: Land) -> Shapes:
    """Camels in a row along the crest."""
    dice = scene.dice
    camel = scene.reading.named("camel")
    count = (camel.count if camel is not None else None) or dice.whole("camels", 3, 5)
    side = dice.chance("camels.side", 0.5)
    start, size = dice.between("camels.x", 0.22, 0.5), 0.055 * (1.5 if scene.has("close") else 1.0)
    parts: list[Floats] = []
    for index in range(count):
        x = frame.wide * start + index * size * dice.between("camel.gap", 1.25, 1.5, index)
        base = float(land.profile(np.array([x]))[0]) + 0.004
        own = parts_of("camel")
        parts += [put(part, x, base, size, mirrored=side) for part in own["body"] + own["far"]]
    return Shapes(tuple(parts), lighter(scene.palette.near, 0.01), 0.8)


def _life(scene: Scene, frame: Frame, last: Land, kind: str) -> list[Plate]:
    dice = scene.dice
    if not (scene.has("cactus") or kind == "mesa" or scene.has("palm")):
        return []
    parts: list[Floats] = []
    for index in range(dice.whole("cacti", 3, 6)):
        x = frame.wide * ((dice.unit("cactus.x") + 0.618 * index) % 1.0)
        base = float(last.profile(np.array([x]))[0]) + 0.03
        high = dice.between("cactus.high", 0.07, 0.2, index) * (1.7 if scene.has("close") and index == 0 else 1.0)
        parts += (
            plants.palm(x, base, high * 1.5, dice, index)
            if scene.has("palm")
            else plants.cactus(x, base, high, dice, index)
        )
    ink: Ink = lighter(scene.palette.near, -0.02)
    return [Shapes(tuple(parts), ink)]
