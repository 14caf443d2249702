"""The upper edges of ranges: peaks, hills, wooded ridges, dunes and mesas."""

from collections.abc import Callable

import numpy as np

from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.plates import Profile

_STRIDE = 0.34  # units from summit to summit, about
_DUNE = 0.7  # and from dune to dune

Form = Callable[[Dice, str, Floats, float], Floats]
"""Height above a layer's base, 0 to about 1, at each x; the last is how near the layer is."""


def peaks(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Alpine crests."""
    made = np.full_like(xs, 0.12) + 0.1 * dice.zigzag(f"{name}.ground", xs * 2.2)
    # Summits stand at irregular steps; each falls off in straight, unequal flanks.
    first, last = int(float(xs.min()) / _STRIDE) - 3, int(float(xs.max()) / _STRIDE) + 3
    for index in range(max(first, -40), min(last, 220)):
        key = index + 4096
        at = (index + dice.between(f"{name}.at", 0.12, 0.88, key)) * _STRIDE
        high = 0.38 + 0.62 * dice.unit(f"{name}.high", key) ** 1.6
        left, right = dice.between(f"{name}.left", 1.5, 2.9, key), dice.between(f"{name}.right", 1.5, 2.9, key)
        away = xs - at
        flank = np.where(away < 0, -away * left, away * right)
        made = np.maximum(made, high - flank * (1.25 - 0.5 * np.clip(flank, 0, 1)))
    rough, strength = np.zeros_like(xs), 0.12
    for octave, pitch in enumerate((5.5, 12.0, 27.0, 60.0, 130.0)):
        rough = rough + strength * dice.zigzag(f"{name}.rough.{octave}", xs * (pitch + near))
        strength *= 0.5
    return made + rough * (0.35 + made)


def hills(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Soft downs."""
    return 0.5 + 0.5 * dice.fractal(f"{name}.hill", xs * (1.25 + 0.35 * near), 3, 0.32)


def ridges(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Wooded ridges: waves upon waves, as in a misty morning."""
    return 0.5 + 0.55 * dice.fractal(f"{name}.ridge", xs * (2.6 + 0.8 * near), 4, 0.42)


def dunes(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Dunes: long hollows that end in a sharp crest."""
    made = np.full_like(xs, 0.08) + 0.1 * dice.noise(f"{name}.sweep", xs * 1.1)
    first, last = int(float(xs.min()) / _DUNE) - 3, int(float(xs.max()) / _DUNE) + 3
    for index in range(max(first, -30), min(last, 110)):
        key = index + 4096
        at = (index + dice.between(f"{name}.at", 0.1, 0.9, key)) * _DUNE
        away = xs - at
        gentle, steep = dice.between(f"{name}.gentle", 0.8, 1.3, key), dice.between(f"{name}.steep", 0.4, 0.65, key)
        side = dice.pick(f"{name}.lee", (-1.0, 1.0))
        share = np.clip(1.0 - np.where(away * side < 0, np.abs(away) / gentle, np.abs(away) / steep), 0, 1)
        made = np.maximum(made, (0.35 + 0.6 * dice.unit(f"{name}.high", key)) * share * np.sqrt(share))
    return made + 0.06 * near * dice.noise(f"{name}.roll", xs * 2.3)


def mesas(dice: Dice, name: str, xs: Floats, near: float) -> Floats:
    """Table mountains: steep walls, flat tops, a talus at the foot."""
    raw = dice.fractal(f"{name}.mesa", xs * (1.5 + 0.4 * near), 2, 0.4)
    wall = np.clip((raw - 0.02) * 14.0, 0, 1) * 0.62
    step = np.clip((raw - 0.3) * 16.0, 0, 1) * 0.3
    talus = np.clip(raw * 1.4 + 0.4, 0, 1) * 0.22
    return wall + step + talus + 0.015 * dice.fractal(f"{name}.chip", xs * 24.0, 3)


def profile_of(dice: Dice, form: Form, name: str, base: float, high: float, near: float) -> Profile:
    """A layer's edge."""

    def edge(xs: Floats) -> Floats:
        return base - high * form(dice, name, xs, near)

    return edge
