"""Reduction linocut: a few inks, and light that is cut into them line by line with a gouge."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageChops

from daygen.providers.local.colour import Ink, lab, lighter, mixed, toned
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Curtains, Disc, Glow, Land, Plate, Shapes, Sky, Veil, Water
from daygen.providers.local.raster import Bytes, Pixels, Shares, Sheet, Stencil, both, cover, stencils
from daygen.providers.local.scene import Scene
from daygen.providers.local.screenprint import face_rows, faces_of, folds, hanging, lens, mirror, ripples, snow_of
from daygen.providers.local.shapes import disc

_LINES = 64  # how many gouge lines differ from each other before they repeat
_MARGIN = 0.042
_LEAST_GLOW = 0.08  # a smaller pool of light has no room for rings
_LEAST_PX = 3.4  # a line and its gap must stay visible on small sheets


class Block:
    """The carved block: the inks there are, and how the gouge runs."""

    def __init__(self, scene: Scene, sheet: Sheet) -> None:
        self.scene, self.sheet, self.dice = scene, sheet, scene.dice
        self.paper = mixed(scene.palette.paper, (240, 230, 208), 0.45)
        self.inks = _inks(scene, self.paper)
        xs = sheet.xs
        # Each line lifts and sinks by itself along its way, so a gouge begins, swells and ends.
        self.lines: Pixels = np.stack(
            [self.dice.fractal(f"gouge.{line}", xs * 7.0 + 13.0 * line, 2) for line in range(_LINES)]
        ).astype(np.float32)
        self.columns = np.arange(sheet.width, dtype=np.int32)[None, :]
        self.wave = (self.dice.fractal("hand", xs * 3.2, 3) * 0.006).astype(np.float32)[None, :]

    def nearest(self, ink: Ink) -> Ink:
        """The ink of ours that is closest to one wished for."""
        wish = lab(ink)
        return min(self.inks, key=lambda own: sum((a - b) ** 2 for a, b in zip(lab(own), wish, strict=True)))

    def pitch(self, units: float) -> float:
        """Distance between lines in units, never finer than can be seen."""
        return max(units, _LEAST_PX / self.sheet.scale)

    def gouged(self, phase: Shares, tone: Shares, pitch: float, ragged: float = 0.55) -> Bytes:
        """Cut lines where `phase` is whole; `tone` is the share cut away, 0 to 1."""
        line = np.floor(phase)
        index = (line.astype(np.int32) & (_LINES - 1)) * np.int32(self.sheet.width) + self.columns
        lifted = np.take(self.lines, index, mode="clip")  # flat; nothing is out of bounds, and not asking is quicker
        share = tone + lifted * np.float32(ragged) * np.minimum(tone * 2, np.float32(1.0))
        away = np.abs(phase - line - np.float32(0.5)) * np.float32(2.0)
        width = np.float32(pitch * self.sheet.scale / 2)
        cut = (share - away) * width + np.float32(0.5)
        return cover(np.where(share > np.float32(0.04), cut, np.float32(0.0)))


def _inks(scene: Scene, paper: Ink) -> list[Ink]:
    """Paper, three or four tints and the key ink: what one would really mix."""
    inks = scene.palette
    key = toned(lighter(mixed(inks.near, (16, 14, 18), 0.35), -0.01), 1.1)
    return [
        paper,
        toned(mixed(inks.low, paper, 0.25), 1.15),
        toned(inks.middle, 1.15),
        toned(inks.far, 1.2),
        toned(mixed(inks.far, key, 0.5), 1.15),
        key,
    ]


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Cut and print every plate, then the margin of the paper around them."""
    block = Block(scene, sheet)
    for number, plate in enumerate(plates):
        _cut(block, plate)
        progress((number + 1) / (len(plates) + 1))
    _pull(block)
    progress(1.0)


def _cut(block: Block, plate: Plate) -> None:
    match plate:
        case Sky():
            _sky(block, plate)
        case Disc():
            _disc(block, plate)
        case Land():
            _land(block, plate)
        case Shapes():
            _shapes(block, plate)
        case Water():
            _water(block, plate)
        case Veil():
            _veil(block, plate)
        case Glow():
            _glow(block, plate)
        case Curtains():
            _curtains(block, plate)


def _sky(block: Block, plate: Sky) -> None:
    """A flat ink, darker lines overhead, the light cut in rings or levels."""
    sheet = block.sheet
    night = block.scene.palette.night
    ground = block.nearest(plate.middle)
    over = block.nearest(plate.top)
    bright = block.nearest(plate.low) if night else block.paper
    if over == ground:
        over = mixed(ground, block.nearest(lighter(plate.top, -0.15)), 0.5)
    if bright == ground:
        bright = mixed(ground, block.paper, 0.7)
    rings = block.dice.chance("sky.rings", 0.55)
    pitch = block.pitch(0.0125)
    reach = np.float32(1 / (max(sheet.frame.wide, sheet.frame.high) * 0.75))
    across = sheet.xs.astype(np.float32)[None, :] - np.float32(plate.light.x)
    for band in sheet.bands():
        sheet.image.paste(ground, (0, band.start, sheet.width, band.stop))
        away = band.ys - np.float32(plate.light.y)
        far = np.sqrt(across * across + away * away)
        level = (band.ys + block.wave) * np.float32(1 / pitch)
        phase = (far + block.wave) * np.float32(1 / pitch) if rings else level
        overhead = np.clip(np.float32(0.62) - band.ys / np.float32(max(plate.horizon, 0.2)), 0, 1) * np.float32(1.15)
        dark = np.clip(overhead * np.clip(far * reach * np.float32(2.6) - np.float32(0.2), 0, 1), 0, 0.82)
        sheet.print(over, block.gouged(phase + np.float32(0.5), dark, pitch), band)
        lit = np.clip(np.float32(0.85) - far * reach * np.float32(2.0), 0, 0.8)
        lit = np.maximum(lit, np.clip(band.ys / np.float32(max(plate.horizon, 0.2)) - np.float32(0.6), 0, 0.5))
        sheet.print(bright, block.gouged(phase, lit * np.float32(0.85), pitch), band)


def _glow(block: Block, plate: Glow) -> None:
    if plate.radius < _LEAST_GLOW:
        return
    sheet, pitch = block.sheet, block.pitch(0.011)
    across = sheet.xs.astype(np.float32)[None, :] - np.float32(plate.x)
    ink = mixed(plate.ink, block.paper, 0.15)
    for band in sheet.bands(plate.y - plate.radius, plate.y + plate.radius):
        down = band.ys - np.float32(plate.y)
        far = np.sqrt(across * across + down * down)
        near = np.maximum(np.float32(1.0) - far / np.float32(plate.radius), np.float32(0.0))
        tone = near * np.float32(min(plate.strength * 1.1, 0.7))
        sheet.print(ink, block.gouged(far * np.float32(1 / pitch), tone, pitch), band)


def _disc(block: Block, plate: Disc) -> None:
    sheet, light = block.sheet, plate.light
    for stencil in stencils(sheet, [disc(light.x, light.y, light.radius)]):
        mask = stencil.mask
        if plate.shadow is not None:
            hole = Image.new("L", mask.size)
            for part in stencils(
                sheet, [disc(light.x + plate.shadow[0], light.y + plate.shadow[1], light.radius * 0.92)]
            ):
                hole.paste(part.mask, (part.left - stencil.left, part.top - stencil.top))
            mask = ImageChops.subtract(mask, hole)
        sheet.print_shape(mixed(plate.ink, block.paper, 0.5), Stencil(stencil.left, stencil.top, mask))
        if plate.sink > 0:
            haze = block.nearest(plate.haze)
            haze = mixed(haze, block.nearest(block.scene.palette.far), 0.35) if haze == block.paper else haze
            ramp = ((light.y - light.radius * 0.1), (light.y + light.radius * 1.3))
            _hatch(block, Stencil(stencil.left, stencil.top, mask), haze, ramp, 0.85, 0.0)


def _hatch(
    block: Block, stencil: Stencil, ink: Ink, ramp: tuple[float, float] | None, most: float, slant: float
) -> None:
    """Fill a stencil with lines; between two heights they swell from nothing to `most`."""
    sheet, pitch = block.sheet, block.pitch(0.0105)
    wide, high = stencil.mask.size
    rows = ((np.arange(high) + stencil.top + 0.5) / sheet.scale).astype(np.float32)[:, None]
    columns = sheet.xs[stencil.left : stencil.left + wide].astype(np.float32)[None, :]
    tone = np.full((high, 1), most, dtype=np.float32)
    if ramp is not None:
        tone = np.clip((rows - np.float32(ramp[0])) / np.float32(max(ramp[1] - ramp[0], 1e-4)), 0, 1) * np.float32(most)
    phase = (rows + columns * np.float32(slant)) * np.float32(1 / pitch)
    away = np.abs(phase - np.floor(phase) - np.float32(0.5)) * np.float32(2.0)
    cut = np.where(tone > np.float32(0.04), (tone - away) * np.float32(pitch * sheet.scale / 2) + np.float32(0.5), 0.0)
    lines = Image.fromarray(cover(cut.astype(np.float32)))
    sheet.print_shape(ink, Stencil(stencil.left, stencil.top, ImageChops.multiply(stencil.mask, lines)))


def _smooth(ys: Floats, reach: int) -> Floats:
    """A line without its small teeth: the mean of `reach` columns to both sides."""
    framed = np.concatenate([np.full(reach + 1, ys[0]), ys, np.full(reach, ys[-1])])
    sums = np.cumsum(framed)
    return (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)


def _land(block: Block, plate: Land) -> None:
    """Solid ink at the edge and lines that open towards the foot, or the other way round where the foot is darker."""
    sheet, scene = block.sheet, block.scene
    ink = block.nearest(plate.ink)
    opening = lab(plate.foot)[0] > lab(plate.ink)[0]
    cut = _cut_ink(block, ink)
    ys, sharp = sheet.edge(plate.profile)
    reach = max(1, round(0.02 * sheet.scale))
    along = _smooth(ys[0].astype(np.float64), reach).astype(np.float32)[None, :]
    pitch = block.pitch(0.0095 + 0.006 * plate.depth)
    faces = faces_of(scene, sheet, plate.profile, plate.facets, plate.name) if plate.facets else None
    snow = snow_of(scene, sheet, plate.cap, plate.name) if plate.cap else None
    fan = (block.dice.noise(f"{plate.name}.fan", sheet.xs * 1.6) * 0.25 + 1.0).astype(np.float32)[None, :]
    rim = np.float32(0.0042)
    for band in sheet.bands(float(ys.min()) - 0.01, plate.floor):
        away = band.ys - ys
        mask = cover(away * sharp + np.float32(0.5))
        if plate.floor is not None:
            mask = both(mask, cover((np.float32(plate.floor) - band.ys) * np.float32(sheet.scale) + np.float32(0.5)))
        sheet.print(cut, cover((away + rim) * sharp + np.float32(0.5)) if plate.floor is None else mask, band)
        sheet.print(ink, mask, band)
        down = np.clip(away * np.float32(1 / max(plate.fade, 0.02)), 0, 1)
        tone = down * np.float32(0.72) if opening else (np.float32(1.0) - down) * np.float32(0.5 - 0.22 * plate.depth)
        if faces is not None:
            lit = np.float32(1.0) - face_rows(sheet, faces, band).astype(np.float32) * np.float32(1 / 255)
            tone = (
                np.maximum(tone * lit, lit * (np.float32(1.0) - down) * np.float32(0.5))
                if not opening
                else np.maximum(tone, lit * (np.float32(0.55) - down * np.float32(0.5)))
            )
        phase = (band.ys - along) * fan * np.float32(1 / pitch)
        sheet.print(cut, both(mask, block.gouged(phase, tone, pitch)), band)
        if snow is not None:
            white = both(mask, cover((snow - band.ys) * sharp + np.float32(0.5)))
            sheet.print(block.paper if not scene.palette.night else mixed(block.paper, ink, 0.3), white, band)
            if faces is not None:
                shade = both(white, face_rows(sheet, faces, band))
                lines = block.gouged(phase * np.float32(1.3), np.full_like(away, 0.62), pitch)
                sheet.print(ink, both(shade, lines), band)


def _cut_ink(block: Block, ink: Ink) -> Ink:
    """What shows in the cuts: the ink printed before, which is two steps lighter."""
    at = block.inks.index(ink)
    if at == 0:
        return block.inks[1]
    return block.inks[max(at - 2, 0)]


def _shapes(block: Block, plate: Shapes) -> None:
    sheet = block.sheet
    if plate.light:
        for stencil in stencils(sheet, plate.polygons):
            sheet.print_shape(mixed(plate.ink, block.paper, 0.1), stencil)
        return
    ink = block.nearest(plate.ink)
    if plate.alpha < 0.6:  # noqa: PLR2004 - a veil of ink is cut as lines
        for stencil in stencils(sheet, plate.polygons):
            _hatch(block, stencil, ink, None, 0.2 + 0.6 * plate.alpha, 0.0)
        return
    rim = block.inks[max(block.inks.index(ink) - 2, 0)]
    filled = list(stencils(sheet, plate.polygons))
    if plate.depth > 0.2:  # noqa: PLR2004 - what is far away has no outline
        across, up = max(1, round(0.0026 * sheet.scale)), max(1, round(0.0012 * sheet.scale))
        for stencil in filled:
            for side in (-across, across):
                sheet.print_shape(rim, Stencil(stencil.left + side, stencil.top - up, stencil.mask))
    for stencil in filled:
        sheet.print_shape(ink, stencil)
        if plate.foot is not None:
            colour, top, bottom = plate.foot
            second = block.nearest(colour)
            if second == ink:
                second = rim
            _hatch(block, stencil, second, (top, bottom), 0.6, 0.35)


def _water(block: Block, plate: Water) -> None:
    """A mirror broken by level cuts, and the path of the light in it."""
    sheet, scene = block.sheet, block.scene
    deep = plate.bottom - plate.top
    first = max(0, round(plate.top * sheet.scale))
    above = np.asarray(sheet.image.crop((0, 0, sheet.width, max(first, 1))))
    ink = block.nearest(mixed(plate.far, plate.near, 0.6))
    flat = np.zeros((1, sheet.width), dtype=np.float32)
    turns = np.float32(0.62 / block.pitch(0.011))
    across = np.abs(sheet.xs.astype(np.float32)[None, :] - np.float32(plate.light.x))
    for band in sheet.bands(plate.top, plate.bottom):
        inside = cover((band.ys - np.float32(plate.top)) * np.float32(sheet.scale) + flat)
        down = np.clip((band.ys - np.float32(plate.top)) / np.float32(deep), 0, 1)
        sheet.print(ink, inside, band)
        # Lines lie wider apart the nearer they are: the root of the distance is as good as perspective.
        phase = (np.sqrt(down) * np.float32(deep) + block.wave * down) * turns * np.float32(1.5)
        pitch = block.pitch(0.012) * 1.1
        if plate.mirror > 0 and first > 1:
            mirror(scene, sheet, plate, band, above)
            tone = np.float32(0.98 - 0.62 * plate.mirror) + down * np.float32(0.25) + flat
            sheet.print(ink, both(inside, block.gouged(phase, tone, pitch, 0.9)), band)
        spread = np.float32(plate.light.radius * 1.1) + down * np.float32(0.22)
        path = np.clip(np.float32(1.0) - across / spread, 0, 1) * np.float32(plate.glitter_strength)
        tone = path * np.float32(0.9) + np.float32(0.1) * (np.float32(1.0) - down)
        sheet.print(
            mixed(plate.glitter, block.paper, 0.5),
            both(inside, block.gouged(phase + np.float32(0.5), tone, pitch, 0.9)),
            band,
        )
    scattered = ripples(scene, sheet, plate)[1][1]
    for stencil in stencils(sheet, scattered):
        sheet.print_shape(block.inks[1], stencil)


def _veil(block: Block, plate: Veil) -> None:
    sheet, pitch = block.sheet, block.pitch(0.0115)
    ink = block.nearest(plate.ink)
    torn = block.dice.tide(f"{plate.name}.torn", sheet.xs * 1.7, 3, plate.phase).astype(np.float32)[None, :]
    for band in sheet.bands(plate.middle - plate.reach * 1.5, plate.middle + plate.reach * 1.5):
        away = (band.ys - np.float32(plate.middle)) * np.float32(1 / plate.reach) + torn * np.float32(0.45)
        tone = np.maximum(np.float32(1.0) - away * away, np.float32(0.0)) * np.float32(plate.strength * 0.8)
        sheet.print(ink, block.gouged((band.ys + block.wave) * np.float32(1 / pitch), tone, pitch), band)


def _curtains(block: Block, plate: Curtains) -> None:
    sheet, pitch = block.sheet, block.pitch(0.009)
    for high, hems, there in folds(block.dice, sheet, plate):
        strength = there.astype(np.float32)[None, :]
        for band in sheet.bands(0.0, plate.low):
            tone = hanging(hems, high, band)[1] * strength * np.float32(0.8)
            phase = (sheet.xs.astype(np.float32)[None, :] + (hems - band.ys) * np.float32(0.12)) * np.float32(1 / pitch)
            sheet.print(plate.ink, block.gouged(phase, tone, pitch, 0.3), band)


def _pull(block: Block) -> None:
    """Ink that did not take everywhere, stray cuts, and the bare margin."""
    sheet, dice = block.sheet, block.dice
    wide, high = sheet.frame.wide, sheet.frame.high
    strays: list[Floats] = []
    for index in range(int(50 * wide)):
        x, y = dice.unit("stray.x", index) * wide, high - 0.3 * dice.unit("stray.y", index) ** 2
        strays.append(lens(x, y, dice.between("stray.l", 0.004, 0.016, index), 0.0011))
    for stencil in stencils(sheet, strays):
        sheet.print_shape(block.inks[3], stencil)
    left, right = (_rough(block, name, sheet.height) for name in ("left", "right"))
    top, bottom = (_rough(block, name, sheet.width) for name in ("top", "bottom"))
    columns = sheet.xs.astype(np.float32)[None, :]
    scale = np.float32(sheet.scale)
    for band in sheet.bands():
        noise = sheet.grain(band, 991)
        starved = (noise > np.uint8(249)).astype(np.uint8) * np.uint8(105)
        sheet.print(block.paper, starved, band)
        rows = slice(band.start, band.stop)
        inside = np.minimum(columns - left[rows, None], np.float32(wide) - columns - right[rows, None])
        inside = np.minimum(inside, np.minimum(band.ys - top[None, :], np.float32(high) - band.ys - bottom[None, :]))
        sheet.print(block.paper, cover(np.float32(0.5) - inside * scale), band)
        box = (0, band.start, sheet.width, band.stop)
        picture = np.asarray(sheet.image.crop(box)).astype(np.int16)
        picture += ((noise.astype(np.int16) - 128) * 7 >> 7)[:, :, None]
        sheet.image.paste(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), (0, band.start))


def _rough(block: Block, name: str, pixels: int) -> Pixels:
    """How far the block lies from one edge of the paper, in units, along that edge."""
    along = (np.arange(pixels, dtype=np.float64) + 0.5) / block.sheet.scale
    worn = block.dice.fractal(f"margin.{name}", along * 22.0, 3, 0.6)
    return (_MARGIN + 0.0026 * worn + block.dice.between(f"margin.{name}", -0.002, 0.002)).astype(np.float32)
