"""Ranges behind ranges: peaks, hills and a lonely volcano, with a lake, trees and a cabin where asked for."""

from dataclasses import replace

import numpy as np

from daygen.providers.local import plants, shapes
from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air, landmarks
from daygen.providers.local.families.ranges import Form, hills, peaks, profile_of, ridges
from daygen.providers.local.plates import Cap, Facets, Frame, Land, Light, Plate, Profile, Shapes, Veil, Water
from daygen.providers.local.scene import Scene


def kind_of(scene: Scene) -> str:
    """Which kind of range the words ask for."""
    for trait in ("volcano", "hills"):
        if scene.has(trait):
            return trait
    named = any(word in scene.reading.text for word in ("mountain", "peak", "alp", "summit", "glacier", "ridge"))
    return "peaks" if named else scene.wording.pick("range", ("peaks", "peaks", "hills"))


_FORMS: dict[str, Form] = {"peaks": peaks, "hills": hills, "volcano": hills}
_HEIGHTS = {"peaks": (0.24, 0.2), "hills": (0.17, 0.22), "volcano": (0.1, 0.12)}


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Sky, ranges, and what grows on the nearest of them."""
    dice, kind = scene.dice, kind_of(scene)
    lake = scene.has("reflected")
    horizon = frame.high * dice.between("horizon", 0.47, 0.56)
    if lake:
        horizon = frame.high * dice.between("horizon", 0.44, 0.5)
    light = air.light_of(scene, frame, horizon - (0.12 if kind == "peaks" else 0.06))
    made = air.sky(scene, frame, horizon, light)
    if kind == "volcano":
        made.append(cone(scene, frame, horizon))
    layers = _layers(scene, frame, kind, horizon, lake=lake)
    if lake:
        water = frame.high * 0.66
        made += layers[:-1]
        made.append(_lake(scene, frame, water, light))
        made += _with_trees(scene, frame, [layers[-1]])
    else:
        made += _with_trees(scene, frame, layers)
    if scene.has("windmill") or scene.has("temple") or scene.has("train"):
        made[-3:-3] = landmarks.standing(scene, frame, frame.high * 0.8, 0.4 * min(1.0, frame.wide))
    if kind == "peaks" and dice.chance("framed", 0.45):
        made.append(_framing(scene, frame))
    return made


def _framing(scene: Scene, frame: Frame) -> Shapes:
    """Tall spruces at one side, close to us."""
    dice = scene.dice
    side = dice.pick("frame.side", (0.0, 1.0))
    trees: list[Floats] = []
    for index in range(6):
        inward = dice.unit("frame.x", index) * 0.02 + index * 0.052
        x = inward if side == 0 else frame.wide - inward
        high = (0.62 - 0.085 * index) * dice.between("frame.high", 0.75, 1.1, index)
        trees.append(plants.conifer(x, frame.high + 0.05, high, dice, 5000 + index))
    return Shapes(tuple(trees), lighter(scene.palette.near, -0.015))


def _layers(scene: Scene, frame: Frame, kind: str, horizon: float, *, lake: bool) -> list[Plate]:
    dice = scene.dice
    form = _FORMS[kind]
    count = dice.whole("layers", 5, 6)
    if kind != "volcano" and scene.reading.season != "winter" and dice.chance("wooded", 0.4):
        form = ridges
    grow = min(1.7, frame.high**0.6)
    low, high = _HEIGHTS[kind]
    made: list[Plate] = []
    for index in range(count):
        depth = index / (count - 1)
        name = f"{kind}.{index}"
        base = horizon + (frame.high * 0.97 - horizon) * depth**1.15 + 0.05
        rise = (low + (high - low) * depth) * grow * dice.between("rise", 0.85, 1.25, index)
        if kind == "peaks" and index == 1:
            rise *= 1.5
        profile = profile_of(dice, form, name, base, rise, depth)
        if lake and index == count - 1:
            profile = _bank(scene, frame)
        elif lake:
            base = min(base, frame.high * 0.64)
            profile = profile_of(dice, form, name, min(base, frame.high * (0.56 + 0.08 * depth)), rise, depth)
        made.append(_land(scene, kind, name, profile, depth, base=base, rise=rise, crags=form is peaks))
        if index < count - 2 and (scene.weather("fog") or dice.chance("veil", 0.35, index)):
            made.append(_mist(scene, base, rise, index))
    return made


def _land(
    scene: Scene,
    kind: str,
    name: str,
    profile: Profile,
    depth: float,
    *,
    base: float,
    rise: float,
    crags: bool,
) -> Land:
    inks = scene.palette
    ink = inks.land(depth**0.85)
    if scene.reading.season == "winter" and depth > 0.3:  # noqa: PLR2004 - the near half lies in snow
        ink = mixed(ink, mixed(inks.light, inks.low, 0.4), 0.62 * (1 - depth) ** 0.6)
    land = Land(name, profile, ink, air.haze(scene, ink, depth), 0.16 + 0.12 * depth, depth)
    if kind == "peaks" and crags and depth < 0.75:  # noqa: PLR2004
        shade = mixed(ink, inks.near, 0.42)
        land = replace(land, facets=Facets(shade, 0.85, 0.06), fade=rise * 1.15)
        if depth < 0.45 or scene.reading.season == "winter":  # noqa: PLR2004
            snow = mixed(inks.light, ink, 0.18 if not inks.night else 0.5)
            land = replace(land, cap=Cap(snow, base - rise * 0.5, rise * 0.34))
    return land


def _mist(scene: Scene, base: float, rise: float, index: int) -> Veil:
    ink = mixed(scene.palette.low, scene.palette.light, 0.3)
    strength = 0.75 if scene.weather("fog") else 0.42
    return Veil(base - rise * 0.05, 0.05 + 0.03 * index, ink, strength, f"mist.{index}")


def cone(scene: Scene, frame: Frame, horizon: float) -> Land:
    """A volcano alone above everything else."""
    inks, dice = scene.palette, scene.dice
    centre = frame.wide * dice.between("cone.x", 0.38, 0.62)
    high = dice.between("cone.high", 0.42, 0.52) * min(1.5, frame.high**0.7)
    top, reach = horizon - high * 0.72, 1.25 * high

    def edge(xs: Floats) -> Floats:
        away = np.abs(xs - centre) / reach
        slope = np.clip((away - 0.06) / 0.94, 0, 1)
        rough = dice.fractal("cone", xs * 9.0, 4, 0.5) * 0.012
        return top + high * (1.0 - (1.0 - slope) * (1.0 - slope) * (1.0 - 0.25 * slope)) + rough * (1 + slope)

    ink = mixed(inks.far, inks.low, 0.22)
    snow = mixed(inks.light, ink, 0.1)
    return Land(
        "cone",
        edge,
        ink,
        air.haze(scene, ink, 0.1),
        high * 0.75,
        0.05,
        facets=Facets(mixed(ink, inks.near, 0.3), 0.7, 0.03),
        cap=Cap(snow, top + high * 0.26, high * 0.2),
    )


def _lake(scene: Scene, frame: Frame, top: float, light: Light) -> Water:
    inks = scene.palette
    return Water(
        top,
        frame.high,
        mixed(inks.middle, inks.far, 0.45),
        mixed(inks.far, inks.near, 0.5),
        0.72,
        light,
        inks.light,
        0.7,
        0.15,
    )


def _bank(scene: Scene, frame: Frame) -> Profile:
    dice = scene.dice
    side = dice.pick("bank.side", (0.0, 1.0))

    def edge(xs: Floats) -> Floats:
        away = np.abs(xs / frame.wide - side)
        slope = np.clip(1.0 - away * 1.25, 0, 1)
        return frame.high * (1.0 - 0.16 * slope * slope) - 0.02 + 0.016 * dice.fractal("bank", xs * 6.0, 4)

    return edge


def _with_trees(scene: Scene, frame: Frame, layers: list[Plate]) -> list[Plate]:
    """Trees on the nearest layers, so that the eye has a measure."""
    made: list[Plate] = []
    lands = [plate for plate in layers if isinstance(plate, Land)]
    wooded = {land.name: step for step, land in enumerate(lands[-2:])} if len(lands) > 1 else {lands[-1].name: 1}
    for plate in layers:
        if isinstance(plate, Land) and plate.name in wooded:
            made.append(stand(scene, frame, plate, wooded[plate.name]))
        made.append(plate)
        if isinstance(plate, Land) and plate.name in wooded and wooded[plate.name]:
            made += _homestead(scene, frame, plate)
    return made


def stand(scene: Scene, frame: Frame, land: Land, step: int) -> Shapes:
    """A loose stand of trees along a layer's edge, in clumps."""
    dice = scene.dice
    count = int((46 if step == 0 else 34) * frame.wide)
    tall = (0.05, 0.11)[step] * (1.3 if scene.has("close") else 1.0)
    cypress = scene.has("cypress")
    tall *= 1.9 if cypress else 1.0
    trees: list[Floats] = []
    for index in range(min(count, 220)):
        key = index + 1000 * step
        x = frame.wide * (index + dice.unit("stand.x", key)) / count
        clump = float(dice.noise(f"clump.{step}", np.array([x * 2.3]))[0])
        if clump < (-0.5 if cypress else -0.05) + 0.2 * dice.unit("stand.gap", key):
            continue
        high = tall * (0.55 + 0.7 * max(clump, 0.0)) * dice.between("stand.high", 0.6, 1.25, key)
        base = float(land.profile(np.array([x]))[0]) + 0.008
        trees.append(
            plants.poplar(x, base, max(high, tall * 0.6)) if cypress else plants.conifer(x, base, high, dice, key)
        )
    return Shapes(tuple(trees), land.ink, land.depth)


def _homestead(scene: Scene, frame: Frame, land: Land) -> list[Plate]:
    """A cabin, a tent or a stag where the words want one."""
    x = frame.wide * scene.dice.pick("home.x", (0.24, 0.3, 0.7, 0.76))
    base = float(land.profile(np.array([x]))[0]) + 0.012
    return company(scene, x, base, land.ink, 0.1)


def company(scene: Scene, x: float, base: float, ink: Ink, size: float) -> list[Plate]:
    """Who lives here: a cabin, a camp, a stag, as asked for."""
    inks = scene.palette
    made: list[Plate] = []
    if scene.has("cabin"):
        walls, roof, windows = shapes.cabin(x, base, size)
        made += [Shapes(tuple(walls), lighter(ink, -0.03)), Shapes(tuple(roof), lighter(ink, 0.06))]
        made.append(Shapes(tuple(windows), inks.glow, light=True))
    elif scene.has("camp"):
        cloth, door = shapes.tent(x, base, size)
        made += [Shapes(tuple(cloth), mixed(inks.glow, ink, 0.45)), Shapes(tuple(door), inks.glow, light=True)]
    if scene.has("deer"):
        stag = shapes.deer(x + size * 1.7, base, size * 0.62, mirrored=scene.dice.chance("deer.side", 0.5))
        made.append(Shapes((stag,), lighter(ink, -0.02)))
    return made
