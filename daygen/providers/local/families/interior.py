"""Rooms: a wall with a window onto some place, and what stands in front of it."""

import numpy as np

from daygen.providers.local.colour import Ink, lab, lighter, mixed
from daygen.providers.local.curves import hole, outline, put
from daygen.providers.local.dice import Floats
from daygen.providers.local.families import furniture, views
from daygen.providers.local.plates import Frame, Glow, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, circle

_ON_THE_WALL = frozenset(("picture", "clock"))
_USUAL = ("chair", "plant", "lamp")


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """The view, the wall around it, the floor, the furniture from left to right."""
    dice, inks = scene.dice, scene.palette
    floor = frame.high * dice.between("floor", 0.78, 0.82)
    wall = wall_ink(scene)
    wanted = [name for name in _wanted(scene) if name not in {"window", "rug"}]
    windowless = any(name in {"shelf", "fireplace"} for name in wanted) and scene.reading.named("window") is None
    middle, reach = _window_place(scene, frame)
    made: list[Plate] = []
    if windowless:
        made += views.blank(scene, frame, wall)
    else:
        top, bottom = frame.high * 0.13, floor - frame.high * 0.2
        made += window(scene, frame, (middle - reach, top, middle + reach, bottom), wall)
    made += _floor(scene, frame, floor, wall)
    made += furniture.rug(
        scene, scene.reading.named("rug"), frame.wide * 0.5, (floor + frame.high) * 0.5, 0.42 * frame.wide**0.5
    )
    made += _on_the_wall(scene, frame, wanted, floor, reach if not windowless else 0.0, middle)
    made += _standing(scene, frame, [name for name in wanted if name not in _ON_THE_WALL], floor)
    if scene.reading.of("table") or scene.has("camp"):
        made += furniture.pendant(scene, None, frame.wide * 0.5, frame.high * 0.16, 0.3)
    if scene.dim:
        made.append(Glow(frame.wide * 0.5, frame.high * 0.5, 0.2, inks.glow, 0.05))
    return made


def wall_ink(scene: Scene) -> Ink:
    """A wall that neither its window nor its furniture is lost on."""
    inks, dice = scene.palette, scene.dice
    if inks.night:
        return mixed(mixed(inks.far, inks.near, 0.45), inks.glow, 0.06)
    if scene.dim:
        return mixed(mixed(inks.far, inks.near, 0.25), inks.glow, 0.08)
    pale = mixed(inks.far, inks.light, dice.between("wall", 0.5, 0.72))
    return dice.pick("wall.ink", (pale, pale, mixed(inks.far, inks.light, 0.18), mixed(inks.far, inks.near, 0.3)))


def _wanted(scene: Scene) -> list[str]:
    """The furniture of the words, filled up with what rooms usually have."""
    named = [thing.name for thing in scene.reading.of("furniture")]
    text = scene.reading.text
    if "library" in text or "study" in text:
        named += [name for name in ("shelf", "chair", "lamp") if name not in named]
    for word, name in (
        ("bedroom", "bed"),
        ("kitchen", "desk"),
        ("living room", "sofa"),
        ("studio", "desk"),
        ("office", "desk"),
    ):
        if word in text and name not in named:
            named.append(name)
    chances = scene.wording
    spare = [name for name in (*_USUAL, "picture") if name not in named and chances.chance(f"has {name}", 0.75)]
    most = 4 if len(named) < 3 else len(named) + 1  # noqa: PLR2004
    return (named + spare)[:most]


def _window_place(scene: Scene, frame: Frame) -> tuple[float, float]:
    reach = min(0.29, frame.wide * 0.3) * (1.2 if scene.has("close") else 1.0)
    return frame.wide * scene.dice.pick("window.x", (0.4, 0.5, 0.6)), reach


def window(scene: Scene, frame: Frame, place: tuple[float, float, float, float], wall: Ink) -> list[Plate]:
    """A view cut out of a wall: opening, bars, sill and curtains."""
    dice, inks = scene.dice, scene.palette
    left, top, right, bottom = place
    kind = dice.pick("window.kind", ("panes", "panes", "arch", "wide"))
    opening = _arch(place) if kind == "arch" else box(*place)
    made = views.view(scene, frame)
    wood = mixed(inks.light, wall, 0.2 if not scene.dim else 0.5)
    if abs(lab(wood)[0] - lab(wall)[0]) < 0.1:  # noqa: PLR2004 - pale on pale is lost
        wood = lighter(wall, -0.25)
    around = np.array((left + right, top + bottom)) / 2
    rim = (opening - around) * np.array((1 + 0.03 / (right - left), 1 + 0.03 / (bottom - top))) + around
    made.append(Shapes((hole((-0.2, -0.2, frame.wide + 0.2, frame.high + 0.2), [opening]),), wall))
    made.append(Shapes((_between(rim, opening),), wood))
    half = 0.006
    x, y = (left + right) / 2, top + (bottom - top) * 0.5
    bars = [box(x - half, top, x + half, bottom)]
    if kind != "wide":
        bars.append(box(left, y - half, right, y + half))
    if kind == "panes":
        bars += [
            box(left, top + (bottom - top) * at - half / 2, right, top + (bottom - top) * at + half / 2)
            for at in (0.25, 0.75)
        ]
    made.append(Shapes(tuple(bars), wood))
    sill_ = box(left - 0.05, bottom, right + 0.05, bottom + 0.026)
    made.append(Shapes((sill_,), lighter(wood, 0.02), foot=(mixed(wood, inks.near, 0.4), bottom, bottom + 0.03)))
    if scene.has("curtain") or "curtain" in scene.reading.text or dice.chance("curtains", 0.4):
        made += _curtains(scene, place, frame)
    return made


def _between(outer: Floats, inner: Floats) -> Floats:
    """The band between two outlines of as many points."""
    return np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])


def _arch(place: tuple[float, float, float, float]) -> Floats:
    left, top, right, bottom = place
    radius = (right - left) / 2
    bow = circle(96)[48:] * radius + np.array(((left + right) / 2, top + radius))
    return np.concatenate([bow, np.array([(right, top + radius), (right, bottom), (left, bottom)])])


def _curtains(scene: Scene, place: tuple[float, float, float, float], frame: Frame) -> list[Plate]:
    left, top, right, bottom = place
    inks = scene.palette
    cloth = scene.coat(scene.reading.named("window"), mixed(inks.glow, inks.light, 0.4))
    made: list[Plate] = []
    for side in (-1, 1):
        x = left - 0.02 if side < 0 else right + 0.02
        fall = bottom + frame.high * 0.1
        hang = [
            (x - side * 0.07, top - 0.04),
            (x + side * 0.07, top - 0.04),
            (x + side * 0.085, fall),
            (x - side * 0.02, fall),
            (x - side * 0.012, (top + fall) / 2),
        ]
        made.append(Shapes((np.array(hang),), cloth, foot=(mixed(cloth, inks.near, 0.4), top, fall * 1.1)))
        folds = [box(x + side * at - 0.002, top, x + side * at + 0.002, fall) for at in (0.015, 0.04, 0.065)]
        made.append(Shapes(tuple(folds), mixed(cloth, inks.near, 0.35), alpha=0.7))
    rod = box(left - 0.12, top - 0.05, right + 0.12, top - 0.038)
    return [*made, Shapes((rod,), inks.near)]


def _floor(scene: Scene, frame: Frame, floor: float, wall: Ink) -> list[Plate]:
    inks, dice = scene.palette, scene.dice
    wood = mixed(scene.lit((150, 100, 66)), wall, 0.2)
    lines: list[Floats] = []
    x = frame.wide * 0.5
    for index in range(-9, 10):
        near, far = x + index * 0.34, x + index * 0.16
        lines.append(
            np.array([(far, floor), (far + 0.002, floor), (near + 0.004, frame.high + 0.02), (near, frame.high + 0.02)])
        )
    skirting = box(-0.1, floor - 0.028, frame.wide + 0.1, floor)
    made: list[Plate] = [
        Shapes(
            (box(-0.1, floor, frame.wide + 0.1, frame.high + 0.1),),
            wood,
            foot=(mixed(wood, inks.near, 0.35), floor, frame.high * 1.2),
        ),
        Shapes(tuple(lines), mixed(wood, inks.near, 0.35), alpha=0.6),
        Shapes((skirting,), mixed(wall, inks.light, 0.4 if not scene.dim else 0.12)),
    ]
    if not scene.dim and dice.chance("sunbeam", 0.7):
        lean = frame.wide * 0.14
        patch = [
            (x - 0.2, floor + 0.012),
            (x + 0.08, floor + 0.012),
            (x + 0.08 - lean, frame.high * 1.02),
            (x - 0.34 - lean, frame.high * 1.02),
        ]
        made.append(Shapes((np.array(patch),), inks.light, alpha=0.24))
    return made


def _on_the_wall(
    scene: Scene, frame: Frame, wanted: list[str], floor: float, reach: float, middle: float
) -> list[Plate]:
    made: list[Plate] = []
    free = [frame.wide * 0.1, frame.wide * 0.9] if reach else [frame.wide * 0.5, frame.wide * 0.24]
    free = [x for x in free if abs(x - middle) > reach + 0.1 or not reach]
    for x, name in zip(free, [name for name in wanted if name in _ON_THE_WALL], strict=False):
        made += furniture.MAKERS[name](scene, scene.reading.named(name), x, floor - frame.high * 0.36, 0.34)
    return made


def _standing(scene: Scene, frame: Frame, names: list[str], floor: float) -> list[Plate]:
    """Side by side along the wall, as large as there is room."""
    made: list[Plate] = []
    if not names:
        return made
    order = sorted(names, key=lambda name: -furniture.WIDTHS.get(name, 1.0))
    # The widest stands in the middle, the others at its sides.
    row: list[str] = []
    for index, name in enumerate(order):
        row = [*row, name] if index % 2 else [name, *row]
    total = sum(furniture.WIDTHS.get(name, 1.0) for name in row) + 0.12 * (len(row) - 1)
    size = min(frame.wide * 0.96 / total, 0.36 * frame.high)
    x = frame.wide / 2 - total * size / 2
    for index, name in enumerate(row):
        wide = furniture.WIDTHS.get(name, 1.0) * size
        step = 0.05 if index % 2 else 0.025
        made += furniture.MAKERS.get(name, furniture.chair)(
            scene, scene.reading.named(name), x + wide / 2, floor + frame.high * step, size
        )
        x += wide + 0.12 * size
    return made


def sill(scene: Scene, frame: Frame) -> tuple[list[Plate], float, float, float]:
    """A window close by with a broad sill: its plates, then x, y and the room on it."""
    wall = wall_ink(scene)
    reach = min(0.36, frame.wide * 0.38)
    bottom = frame.high * 0.8
    place = (frame.wide * 0.5 - reach, frame.high * 0.1, frame.wide * 0.5 + reach, bottom)
    made = window(scene, frame, place, wall)
    pot_x = frame.wide * 0.5 + reach * scene.dice.pick("pot.x", (-0.72, 0.72))
    made += furniture.plant(scene, scene.reading.named("plant"), pot_x, bottom + 0.004, 0.3)
    cloth = put(outline("-60,0! 60,0! 60,-4! -60,-4!"), frame.wide * 0.5, bottom + 0.02, reach * 2)
    made.append(Shapes((cloth,), mixed(wall, scene.palette.near, 0.35), alpha=0.5))
    return made, frame.wide * 0.5 - (pot_x - frame.wide * 0.5) * 0.28, bottom + 0.004, reach * 1.5
