"""Abstract geometry: circles, triangles, squares, arcs, lines, spirals and hexagons, laid out in a few ways."""

import math
from collections.abc import Callable

import numpy as np

from daygen.providers.local import lexicon
from daygen.providers.local.colour import Ink, lab, mixed
from daygen.providers.local.curves import ring, tube, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.families.posters import POSTERS, board, stacked, tilted
from daygen.providers.local.families.tiles import arcs, by_ink, cubes, grid, inks_of, sails, waves
from daygen.providers.local.plates import Frame, Light, Plate, Shapes, Sky
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, circle, disc

Layout = Callable[[Scene, Frame], list[Plate]]


def plates(scene: Scene, frame: Frame) -> list[Plate]:
    """Paper, then the layout that the words ask for, or one by chance."""
    inks = scene.palette
    light = Light(frame.wide * 0.5, frame.high * 0.45, 0.2)
    made: list[Plate] = [Sky(inks.top, inks.middle, inks.low, frame.high, light, mixed(inks.low, inks.light, 0.5), 0.3)]
    return made + _layout(scene)(scene, frame)


def _layout(scene: Scene) -> Layout:
    text = scene.reading.text
    words = set(text.replace(",", " ").split())
    for name, layout in _NAMED.items():
        if name in text:
            return layout
    said = [
        name for name, known in lexicon.SHAPES.items() if any(word in words or word + "s" in words for word in known)
    ]
    by_shape: dict[str, tuple[Layout, ...]] = {
        "circle": (_rounds, _orbit),
        "triangle": (sails,),
        "square": (grid,),
        "arc": (arcs,),
        "line": (_stripes,),
        "spiral": (_spiral,),
        "hexagon": (cubes,),
    }
    if not said:
        return scene.dice.pick("layout", _ANY)
    rare = [shape for shape in said if shape in {"spiral", "hexagon", "arc"}]  # what these are made of was said too
    if len(said) > 1 and not rare:
        return scene.dice.pick("layout", (_poster, *POSTERS, _balance))
    return scene.dice.pick("layout", by_shape[rare[0] if rare else said[0]])


def _poster(scene: Scene, frame: Frame) -> list[Plate]:
    """A large round, a triangle, bars and arcs that hold each other, as at the Bauhaus."""
    dice, own = scene.dice, inks_of(scene)
    wide, high = frame.wide, frame.high
    x, y = wide * dice.between("big.x", 0.38, 0.62), high * dice.between("big.y", 0.34, 0.5)
    radius = dice.between("big.r", 0.24, 0.31)
    made: list[Plate] = [Shapes((disc(x, y, radius),), own[0])]
    half = ring(
        x, y, radius * 0.5, radius * 0.5, 0.25 * dice.whole("half", 0, 3), 0.25 * dice.whole("half", 0, 3) + 0.5
    )
    made.append(Shapes((half,), own[5], alpha=0.9))
    slope = dice.pick("tri", (-1.0, 1.0))
    tip = (x + slope * radius * 0.4, y - radius * 0.15)
    triangle = np.array([tip, (tip[0] - 0.34, high * 0.86), (tip[0] + 0.26, high * 0.86)])
    made.append(Shapes((triangle,), own[1], alpha=0.94))
    arcs = [ring(wide * (0.5 - slope * 0.27), high * 0.86, 0.075 + 0.055 * step, 0.015, 0.5, 1.0) for step in range(3)]
    made.append(Shapes(tuple(arcs), own[2]))
    bar = turned(box(-0.2, -0.016, wide + 0.2, 0.016), wide / 2, 0.0, 0.11 * slope) + np.array(
        (0.0, high * dice.between("bar.y", 0.2, 0.34))
    )
    made.append(Shapes((bar,), own[2]))
    thin = [
        turned(box(-0.2, -0.0025, wide + 0.2, 0.0025), wide / 2, 0.0, 0.11 * slope)
        + np.array((0.0, high * 0.45 + 0.03 * step))
        for step in range(3)
    ]
    made.append(Shapes(tuple(thin), own[2]))
    made.append(Shapes((box(-0.1, high * 0.86, wide + 0.1, high * 0.875),), own[2]))
    squares = [
        box(
            wide * 0.5 + slope * 0.3 + at * 0.07 - 0.028,
            high * 0.775,
            wide * 0.5 + slope * 0.3 + at * 0.07 + 0.028,
            high * 0.775 + 0.056,
        )
        for at in (-1, 0, 1)
    ]
    made.append(Shapes(tuple(squares[:2]), own[3]))
    made.append(Shapes(tuple(squares[2:]), own[0]))
    dots = [
        disc(wide * 0.5 - slope * 0.36 + 0.032 * (at % 4), high * 0.12 + 0.032 * (at // 4), 0.0075, 24)
        for at in range(16)
    ]
    made.append(Shapes(tuple(dots), own[2]))
    small = disc(wide * 0.5 + slope * 0.33, high * 0.14, 0.06)
    return [
        *made,
        Shapes((small,), own[1]),
        Shapes((ring(wide * 0.5 + slope * 0.33, high * 0.14, 0.085, 0.004),), own[2]),
    ]


def _rounds(scene: Scene, frame: Frame) -> list[Plate]:
    """Circles over circles, where they meet a third ink."""
    dice, own = scene.dice, inks_of(scene)
    made: list[Plate] = []
    for index in range(dice.whole("rounds", 7, 10)):
        x = frame.wide * (0.12 + 0.76 * ((dice.unit("round.x") + 0.618 * index) % 1.0))
        y = frame.high * (0.12 + 0.76 * ((dice.unit("round.y") + 0.755 * index) % 1.0))
        radius = (0.26, 0.19, 0.15, 0.1, 0.07, 0.05)[index % 6] * dice.between("round.r", 0.85, 1.15, index)
        ink = own[(index + dice.whole("round.ink", 0, 4)) % 5]
        kind = dice.pick("round.kind", ("full", "full", "rings", "half", "line"), index)
        if kind == "rings":
            made.append(
                Shapes(tuple(ring(x, y, radius * (0.15 + 0.28 * step), radius * 0.07) for step in range(4)), ink)
            )
        elif kind == "line":
            made.append(Shapes((ring(x, y, radius, 0.005),), own[2]))
        else:
            made.append(Shapes((disc(x, y, radius),), ink, alpha=0.86))
            if kind == "half":
                start = 0.25 * dice.whole("round.turn", 0, 3, index)
                made.append(Shapes((ring(x, y, radius / 2, radius / 2, start, start + 0.5),), own[2], alpha=0.85))
    return made


def _orbit(scene: Scene, frame: Frame) -> list[Plate]:
    """Rings about one middle, each broken somewhere."""
    dice, own = scene.dice, inks_of(scene)
    x, y = frame.wide * 0.5, frame.high * 0.5
    made: list[Plate] = []
    count = 9
    for index in range(count, 0, -1):
        radius = 0.46 * index / count
        start = dice.unit("orbit.start", index)
        made.append(
            Shapes(
                (ring(x, y, radius, 0.019, start, start + dice.between("orbit.long", 0.35, 0.95, index)),),
                own[(index * 2 + dice.whole("orbit.ink", 0, 4)) % 5],
            )
        )
    return [*made, Shapes((disc(x, y, 0.03),), own[2])]


def _stripes(scene: Scene, frame: Frame) -> list[Plate]:
    """Lines that bend around something unseen."""
    dice, own = scene.dice, inks_of(scene)
    x, y, radius = (
        frame.wide * dice.between("bend.x", 0.35, 0.65),
        frame.high * dice.between("bend.y", 0.35, 0.65),
        dice.between("bend.r", 0.24, 0.34),
    )
    made: list[Plate] = []
    count = int(24 * frame.high)
    xs = np.linspace(-0.05, frame.wide + 0.05, 72)
    for index in range(-3, count + 4):
        level = frame.high * (index + 0.5) / count
        across = (xs - x) / radius
        lift = 0.15 * np.maximum(1 - across * across, 0.0)
        near = max(0.0, 1 - abs(level - y) / (radius * 1.25))
        ys = level - lift * near * (1.0 if level > y - 0.1 else 0.6) - lift * 0.35
        thick = frame.high / count * 0.25
        line = tube([(float(a), float(b), thick) for a, b in zip(xs, ys, strict=True)])
        inside = abs(level - y) < radius * 0.6
        made.append(Shapes((line,), own[0] if inside else own[2]))
    return [*made, Shapes((disc(x, y - radius * 0.2, radius * 0.32),), own[1])]


def _spiral(scene: Scene, frame: Frame) -> list[Plate]:
    """Seeds as a sunflower sets them, growing outwards."""
    dice = scene.dice
    x, y = frame.wide * 0.5, frame.high * 0.5
    table = circle(1440)
    reach = 0.47 * min(1.25, max(frame.wide, frame.high))
    groups: dict[int, list[Floats]] = {}
    count = 340
    arms = dice.pick("arms", (5, 8, 13))
    for index in range(1, count):
        way = table[round(index * 0.381966 * 1440) % 1440]
        share = math.sqrt(index / count)
        at = (x + float(way[0]) * reach * share, y + float(way[1]) * reach * share)
        groups.setdefault((index % arms) * 5 // arms, []).append(disc(*at, 0.004 + 0.017 * share, 28))
    return by_ink(scene, groups)


def _balance(scene: Scene, frame: Frame) -> list[Plate]:
    """Thin lines and small bodies that hang in balance, as a mobile does."""
    dice, own, inks = scene.dice, inks_of(scene), scene.palette
    made: list[Plate] = [
        Shapes((disc(frame.wide * 0.5, frame.high * 0.42, 0.33),), mixed(inks.light, inks.low, 0.2), alpha=0.9)
    ]
    lines: list[Floats] = []
    bodies: list[Plate] = []
    stack = [(frame.wide * 0.5, frame.high * 0.12, 0.25 * min(frame.wide, 1.4), 0)]
    number = 0
    lines.append(box(frame.wide * 0.5 - 0.0015, -0.1, frame.wide * 0.5 + 0.0015, frame.high * 0.12))
    while stack and number < 24:  # noqa: PLR2004
        x, y, reach, level = stack.pop(0)
        tilt = dice.between("beam.t", -0.04, 0.04, number)
        lines.append(tube([(x - reach, y + tilt, 0.002), (x, y - 0.014, 0.0035), (x + reach * 0.8, y - tilt, 0.002)]))
        for side, far in ((-1.0, reach), (1.0, reach * 0.8)):
            number += 1
            end = (x + side * far, y - side * tilt)
            drop = dice.between("drop", 0.09, 0.17, number) * min(1.3, frame.high)
            lines.append(box(end[0] - 0.0012, end[1], end[0] + 0.0012, end[1] + drop))
            if level < 2 and dice.chance("branch", 0.75, number):  # noqa: PLR2004
                stack.append((end[0], end[1] + drop, far * 0.5, level + 1))
            else:
                bodies.append(_body(scene, (end[0], end[1] + drop), own[(0, 1, 2, 3)[number % 4]], number))
    return [*made, Shapes(tuple(lines), inks.near), *bodies]


def _body(scene: Scene, at: tuple[float, float], ink: Ink, number: int) -> Plate:
    dice = scene.dice
    size = dice.between("body.r", 0.035, 0.075, number)
    x, y = at
    kind = dice.pick("body", ("disc", "triangle", "half", "square", "ring"), number)
    shapes_of: dict[str, Floats] = {
        "disc": disc(x, y + size * 0.4, size),
        "triangle": np.array([(x, y), (x - size, y + size * 1.7), (x + size, y + size * 1.7)]),
        "half": ring(x, y + size * 0.2, size / 2, size / 2, 0.0, 0.5),
        "square": turned(box(x - size * 0.8, y, x + size * 0.8, y + size * 1.6), x, y, 0.04),
        "ring": ring(x, y + size, size * 0.8, size * 0.2),
    }
    return Shapes((shapes_of[kind],), ink)


def _rays(scene: Scene, frame: Frame) -> list[Plate]:
    """Rays from a point low on the page, a round before them: a rising sun of the twenties."""
    dice, own = scene.dice, inks_of(scene)
    x, y = frame.wide * dice.between("ray.x", 0.4, 0.6), frame.high * dice.between("ray.y", 0.66, 0.8)
    table = circle(96)
    reach = 2.4 * max(frame.wide, frame.high)
    rays: dict[int, list[Floats]] = {}
    for index in range(24):
        first, second = table[index * 4], table[(index * 4 + 2) % 96]
        part = np.array(
            [
                (x, y),
                (x + float(first[0]) * reach, y + float(first[1]) * reach),
                (x + float(second[0]) * reach, y + float(second[1]) * reach),
            ]
        )
        rays.setdefault(0 if index % 2 else 4, []).append(part)
    made = by_ink(scene, rays)
    for step, radius in enumerate((0.33, 0.27, 0.2, 0.13)):
        made.append(Shapes((disc(x, y, radius),), own[(2, 1, 0, 4)[step]]))
    ground = box(-0.1, y + 0.04, frame.wide + 0.1, frame.high + 0.1)
    steps = [box(-0.1, y + 0.04 + 0.035 * step, frame.wide + 0.1, y + 0.046 + 0.037 * step) for step in range(1, 9)]
    return [*made, Shapes((ground,), own[2]), Shapes(tuple(steps), own[1])]


def _cut_outs(scene: Scene, frame: Frame) -> list[Plate]:
    """Fields of colour with leaves of cut paper on them."""
    dice, own = scene.dice, inks_of(scene)
    pale = mixed(scene.palette.light, scene.palette.low, 0.2)
    columns, rows = max(2, round(3 * frame.wide)), max(2, round(3 * frame.high))
    columns, rows = min(columns, 12), min(rows, 12)
    wide, high = (frame.wide - 0.1) / columns, (frame.high - 0.1) / rows
    made: list[Plate] = []
    for cell in range(columns * rows):
        column, row = cell % columns, cell // columns
        left, top = 0.05 + wide * column, 0.05 + high * row
        ground = (own[0], own[1], own[3], own[4], own[5], pale)[
            (column * 2 + row * 3 + dice.whole("cut.ground", 0, 5)) % 6
        ]
        made.append(Shapes((box(left, top, left + wide, top + high),), ground))
        light = lab(ground)[0] > 0.62  # noqa: PLR2004 - a leaf must be seen on its field
        ink = dice.pick("cut.ink", (own[2], own[5], own[0]) if light else (pale, own[4], pale), cell)
        if abs(lab(ink)[0] - lab(ground)[0]) < 0.18:  # noqa: PLR2004
            ink = own[2] if light else pale
        made.append(Shapes(tuple(_frond(scene, left + wide / 2, top + high / 2, min(wide, high) * 0.42, cell)), ink))
    return made


def _frond(scene: Scene, x: float, y: float, size: float, number: int) -> list[Floats]:
    """A leaf of seaweed: lobes to both sides of a stalk that bends."""
    dice = scene.dice
    bend, turn = dice.between("frond.bend", -0.5, 0.5, number) * size, dice.unit("frond.turn", number)
    spine = [(x, y + size, size * 0.1), (x + bend * 0.5, y, size * 0.12), (x, y - size * 0.9, size * 0.09)]
    parts = [tube(spine)]
    lobes = dice.whole("frond.lobes", 3, 5, number)
    for lobe in range(lobes):
        at = y + size * (0.62 - 1.35 * lobe / (lobes - 1))
        reach = size * dice.between("frond.reach", 0.5, 0.75, number * 8 + lobe) * (1.0 - 0.22 * abs(lobe - 1))
        foot = x + bend * 0.5 * (1 - abs((at - y) / size))
        for side in (-1.0, 1.0):
            tip = (
                foot + side * reach,
                at - reach * dice.between("frond.lift", 0.3, 0.7, number * 16 + lobe * 2 + (side > 0)),
            )
            parts.append(
                tube(
                    [(foot, at, size * 0.06), ((foot + tip[0]) / 2, at - reach * 0.12, size * 0.12), (*tip, size * 0.1)]
                )
            )
    return [turned(part, x, y, turn) for part in parts]


_ANY: tuple[Layout, ...] = (
    _poster, *POSTERS, arcs, _balance, _rounds, _rays, sails, waves, _orbit, grid, cubes, _cut_outs,
)  # fmt: skip
_NAMED: dict[str, Layout] = {
    "bauhaus": _poster,
    "kandinsky": board,
    "music": board,
    "suprematis": tilted,
    "malevich": tilted,
    "constructivis": tilted,
    "lissitzky": tilted,
    "building block": stacked,
    "mondrian": grid,
    "de stijl": grid,
    "calder": _balance,
    "mobile": _balance,
    "deco": _rays,
    "ray": _rays,
    "wave": waves,
    "scallop": waves,
    "op art": _stripes,
    "matisse": _cut_outs,
    "rainbow": arcs,
    "concentric": _orbit,
    "cube": cubes,
    "isometric": cubes,
    "fibonacci": _spiral,
    "golden ratio": _spiral,
    "mosaic": sails,
    "quilt": sails,
    "tile": arcs,
    "memphis": _rounds,
}
