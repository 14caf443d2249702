"""Sea and lake: headlands and a lighthouse, boats, islands, waves, palms."""

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import lighter, mixed, toned
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, water
from daygen.providers.local.plates import Facets, Frame, Glow, Land, Plate, Profile, Shapes, Veil
from daygen.providers.local.scene import Scene


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Sky, far shores, water with its light, what swims on it, and the shore we stand on."""
    dice = scene.dice
    horizon = frame.high * dice.between("sea.horizon", 0.52, 0.63)
    light = air.light_of(scene, frame, horizon)
    made = air.sky(scene, frame, horizon, light)
    side = -1.0 if light.x > frame.wide / 2 else 1.0
    made += _far_shores(scene, frame, horizon)
    tower = scene.has("lighthouse") or dice.chance("tower", 0.22)
    if tower and not scene.has("palm"):
        made += _headland(scene, frame, horizon, -side)
    made.append(water.sheet(scene, frame, horizon, light))
    made += water.swell(scene, frame, horizon)
    made += water.boats(scene, frame, horizon, light, side)
    made += _shore(scene, frame, side, tower=tower)
    return made


def _far_shores(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    dice, inks = scene.dice, scene.palette
    count = dice.whole("shores", 1, 3) if not scene.has("wide") else 1
    if scene.has("island"):
        count = 3
    made: list[Plate] = []
    for index in range(count):
        depth = 0.08 + 0.17 * index
        centre = frame.wide * ((dice.unit("shore.x") + 0.45 * index) % 1.0)
        reach = dice.between("shore.w", 0.35, 0.8, index) * min(frame.wide, 1.4)
        high = dice.between("shore.h", 0.05, 0.15, index) * (0.75 + 0.3 * index)
        ink = mixed(inks.land(depth), inks.low, 0.25 - 0.1 * index)
        foot = mixed(ink, inks.low, 0.5 if not inks.night else 0.3)
        edge = _island(scene, f"shore.{index}", centre, reach, horizon, high)
        made.append(Land(f"shore.{index}", edge, ink, foot, high * 1.1, depth, floor=horizon + 0.002))
    if scene.weather("fog") or dice.chance("sea.mist", 0.3):
        made.append(Veil(horizon - 0.015, 0.045, mixed(inks.low, inks.light, 0.35), 0.6, "sea.mist"))
    return made


def _island(scene: Scene, name: str, centre: float, reach: float, horizon: float, high: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        away = np.clip(1.0 - np.abs(xs - centre) / reach, 0, 1)
        body = away * away * (3.0 - 2.0 * away)
        rough = 0.75 + 0.45 * scene.dice.fractal(name, xs * 4.5, 5, 0.5)
        return horizon + 0.012 - (high + 0.012) * body * rough * 1.15

    return edge


def _headland(scene: Scene, frame: Frame, horizon: float, side: float) -> list[Plate]:
    """A cliff running into the sea from one side, and on it the lighthouse."""
    dice, inks = scene.dice, scene.palette
    reach = min(frame.wide * dice.between("cape.w", 0.52, 0.66), 0.95)
    high = dice.between("cape.h", 0.1, 0.17) * min(1.4, frame.high)
    foot = horizon + 0.03 * frame.high

    def edge(xs: Floats) -> Floats:
        inland = (xs if side < 0 else frame.wide - xs) / reach
        fall = np.clip((1.0 - inland) * 3.4, 0, 1)
        steps = fall * fall * (3.0 - 2.0 * fall)
        top = 0.74 + 0.3 * np.clip(0.7 - inland, -0.3, 1) + 0.06 * dice.fractal("cape", xs * 7.0, 4, 0.5)
        rocks = 0.16 * np.maximum(dice.fractal("cape.rock", xs * 13.0, 3), 0.0) * np.clip((1.25 - inland) * 5, 0, 1)
        return foot + 0.012 - high * (top * steps + rocks * (1 - steps))

    depth = 0.62
    ink = inks.land(depth)
    stand = reach * dice.between("tower.x", 0.5, 0.64)
    x = stand if side < 0 else frame.wide - stand
    base = float(edge(np.array([x]))[0])
    tall = dice.between("tower.h", 0.25, 0.34) * (1.25 if scene.has("close") else 1.0) * min(1.25, frame.high**0.5)
    body, bands, lamps, lamp = shapes.lighthouse(x, base, tall)
    lit = (
        inks.night
        or scene.reading.time in {"dusk", "sunset", "blue", "dawn"}
        or scene.weather("fog")
        or scene.weather("storm")
    )
    wall = mixed(inks.light, inks.far, 0.16 if not inks.night else 0.42)
    band = toned(mixed(inks.near, (178, 48, 44), 0.5 if not inks.night else 0.3), 1.0)
    made: list[Plate] = []
    if lit:
        made.append(Glow(lamp[0], lamp[1], 0.24 * min(frame.wide, 1.2), inks.glow, 0.5))
        far = 1.6 * frame.wide
        sweep = dice.between("beam", 0.0, 0.1)
        ray = mixed(inks.glow, inks.light, 0.6)
        made.append(Shapes((shapes.beam(*lamp, lamp[0] - side * far, lamp[1] - sweep, 0.16 * far),), ray, alpha=0.24))
        made.append(Shapes((shapes.beam(*lamp, lamp[0] + side * far, lamp[1] + sweep, 0.13 * far),), ray, alpha=0.16))
    shade = mixed(wall, inks.near, 0.55)
    made.append(Shapes((body[0],), wall, 0.6))
    made.append(Shapes(tuple(bands), band, 0.6))
    made.append(Shapes((_half(body[0], x, light_left=side > 0),), shade, 0.6, alpha=0.42))
    made.append(Shapes(tuple(lamps), inks.glow if lit else mixed(inks.light, inks.far, 0.3), 0.6, light=True))
    made.append(Shapes(tuple(body[1:]), lighter(inks.near, 0.02), 0.6))
    hut_walls, hut_roof, hut_windows = shapes.cabin(x - side * -0.02 - 0.115 * (-side), base + 0.02, tall * 0.24)
    made += [
        Shapes(tuple(hut_walls), mixed(wall, inks.near, 0.35)),
        Shapes(tuple(hut_roof), mixed(inks.near, band, 0.5)),
    ]
    made.append(Shapes(tuple(hut_windows[:2]), inks.glow if lit else shade, light=True))
    made.append(
        Land("cape", edge, ink, lighter(mixed(ink, inks.near, 0.55), -0.01), high * 1.3, depth, floor=foot,
             facets=Facets(inks.land(0.92), 0.7, 0.02, 16.0))
    )  # fmt: skip
    return made


def _half(tower: Floats, x: float, *, light_left: bool) -> Floats:
    """The side of a tower that lies in shadow."""
    side = tower[:, 0] > x if light_left else tower[:, 0] < x
    edge = tower[side]
    middle = x + (0.012 if light_left else -0.012)
    return np.array([(middle, edge[0, 1]), *edge.tolist(), (middle, edge[-1, 1])])


def _shore(scene: Scene, frame: Frame, side: float, *, tower: bool) -> list[Plate]:
    """The ground at our feet: a beach with palms, dunes with grass, or rocks; or nothing but water."""
    dice, inks = scene.dice, scene.palette
    kind = dice.pick("ground", ("grass", "rocks", "rocks", "none" if tower else "grass"))
    if scene.has("palm"):
        kind = "beach"
    if kind == "none" or (scene.has("boat") and dice.chance("open sea", 0.4)):
        return []
    high = dice.between("ground.h", 0.09, 0.17) * min(1.4, frame.high)

    def edge(xs: Floats) -> Floats:
        inland = np.clip(1.15 - (xs if side < 0 else frame.wide - xs) / frame.wide, 0, 1.15)
        rough = dice.fractal("ground", xs * (9.0 if kind == "rocks" else 2.0), 4, 0.5)
        return frame.high + 0.03 - high * (inland**1.6 + (0.32 if kind == "rocks" else 0.1) * rough)

    ink = inks.land(0.97)
    made: list[Plate] = []
    if kind == "beach":
        sand = mixed(mixed(inks.light, inks.glow, 0.3), inks.near, 0.25 if not inks.night else 0.75)
        foam = mixed(inks.light, inks.low, 0.15)
        made.append(
            Land("foam", lambda xs: edge(xs) - 0.014 - 0.006 * dice.noise("lap", xs * 5.0), foam, foam, 1.0, 0.9)
        )
        made.append(Land("ground", edge, sand, mixed(sand, inks.near, 0.3), 0.2, 0.95))
        parts: list[Floats] = []
        for index in range(dice.whole("palms", 2, 3)):
            inward = frame.wide * (0.09 + 0.15 * index + dice.between("palm.x", -0.04, 0.04, index))
            x = inward if side < 0 else frame.wide - inward
            parts += plants.palm(
                x, float(edge(np.array([x]))[0]) + 0.03, dice.between("palm.h", 0.46, 0.72, index), dice, index
            )
        made.append(Shapes(tuple(parts), ink))
        return made
    if kind == "grass":
        made.append(Shapes(tuple(_grass(scene, frame, edge)), ink))
    faces = Facets(lighter(ink, 0.05), 0.5, 0.02, 16.0) if kind == "rocks" else None
    made.append(Land("ground", edge, ink, lighter(ink, -0.03), 0.15, 1.0, facets=faces))
    return made


def _grass(scene: Scene, frame: Frame, edge: Profile) -> list[Floats]:
    dice = scene.dice
    blades: list[Floats] = []
    for index in range(min(420, int(170 * frame.wide))):
        x = dice.unit("grass.x", index) * frame.wide
        base = float(edge(np.array([x]))[0])
        if base > frame.high:
            continue
        high = dice.between("grass.h", 0.02, 0.085, index)
        blades.append(plants.blade(x, base + 0.01, high, dice.between("grass.b", 0.0, 0.045, index), 0.0022))
    return blades
