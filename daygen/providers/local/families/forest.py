"""Woods: spruces behind spruces in the mist, or a grove of tall trunks, with a path, a stream, someone living there."""

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import HUES, Ink, hued, lighter, mixed, toned
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, mountains, ranges
from daygen.providers.local.plates import Facets, Frame, Glow, Land, Plate, Profile, Shapes, Veil, Water
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """A grove where the words speak of trunks, a meadow where they speak of blossom, else spruces in rows."""
    if scene.has("trunks") and not scene.has("waterfall"):
        return _grove(scene, frame)
    broad = any(word in scene.reading.text for word in ("oak", "maple", "park", "orchard", "garden", "willow", "tree"))
    if scene.has("blossom") or (broad and "pine" not in scene.reading.text):
        return _meadow(scene, frame)
    return _spruces(scene, frame)


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


def _ground(scene: Scene, name: str, base: float, high: float, pitch: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        return base - high * scene.dice.fractal(name, xs * pitch, 3, 0.4)

    return edge


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
        ground = _ground(scene, f"forest.{row}", base, 0.045 + 0.03 * depth, 1.5)
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
    made += _fireflies(scene, frame)
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


def _grove(scene: Scene, frame: Frame) -> list[Plate]:
    """Between tall trunks, looking into the light."""
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
        ground = _ground(scene, f"grove.{row}", base, 0.02 + 0.02 * depth, 1.4)
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
    made += _fireflies(scene, frame)
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
        ground = _ground(scene, f"meadow.{row}", base, 0.04, 1.1)
        made += _broad(scene, frame, ground, row, depth)
        ink = inks.land(0.3 + 0.6 * depth)
        made.append(Land(f"meadow.{row}", ground, ink, lighter(mixed(ink, inks.near, 0.3), 0), 0.25, depth))
        if row == 1:
            x = frame.wide * dice.pick("meadow.home", (0.3, 0.7))
            made += mountains.company(scene, x, float(ground(np.array([x]))[0]) + 0.03, inks.land(0.9), 0.12)
        if scene.weather("fog") and row < rows - 1:
            made.append(Veil(base, 0.14, mixed(inks.low, inks.light, 0.4), 0.72, f"meadow.mist.{row}"))
    made.append(_petals(scene, frame))
    made += _fireflies(scene, frame)
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


def _petals(scene: Scene, frame: Frame) -> Shapes:
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


def _fireflies(scene: Scene, frame: Frame) -> list[Plate]:
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
    return [*made, Shapes(tuple(dots), mixed(inks.glow, inks.light, 0.4), light=True)]
