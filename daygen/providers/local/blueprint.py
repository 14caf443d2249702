"""Blueprint: white lines on cyanotype blue. Outlines, hatching, a grid, measures, and a title in the corner."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageChops

from daygen.providers.local import letters
from daygen.providers.local.clouds import field
from daygen.providers.local.colour import Ink, ink, lab, mixed
from daygen.providers.local.curves import ring, stroke
from daygen.providers.local.dice import Floats
from daygen.providers.local.lettering import drawable
from daygen.providers.local.plates import Curtains, Disc, Glow, Land, Plate, Shapes, Sky, Veil, Water
from daygen.providers.local.raster import (
    Bytes,
    Pixels,
    Shares,
    Sheet,
    Stencil,
    both,
    cover,
    gradient,
    stencils,
    weakened,
)
from daygen.providers.local.scene import Scene
from daygen.providers.local.screenprint import face_rows, faces_of, folds, hanging, ripples, snow_of
from daygen.providers.local.shapes import box, disc

_BLUES: tuple[Ink, ...] = (ink("1B4B8F"), ink("174A86"), ink("20468A"), ink("14527F"))
_WHITE: Ink = ink("EEF3F6")
_LINE = 0.002  # half of an outline, in units
_LEAST_PX = 0.55  # half of the finest line that can be seen
_GRID = 0.05
_EDGE = 0.035
_SAID = re.compile(r"^(?:an? )?(?:blueprint|cyanotype|\w+ drawing) of (?:an? |the )?")  # is not part of a title
_LEAST = 0.1  # what is smaller is not measured


class Board:
    """The drawing board: the sheet, its blue, and how its lines are drawn."""

    def __init__(self, scene: Scene, sheet: Sheet) -> None:
        self.scene, self.sheet, self.dice = scene, sheet, scene.dice
        self.ground = scene.dice.pick("blue", _BLUES)
        self.pen = max(_LINE, _LEAST_PX / sheet.scale)

    def body(self, colour: Ink, depth: float) -> Ink:
        """What fills an outline: the ground, a breath lighter where the thing is light or far away."""
        return mixed(self.ground, _WHITE, 0.01 + 0.26 * max(lab(colour)[0] - 0.45, 0.0) + 0.05 * (1.0 - depth))

    def lines(self, polygons: Sequence[Floats], strength: float = 1.0) -> None:
        """Draw thin outlines as they are: they are lines themselves."""
        for stencil in stencils(self.sheet, polygons):
            mask = weakened(stencil.mask, strength) if strength < 1 else stencil.mask
            self.sheet.print_shape(_WHITE, Stencil(stencil.left, stencil.top, mask))

    def hatched(self, rows: Pixels, columns: Pixels, slant: tuple[float, float], pitch: float, tone: Shares) -> Bytes:
        """Parallel lines of one pen: `tone` is how strong they are drawn, 0 to 1, and never how thick."""
        pitch = max(pitch, 4.2 / self.sheet.scale)
        phase = (rows * np.float32(slant[0]) + columns * np.float32(slant[1])) * np.float32(1 / pitch)
        away = np.abs(phase - np.floor(phase) - np.float32(0.5))
        width = max(self.pen * 0.62, 0.42 / self.sheet.scale)
        line = (np.float32(width / pitch) - away) * np.float32(pitch * self.sheet.scale) + np.float32(0.5)
        return cover(np.clip(line, 0, 1) * tone)


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Draw every plate, the measures of what is large, the frame and the title; then wash the print."""
    board = Board(scene, sheet)
    for number, plate in enumerate(plates):
        _drawn(board, plate, number)
        progress(0.85 * (number + 1) / len(plates))
    _measures(board, plates)
    _frame(board)
    _washed(board)
    progress(1.0)


def _drawn(board: Board, plate: Plate, number: int) -> None:
    match plate:
        case Sky():
            _sky(board, plate)
        case Disc():
            _disc(board, plate)
        case Land():
            _land(board, plate, number)
        case Shapes():
            _shapes(board, plate, number)
        case Water():
            _water(board, plate)
        case Veil():
            _veil(board, plate)
        case Glow():
            _glow(board, plate)
        case Curtains():
            _curtains(board, plate)


def _sky(board: Board, plate: Sky) -> None:
    """The blue ground, its grid, and arcs about the light."""
    sheet, frame = board.sheet, board.sheet.frame
    sheet.image.paste(board.ground, (0, 0, sheet.width, sheet.height))
    fine: list[Floats] = []
    strong: list[Floats] = []
    half = max(0.0005, 0.3 / sheet.scale)
    for along, is_column in ((frame.wide, True), (frame.high, False)):
        for step in range(1, int(along / _GRID) + 1):
            at = step * _GRID
            ends = (at - half, 0.0, at + half, frame.high) if is_column else (0.0, at - half, frame.wide, at + half)
            (strong if step % 5 == 0 else fine).append(box(*ends))
    board.lines(fine, 0.1)
    board.lines(strong, 0.2)
    light = plate.light
    if 0 < light.x < frame.wide and 0 < light.y < frame.high:
        arcs: list[Floats] = []
        for step in range(1, 4):
            radius = light.radius * (1.0 + 0.75 * step) + 0.03
            dashes = 12 * step + 12
            arcs += [
                ring(light.x, light.y, radius, board.pen * 0.45, dash / dashes, (dash + 0.5) / dashes)
                for dash in range(dashes)
            ]
        board.lines(arcs, 0.32)


def _axes(board: Board, x: float, y: float, reach: float) -> None:
    """A centre line each way: dash, dot, dash."""
    half = board.pen * 0.5
    parts: list[Floats] = []
    step = max(reach * 2 / 11, 0.01)
    for dash in range(11):
        at = -reach + step * dash
        long = step * (0.72 if dash % 2 == 0 else 0.16)
        parts += [box(x + at, y - half, x + at + long, y + half), box(x - half, y + at, x + half, y + at + long)]
    board.lines(parts, 0.62)


def _disc(board: Board, plate: Disc) -> None:
    sheet, light = board.sheet, plate.light
    body = disc(light.x, light.y, light.radius)
    for stencil in stencils(sheet, [body], grown=board.pen * 1.3):
        sheet.print_shape(_WHITE, stencil)
    for stencil in stencils(sheet, [body]):
        sheet.print_shape(mixed(board.ground, _WHITE, 0.16), stencil)
        if plate.shadow is not None:
            away = disc(light.x + plate.shadow[0], light.y + plate.shadow[1], light.radius * 0.92)
            hole = Image.new("L", stencil.mask.size)
            for inner in stencils(sheet, [away]):
                hole.paste(inner.mask, (inner.left - stencil.left, inner.top - stencil.top))
            lit = Stencil(stencil.left, stencil.top, ImageChops.subtract(stencil.mask, hole))
            sheet.print_shape(mixed(board.ground, _WHITE, 0.75), lit)
        else:
            _hatch(board, stencil, (0.7071, 0.7071), 0.012, 0.5)
    _axes(board, light.x, light.y, light.radius * 1.35)


def _hatch(board: Board, stencil: Stencil, slant: tuple[float, float], pitch: float, tone: float) -> None:
    sheet = board.sheet
    wide, high = stencil.mask.size
    rows = ((np.arange(high) + stencil.top + 0.5) / sheet.scale).astype(np.float32)[:, None]
    columns = sheet.xs[stencil.left : stencil.left + wide].astype(np.float32)[None, :]
    lines = Image.fromarray(board.hatched(rows, columns, slant, pitch, np.float32(tone) + np.zeros_like(rows)))
    sheet.print_shape(_WHITE, Stencil(stencil.left, stencil.top, ImageChops.multiply(stencil.mask, lines)))


_SLANTS = ((0.7071, 0.7071), (0.7071, -0.7071), (0.9659, 0.2588), (0.2588, 0.9659))


def _land(board: Board, plate: Land, number: int) -> None:
    """Its edge as a line, its shaded faces hatched, snow left open."""
    sheet, scene = board.sheet, board.scene
    ys, sharp = sheet.edge(plate.profile)
    faces = faces_of(scene, sheet, plate.profile, plate.facets, plate.name) if plate.facets else None
    snow = snow_of(scene, sheet, plate.cap, plate.name) if plate.cap else None
    columns = sheet.xs.astype(np.float32)[None, :]
    body = board.body(plate.ink, plate.depth)
    thick = np.float32(board.pen * (1.1 + 0.9 * plate.depth))
    dark = 0.25 + 0.55 * plate.depth
    for band in sheet.bands(float(ys.min()) - 0.01, plate.floor):
        away = band.ys - ys
        mask = cover(away * sharp + np.float32(0.5))
        line = cover((away + thick) * sharp + np.float32(0.5))
        if plate.floor is not None:
            shut = cover((np.float32(plate.floor) - band.ys) * np.float32(sheet.scale) + np.float32(0.5))
            mask, line = both(mask, shut), both(line, shut)
        sheet.print(_WHITE, line, band)
        sheet.print(body, mask, band)
        lost = np.clip(np.float32(1.0) - away * np.float32(1 / max(plate.fade * 1.3, 0.08)), 0, 1)
        if faces is not None:
            tone = lost * face_rows(sheet, faces, band).astype(np.float32) * np.float32(0.75 / 255)
        else:
            tone = lost * np.float32(dark)
        if snow is not None:
            tone = tone * np.clip((band.ys - snow) * sharp, 0, 1)
        slant = _SLANTS[number % 2]
        pitch = 0.009 + 0.005 * plate.depth
        sheet.print(_WHITE, both(mask, board.hatched(band.ys + 0 * columns, columns, slant, pitch, tone)), band)
        if snow is not None:
            edge = cover(np.float32(1.0) - np.abs(band.ys - snow) * sharp * np.float32(0.8 / (board.pen * sheet.scale)))
            sheet.print(_WHITE, both(mask, weak(edge, 0.6)), band)


def weak(mask: Bytes, share: float) -> Bytes:
    """A mask that lets through only a share."""
    return (mask.astype(np.uint16) * np.uint16(round(share * 256)) >> np.uint16(8)).astype(np.uint8)


def _shapes(board: Board, plate: Shapes, number: int) -> None:
    """Outlines; what is dark is hatched, what shines is white."""
    sheet = board.sheet
    polygons = [polygon for polygon in plate.polygons if len(polygon) > 2]  # noqa: PLR2004
    if not polygons:
        return
    spans = [(float(np.ptp(polygon[:, 0])), float(np.ptp(polygon[:, 1]))) for polygon in polygons]
    if plate.light:
        board.lines(polygons, plate.alpha)
        return
    thin = [polygon for polygon, span in zip(polygons, spans, strict=True) if min(span) < board.pen * 3]
    board.lines(thin, plate.alpha * 0.85)
    polygons = [polygon for polygon, span in zip(polygons, spans, strict=True) if min(span) >= board.pen * 3]
    if not polygons:
        return
    small = min(min(span) for span in spans if min(span) >= board.pen * 3)
    if plate.alpha < 0.5:  # noqa: PLR2004 - a tint: light through a window, a shadow
        for stencil in stencils(sheet, polygons):
            _hatch(board, stencil, _SLANTS[2], 0.014, 0.4 * plate.alpha + 0.12)
        return
    pen = min(board.pen * (0.8 + 0.6 * plate.depth), max(small * 0.3, board.pen * 0.5))
    for stencil in stencils(sheet, polygons, grown=pen):
        sheet.print_shape(_WHITE, stencil)
    light = lab(plate.ink)[0]
    pitch, tone = 0.007 + 0.012 * light, 0.72 - 0.55 * light
    for stencil in stencils(sheet, polygons):
        sheet.print_shape(board.body(plate.ink, plate.depth), stencil)
        if small > 0.012 and light < 0.8:  # noqa: PLR2004
            _hatch(board, stencil, _SLANTS[(number + round(light * 40)) % 4], pitch, tone)
        if plate.foot is not None:
            ramp = gradient(stencil, sheet, *plate.foot[1:])
            _hatch(board, ramp, _SLANTS[(number + 1) % 4], pitch * 1.2, 0.5)


def _water(board: Board, plate: Water) -> None:
    """Lines that lie closer towards the horizon, broken, open under the light."""
    sheet = board.sheet
    deep = max(plate.bottom - plate.top, 1e-6)
    columns = sheet.xs.astype(np.float32)[None, :]
    wave = (board.dice.fractal("draft.wave", sheet.xs * 5.0, 2) * 0.004).astype(np.float32)[None, :]
    broken = np.stack(
        [board.dice.noise(f"draft.line.{line}", sheet.xs * 6.0 + 9.0 * line) for line in range(16)]
    ).astype(np.float32)
    body = board.body(plate.far, 0.4)
    pen = max(board.pen * 0.7, 0.45 / sheet.scale)
    flat, pixels = np.zeros_like(columns), np.arange(sheet.width, dtype=np.int32)
    for band in sheet.bands(plate.top, plate.bottom):
        inside = cover((band.ys - np.float32(plate.top)) * np.float32(sheet.scale) + flat)
        sheet.print(body, inside, band)
        down = np.clip((band.ys - np.float32(plate.top)) / np.float32(deep), 0, 1) + flat
        root = np.sqrt(down + wave * down * np.float32(4.0))
        phase = root * np.float32(deep * 1.15 / 0.018)
        line = np.floor(phase)
        away = np.abs(phase - line - np.float32(0.5))
        spread = np.float32(0.018 / (deep * 1.15)) * root * np.float32(2 * deep)  # units between two lines here
        drawn = (np.float32(pen) - away * spread) * np.float32(sheet.scale) + np.float32(0.5)
        there = broken.ravel()[(line.astype(np.int32) & 15) * np.int32(sheet.width) + pixels]
        shown = np.clip(there * np.float32(4.0) + np.float32(0.9), 0, 1) * np.float32(0.7)
        sheet.print(_WHITE, both(inside, cover(np.clip(drawn, 0, 1) * shown)), band)
    half = board.pen
    board.lines([box(0.0, plate.top - half, sheet.frame.wide, plate.top + half)])
    board.lines(ripples(board.scene, sheet, plate)[0][1], 0.55 * plate.glitter_strength)


def _veil(board: Board, plate: Veil) -> None:
    """Mist rubs the drawing out."""
    sheet = board.sheet
    torn = board.dice.fractal(f"{plate.name}.torn", sheet.xs * 1.7, 3).astype(np.float32)[None, :]
    for band in sheet.bands(plate.middle - plate.reach * 1.5, plate.middle + plate.reach * 1.5):
        away = (band.ys - np.float32(plate.middle)) * np.float32(1 / plate.reach) + torn * np.float32(0.45)
        share = np.maximum(np.float32(1.0) - away * away, np.float32(0.0)) * np.float32(plate.strength * 0.8)
        sheet.print(mixed(board.ground, _WHITE, 0.1), cover(share), band)


def _glow(board: Board, plate: Glow) -> None:
    """Rays: short lines about a light."""
    if plate.radius < 0.03:  # noqa: PLR2004
        return
    lines: list[Floats] = []
    for step in range(3):
        radius = plate.radius * (0.35 + 0.25 * step)
        lines += [ring(plate.x, plate.y, radius, board.pen * 0.4, dash / 16, (dash + 0.4) / 16) for dash in range(16)]
    board.lines(lines, 0.35 * plate.strength)


def _curtains(board: Board, plate: Curtains) -> None:
    sheet = board.sheet
    columns = sheet.xs.astype(np.float32)[None, :]
    for high, hems, there in folds(board.dice, sheet, plate):
        strength = there.astype(np.float32)[None, :] * np.float32(0.8)
        for band in sheet.bands(0.0, plate.low):
            tone = hanging(hems, high, band)[1] * strength
            sheet.print(_WHITE, board.hatched(hems - band.ys, columns, (0.12, 1.0), 0.009, tone), band)


def _measures(board: Board, plates: Sequence[Plate]) -> None:
    """The height and the width of the largest thing that stands free, with arrows and numbers."""
    frame = board.sheet.frame
    inner = _EDGE + 0.03
    best: tuple[float, tuple[float, float, float, float]] | None = None
    for plate in plates:
        if not isinstance(plate, Shapes) or plate.light or plate.alpha < 0.7:  # noqa: PLR2004
            continue
        if not plate.polygons:
            continue
        points = np.concatenate(plate.polygons)
        left, top = (float(part) for part in points.min(axis=0))
        right, bottom = (float(part) for part in points.max(axis=0))
        wide, high = right - left, bottom - top
        free = min(left, top) > inner + 0.05 and right < frame.wide - inner and bottom < frame.high - inner
        if free and min(wide, high) > _LEAST and (best is None or wide * high > best[0]):
            best = (wide * high, (left, top, right, bottom))
    if best is None:
        return
    left, top, right, bottom = best[1]
    x, y = max(inner, left - 0.035), max(inner, top - 0.035)
    half = board.pen * 0.55
    lines = [box(x - half, top, x + half, bottom), box(left, y - half, right, y + half)]
    for at in (top, bottom):
        lines.append(box(x - 0.012, at - half, left - 0.006, at + half))
        lines.append(stroke([(x - 0.007, at + 0.007), (x + 0.007, at - 0.007)], half))
    for at in (left, right):
        lines.append(box(at - half, y - 0.012, at + half, top - 0.006))
        lines.append(stroke([(at - 0.007, y + 0.007), (at + 0.007, y - 0.007)], half))
    board.lines(lines, 0.85)
    _note(board, str(round((bottom - top) * 1000)), x - 0.05, (top + bottom) / 2 - 0.01, 0.017)
    _note(board, str(round((right - left) * 1000)), (left + right) / 2 - 0.02, y - 0.028, 0.017)


def _note(board: Board, text: str, x: float, y: float, high: float) -> float:
    """Letter a note; says where it ends."""
    wide = letters.width_of(text, 0.14) * high
    polygons = letters.line(text, (x, y, x + wide, y + high), max(high * 0.13, board.pen * 0.9))
    board.lines(polygons, 0.9)
    return x + wide


def _frame(board: Board) -> None:
    """A double border, ticks along it, and the title block."""
    frame, pen = board.sheet.frame, board.pen
    rim = _EDGE
    for bare in (
        box(0, 0, frame.wide, rim), box(0, frame.high - rim, frame.wide, frame.high),
        box(0, 0, rim, frame.high), box(frame.wide - rim, 0, frame.wide, frame.high),
    ):  # fmt: skip
        for stencil in stencils(board.sheet, [bare]):
            board.sheet.print_shape(board.ground, stencil)
    lines: list[Floats] = []
    for inset, half in ((_EDGE - 0.012, pen * 0.5), (_EDGE, pen)):
        left, top, right, bottom = inset, inset, frame.wide - inset, frame.high - inset
        lines += [box(left - half, y - half, right + half, y + half) for y in (top, bottom)]
        lines += [box(x - half, top, x + half, bottom) for x in (left, right)]
    for along, is_column in ((frame.wide, True), (frame.high, False)):
        for step in range(1, int(along / (_GRID * 5)) + 1):
            at = step * _GRID * 5
            if at < along - _EDGE:
                far = frame.high if is_column else frame.wide
                for start in (_EDGE - 0.012, far - _EDGE):
                    tick = (at - pen * 0.5, start, at + pen * 0.5, start + 0.012)
                    lines.append(box(*tick) if is_column else box(tick[1], tick[0], tick[3], tick[2]))
    high = 0.062
    words = drawable(_SAID.sub("", board.scene.reading.text)) or "UNTITLED"
    letter = min(0.019, (frame.wide - 2 * _EDGE - 0.06) / letters.width_of(words, 0.14))
    wide = max(letters.width_of(words, 0.14) * letter + 0.03, 0.2)
    right, bottom = frame.wide - _EDGE - 0.008, frame.high - _EDGE - 0.008
    left, top = right - wide, bottom - high
    for stencil in stencils(board.sheet, [box(left, top, right, bottom)]):
        board.sheet.print_shape(board.ground, stencil)
    middle = top + high * 0.56
    for y in (top, middle, bottom):
        lines.append(box(left, y - pen * 0.6, right, y + pen * 0.6))
    for x in (left, right):
        lines.append(box(x - pen * 0.6, top, x + pen * 0.6, bottom))
    board.lines(lines, 0.85)
    _note(board, words, left + 0.015, top + 0.008, letter)
    number = board.dice.whole("sheet.number", 1, 48)
    _note(board, f"SHEET {number}", left + 0.015, middle + 0.009, 0.011)
    _note(board, "1/1000", right - 0.015 - letters.width_of("1/1000", 0.14) * 0.011, middle + 0.009, 0.011)


def _washed(board: Board) -> None:
    """The blue never takes evenly: clouds, a pale fold, worn edges, and the grain of the paper."""
    sheet = board.sheet
    clouds = field(board.dice, "cyan.cloud", sheet, 3.0)
    fine = field(board.dice, "cyan.fine", sheet, 22.0)
    xs = sheet.xs.astype(np.float32)[None, :]
    wide, high = np.float32(sheet.frame.wide), np.float32(sheet.frame.high)
    for band in sheet.bands():
        rows = (0, band.start, sheet.width, band.stop)
        rim = np.minimum(np.minimum(xs, wide - xs), np.minimum(band.ys, high - band.ys))
        worn = np.clip(np.float32(1.0) - rim * np.float32(7.0), 0, 1)
        grains = (sheet.grain(band, 997).astype(np.float32) - np.float32(128)) * np.float32(0.075)
        change = clouds.part(band) * np.float32(9) + fine.part(band) * np.float32(3) + grains
        change -= worn * worn * np.float32(26)
        picture = np.asarray(sheet.image.crop(rows)).astype(np.int16)
        picture += change.astype(np.int16)[:, :, None]
        sheet.image.paste(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), (0, band.start))
