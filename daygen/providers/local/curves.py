"""Drawn lines: smooth outlines through a few points, limbs that swell and taper, strokes and rings."""

import math
from collections.abc import Iterable
from functools import cache

import numpy as np

from daygen.providers.local.dice import Floats
from daygen.providers.local.shapes import circle

Spots = list[tuple[float, ...]]

_STEPS = 7  # points between two given ones
_EVEN = np.arange(_STEPS, dtype=np.float64) / _STEPS


def spots(text: str) -> Spots:
    """Read `12,40 18,44,3`: numbers joined by commas are a point, with whatever else belongs to it."""
    return [tuple(float(part) for part in spot.rstrip("!").split(",")) for spot in text.split()]


@cache
def outline(text: str) -> Floats:
    """A closed outline through points in hundredths, y up; smooth but where a point ends in `!`."""
    corners = [spot.endswith("!") for spot in text.split()]
    return _through(np.array(spots(text)) / 100.0, corners, closed=True)


def smooth(points: Iterable[tuple[float, float]], *, closed: bool = False) -> Floats:
    """A line through points, without corners."""
    made = np.array(list(points), dtype=np.float64)
    return _through(made, [False] * len(made), closed=closed)


def _through(points: Floats, corners: list[bool], *, closed: bool) -> Floats:
    """A cubic between each two points; its handles follow the neighbours' direction and are a third as long."""
    count = len(points)
    parts: list[Floats] = []
    for at in range(count if closed else count - 1):
        before, here = points[at - 1 if closed or at else at], points[at]
        there = points[(at + 1) % count]
        after = points[(at + 2) % count] if closed or at + 2 < count else there
        reach = _length(there - here) / 3
        out = here + (_unit(there - here) if corners[at] else _unit(there - before)) * reach
        into = there - (_unit(there - here) if corners[(at + 1) % count] else _unit(after - here)) * reach
        share = _EVEN[:, None]
        rest = 1.0 - share
        parts.append(
            here * rest * rest * rest
            + out * 3.0 * rest * rest * share
            + into * 3.0 * rest * share * share
            + there * share * share * share
        )
    if not closed:
        parts.append(points[-1:])
    return np.concatenate(parts)


def _length(way: Floats) -> float:
    """Of its first two numbers, so that a limb's thickness does not count."""
    return math.sqrt(float(way[0]) * float(way[0]) + float(way[1]) * float(way[1]))


def _unit(way: Floats) -> Floats:
    return way / max(_length(way), 1e-9)


@cache
def limb(text: str) -> Floats:
    """A limb through `x,y,thickness` in hundredths, y up: so thick to both sides, and round at both ends."""
    return tube([(x, y, half) for x, y, half in spots(text)]) / 100.0


def tube(nodes: Iterable[tuple[float, float, float]]) -> Floats:
    """The outline of a line that is `half` thick to both sides at each `(x, y, half)`, with round ends."""
    given = np.array(list(nodes), dtype=np.float64)
    line = _through(given, [False] * len(given), closed=False)
    middle, half = line[:, :2], np.maximum(line[:, 2:3], 0.0)
    ahead = np.concatenate([middle[1:] - middle[:-1], middle[-1:] - middle[-2:-1]])
    behind = np.concatenate([ahead[:1], ahead[:-1]])
    way = ahead + behind
    way = way / np.maximum(np.sqrt(way[:, :1] * way[:, :1] + way[:, 1:] * way[:, 1:]), 1e-9)
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
    left, right = middle + aside * half, middle - aside * half
    bow = circle(20)[1:10]  # from one side over the tip to the other
    tip = middle[-1] + half[-1] * (bow[:, :1] * aside[-1] + bow[:, 1:] * way[-1])
    foot = middle[0] - half[0] * (bow[:, :1] * aside[0] + bow[:, 1:] * way[0])
    return np.concatenate([_outside(left, middle, half), tip, _outside(right, middle, half)[::-1], foot])


def _outside(side: Floats, middle: Floats, half: Floats) -> Floats:
    """Without the points that a bend has pushed into the limb itself: they would fold its outline over."""
    across = side[:, None, 0] - middle[None, :, 0]
    down = side[:, None, 1] - middle[None, :, 1]
    inner = half[:, 0] * 0.97
    return side[~np.any(across * across + down * down < (inner * inner)[None, :], axis=1)]


def stroke(points: Iterable[tuple[float, float]], half: float) -> Floats:
    """An even line through points."""
    return tube([(x, y, half) for x, y in points])


def ring(x: float, y: float, radius: float, half: float, start: float = 0.0, stop: float = 1.0) -> Floats:
    """A part of a ring, from `start` to `stop` turns clockwise from the right."""
    corners = 96
    turns = circle(corners)
    whole = stop - start >= 1.0
    first, last = round(start * corners), round(stop * corners)
    bow = turns[np.arange(first, last + 1) % corners]
    outer, inner = bow * (radius + half), (bow * max(radius - half, 0.0))[::-1]
    centre = np.array((x, y))
    if whole:  # a ring is cut open, so that it stays one outline
        outer, inner = np.concatenate([outer, outer[:1]]), np.concatenate([inner, inner[:1]])
    return np.concatenate([outer, inner]) + centre


def turned(polygon: Floats, x: float, y: float, turns: float) -> Floats:
    """Rotated around a point, clockwise as the eye sees it."""
    cosine, sine = round(math.cos(2 * math.pi * turns), 7), round(math.sin(2 * math.pi * turns), 7)
    across, down = polygon[:, 0] - x, polygon[:, 1] - y
    return np.stack([x + across * cosine - down * sine, y + across * sine + down * cosine], axis=1)


def put(polygon: Floats, x: float, base: float, size: float, *, mirrored: bool = False) -> Floats:
    """An outline drawn y up, placed on the picture."""
    sign = -size if mirrored else size
    return polygon * np.array((sign, -size)) + np.array((x, base))


def hole(frame: tuple[float, float, float, float], openings: Iterable[Floats]) -> Floats:
    """A wall from left, top, right, bottom with openings in it, as one outline."""
    left, top, right, bottom = frame
    made = [np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])]
    for opening in openings:
        made += [opening, opening[:1], np.array([(left, top)])]
    return np.concatenate(made)


def leaf(x: float, y: float, to_x: float, to_y: float, wide: float) -> Floats:
    """A leaf or petal from its stalk to its tip."""
    across, down = to_x - x, to_y - y
    side_x, side_y = -down * wide, across * wide
    rows = ((0.0, 0.0), (0.22, 0.62), (0.5, 1.0), (0.8, 0.6), (1.0, 0.0))
    left = [(x + across * at + side_x * out, y + down * at + side_y * out) for at, out in rows]
    right = [(x + across * at - side_x * out, y + down * at - side_y * out) for at, out in rows[1:-1]][::-1]
    points = np.array(left + right)
    return _through(points, [at in {0, 4} for at in range(len(points))], closed=True)
