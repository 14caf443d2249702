"""From units to pixels: a sheet of paper of some size, its grain, and masks with soft edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from daygen.providers.local.colour import Ink
from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.plates import Frame, Profile

Bytes = NDArray[np.uint8]
Pixels = NDArray[np.float32]
Shares = NDArray[np.floating[Any]]
"""0 to 1 at each pixel: float32 in fact, but arithmetic with plain numbers is typed more widely."""

_TILE = 512
_FINE = 4  # subpixels a side: outlines are drawn this much larger and averaged
_SQUARE = 512  # pixels a side drawn at once, so that a large sheet needs no more memory than a small one
_BAND = 384
_STRIP = 64
_GRAIN_AT = 1500  # a grain is one pixel up to this side, then grows with the picture


@dataclass(frozen=True, slots=True)
class Band:
    """Rows `start` to `stop` of a sheet, with the y of their centres in units as a column."""

    start: int
    stop: int
    ys: Pixels


class Sheet:
    """The paper a scene is printed on: an RGB picture and the measures of its frame."""

    def __init__(self, width: int, height: int, dice: Dice) -> None:
        self.width, self.height = width, height
        self.scale = float(min(width, height))
        self.frame = Frame(width / self.scale, height / self.scale)
        self.dice = dice
        self.image = Image.new("RGB", (width, height))
        self.xs: Floats = (np.arange(width, dtype=np.float64) + 0.5) / self.scale
        self._noise = _wide_grain(max(1, round(self.scale / _GRAIN_AT)), width)

    def bands(self, top: float = 0.0, bottom: float | None = None) -> Iterator[Band]:
        """Go through the rows between two heights, some hundred at a time."""
        first = max(0, int(top * self.scale) - 2)
        last = self.height if bottom is None else min(self.height, int(bottom * self.scale) + 2)
        for start in range(first, last, _BAND):
            stop = min(start + _BAND, last)
            rows = (np.arange(start, stop, dtype=np.float64) + 0.5) / self.scale
            yield Band(start, stop, rows.astype(np.float32)[:, None])

    def grain(self, band: Band, plate: int) -> Bytes:
        """Blue noise for these rows, 0 to 255 all alike often, another piece of it for each plate."""
        size = self._noise.shape[0]
        right = int(self.dice.unit("grain.x", plate) * _TILE)
        down = int(self.dice.unit("grain.y", plate) * size)
        rows = (np.arange(band.start, band.stop) + down) % size
        return self._noise[rows, right : right + self.width]

    def print(self, colour: Ink, mask: Bytes, band: Band) -> None:
        """Lay ink through a mask onto these rows."""
        self.print_shape(colour, Stencil(0, band.start, Image.fromarray(mask)))

    def print_shape(self, colour: Ink, shape: "Stencil") -> None:
        """Lay ink through a mask that covers a part of the sheet."""
        for top in range(0, shape.mask.height, _STRIP):
            strip = shape.mask.crop((0, top, shape.mask.width, min(top + _STRIP, shape.mask.height)))
            inside = strip.getbbox()
            if inside is None:
                continue
            # Blending is slow: what is empty at the sides is cut off first, and what is full is filled without a mask
            left, upper = shape.left + inside[0], shape.top + top + inside[1]
            place = (left, upper, left + inside[2] - inside[0], upper + inside[3] - inside[1])
            own = strip.crop(inside)
            self.image.paste(colour, place, None if own.getextrema() == (255, 255) else own)

    def edge(self, profile: Profile) -> tuple[Pixels, Pixels]:
        """A profile at every column, and how many pixels a unit straight away from it is there."""
        ys = profile(self.xs)
        left, right = np.empty_like(ys), np.empty_like(ys)
        left[1:], right[:-1] = ys[:-1], ys[1:]
        left[0], right[-1] = ys[0], ys[-1]
        slope = (right - left) * (self.scale / 2)
        sharp = self.scale / np.sqrt(slope * slope + 1.0)
        return ys.astype(np.float32)[None, :], sharp.astype(np.float32)[None, :]


@dataclass(frozen=True, slots=True)
class Stencil:
    """A mask and where its corner lies on the sheet, in pixels."""

    left: int
    top: int
    mask: Image.Image


def cover(share: Shares) -> Bytes:
    """A mask from 0…1, clipped."""
    return (np.clip(share, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)


def both(first: Bytes, second: Bytes) -> Bytes:
    """Where two masks let through."""
    product = first.astype(np.uint16) * second
    return ((product + 128 + (product + 128 >> 8)) >> 8).astype(np.uint8)


def weakened(mask: Image.Image, alpha: float) -> Image.Image:
    """A mask that lets through only a share."""
    table = [round(value * alpha) for value in range(256)]
    return mask.point(table)


def stencils(
    sheet: Sheet, polygons: Sequence[Floats], shift: tuple[float, float] = (0.0, 0.0), grown: float = 0.0
) -> Iterator[Stencil]:
    """Fill outlines, `grown` by so many units to all sides, in squares of the sheet that they touch."""
    move = np.array(shift, dtype=np.float64)
    outlines = [(polygon + move) * sheet.scale for polygon in polygons if len(polygon)]
    rim = round(grown * sheet.scale * _FINE * 2)
    for place, inside in _squares(sheet, outlines, grown * sheet.scale):
        yield Stencil(place[0], place[1], _filled(inside, place, rim))


def strokes(sheet: Sheet, polygons: Sequence[Floats], half: float) -> Iterator[Stencil]:
    """Draw the lines of outlines, `half` units to both sides, in squares of the sheet that they touch."""
    outlines = [polygon * sheet.scale for polygon in polygons if len(polygon)]
    rim = round(half * sheet.scale * _FINE * 2)
    for place, inside in _squares(sheet, outlines, half * sheet.scale):
        yield Stencil(place[0], place[1], _filled(inside, place, rim, hollow=True))


def _squares(
    sheet: Sheet, outlines: list[Floats], far: float
) -> Iterator[tuple[tuple[int, int, int, int], list[Floats]]]:
    """The squares that outlines touch, up to `far` pixels away: left, top, wide, high, and which of them."""
    boxes = [(o[:, 0].min() - far, o[:, 1].min() - far, o[:, 0].max() + far, o[:, 1].max() + far) for o in outlines]
    if not boxes:
        return
    left = max(0, int(min(box[0] for box in boxes)) - 1)
    top = max(0, int(min(box[1] for box in boxes)) - 1)
    right = min(sheet.width, int(max(box[2] for box in boxes)) + 2)
    bottom = min(sheet.height, int(max(box[3] for box in boxes)) + 2)
    for y in range(top, bottom, _SQUARE):
        for x in range(left, right, _SQUARE):
            wide, high = min(_SQUARE, right - x), min(_SQUARE, bottom - y)
            inside = [
                at
                for at, box in enumerate(boxes)
                if box[0] < x + wide and box[2] > x and box[1] < y + high and box[3] > y
            ]
            if not inside:
                continue
            # Only as much of the square as they cover: every subpixel of it is filled, averaged and printed
            near_x = max(x, int(min(boxes[at][0] for at in inside)) - 1)
            near_y = max(y, int(min(boxes[at][1] for at in inside)) - 1)
            far_x = min(x + wide, int(max(boxes[at][2] for at in inside)) + 2)
            far_y = min(y + high, int(max(boxes[at][3] for at in inside)) + 2)
            yield (near_x, near_y, far_x - near_x, far_y - near_y), [outlines[at] for at in inside]


def _filled(
    outlines: Sequence[Floats], place: tuple[int, int, int, int], rim: int, *, hollow: bool = False
) -> Image.Image:
    mask = Image.new("L", (place[2] * _FINE, place[3] * _FINE))
    pen = ImageDraw.Draw(mask)
    corner = np.array(place[:2], dtype=np.float64)
    limit = 1 << 20
    for outline in outlines:
        points = np.clip(np.floor((outline - corner) * _FINE), -limit, limit).astype(np.int64)
        corners = points.ravel().tolist()
        if not hollow:
            pen.polygon(corners, fill=255)
        if rim:
            way = _apart(points, _FINE)
            corners = way.ravel().tolist()
            pen.line(corners + corners[:2], fill=255, width=rim)
            if rim > _FINE:
                for across, down in _sharp(way).tolist():
                    half = rim / 2
                    pen.ellipse((across - half, down - half, across + half, down + half), fill=255)
    return mask.reduce(_FINE)


def _apart(points: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """The points of a way without those that lie so near to the one before that they only make it tremble."""
    steps = np.abs(np.diff(points, axis=0)).max(axis=1, initial=0)
    walked = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(steps)]) // least
    return points[np.concatenate([np.ones(1, dtype=np.bool_), walked[1:] != walked[:-1]])]


def _sharp(points: NDArray[np.int64]) -> NDArray[np.int64]:
    """The corners at which two strokes would leave a notch between them."""
    into = points - np.roll(points, 1, axis=0)
    out = np.roll(points, -1, axis=0) - points
    along = into[:, 0] * out[:, 0] + into[:, 1] * out[:, 1]
    aside = np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0])
    return points[aside * 5 > along * 2]


def gradient(stencil: Stencil, sheet: Sheet, top: float, bottom: float) -> Stencil:
    """A stencil that opens from `top` (shut) to `bottom` (open), in units."""
    rows = (np.arange(stencil.mask.height) + stencil.top + 0.5) / sheet.scale
    share = np.clip((rows - top) / max(bottom - top, 1e-6), 0, 1)
    ramp = Image.fromarray((share * 255).astype(np.uint8)[:, None]).resize(stencil.mask.size, Image.Resampling.NEAREST)
    return Stencil(stencil.left, stencil.top, ImageChops.multiply(stencil.mask, ramp))


def soft_field(dice: Dice, name: str, across: int, down: int, size: tuple[int, int]) -> Bytes:
    """Clouds of noise in two directions, 0 to 255, `across` by `down` features on the whole size."""
    across, down = max(across, 2), max(down, 2)
    cells = dice.lattice(name, np.arange(across * down, dtype=np.int64)).reshape(down, across)
    small = Image.fromarray((cells * 255).astype(np.uint8))
    return np.asarray(small.resize(size, Image.Resampling.BICUBIC))


@cache
def _tile() -> Bytes:
    """Blue noise: white noise with its slow parts taken out, then spread evenly over 0 to 255."""
    cells = Dice(0xDA76E4).lattice("grain", np.arange(_TILE * _TILE, dtype=np.int64)).reshape(_TILE, _TILE)
    value = (cells * 65536).astype(np.int64)
    for _ in range(2):
        around = value
        for axis in (0, 1):
            around = around * 2 + np.roll(around, 1, axis) + np.roll(around, -1, axis)
        value = value * 16 - around
    order = np.argsort(value.ravel(), kind="stable")
    ranks = np.empty(_TILE * _TILE, dtype=np.int64)
    ranks[order] = np.arange(_TILE * _TILE)
    return (ranks * 256 // (_TILE * _TILE)).astype(np.uint8).reshape(_TILE, _TILE)


@cache
def _grain(size: int) -> Bytes:
    tile = _tile()
    if size == 1:
        return tile
    edge = 8
    framed = np.pad(tile, edge, mode="wrap")
    large = Image.fromarray(framed).resize(tuple(side * size for side in framed.shape), Image.Resampling.BICUBIC)
    return np.asarray(large)[edge * size : -edge * size, edge * size : -edge * size]


@lru_cache(maxsize=4)
def _wide_grain(size: int, width: int) -> Bytes:
    tile = _grain(size)
    return np.tile(tile, (1, (width + _TILE) // tile.shape[1] + 1))
