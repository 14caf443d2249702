"""A grove: between tall trunks, looking into the light."""

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, mountains
from daygen.providers.local.families.foliage import fireflies, floor_of, leaves
from daygen.providers.local.plates import Frame, Glow, Land, Plate, Profile, Shapes, Veil
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Rows of trunks, a roof of leaves, perhaps a path and someone living there."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("grove.horizon", 0.66, 0.74)
    light = air.light_of(scene, frame, horizon * 0.8)
    made = air.sky(scene, frame, horizon, light)
    made.append(Glow(light.x, light.y, 0.7 * min(frame.wide, 1.5), mixed(inks.low, inks.light, 0.6), 0.55))
    rows = 4
    for row in range(rows):
        depth = (row + 0.35) / rows
        ink = inks.land(depth)
        base = horizon + (frame.high * 1.02 - horizon) * (row / (rows - 1)) ** 1.5
        ground = floor_of(scene, f"grove.{row}", base, 0.02 + 0.02 * depth, 1.4)
        trunk = (
            mixed(ink, inks.light, (0.62 - 0.25 * depth) * (0.4 if scene.has("bamboo") else 1.0))
            if scene.has("birch") and not inks.night
            else ink
        )
        trunks, marks = _trunks(scene, frame, ground, row, depth)
        if 0 < row < rows - 1:
            made += _crowns(scene, frame, row, depth)
        made.append(Shapes(tuple(trunks), trunk, depth, foot=(mixed(trunk, inks.near, 0.5), base - 0.35, base + 0.1)))
        if scene.has("birch") and marks:
            made.append(Shapes(tuple(marks), inks.land(0.6 + 0.4 * depth), depth, 0.85))
        floor = leaves(scene, depth, 1) if scene.reading.season == "autumn" else ink
        made.append(Land(f"grove.{row}", ground, floor, air.haze(scene, ink, depth), 0.14, depth))
        if row < rows - 1:
            made.append(Veil(base - 0.05, 0.14, mixed(inks.low, inks.light, 0.4), 0.4, f"grove.mist.{row}"))
        if row == 1:
            made += _path(scene, frame, base)
            made += mountains.company(
                scene, frame.wide * dice.between("grove.home", 0.4, 0.6), base + 0.03, inks.land(0.8), 0.12
            )
    made += _crowns(scene, frame, rows, 1.0)
    made += fireflies(scene, frame)
    return made


def _trunks(scene: Scene, frame: Frame, ground: Profile, row: int, depth: float) -> tuple[list[Floats], list[Floats]]:
    dice = scene.dice
    count = max(3, int(frame.wide * (24, 13, 7, 4.5)[row]))
    bamboo = scene.has("bamboo")
    trunks: list[Floats] = []
    marks: list[Floats] = []
    for index in range(min(count, 120)):
        key = row * 300 + index
        x = frame.wide * (index + dice.unit("trunk.x", key)) / count
        if row == 3 and abs(x / frame.wide - 0.5) < 0.2:  # noqa: PLR2004 - the view stays open
            continue
        half = (0.0045 + 0.03 * depth**1.7) * dice.between("trunk.w", 0.7, 1.3, key) * (0.6 if bamboo else 1.0)
        base = float(ground(np.array([x]))[0]) + 0.03
        lean = dice.between("trunk.lean", -0.05, 0.05, key) * (1.2 - depth)
        trunks.append(
            np.array(
                [
                    (x - half * 1.7, base), (x - half, base - 0.09), (x + lean - half * 0.62, -0.05),
                    (x + lean + half * 0.62, -0.05), (x + half, base - 0.09), (x + half * 1.7, base),
                ]
            )
        )  # fmt: skip
        trunks += [_bough(scene, x, lean, half, base, key * 4 + bough) for bough in range(3)]
        marks += _marks(scene, x, lean, half, base, key, bamboo=bamboo)
    return trunks, marks


def _bough(scene: Scene, x: float, lean: float, half: float, base: float, key: int) -> Floats:
    dice = scene.dice
    y = base * dice.between("bough.y", 0.08, 0.55, key)
    at = x + lean * (1 - y / max(base, 0.01))
    side = 1 if dice.chance("bough.side", 0.5, key) else -1
    long = dice.between("bough.l", 2.0, 7.0, key) * half + 0.03
    thin = half * 0.28
    return np.array(
        [(at, y + thin), (at + side * long * 0.5, y - long * 0.22), (at + side * long, y - long * 0.7),
         (at + side * long * 0.52, y - long * 0.3 - thin * 0.4), (at, y - thin)]
    )  # fmt: skip


def _marks(scene: Scene, x: float, lean: float, half: float, base: float, key: int, *, bamboo: bool) -> list[Floats]:
    """The dark scars of birch bark, or the rings of bamboo."""
    dice = scene.dice
    made: list[Floats] = []
    count = int(base / 0.055)
    for mark in range(min(count, 60)):
        y = base * (mark + (0.5 if bamboo else dice.unit("mark.y", key * 64 + mark))) / max(count, 1)
        at = x + lean * (1 - y / max(base, 0.01))
        wide = half * (0.62 + 0.38 * y / max(base, 0.01))
        if bamboo:
            made.append(shapes.box(at - wide, y, at + wide, y + 0.0025))
        elif dice.chance("mark", 0.75, key * 64 + mark):
            side = 1 if dice.chance("mark.side", 0.5, key * 64 + mark) else -1
            long = wide * dice.between("mark.l", 0.5, 1.5, key * 64 + mark)
            made.append(
                np.array([(at + side * wide, y - 0.004), (at + side * (wide - long), y), (at + side * wide, y + 0.003)])
            )
    return made


def _crowns(scene: Scene, frame: Frame, row: int, depth: float) -> list[Plate]:
    """The roof of leaves above us."""
    if scene.reading.season == "winter":
        return []
    dice = scene.dice
    made: list[Plate] = []
    count = min(240, int(frame.wide * 60))
    for shade in range(3):
        keys = np.arange(count, dtype=np.int64) + (row * 3 + shade) * 300
        xs = dice.lattice("crown.x", keys) * (frame.wide + 0.2) - 0.1
        edge = np.abs(xs / frame.wide - 0.5) * 2
        swell = 0.7 + 0.5 * dice.noise(f"crown.{row}", xs * 3.0 + shade)
        drawn = dice.lattice("crown.y", keys)
        ys = frame.high * drawn * np.sqrt(drawn) * (0.08 + 0.2 * edge * np.sqrt(edge)) * swell + 0.012 * shade
        parts = [
            plants.tuft(x, y, dice.between("crown.r", 0.012, 0.042, key) * (1.15 - 0.7 * low), dice, key)
            for x, y, low, key in zip(xs.tolist(), ys.tolist(), drawn.tolist(), keys.tolist(), strict=True)
        ]
        ink = leaves(scene, min(1.0, 0.25 + 0.55 * depth - 0.12 * shade), row + shade)
        made.append(Shapes(tuple(parts), ink, depth, 0.96))
    return made


def _path(scene: Scene, frame: Frame, base: float) -> list[Plate]:
    if not any(word in scene.reading.text for word in ("path", "trail", "walk", "road", "way")):
        return []
    inks, dice = scene.palette, scene.dice
    steps = np.linspace(0.0, 1.0, 24)
    bend = dice.between("path.bend", -0.25, 0.25)
    middle = frame.wide * (0.5 + bend * (1 - steps) * steps * 1.6)
    half = 0.012 + 0.17 * steps * steps
    ys = base + (frame.high - base) * steps
    outline = np.concatenate([np.stack([middle - half, ys], axis=1), np.stack([middle + half, ys], axis=1)[::-1]])
    return [Shapes((outline,), mixed(inks.low, inks.light, 0.4), alpha=0.6)]
