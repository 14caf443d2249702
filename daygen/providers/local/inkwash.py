"""Ink: brush and wash on pale paper. A few greys, strokes that run dry, mist left bare, one accent, a seal."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from daygen.providers.local.clouds import Soft, field, streaks
from daygen.providers.local.colour import Ink, ink, lab, mixed
from daygen.providers.local.dice import Floats
from daygen.providers.local.plates import Curtains, Disc, Glow, Land, Plate, Shapes, Sky, Veil, Water
from daygen.providers.local.proof import proofed
from daygen.providers.local.raster import Band, Bytes, Sheet, Stencil, cover, stencils
from daygen.providers.local.scene import Scene
from daygen.providers.local.screenprint import grained
from daygen.providers.local.shapes import box
from daygen.providers.local.washes import Layout, dried, laid, margins, put_down

_PAPER: Ink = ink("F5EFE1")
_KEY: Ink = ink("1F1D22")
_VERMILION: Ink = ink("C23A28")
_COLOURFUL = 0.085  # chroma from which an ink may be the accent
_EARTHY = 0.125
_SOLID = 0.8
_VIVID, _LARGE = 0.11, 0.05  # what takes the accent away from the sun
_GROUND = 0.45  # of the sheet: what is larger is no accent
_ALIKE = 0.09  # how far an ink may be from the accent and still be painted with it
_MARGIN = 0.04
_SUN = 0.2  # a larger round is not the sun
_PIGMENTS: tuple[Ink, ...] = (_VERMILION, ink("2C4A78"), ink("C98A2E"), ink("5C7440"), ink("7A4A78"))


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Translate every plate into washes, lay them out, let the brush run dry, and set the seal."""
    washes = _translated(scene, plates)
    proof = proofed(scene, (sheet.width, sheet.height), washes, lambda share: progress(share * 0.5))
    layout = put_down(sheet, proof.image, 0.0042, (0.0042, 0.02, 0.02))
    progress(0.7)
    features = (("wet", 4.0), ("blot", 3.0), ("dry", 2.6), ("speck", 60.0), ("tooth", min(230.0, sheet.scale / 2.5)))
    fields = {name: field(scene.dice, name, sheet, many) for name, many in features}
    fields["streak"] = streaks(scene.dice, "streak", sheet, 4.0, min(240.0, sheet.scale / 2.5))
    for band in sheet.bands():
        _brushed(sheet, band, layout, fields)
        progress(0.7 + 0.29 * band.stop / sheet.height)
    _seal(scene, sheet)
    progress(1.0)


def _tone(light: float) -> Ink:
    """Ink with as much water as gives this lightness: 0 is the key, 1 the paper."""
    return mixed(_KEY, _PAPER, light)


def _translated(scene: Scene, plates: Sequence[Plate]) -> list[Plate]:
    """The same picture in ink."""
    accent = _accent(scene, plates)
    return [_wash(plate, accent, night=scene.palette.night) for plate in plates]


def _accent(scene: Scene, plates: Sequence[Plate]) -> Ink | None:
    """The one colour: of what is large and vivid, else of the sun by day, else of the most colourful shapes."""
    shapes = [plate for plate in plates if isinstance(plate, Shapes) and plate.alpha > _SOLID and not _skin(plate.ink)]
    shapes = [plate for plate in shapes if _share(plate) < _GROUND]
    best = max((plate.ink for plate in shapes), key=_chroma, default=_KEY)
    sun = any(isinstance(plate, Disc) and plate.light.radius < _SUN for plate in plates) and not scene.palette.night
    if sun and max((_share(plate) for plate in shapes if _chroma(plate.ink) > _VIVID), default=0.0) < _LARGE:
        return None
    return best if _chroma(best) > _COLOURFUL else None


def _share(plate: Shapes) -> float:
    """How much of a square of side 1 the box about it takes."""
    if not plate.polygons:
        return 0.0
    points = np.concatenate(plate.polygons)
    return float(np.ptp(points[:, 0])) * float(np.ptp(points[:, 1]))


def _chroma(colour: Ink) -> float:
    _, a, b = lab(colour)
    return math.sqrt(a * a + b * b)


def _skin(colour: Ink) -> bool:
    """Warm, and not vivid: faces, wood and earth, which stay grey."""
    _, a, b = lab(colour)
    return a > 0 and 0.55 * a < b < 3.2 * a and _chroma(colour) < _EARTHY


def _wash(plate: Plate, accent: Ink | None, *, night: bool) -> Plate:
    match plate:
        case Sky():
            made: Plate = _air(plate, night=night)
        case Land():
            made = _ground(plate)
        case Shapes():
            made = _shapes(plate, accent)
        case Disc() if plate.light.radius >= _SUN or accent is not None:
            made = replace(plate, ink=_PAPER if night else _tone(0.86), haze=_PAPER, sink=0.9)
        case Disc():
            made = replace(plate, ink=_PAPER if night else _VERMILION, haze=_PAPER, sink=plate.sink * 0.55)
        case Water():
            far, near = (0.62, 0.3) if night else (0.95, 0.72)
            made = replace(plate, far=_tone(far), near=_tone(near), glitter=_PAPER, mirror=plate.mirror * 0.8)
        case Veil() | Glow():
            made = replace(plate, ink=_PAPER)
        case Curtains():
            made = replace(plate, ink=_PAPER, tip=_tone(0.7))
    return made


def _air(plate: Sky, *, night: bool) -> Sky:
    """Paper with a breath of ink; a wash of it by night."""
    low, span = (0.2, 0.85) if night else (0.72, 0.3)
    top, middle, horizon = (
        _tone(min(1.0, low + span * lab(colour)[0])) for colour in (plate.top, plate.middle, plate.low)
    )
    return replace(plate, top=top, middle=middle, low=horizon, halo=_PAPER)


def _ground(plate: Land) -> Land:
    """Dark along its edge, lost in mist below; the nearer, the darker."""
    dark = 0.74 - 0.66 * plate.depth
    return replace(
        plate,
        ink=_tone(dark),
        foot=_tone(min(1.0, dark + 0.62 - 0.3 * plate.depth)),
        facets=replace(plate.facets, ink=_tone(max(0.0, dark - 0.3))) if plate.facets else None,
        cap=replace(plate.cap, ink=_PAPER) if plate.cap else None,
        strata=_tone(dark * 0.6) if plate.strata else None,
    )


def _shapes(plate: Shapes, accent: Ink | None) -> Plate:
    small = accent is not None and _share(plate) < _GROUND

    def painted(colour: Ink) -> Ink:
        light = lab(colour)[0]
        if accent is not None and small and _apart(colour, accent) < _ALIKE and not _skin(colour):
            pigment = _pigment(accent)
            away = light - lab(pigment)[0]
            return mixed(pigment, _PAPER if away > 0 else _KEY, min(0.75, abs(away) * 1.2))
        steep = min(1.0, max(0.0, (light - 0.22) * 1.5))
        return _tone(round(steep * 5) / 5)

    foot = plate.foot
    if foot is not None:
        foot = (painted(foot[0]), foot[1], foot[2])
    return replace(plate, ink=painted(plate.ink), foot=foot)


def _pigment(accent: Ink) -> Ink:
    """What stands on the shelf and comes nearest to a colour."""
    return min(_PIGMENTS, key=lambda one: _apart(one, accent))


def _apart(one: Ink, other: Ink) -> float:
    (_, a, b), (_, c, d) = lab(one), lab(other)
    return math.sqrt((a - c) * (a - c) + (b - d) * (b - d))


def _brushed(sheet: Sheet, band: Band, layout: Layout, fields: dict[str, Soft]) -> None:
    own, rim, pool = layout.lights(band)
    damp = np.clip(fields["wet"].part(band) * np.float32(2.4) - np.float32(0.55), 0, 1)
    colours = layout.run(band, damp, 215)
    line = np.clip((rim - own - np.float32(0.008)) * np.float32(9.0), 0, np.float32(1.2))
    edge = line + np.clip(pool - own, 0, 1) * np.float32(0.9)
    runs = fields["streak"].part(band) + fields["dry"].part(band) * np.float32(0.9)
    runs += fields["speck"].part(band) * np.float32(0.3)
    dry = np.clip((runs - np.float32(0.95)) * np.float32(3.0), 0, 1) * np.clip((np.float32(0.8) - own) * 3, 0, 1)
    tooth = fields["tooth"].part(band)
    density = np.float32(1.0) + edge + fields["blot"].part(band) * np.float32(0.3) + tooth * np.float32(0.14)
    density = density * (np.float32(1.0) - dry * (np.float32(0.6) + tooth * np.float32(0.25)))
    inside = margins(sheet, band, _MARGIN) * np.float32(1 / 0.02) + tooth * np.float32(0.4)
    density = density * np.clip(inside, 0, 1)
    made = laid(colours, density, _PAPER)
    contour = np.clip((rim - own - np.float32(0.012)) * np.float32(7.0), 0, np.float32(0.7))
    contour = contour * np.clip(inside, 0, 1) * (np.float32(1.0) - dry) * np.clip(np.float32(0.75) + runs * 0.5, 0, 1)
    made = np.asarray(Image.composite(_ink_of(made), Image.fromarray(made), Image.fromarray(cover(contour))))
    dried(sheet, band, made, tooth, (2.4, 5))


def _ink_of(made: Bytes) -> Image.Image:
    return Image.new("RGB", (made.shape[1], made.shape[0]), _KEY)


def _seal(scene: Scene, sheet: Sheet) -> None:
    """A small red stamp in a corner, cut with strokes that belong to the words."""
    dice, side = scene.wording, 0.052
    wide, high = sheet.frame.wide, sheet.frame.high
    left = 0.075 if dice.chance("seal.left", 0.4) else wide - 0.075 - side
    top = high - 0.085 - side
    for stencil in stencils(sheet, [box(left, top, left + side, top + side)]):
        sheet.print_shape(_VERMILION, grained(sheet, stencil, 7, 0.9))
    cuts: list[Floats] = []
    for column in range(2):
        x = left + side * (0.14 + 0.4 * column)
        wide_cut = side * 0.32
        for row in range(4):
            y = top + side * (0.16 + 0.2 * row)
            kind = dice.whole("seal.cut", 0, 3, column * 4 + row)
            if kind != 0:
                cuts.append(box(x, y, x + wide_cut * (1.0 if kind > 1 else 0.55), y + side * 0.07))
            if kind == 3:  # noqa: PLR2004
                cuts.append(box(x + wide_cut * 0.45, y, x + wide_cut * 0.65, y + side * 0.2))
    for stencil in stencils(sheet, cuts):
        sheet.print_shape(_PAPER, Stencil(stencil.left, stencil.top, stencil.mask))
