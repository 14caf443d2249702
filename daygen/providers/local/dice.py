"""Chance that is the same everywhere: draws are named and counted, so adding one never disturbs another."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Floats = NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_BITS = 11  # 64 - 53: what a float64 cannot hold
_REROLL = 0.4  # a nudge this strong may also change what was chosen, not only how much of it


def _mix(value: int) -> int:
    """SplitMix64's finaliser: every bit of the input moves half of the output's."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


@cache
def _name(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def root_of(text: str, seed: int) -> int:
    """64 bits from words and a seed. Lone surrogates are allowed."""
    said = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return _mix((int.from_bytes(said, "big") + _GOLDEN * (seed & _MASK)) & _MASK)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One step away from a picture: every draw moves by `amount` (0 to 1) towards another's."""

    root: int
    amount: float


@dataclass(frozen=True, slots=True)
class Dice:
    """Named draws of one picture. The same name and index give the same number, in any order, on any machine."""

    root: int
    nudges: tuple[Nudge, ...] = ()

    def nudged(self, root: int, amount: float) -> "Dice":
        """The same dice, a step further."""
        return replace(self, nudges=(*self.nudges, Nudge(root, amount)))

    def unit(self, name: str, index: int = 0) -> float:
        """A number in [0, 1)."""
        key = _name(name)
        value = _draw(self.root, key, index)
        for nudge in self.nudges:
            value += nudge.amount * (_draw(nudge.root, key, index) - value)
        return value

    def between(self, name: str, low: float, high: float, index: int = 0) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.unit(name, index)

    def _choice(self, name: str, index: int) -> float:
        """A draw for a decision: small nudges leave it alone, strong ones take it again half of the time."""
        key = _name(name)
        value = _draw(self.root, key, index)
        for nudge in self.nudges:
            if nudge.amount >= _REROLL and _draw(nudge.root, key, index + 1_000_003) < nudge.amount / 2:
                value = _draw(nudge.root, key, index)
        return value

    def chance(self, name: str, share: float, index: int = 0) -> bool:
        """True in `share` of all pictures."""
        return self._choice(name, index) < share

    def pick(self, name: str, options: Sequence[T], index: int = 0) -> T:
        """One of the options, all alike likely."""
        return options[int(self._choice(name, index) * len(options))]

    def whole(self, name: str, low: int, high: int, index: int = 0) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._choice(name, index) * (high - low + 1))

    def lattice(self, name: str, at: NDArray[np.int64]) -> Floats:
        """One number in [0, 1) for each integer of an array."""
        key = _name(name)
        value = _draws(self.root, key, at)
        for nudge in self.nudges:
            value = value + nudge.amount * (_draws(nudge.root, key, at) - value)
        return value

    def noise(self, name: str, at: Floats) -> Floats:
        """Smooth noise along a line, -1 to 1, one feature a unit."""
        cell = np.floor(at)
        share = at - cell
        smooth = share * share * share * (share * (share * 6.0 - 15.0) + 10.0)
        index = cell.astype(np.int64)
        left, right = self.lattice(name, index), self.lattice(name, index + 1)
        return (left + (right - left) * smooth) * 2.0 - 1.0

    def tide(self, name: str, at: Floats, octaves: int, phase: float) -> Floats:
        """Noise of several scales that changes with a phase and is the same again after a whole turn of it."""
        value = self.fractal(name, at, octaves)
        if phase == 0.0:
            return value
        turn = 2.0 * math.pi * phase
        return value * math.cos(turn) + self.fractal(f"{name}.tide", at, octaves) * math.sin(turn)

    def zigzag(self, name: str, at: Floats) -> Floats:
        """Noise in straight lines, -1 to 1, one corner a unit."""
        cell = np.floor(at)
        index = cell.astype(np.int64)
        left, right = self.lattice(name, index), self.lattice(name, index + 1)
        return (left + (right - left) * (at - cell)) * 2.0 - 1.0

    def fractal(self, name: str, at: Floats, octaves: int, gain: float = 0.5) -> Floats:
        """Noise of several scales, each twice as fine and `gain` as strong; about -1 to 1."""
        total, weight, strength = np.zeros_like(at), 0.0, 1.0
        for octave in range(octaves):
            total = total + strength * self.noise(f"{name}.{octave}", at * float(1 << octave) + 17.0 * octave)
            weight += strength
            strength *= gain
        return total / weight


def _draw(root: int, key: int, index: int) -> float:
    return (_mix((_mix(root ^ key) + _GOLDEN * (index & _MASK)) & _MASK) >> _BITS) / 9007199254740992.0


def _draws(root: int, key: int, at: NDArray[np.int64]) -> Floats:
    value = at.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(_mix(root ^ key))
    value = (value ^ value >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ value >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    value = value ^ value >> np.uint64(31)
    return (value >> np.uint64(_BITS)).astype(np.float64) / 9007199254740992.0
