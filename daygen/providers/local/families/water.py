"""The open water and what swims on it: the same for coast and sea."""

import numpy as np

from daygen.providers.local import shapes
from daygen.providers.local.colour import lighter, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import air
from daygen.providers.local.plates import Frame, Land, Light, Plate, Profile, Shapes, Water
from daygen.providers.local.scene import Scene


def sheet(scene: Scene, frame: Frame, horizon: float, light: Light) -> Water:
    """Water from the horizon to our feet, as quiet or rough as the words say."""
    dice, inks = scene.dice, scene.palette
    rough = scene.has("rough") or scene.weather("storm")
    far = mixed(mixed(inks.low, inks.middle, 0.3), inks.far, 0.42)
    near = mixed(inks.far, inks.near, 0.55 if not inks.night else 0.65)
    mirror = (
        0.62
        if scene.has("calm") or scene.has("reflected")
        else (0.0 if rough else dice.between("sea.mirror", 0.22, 0.5))
    )
    strength = 0.85 if not (scene.weather("fog") or rough) else 0.45
    glitter = mixed(inks.light, inks.low, 0.15)
    return Water(horizon, frame.high, far, near, mirror, light, glitter, strength, 0.9 if rough else 0.3)


def swell(scene: Scene, frame: Frame, horizon: float) -> list[Plate]:
    """Waves that come towards us, when the sea is not quiet."""
    dice, inks = scene.dice, scene.palette
    rough = scene.has("rough") or scene.weather("storm")
    if not rough or scene.has("calm"):
        return []
    count = dice.whole("swell.n", 5, 7)
    made: list[Plate] = []
    for index in range(count):
        near = (index + 1) / count
        y = horizon + (frame.high - horizon) * (0.12 + 0.82 * near**1.5)
        high = 0.085 * (0.25 + near)
        water = mixed(mixed(inks.far, inks.low, 0.3), lighter(inks.near, 0.05), 0.3 + 0.6 * near)
        foam = mixed(inks.light, water, 0.22)
        edge = _wave(scene, f"wave.{index}", y, high, 2.6 - 1.2 * near)
        made.append(Land(f"foam.{index}", edge, foam, foam, 1.0, near))
        under = _under(scene, edge, f"wave.{index}", high * 0.34)
        made.append(Land(f"wave.{index}", under, water, lighter(water, -0.06), 0.14, near))
    return made


def _wave(scene: Scene, name: str, y: float, high: float, pitch: float) -> Profile:
    def edge(xs: Floats) -> Floats:
        crest = air.waving(scene.dice.noise(name, xs * pitch))
        return y - high * (crest * crest * 1.5 - 0.5) - high * 0.12 * scene.dice.fractal(f"{name}.r", xs * 9.0, 3)

    return edge


def _under(scene: Scene, edge: Profile, name: str, thick: float) -> Profile:
    def lower(xs: Floats) -> Floats:
        ragged = np.clip(0.55 + scene.dice.fractal(f"{name}.foam", xs * 8.0, 4, 0.6), 0.03, 1.4)
        return edge(xs) + thick * ragged

    return lower


def boats(scene: Scene, frame: Frame, horizon: float, light: Light, side: float) -> list[Plate]:
    """As many boats as were said, or as the sea has on such a day."""
    dice, inks = scene.dice, scene.palette
    count = scene.reading.boats
    if count is None:
        fewest = 2 if scene.has("harbour") else 0
        count = dice.whole("boats", fewest, fewest + 2) if not scene.weather("storm") else dice.whole("boats", 0, 1)
    made: list[Plate] = []
    for index in range(count):
        near = ((dice.unit("boat.y") + 0.38 * index) % 1.0) ** 1.3
        y = horizon + (frame.high - horizon) * (0.06 + 0.42 * near)
        spread = (dice.unit("boat.x") + 0.618 * index) % 1.0
        x = light.x + side * frame.wide * (0.08 + 0.2 * spread) if index == 0 else frame.wide * (0.1 + 0.8 * spread)
        size = (0.075 + 0.14 * near) * (1.25 if count == 1 else 1.0) * (1.3 if scene.has("close") else 1.0)
        mirrored = dice.chance("boat.side", 0.5, index)
        fishing = any(word in scene.reading.text for word in ("fish", "trawler", "ferry")) or dice.chance(
            "boat.kind", 0.2, index
        )
        dark, bright = (shapes.trawler if fishing else shapes.sailboat)(x, y, size, mirrored=mirrored)
        hull = mixed(inks.near, inks.far, 0.25 * (1 - near))
        sail = inks.glow if fishing else mixed(inks.light, inks.far, 0.12 if not inks.night else 0.4)
        below = [upside(part, y, 0.6) for part in bright + dark]
        made.append(Shapes(tuple(below), mixed(hull, inks.far, 0.3), alpha=0.34, moves="float"))
        streaks = [shapes.streak(x, y + 0.03 * size, size * 0.62, size * 0.016)]
        made.append(Shapes(tuple(dark), hull, 0.7, moves="float"))
        shade = mixed(sail, inks.far, 0.45)
        made.append(
            Shapes(tuple(bright), sail, 0.7, foot=None if fishing else (shade, y - size * 0.8, y), moves="float")
        )
        made.append(Shapes(tuple(streaks), mixed(inks.light, inks.low, 0.3), alpha=0.55, moves="float"))
    return made


def upside(part: Floats, y: float, squash: float) -> Floats:
    """An outline as the water shows it."""
    made = part.copy()
    made[:, 1] = y + (y - part[:, 1]) * squash
    return made
