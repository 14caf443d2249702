"""What was painted over a picture, and laying new ink there so that the seam looks printed.

A mask's white is new and its black stays; what is transparent stays too, and grey is in between.
"""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from daygen.providers.contract import Refused
from daygen.providers.local.raster import Sheet
from daygen.providers.local.recipe import MASK_SIDE, Mask
from daygen.providers.local.screenprint import stipple

_FEATHER = 1.3  # pixels of a mask's MASK_SIDE
_HARD = 0.75  # how crisp the grains of the seam are
_PAINTED, _LEAST = 96, 0.0004  # a value that counts as painted, and the share of the mask that must be
_SAME = 5  # of 255: what a plate behind may differ by
_SOMETHING = 0.04  # of a window: less than that is nothing to show
_GRAIN = 983  # of its own among the plates' grains


def mask_of(painted: Image.Image, size: tuple[int, int]) -> Mask:
    """Read a mask for a picture of a size. Raises `Refused` when nothing is painted."""
    white = painted.convert("L")
    if painted.mode == "RGBA":
        white = ImageChops.multiply(white, painted.getchannel("A"))
    scale = MASK_SIDE / max(size)
    small = white.resize((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))), Image.Resampling.BOX)
    if float((np.asarray(small) >= _PAINTED).mean()) < _LEAST:
        raise Refused(
            "provider.empty_mask",
            "Nothing is painted in the mask. Paint the part that is to change in white; black or transparent stays.",
        )
    soft = small.filter(ImageFilter.GaussianBlur(_FEATHER))
    return Mask(soft.width, soft.height, soft.tobytes())


def image_of(mask: Mask) -> Image.Image:
    """A mask as a picture."""
    return Image.frombytes("L", (mask.width, mask.height), mask.values)


def pixels(window: tuple[float, float, float, float], sheet: Sheet) -> tuple[int, int, int, int]:
    """A window's sides on a sheet; never empty."""
    left, top = int(window[0] * sheet.width), int(window[1] * sheet.height)
    right, bottom = round(window[2] * sheet.width), round(window[3] * sheet.height)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def apart(whole: Image.Image, behind: Image.Image) -> Image.Image | None:
    """Where a scene is more than its sky, as a mask; None where it is hardly anywhere, so that the sky is meant."""
    least, *others = ImageChops.difference(whole, behind).split()
    for channel in others:
        least = ImageChops.lighter(least, channel)
    there = least.point([255 if value > _SAME else 0 for value in range(256)]).filter(ImageFilter.MedianFilter(3))
    if float(np.asarray(there).mean()) < _SOMETHING * 255:
        return None
    return there.filter(ImageFilter.BoxBlur(0.6))


def lay_over(
    sheet: Sheet, over: Image.Image, corner: tuple[int, int], mask: Mask, only: Image.Image | None = None
) -> None:
    """Lay a picture over a part of a sheet, through a mask of the whole sheet; its seam dissolves into grains.

    With `only`, a mask of the picture, just where that lets through.
    """
    wide = image_of(mask).resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)
    left, top = corner
    columns = slice(left, left + over.width)
    for band in sheet.bands(top / sheet.scale, (top + over.height) / sheet.scale):
        first, last = max(band.start, top), min(band.stop, top + over.height)
        if first >= last:
            continue
        share = np.asarray(wide.crop((left, first, left + over.width, last))).astype(np.float32) * np.float32(1 / 255)
        if only is not None:
            rows = only.crop((0, first - top, over.width, last - top))
            share *= np.asarray(rows).astype(np.float32) * np.float32(1 / 255)
        noise = sheet.grain(band, _GRAIN)[first - band.start : last - band.start, columns]
        part = over.crop((0, first - top, over.width, last - top))
        sheet.image.paste(part, (left, first), Image.fromarray(stipple(share, noise, _HARD)))
