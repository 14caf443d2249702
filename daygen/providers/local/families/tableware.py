"""What stands on a table: bowls, bottles, cups and the rest, each with its shadow."""

from collections.abc import Callable

import numpy as np

from daygen.providers.local.colour import mixed
from daygen.providers.local.curves import leaf, outline, put, ring, tube
from daygen.providers.local.dice import Floats
from daygen.providers.local.families.fruit import shaded
from daygen.providers.local.plates import Frame, Glow, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc, oval
from daygen.providers.local.words import Thing

Maker = Callable[[Scene, Thing | None, float, float, float], list[Plate]]
"""Draws a thing of a size (a bottle is about 1 high) standing at x, y."""


def table(scene: Scene, frame: Frame, top: float) -> list[Plate]:
    """A cloth or a board from edge to edge."""
    dice, inks = scene.dice, scene.palette
    kind = dice.pick("table", ("wood", "cloth", "checks", "ink", "ink"))
    board = {
        "wood": scene.lit((150, 98, 62)),
        "cloth": mixed(inks.light, inks.low, 0.2),
        "checks": mixed(inks.light, inks.low, 0.12),
        "ink": mixed(inks.far, inks.near, 0.25),
    }[kind]
    if inks.night:
        board = mixed(inks.far, inks.near, 0.55)
    made: list[Plate] = [
        Shapes(
            (box(-0.1, top, frame.wide + 0.1, frame.high + 0.1),),
            board,
            foot=(shaded(scene, board, 0.3), top, frame.high * 1.25),
        ),
        Shapes((box(-0.1, top, frame.wide + 0.1, top + 0.006),), mixed(board, inks.light, 0.35)),
    ]
    if kind == "cloth":
        stripes = [box(-0.1, frame.high - at, frame.wide + 0.1, frame.high - at + 0.012) for at in (0.05, 0.075)]
        made.append(Shapes(tuple(stripes), mixed(inks.far, inks.light, 0.2), alpha=0.8))
    if kind == "checks":
        made += _checks(scene, frame, top)
    return made


def _checks(scene: Scene, frame: Frame, top: float) -> list[Plate]:
    """A checked cloth, seen aslant: its rows grow towards us, its columns spread."""
    ink = mixed(scene.palette.far, scene.palette.light, 0.3)
    deep, middle = frame.high - top, frame.wide / 2
    rows = [top + deep * share for share in (0.05, 0.15, 0.29, 0.47, 0.7, 0.98)]
    across = [box(-0.1, y, frame.wide + 0.1, y + deep * (0.05 + 0.09 * at / 5)) for at, y in enumerate(rows)]
    columns = round(frame.wide / 0.11) + 4
    down = [
        np.array([(far, top + 0.006), (far + 0.045, top + 0.006), (near + 0.058, frame.high), (near, frame.high)])
        for at in range(-columns, columns)
        for far, near in [(middle + at * 0.1, middle + at * 0.13)]
    ]
    return [Shapes(tuple(across), ink, alpha=0.4), Shapes(tuple(down), ink, alpha=0.4)]


def shadow(scene: Scene, x: float, y: float, wide: float) -> Plate:
    """What a thing throws onto the table, away from the light at the left."""
    return Shapes(
        (oval(x + wide * 0.32, y + wide * 0.015, wide * 0.72, wide * 0.1, 60),), scene.palette.near, alpha=0.28
    )


def bowl(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """An empty bowl; what lies in it is drawn before."""
    ink = scene.coat(thing, mixed(scene.palette.far, scene.palette.light, 0.25))
    body = outline("-60,40! -54,18 -34,4 -20,0! 20,0! 34,4 54,18 60,40!")
    band = outline("-59,36! -57.6,30! 57.6,30! 59,36!")
    foot = (shaded(scene, ink, 0.45), y - size * 0.42, y + size * 0.05)
    return [
        Shapes((put(body, x, y, size),), ink, foot=foot),
        Shapes((put(band, x, y, size),), mixed(ink, scene.palette.light, 0.5)),
    ]


def bottle(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A wine bottle with a label."""
    ink = scene.coat(thing, (52, 84, 66))
    body = outline("-15,0! -16,6 -16,54 -13,64 -6,72 -5,80 -5,98! 5,98! 5,80 6,72 13,64 16,54 16,6 15,0!")
    cork = outline("-4,106! 4,106! 4,97! -4,97!")
    label = outline("-16,44! 16,44! 16,20! -16,20!")
    gleam = outline("-12,52! -10,60 -9,60 -9.4,12! -12,12!")
    return [
        Shapes((put(cork, x, y, size),), scene.lit((190, 150, 104))),
        Shapes((put(body, x, y, size),), ink, foot=(shaded(scene, ink, 0.35), y - size * 0.7, y)),
        Shapes((put(label, x, y, size),), scene.lit((240, 230, 206))),
        Shapes((disc(x, y - size * 0.33, size * 0.05, 40),), mixed(scene.palette.far, (190, 70, 50), 0.4)),
        Shapes((put(gleam, x, y, size),), scene.palette.light, alpha=0.28),
    ]


def glass(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A wine glass, half full."""
    inks = scene.palette
    wine = scene.coat(thing, (150, 30, 52))
    cup = outline("-16,62! -18,44 -12,32 0,28 12,32 18,44 16,62!")
    filled = outline("-17.6,48! -17,42 -12,32 0,28 12,32 17,42 17.6,48!")
    foot = [
        put(outline("-1.2,30! 1.2,30! 1.2,2! -1.2,2!"), x, y, size),
        oval(x, y - size * 0.01, size * 0.13, size * 0.016, 40),
    ]
    glassy = mixed(inks.light, inks.low, 0.3)
    return [
        Shapes((put(cup, x, y, size), *foot), glassy, alpha=0.55),
        Shapes((put(filled, x, y, size),), wine, alpha=0.9),
        Shapes((put(outline("-13,58! -14,46 -11.4,40! -11,58!"), x, y, size),), inks.light, alpha=0.6),
    ]


def cup(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A cup on its saucer, with steam."""
    inks, dice = scene.palette, scene.dice
    ink = scene.coat(thing, (236, 226, 208))
    body = outline("-22,36! -21,14 -13,3 -8,0! 8,0! 13,3 21,14 22,36!")
    steam = [
        tube(
            [
                (x + at * 0.09 * size, y - 0.48 * size, 0.006 * size),
                (x + (at * 0.09 + 0.05) * size, y - 0.64 * size, 0.012 * size),
                (x + (at * 0.09 - 0.04) * size, y - 0.82 * size, 0.011 * size),
                (x + (at * 0.09 + 0.05) * size, y - dice.between("steam", 0.95, 1.1, at + 2) * size, 0.002 * size),
            ]
        )
        for at in (-1, 1)
    ]
    return [
        Shapes((oval(x, y, 0.36 * size, 0.035 * size, 60),), shaded(scene, ink, 0.18)),
        Shapes((ring(x + 0.22 * size, y - 0.2 * size, 0.09 * size, 0.022 * size),), shaded(scene, ink, 0.12)),
        Shapes((put(body, x, y, size),), ink, foot=(shaded(scene, ink, 0.4), y - 0.36 * size, y + 0.06 * size)),
        Shapes((oval(x, y - 0.36 * size, 0.22 * size, 0.022 * size, 50),), scene.lit((92, 58, 40))),
        Shapes(tuple(steam), inks.light, alpha=0.4),
    ]


def teapot(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A round pot with spout and handle."""
    ink = scene.coat(thing, mixed(scene.palette.far, scene.palette.glow, 0.3))
    body = outline("-34,28 -30,46 -14,57 14,57 30,46 34,28 30,10 16,0! -16,0! -30,10")
    spout = outline("26,20! 44,28 50,46 60,56! 52,58! 44,52 36,40 28,40!")
    lid = outline("-14,56! -8,63 8,63 14,56!")
    return [
        Shapes((ring(x - 0.36 * size, y - 0.3 * size, 0.15 * size, 0.028 * size),), shaded(scene, ink, 0.25)),
        Shapes((put(spout, x, y, size),), shaded(scene, ink, 0.15)),
        Shapes((put(body, x, y, size),), ink, foot=(shaded(scene, ink, 0.45), y - 0.5 * size, y + 0.05 * size)),
        Shapes((put(lid, x, y, size), disc(x, y - 0.66 * size, 0.035 * size, 30)), shaded(scene, ink, 0.2)),
        Shapes(
            (oval(x - 0.14 * size, y - 0.42 * size, 0.07 * size, 0.04 * size, 24),), scene.palette.light, alpha=0.35
        ),
    ]


def jug(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A vase."""
    dice, inks = scene.dice, scene.palette
    natural = dice.pick(
        "jug.ink",
        (
            mixed(inks.far, inks.light, 0.3),
            scene.lit((232, 222, 204)),
            mixed(inks.glow, inks.light, 0.25),
            scene.lit((70, 104, 128)),
        ),
    )
    ink = scene.coat(thing, natural) if thing is not None and thing.colours else natural
    forms = (
        "-24,0! -36,26 -34,52 -16,78 -14,92 -20,108! 20,108! 14,92 16,78 34,52 36,26 24,0!",
        "-18,0! -30,40 -36,74 -26,96 -18,108! 18,108! 26,96 36,74 30,40 18,0!",
        "-28,0! -40,22 -36,46 -14,62 -10,80 -12,108! 12,108! 10,80 14,62 36,46 40,22 28,0!",
    )
    body = outline(dice.pick("jug.form", forms))
    bands = [outline("-33,40! 33,40! 34,34! -34,34!"), outline("-34.6,30! 34.6,30! 35,27! -35,27!")]
    made: list[Plate] = [
        shadow(scene, x, y, size * 0.5),
        Shapes((put(body, x, y, size),), ink, foot=(shaded(scene, ink, 0.45), y - size * 0.9, y + size * 0.1)),
    ]
    if dice.chance("jug.bands", 0.5):
        made.append(
            Shapes(tuple(put(band, x, y, size * 0.86) for band in bands), mixed(ink, inks.light, 0.45), alpha=0.7)
        )
    return [
        *made,
        Shapes((oval(x - size * 0.18, y - size * 0.5, size * 0.045, size * 0.15, 30),), inks.light, alpha=0.35),
    ]


def candle(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A candle that burns."""
    inks = scene.palette
    ink = scene.coat(thing, (242, 232, 208))
    stick = outline("-6,84! 6,84! 6,20! -6,20!")
    holder = outline("-18,0! -20,4 -8,8 -5,20! 5,20! 8,8 20,4 18,0!")
    flame = leaf(x, y - 0.86 * size, x, y - 1.1 * size, 0.22)
    return [
        Glow(x, y - size, 0.5 * size + 0.1, inks.glow, 0.55 if scene.dim else 0.3),
        Shapes((put(stick, x, y, size),), ink, foot=(shaded(scene, ink, 0.3), y - 0.8 * size, y)),
        Shapes((put(holder, x, y, size),), scene.lit((176, 132, 66))),
        Shapes((flame,), mixed(inks.glow, inks.light, 0.4), light=True, moves="flicker"),
    ]


def books(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A stack of them."""
    dice, inks = scene.dice, scene.palette
    colours = (mixed(inks.far, inks.near, 0.1), (184, 82, 58), (216, 170, 84), (84, 112, 104), (64, 84, 120))
    made: list[Plate] = []
    at = y
    for index in range(min(max(thing.count, 2), 6) if thing is not None and thing.count else 4):
        thick, half = size * dice.between("book.t", 0.07, 0.12, index), size * dice.between("book.w", 0.3, 0.42, index)
        slip = size * dice.between("book.x", -0.05, 0.05, index)
        ink = scene.coat(thing, colours[(index + dice.whole("book.c", 0, 4)) % 5], index)
        made.append(Shapes((box(x + slip - half, at - thick, x + slip + half, at),), ink))
        made.append(
            Shapes(
                (box(x + slip + half * 0.82, at - thick * 0.84, x + slip + half * 0.985, at - thick * 0.16),),
                scene.lit((238, 228, 206)),
            )
        )
        at -= thick
    return made


def bread(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A loaf with cuts."""
    ink = scene.coat(thing, (196, 134, 74))
    body = outline("-50,0! -58,12 -50,30 -20,40 20,40 50,30 58,12 50,0!")
    cuts = [
        put(outline("-6,0! -2,14 8,26! 6,12 2,0!"), x + at * size, y - 0.1 * size, size) for at in (-0.3, -0.05, 0.2)
    ]
    return [
        Shapes((put(body, x, y, size),), ink, foot=(shaded(scene, ink, 0.4), y - 0.36 * size, y + 0.06 * size)),
        Shapes(tuple(cuts), mixed(ink, scene.palette.light, 0.5), alpha=0.8),
    ]


def skull(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A skull, three quarters."""
    ink = scene.coat(thing, (236, 226, 204))
    dome_ = outline("-20,20! -34,30 -40,50 -32,72 -8,84 18,80 34,62 34,42 26,28 22,20! 20,4! -14,4!")
    holes: list[Floats] = [
        put(outline(text), x, y, size)
        for text in ("-6,44 -2,54 10,54 14,44 8,36 -2,36", "18,44 20,54 29,52 30,42 24,36", "13,34! 17,26! 11,26!")
    ]
    teeth = [
        box(x + at * size - 0.002, y - 0.14 * size, x + at * size + 0.002, y - 0.04 * size)
        for at in (-0.08, 0.0, 0.08, 0.15)
    ]
    return [
        Shapes((put(dome_, x, y, size),), ink, foot=(shaded(scene, ink, 0.4), y - 0.7 * size, y)),
        Shapes((*holes, *teeth), shaded(scene, ink, 0.8)),
    ]


MAKERS: dict[str, Maker] = {
    "bowl": bowl,
    "bottle": bottle,
    "glass": glass,
    "cup": cup,
    "teapot": teapot,
    "jug": jug,
    "candle": candle,
    "books": books,
    "bread": bread,
    "skull": skull,
}
