"""Outlines of what grows: trees, palms, cacti and grass, in units, standing on the point they are given."""

import math

import numpy as np

from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.shapes import Outlines, box, circle, disc


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


def blade(x: float, base: float, high: float, bend: float, wide: float) -> Floats:
    """A leaf of grass."""
    return np.array(
        [
            (x - wide, base), (x - wide * 0.6 + bend * 0.3, base - high * 0.55), (x + bend, base - high),
            (x + wide * 0.6 + bend * 0.36, base - high * 0.55), (x + wide, base),
        ]
    )  # fmt: skip
