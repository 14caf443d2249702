"""Outlines of things, in units, standing on the point they are given: trees, boats, houses, birds, clouds."""

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


def conifer(x: float, base: float, high: float, dice: Dice, index: int) -> Floats:
    """A spruce: boughs that hang, each tier a little different from the next."""
    tiers = 6 + index % 4
    lean = dice.between("conifer.lean", -0.02, 0.02, index) * high
    slim = dice.between("conifer.slim", 0.15, 0.23, index)
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(tiers):
        share = (tier + 1) / tiers
        y = base - high * (1 - 0.93 * share)
        for side, points in ((-1, left), (1, right)):
            key = index * 64 + tier * 2 + (side > 0)
            reach = slim * high * (share**0.85) * dice.between("conifer.reach", 0.72, 1.12, key)
            drop = 0.025 * high * dice.between("conifer.drop", 0.2, 1.5, key)
            centre = x + lean * (1 - share)
            points.append((centre + side * reach, y + drop))
            points.append((centre + side * reach * dice.between("conifer.notch", 0.38, 0.58, key), y - 0.012 * high))
    trunk = 0.016 * high
    outline = [(x + lean, base - high), *right, (x + trunk, base - 0.05 * high), (x + trunk, base + 0.02 * high)]
    outline += [(x - trunk, base + 0.02 * high), (x - trunk, base - 0.05 * high), *reversed(left)]
    return np.array(outline)


def leafy(x: float, base: float, high: float, dice: Dice, index: int) -> Outlines:
    """A broad tree: a forked trunk under a crown of many rounds."""
    wide = 0.045 * high
    parts = [
        np.array(
            [
                (x - wide * 0.9, base + 0.02 * high), (x - wide * 0.45, base - 0.28 * high),
                (x - 0.17 * high, base - 0.56 * high), (x - 0.14 * high, base - 0.58 * high),
                (x - wide * 0.1, base - 0.38 * high), (x + wide * 0.1, base - 0.7 * high),
                (x + wide * 0.5, base - 0.36 * high), (x + 0.15 * high, base - 0.55 * high),
                (x + 0.17 * high, base - 0.52 * high), (x + wide * 0.5, base - 0.24 * high),
                (x + wide * 0.9, base + 0.02 * high),
            ]
        )
    ]  # fmt: skip
    for part in range(13):
        key = index * 16 + part
        across = (dice.unit("leafy.x", key) + dice.unit("leafy.xx", key) - 1.0) * 0.33 * high
        up = 0.66 + dice.between("leafy.y", -0.16, 0.2, key) - abs(across / high) * 0.3
        size = dice.between("leafy.r", 0.085, 0.16, key) * high
        parts.append(tuft(x + across, base - up * high, size, dice, key))
    return parts


def bare(x: float, base: float, high: float, dice: Dice, index: int) -> Outlines:
    """A broad tree in winter: limbs that fork until they are twigs."""
    parts: Outlines = []
    # Each limb: foot, direction (up is negative), length, thickness, how often it still forks, its number.
    limbs = [(x, base + 0.02 * high, 0.0, -1.0, 0.3 * high, 0.05 * high, 6, 1)]
    while limbs:
        foot_x, foot_y, right, down, long, thick, forks, number = limbs.pop()
        tip_x, tip_y = foot_x + right * long, foot_y + down * long
        thin = thick * 0.62
        parts.append(
            np.array(
                [
                    (foot_x + down * thick / 2, foot_y - right * thick / 2),
                    (tip_x + down * thin / 2, tip_y - right * thin / 2),
                    (tip_x - down * thin / 2, tip_y + right * thin / 2),
                    (foot_x - down * thick / 2, foot_y + right * thick / 2),
                ]
            )
        )
        for side in (-1.0, 1.0) if forks else ():
            child = number * 2 + (side > 0)
            key = index * 512 + child
            turn = side * dice.between("bare.turn", 0.22, 0.72, key)
            lean_x, lean_y = right - down * turn, down + right * turn - 0.12
            size = math.sqrt(lean_x * lean_x + lean_y * lean_y)
            grown = long * dice.between("bare.long", 0.62, 0.86, key)
            limbs.append((tip_x, tip_y, lean_x / size, lean_y / size, grown, thin, forks - 1, child))
    return parts


def tuft(x: float, y: float, radius: float, dice: Dice, index: int) -> Floats:
    """A round of leaves with an uneven rim."""
    rim = circle(28)
    rough = dice.lattice("tuft", np.arange(28, dtype=np.int64) + index * 28)
    return rim * (radius * (0.84 + 0.26 * rough))[:, None] + np.array((x, y))


def poplar(x: float, base: float, high: float) -> Floats:
    """A cypress or poplar: a flame."""
    share = [(0.0, 1.0), (0.055, 0.86), (0.088, 0.6), (0.09, 0.35), (0.06, 0.12), (0.018, 0.07), (0.018, -0.02)]
    right = [(x + across * high, base - up * high) for across, up in share]
    left = [(x - across * high, base - up * high) for across, up in reversed(share[1:])]
    return np.array(right + left)


def palm(x: float, base: float, high: float, dice: Dice, index: int) -> Outlines:
    """A palm with a leaning trunk and drooping fronds."""
    lean = dice.between("palm.lean", -0.28, 0.28, index) * high
    steps = [step / 10 for step in range(11)]
    spine = [(x + lean * step * step, base - high * step) for step in steps]
    thick = [0.021 * high * (1 - 0.5 * step) for step in steps]
    trunk = [(at[0] - half, at[1]) for at, half in zip(spine, thick, strict=True)]
    trunk += [(at[0] + half, at[1]) for at, half in reversed(list(zip(spine, thick, strict=True)))]
    crown = spine[-1]
    parts = [np.array(trunk)]
    for frond in range(10):
        key = index * 10 + frond
        side = 1.0 if frond % 2 else -1.0
        turn = side * (0.28 + 0.18 * (frond // 2)) + dice.between("palm.frond", -0.06, 0.06, key)
        reach = high * dice.between("palm.reach", 0.36, 0.47, key)
        upper: list[tuple[float, float]] = []
        lower: list[tuple[float, float]] = []
        for tooth in range(25):
            step = tooth / 24
            out = turn * reach * step * (1.16 - 0.16 * step)
            rise = reach * ((1.2 - 0.85 * abs(turn)) * step - (0.98 - 0.06 * abs(turn)) * step * step)
            leaf = 0.062 * high * (1 - step) ** 0.5 * min(1.0, step * 5 + 0.1)
            upper.append((crown[0] + out, crown[1] - rise - leaf * 0.22))
            lower.append(
                (
                    crown[0] + out + (0.35 * leaf * side if tooth % 2 else 0),
                    crown[1] - rise + leaf * (1.2 if tooth % 2 else 0.12),
                )
            )
        parts.append(np.array(upper + lower[::-1]))
    parts += [disc(crown[0] + at * high, crown[1] + 0.02 * high, 0.018 * high, 16) for at in (-0.02, 0.018)]
    return parts


def cactus(x: float, base: float, high: float, dice: Dice, index: int) -> Outlines:
    """A saguaro with one or two arms."""
    half = 0.075 * high
    parts = [box(x - half, base - high + half, x + half, base + 0.02 * high), disc(x, base - high + half, half, 40)]
    for side in (-1, 1):
        if side < 0 or dice.chance("cactus.arms", 0.65, index):
            elbow = base - high * dice.between("cactus.elbow", 0.32, 0.52, index * 2 + (side > 0))
            tip = elbow - high * dice.between("cactus.tip", 0.2, 0.34, index * 2 + (side > 0))
            out, arm = x + side * 0.23 * high, 0.05 * high
            parts += [
                box(min(x, out), elbow - arm, max(x, out), elbow + arm), disc(out, elbow, arm, 24),
                box(out - arm, tip, out + arm, elbow), disc(out, tip, arm, 24),
            ]  # fmt: skip
    return parts


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


def blade(x: float, base: float, high: float, bend: float, wide: float) -> Floats:
    """A leaf of grass."""
    return np.array(
        [
            (x - wide, base), (x - wide * 0.6 + bend * 0.3, base - high * 0.55), (x + bend, base - high),
            (x + wide * 0.6 + bend * 0.36, base - high * 0.55), (x + wide, base),
        ]
    )  # fmt: skip
