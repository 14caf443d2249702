"""The sea without a shore: open water and ships, one great wave, ice, or the world under water."""

import itertools

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.creatures import parts_of
from daygen.providers.local.curves import leaf, outline, put, ring, tube
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, mountains, water
from daygen.providers.local.plates import Frame, Glow, Land, Light, Plate, Profile, Shapes, Sky
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Under water, under a great wave, or on the open sea."""
    if scene.has("underwater"):
        return below(scene, frame) + (_submarine(scene, frame) if scene.has("submarine") else []) + _life(scene, frame)
    if scene.has("great_wave") or (scene.has("rough") and scene.dice.chance("great", 0.4)):
        return _great_wave(scene, frame)
    return _open(scene, frame)


def _open(scene: Scene, frame: Frame) -> list[Plate]:
    dice = scene.dice
    horizon = frame.high * dice.between("open.horizon", 0.5, 0.64)
    light = air.light_of(scene, frame, horizon)
    made = air.sky(scene, frame, horizon, light)
    if scene.has("iceberg") or scene.reading.season == "winter":
        made += _ice(scene, frame, horizon)
    made.append(water.sheet(scene, frame, horizon, light))
    made += water.swell(scene, frame, horizon)
    side = -1.0 if light.x > frame.wide / 2 else 1.0
    tall = any(word in scene.reading.text for word in ("ship", "schooner", "galleon", "pirate"))
    return made + (
        _ship(scene, frame, horizon, light, side) if tall else water.boats(scene, frame, horizon, light, side)
    )


def _ice(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    """Icebergs: a face in the light and one in shadow."""
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    for index in range(dice.whole("bergs", 2, 3)):
        x = frame.wide * ((dice.between("berg.x", 0.2, 0.5) + 0.42 * index) % 1.0)
        size = dice.between("berg.r", 0.2, 0.3, index) * (1.0, 0.6, 0.4)[index] * 1.5
        rises = (0.3, 0.62, 1.0, 0.55, 0.2)
        peaks = [rise * dice.between("berg.p", 0.7, 1.1, index * 8 + step) for step, rise in enumerate(rises)]
        xs = [-1.0, -0.62, -0.2, 0.18, 0.55, 1.0]
        top = [(x + at * size * 0.6, horizon + 0.01 - size * high) for at, high in zip(xs[1:], peaks, strict=True)]
        body = np.array([(x - size * 0.66, horizon + 0.02), *top, (x + size * 0.7, horizon + 0.02)])
        lit = mixed(mixed(inks.light, (255, 255, 255), 0.5), inks.low, 0.0 if not inks.night else 0.5)
        shade = mixed(mixed(lit, inks.far, 0.75), (90, 140, 170), 0.35)
        made.append(Shapes((body,), lit, 0.4, foot=(mixed(lit, inks.far, 0.3), horizon - size, horizon + 0.02)))
        faces = [
            np.array([one, other, (other[0] + size * 0.04, horizon + 0.02), (one[0] + size * 0.1, horizon + 0.02)])
            for one, other in itertools.pairwise(top[1:])
        ]
        made.append(Shapes(tuple(faces), shade, 0.4, 0.7))
    return made


def _ship(scene: Scene, frame: Frame, horizon: float, light: Light, side: float) -> list[Plate]:
    """A tall ship: hull, three masts, square sails."""
    dice, inks = scene.dice, scene.palette
    count = scene.reading.boats or 1
    made: list[Plate] = []
    for index in range(min(count, 5)):
        size = dice.between("ship", 0.34, 0.44) * (1.0 if index == 0 else 0.4) * (1.2 if scene.has("close") else 1.0)
        x = light.x + side * frame.wide * (0.2 if index == 0 else -0.15 - 0.14 * index)
        x = min(max(x, size * 0.5), frame.wide - size * 0.5)
        y = horizon + 0.06 * size / 0.34
        hull = outline("-48,16! -40,12 -10,8 26,9 44,18! 60,26! 60,24! 44,12! 36,-6! -38,-6!")
        masts = [shapes.box(at - 0.006, -0.92 + abs(at) * 0.5, at + 0.006, 0.0) for at in (-0.3, 0.0, 0.27)]
        dark = [put(hull, x, y, size)] + [part * size + np.array((x, y)) for part in masts]
        sails: list[Floats] = []
        for at, tall in ((-0.3, 0.74), (0.0, 0.9), (0.27, 0.74)):
            for step in range(3):
                low, high = 0.16 + (tall - 0.2) * step / 3, 0.14 + (tall - 0.2) * (step + 1) / 3
                half = 0.14 - 0.026 * step
                text = [
                    (at - half, low),
                    (at + half * 0.2, low + 0.03),
                    (at + half * 1.2, low),
                    (at + half * 1.04, high),
                ]
                sails.append(put(np.array([*text, (at - half * 0.86, high)]), x, y, size))
        sails.append(put(np.array([(0.3, 0.2), (0.58, 0.25), (0.31, 0.6)]), x, y, size))
        sail = mixed(inks.light, inks.far, 0.1 if not inks.night else 0.4)
        made.append(
            Shapes(tuple(water.upside(part, y, 0.5) for part in dark + sails), inks.near, alpha=0.3, moves="float")
        )
        made.append(Shapes(tuple(dark), mixed(inks.near, inks.far, 0.1), 0.7, moves="float"))
        made.append(
            Shapes(tuple(sails), sail, 0.7, foot=(mixed(sail, inks.far, 0.5), y - size * 0.8, y), moves="float")
        )
    return made


def _great_wave(scene: Scene, frame: Frame) -> list[Plate]:
    """One wave that stands over everything, about to break."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("great.horizon", 0.6, 0.68)
    light = air.light_of(scene, frame, horizon - 0.1)
    made = air.sky(scene, frame, horizon, light)
    if scene.has("volcano") or dice.chance("great.cone", 0.35):
        made.append(mountains.cone(scene, frame, horizon + 0.05))
    deep, pale = mixed(inks.far, inks.near, 0.45), mixed(inks.far, inks.low, 0.35)
    foam = mixed(inks.light, inks.low, 0.08 if not inks.night else 0.35)
    made.append(Land("great.far", _roll(scene, "great.far", horizon + 0.02, 0.05), pale, inks.far, 0.3, 0.4))
    mirrored = dice.chance("great.side", 0.5)
    size = 1.02 * min(frame.wide, 1.25 * frame.high)
    x = frame.wide - size * 0.98 if mirrored else size * -0.02
    x, base = (x + size if mirrored else x), frame.high * 0.98

    def placed(part: Floats) -> Floats:
        return put(part, x, base, size * 0.92, mirrored=mirrored)

    body = outline(
        "-40,-20! -40,26 -10,46 14,68 36,81 56,81 70,72 76,58 74,50! 68,60 58,65 47,61 41,50 42,36 52,24 70,15 96,11 "
        "160,10 460,10! 460,-20!"
    )
    made.append(Shapes((placed(body),), deep, 0.8, foot=(lighter(deep, -0.07), base - size * 0.5, base)))
    bands = [
        [(-20, 24, 0.4), (4, 34, 2.2), (22, 50, 2.4), (34, 62, 2.0), (46, 70, 0.4)],
        [(-10, 14, 0.4), (12, 24, 2.4), (26, 38, 2.6), (33, 52, 2.0), (40, 61, 0.4)],
        [(4, 6, 0.4), (22, 16, 2.4), (33, 28, 2.4), (36, 42, 1.8), (38, 50, 0.4)],
        [(24, 2, 0.4), (38, 10, 2.0), (45, 18, 1.8), (60, 13, 0.4)],
    ]
    ribs = [tube([(a / 100, b / 100, c / 100) for a, b, c in band]) for band in bands]
    made.append(Shapes(tuple(placed(rib) for rib in ribs), pale, 0.8, 0.9))
    made.append(Shapes(tuple(placed(part) for part in _claws(scene)), foam, 0.9, light=True))
    if scene.reading.boats or dice.chance("great.boat", 0.3):
        away = frame.wide * (0.2 if mirrored else 0.8)
        hull, sail = shapes.sailboat(away, horizon + 0.1, 0.12, mirrored=mirrored)
        made += [Shapes(tuple(hull), inks.near, moves="float"), Shapes(tuple(sail), foam, moves="float")]
    near = _roll(scene, "great.near", frame.high * 0.93, 0.07)
    made.append(Land("great.foam", near, foam, foam, 1.0, 0.95))
    made.append(Land("great.near", lambda xs: near(xs) + 0.012, lighter(deep, -0.05), inks.near, 0.16, 1.0))
    return made


def _roll(scene: Scene, name: str, y: float, high: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        crest = air.waving(scene.dice.noise(name, xs * 2.2))
        return y - high * (crest * crest * 1.5 - 0.5) - high * 0.1 * scene.dice.fractal(f"{name}.r", xs * 9.0, 3)

    return edge


_CREST = ((-4, 50), (6, 60), (16, 69), (27, 76), (38, 81), (49, 82), (59, 80), (67, 75), (73, 67), (76, 58), (75, 51))


def _claws(scene: Scene) -> list[Floats]:
    """Foam along the crest, fingers where it breaks, and spray in front of it."""
    dice = scene.dice
    made: list[Floats] = [tube([(a / 100, b / 100, (0.4 + 0.16 * i) / 100) for i, (a, b) in enumerate(_CREST)])]
    for index, (x, y) in enumerate(_CREST):
        for step in range(3):
            key = index * 4 + step
            away = dice.between("claw.a", -0.03, 0.02, key)
            size = (0.008 + 0.0016 * index) * dice.between("claw.r", 0.6, 1.3, key)
            made.append(shapes.disc(x / 100 + away, y / 100 + dice.between("claw.d", -0.02, 0.02, key), size, 20))
    for finger in range(9):
        x, y = _CREST[min(5 + finger // 2, 10)]
        key = finger
        start = (x / 100 + dice.between("finger.x", -0.03, 0.02, key), y / 100 - 0.01)
        drop = dice.between("finger.y", 0.05, 0.1, key)
        made.append(leaf(*start, start[0] + dice.between("finger.t", 0.02, 0.06, key), start[1] - drop, 0.16))
    for index in range(46):
        x, y = 0.6 + 0.34 * dice.unit("spray.x", index), 0.34 + 0.52 * dice.unit("spray.y", index)
        if (x - 0.6) * 1.4 + abs(y - 0.62) < 0.42:  # noqa: PLR2004 - the spray hangs in front of the crest
            made.append(shapes.disc(x, y, 0.002 + 0.006 * dice.unit("spray.r", index) ** 3, 14))
    return made


def below(scene: Scene, frame: Frame) -> list[Plate]:
    """Under water: light from above, far rocks, weed and coral at the sides."""
    dice, inks = scene.dice, scene.palette
    top, middle, low = inks.top, inks.middle, inks.low
    if inks.low[0] > inks.top[0]:  # above water the low sky is bright; down here the surface is
        top, low = mixed(low, inks.light, 0.2), mixed(inks.far, top, 0.4)
    x = frame.wide * dice.between("shafts.x", 0.35, 0.65)
    light = Light(x, -0.1, 0.24)
    made: list[Plate] = [Sky(top, middle, low, frame.high * 0.92, light, mixed(top, inks.light, 0.7), 0.8)]
    shafts: list[Floats] = []
    for index in range(6):
        at = x + (index - 2.5) * 0.1 + dice.between("shaft", -0.04, 0.04, index)
        lean = (at - x) * 1.9 + dice.between("shaft.lean", -0.05, 0.05, index)
        wide, reach = (
            dice.between("shaft.w", 0.012, 0.04, index),
            frame.high * dice.between("shaft.l", 0.5, 0.85, index),
        )
        ends = [(at + lean + wide * 2.6, reach), (at + lean - wide, reach)]
        shafts.append(np.array([(at - wide, -0.02), (at + wide, -0.02), *ends]))
    made.append(Shapes(tuple(shafts), mixed(inks.light, top, 0.4), 0.1, 0.16))
    for row in range(3):
        depth = 0.2 + 0.35 * row
        base = frame.high * (0.84 + 0.06 * row)
        ink = mixed(mixed(low, inks.far, 0.5), inks.near, 0.22 + 0.26 * row)
        edge = _bed(scene, f"bed.{row}", frame, base, 0.12 + 0.05 * row)
        made += _weeds(scene, frame, edge, row, lighter(ink, 0.02))
        made.append(Land(f"bed.{row}", edge, ink, lighter(ink, -0.04), 0.2, depth))
    return made


def _bed(scene: Scene, name: str, frame: Frame, base: float, high: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        away = np.abs(xs / frame.wide - 0.5) * 2
        return base - high * away * away * 1.5 - 0.05 * scene.dice.fractal(name, xs * 4.0, 4, 0.5)

    return edge


def _weeds(scene: Scene, frame: Frame, edge: Profile, row: int, ink: Ink) -> list[Plate]:
    """Kelp that sways and corals that branch."""
    dice, inks = scene.dice, scene.palette
    kelp: list[Floats] = []
    coral: list[Floats] = []
    for index in range(int(9 * frame.wide)):
        key = row * 40 + index
        share = dice.unit("weed.x", key)
        if abs(share - 0.5) < 0.2:  # noqa: PLR2004 - the middle stays open
            continue
        x = share * frame.wide
        base = float(edge(np.array([x]))[0]) + 0.03
        if dice.chance("weed", 0.55, key):
            high = dice.between("weed.h", 0.16, 0.5, key) * (0.6 + 0.25 * row)
            sway = dice.between("weed.s", -0.05, 0.05, key)
            bends = (0.0, 1.0, -0.6, 1.0)
            nodes = [(x + sway * bends[step], base - high * step / 3, 0.009 * (1 - 0.26 * step)) for step in range(4)]
            kelp.append(tube(nodes))
            for step in range(1, 8):
                y = base - high * step / 8
                out = 0.05 * (1 if step % 2 else -1) * (0.6 + 0.2 * row)
                kelp.append(leaf(x + sway * 0.5, y, x + sway * 0.5 + out, y - 0.035, 0.22))
        else:
            coral += _coral(scene, x, base, dice.between("coral.h", 0.07, 0.14, key) * (0.7 + 0.25 * row), key)
    hot = mixed(mixed(inks.glow, ink, 0.5), inks.near, 0.1)
    return [Shapes(tuple(kelp), ink, 0.3 + 0.3 * row), Shapes(tuple(coral), hot, 0.3 + 0.3 * row)]


def _coral(scene: Scene, x: float, base: float, high: float, key: int) -> list[Floats]:
    dice = scene.dice
    made: list[Floats] = []
    for arm in range(5):
        out = (arm - 2) * high * 0.34 + dice.between("coral.o", -0.01, 0.01, key * 8 + arm)
        tall = high * dice.between("coral.t", 0.7, 1.1, key * 8 + arm) * (1.1 - 0.12 * abs(arm - 2))
        made.append(
            tube(
                [(x + out * 0.2, base, 0.011), (x + out * 0.8, base - tall * 0.5, 0.009), (x + out, base - tall, 0.008)]
            )
        )
    return made


def _submarine(scene: Scene, frame: Frame) -> list[Plate]:
    """A little submarine with its lamp on."""
    dice, inks = scene.dice, scene.palette
    x, y, size = frame.wide * 0.5, frame.high * dice.between("dive.y", 0.42, 0.5), 0.5 * min(1.0, frame.wide)
    mirrored = dice.chance("dive.side", 0.5)
    hull = outline("50,0 44,12 26,18 -20,18 -42,9 -52,2! -52,-4! -42,-9 -20,-17 26,-17 44,-11")
    tower = outline("-8,16! -6,31! 16,31! 20,16!")
    fins = (outline("-44,4! -62,17! -58,0! -62,-15! -44,-4!"), outline("4,40! 4,30! 7,30! 7,43! 16,43! 16,40!"))
    ports = tuple(disc_of(at, 0.0, 0.052) for at in (-0.2, 0.02, 0.24))

    def at(*parts: Floats) -> tuple[Floats, ...]:
        return tuple(put(part, x, y, size, mirrored=mirrored) for part in parts)

    body = mixed(inks.glow, inks.near, 0.12)
    far = -1 if mirrored else 1
    ray = np.array([(x + far * size * 0.5, y), (x + far * 0.9, y - 0.1), (x + far * 0.9, y + 0.22)])
    return [
        Shapes((ray,), mixed(inks.light, inks.glow, 0.3), alpha=0.3),
        Shapes(at(*fins), mixed(body, inks.near, 0.45)),
        Shapes(at(tower), mixed(body, inks.near, 0.15)),
        Shapes(at(hull), body, foot=(mixed(body, inks.near, 0.55), y - size * 0.08, y + size * 0.2)),
        Shapes(at(*ports), mixed(inks.light, inks.glow, 0.25), light=True),
    ]


def disc_of(x: float, y: float, radius: float) -> Floats:
    """A round to be put somewhere."""
    return shapes.disc(x, y, radius, 60)


def _life(scene: Scene, frame: Frame) -> list[Plate]:
    """Shoals, a jellyfish, bubbles."""
    dice, inks = scene.dice, scene.palette
    made: list[Plate] = []
    for shoal in range(3):
        x, y = (
            frame.wide * dice.between("shoal.x", 0.2, 0.8, shoal),
            frame.high * dice.between("shoal.y", 0.2, 0.66, shoal),
        )
        size, side = 0.03 + 0.02 * shoal, dice.chance("shoal.side", 0.5, shoal)
        ink = mixed(mixed(inks.far, inks.near, 0.2 + 0.3 * shoal), inks.glow, 0.5 if shoal == 2 else 0.0)  # noqa: PLR2004
        fish: list[Floats] = []
        for index in range(9 - 2 * shoal):
            key = shoal * 16 + index
            at = (x + dice.between("fish.x", -0.16, 0.16, key), y + dice.between("fish.y", -0.07, 0.07, key))
            fish.append(
                put(parts_of("fish")["body"][0], *at, size * dice.between("fish.r", 0.8, 1.2, key), mirrored=side)
            )
        made.append(Shapes(tuple(fish), ink, 0.5))
    return made + bubbles(scene, frame)


def bubbles(scene: Scene, frame: Frame) -> list[Plate]:
    """Rings of air that rise."""
    dice, inks = scene.dice, scene.palette
    rings: list[Floats] = []
    for index in range(int(26 * frame.wide)):
        x = frame.wide * (0.3 + 0.4 * (index % 2)) + dice.between("bubble.x", -0.06, 0.06, index)
        size = 0.003 + 0.011 * dice.unit("bubble.r", index) ** 2
        rings.append(ring(x, frame.high * dice.unit("bubble.y", index), size, size * 0.22))
    return [
        Shapes(tuple(rings), mixed(inks.light, inks.top, 0.2), 1.0, 0.7, light=True),
        Glow(frame.wide * 0.5, 0.0, 0.6, inks.light, 0.3),
    ]
