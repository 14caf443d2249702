"""Water, pigment and paper: what watercolour and ink wash share once a picture has been laid out."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from daygen.providers.local.clouds import Soft, field, softened
from daygen.providers.local.colour import Ink
from daygen.providers.local.raster import Band, Bytes, Pixels, Shares, Sheet

_STEPS = 96  # densities between none and the most
_MOST = 3.0


def _stray(sheet: Sheet, picture: Image.Image, reach: float) -> None:
    """Redraw a picture as a hand would follow it: every edge strays a little, by `reach` units at most."""
    dice, far = sheet.dice, reach * sheet.scale
    moves = [(field(dice, f"stray.{way}", sheet, 9.0), field(dice, f"stray.fine.{way}", sheet, 46.0)) for way in "xy"]
    edge = int(far * 2) + 2
    columns = np.arange(sheet.width, dtype=np.int32)[None, :]
    above = picture.crop((0, 0, sheet.width, 0))  # what the rows before were, before they were redrawn
    for band in sheet.bands():
        last = min(sheet.height, band.stop + edge)
        source = Image.new("RGBX", (sheet.width, above.height + last - band.start))
        source.paste(above, (0, 0))
        source.paste(picture.crop((0, band.start, sheet.width, last)), (0, above.height))
        pixels = np.asarray(source).view(np.uint32)[:, :, 0]
        across, down = (
            np.floor(
                coarse.part(band) * np.float32(far) + fine.part(band) * np.float32(far * 0.45) + np.float32(0.5)
            ).astype(np.int32)
            for coarse, fine in moves
        )
        rows = np.arange(above.height, above.height + band.stop - band.start, dtype=np.int32)[:, None]
        at = np.clip(rows + down, 0, source.height - 1) * np.int32(sheet.width)
        at += np.clip(columns + across, 0, sheet.width - 1)
        above = picture.crop((0, max(0, band.stop - edge), sheet.width, band.stop))
        moved = pixels.ravel()[at].view(np.uint8).reshape(band.stop - band.start, sheet.width, 4)
        picture.paste(Image.fromarray(np.ascontiguousarray(moved[:, :, :3])), (0, band.start))


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture on wet paper: as put down, as it runs, and how light it is: itself, close by and around."""

    sharp: Image.Image
    running: Soft
    own: Image.Image
    near: Soft
    around: Soft

    def lights(self, band: Band) -> tuple[Pixels, Pixels, Pixels]:
        """How light these rows are, close by and around, 0 to 1."""
        images = (self.own.crop(_rows(self.own, band)), self.near.rows(band), self.around.rows(band))
        own, near, around = (np.asarray(image).astype(np.float32) * np.float32(1 / 255) for image in images)
        return own, near, around

    def run(self, band: Band, damp: Shares, most: int) -> Bytes:
        """The colours of these rows, run into each other where the paper is damp (0 to 1), by `most` of 255."""
        share = Image.fromarray((damp * most).astype(np.uint8))
        return np.asarray(Image.composite(self.running.rows(band), self.sharp.crop(_rows(self.sharp, band)), share))


def _rows(image: Image.Image, band: Band) -> tuple[int, int, int, int]:
    return 0, band.start, image.width, band.stop


def put_down(sheet: Sheet, drawn: Image.Image, stray: float, reaches: tuple[float, float, float]) -> Layout:
    """Let the hand stray by `stray` units, on the drawing itself; `reaches`: how far is near, is around, runs paint."""
    _stray(sheet, drawn, stray)
    own = drawn.convert("L")
    near, around, run = (reach * sheet.scale for reach in reaches)
    return Layout(drawn, softened(drawn, run), own, softened(own, near), softened(own, around))


def dried(sheet: Sheet, band: Band, made: Bytes, tooth: Pixels, depth: tuple[float, int]) -> None:
    """Put painted rows on the sheet: `depth` is how deep its tooth is, and how rough its grain."""
    noise = (sheet.grain(band, 997).astype(np.int16) - 128) * depth[1] >> 7
    relief = (tooth * np.float32(depth[0])).astype(np.int16) + noise
    picture = made.astype(np.int16) + relief[:, :, None]
    sheet.image.paste(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), (0, band.start))


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
    tables = enumerate(_thickened(paper))
    return np.stack([np.take(table, base + pixels[:, :, channel], mode="clip") for channel, table in tables], axis=2)
