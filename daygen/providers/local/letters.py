"""A geometric alphabet of capitals, drawn from bars, slants and bows; no font file is needed."""

import numpy as np

from daygen.providers.local.curves import ring
from daygen.providers.local.dice import Floats
from daygen.providers.local.shapes import box, circle

# How wide a letter is when 1 high, and its strokes: `v x,top,bottom` and `h left,right,y` are bars, `d` is a
# slant from one point to another, `a x,y,across,down,start,stop` a bow in turns from the right, `o x,y` a dot.
# 0 to 1 is from the middle of the first stroke to the middle of the last, y down.
GLYPHS: dict[str, tuple[float, str]] = {
    "A": (0.96, "d 0,1,.5,0 d 1,1,.5,0 h .2,.8,.7"),
    "B": (0.74, "v 0,0,1 h 0,.5,0 h 0,.52,.47 h 0,.5,1 a .5,.235,.44,.235,.75,1.25 a .5,.735,.5,.265,.75,1.25"),
    "C": (0.78, "a .595,.5,.595,.5,.13,.87"),
    "D": (0.86, "v 0,0,1 h 0,.4,0 h 0,.4,1 a .4,.5,.6,.5,.75,1.25"),
    "E": (0.64, "v 0,0,1 h 0,1,0 h 0,.86,.5 h 0,1,1"),
    "F": (0.62, "v 0,0,1 h 0,1,0 h 0,.86,.5"),
    "G": (0.95, "a .5,.5,.5,.5,0,.87 h .58,1,.5"),
    "H": (0.84, "v 0,0,1 v 1,0,1 h 0,1,.5"),
    "I": (0.0, "v 0,0,1"),
    "J": (0.62, "v 1,0,.7 a .5,.7,.5,.3,0,.5"),
    "K": (0.82, "v 0,0,1 d .97,0,.05,.58 d .34,.4,.96,1"),
    "L": (0.6, "v 0,0,1 h 0,1,1"),
    "M": (1.08, "v 0,0,1 v 1,0,1 d 0,0,.5,.78 d 1,0,.5,.78"),
    "N": (0.88, "v 0,0,1 v 1,0,1 d 0,0,1,1"),
    "O": (0.98, "a .5,.5,.5,.5,0,1"),
    "P": (0.72, "v 0,0,1 h 0,.5,0 h 0,.5,.54 a .5,.27,.5,.27,.75,1.25"),
    "Q": (0.98, "a .5,.5,.5,.5,0,1 d .58,.66,.93,1"),
    "R": (0.76, "v 0,0,1 h 0,.5,0 h 0,.5,.52 a .5,.26,.5,.26,.75,1.25 d .36,.52,1,1"),
    "S": (0.74, "a .5,.245,.5,.245,.25,.95 a .5,.745,.5,.255,.75,1.45"),
    "T": (0.78, "h 0,1,0 v .5,0,1"),
    "U": (0.84, "v 0,0,.6 v 1,0,.6 a .5,.6,.5,.4,0,.5"),
    "V": (0.94, "d 0,0,.5,1 d 1,0,.5,1"),
    "W": (1.36, "d 0,0,.26,1 d .5,0,.26,1 d .5,0,.74,1 d 1,0,.74,1"),
    "X": (0.86, "d 0,0,1,1 d 1,0,0,1"),
    "Y": (0.88, "d 0,0,.5,.56 d 1,0,.5,.56 v .5,.52,1"),
    "Z": (0.78, "h 0,1,0 h 0,1,1 d 1,0,0,1"),
    "0": (0.8, "a .5,.5,.5,.5,0,1"),
    "1": (0.36, "v 1,0,1 d 1,0,0,.28"),
    "2": (0.72, "a .5,.3,.5,.3,.5,1.06 d .96,.42,0,1 h 0,1,1"),
    "3": (0.72, "a .5,.245,.46,.245,.56,1.25 a .5,.745,.5,.255,.75,1.44"),
    "4": (0.8, "v .74,0,1 d .74,0,0,.7 h 0,1,.7"),
    "5": (0.72, "h 0,.94,0 v 0,0,.42 h 0,.45,.42 a .45,.71,.55,.29,.75,1.42"),
    "6": (0.76, "a .5,.68,.5,.32,0,1 d .66,0,.02,.62"),
    "7": (0.7, "h 0,1,0 d 1,0,.3,1"),
    "8": (0.76, "a .5,.235,.44,.235,0,1 a .5,.735,.5,.265,0,1"),
    "9": (0.76, "a .5,.32,.5,.32,0,1 d .98,.38,.34,1"),
    "!": (0.0, "v 0,0,.6 o 0,1"),
    "?": (0.7, "a .5,.26,.5,.26,.5,1.2 v .5,.5,.64 o .5,1"),
    "&": (0.86, "a .42,.22,.3,.22,0,1 a .4,.73,.4,.27,.06,.8 d .16,.3,1,1"),
    "-": (0.5, "h 0,1,.55"),
    "+": (0.7, "h 0,1,.5 v .5,.22,.78"),
    ".": (0.0, "o 0,1"),
    "'": (0.0, "v 0,0,.18"),
    "#": (0.8, "v .3,0,1 v .7,0,1 h 0,1,.32 h 0,1,.68"),
    "/": (0.6, "d 1,0,0,1"),
}
_GAP = 0.13  # between letters, in letter heights


def width_of(line: str, weight: float) -> float:
    """How wide a line is when its letters are 1 high and `weight` thick."""
    return sum(_advance(sign, weight) for sign in line) + _GAP * max(len(line) - 1, 0)


def _advance(sign: str, weight: float) -> float:
    return 0.4 if sign == " " else max(GLYPHS[sign][0], weight)


def line(text: str, box_of: tuple[float, float, float, float], weight: float, inner: float = 1.0) -> list[Floats]:
    """A line of letters that fills left, top, right, bottom. `weight` is a stroke's thickness in units.

    With `inner` below 1 the strokes are thinner by that share, along the same middles: a line inside a letter.
    """
    left, top, right, bottom = box_of
    high = bottom - top
    # What is as wide as a stroke keeps its width; the rest is stretched or condensed to fit.
    firm = sum(1 for sign in text if sign != " " and GLYPHS[sign][0] == 0.0) * weight
    soft = sum(_advance(sign, 0.0) for sign in text) + _GAP * max(len(text) - 1, 0)
    scale = max(right - left - firm, high * 0.05) / max(soft, 0.1)
    made: list[Floats] = []
    x = left
    for sign in text:
        wide = _advance(sign, 0.0) * scale or weight
        if sign != " ":
            made += _glyph(sign, (x, top, x + wide, bottom), weight, weight * inner)
        x += wide + _GAP * scale
    return made


def _glyph(sign: str, place: tuple[float, float, float, float], inset: float, weight: float) -> list[Floats]:
    left, top, right, bottom = place
    half = weight / 2
    across, down = max(right - left - inset, 0.0), bottom - top - inset

    def at(x: float, y: float) -> tuple[float, float]:
        return left + inset / 2 + x * across, top + inset / 2 + y * down

    made: list[Floats] = []
    words = GLYPHS[sign][1].split()
    for kind, text in zip(words[::2], words[1::2], strict=True):
        given = [float(part) for part in text.split(",")]
        if kind == "v":
            (x, low), (_, high) = at(given[0], given[1]), at(given[0], given[2])
            made.append(box(x - half, low - half, x + half, high + half))
        elif kind == "h":
            (x, y), (end, _) = at(given[0], given[2]), at(given[1], given[2])
            made.append(box(x - half, y - half, end + half, y + half))
        elif kind == "d":
            made.append(_slant(at(given[0], given[1]), at(given[2], given[3]), half))
        elif kind == "o":
            x, y = at(given[0], given[1])
            made.append(box(x - half, y - half, x + half, y + half))
        else:
            x, y = at(given[0], given[1])
            made.append(_bow(x, y, given[2] * across, given[3] * down, half, given[4], given[5]))
    return made


def _slant(one: tuple[float, float], other: tuple[float, float], half: float) -> Floats:
    """A slanting bar whose ends are cut level."""
    (top_x, top_y), (low_x, low_y) = sorted((one, other), key=lambda point: point[1])
    lean = abs(low_x - top_x) / max(low_y - top_y, 1e-6)
    wide = half * min(1.0 + 0.42 * lean * lean, 1.7)
    return np.array(
        [
            (top_x - wide, top_y - half), (top_x + wide, top_y - half),
            (low_x + wide, low_y + half), (low_x - wide, low_y + half),
        ]
    )  # fmt: skip


def _bow(x: float, y: float, across: float, down: float, half: float, start: float, stop: float) -> Floats:
    if abs(across - down) < 1e-9:  # noqa: PLR2004 - a true round
        return ring(x, y, across, half, start, stop)
    corners = 96
    index = np.arange(round(start * corners), round(stop * corners) + 1) % corners
    bow = circle(corners)[index]
    outer = bow * np.array((across + half, down + half))
    inner = bow[::-1] * np.array((max(across - half, 0.0), max(down - half, 0.0)))
    return np.concatenate([outer, inner]) + np.array((x, y))


def swept(polygon: Floats, right: float, down: float) -> list[Floats]:
    """What an outline covers on its way somewhere else: the sides of a raised letter."""
    move = np.array((right, down))
    onward = np.roll(polygon, -1, axis=0)
    sides = [np.array([here, there, there + move, here + move]) for here, there in zip(polygon, onward, strict=True)]
    return [*sides, polygon + move]
