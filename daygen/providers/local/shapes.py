"""Outlines of things, in units, standing on the point they are given: boats, houses, birds, clouds."""

import math
from functools import cache

import numpy as np

from daygen.providers.local.dice import Dice, Floats

Outlines = list[Floats]

_DIGITS = 7  # sines differ in their last bits between machines; here they do not


@cache
def circle(corners: int) -> Floats:
    """Points on the unit circle."""
    turns = [2 * math.pi * corner / corners for corner in range(corners)]
    return np.array([(round(math.cos(turn), _DIGITS), round(math.sin(turn), _DIGITS)) for turn in turns])


def disc(x: float, y: float, radius: float, corners: int = 240) -> Floats:
    """A round."""
    return circle(corners) * radius + np.array((x, y))


def oval(x: float, y: float, across: float, down: float, corners: int = 40) -> Floats:
    """A round, stretched."""
    return circle(corners) * np.array((across, down)) + np.array((x, y))


def box(left: float, top: float, right: float, bottom: float) -> Floats:
    """A rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def dome(x: float, y: float, across: float, up: float) -> Floats:
    """The upper half of an oval."""
    half = circle(48)[24:]
    return np.vstack([half * np.array((across, up)) + np.array((x, y)), [(x + across, y)]])


def placed(points: list[tuple[float, float]], x: float, y: float, size: float, *, mirrored: bool = False) -> Floats:
    """An outline drawn in a square of 1 (y up), put at a place."""
    sign = -1.0 if mirrored else 1.0
    return np.array([(x + sign * across * size, y - up * size) for across, up in points])


def bird(x: float, y: float, size: float, lift: float) -> Floats:
    """A gull far away."""
    upper = [(-1.0, 0.3), (-0.55, 0.62), (-0.1, 0.02), (0.0, -0.06), (0.1, 0.02), (0.55, 0.66), (1.0, 0.22)]
    lower = [(0.5, 0.38), (0.06, -0.14), (-0.06, -0.14), (-0.5, 0.36)]
    return placed([(across, up * lift if up > 0 else up) for across, up in upper + lower], x, y, size)


def sailboat(x: float, y: float, size: float, *, mirrored: bool = False) -> tuple[Outlines, Outlines]:
    """A sloop: its hull and mast, and its sails."""
    hull = [(-0.36, 0.1), (0.4, 0.13), (0.27, -0.03), (-0.26, -0.03)]
    mast = [(-0.008, 0.1), (0.008, 0.1), (0.006, 1.04), (-0.002, 1.04)]
    main = [(-0.03, 1.0), (-0.1, 0.72), (-0.22, 0.4), (-0.36, 0.19), (-0.03, 0.17)]
    jib = [(0.03, 0.92), (0.14, 0.6), (0.37, 0.18), (0.2, 0.2), (0.03, 0.18)]
    dark = [placed(part, x, y, size, mirrored=mirrored) for part in (hull, mast)]
    return dark, [placed(part, x, y, size, mirrored=mirrored) for part in (main, jib)]


def trawler(x: float, y: float, size: float, *, mirrored: bool = False) -> tuple[Outlines, Outlines]:
    """A fishing boat: hull, house and mast, and the light in its window."""
    hull = [(-0.5, 0.16), (-0.36, 0.1), (0.1, 0.1), (0.36, 0.2), (0.56, 0.3), (0.42, -0.04), (-0.42, -0.04)]
    house = [
        (-0.24, 0.1),
        (-0.24, 0.4),
        (-0.28, 0.4),
        (-0.28, 0.44),
        (0.08, 0.44),
        (0.08, 0.4),
        (0.04, 0.4),
        (0.04, 0.1),
    ]
    mast = [(0.14, 0.1), (0.165, 0.1), (0.16, 0.86), (0.145, 0.86)]
    boom = [(0.15, 0.78), (0.16, 0.75), (-0.34, 0.5), (-0.34, 0.52)]
    stay = [(0.152, 0.84), (0.158, 0.84), (0.52, 0.28), (0.51, 0.28)]
    window = [(-0.19, 0.26), (-0.19, 0.35), (-0.01, 0.35), (-0.01, 0.26)]
    dark = [placed(part, x, y, size, mirrored=mirrored) for part in (hull, house, mast, boom, stay)]
    return dark, [placed(window, x, y, size, mirrored=mirrored)]


def lighthouse(x: float, base: float, high: float) -> tuple[Outlines, Outlines, Outlines, tuple[float, float]]:
    """A tower: its body, its bands, its lamp, and where the lamp is."""
    wide, slim = 0.105 * high, 0.068 * high

    def half(share: float) -> float:
        return wide + (slim - wide) * share

    tower = np.array(
        [
            (x - half(0), base + 0.03 * high), (x - half(0.8), base - 0.72 * high),
            (x + half(0.8), base - 0.72 * high), (x + half(0), base + 0.03 * high),
        ]
    )  # fmt: skip
    gallery = box(x - 0.105 * high, base - 0.75 * high, x + 0.105 * high, base - 0.72 * high)
    rail = box(x - 0.095 * high, base - 0.795 * high, x + 0.095 * high, base - 0.785 * high)
    posts = [box(x + at * high, base - 0.79 * high, x + (at + 0.006) * high, base - 0.74 * high)
             for at in (-0.095, -0.05, 0.044, 0.089)]  # fmt: skip
    roof = placed([(-0.075, 0.9), (0.0, 0.985), (0.075, 0.9)], x, base, high)
    spike = box(x - 0.004 * high, base - 1.03 * high, x + 0.004 * high, base - 0.97 * high)
    frame = [box(x + at * high, base - 0.91 * high, x + (at + 0.008) * high, base - 0.74 * high)
             for at in (-0.06, -0.004, 0.052)]  # fmt: skip
    bands: Outlines = []
    for low, top in ((0.16, 0.32), (0.48, 0.62)):
        bands.append(
            np.array(
                [
                    (x - half(low / 0.9), base - low * high), (x - half(top / 0.9), base - top * high),
                    (x + half(top / 0.9), base - top * high), (x + half(low / 0.9), base - low * high),
                ]
            )
        )  # fmt: skip
    lamp = box(x - 0.055 * high, base - 0.905 * high, x + 0.055 * high, base - 0.75 * high)
    body = [tower]
    dark = [gallery, rail, *posts, roof, spike, *frame]
    return body + dark, bands, [lamp], (x, base - 0.83 * high)


def beam(x: float, y: float, to_x: float, to_y: float, spread: float) -> Floats:
    """A cone of light."""
    return np.array([(x, y - 0.004), (to_x, to_y - spread), (to_x, to_y + spread), (x, y + 0.004)])


def cabin(x: float, base: float, size: float) -> tuple[Outlines, Outlines, Outlines]:
    """A small house: walls and chimney, roof, lit windows."""
    walls = [box(x - 0.5 * size, base - 0.46 * size, x + 0.5 * size, base + 0.05 * size)]
    walls.append(box(x + 0.22 * size, base - 1.02 * size, x + 0.34 * size, base - 0.6 * size))
    roof = [placed([(-0.64, 0.42), (-0.34, 0.9), (0.34, 0.9), (0.64, 0.42)], x, base, size)]
    windows = [
        box(x + at * size, base - 0.32 * size, x + (at + 0.16) * size, base - 0.13 * size) for at in (-0.36, 0.2)
    ]
    windows.append(box(x - 0.06 * size, base - 0.32 * size, x + 0.08 * size, base + 0.03 * size))
    return walls, roof, windows


def tent(x: float, base: float, size: float) -> tuple[Outlines, Outlines]:
    """A tent: its cloth, and the light in its door."""
    cloth = [placed([(-0.62, 0.0), (-0.04, 0.62), (0.0, 0.6), (0.04, 0.62), (0.62, 0.0)], x, base, size)]
    return cloth, [placed([(-0.2, 0.0), (0.0, 0.46), (0.2, 0.0)], x, base, size)]


_DEER = [
    (-0.42, 0.0), (-0.4, 0.3), (-0.44, 0.46), (-0.46, 0.62), (-0.5, 0.56), (-0.53, 0.6), (-0.49, 0.68), (-0.38, 0.72),
    (-0.1, 0.69), (0.16, 0.73), (0.27, 0.86), (0.32, 1.02), (0.27, 1.08), (0.33, 1.1), (0.335, 1.2), (0.26, 1.3),
    (0.2, 1.5),
    (0.235, 1.48), (0.27, 1.36), (0.29, 1.46), (0.32, 1.45), (0.305, 1.33), (0.36, 1.22), (0.37, 1.13), (0.4, 1.14),
    (0.43, 1.28), (0.5, 1.4), (0.49, 1.54), (0.52, 1.54), (0.54, 1.38), (0.6, 1.44), (0.62, 1.42), (0.5, 1.26),
    (0.43, 1.12),
    (0.5, 1.1), (0.6, 1.0), (0.57, 0.95), (0.45, 0.97), (0.4, 0.8), (0.36, 0.6), (0.3, 0.46), (0.29, 0.26), (0.31, 0.0),
    (0.25, 0.0), (0.23, 0.24), (0.18, 0.42), (0.15, 0.22), (0.17, 0.0), (0.11, 0.0), (0.09, 0.24), (0.07, 0.46),
    (-0.12, 0.45), (-0.24, 0.42), (-0.3, 0.3), (-0.27, 0.18), (-0.28, 0.0), (-0.33, 0.0), (-0.34, 0.18), (-0.37, 0.0),
]  # fmt: skip


def deer(x: float, base: float, size: float, *, mirrored: bool) -> Floats:
    """A stag, listening."""
    return placed(_DEER, x, base, size, mirrored=mirrored)


def balloon(x: float, y: float, size: float) -> tuple[Outlines, Outlines]:
    """A hot-air balloon: the whole of it, and the lighter gores."""
    envelope = [
        (0.0, 1.0),
        (0.2, 0.965),
        (0.36, 0.86),
        (0.45, 0.7),
        (0.46, 0.54),
        (0.4, 0.38),
        (0.26, 0.2),
        (0.11, 0.04),
    ]
    outline = envelope + [(-across, up) for across, up in reversed(envelope[1:])]
    basket = [(-0.06, -0.1), (0.06, -0.1), (0.05, -0.2), (-0.05, -0.2)]
    ropes = [[(side * 0.1, 0.04), (side * 0.092, 0.04), (side * 0.05, -0.1), (side * 0.058, -0.1)] for side in (-1, 1)]
    gores: Outlines = []
    for low, high in ((-0.62, -0.22), (0.2, 0.6)):
        edge = [(across * high, up) for across, up in envelope]
        back = [(across * low, up) for across, up in reversed(envelope)]
        gores.append(placed(edge + back, x, y, size))
    return [placed(part, x, y, size) for part in (outline, basket, *ropes)], gores


def cumulus(x: float, y: float, wide: float, dice: Dice, index: int) -> Outlines:
    """A heap of cloud with a flat foot."""
    parts: Outlines = []
    for part in range(7):
        share = part / 6 * 2 - 1
        key = index * 8 + part
        size = wide * (0.13 + 0.2 * (1 - share * share)) * dice.between("cumulus", 0.7, 1.15, key)
        parts.append(dome(x + share * wide * 0.42, y, size, size * 0.85))
    parts.append(oval(x, y, wide * 0.62, wide * 0.035))
    return parts


def stratus(x: float, y: float, wide: float, dice: Dice, index: int) -> Outlines:
    """Long flat streaks of cloud, one over the other."""
    parts: Outlines = []
    for part in range(4):
        key = index * 8 + part
        across = wide * dice.between("stratus.w", 0.35, 1.0, key)
        thick = wide * dice.between("stratus.t", 0.016, 0.034, key)
        left = x + wide * dice.between("stratus.x", -0.5, 0.5, key)
        parts.append(streak(left, y + part * wide * 0.04, across, thick))
    return parts


def streak(x: float, y: float, half: float, thick: float) -> Floats:
    """A rounded bar, thin at its ends."""
    rim = circle(64)
    across = rim[:, 0]
    return np.stack([x + across * half, y + rim[:, 1] * thick * (1.05 - 0.55 * across * across)], axis=1)
