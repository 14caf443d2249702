"""Stained glass: pieces of coloured glass that follow the shapes, held by lead, with the light behind them."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from daygen.providers.local.clouds import field, softened
from daygen.providers.local.colour import Ink, lab, lighter, mixed, of_lab, toned, turned
from daygen.providers.local.curves import ring
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Curtains, Disc, Glow, Land, Light, Plate, Shapes, Sky, Veil, Water
from daygen.providers.local.proof import Proof
from daygen.providers.local.raster import Sheet, Stencil, gradient, stencils, strokes, weakened
from daygen.providers.local.scene import Scene
from daygen.providers.local.screenprint import curtains, glow, veil
from daygen.providers.local.shapes import box, circle, disc

_LEAD = 0.0046  # half of what holds two pieces, in units
_JOINT = 0.0034  # half of what joins two pieces of one thing
_BORDER = 0.05
_LEAST = 0.03  # what is smaller is painted on the glass
_FEW = 12  # corners: walls, bars and triangles
_WIDE, _VAST, _PANE = 0.2, 0.45, 0.17  # what is cut again: how wide, how large, into what
_CAME: Ink = (38, 37, 41)
_CORNERS = 240
_RAYS = (8, 12, 16, 20, 20, 24)  # pieces of each ring of the sky
_FAR = 0.22  # what is farther away is painted as well


class Window:
    """The glass that is laid, and the lead between it."""

    def __init__(self, scene: Scene, sheet: Sheet) -> None:
        self.scene, self.dice = scene, scene.dice
        self.sheet = Proof(sheet.width, sheet.height, scene.dice)
        self.lead = Image.new("L", (sheet.width, sheet.height))
        self.sun = Light(sheet.frame.wide / 2, sheet.frame.high * 0.4, 0.1)

    def glass(self, colour: Ink, key: int) -> Ink:
        """Glass is never of one colour: a piece is a little warmer, colder, paler or deeper than the next."""
        dice = self.dice
        tint = turned(colour, dice.between("glass.turn", -9, 9, key))
        lightness, a, b = lab(toned(tint, dice.between("glass.deep", 1.1, 1.5, key)))
        lightness = 0.1 + lightness * 0.88 + dice.between("glass.lift", -0.05, 0.05, key)
        return of_lab((min(max(lightness, 0.05), 0.97), a, b))

    def piece(self, polygon: Floats, colour: Ink, lead: float = _JOINT) -> None:
        """Set one piece into its lead."""
        for stencil in stencils(self.sheet, [polygon], grown=lead):
            self.lead.paste(255, (stencil.left, stencil.top), stencil.mask)
        for stencil in stencils(self.sheet, [polygon]):
            self.cleared(stencil)
            self.sheet.print_shape(colour, stencil)

    def tiled(self, pieces: Sequence[tuple[Floats, Ink]], lead: float = _JOINT) -> None:
        """Set many pieces beside each other, on glass whose own lead is there already."""
        pen = ImageDraw.Draw(self.sheet.image)
        for polygon, colour in pieces:  # their edges need not be smooth: lead comes over them
            pen.polygon(np.floor(polygon * self.sheet.scale).astype(np.int64).ravel().tolist(), fill=colour)
        for stencil in strokes(self.sheet, [polygon for polygon, _ in pieces], lead / 2):
            self.lead.paste(255, (stencil.left, stencil.top), stencil.mask)

    def cleared(self, stencil: Stencil) -> None:
        """Take away the lead behind a piece."""
        self.lead.paste(0, (stencil.left, stencil.top), stencil.mask)


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Cut and lead every plate, put a border round them, and let the light through."""
    window = Window(scene, sheet)
    for number, plate in enumerate(plates):
        _set(window, plate, number)
        progress(0.7 * (number + 1) / len(plates))
    _border(window)
    _lit(window, sheet, progress)


def _set(window: Window, plate: Plate, number: int) -> None:
    match plate:
        case Sky():
            _sky(window, plate)
        case Disc():
            _disc(window, plate)
        case Land():
            _land(window, plate, number)
        case Shapes():
            _shapes(window, plate, number)
        case Water():
            _water(window, plate, number)
        case Veil():
            veil(window.scene, window.sheet, plate, number)
        case Glow():
            glow(window.sheet, plate, number)
        case Curtains():
            curtains(window.scene, window.sheet, plate, number)


def _sky(window: Window, plate: Sky) -> None:
    """Rings and rays about the light; each ring has its own joints."""
    frame, dice, light = window.sheet.frame, window.dice, plate.light
    window.sun = light
    window.piece(box(0.0, 0.0, frame.wide, frame.high), window.glass(plate.middle, 0), 0.0)
    reach = math.hypot(max(light.x, frame.wide - light.x), max(light.y, frame.high - light.y))
    radii = [light.radius * 0.9]
    while radii[-1] < reach:
        radii.append(radii[-1] + 0.115 + 0.055 * len(radii))
    pieces: list[tuple[Floats, Ink]] = []
    for at in range(len(radii) - 1, -1, -1):
        outer, inner = radii[at], radii[at - 1] if at else 0.0
        count = _RAYS[min(at, len(_RAYS) - 1)]
        first = dice.whole("sky.turn", 0, _CORNERS // count, at)
        loose = 2 if at else 0
        joints = [
            first + cell * _CORNERS // count + dice.whole("sky.joint", -loose, loose, at * 32 + cell % count)
            for cell in range(count + 1)
        ]
        for cell in range(count):
            bow = circle(_CORNERS)[np.arange(joints[cell], joints[cell + 1] + 1) % _CORNERS]
            points = np.concatenate([bow * outer, (bow * inner)[::-1]]) + np.array((light.x, light.y))
            if _seen(points, frame.wide, frame.high):
                y = min(max(float(points[:, 1].min() + points[:, 1].max()) / 2, 0.0), frame.high)
                colour = _air(plate, y, (outer + inner) / 2)
                pieces.append((points, window.glass(colour, at * 32 + cell)))
    window.tiled(pieces)


def _air(plate: Sky, y: float, away: float) -> Ink:
    """The sky's colour at a height, so far away from the light."""
    down = y / max(plate.horizon, 0.05)
    colour = mixed(mixed(plate.top, plate.middle, down * 2), plate.low, max(0.0, down * 2 - 1))
    near = max(0.0, 1.0 - away / max(plate.light.radius * 5.5, 0.2))
    return mixed(colour, plate.halo, near * min(1.0, plate.halo_strength * 1.2))


def _seen(points: Floats, wide: float, high: float) -> bool:
    low, top = points.min(axis=0), points.max(axis=0)
    return bool(low[0] < wide and low[1] < high and top[0] > 0 and top[1] > 0)


def _disc(window: Window, plate: Disc) -> None:
    light = plate.light
    body = disc(light.x, light.y, light.radius)
    window.piece(body, window.glass(lighter(plate.ink, 0.03), 7), _LEAD)
    if plate.shadow is not None:
        centre = (light.x + plate.shadow[0], light.y + plate.shadow[1])
        away = disc(*centre, light.radius * 0.92)
        mask = _mask_of(window, [body])
        for stencil in stencils(window.sheet, [away]):
            area = (stencil.left, stencil.top, stencil.left + stencil.mask.width, stencil.top + stencil.mask.height)
            inner = ImageChops.multiply(stencil.mask, mask.crop(area))
            window.sheet.print_shape(window.glass(plate.haze, 8), Stencil(stencil.left, stencil.top, inner))
        for rim in stencils(window.sheet, [ring(*centre, light.radius * 0.92, _JOINT)]):
            area = (rim.left, rim.top, rim.left + rim.mask.width, rim.top + rim.mask.height)
            window.lead.paste(255, (rim.left, rim.top), ImageChops.multiply(rim.mask, mask.crop(area)))


def _mask_of(window: Window, polygons: Sequence[Floats]) -> Image.Image:
    made = Image.new("L", window.lead.size)
    for stencil in stencils(window.sheet, polygons):
        made.paste(255, (stencil.left, stencil.top), stencil.mask)
    return made


def _land(window: Window, plate: Land, number: int) -> None:
    """Rows that follow the profile, each cut into pieces of uneven width."""
    frame, dice = window.sheet.frame, window.dice
    floor = frame.high if plate.floor is None else min(plate.floor, frame.high)
    xs = np.linspace(0.0, frame.wide, max(48, round(160 * frame.wide)))
    edge = plate.profile(xs)
    if float(edge.min()) > floor:
        return
    window.piece(_strip(xs, edge, np.full_like(xs, max(floor, float(edge.max())) + 0.02)), plate.ink, _LEAD)
    row, above = 0, edge
    pieces: list[tuple[Floats, Ink]] = []
    high = 0.065 + 0.06 * plate.depth
    while float(above.min()) < floor and row < 14:  # noqa: PLR2004
        below = (
            edge * 0.0
            + above
            + high * (1.0 + 0.35 * row) * (1.0 + 0.3 * dice.noise(f"{plate.name}.row", xs * 3.0 + 40.0 * row))
        )
        below = below * 0.75 + (float(below.min()) + float(below.max())) * 0.125
        wide = 0.15 + 0.07 * plate.depth + 0.02 * row
        below = np.minimum(np.maximum(below, above), floor)
        for cell, (start, stop) in enumerate(_joints(window, f"{plate.name}.{row}", wide, high * 0.9)):
            key = number * 512 + row * 32 + cell
            x = min(max((start[0] + stop[0]) / 2, 0.0), frame.wide)
            y = float(np.interp(x, xs, above))
            if y >= floor:
                continue
            down = min(1.0, max(0.0, (y - float(np.interp(x, xs, edge)) + high * 0.3) / max(plate.fade, 0.05)))
            colour = mixed(plate.ink, plate.foot, down)
            if plate.cap is not None and y + high * 0.3 < plate.cap.line:
                colour = plate.cap.ink
            if plate.facets is not None and dice.chance("land.face", 0.4, key):
                colour = mixed(colour, plate.facets.ink, plate.facets.strength * 0.7)
            pieces.append((_cut(xs, above, below, start, stop), window.glass(colour, key)))
        above, row = below, row + 1
    window.tiled(pieces)


def _strip(xs: Floats, top: Floats, bottom: Floats) -> Floats:
    return np.concatenate([np.stack([xs, top], axis=1), np.stack([xs, np.maximum(bottom, top)], axis=1)[::-1]])


def _cut(xs: Floats, top: Floats, bottom: Floats, start: tuple[float, float], stop: tuple[float, float]) -> Floats:
    """A piece between two lines, its joints running from the upper one to the lower as they like."""
    steps = np.linspace(0.0, 1.0, 10)
    over = start[0] + (stop[0] - start[0]) * steps
    under = start[1] + (stop[1] - start[1]) * steps
    high, low = np.interp(over, xs, top), np.interp(under, xs, bottom)
    return np.concatenate([np.stack([over, high], axis=1), np.stack([under, low], axis=1)[::-1]])


def _water(window: Window, plate: Water, number: int) -> None:
    """Long pieces, wider the nearer they are; those under the light shine."""
    frame, dice = window.sheet.frame, window.dice
    xs = np.linspace(0.0, frame.wide, max(48, round(120 * frame.wide)))
    deep = plate.bottom - plate.top
    window.piece(box(0.0, plate.top, frame.wide, plate.bottom + 0.01), window.glass(plate.far, 3), _LEAD)
    rows = max(3, min(9, round(deep / 0.06)))
    levels = [plate.top + deep * (step / rows) * (0.5 + 0.5 * step / rows) for step in range(rows + 1)]
    waves = [np.full_like(xs, levels[0])]
    for step in range(1, rows + 1):
        swing = (levels[step] - levels[step - 1]) * 0.34
        waves.append(levels[step] + swing * dice.noise("water.wave", xs * (5.0 - 2.5 * step / rows) + 30.0 * step))
    pieces: list[tuple[Floats, Ink]] = []
    for row in range(rows):
        wide = 0.2 + 0.16 * row / rows
        for cell, (start, stop) in enumerate(_joints(window, f"water.{row}", wide, 0.05 + 0.05 * row / rows)):
            colour = mixed(plate.far, plate.near, (row + 0.5) / rows)
            spread = plate.light.radius * 1.2 + 0.2 * (row + 1) / rows
            near = max(0.0, 1.0 - abs(sum((*start, *stop)) / 4 - plate.light.x) / spread)
            shine = near * plate.glitter_strength * (1.1 if (row + cell) % 2 else 0.5)
            colour = mixed(colour, plate.glitter, min(0.85, shine))
            key = number * 512 + row * 32 + cell
            pieces.append((_cut(xs, waves[row], waves[row + 1], start, stop), window.glass(colour, key)))
    window.tiled(pieces)


def _joints(
    window: Window, name: str, wide: float, slant: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Where the pieces of a row begin and end, above and below."""
    dice, reach = window.dice, window.sheet.frame.wide
    made: list[tuple[float, float]] = []
    x = -wide * dice.between(f"{name}.first", 0.2, 1.0)
    while x < reach + wide:
        key = len(made)
        made.append((x, x + slant * dice.between(f"{name}.slant", -1.0, 1.0, key)))
        x += wide * dice.between(f"{name}.wide", 0.6, 1.5, key)
    return list(pairwise(made))


def _shapes(window: Window, plate: Shapes, number: int) -> None:
    """A silhouette in its own lead; a large one is cut again, a small one painted on the glass."""
    sheet = window.sheet
    polygons = [polygon for polygon in plate.polygons if len(polygon) > 2]  # noqa: PLR2004
    spans = [(float(np.ptp(polygon[:, 0])), float(np.ptp(polygon[:, 1]))) for polygon in polygons]
    if not spans:
        return
    colour = window.glass(plate.ink, number * 7 + 1)
    large = [polygon for polygon, span in zip(polygons, spans, strict=True) if max(span) > _LEAST]
    leaded = large and plate.alpha > 0.8 and plate.depth > _FAR and not (plate.light and len(polygons) > 12)  # noqa: PLR2004
    if leaded:
        thick = sorted(min(span) for span in spans)[len(spans) // 2]
        lead = min(_LEAD, max(thick * 0.09, 0.0016))
        for stencil in stencils(sheet, large, grown=lead):
            window.lead.paste(255, (stencil.left, stencil.top), stencil.mask)
    for stencil in stencils(sheet, polygons):
        mask = weakened(stencil.mask, plate.alpha) if plate.alpha < 1 else stencil.mask
        whole = Stencil(stencil.left, stencil.top, mask)
        if plate.alpha > 0.55:  # noqa: PLR2004
            window.cleared(whole)
        sheet.print_shape(colour, whole)
        if plate.foot is not None:
            sheet.print_shape(window.glass(plate.foot[0], number * 7 + 2), gradient(whole, sheet, *plate.foot[1:]))
    for polygon, span in zip(polygons, spans, strict=True):
        plain = len(polygon) <= _FEW and min(span) > _WIDE
        if leaded and (plain or span[0] * span[1] > _VAST):
            _recut(window, polygon, plate.ink, number)


def _recut(window: Window, polygon: Floats, ink: Ink, number: int) -> None:
    """Cut what is too large for one piece of glass into several."""
    dice, mask = window.dice, _mask_of(window, [polygon])
    left, top, right, bottom = (*polygon.min(axis=0).tolist(), *polygon.max(axis=0).tolist())
    frame = window.sheet.frame
    left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, frame.wide), min(bottom, frame.high)
    xs = np.linspace(0.0, frame.wide, 48)
    rows = max(1, round((bottom - top) / _PANE))
    lines = [
        top + (bottom - top) * row / rows
        + (0.018 * dice.noise(f"recut.{number}", xs * 3.0 + 20.0 * row) if 0 < row < rows else 0.0 * xs)
        for row in range(rows + 1)
    ]  # fmt: skip
    for row in range(rows):
        for cell, (start, stop) in enumerate(_joints(window, f"recut.{number}.{row}", _PANE * 1.2, 0.06)):
            if max(stop) < left or min(start) > right:
                continue
            piece = _cut(xs, lines[row], lines[row + 1], start, stop)
            if not _touches(window.sheet, piece, mask):
                continue
            colour = window.glass(ink, number * 512 + row * 32 + cell + 11)
            for grown, tint in ((_JOINT, None), (0.0, colour)):
                for stencil in stencils(window.sheet, [piece], grown=grown):
                    area = (stencil.left, stencil.top)
                    own = mask.crop((*area, area[0] + stencil.mask.width, area[1] + stencil.mask.height))
                    inside = Stencil(*area, ImageChops.multiply(stencil.mask, own))
                    window.lead.paste(0 if tint else 255, area, inside.mask)
                    if tint:
                        window.sheet.print_shape(tint, inside)


def _touches(sheet: Sheet, piece: Floats, mask: Image.Image) -> bool:
    """Whether a mask of the whole sheet lets through anything around a piece."""
    low = (piece.min(axis=0) - _JOINT) * sheet.scale - 1
    high = (piece.max(axis=0) + _JOINT) * sheet.scale + 2
    return mask.crop((int(low[0]), int(low[1]), int(high[0]), int(high[1]))).getbbox() is not None


def _border(window: Window) -> None:
    """A frame of small panes, in the inks of the picture."""
    frame, inks, dice = window.sheet.frame, window.scene.palette, window.dice
    dark = mixed(inks.far, inks.near, 0.45)
    colours = (inks.far, dark, inks.middle, inks.far, inks.low, dark, mixed(inks.glow, inks.far, 0.25))
    panes: list[tuple[Floats, Ink]] = []
    for side, (along, across) in enumerate(((frame.wide, frame.high), (frame.high, frame.wide))):
        count = max(2, round((along - 2 * _BORDER) / 0.13))
        step = (along - 2 * _BORDER) / count
        for end, far in enumerate((0.0, across - _BORDER)):
            first = dice.whole("border", 0, len(colours) - 1, end)
            for at in range(count):
                start = _BORDER + step * at
                pane = box(start, far, start + step, far + _BORDER)
                colour = window.glass(colours[(at + first) % len(colours)], 9000 + side * 500 + end * 250 + at)
                panes.append((pane[:, ::-1].copy() if side else pane, colour))
    panes += [
        (box(x, y, x + _BORDER, y + _BORDER), window.glass(inks.glow, 9990 + key))
        for key, x in enumerate((0.0, frame.wide - _BORDER))
        for y in (0.0, frame.high - _BORDER)
    ]
    wide, high = frame.wide, frame.high
    bars = [box(0, 0, wide, _BORDER), box(0, high - _BORDER, wide, high)]
    bars += [box(0, 0, _BORDER, high), box(wide - _BORDER, 0, wide, high)]
    for bar in bars:
        window.piece(bar, dark, 0.0)
    window.tiled(panes, _LEAD * 2)


def _lit(window: Window, sheet: Sheet, progress: Callable[[float], None]) -> None:
    """Light from behind, strongest where the sun stands; glass streaked and seedy; lead with a dull shine."""
    scale = sheet.scale
    shade = softened(window.lead, 0.012 * scale)
    flow = field(window.dice, "flow", sheet, 7.0)
    seeds = field(window.dice, "seeds", sheet, min(60.0, scale / 3))
    off = max(1, round(0.0016 * scale))
    xs = sheet.xs.astype(np.float32)[None, :] - np.float32(window.sun.x)
    for band in sheet.bands():
        rows = (0, band.start, sheet.width, band.stop)
        picture = np.asarray(window.sheet.image.crop(rows)).astype(np.float32)
        down = band.ys - np.float32(window.sun.y)
        far = np.sqrt(xs * xs + down * down)
        behind = np.float32(1.22) - np.minimum(far * np.float32(0.3), np.float32(0.3))
        near = np.asarray(shade.rows(band)).astype(np.float32) * np.float32(0.42 / 255)
        bright = behind + flow.part(band) * np.float32(0.1) + seeds.part(band) * np.float32(0.06) - near
        picture = picture * bright[:, :, None]
        lead = np.asarray(window.lead.crop(rows)).astype(np.float32) * np.float32(1 / 255)
        moved = np.asarray(window.lead.crop((off, band.start + off, sheet.width + off, band.stop + off)))
        bevel = lead - moved.astype(np.float32) * np.float32(1 / 255)
        noise = (sheet.grain(band, 3).astype(np.float32) - np.float32(128)) * np.float32(0.05)
        for channel in range(3):
            came = np.float32(_CAME[channel]) - bevel * np.float32(34) + noise
            own = picture[:, :, channel]
            own += (came - own) * lead
        sheet.image.paste(Image.fromarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8)), (0, band.start))
        progress(0.7 + 0.3 * band.stop / sheet.height)
