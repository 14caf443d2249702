"""Risograph: two or three bright soy inks, each a screen of dots of its own, none of them quite where it should be."""

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import product

import numpy as np
from PIL import Image, ImageChops

from daygen.providers.local.clouds import field
from daygen.providers.local.colour import Ink, ink, lab
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Plate, Shapes
from daygen.providers.local.proof import Proof, proofed
from daygen.providers.local.raster import Band, Bytes, Pixels, Shares, Sheet, cover
from daygen.providers.local.scene import Scene

_PAPER = ink("F6F1E4")
# The drums one can buy. A picture takes a dark one, a bright one and mostly a third.
_DARK = tuple(map(ink, ("0078BF", "3255A4", "3D5588", "765BA7", "00838A", "407060", "914E72", "2F2F38", "435060")))
_BRIGHT = tuple(map(ink, ("FF48B0", "F15060", "FF6C2F", "E45D50", "5EC8E5", "00A95C", "9D7AD2", "82D8D5")))
_WARM = tuple(map(ink, ("FFE800", "FFB511", "FF8E91", "FF48B0")))
_LEVELS = 32  # colours a channel that are separated; the blue noise hides the steps between them
_SWEEPS = 7
_CELL = 1 / 158  # the screen's dot, in units
_LEAST_CELL_PX = 3.6
_SLIP = 0.0055
_MANY = 3
_TURNS = ((0.7071068, 0.7071068), (0.9659258, 0.258819), (0.258819, 0.9659258))  # 45, 15 and 75 degrees


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Proof the picture, separate it into its inks, and run the paper through once for each of them."""
    proof = proofed(scene, (sheet.width, sheet.height), plates, lambda share: progress(share * 0.6))
    drums = _drums(scene, plates)
    parts = _separated(drums)
    mottle = field(scene.dice, "riso.mottle", sheet, 4.0)
    whole = list(sheet.bands())
    for at, band in enumerate(whole):
        made = Image.new("RGB", (sheet.width, band.stop - band.start), _PAPER)
        pull = mottle.part(band)
        for number, drum in enumerate(drums):
            share = _share(scene, sheet, proof, band, parts[number], number)
            mask = _screened(sheet, share, band, number, pull)
            made = ImageChops.multiply(made, _laid(drum, mask))
        sheet.image.paste(made, (0, band.start))
        progress(0.6 + 0.4 * (at + 1) / len(whole))


def _drums(scene: Scene, plates: Sequence[Plate]) -> tuple[Ink, ...]:
    """The inks that come nearest to the picture's colours, weighed as often as they matter."""
    inks = scene.palette
    wished: list[tuple[Ink, int]] = [(inks.top, 2), (inks.middle, 3), (inks.low, 3), (inks.far, 3), (inks.near, 3)]
    wished.append((inks.glow, 1))
    shapes = [plate for plate in plates if isinstance(plate, Shapes) and not plate.light]
    wished += [(plate.ink, 1) for plate in shapes[:: max(1, len(shapes) // 24)]]
    count = _MANY if scene.wording.chance("riso.three", 0.8) else _MANY - 1
    groups = [(dark, bright) for dark, bright in product(_DARK, _BRIGHT)]
    if count == _MANY:
        groups = [(*group, warm) for group, warm in product(groups, _WARM) if warm not in group]
    goals = np.array([wish for wish, _ in wished], dtype=np.int64)
    weights = np.array([weight for _, weight in wished], dtype=np.int64)
    scores = [_distance(group, goals, weights) for group in groups]
    return tuple(sorted(groups[scores.index(min(scores))], key=lambda drum: -lab(drum)[0]))


@cache
def _mixes(group: tuple[Ink, ...]) -> np.ndarray:
    """What a few tints of these inks over each other look like."""
    steps = np.array(list(product((0, 85, 170, 255), repeat=len(group))), dtype=np.int64)
    made = np.broadcast_to(np.array(_PAPER, dtype=np.int64), (len(steps), 3))
    for at, drum in enumerate(group):
        through = 255 * 255 - steps[:, at : at + 1] * (255 - np.array(drum, dtype=np.int64))
        made = made * through // (255 * 255)
    return made


def _distance(group: tuple[Ink, ...], goals: np.ndarray, weights: np.ndarray) -> int:
    away = _mixes(group)[None, :, :] - goals[:, None, :]
    squares = away * away * np.array((2, 4, 3), dtype=np.int64)
    return int((squares.sum(axis=2).min(axis=1) * weights).sum())


@lru_cache(maxsize=16)
def _separated(drums: tuple[Ink, ...]) -> tuple[Bytes, ...]:
    """How much of each ink every colour needs, by its place in a cube of colours: the best that these inks can do.

    What three screens of dots show on average is linear in each of them, so they are bettered in turn.
    """
    axis = (np.arange(_LEVELS, dtype=np.float32) + np.float32(0.5)) / np.float32(_LEVELS)
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    grey = (red * np.float32(0.3) + green * np.float32(0.59) + blue * np.float32(0.11)).ravel()
    goal = [_bolder(part.ravel(), grey) for part in (red, green, blue)]
    paper = [np.float32(part / 255) for part in _PAPER]
    holds = [[np.float32(1 - part / 255) for part in drum] for drum in drums]
    shares: list[Shares] = [np.full(goal[0].shape, 0.3, dtype=np.float32) for _ in drums]
    for _ in range(_SWEEPS):
        for at, hold in enumerate(holds):
            top: Shares = np.zeros_like(goal[0])
            bottom: Shares = np.full_like(goal[0], 1e-6)
            for channel in range(3):
                base: Shares = np.full_like(goal[0], paper[channel])
                for other, own in enumerate(holds):
                    if other != at:
                        base = base * (np.float32(1) - shares[other] * own[channel])
                way = base * hold[channel]
                top = top + (base - goal[channel]) * way
                bottom = bottom + way * way
            shares[at] = np.clip(top / bottom, np.float32(0), np.float32(1))
    return tuple(cover(share) for share in shares)


def _bolder(part: Shares, grey: Shares) -> Shares:
    """Brighter and more colourful than it was: these inks are made to shout."""
    lively = grey + (part - grey) * np.float32(1.32)
    return np.clip((lively - np.float32(0.5)) * np.float32(1.1) + np.float32(0.545), np.float32(0), np.float32(1))


def _share(scene: Scene, sheet: Sheet, proof: Proof, band: Band, part: Bytes, number: int) -> Bytes:
    """How much of an ink these rows need, as far out of register as this run went."""
    right = round(scene.dice.between("riso.x", -_SLIP, _SLIP, number) * sheet.scale)
    down = round(scene.dice.between("riso.y", -_SLIP, _SLIP, number) * sheet.scale)
    rows = np.clip(np.arange(band.start, band.stop) - down, 0, sheet.height - 1)
    first, last = int(rows[0]), int(rows[-1]) + 1
    pixels = np.asarray(proof.image.crop((0, first, sheet.width, last)))[rows - first]
    if right:
        pixels = np.roll(pixels, right, axis=1)
        edge = slice(0, right) if right > 0 else slice(right, None)
        pixels[:, edge] = pixels[:, right if right > 0 else right - 1][:, None]
    noise = (sheet.grain(band, 40 + number) >> np.uint8(5)).astype(np.uint16)
    index = np.zeros(pixels.shape[:2], dtype=np.uint16)
    for channel in range(3):
        fine = np.minimum(pixels[:, :, channel] + noise, np.uint16(255)) >> np.uint16(3)
        index = (index << np.uint16(5)) | fine
    return part[index]


@cache
def _spread() -> Bytes:
    """How high the screen's hills are that a share of the paper lies under, so that tints print as dark as they are."""
    wave = np.array([round(math.cos(2 * math.pi * (step + 0.5) / 128), 7) for step in range(128)])
    heights = np.sort((wave[:, None] + wave[None, :]).ravel() * 0.25 + 0.5)
    picked = heights[np.linspace(0, len(heights) - 1, 256).astype(np.int64)]
    return np.round(picked * 255).astype(np.uint8)


def _screened(sheet: Sheet, share: Bytes, band: Band, number: int, pull: Pixels) -> Bytes:
    """A tint as dots, a little starved where the drum pressed less."""
    cell = max(_CELL, _LEAST_CELL_PX / sheet.scale)
    cosine, sine = _TURNS[number]
    across = (_wave(sheet.xs * (cosine / cell)), _wave(sheet.xs * (sine / cell)))
    ys = band.ys[:, 0].astype(np.float64)
    down = (_wave(ys * (sine / cell)), _wave(ys * (-cosine / cell)))
    hills = np.zeros(share.shape, dtype=np.float32)
    for (cos_x, sin_x), (cos_y, sin_y) in zip(across, down, strict=True):
        hills += cos_x[None, :] * cos_y[:, None]
        hills -= sin_x[None, :] * sin_y[:, None]
    level = _spread()[share].astype(np.float32)
    soft = np.float32(cell * sheet.scale * 0.55)
    mask = (level * np.float32(1 / 255) - np.float32(0.5) - hills * np.float32(0.25)) * soft + np.float32(0.5)
    noise = sheet.grain(band, 60 + number)
    full = np.float32(0.93) + pull * np.float32(0.1)
    starved = np.where(noise > np.uint8(250), np.float32(0.35), full)
    solid = np.maximum(mask, (share > np.uint8(248)).astype(np.float32))
    return cover(np.clip(solid, np.float32(0), np.float32(1)) * (share > np.uint8(6)) * starved)


def _wave(turns: Floats) -> tuple[Pixels, Pixels]:
    """Cosine and sine of so many turns, the same on every machine."""
    part = (turns - np.floor(turns)) * (2 * math.pi)
    return np.round(np.cos(part), 7).astype(np.float32), np.round(np.sin(part), 7).astype(np.float32)


def _laid(drum: Ink, mask: Bytes) -> Image.Image:
    """What a run of this ink lets through."""
    through = Image.fromarray(mask)
    return Image.merge("RGB", [through.point([255 - at * (255 - part) // 255 for at in range(256)]) for part in drum])
