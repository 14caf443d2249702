"""Pixel art: a coarse grid, few colours, hard edges, and tints laid as a pattern of two of them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daygen.providers.local.plates import Plate
from daygen.providers.local.proof import proofed
from daygen.providers.local.raster import Bytes, Sheet
from daygen.providers.local.scene import Scene

Whole = NDArray[np.integer[Any]]

_CELLS = 128  # along the shorter side, as near as whole pixels allow
_FINER = 3  # what is drawn for each cell, so that the clearest of it can be chosen
_COLOURS = 24
_FLAT = 4  # a colour so near to one of the palette's is that one
_MOST = 22  # how far the pattern may push a colour
_MATRIX = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], dtype=np.int32) * 2 - 15


def cell_px(width: int, height: int) -> int:
    """How many pixels a side each cell has: all alike, but where the picture cuts off the last ones."""
    return max(1, (min(width, height) + _CELLS // 2) // _CELLS)


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Draw the picture small, choose its colours, set every cell to one of them, and enlarge the cells."""
    cell = cell_px(sheet.width, sheet.height)
    wide, high = -(-sheet.width // cell), -(-sheet.height // cell)
    proof = proofed(scene, (wide * _FINER, high * _FINER), plates, lambda share: progress(share * 0.8))
    small = _clearest(np.asarray(proof.image))
    colours = _chosen(small)
    progress(0.85)
    cells = _set(small, colours)
    for band in sheet.bands():
        rows = np.arange(band.start, band.stop) // cell
        columns = np.arange(sheet.width) // cell
        sheet.image.paste(Image.fromarray(cells[rows[:, None], columns[None, :]]), (0, band.start))
    progress(1.0)


def _clearest(fine: Bytes) -> Whole:
    """Of what was drawn in each cell, the part that lies in the middle: edges stay hard, and thin things whole."""
    high, wide = fine.shape[0] // _FINER, fine.shape[1] // _FINER
    parts = fine.reshape(high, _FINER, wide, _FINER, 3).swapaxes(1, 2).reshape(high, wide, _FINER * _FINER, 3)
    tone = (parts.astype(np.int32) * np.array((2, 5, 1), dtype=np.int32)).sum(axis=3)
    order = np.argsort(tone, axis=2, kind="stable")
    span = np.take_along_axis(tone, order, axis=2)
    lean = (span[:, :, -1] - span[:, :, 4]) > (span[:, :, 4] - span[:, :, 0])
    at = np.where(lean, 6, 2)[:, :, None]  # towards the rarer end, or masts and rays would drop out
    place = np.take_along_axis(order, at, axis=2)[:, :, :, None]
    return np.take_along_axis(parts, place, axis=2)[:, :, 0].astype(np.int32)


def _chosen(small: Whole) -> Whole:
    """A palette: cut the box of colours that spreads the most at its middle, until there are enough."""
    coarse, counts = np.unique((small >> 2).reshape(-1, 3), axis=0, return_counts=True)
    weights = np.minimum(counts, 400)
    boxes = [np.arange(len(coarse))]
    while len(boxes) < _COLOURS:
        spreads = [int(_reach(coarse[box]).max()) * _root(int(weights[box].sum())) for box in boxes]
        widest = spreads.index(max(spreads))
        if spreads[widest] == 0:
            break
        box = boxes.pop(widest)
        axis = int(_reach(coarse[box]).argmax())
        box = box[np.argsort(coarse[box, axis], kind="stable")]
        total: Whole = np.cumsum(weights[box])
        middle = int(np.searchsorted(total, int(total[-1]) // 2 + 1))
        middle = min(max(middle, 1), len(box) - 1)
        boxes += [box[:middle], box[middle:]]
    return np.array([_mean(coarse[box], weights[box], counts[box]) for box in boxes], dtype=np.int32)


def _mean(coarse: Whole, weights: Whole, counts: Whole) -> Whole:
    """The colour for a box: the commonest in it where one rules, so that flat fields stay flat; else the mean."""
    most = int(counts.argmax())
    if counts[most] * 3 > counts.sum():
        return coarse[most] * 4 + 2
    return (coarse * weights[:, None]).sum(axis=0) * 4 // weights.sum() + 2


def _reach(colours: Whole) -> Whole:
    """How far colours lie apart in each channel, as the eye minds."""
    return (colours.max(axis=0) - colours.min(axis=0)) * np.array((2, 3, 2), dtype=np.int64)


def _root(value: int) -> int:
    return math.isqrt(value) + 1


def _set(small: Whole, colours: Whole) -> Bytes:
    """Each cell the nearest colour, after a push that differs from cell to cell in a pattern."""
    high, wide = small.shape[:2]
    pattern = np.tile(_MATRIX, (high // 4 + 1, wide // 4 + 1))[:high, :wide]
    off = np.abs(small - colours[_nearest(small, colours)]).max(axis=2)
    reach = np.where(off < _FLAT, 0, np.minimum(off * 5 // 4, _MOST))
    pushed = small + (pattern * reach // 15)[:, :, None]
    return colours.astype(np.uint8)[_nearest(pushed, colours)]


def _nearest(wished: Whole, colours: Whole) -> Whole:
    """Which colour comes nearest to each that is wished for."""
    away = wished[:, :, None, :] - colours[None, None, :, :]
    return (away * away * np.array((2, 4, 3), dtype=np.int32)).sum(axis=3).argmin(axis=2)
