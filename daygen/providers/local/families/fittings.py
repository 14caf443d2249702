"""What belongs to a room's walls and floor: shelves, prints, clocks, rugs and lamps that hang."""

import numpy as np

from daygen.providers.local.colour import Ink, mixed
from daygen.providers.local.curves import outline, put, ring, tube
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Glow, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc, oval
from daygen.providers.local.words import Thing


def accent(scene: Scene, number: int) -> Ink:
    """One of the inks that furniture comes in, beside the wall's."""
    inks = scene.palette
    own = (
        mixed(inks.glow, inks.far, 0.12),
        mixed(inks.light, inks.far, 0.3),
        mixed((178, 74, 52), inks.far, 0.2),
        mixed((62, 104, 96), inks.far, 0.2),
    )
    return scene.lit(own[(number + scene.dice.whole("accent", 0, 3)) % 4])


def in_shade(ink: Ink, scene: Scene) -> Ink:
    """An ink where the light does not fall."""
    return mixed(ink, scene.palette.near, 0.42)


def shelf(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """Bookshelves to above our heads."""
    dice = scene.dice
    wood = scene.coat(thing, (110, 70, 48)) if thing is not None else scene.lit((110, 70, 48))
    wide, high, rows = 1.15 * size, 1.9 * size, 5
    dark = in_shade(wood, scene)
    made: list[Plate] = [Shapes((box(x - wide / 2, y - high, x + wide / 2, y),), dark)]
    groups: dict[int, list[Floats]] = {0: [], 1: [], 2: [], 3: []}
    for row in range(rows):
        floor = y - high * row / rows - 0.05 * size
        room = high / rows - 0.09 * size
        at, index = x - wide / 2 + 0.05 * size, row * 40
        while at < x + wide / 2 - 0.09 * size:
            thick = size * dice.between("book.w", 0.028, 0.062, index)
            tall = room * dice.between("book.h", 0.62, 0.94, index)
            if dice.chance("book.gap", 0.07, index):
                at += thick * 1.6
            groups[dice.whole("book.ink", 0, 3, index)].append(box(at, floor - tall, at + thick * 0.92, floor))
            at += thick
            index += 1
    colours = (accent(scene, 0), accent(scene, 1), accent(scene, 2), accent(scene, 3))
    made += [Shapes(tuple(groups[number]), colours[number]) for number in range(4)]
    boards = [
        box(x - wide / 2, y - high * row / rows - 0.05 * size, x + wide / 2, y - high * row / rows - 0.015 * size)
        for row in range(rows + 1)
    ]
    sides = [
        box(x + at * wide / 2 - 0.022 * size, y - high - 0.05 * size, x + at * wide / 2 + 0.022 * size, y)
        for at in (-1, 1)
    ]
    return [*made, Shapes(tuple(boards + sides), wood)]


def picture(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A framed print of hills and a sun; `y` is its lower edge."""
    inks = scene.palette
    wide, high = 0.46 * size, 0.58 * size
    paper, wood = (
        scene.lit((244, 236, 220)),
        scene.coat(thing, (60, 44, 40)) if thing is not None else scene.lit((60, 44, 40)),
    )
    inner = (x - wide / 2 + 0.05 * size, y - high + 0.05 * size, x + wide / 2 - 0.05 * size, y - 0.05 * size)
    hill = np.array(
        [
            (inner[0], inner[3]),
            (inner[0], y - 0.22 * size),
            (x - 0.05 * size, y - 0.3 * size),
            (inner[2], y - 0.17 * size),
            (inner[2], inner[3]),
        ]
    )
    return [
        Shapes((box(x - wide / 2, y - high, x + wide / 2, y),), wood),
        Shapes((box(*inner),), paper),
        Shapes((disc(x + 0.05 * size, y - 0.36 * size, 0.07 * size, 60),), mixed(inks.glow, (206, 84, 54), 0.4)),
        Shapes((hill,), accent(scene, 3)),
    ]


def clock(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A round clock on the wall; `y` is its lower edge."""
    dice = scene.dice
    middle, radius = y - 0.2 * size, 0.2 * size
    turn = 48
    hands: list[Floats] = []
    for name, reach in (("hour", 0.55), ("minute", 0.82)):
        at = ring(x, middle, radius * reach, 0.0001)[dice.whole(f"clock.{name}", 0, turn)]
        hands.append(tube([(x, middle, 0.008 * size), (float(at[0]), float(at[1]), 0.006 * size)]))
    rim = scene.coat(thing, (60, 44, 40)) if thing is not None else scene.lit((60, 44, 40))
    return [
        Shapes((disc(x, middle, radius * 1.1, 90),), rim),
        Shapes((disc(x, middle, radius, 90),), scene.lit((246, 240, 226))),
        Shapes(tuple(hands), scene.palette.near),
    ]


def rug(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A round rug, foreshortened."""
    ink = scene.coat(thing, (178, 74, 52)) if thing is not None and thing.colours else accent(scene, 2)
    pale = mixed(ink, scene.palette.light, 0.5)
    rounds = [oval(x, y, size * reach, size * reach * 0.2, 80) for reach in (0.95, 0.8, 0.74, 0.42)]
    return [Shapes((part,), ink if step % 2 == 0 else pale) for step, part in enumerate(rounds)]


def pendant(scene: Scene, thing: Thing | None, x: float, y: float, size: float) -> list[Plate]:
    """A lamp that hangs; `y` is where its shade ends."""
    inks = scene.palette
    shade = outline("-4,34! 4,34! 8,26 24,12 28,0! -28,0! -24,12 -8,26")
    made: list[Plate] = [Shapes((box(x - 0.003, -0.05, x + 0.003, y - 0.3 * size),), inks.near)]
    if scene.dim:
        made.append(Glow(x, y + 0.02, 0.5, inks.glow, 0.6))
    ink = scene.coat(thing, (178, 74, 52)) if thing is not None else accent(scene, 2)
    bulb = disc(x, y, 0.07 * size, 40)
    return [
        *made,
        Shapes((bulb,), mixed(inks.glow, inks.light, 0.6), light=True),
        Shapes((put(shade, x, y, size),), ink),
    ]
