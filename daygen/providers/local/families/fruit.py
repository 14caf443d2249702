"""Fruit, one by one, with its light and its shade."""

from collections.abc import Callable

from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.curves import leaf, outline, put, tube
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import disc, oval
from daygen.providers.local.words import Thing

FRUIT: dict[str, Ink] = {
    "lemon": (242, 204, 66),
    "orange": (236, 138, 46),
    "apple": (200, 62, 52),
    "pear": (190, 182, 84),
    "cherry": (176, 36, 48),
    "grape": (104, 66, 120),
    "melon": (86, 140, 84),
    "pumpkin": (224, 124, 44),
    "egg": (240, 226, 206),
}


def shaded(scene: Scene, ink: Ink, share: float = 0.4) -> Ink:
    """An ink on the side away from the light."""
    return mixed(ink, scene.palette.near, share)


def _round_fruit(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    return [
        Shapes(
            (disc(x, y - radius, radius, 80),),
            ink,
            foot=(shaded(scene, ink, 0.42), y - radius * 1.1, y + radius * 0.25),
        ),
        Shapes(
            (oval(x - radius * 0.36, y - radius * 1.42, radius * 0.22, radius * 0.14, 24),),
            scene.palette.light,
            alpha=0.4,
        ),
    ]


def fruit(
    scene: Scene, name: str, thing: Thing | None, x: float, y: float, radius: float, number: int = 0
) -> list[Plate]:
    """One fruit that lies at x, y."""
    ink = scene.coat(thing, FRUIT.get(name, FRUIT["apple"]), number)
    if name in _FORMS:
        return _FORMS[name](scene, ink, x, y, radius)
    made = _round_fruit(scene, ink, x, y, radius)
    if name == "apple":
        made.append(Shapes((_stalk(x, y, radius, 1.86, 0.44),), scene.lit((84, 56, 38))))
    if number % 2 == 0:
        made.append(Shapes((leaf(x, y - radius * 1.95, x + radius * 0.75, y - radius * 2.3, 0.24),), scene.lit(_LEAF)))
    return made


def _stalk(x: float, y: float, radius: float, low: float, long: float) -> Floats:
    tip = (x + radius * 0.11, y - radius * (low + long), radius * 0.05)
    return tube([(x, y - radius * low, radius * 0.06), tip])


def _lemon(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    body = outline("-62,0 -48,30 -18,46 18,46 48,30 62,4 54,-6 40,-30 14,-44 -18,-44 -48,-28 -70,-8")
    foot = (shaded(scene, ink, 0.36), y - radius * 1.2, y + radius * 0.3)
    gleam = oval(x - radius * 0.3, y - radius * 1.4, radius * 0.3, radius * 0.13, 24)
    return [
        Shapes((put(body, x, y - radius * 0.9, radius * 1.9),), ink, foot=foot),
        Shapes((gleam,), scene.palette.light, alpha=0.4),
    ]


def _pear(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    body = outline("0,-2 -52,6 -66,44 -50,86 -26,112 -20,150 0,166 20,150 26,112 50,86 66,44 52,6")
    foot = (shaded(scene, ink, 0.42), y - radius * 1.6, y + radius * 0.3)
    return [
        Shapes((put(body, x, y, radius * 1.5),), ink, foot=foot),
        Shapes((_stalk(x, y, radius, 2.4, 0.45),), scene.lit((84, 56, 38))),
    ]


def _egg(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    body = outline("0,0 -40,14 -50,52 -34,92 0,112 34,92 50,52 40,14")
    return [Shapes((put(body, x, y, radius * 1.5),), ink, foot=(shaded(scene, ink, 0.3), y - radius, y + radius * 0.4))]


def _pumpkin(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    made: list[Plate] = []
    for index, at in enumerate((-1.5, 1.5, -0.75, 0.75, 0)):
        rib = oval(x + at * radius * 0.46, y - radius * 0.86, radius * 0.62, radius * 0.86, 60)
        own = mixed(ink, shaded(scene, ink), 0.4 - 0.2 * (index // 2))
        made.append(Shapes((rib,), own, foot=(shaded(scene, ink), y - radius, y + radius * 0.3)))
    stalk = tube([(x, y - radius * 1.6, radius * 0.14), (x + radius * 0.2, y - radius * 2.1, radius * 0.1)])
    return [*made, Shapes((stalk,), scene.lit(_LEAF))]


def _cherries(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    stalks: list[Floats] = []
    made: list[Plate] = []
    for side in (-1, 1):
        foot = (x + side * radius * 0.6, y - radius * 0.9, radius * 0.04)
        bend = (x + side * radius * 0.3, y - radius * 2.0, radius * 0.03)
        stalks.append(tube([foot, bend, (x + radius * 0.1, y - radius * 2.7, radius * 0.04)]))
        made += _round_fruit(scene, ink, x + side * radius * 0.6, y, radius * 0.56)
    return [Shapes(tuple(stalks), scene.lit((96, 116, 66))), *made]


def _grapes(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    made: list[Plate] = []
    for row, count in enumerate((3, 4, 3, 2)):
        for index in range(count):
            at = x + (index - (count - 1) / 2) * radius * 0.62
            own = lighter(ink, 0.03 * ((row + index) % 2))
            made += _round_fruit(scene, own, at, y - radius * (1.2 - 0.5 * row), radius * 0.36)
    return made


def _melon(scene: Scene, ink: Ink, x: float, y: float, radius: float) -> list[Plate]:
    """A slice, with its seeds."""
    red = scene.lit((222, 78, 74))
    slices: list[Plate] = []
    for reach, colour in ((1.5, ink), (1.38, scene.lit((238, 232, 200))), (1.28, red)):
        half = disc(x, y - radius * 1.4, radius * reach, 96)[:49]
        slices.append(Shapes((half,), colour))
    seeds = [
        oval(x + at * radius * 0.4, y - radius * (1.05 - 0.35 * (index % 2)), radius * 0.05, radius * 0.08, 12)
        for index, at in enumerate((-2, -1.2, -0.4, 0.4, 1.2, 2))
    ]
    return [*slices, Shapes(tuple(seeds), scene.palette.near)]


_LEAF: Ink = (86, 128, 74)
_FORMS: dict[str, Callable[[Scene, Ink, float, float, float], list[Plate]]] = {
    "lemon": _lemon,
    "pear": _pear,
    "egg": _egg,
    "pumpkin": _pumpkin,
    "cherry": _cherries,
    "grape": _grapes,
    "melon": _melon,
}
