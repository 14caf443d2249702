"""A place behind a subject, and the ground the subject stands on."""

import numpy as np

from daygen.providers.local import plants
from daygen.providers.local.colour import Ink, lab, lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air
from daygen.providers.local.families.ranges import hills, profile_of
from daygen.providers.local.families.views import VIEWS
from daygen.providers.local.plates import Frame, Land, Plate, Profile, Shapes, Veil
from daygen.providers.local.scene import Scene

_LEAST_APART = 0.2  # in OKLab lightness: less is lost on the paper


def backdrop(scene: Scene, frame: Frame, place: str | None) -> list[Plate]:
    """The place, or soft hills under a great sky where there is none."""
    if place in VIEWS:
        return VIEWS[place](scene, frame)
    return open_land(scene, frame)


def open_land(scene: Scene, frame: Frame) -> list[Plate]:
    """Hardly more than a sky and its light: two hills far away."""
    dice, inks = scene.dice, scene.palette
    horizon = frame.high * 0.72
    light = air.light_of(scene, frame, horizon)
    made = air.sky(scene, frame, horizon, light)
    for row in range(2):
        ink = mixed(inks.land(0.12 + 0.22 * row), inks.low, 0.25)
        edge = profile_of(dice, hills, f"open.{row}", horizon + 0.03 + 0.07 * row, 0.13, 0.0)
        made.append(Land(f"open.{row}", edge, ink, air.haze(scene, ink, 0.2 * row), 0.16, 0.2 * row))
    return made


def mound(scene: Scene, frame: Frame, base: float) -> tuple[list[Plate], Profile, Ink]:
    """Mist, then the ground in front of it: its plates, its edge and its ink."""
    dice, inks = scene.dice, scene.palette

    def edge(xs: Floats) -> Floats:
        swell = (xs / frame.wide - 0.5) * 2
        return base + 0.05 * swell * swell + 0.018 * dice.fractal("mound", xs * 2.2, 3, 0.4)

    ink = lighter(inks.near, 0.02)
    if scene.reading.season == "winter" or scene.weather("snow"):
        ink = mixed(inks.light, inks.far, 0.26 if not inks.night else 0.72)
    elif not scene.dim and scene.reading.place in {"coast", "desert"}:
        ink = mixed(mixed(inks.light, inks.glow, 0.35), inks.near, 0.3)
    elif not scene.dim and scene.reading.time != "golden":
        ink = mixed(inks.far, inks.near, 0.62)
    mist = mixed(inks.low, inks.light, 0.35)
    made: list[Plate] = [Veil(base - 0.02, 0.2, mist, 0.62 if not inks.night else 0.45, "mound.mist")]
    blades: list[Floats] = []
    for index in range(int(70 * frame.wide)):
        x = frame.wide * dice.unit("mound.x", index)
        high = dice.between("mound.h", 0.012, 0.05, index)
        foot = float(edge(np.array([x]))[0]) + 0.01
        blades.append(plants.blade(x, foot, high, dice.between("mound.b", -0.02, 0.02, index), 0.0022))
    if scene.reading.season != "winter" and not scene.weather("snow") and scene.reading.place != "desert":
        made.append(Shapes(tuple(blades), ink, 0.9))
    made.append(Land("mound", edge, ink, lighter(ink, -0.06), 0.22, 1.0))
    return made, edge, ink


def apart(ink: Ink, ground: Ink, least: float = _LEAST_APART) -> Ink:
    """An ink that can be told from what is behind it: the same hue, moved away in lightness where it is too near."""
    own, behind = lab(ink)[0], lab(ground)[0]
    missing = least - abs(own - behind)
    if missing <= 0:
        return ink
    down = own <= behind if behind > 0.35 else False  # noqa: PLR2004 - on a dark ground there is no room below
    return lighter(ink, -missing if down else missing)
