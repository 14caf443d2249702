"""Water, pigment and paper: what watercolour and ink wash share once a picture has been laid out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from daygen.providers.local.colour import Ink
from daygen.providers.local.dice import Dice
from daygen.providers.local.raster import Band, Bytes, Pixels, Shares, Sheet, soft_field

_CELLS = 2.2  # of white noise, for each feature that is left of it
_STEPS = 96  # densities between none and the most
_MOST = 3.0


def field(dice: Dice, name: str, sheet: Sheet, features: float) -> Image.Image:
    """Clouds of noise over the whole sheet, as round as clouds are, so many of them along a unit."""
    across, down = (max(4, round(side * features * _CELLS)) for side in (sheet.frame.wide, sheet.frame.high))
    cells = (dice.lattice(name, np.arange(across * down, dtype=np.int64)) * 1024).astype(np.int32).reshape(down, across)
    for axis in (0, 1):
        one, other = np.roll(cells, 1, axis), np.roll(cells, -1, axis)
        cells = (np.roll(cells, 2, axis) + np.roll(cells, -2, axis) + 4 * (one + other) + 6 * cells) >> 4
    spread = np.clip((cells - 512) * 13 // 16 + 128, 0, 255).astype(np.uint8)
    return Image.fromarray(spread).resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)


def streaks(dice: Dice, name: str, sheet: Sheet, along: float, across: float) -> Image.Image:
    """What the hairs of a broad brush leave: long lines, so many features along a unit and across it."""
    size = (max(2, round(along * sheet.frame.wide)), max(2, round(across * sheet.frame.high)))
    small = soft_field(dice, name, *size, (size[0] * 4, size[1]))
    return Image.fromarray(small).resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)


def part(image: Image.Image, band: Band) -> Pixels:
    """These rows of a field, -1 to 1."""
    rows = np.asarray(image.crop((0, band.start, image.width, band.stop)))
    return rows.astype(np.float32) * np.float32(1 / 127.5) - np.float32(1)


def wandered(sheet: Sheet, source: Image.Image, bands: Iterator[Band], reach: float) -> Image.Image:
    """The picture as a hand would follow it: every edge strays a little, by `reach` units at most."""
    made = Image.new("RGB", source.size)
    dice = sheet.dice
    moves = [
        (field(dice, "stray.x", sheet, 9.0), field(dice, "stray.fine.x", sheet, 46.0)),
        (field(dice, "stray.y", sheet, 9.0), field(dice, "stray.fine.y", sheet, 46.0)),
    ]
    far = reach * sheet.scale
    edge = int(far * 2) + 2
    columns = np.arange(sheet.width, dtype=np.int32)[None, :]
    for band in bands:
        first, last = max(0, band.start - edge), min(sheet.height, band.stop + edge)
        pixels = np.asarray(source.crop((0, first, sheet.width, last)).convert("RGBX")).view(np.uint32)[:, :, 0]
        across, down = (
            np.floor(
                part(coarse, band) * np.float32(far) + part(fine, band) * np.float32(far * 0.45) + np.float32(0.5)
            ).astype(np.int32)
            for coarse, fine in moves
        )
        rows = np.arange(band.start - first, band.stop - first, dtype=np.int32)[:, None]
        at = np.clip(rows + down, 0, last - first - 1) * np.int32(sheet.width)
        at += np.clip(columns + across, 0, sheet.width - 1)
        moved = pixels.ravel()[at].view(np.uint8).reshape(band.stop - band.start, sheet.width, 4)
        made.paste(Image.fromarray(np.ascontiguousarray(moved[:, :, :3])), (0, band.start))
    return made


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture on wet paper: as put down, as it runs, and how light it is: itself, close by and around."""

    sharp: Image.Image
    running: Image.Image
    own: Image.Image
    near: Image.Image
    around: Image.Image

    def lights(self, band: Band) -> tuple[Pixels, Pixels, Pixels]:
        """How light these rows are, close by and around, 0 to 1."""
        own, near, around = (
            np.asarray(image.crop(_rows(image, band))).astype(np.float32) * np.float32(1 / 255)
            for image in (self.own, self.near, self.around)
        )
        return own, near, around

    def run(self, band: Band, damp: Shares, most: int) -> Bytes:
        """The colours of these rows, run into each other where the paper is damp (0 to 1), by `most` of 255."""
        rows = _rows(self.sharp, band)
        share = Image.fromarray((damp * most).astype(np.uint8))
        return np.asarray(Image.composite(self.running.crop(rows), self.sharp.crop(rows), share))


def _rows(image: Image.Image, band: Band) -> tuple[int, int, int, int]:
    return 0, band.start, image.width, band.stop


def put_down(sheet: Sheet, drawn: Image.Image, stray: float, reaches: tuple[float, float, float]) -> Layout:
    """Let the hand stray by `stray` units; `reaches` are how far close by is, around is, and paint runs."""
    sharp = wandered(sheet, drawn, sheet.bands(), stray)
    own = sharp.convert("L")
    near, around, run = (reach * sheet.scale for reach in reaches)
    return Layout(sharp, softened(sharp, run), own, softened(own, near), softened(own, around))


def dried(sheet: Sheet, band: Band, made: Bytes, tooth: Pixels, depth: tuple[float, int]) -> None:
    """Put painted rows on the sheet: `depth` is how deep its tooth is, and how rough its grain."""
    noise = (sheet.grain(band, 997).astype(np.int16) - 128) * depth[1] >> 7
    relief = (tooth * np.float32(depth[0])).astype(np.int16) + noise
    picture = made.astype(np.int16) + relief[:, :, None]
    sheet.image.paste(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), (0, band.start))


def softened(image: Image.Image, pixels: float) -> Image.Image:
    """Blurred by about so many pixels, at the cost of a small picture."""
    factor = max(1, round(pixels))
    if factor == 1:
        return image
    wide, high = max(1, image.width // factor), max(1, image.height // factor)
    small = image.resize((wide, high), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def margins(sheet: Sheet, band: Band, margin: float) -> Pixels:
    """How far inside the painted part each place lies, in units: below 0 the brush did not go."""
    wide, high = sheet.frame.wide, sheet.frame.high
    xs = sheet.xs.astype(np.float32)[None, :]
    dice = sheet.dice
    left, right = (
        (margin + 0.010 * dice.fractal(f"brush.{side}", band.ys[:, 0].astype(np.float64) * 14.0, 4, 0.55)).astype(
            np.float32
        )[:, None]
        for side in ("left", "right")
    )
    top, bottom = (
        (margin + 0.010 * dice.fractal(f"brush.{side}", sheet.xs * 14.0, 4, 0.55)).astype(np.float32)[None, :]
        for side in ("top", "bottom")
    )
    inside = np.minimum(xs - left, np.float32(wide) - xs - right)
    return np.minimum(inside, np.minimum(band.ys - top, np.float32(high) - band.ys - bottom))


@cache
def _thickened(paper: Ink) -> tuple[Bytes, ...]:
    """For each channel: what a colour becomes where its pigment lies so much thicker or thinner."""
    made: list[Bytes] = []
    for white in paper:
        table = np.empty((_STEPS, 256), dtype=np.uint8)
        for step in range(_STEPS):
            power = _MOST * step / (_STEPS - 1)
            table[step] = [round(white * round(min(value / white, 1.0) ** power, 5)) for value in range(256)]
        made.append(table.ravel())
    return tuple(made)


def laid(pixels: Bytes, density: Shares, paper: Ink) -> Bytes:
    """Paint these colours on paper, its pigment `density` times as thick: 0 is bare paper, 1 as it came."""
    step = np.clip(density * np.float32((_STEPS - 1) / _MOST) + np.float32(0.5), 0, _STEPS - 1).astype(np.uint16)
    base = step * np.uint16(256)
    return np.stack([table[base + pixels[:, :, channel]] for channel, table in enumerate(_thickened(paper))], axis=2)
