"""Space: planets with bands, rings and moons, a strange ground under them, nebulae, galaxies, orbits, rockets."""

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import HUES, Ink, dyed, lighter, mixed
from daygen.providers.local.colour import turned as hue_turned
from daygen.providers.local.curves import leaf, outline, put, ring, turned
from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.families import air
from daygen.providers.local.families.planets import lunar, planet, stars
from daygen.providers.local.families.ranges import mesas, peaks, profile_of
from daygen.providers.local.people import figure
from daygen.providers.local.plates import Facets, Frame, Glow, Land, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """The dark with its stars, then what the words put into it."""
    made = _dark(scene, frame)
    if scene.has("galaxy") and not scene.has("surface"):
        made += _galaxy(scene, frame)
    elif scene.has("eclipse"):
        made += _eclipse(scene, frame)
    elif scene.has("orbits"):
        made += _orbits(scene, frame)
    elif scene.has("surface"):
        made += _ground(scene, frame)
    elif scene.has("nebula") and not any(word in scene.reading.text for word in ("planet", "saturn")):
        made += _nebula(scene, frame)
    else:
        made += _planets(scene, frame)
    return made + _travellers(scene, frame)


def _dark(scene: Scene, frame: Frame) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    light = Light(frame.wide * dice.between("sun.x", 0.2, 0.8), frame.high * dice.between("sun.y", 0.15, 0.5), 0.12)
    made: list[Plate] = [
        Sky(inks.top, inks.middle, inks.low, frame.high * 1.15, light, mixed(inks.low, inks.light, 0.3), 0.2)
    ]
    clouds = 6 if scene.has("nebula") else 3
    hues = (inks.low, inks.far, mixed(inks.glow, inks.low, 0.45), mixed(inks.far, inks.glow, 0.3))
    for index in range(clouds):
        along = (index + 0.5) / clouds
        x = frame.wide * along + dice.between("cloud.x", -0.12, 0.12, index)
        y = frame.high * (0.75 - 0.5 * along) + dice.between("cloud.y", -0.14, 0.14, index)
        strength = 0.62 if scene.has("nebula") else 0.34
        made.append(Glow(x, y, dice.between("cloud.r", 0.3, 0.6, index), hues[index % 4], strength))
    return made + stars(scene, frame)


def _planets(scene: Scene, frame: Frame) -> list[Plate]:
    """A large planet off the middle and one or two far from it."""
    dice = scene.dice
    ringed = scene.has("rings") or dice.chance("ringed", 0.45)
    moon = lunar(scene)
    large = dice.between("planet.r", 0.2, 0.27) * (1.3 if scene.has("close") or scene.has("big_light") or moon else 1.0)
    side = dice.pick("planet.at", (0.36, 0.64))
    x, y = frame.wide * (0.5 if moon else side), frame.high * dice.between("planet.y", 0.42, 0.56)
    made: list[Plate] = []
    for number in () if moon else (2, 1):
        out = (0.9, 0.16)[number - 1] if side < 0.5 else (0.1, 0.86)[number - 1]  # noqa: PLR2004 - across from the large one
        at = (frame.wide * out, frame.high * (0.22, 0.83)[number - 1])
        made += planet(scene, *at, (0.085, 0.045)[number - 1], number)
    return made + planet(scene, x, y, large, 0, ringed=ringed and not moon)


def _ground(scene: Scene, frame: Frame) -> list[Plate]:
    """We stand on a moon; another world rises."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * dice.between("moon.horizon", 0.64, 0.7)
    x = frame.wide * dice.between("rise.x", 0.3, 0.7)
    y = horizon - dice.between("rise.y", 0.1, 0.3)
    other = 3 if "mars" in scene.reading.text else 0  # over Mars another world rises than Mars
    ringed = scene.has("rings") or dice.chance("ringed", 0.25)
    made = planet(scene, x, y, dice.between("rise.r", 0.17, 0.26), other, ringed=ringed)
    soil = mixed(inks.far, inks.light, 0.3)
    if "mars" in scene.reading.text:
        soil = dyed(mixed(inks.far, (180, 110, 80), 0.6), HUES["rust"], 0.9)
    elif any(word in scene.reading.text for word in ("moon", "lunar")):
        soil = mixed((150, 150, 160), inks.far, 0.3)
    form = mesas if dice.chance("moon.form", 0.3) else peaks
    for row in range(4):
        depth = row / 3
        ink = mixed(mixed(soil, inks.low, 0.3 * (1 - depth)), inks.near, 0.12 + 0.5 * depth)
        base = horizon + 0.03 + (frame.high * 0.98 - horizon) * depth**1.4
        edge = profile_of(dice, form if row < 2 else _plain, f"moon.{row}", base, 0.16 - 0.1 * depth, depth)  # noqa: PLR2004
        faces = Facets(mixed(ink, inks.near, 0.5), 0.7, 0.05) if row < 2 else None  # noqa: PLR2004
        made.append(Land(f"moon.{row}", edge, ink, mixed(ink, inks.near, 0.4), 0.2, depth, facets=faces))
        if row == 2:  # noqa: PLR2004 - on the plain before us
            made += _holes(scene, frame, base, ink)
    return made


def _plain(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Low swells of dust."""
    return 0.5 + 0.5 * dice.noise(f"{name}.plain", xs * (1.6 + near))


def _holes(scene: Scene, frame: Frame, base: float, ink: Ink) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    dark: list[Floats] = []
    lit: list[Floats] = []
    for index in range(int(9 * max(1.0, frame.wide))):
        near = dice.unit("hole.y", index)
        x, y = frame.wide * dice.unit("hole.x", index), base + 0.03 + (frame.high - base) * 0.9 * near
        size = (0.015 + 0.06 * near) * dice.between("hole.r", 0.5, 1.2, index)
        lit.append(shapes.oval(x, y + size * 0.06, size * 1.06, size * 0.3))
        dark.append(shapes.oval(x, y, size, size * 0.24))
    return [
        Shapes(tuple(lit), mixed(ink, inks.light, 0.25), 0.9),
        Shapes(tuple(dark), mixed(ink, inks.near, 0.55), 0.9),
    ]


def _galaxy(scene: Scene, frame: Frame) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    x, y = frame.wide * 0.5, frame.high * dice.between("galaxy.y", 0.44, 0.54)
    size, flat, tilt = (
        0.46 * min(1.3, max(frame.wide, 1.0)),
        dice.between("galaxy.flat", 0.42, 0.72),
        dice.between("galaxy.tilt", -0.1, 0.1),
    )
    hole = "black hole" in scene.reading.text
    made: list[Plate] = [
        Glow(x, y, size * 1.15, mixed(inks.low, inks.far, 0.5), 0.5),
        Glow(x, y, size * 0.6, inks.glow, 0.55),
    ]
    groups: tuple[list[Floats], ...] = ([], [], [])
    turn = shapes.circle(960)
    for index in range(1500):
        share = dice.unit("arm", index)
        arm = index % 2
        scatter = (dice.unit("arm.s", index) + dice.unit("arm.t", index) - 1.0) * 0.13 * (0.5 + share)
        spot = turn[int((share * 1.05 + arm * 0.5 + scatter) * 960) % 960] * (size * (0.07 + 0.93 * share))
        dot = shapes.disc(
            float(spot[0]), float(spot[1]) * flat, 0.0012 + 0.0045 * dice.unit("arm.r", index) ** 3 * (1.2 - share), 10
        )
        groups[0 if share < 0.33 else 1 if index % 5 else 2].append(turned(dot, 0.0, 0.0, tilt) + np.array((x, y)))  # noqa: PLR2004
    colours = (mixed(inks.light, inks.glow, 0.3), mixed(inks.light, inks.far, 0.35), mixed(inks.glow, inks.light, 0.2))
    made += [
        Shapes(tuple(group), ink, 0.5, 0.92, light=True, moves="twinkle")
        for group, ink in zip(groups, colours, strict=True)
    ]
    core = shapes.oval(0.0, 0.0, size * 0.13, size * 0.13 * flat)
    made.append(Shapes((turned(core, 0.0, 0.0, tilt) + np.array((x, y)),), inks.light, 0.5, 0.95, light=True))
    if hole:
        made.append(Shapes((shapes.disc(x, y, size * 0.1),), lighter(inks.near, -0.03), 1.0))
        made.append(Shapes((ring(x, y, size * 0.115, size * 0.012),), mixed(inks.glow, inks.light, 0.6), light=True))
    return made


def _eclipse(scene: Scene, frame: Frame) -> list[Plate]:
    """The moon before the sun: a black round, its corona, one bright bead."""
    dice, inks = scene.dice, scene.palette
    x, y, size = frame.wide * 0.5, frame.high * 0.46, 0.2
    table = shapes.circle(96)
    rays: list[Floats] = []
    for index in range(48):
        way = table[index * 2]
        reach = size * dice.between("corona", 1.25, 2.0, index)
        foot = (x + float(way[0]) * size, y + float(way[1]) * size)
        rays.append(leaf(*foot, x + float(way[0]) * reach, y + float(way[1]) * reach, 0.09))
    bead = table[dice.whole("bead", 0, 95)]
    at = (x + float(bead[0]) * size, y + float(bead[1]) * size)
    return [
        Glow(x, y, size * 2.6, mixed(inks.glow, inks.light, 0.4), 0.75),
        Shapes(tuple(rays), inks.light, 0.3, 0.35, light=True),
        Shapes((shapes.disc(x, y, size * 1.035),), inks.light, 0.3, light=True),
        Shapes((shapes.disc(x, y, size),), lighter(inks.near, -0.02)),
        Glow(*at, 0.14, inks.light, 0.9),
        Shapes((shapes.disc(*at, 0.016, 40),), inks.light, light=True),
    ]


def _orbits(scene: Scene, frame: Frame) -> list[Plate]:
    """A sun with its planets on their paths, as on a chart."""
    dice, inks = scene.dice, scene.palette
    x, y = frame.wide * 0.5, frame.high * 0.5
    reach = 0.47 * min(frame.wide, frame.high)
    made: list[Plate] = [Glow(x, y, reach * 0.8, inks.glow, 0.5)]
    first = dice.whole("orbit.first", 0, 95)
    paths = [ring(x, y, reach * (0.3 + 0.7 * step / 6), 0.0011) for step in range(7)]
    made.append(Shapes(tuple(paths), mixed(inks.light, inks.middle, 0.35), 0.5, 0.7, light=True))
    made.append(Shapes((shapes.disc(x, y, reach * 0.17),), mixed(inks.glow, inks.light, 0.25), light=True))
    for step in range(7):
        spot = shapes.circle(96)[(first + step * 37 + dice.whole("orbit", -5, 5, step)) % 96] * (
            reach * (0.3 + 0.7 * step / 6)
        )
        size = reach * (0.034, 0.05, 0.056, 0.042, 0.1, 0.08, 0.06)[step]
        ringed = step == 5  # noqa: PLR2004 - the sixth is Saturn
        made += planet(scene, x + float(spot[0]), y + float(spot[1]), size, step + 1, ringed=ringed)[1:]
    return made


def _nebula(scene: Scene, frame: Frame) -> list[Plate]:
    """Light in clouds: knots of it along a bow, young stars in them, and dust where the words or the dice want it."""
    dice, inks = scene.dice, scene.palette
    hues = (inks.glow, mixed(inks.low, inks.light, 0.2), hue_turned(mixed(inks.far, inks.light, 0.2), 120.0), inks.far)
    lean, made = dice.pick("knot.lean", (-1.0, 1.0)), list[Plate]()
    young: list[Floats] = []
    for index in range(11):
        share = index / 10
        bow = 0.16 * (1 - (2 * share - 1) * (2 * share - 1))
        x = frame.wide * (0.5 + lean * (share - 0.5) * 0.8) + dice.between("knot.x", -0.07, 0.07, index)
        y = frame.high * (0.62 - 0.36 * share) - bow + dice.between("knot.y", -0.07, 0.07, index)
        made.append(Glow(x, y, dice.between("knot.r", 0.13, 0.34, index), hues[index % 4], 0.62))
        for star in range(5):
            key = index * 8 + star
            at = (x + dice.between("young.x", -0.09, 0.09, key), y + dice.between("young.y", -0.09, 0.09, key))
            size = 0.0012 + 0.003 * dice.unit("young.r", key) ** 3
            young += [
                shapes.disc(*at, size, 14),
                shapes.oval(*at, size * 4, size * 0.35, 10),
                shapes.oval(*at, size * 0.35, size * 4, 10),
            ]
    made.append(Shapes(tuple(young), inks.light, 0.2, 0.95, light=True, moves="twinkle"))
    if "pillar" in scene.reading.text or dice.chance("dust", 0.5):
        made += _pillars(scene, frame)
    return made


def _pillars(scene: Scene, frame: Frame) -> list[Plate]:
    """Clouds of dust that stand in front of the glow, their rims torn and lit."""
    dice, inks = scene.dice, scene.palette
    x = frame.wide * dice.between("glow.x", 0.4, 0.6)
    made: list[Plate] = [Glow(x, frame.high * 0.5, 0.4, mixed(inks.glow, inks.low, 0.25), 0.4)]
    for row in range(3):
        ink = mixed(mixed(inks.far, inks.glow, 0.3 - 0.12 * row), inks.near, 0.2 + 0.25 * row)
        rims: list[Floats] = []
        bodies: list[Floats] = []
        for index in range(3 - row // 2):
            key = row * 8 + index
            foot = frame.wide * ((index + dice.between("pillar.x", 0.2, 0.8, key)) / (3 - row // 2))
            top = frame.high * (0.42 + 0.14 * row + dice.between("pillar.y", 0.0, 0.2, key))
            body = _dust(scene, frame, key, foot, top, 0.1 - 0.01 * row)
            bodies.append(body)
            rims.append(body + np.array((0.007 if foot < x else -0.007, -0.008)))
        made.append(Shapes(tuple(rims), mixed(ink, mixed(inks.glow, inks.light, 0.4), 0.55), 0.3 + 0.3 * row))
        foot_ink = (mixed(ink, inks.near, 0.75), frame.high * 0.35, frame.high)
        made.append(Shapes(tuple(bodies), ink, 0.3 + 0.3 * row, foot=foot_ink))
    return made


def _dust(scene: Scene, frame: Frame, key: int, foot: float, top: float, half: float) -> Floats:
    """One pillar: it leans, swells and thins out, and its rim is never smooth."""
    dice = scene.dice
    up = np.linspace(0.0, 1.0, 70)
    ys = frame.high * 1.05 - (frame.high * 1.05 - top) * up
    lean = dice.between("dust.lean", -0.2, 0.2, key)
    middle = foot + lean * up * up + 0.06 * dice.noise(f"dust.{key}", up * 3.0)
    thick = half * (1.9 - 1.25 * up) * np.sqrt(np.clip((1.0 - up) * 9.0, 0, 1))
    left = middle - thick * (1.0 + 0.55 * dice.fractal(f"dust.l.{key}", up * 5.0, 4, 0.6))
    right = middle + thick * (1.0 + 0.55 * dice.fractal(f"dust.r.{key}", up * 5.0, 4, 0.6))
    return np.concatenate([np.stack([left, ys], axis=1), np.stack([right, ys], axis=1)[::-1]])


def _travellers(scene: Scene, frame: Frame) -> list[Plate]:
    """An astronaut, a rocket, a comet, a saucer."""
    dice = scene.dice
    made: list[Plate] = []
    if scene.has("comet"):
        made += air.comet(scene, frame)
    if scene.has("rocket"):
        made += _rocket(scene, frame.wide * dice.between("rocket.x", 0.28, 0.42), frame.high * 0.58, 0.34)
    if scene.has("ufo"):
        made += air.saucer(scene, frame)
    astronaut = scene.reading.named("astronaut")
    if astronaut is not None:
        surface = scene.has("surface") and not any(word in scene.reading.text for word in ("float", "drift"))
        at = (frame.wide * dice.between("walk.x", 0.4, 0.6), frame.high * (0.93 if surface else 0.72))
        size = 0.42 * (1.3 if scene.has("close") else 1.0)
        made += figure(scene, "astronaut", at, size, turns=0.0 if surface else dice.between("float", -0.08, 0.12))
    return made


def _rocket(scene: Scene, x: float, y: float, size: float) -> list[Plate]:
    inks, tilt = scene.palette, 0.06
    body = outline("0,100! 13,82 17,56 14,22! -14,22! -17,56 -13,82")
    fins = [
        outline("14,44! 30,20 32,0! 14,14!"),
        outline("-14,44! -30,20 -32,0! -14,14!"),
        outline("-3,34! 3,34! 4,4! -4,4!"),
    ]
    nose = outline("0,100! 8,88 12,78! -12,78! -8,88")
    flame = outline("-9,18! -14,-6 -4,-26 0,-48! 4,-26 14,-6 9,18!")
    hot = outline("-5,18! -7,-2 0,-22! 7,-2 5,18!")
    hull = mixed(inks.light, inks.far, 0.12)
    red = mixed(inks.glow, (206, 66, 44), 0.6)

    def at(*parts: Floats) -> tuple[Floats, ...]:
        return tuple(turned(put(part, x, y, size), x, y, tilt) for part in parts)

    window = shapes.disc(0.0, 0.6, 0.065)
    return [
        Glow(x - 0.08, y + 0.12, 0.3, inks.glow, 0.5),
        Shapes(at(flame), inks.glow, light=True, moves="flicker"),
        Shapes(at(hot), inks.light, light=True, moves="flicker"),
        Shapes(at(*fins), red),
        Shapes(at(body), hull, foot=(mixed(hull, inks.near, 0.4), y - size, y + size * 0.1)),
        Shapes(at(nose), red),
        Shapes(at(window), mixed(inks.near, inks.far, 0.3)),
    ]
