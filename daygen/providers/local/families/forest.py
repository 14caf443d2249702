"""Woods: spruces behind spruces in the mist, or a grove of tall trunks, with a path, a stream, someone living there."""

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, grove, mountains, ranges
from daygen.providers.local.families.foliage import fireflies, floor_of, leaves, petals
from daygen.providers.local.plates import Facets, Frame, Glow, Land, Plate, Profile, Shapes, Veil, Water
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """A grove where the words speak of trunks, a meadow where they speak of blossom, else spruces in rows."""
    if scene.has("trunks") and not scene.has("waterfall"):
        return grove.plates(scene, frame)
    broad = any(word in scene.reading.text for word in ("oak", "maple", "park", "orchard", "garden", "willow", "tree"))
    if scene.has("blossom") or (broad and "pine" not in scene.reading.text):
        return _meadow(scene, frame)
    return _spruces(scene, frame)


def _spruces(scene: Scene, frame: Frame) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    river = scene.has("river") or scene.has("reflected")
    horizon = frame.high * dice.between("forest.horizon", 0.46, 0.56)
    light = air.light_of(scene, frame, horizon - 0.1)
    made = air.sky(scene, frame, horizon, light)
    far = mixed(inks.far, inks.low, 0.4)
    range_ = ranges.profile_of(dice, ranges.peaks, "forest.range", horizon + 0.06, 0.26, 0.0)
    made.append(Land("forest.range", range_, far, air.haze(scene, far, 0.0), 0.22, 0.0))
    rows = dice.whole("forest.rows", 4, 5)
    shore = frame.high * 0.74
    for row in range(rows):
        depth = (row + 0.6) / rows
        ink = inks.land(depth**0.9)
        span = (shore if river else frame.high * 1.0) - horizon
        base = horizon + 0.03 + span * (row / (rows - 1)) ** 1.2
        if river and row == rows - 1:
            base = frame.high * 1.03
        ground = floor_of(scene, f"forest.{row}", base, 0.045 + 0.03 * depth, 1.5)
        if river and row == rows - 1:
            made.append(_stream(scene, frame, shore))
        made.append(_trees(scene, frame, ground, row, depth, ink, open_middle=row == rows - 1))
        if scene.reading.season == "autumn" and 0 < row < rows - 1:
            made += _turning(scene, frame, ground, row, depth)
        if scene.has("waterfall") and row == 1:
            made += waterfall(scene, frame, horizon, base)
        made.append(Land(f"forest.{row}", ground, ink, air.haze(scene, ink, depth), 0.12, depth))
        if row < rows - 1:
            mist = mixed(inks.low, inks.light, 0.3)
            made.append(Veil(base + 0.01, 0.075, mist, 0.72 if scene.weather("fog") else 0.38, f"forest.mist.{row}"))
        if row == rows - 2:
            x = frame.wide * dice.between("forest.home", 0.36, 0.64)
            at = float(ground(np.array([x]))[0]) + 0.015
            if scene.has("camp"):
                made.append(Glow(x, at - 0.03, 0.2, inks.glow, 0.65))
            made += mountains.company(scene, x, at, lighter(inks.near, 0.02), 0.13)
    made += fireflies(scene, frame)
    return made


def _trees(
    scene: Scene, frame: Frame, ground: Profile, row: int, depth: float, ink: Ink, *, open_middle: bool
) -> Shapes:
    dice = scene.dice
    tall = (0.09 + 0.3 * depth**1.6) * min(1.45, frame.high**0.7) * (1.2 if scene.has("close") else 1.0)
    count = min(260, int(frame.wide * (58 - 40 * depth)))
    gap = frame.wide * dice.between("forest.gap", 0.35, 0.65)
    trees: list[Floats] = []
    for index in range(count):
        key = row * 1000 + index
        x = frame.wide * (index + dice.unit("tree.x", key) * 1.4) / count
        high = tall * dice.between("tree.h", 0.5, 1.15, key)
        away = abs(x - gap) / frame.wide
        if open_middle:
            # The nearest trees frame the view: none in the clearing, the tallest at the sides.
            if away < 0.2:  # noqa: PLR2004
                continue
            high *= 0.75 + 1.1 * max(0.0, away - 0.2) * 2
        base = float(ground(np.array([x]))[0]) + 0.012
        trees.append(plants.conifer(x, base, high, dice, key))
    return Shapes(tuple(trees), ink, depth)


def _turning(scene: Scene, frame: Frame, ground: Profile, row: int, depth: float) -> list[Plate]:
    """Broad trees between the spruces, their leaves in the colours of autumn."""
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    tall = (0.07 + 0.17 * depth) * min(1.3, frame.high**0.7)
    for index in range(int(frame.wide * (13 - 8 * depth))):
        key = row * 60 + index
        x = frame.wide * dice.unit("turning.x", key)
        base = float(ground(np.array([x]))[0]) + 0.014
        trunk, *crown = plants.leafy(x, base, tall * dice.between("turning.h", 0.75, 1.15, key), dice, 400 + key)
        ink = mixed(leaves(scene, 0.25 + 0.4 * depth, key), inks.low, 0.28 * (1 - depth))
        made.append(Shapes((trunk,), mixed(inks.land(depth), inks.near, 0.3), depth))
        made.append(Shapes(tuple(crown), ink, depth))
    return made


def waterfall(scene: Scene, frame: Frame, top: float, bottom: float) -> list[Plate]:
    """Water that falls from a cliff, and the mist where it lands."""
    dice, inks = scene.dice, scene.palette
    x, half = frame.wide * dice.between("fall.x", 0.4, 0.6), dice.between("fall.w", 0.04, 0.065)
    high = top - 0.2 * frame.high
    rock = mixed(inks.land(0.5), inks.near, 0.2)

    def edge(xs: Floats) -> Floats:
        away = np.clip((np.abs(xs - x) - half * 0.8) / 0.62, 0.0, 1.4)
        notch = 0.035 * np.clip(1.6 - np.abs(xs - x) / half, 0.0, 1.0)
        return (
            high
            - 0.01
            + notch
            + 0.4 * (bottom - high) * away * (0.4 + away)
            + 0.05 * dice.fractal("fall.rock", xs * 9.0, 4, 0.55)
        )

    white = mixed(inks.light, inks.low, 0.12 if not inks.night else 0.4)
    strands = [
        shapes.box(x + half * at - 0.003, high + 0.03 + 0.02 * index, x + half * at + 0.003, bottom)
        for index, at in enumerate((-0.55, -0.2, 0.15, 0.5, 0.75))
    ]
    fall = np.array(
        [(x - half * 0.75, high), (x + half * 0.75, high), (x + half, bottom + 0.02), (x - half, bottom + 0.02)]
    )
    faces = Facets(mixed(rock, inks.near, 0.5), 0.7, 0.04, 14.0)
    return [
        Land("fall", edge, rock, mixed(rock, inks.near, 0.3), 0.3, 0.5, facets=faces),
        Shapes((fall,), white, 0.5),
        Shapes(tuple(strands), mixed(white, inks.far, 0.35), 0.5, 0.7),
        Veil(bottom - 0.01, 0.08, white, 0.75, "fall.mist"),
    ]


def _stream(scene: Scene, frame: Frame, top: float) -> Water:
    inks, dice = scene.palette, scene.dice
    light = air.light_of(scene, frame, top)
    return Water(
        top, frame.high, mixed(inks.middle, inks.far, 0.4), mixed(inks.far, inks.near, 0.45), 0.75, light,
        mixed(inks.light, inks.low, 0.2), 0.6, dice.between("stream", 0.1, 0.3),
    )  # fmt: skip


def _meadow(scene: Scene, frame: Frame) -> list[Plate]:
    """Broad trees on soft ground."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("meadow.horizon", 0.56, 0.64)
    light = air.light_of(scene, frame, horizon - 0.04)
    made = air.sky(scene, frame, horizon, light)
    if scene.has("volcano"):
        made.append(mountains.cone(scene, frame, horizon + 0.04))
    for row in range(2):
        ink = mixed(inks.land(0.15 + 0.15 * row), inks.low, 0.2)
        edge = ranges.profile_of(dice, ranges.hills, f"meadow.far.{row}", horizon + 0.05 + 0.05 * row, 0.15, 0.0)
        made.append(Land(f"meadow.far.{row}", edge, ink, air.haze(scene, ink, 0.2 * row), 0.14, 0.2 * row))
    rows = 3
    for row in range(rows):
        depth = (row + 0.9) / rows
        base = horizon + 0.08 + (frame.high * 0.93 - horizon) * (row / (rows - 1)) ** 1.25
        ground = floor_of(scene, f"meadow.{row}", base, 0.04, 1.1)
        made += _broad(scene, frame, ground, row, depth)
        ink = inks.land(0.3 + 0.6 * depth)
        made.append(Land(f"meadow.{row}", ground, ink, lighter(mixed(ink, inks.near, 0.3), 0), 0.25, depth))
        if row == 1:
            x = frame.wide * dice.pick("meadow.home", (0.3, 0.7))
            made += mountains.company(scene, x, float(ground(np.array([x]))[0]) + 0.03, inks.land(0.9), 0.12)
        if scene.weather("fog") and row < rows - 1:
            made.append(Veil(base, 0.14, mixed(inks.low, inks.light, 0.4), 0.72, f"meadow.mist.{row}"))
    made.append(petals(scene, frame))
    made += fireflies(scene, frame)
    return made


def _broad(scene: Scene, frame: Frame, ground: Profile, row: int, depth: float) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    count = max(1, int(frame.wide * (9, 4, 1.6)[row]))
    made: list[Plate] = []
    for index in range(min(count, 40)):
        key = row * 50 + index
        share = (index + dice.unit("broad.x", key)) / count
        if row == 2:  # noqa: PLR2004 - the nearest tree stands at a third, not in the middle
            share = dice.pick("broad.side", (0.2, 0.27, 0.73, 0.8)) + index * 0.9
        x = frame.wide * share
        high = (0.13, 0.25, 0.62)[row] * dice.between("broad.h", 0.8, 1.15, key) * min(1.3, frame.high**0.5)
        base = float(ground(np.array([x]))[0]) + 0.015
        bark = mixed(inks.land(min(1.0, depth + 0.2)), inks.near, 0.4)
        if scene.reading.season == "winter":
            made.append(Shapes(tuple(plants.bare(x, base, high, dice, key)), bark, depth))
            continue
        trunk, *crown = plants.leafy(x, base, high, dice, key)
        made.append(Shapes((trunk,), bark, depth))
        ink = leaves(scene, 0.25 + 0.55 * depth, key)
        made.append(Shapes(tuple(crown), mixed(ink, inks.near, 0.18), depth))
        lit = [
            part * 0.72 + np.array([part[:, 0].mean() - 0.008, part[:, 1].min() + high * 0.02]) * 0.28 for part in crown
        ]
        made.append(Shapes(tuple(lit), lighter(ink, 0.035), depth, 0.9))
    return made
