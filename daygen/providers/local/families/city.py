"""Skylines: towers behind towers, windows with light, water or roofs in front."""

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, castle
from daygen.providers.local.plates import Frame, Glow, Light, Plate, Shapes, Veil, Water
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Sky, three or four rows of buildings, and the river they look into."""
    if scene.has("castle"):
        return castle.plates(scene, frame)
    dice, inks = scene.dice, scene.palette
    river = (
        scene.has("old_town")
        or scene.has("reflected")
        or scene.has("bridge")
        or scene.has("boat")
        or dice.chance("river", 0.62)
    )
    ground = frame.high * (dice.between("quay", 0.7, 0.77) if river else 1.02)
    light = air.light_of(scene, frame, ground - 0.24)
    made = air.sky(scene, frame, ground, light)
    made.append(Glow(frame.wide * dice.between("glow.x", 0.3, 0.7), ground, 0.75 * min(frame.wide, 1.6), inks.glow,
                     0.5 if inks.night else 0.18))  # fmt: skip
    rows = dice.whole("rows", 3, 4)
    bridge = scene.has("bridge")
    for row in range(rows):
        depth = (row + 0.4) / rows * (0.62 if bridge else 1.0)
        made += _row(scene, frame, ground, row, depth, light)
        if row < rows - 1:
            haze = mixed(inks.low, inks.glow if inks.night else inks.light, 0.25)
            made.append(Veil(ground - 0.02, 0.13, haze, 0.5 if scene.weather("fog") else 0.26, f"smoke.{row}"))
    if river:
        made += _river(scene, frame, ground, light)
    else:
        made += _roofs(scene, frame)
    return made


def _row(scene: Scene, frame: Frame, ground: float, row: int, depth: float, light: Light) -> list[Plate]:
    """One row of buildings: their walls, the walls in shadow, their windows."""
    dice, inks = scene.dice, scene.palette
    old = scene.has("old_town")
    ink = inks.land(0.12 + 0.78 * depth)
    grow = min(1.5, frame.high**0.7)
    walls: list[Floats] = []
    shades: list[Floats] = []
    windows: list[Floats] = []
    dim: list[Floats] = []
    x, index = -0.05, row * 200
    peak = frame.wide * dice.between("downtown", 0.3, 0.7)
    while x < frame.wide + 0.02 and index < row * 200 + 150:
        wide = dice.between("wide", 0.05, 0.115, index) * (0.8 + 0.4 * depth)
        away = abs(x + wide / 2 - peak) / max(frame.wide, 1.0)
        tallest = (0.56 - 0.36 * depth) * (1.2 - 0.9 * away) * (0.62 if old else 1.0)
        high = tallest * grow * dice.between("high", 0.45, 1.05, index)
        if dice.chance("landmark", 0.1, index):
            high *= 1.3
        _building(
            scene, index, (x, ground - high, x + wide, ground + 0.01), walls, shades, old=old, lit_left=light.x < x
        )
        _windows(scene, index, (x, ground - high, x + wide, ground), depth, windows, dim)
        x += wide * dice.between("gap", 0.88, 1.12, index)
        index += 1
    foot = air.haze(scene, ink, depth) if depth < 0.8 else ink  # noqa: PLR2004 - the last row stands in front of the haze
    made: list[Plate] = [
        Shapes(tuple(walls), ink, depth, foot=(foot, ground - 0.3 * grow, ground + 0.05)),
        Shapes(tuple(shades), mixed(ink, inks.near, 0.5), depth, 0.5),
    ]
    if scene.reading.season == "winter":
        # Three corners are a roof.
        roofs = tuple(wall for wall in walls if len(wall) == 3)  # noqa: PLR2004
        made.append(Shapes(roofs, mixed(inks.light, ink, 0.12 if not inks.night else 0.45), depth, 0.9))
    lamp = mixed(inks.glow, inks.light, 0.2)
    dusky = (
        inks.night
        or scene.reading.time in {"dusk", "blue", "sunset", "golden", "dawn"}
        or scene.weather("rain")
        or scene.weather("storm")
    )
    far = mixed(lamp, ink, 0.55 - 0.5 * depth) if dusky else mixed(inks.light, ink, 0.45)
    made.append(Shapes(tuple(windows), far, depth, 0.95 if dusky else 0.5, light=True, moves="lamps"))
    if scene.has("neon"):
        signs = ((255, 92, 160), (92, 226, 255))
        for index, sign in enumerate(signs):
            made.append(
                Shapes(tuple(windows[index::3]), mixed(sign, ink, 0.35 - 0.3 * depth), depth, light=True, moves="lamps")
            )
    made.append(Shapes(tuple(dim), mixed(ink, lamp, 0.3), depth, 0.7))
    return made


def _building(
    scene: Scene, index: int, place: tuple[float, float, float, float], walls: list[Floats], shades: list[Floats], *,
    old: bool, lit_left: bool,
) -> None:  # fmt: skip
    """Add one building's outlines: a block, with a setback, a pitched roof, a dome, a spire or a water tank."""
    dice = scene.dice
    left, top, right, bottom = place
    wide, middle = right - left, (left + right) / 2
    walls.append(shapes.box(left, top, right, bottom))
    deep = wide * dice.between("shade", 0.24, 0.42, index)
    shades.append(
        shapes.box(right - deep, top, right, bottom) if lit_left else shapes.box(left, top, left + deep, bottom)
    )
    kind = dice.pick("roof", ("flat", "flat", "step", "step", "spire", "tank", "slope", "crown"), index)
    if old:
        kind = dice.pick("old.roof", ("gable", "gable", "gable", "tower", "dome"), index)
    if kind == "step":
        for step in (1, 2):
            inset, up = wide * 0.16 * step, wide * 0.32 * step
            walls.append(shapes.box(left + inset, top - up, right - inset, top))
    elif kind == "spire":
        walls.append(shapes.box(left + wide * 0.2, top - wide * 0.3, right - wide * 0.2, top))
        walls.append(np.array([(middle - wide * 0.09, top), (middle, top - wide * 1.7), (middle + wide * 0.09, top)]))
    elif kind == "tank":
        walls += _tank(left + wide * 0.3, top, wide * 0.3)
    elif kind == "slope":
        walls.append(np.array([(left, top), (left, top - wide * 0.55), (right, top)]))
    elif kind == "crown":
        walls.append(shapes.dome(middle, top, wide * 0.5, wide * 0.42))
        walls.append(shapes.box(middle - wide * 0.02, top - wide * 0.95, middle + wide * 0.02, top))
    elif kind == "gable":
        walls.append(np.array([(left - wide * 0.06, top), (middle, top - wide * 0.6), (right + wide * 0.06, top)]))
        walls.append(shapes.box(left + wide * 0.62, top - wide * 0.56, left + wide * 0.76, top))
    elif kind == "tower":
        walls.append(shapes.box(middle - wide * 0.22, top - wide * 0.9, middle + wide * 0.22, top))
        walls.append(
            np.array(
                [
                    (middle - wide * 0.28, top - wide * 0.9),
                    (middle, top - wide * 2.1),
                    (middle + wide * 0.28, top - wide * 0.9),
                ]
            )
        )
    elif kind == "dome":
        walls.append(shapes.dome(middle, top, wide * 0.42, wide * 0.5))
        walls.append(shapes.box(middle - wide * 0.025, top - wide * 0.8, middle + wide * 0.025, top))


def _tank(x: float, y: float, size: float) -> list[Floats]:
    """A water tank on its legs."""
    legs = [shapes.box(x + at * size, y - size * 0.6, x + (at + 0.12) * size, y) for at in (-0.5, -0.06, 0.38)]
    roof = np.array([(x - size * 0.62, y - size * 1.5), (x, y - size * 2.0), (x + size * 0.62, y - size * 1.5)])
    return [*legs, shapes.box(x - size * 0.55, y - size * 1.5, x + size * 0.55, y - size * 0.55), roof]


def _windows(
    scene: Scene,
    index: int,
    place: tuple[float, float, float, float],
    depth: float,
    lit: list[Floats],
    dim: list[Floats],
) -> None:
    """Rows of windows; some of them lit, and floors where the cleaners are at work."""
    dice = scene.dice
    left, top, right, bottom = place
    columns = max(2, round((right - left) / (0.0145 + 0.004 * depth)))
    pitch = (right - left) / (columns + 0.6)
    floor = pitch * dice.pick("floor", (1.15, 1.4, 1.7), index)
    floors = min(34, int((bottom - top) / floor) - 1)
    share = dice.between("lit", 0.05, 0.5, index) * (1.0 if scene.palette.night else 0.75)
    broad = pitch * dice.pick("pane", (0.36, 0.46, 0.6), index)
    for row in range(floors):
        late = dice.chance("late", 0.06, index * 64 + row)
        for column in range(columns):
            key = (index * 64 + row) * 32 + column
            x = left + pitch * (0.5 + column)
            y = top + floor * (row + 0.7)
            pane = shapes.box(x, y, x + broad, y + floor * 0.5)
            if late or dice.unit("window", key) < share:
                lit.append(pane)
            elif key % 2 and depth > 0.6:  # noqa: PLR2004 - far away, dark panes are not seen
                dim.append(pane)


def _river(scene: Scene, frame: Frame, ground: float, light: Light) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    made: list[Plate] = []
    quay = shapes.box(-0.1, ground - 0.012, frame.wide + 0.1, ground + 0.004)
    made.append(Shapes((quay,), lighter(inks.near, 0.01)))
    water = mixed(inks.far, inks.near, 0.5)
    made.append(
        Water(
            ground,
            frame.high,
            water,
            lighter(inks.near, 0.015),
            0.74,
            light,
            mixed(inks.glow, inks.light, 0.5),
            0.42,
            0.5,
        )
    )
    if scene.has("bridge"):
        air_between = mixed(inks.low, inks.glow if inks.night else inks.light, 0.3)
        made.append(Veil(ground - 0.1, 0.3, air_between, 0.5, "bridge.air"))
        made += _bridge(scene, frame, ground + 0.07)
    count = scene.reading.boats or (1 if dice.chance("city.boat", 0.3) else 0)
    for index in range(count):
        x = frame.wide * ((dice.unit("city.boat.x") + 0.4 * index) % 0.8 + 0.1)
        dark, bright = shapes.trawler(x, ground + 0.09, 0.12, mirrored=index % 2 > 0)
        made += [Shapes(tuple(dark), inks.near), Shapes(tuple(bright), inks.glow, light=True)]
    return made


def _bridge(scene: Scene, frame: Frame, ground: float) -> list[Plate]:
    """A suspension bridge across the whole picture."""
    inks = scene.palette
    deck, top = ground - 0.055, ground - 0.055 - 0.42 * min(1.3, frame.wide)
    ink: Ink = lighter(inks.near, 0.015)
    span = frame.wide * 0.56
    left = frame.wide * scene.dice.between("bridge", 0.16, 0.28)
    parts: list[Floats] = [shapes.box(-0.1, deck - 0.008, frame.wide + 0.1, deck + 0.008)]
    for x in (left, left + span):
        parts += [
            shapes.box(x - 0.022, top, x - 0.01, ground + 0.01),
            shapes.box(x + 0.01, top, x + 0.022, ground + 0.01),
        ]
        for share in (0.04, 0.36, 0.68):
            parts.append(shapes.box(x - 0.02, top + (deck - top) * share, x + 0.02, top + (deck - top) * share + 0.014))
    cables: list[Floats] = []
    for start in (left - span, left, left + span):
        cables += _cable(start, start + span, top, deck)
    return [Shapes(tuple(cables), ink, alpha=0.9), Shapes(tuple(parts), ink)]


def _cable(start: float, stop: float, top: float, deck: float) -> list[Floats]:
    steps = np.linspace(0.0, 1.0, 33)
    sag = top + (deck - 0.025 - top) * (1 - (2 * steps - 1) * (2 * steps - 1))
    xs = start + (stop - start) * steps
    rope = np.concatenate([np.stack([xs, sag - 0.0026], axis=1), np.stack([xs, sag + 0.0026], axis=1)[::-1]])
    hangers = [
        shapes.box(x - 0.0012, y, x + 0.0012, deck) for x, y in zip(xs[1:-1].tolist(), sag[1:-1].tolist(), strict=True)
    ]
    return [rope, *hangers]


def _aerial(x: float, base: float) -> list[Floats]:
    """A mast with three rods."""
    mast = shapes.box(x, base - 0.11, x + 0.003, base)
    rods = ((base - 0.1, 0.018), (base - 0.085, 0.024), (base - 0.07, 0.018))
    return [mast, *(shapes.box(x - half, y, x + half, y + 0.0025) for y, half in rods)]


def _roofs(scene: Scene, frame: Frame) -> list[Plate]:
    """The roofs we look over: parapets, tanks, aerials."""
    dice, inks = scene.dice, scene.palette
    ink = lighter(inks.near, -0.01)
    parts: list[Floats] = []
    windows: list[Floats] = []
    x, index = -0.06, 9000
    while x < frame.wide:
        wide = dice.between("near.wide", 0.16, 0.34, index)
        top = frame.high - dice.between("near.high", 0.07, 0.2, index)
        parts.append(shapes.box(x, top, x + wide, frame.high + 0.1))
        parts.append(shapes.box(x - 0.008, top - 0.008, x + wide + 0.008, top + 0.008))
        if dice.chance("near.tank", 0.4, index):
            parts += _tank(x + wide * 0.35, top, 0.055)
        else:
            parts += _aerial(x + wide * 0.6, top)
        for column in range(int(wide / 0.05)):
            if dice.chance("near.lit", 0.45, index * 16 + column):
                left = x + 0.02 + column * 0.05
                windows.append(shapes.box(left, top + 0.035, left + 0.02, top + 0.068))
        x += wide * 0.995
        index += 1
    return [
        Shapes(tuple(parts), ink),
        Shapes(tuple(windows), mixed(inks.glow, inks.light, 0.1), alpha=0.95, light=True, moves="lamps"),
    ]
