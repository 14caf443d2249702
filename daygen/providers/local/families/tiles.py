"""Abstract patterns: the page parted into tiles, fields, triangles, cubes or scales."""

import numpy as np

from daygen.providers.local.colour import Ink, mixed
from daygen.providers.local.colour import turned as hue_turned
from daygen.providers.local.curves import ring, turned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Frame, Plate, Shapes
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import box, disc


def inks_of(scene: Scene) -> tuple[Ink, ...]:
    """Five inks to play with: two of the palette, two beside them, and the key."""
    inks = scene.palette
    fourth = hue_turned(mixed(inks.far, inks.light, 0.12), 150)
    fifth = mixed(inks.glow, inks.light, 0.55)
    return (inks.far, inks.glow, inks.near, mixed(fourth, inks.middle, 0.25), fifth, mixed(inks.far, inks.near, 0.45))


def _tiles(scene: Scene, frame: Frame, usual: tuple[int, ...]) -> tuple[int, int, float, float, float]:
    """Columns, rows, the side of a tile and where the first one stands."""
    across = scene.dice.pick("tiles", usual)
    margin = 0.07
    side = min((frame.wide - 2 * margin), (frame.high - 2 * margin)) / across
    columns, rows = (
        max(1, round((frame.wide - 2 * margin) / side - 0.2)),
        max(1, round((frame.high - 2 * margin) / side - 0.2)),
    )
    columns, rows = min(columns, 40), min(rows, 40)
    return columns, rows, side, (frame.wide - columns * side) / 2, (frame.high - rows * side) / 2


def by_ink(scene: Scene, groups: dict[int, list[Floats]]) -> list[Plate]:
    """Groups of outlines, each printed in the ink of its number."""
    own = inks_of(scene)
    return [Shapes(tuple(parts), own[number % len(own)]) for number, parts in sorted(groups.items()) if parts]


def arcs(scene: Scene, frame: Frame) -> list[Plate]:
    """Tiles with quarter rounds in two or three inks."""
    dice = scene.dice
    columns, rows, side, left, top = _tiles(scene, frame, (4, 5, 6))
    made: list[Plate] = []
    grounds: dict[int, list[Floats]] = {}
    quarters: dict[int, list[Floats]] = {}
    inner: dict[int, list[Floats]] = {}
    for cell in range(columns * rows):
        x, y = left + side * (cell % columns), top + side * (cell // columns)
        first = dice.whole("tile.a", 0, 4, cell)
        second = (first + dice.whole("tile.b", 1, 4, cell)) % 5
        grounds.setdefault(first, []).append(box(x, y, x + side, y + side))
        kind = dice.pick("tile.kind", ("quarter", "quarter", "half", "round", "ring"), cell)
        turn = dice.whole("tile.turn", 0, 3, cell)
        corner = ((0, 0), (1, 0), (1, 1), (0, 1))[turn]
        if kind in {"quarter", "ring"}:
            at = (x + corner[0] * side, y + corner[1] * side)
            start = 0.25 * turn
            quarters.setdefault(second, []).append(ring(*at, side / 2, side / 2, start, start + 0.25))
            if kind == "ring":
                inner.setdefault(first, []).append(ring(*at, side * 0.3, side * 0.12, start, start + 0.25))
        elif kind == "half":
            quarters.setdefault(second, []).append(
                turned(ring(x + side / 2, y, side / 4, side / 4, 0.0, 0.5), x + side / 2, y + side / 2, turn / 4)
            )
        else:
            quarters.setdefault(second, []).append(disc(x + side / 2, y + side / 2, side / 2))
            inner.setdefault((second + 2) % 5, []).append(disc(x + side / 2, y + side / 2, side * 0.22))
    for groups in (grounds, quarters, inner):
        made += by_ink(scene, groups)
    return made


def grid(scene: Scene, frame: Frame) -> list[Plate]:
    """Fields parted again and again, black bars between them."""
    dice, own, inks = scene.dice, inks_of(scene), scene.palette
    fields: list[tuple[float, float, float, float]] = [(0.06, 0.06, frame.wide - 0.06, frame.high - 0.06)]
    for step in range(9):
        index = max(
            range(len(fields)),
            key=lambda at: (
                (fields[at][2] - fields[at][0])
                * (fields[at][3] - fields[at][1])
                * dice.between("split.w", 0.4, 1.0, step * 32 + at)
            ),
        )
        left, top, right, bottom = fields.pop(index)
        share = dice.between("split", 0.3, 0.7, step)
        if right - left > bottom - top:
            middle = left + (right - left) * share
            fields += [(left, top, middle, bottom), (middle, top, right, bottom)]
        else:
            middle = top + (bottom - top) * share
            fields += [(left, top, right, middle), (left, middle, right, bottom)]
    pale = mixed(inks.light, inks.low, 0.25)
    made: list[Plate] = []
    for index, (left, top, right, bottom) in enumerate(fields):
        ink = dice.pick("field", (pale, pale, pale, own[0], own[1], own[3], own[4], own[5]), index)
        if index < 3:  # noqa: PLR2004 - the three strong inks are always there
            ink = (own[0], own[1], own[3])[index]
        made.append(Shapes((box(left, top, right, bottom),), ink))
    half = 0.0085
    lines: list[Floats] = []
    for left, top, right, bottom in fields:
        lines += [box(left - half, y - half, right + half, y + half) for y in (top, bottom)]
        lines += [box(x - half, top - half, x + half, bottom + half) for x in (left, right)]
    return [*made, Shapes(tuple(lines), inks.near)]


def sails(scene: Scene, frame: Frame) -> list[Plate]:
    """A field of triangles, light on one side."""
    dice = scene.dice
    columns, rows, side, left, top = _tiles(scene, frame, (4, 5, 6, 7))
    groups: dict[int, list[Floats]] = {}
    for cell in range(columns * rows):
        x, y = left + side * (cell % columns), top + side * (cell // columns)
        corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
        turn = dice.whole("sail.turn", 0, 3, cell)
        one = [corners[turn], corners[(turn + 1) % 4], corners[(turn + 2) % 4]]
        other = [corners[turn], corners[(turn + 2) % 4], corners[(turn + 3) % 4]]
        groups.setdefault(dice.whole("sail.a", 0, 5, cell), []).append(np.array(one))
        if dice.chance("sail.both", 0.62, cell):
            groups.setdefault(dice.whole("sail.b", 0, 5, cell), []).append(np.array(other))
    return by_ink(scene, groups)


def cubes(scene: Scene, frame: Frame) -> list[Plate]:
    """Cubes stacked in the air, three faces each."""
    dice, own, inks = scene.dice, inks_of(scene), scene.palette
    side = dice.pick("cube", (0.085, 0.11, 0.14))
    step = round(side * 0.8660254, 7)
    made: list[Plate] = []
    faces: dict[tuple[int, int], list[Floats]] = {}
    rows, columns = int(frame.high / (side * 1.5)) + 2, int(frame.wide / (2 * step)) + 2
    for row in range(min(rows, 60)):
        for column in range(min(columns, 60)):
            key = row * 64 + column
            if not dice.chance("cube.there", 0.86, key):
                continue
            x, y = column * 2 * step + (step if row % 2 else 0.0), row * side * 1.5
            hue = dice.whole("cube.ink", 0, 4, key)
            centre = (x, y)
            points = [
                (x, y - side),
                (x + step, y - side / 2),
                (x + step, y + side / 2),
                (x, y + side),
                (x - step, y + side / 2),
                (x - step, y - side / 2),
            ]
            for face, corners in enumerate(((5, 0, 1), (1, 2, 3), (3, 4, 5))):
                faces.setdefault((hue, face), []).append(np.array([centre, *(points[corner] for corner in corners)]))
    for (hue, face), parts in sorted(faces.items()):
        ink = own[(0, 1, 3, 4, 5)[hue]]
        shaded = (mixed(ink, inks.light, 0.3), ink, mixed(ink, inks.near, 0.4))[face]
        made.append(Shapes(tuple(parts), shaded))
    return made


def waves(scene: Scene, frame: Frame) -> list[Plate]:
    """Rows of half rounds, as scales or as the sea on a screen."""
    own, dice = inks_of(scene), scene.dice
    radius = dice.pick("scale", (0.09, 0.12, 0.15))
    made: list[Plate] = []
    rows = int(frame.high / (radius * 0.55)) + 2
    for row in range(min(rows, 60)):
        y = row * radius * 0.55 + radius * 0.4
        count = int(frame.wide / (2 * radius)) + 3
        xs = [(index - 1 + (0.5 if row % 2 else 0.0)) * 2 * radius for index in range(min(count, 60))]
        for step, reach in enumerate((1.0, 0.76, 0.52, 0.28)):
            ink = own[(row // 3 + (0, 4, 1, 2)[step]) % 5]
            made.append(Shapes(tuple(disc(x, y + radius * 0.5, radius * reach, 72) for x in xs), ink))
    return made
