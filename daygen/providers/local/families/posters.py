"""Free compositions of shapes: tilted bars about a square, stacked half rounds, a board of circles and checks."""

from collections.abc import Callable

import numpy as np

from daygen.providers.local.colour import mixed
from daygen.providers.local.curves import ring, tube, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.families.tiles import inks_of
from daygen.providers.local.plates import Frame, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc


def tilted(scene: Scene, frame: Frame) -> list[Plate]:
    """Everything leans one way and flies: a great field, bars across it, a round that holds against them."""
    dice, own = scene.dice, inks_of(scene)
    x, y, side = frame.wide * 0.5, frame.high * 0.5, dice.pick("tilt.side", (-1.0, 1.0))
    lean = side * dice.between("tilt", 0.06, 0.1)

    def bar(across: float, down: float, wide: float, high: float, more: float = 0.0) -> Floats:
        middle = (x + side * across * min(frame.wide, 1.3), y + down * min(frame.high, 1.3))
        return turned(box(middle[0] - wide, middle[1] - high, middle[0] + wide, middle[1] + high), *middle, lean + more)

    made: list[Plate] = [
        Shapes((disc(x - side * 0.2, y + 0.13, 0.3),), mixed(own[4], scene.palette.light, 0.25), alpha=0.9),
        Shapes((bar(0.08, -0.1, 0.2, 0.23),), own[0]),
        Shapes((bar(-0.14, 0.1, 0.3, 0.045),), own[2]),
        Shapes((bar(0.2, 0.2, 0.17, 0.02), bar(0.23, 0.265, 0.1, 0.012)), own[1]),
        Shapes((bar(-0.05, 0.29, 0.25, 0.006), bar(0.02, 0.33, 0.19, 0.006), bar(0.09, 0.37, 0.13, 0.006)), own[2]),
    ]
    made.append(Shapes((disc(x - side * 0.27, y - 0.24, 0.085),), own[1]))
    made.append(Shapes((ring(x - side * 0.27, y - 0.24, 0.112, 0.005),), own[2]))
    squares: dict[int, list[Floats]] = {}
    for index in range(7):
        size = 0.014 + 0.011 * ((index * 3) % 4)
        place = (0.12 + 0.045 * index - 0.02 * (index % 3), -0.34 + 0.085 * index)
        squares.setdefault((0, 2, 3)[index % 3], []).append(bar(*place, size, size, 0.02 * index))
    made += [Shapes(tuple(parts), own[at]) for at, parts in squares.items()]
    wedge = np.array([(x - side * 0.04, y + 0.02), (x + side * 0.34, y - 0.12), (x + side * 0.3, y + 0.05)])
    made.append(Shapes((turned(wedge, x, y, lean),), own[3], alpha=0.92))
    far = (x - side * 0.46, y + 0.42), (x + side * 0.46, y - 0.42)
    made.append(Shapes((tube([(*far[0], 0.0025), (*far[1], 0.0025)]),), own[2]))
    return made


def stacked(scene: Scene, frame: Frame) -> list[Plate]:
    """Half and quarter rounds, piled up as children pile blocks, under a full one."""
    dice, own = scene.dice, inks_of(scene)
    foot, size = frame.high * 0.9, 0.145 * min(1.0, max(frame.wide, 0.7))
    rows, tread = (4, 3, 2), size * 0.375
    made: list[Plate] = [
        Shapes((disc(frame.wide * 0.5, frame.high * 0.42, 0.36),), mixed(scene.palette.light, own[4], 0.35), alpha=0.85)
    ]
    for row, count in enumerate(rows):
        base = foot - row * size * 1.5
        for at in range(count):
            key = row * 8 + at
            x = frame.wide * 0.5 + (at - (count - 1) / 2) * size * 1.56
            ink = own[(key + dice.whole("stack.ink", 0, 4)) % 6]
            other = own[(key + 2 + dice.whole("stack.ink", 0, 4)) % 6]
            left, top, right = x - size * 0.75, base - size * 1.5, x + size * 0.75
            kind = dice.pick("stack.kind", ("arch", "half", "quarter", "steps", "eye"), key)
            made.append(Shapes((box(left, top, right, base),), other))
            parts = {
                "arch": [ring(x, base, size * (0.62 - 0.22 * step), size * 0.07, 0.5, 1.0) for step in range(3)],
                "half": [ring(x, base, size * 0.36, size * 0.36, 0.5, 1.0)],
                "quarter": [ring(left, base, size * 0.7, size * 0.7, 0.75, 1.0)],
                "steps": [box(left, base - tread * (step + 1), right - tread * step, base) for step in range(4)],
                "eye": [disc(x, (top + base) / 2, size * 0.52)],
            }[kind]
            made.append(Shapes(tuple(parts), ink if ink != other else own[2]))
            if kind == "eye":
                made.append(Shapes((disc(x, (top + base) / 2, size * 0.2),), other))
    top = foot - len(rows) * size * 1.5
    made.append(Shapes((disc(frame.wide * 0.5, top - size * 0.78, size * 0.78),), own[1]))
    made.append(Shapes((ring(frame.wide * 0.5, top - size * 0.78, size * 0.39, size * 0.39, 0.25, 0.75),), own[2]))
    return [*made, Shapes((box(-0.1, foot, frame.wide + 0.1, foot + 0.012),), own[2])]


def board(scene: Scene, frame: Frame) -> list[Plate]:
    """A great ringed round, a checkered field, crescents and long lines: music, as painters heard it in 1923."""
    dice, own = scene.dice, inks_of(scene)
    side = dice.pick("board.side", (-1.0, 1.0))
    wide, high = frame.wide, frame.high
    x, y = wide * (0.5 - side * 0.17), high * 0.36
    made: list[Plate] = []
    for step, radius in enumerate((0.255, 0.205, 0.15, 0.095, 0.045)):
        made.append(Shapes((disc(x, y, radius),), own[(2, 4, 0, 1, 2)[step]], alpha=1.0 if step else 0.95))
    made.append(Shapes((ring(x, y, 0.285, 0.003),), own[2]))
    corner = np.array([(wide * 0.5 + side * 0.06, high * 0.9), (wide * 0.5 + side * 0.44, high * 0.9), (x, y + 0.05)])
    made.append(Shapes((corner,), own[3], alpha=0.8))
    cells = [
        box(cx - 0.029, cy - 0.029, cx + 0.029, cy + 0.029)
        for column in range(5)
        for row in range(4)
        if (column + row) % 2 == 0
        for cx, cy in [(wide * 0.5 + side * (0.1 + 0.058 * column), high * 0.58 + 0.058 * row)]
    ]
    tilt = side * 0.03
    made.append(Shapes(tuple(turned(cell, wide * 0.5, high * 0.6, tilt) for cell in cells), own[2]))
    for step in range(3):
        place = (wide * 0.5 - side * (0.36 - 0.12 * step), high * (0.78 + 0.035 * step))
        made.append(Shapes((ring(*place, 0.05 - 0.008 * step, 0.011, 0.5, 1.0),), own[(1, 0, 2)[step]]))
    middle = wide * 0.5
    ends = [(middle + side * (0.2 + 0.1 * step), high * (0.94 - 0.02 * step)) for step in range(3)]
    lines = [tube([(middle - side * 0.45, low, 0.0016), (far, high * 0.06, 0.003)]) for far, low in ends]
    made.append(Shapes(tuple(lines), own[2]))
    swings = [0.028 if step % 2 else -0.028 for step in range(7)]
    wave = [(middle + side * (0.08 + 0.055 * step), high * 0.2 + swing, 0.006) for step, swing in enumerate(swings)]
    made.append(Shapes((tube(wave),), own[0]))
    dots = ((0.38, 0.09, 0.034, 1), (0.3, 0.12, 0.015, 2), (0.42, 0.34, 0.022, 0), (-0.43, 0.66, 0.028, 3))
    made += [Shapes((disc(middle + side * at, high * down, radius),), own[ink]) for at, down, radius, ink in dots]
    return made


POSTERS: tuple[Callable[[Scene, Frame], list[Plate]], ...] = (tilted, stacked, board)
