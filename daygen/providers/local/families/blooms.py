"""Flowers, one by one: a bloom of each kind, its stem and its leaves."""

from collections.abc import Callable

import numpy as np

from daygen.providers.local.colour import Ink, lighter, mixed
from daygen.providers.local.curves import leaf, outline, put, ring, tube, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import circle, disc, oval
from daygen.providers.local.words import Thing

Maker = Callable[[Scene, Ink, float, float, float, float], list[Plate]]
"""Draws a bloom of a radius in an ink at x, y, leaning by some turns."""

NATURAL: dict[str, tuple[Ink, ...]] = {
    "tulip": ((214, 62, 58), (236, 168, 60), (226, 122, 140)),
    "rose": ((200, 52, 70), (236, 150, 150), (244, 206, 188)),
    "sunflower": ((240, 178, 46), (232, 158, 38)),
    "poppy": ((222, 66, 42), (232, 96, 54)),
    "daisy": ((250, 244, 230), (246, 236, 214)),
    "lavender": ((142, 112, 190), (116, 92, 172)),
    "lily": ((246, 226, 220), (232, 140, 150), (240, 170, 90)),
    "cornflower": ((72, 106, 190), (214, 84, 96), (176, 96, 160)),
    "flower": ((222, 84, 66), (240, 178, 70), (246, 226, 206), (190, 92, 140), (84, 116, 184)),
}
_MIXED = ("tulip", "poppy", "daisy", "rose", "lily", "cornflower")


def ink_of(scene: Scene, thing: Thing | None, name: str, number: int) -> Ink:
    """The ink of the nth bloom: as said, else as it grows."""
    own = NATURAL[name]
    if thing is not None and thing.colours:
        return scene.coat(thing, own[0], number)
    return scene.lit(own[(number + scene.dice.whole("bloom.ink", 0, len(own) - 1)) % len(own)])


def _around(count: int, offset: float = 0.0) -> list[tuple[float, float]]:
    """Directions all around."""
    table = circle(720)
    return [tuple(table[round((at / count + offset) * 720) % 720].tolist()) for at in range(count)]


def _petals(
    x: float, y: float, radius: float, count: int, wide: float, inner: float, offset: float = 0.0
) -> list[Floats]:
    return [
        leaf(x + across * radius * inner, y + down * radius * inner, x + across * radius, y + down * radius, wide)
        for across, down in _around(count, offset)
    ]


def _dark(scene: Scene, ink: Ink, share: float = 0.35) -> Ink:
    return mixed(ink, mixed(scene.palette.near, (70, 20, 40), 0.4), share)


def tulip(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """A cup of three petals seen from the side."""
    back = outline("-34,60! -20,84 -10,104! 0,92 10,104! 20,84 34,60! 20,20 -20,20")
    left = outline("0,-8! -30,-2 -46,28 -44,62 -34,98! -18,78 -4,50 2,20")
    right = outline("0,-8! 30,-2 46,28 44,62 34,98! 18,78 4,50 -2,20")
    middle = outline("0,-8! -20,6 -27,40 -16,74 0,96! 16,74 27,40 20,6")

    def at(part: Floats) -> Floats:
        return turned(put(part, x, y + radius * 0.9, radius * 1.9), x, y, lean)

    return [
        Shapes((at(back),), _dark(scene, ink, 0.42)),
        Shapes((at(left), at(right)), _dark(scene, ink, 0.2)),
        Shapes((at(middle),), lighter(ink, 0.025), foot=(_dark(scene, ink, 0.3), y - radius, y + radius * 1.2)),
    ]


def rose(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Petals around petals."""
    made: list[Plate] = []
    for step, (reach, count) in enumerate(((1.0, 7), (0.78, 6), (0.56, 5), (0.36, 3))):
        rounds = [
            disc(x + across * radius * reach * 0.5, y + down * radius * reach * 0.5, radius * reach * 0.52, 40)
            for across, down in _around(count, lean + 0.09 * step)
        ]
        made.append(Shapes(tuple(rounds), mixed(_dark(scene, ink, 0.4), lighter(ink, 0.05), step / 3)))
        edges = [
            ring(
                x + across * radius * reach * 0.42,
                y + down * radius * reach * 0.42,
                radius * reach * 0.5,
                radius * 0.018,
                start,
                start + 0.24,
            )
            for (across, down), start in zip(
                _around(count, lean + 0.09 * step),
                [index / count - 0.1 + lean + 1 for index in range(count)],
                strict=True,
            )
        ]
        made.append(Shapes(tuple(edges), _dark(scene, ink, 0.55), alpha=0.6))
    made.append(Shapes((ring(x, y, radius * 0.13, radius * 0.03, 0.1, 0.85),), _dark(scene, ink, 0.55)))
    return made


def sunflower(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Two rings of rays around a dark heart."""
    heart = scene.lit((84, 50, 32))
    seeds = [
        disc(x + a * radius * r, y + d * radius * r, radius * 0.028, 10)
        for r, n in ((0.1, 6), (0.2, 11), (0.3, 16))
        for a, d in _around(n, r)
    ]
    return [
        Shapes(tuple(_petals(x, y, radius * 1.05, 17, 0.15, 0.25, lean + 0.03)), _dark(scene, ink, 0.22)),
        Shapes(tuple(_petals(x, y, radius, 17, 0.13, 0.25, lean)), ink),
        Shapes((disc(x, y, radius * 0.43, 60),), heart),
        Shapes(tuple(seeds), mixed(heart, ink, 0.4)),
    ]


def poppy(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Four broad petals, thin as paper."""
    made: list[Plate] = []
    wave = outline("0,-6! -26,4 -54,34 -58,66 -34,86 -8,80 14,90 40,82 58,60 50,30 26,4")
    for step, (across, down) in enumerate(_around(4, lean + 0.13)):
        turn = step / 4 + lean + 0.13 + 0.25
        petal = turned(put(wave, x, y, radius * 1.05), x, y, turn)
        made.append(Shapes((petal,), lighter(ink, 0.02) if step % 2 else _dark(scene, ink, 0.16)))
        veins = [
            tube(
                [
                    (x, y, radius * 0.012),
                    (
                        x + across * radius * 0.6 + side * down * radius * 0.2,
                        y + down * radius * 0.6 - side * across * radius * 0.2,
                        radius * 0.006,
                    ),
                ]
            )
            for side in (-1, 0, 1)
        ]
        made.append(Shapes(tuple(veins), _dark(scene, ink, 0.4), alpha=0.5))
    heart = mixed(scene.palette.near, (30, 20, 34), 0.5)
    dots = [disc(x + a * radius * 0.27, y + d * radius * 0.27, radius * 0.035, 12) for a, d in _around(14, lean)]
    made.append(Shapes((disc(x, y, radius * 0.17, 40), *dots), heart))
    return made


def daisy(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Many narrow rays around a yellow heart."""
    yellow = scene.lit((236, 176, 52))
    return [
        Shapes(tuple(_petals(x, y, radius, 15, 0.12, 0.15, lean + 0.03)), _dark(scene, ink, 0.14)),
        Shapes(tuple(_petals(x, y, radius * 0.97, 15, 0.11, 0.15, lean)), ink),
        Shapes(
            (disc(x, y, radius * 0.3, 50),),
            yellow,
            foot=(_dark(scene, yellow, 0.35), y - radius * 0.1, y + radius * 0.4),
        ),
    ]


def lavender(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """A spike of small bells."""
    dark: list[Floats] = []
    pale: list[Floats] = []
    for step in range(9):
        share = step / 8
        size = radius * (0.26 - 0.15 * share)
        for side in (-1.0, 0.0, 1.0):
            at = oval(
                x + side * size * 0.95,
                y + radius * 0.9 - radius * 2.2 * share + abs(side) * size * 0.3,
                size * 0.7,
                size * 0.9,
                16,
            )
            (pale if side == 0 else dark).append(turned(at, x, y + radius, lean))
    return [Shapes(tuple(dark), _dark(scene, ink, 0.25)), Shapes(tuple(pale), lighter(ink, 0.05))]


def lily(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Six pointed petals and long stamens."""
    ribs = [
        tube([(x, y, radius * 0.012), (x + a * radius * 0.8, y + d * radius * 0.8, radius * 0.006)])
        for a, d in _around(6, lean)
    ]
    stems = [
        tube([(x, y, radius * 0.012), (x + a * radius * 0.42, y + d * radius * 0.42, radius * 0.008)])
        for a, d in _around(5, lean + 0.05)
    ]
    tips = [
        oval(x + a * radius * 0.45, y + d * radius * 0.45, radius * 0.05, radius * 0.03, 14)
        for a, d in _around(5, lean + 0.05)
    ]
    return [
        Shapes(tuple(_petals(x, y, radius * 1.02, 3, 0.3, 0.0, lean + 1 / 6)), _dark(scene, ink, 0.2)),
        Shapes(tuple(_petals(x, y, radius, 3, 0.3, 0.0, lean)), ink),
        Shapes(tuple(ribs), _dark(scene, ink, 0.35), alpha=0.6),
        Shapes(tuple(stems), scene.lit((150, 170, 90))),
        Shapes(tuple(tips), scene.lit((170, 84, 40))),
    ]


def cornflower(scene: Scene, ink: Ink, x: float, y: float, radius: float, lean: float) -> list[Plate]:
    """Rings of petals, ever smaller: a dahlia."""
    made: list[Plate] = []
    for step, (reach, count) in enumerate(((1.0, 15), (0.78, 13), (0.56, 10), (0.34, 7))):
        petals = _petals(x, y, radius * reach, count, 0.2, 0.1, lean + 0.027 * step)
        made.append(Shapes(tuple(petals), mixed(_dark(scene, ink, 0.42), lighter(ink, 0.06), step / 3)))
    made.append(Shapes((disc(x, y, radius * 0.1, 24),), scene.lit((238, 190, 84))))
    return made


MAKERS: dict[str, Maker] = {
    "tulip": tulip,
    "rose": rose,
    "sunflower": sunflower,
    "poppy": poppy,
    "daisy": daisy,
    "lavender": lavender,
    "lily": lily,
    "cornflower": cornflower,
}


def bloom(scene: Scene, thing: Thing | None, number: int, at: tuple[float, float], radius: float) -> list[Plate]:
    """The nth flower of a kind; of no kind in particular, one kind after the other."""
    name = thing.name if thing is not None else "flower"
    kind = _MIXED[(number + scene.dice.whole("bloom.kind", 0, 5)) % len(_MIXED)] if name == "flower" else name
    ink = ink_of(scene, thing, kind if name != "flower" or (thing is not None and thing.colours) else "flower", number)
    lean = scene.dice.between("bloom.lean", -0.03, 0.03, number)
    return MAKERS[kind](scene, ink, *at, radius, lean)


def stem(
    scene: Scene, foot: tuple[float, float], tip: tuple[float, float], thick: float, number: int, *, leaves: int = 2
) -> list[Plate]:
    """A stem with leaves along it."""
    dice = scene.dice
    green = scene.lit((86, 128, 84))
    bend = dice.between("stem.bend", -0.04, 0.04, number)
    middle = ((foot[0] + tip[0]) / 2 + bend, (foot[1] + tip[1]) / 2)
    parts = [tube([(*foot, thick), (*middle, thick * 0.9), (*tip, thick * 0.7)])]
    blades: list[Floats] = []
    high = foot[1] - tip[1]
    for index in range(leaves):
        key = number * 8 + index
        share = 0.18 + 0.5 * (index + 0.5) / max(leaves, 1)
        x, y = foot[0] + (middle[0] - foot[0]) * min(1.0, share * 2), foot[1] - high * share
        side = 1 if (index + number) % 2 else -1
        reach = high * dice.between("stem.leaf", 0.26, 0.42, key)
        blades.append(leaf(x, y, x + side * reach * 0.55, y - reach, 0.13))
    return [Shapes(tuple(parts), mixed(green, scene.palette.near, 0.2)), Shapes(tuple(blades), green)]


def dots(
    scene: Scene, edge: Callable[[Floats], Floats], wide: float, size: float, name: str, count: int
) -> list[Floats]:
    """Blooms so far away that they are dots along the ground."""
    dice = scene.dice
    at = np.arange(count, dtype=np.int64)
    xs = dice.lattice(f"{name}.x", at) * (wide + 0.1) - 0.05
    down = dice.lattice(f"{name}.y", at)
    ys = edge(xs) + size * 1.2 + down * size * 16
    radii = size * (0.5 + 0.6 * dice.lattice(f"{name}.r", at)) * (0.7 + 0.9 * down)
    return [oval(x, y, r, r * 0.72, 12) for x, y, r in zip(xs.tolist(), ys.tolist(), radii.tolist(), strict=True)]
