"""Soft pictures: noise and blur that are kept small and enlarged a few rows at a time, so that they cost no memory."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from daygen.providers.local.dice import Dice
from daygen.providers.local.raster import Band, Pixels, Sheet, soft_field

_CELLS = 2.2  # of white noise, for each feature that is left of it


@dataclass(frozen=True, slots=True)
class Soft:
    """A small picture that stands for one of `size` pixels."""

    small: Image.Image
    size: tuple[int, int]

    def rows(self, band: Band) -> Image.Image:
        """These rows of it, at its size."""
        step = self.small.height / self.size[1]
        area = (0.0, band.start * step, float(self.small.width), min(band.stop * step, float(self.small.height)))
        return self.small.resize((self.size[0], band.stop - band.start), Image.Resampling.BICUBIC, area)

    def part(self, band: Band) -> Pixels:
        """These rows of it, -1 to 1."""
        return np.asarray(self.rows(band)).astype(np.float32) * np.float32(1 / 127.5) - np.float32(1)


def field(dice: Dice, name: str, sheet: Sheet, features: float) -> Soft:
    """Clouds of noise over the whole sheet, as round as clouds are, so many of them along a unit."""
    across, down = (max(4, round(side * features * _CELLS)) for side in (sheet.frame.wide, sheet.frame.high))
    cells = (dice.lattice(name, np.arange(across * down, dtype=np.int64)) * 1024).astype(np.int32).reshape(down, across)
    for axis in (0, 1):
        one, other = np.roll(cells, 1, axis), np.roll(cells, -1, axis)
        cells = (np.roll(cells, 2, axis) + np.roll(cells, -2, axis) + 4 * (one + other) + 6 * cells) >> 4
    spread = np.clip((cells - 512) * 13 // 16 + 128, 0, 255).astype(np.uint8)
    return Soft(Image.fromarray(spread), (sheet.width, sheet.height))


def streaks(dice: Dice, name: str, sheet: Sheet, along: float, across: float) -> Soft:
    """What the hairs of a broad brush leave: long lines, so many features along a unit and across it."""
    size = (max(2, round(along * sheet.frame.wide)), max(2, round(across * sheet.frame.high)))
    return Soft(Image.fromarray(soft_field(dice, name, *size, (size[0] * 4, size[1]))), (sheet.width, sheet.height))


def softened(image: Image.Image, pixels: float) -> Soft:
    """A picture blurred by about so many pixels."""
    factor = max(1, round(pixels))
    wide, high = max(1, image.width // factor), max(1, image.height // factor)
    small = image if factor == 1 else image.resize((wide, high), Image.Resampling.BOX)
    return Soft(small, image.size)
