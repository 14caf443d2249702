"""Screen print: flat inks pulled one after another, a little out of register, their shades made of grain."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PIL import Image, ImageChops

from daygen.providers.local.colour import lighter
from daygen.providers.local.dice import Dice, Floats
from daygen.providers.local.plates import (
    Cap,
    Curtains,
    Disc,
    Facets,
    Glow,
    Land,
    Plate,
    Profile,
    Shapes,
    Sky,
    Veil,
    Water,
)
from daygen.providers.local.raster import (
    Band,
    Bytes,
    Pixels,
    Shares,
    Sheet,
    Stencil,
    both,
    cover,
    gradient,
    soft_field,
    stencils,
    weakened,
)
from daygen.providers.local.scene import Scene
from daygen.providers.local.shapes import disc

_REGISTER = 0.0016  # how far a plate may slip, in units
_ROUGH = np.float32(1 / 255)


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Pull every plate onto the sheet, then the grain of the paper over all of them."""
    for number, plate in enumerate(plates):
        pull(scene, sheet, plate, number)
        progress((number + 1) / (len(plates) + 1))
    _paper(scene, sheet)
    progress(1.0)


def pull(scene: Scene, sheet: Sheet, plate: Plate, number: int) -> None:
    """Pull one plate onto the sheet."""
    match plate:
        case Sky():
            sky(sheet, plate, number)
        case Disc():
            _disc(sheet, plate, number)
        case Land():
            _land(scene, sheet, plate, number)
        case Shapes():
            _shapes(scene, sheet, plate, number)
        case Water():
            _water(scene, sheet, plate, number)
        case Veil():
            veil(scene, sheet, plate, number)
        case Glow():
            glow(sheet, plate, number)
        case Curtains():
            curtains(scene, sheet, plate, number)


def _slip(scene: Scene, number: int) -> tuple[float, float]:
    """How far this plate lies out of register."""
    return (
        scene.dice.between("register.x", -_REGISTER, _REGISTER, number),
        scene.dice.between("register.y", -_REGISTER, _REGISTER, number),
    )


def stipple(share: Shares, noise: Bytes, hardness: float) -> Bytes:
    """A share as grains of ink: at hardness 0 a smooth tint, the higher the crisper the grains."""
    rough = noise.astype(np.float32) * _ROUGH - np.float32(0.5)
    lively = np.minimum(share, np.float32(1.0) - share) * np.float32(2.0 * hardness)
    return cover(share + rough * np.maximum(lively, np.float32(0.0)))


def sky(sheet: Sheet, plate: Sky, number: int) -> None:
    """Roll three inks into each other from the top to the horizon, and brighten the air around the light."""
    stops = np.array((plate.top, plate.middle, plate.low), dtype=np.float64)
    for band in sheet.bands():
        down = np.clip(band.ys.astype(np.float64) / max(plate.horizon, 0.05), 0.0, 1.0)
        first = np.clip(down / 0.5, 0.0, 1.0)
        second = np.clip((down - 0.5) / 0.5, 0.0, 1.0)
        rows = stops[0] + (stops[1] - stops[0]) * first + (stops[2] - stops[1]) * second
        noise = sheet.grain(band, number).astype(np.int32)
        made = np.empty((band.stop - band.start, sheet.width, 3), dtype=np.uint8)
        for channel in range(3):
            base = (rows[:, channel] * 256).astype(np.int32)[:, None]
            made[:, :, channel] = np.clip((base + (noise - 128) * 7 + 128) >> 8, 0, 255)
        sheet.image.paste(Image.fromarray(made), (0, band.start))
    light = plate.light
    glow(sheet, Glow(light.x, light.y, light.radius * 5.5, plate.halo, plate.halo_strength), number)


def glow(sheet: Sheet, plate: Glow, number: int) -> None:
    """A pool of light, grainy towards its rim."""
    across = sheet.xs.astype(np.float32)[None, :] - np.float32(plate.x)
    across = across * across
    reach = np.float32(1 / (plate.radius * plate.radius))
    for band in sheet.bands(plate.y - plate.radius, plate.y + plate.radius):
        down = band.ys - np.float32(plate.y)
        near = np.maximum(np.float32(1.0) - (across + down * down) * reach, np.float32(0.0))
        share = near * near * np.float32(plate.strength)
        sheet.print(plate.ink, stipple(share, sheet.grain(band, number), 0.42), band)


def _disc(sheet: Sheet, plate: Disc, number: int) -> None:
    light = plate.light
    cut = None
    if plate.shadow is not None:
        cut = disc(light.x + plate.shadow[0], light.y + plate.shadow[1], light.radius * 0.92)
    for stencil in stencils(sheet, [disc(light.x, light.y, light.radius)]):
        mask = stencil.mask
        if cut is not None:
            hole = Image.new("L", mask.size)
            for part in stencils(sheet, [cut]):
                hole.paste(part.mask, (part.left - stencil.left, part.top - stencil.top))
            mask = ImageChops.subtract(mask, hole)
        sheet.print_shape(plate.ink, Stencil(stencil.left, stencil.top, mask))
        if plate.sink > 0:
            whole = Stencil(stencil.left, stencil.top, mask)
            faded = gradient(whole, sheet, light.y - light.radius * 0.2, light.y + light.radius * 1.25)
            faded = grained(sheet, faded, number, 0.9)
            sheet.print_shape(plate.haze, Stencil(faded.left, faded.top, weakened(faded.mask, plate.sink)))


def grained(sheet: Sheet, stencil: Stencil, number: int, hardness: float) -> Stencil:
    """The same stencil with its tints broken into grains."""
    rows = Band(stencil.top, stencil.top + stencil.mask.height, np.zeros((1, 1), dtype=np.float32))
    noise = sheet.grain(rows, number)[:, stencil.left : stencil.left + stencil.mask.width]
    share = np.asarray(stencil.mask).astype(np.float32) * _ROUGH
    return Stencil(stencil.left, stencil.top, Image.fromarray(stipple(share, noise, hardness)))


def _land(scene: Scene, sheet: Sheet, plate: Land, number: int) -> None:
    slip = _slip(scene, number)
    ys, sharp = sheet.edge(lambda xs: plate.profile(xs - slip[0]) + slip[1])
    top = float(ys.min())
    faces = faces_of(scene, sheet, plate.profile, plate.facets, plate.name) if plate.facets else None
    snow = snow_of(scene, sheet, plate.cap, plate.name) if plate.cap else None
    rim = lighter(plate.ink, 0.1)
    flat = np.zeros((1, sheet.width), dtype=np.float32)
    for band in sheet.bands(top, plate.floor):
        away = band.ys - ys
        noise = sheet.grain(band, number)
        mask = cover(away * sharp + np.float32(0.5))
        if plate.floor is not None:
            mask = both(mask, cover((np.float32(plate.floor) - band.ys) * np.float32(sheet.scale) + np.float32(0.5)))
        halo = cover((away + np.float32(0.0028)) * sharp + np.float32(0.5))
        sheet.print(rim, halo >> np.uint8(1), band)
        sheet.print(plate.ink, mask, band)
        if plate.strata is not None:
            layers = scene.dice.fractal(f"{plate.name}.strata", band.ys.astype(np.float64) * 34.0, 3, 0.6)
            beds = np.clip(layers.astype(np.float32) * np.float32(3.0), 0, 1) * np.float32(0.55) + flat
            sheet.print(plate.strata, both(mask, stipple(beds, noise, 0.5)), band)
        if snow is not None and plate.cap is not None:
            sheet.print(plate.cap.ink, both(mask, cover((snow - band.ys) * sharp + np.float32(0.5))), band)
        if faces is not None and plate.facets is not None:
            shade = face_rows(sheet, faces, band)
            grains = np.float32(plate.facets.strength) * shade.astype(np.float32) * _ROUGH
            lost = np.clip(np.float32(1.15) - away / np.float32(max(plate.fade * 1.4, 0.05)), 0, 1)
            sheet.print(plate.facets.ink, both(mask, stipple(grains * lost, noise, 0.5)), band)
        down = away * np.float32(1 / max(plate.fade, 0.01))
        sheet.print(plate.foot, both(mask, stipple(np.clip(down, 0, 1), noise, 0.8)), band)


def faces_of(scene: Scene, sheet: Sheet, profile: Profile, facets: Facets, name: str) -> Bytes:
    """Which columns' faces look away from the light, 0 to 255, wider than the sheet by what they may wander."""
    margin = round(facets.wander * sheet.scale) + 1
    xs = (np.arange(-margin, sheet.width + margin, dtype=np.float64) + 0.5) / sheet.scale
    step = 0.012
    slope = (profile(xs + step) - profile(xs - step)) / (2 * step)
    slope = slope + scene.dice.noise(f"{name}.face", xs * facets.grain) * 0.2
    return cover((slope * 5.0 + 0.4).astype(np.float32))


def face_rows(sheet: Sheet, faces: Bytes, band: Band) -> Bytes:
    """The faces of these rows: each row looks along a zigzag, so their borders run down the slope like ridges."""
    margin = (faces.shape[0] - sheet.width) // 2
    ys = band.ys[:, 0].astype(np.float64)
    zigzag = sheet.dice.fractal("zigzag", ys * 6.0, 4, 0.62) * 1.5
    offsets = np.clip(margin + np.floor(zigzag * margin), 0, 2 * margin - 1).astype(np.int64)
    rows = np.empty((len(ys), sheet.width), dtype=np.uint8)
    for row, offset in enumerate(offsets.tolist()):
        rows[row] = faces[offset : offset + sheet.width]
    return rows


def snow_of(scene: Scene, sheet: Sheet, cap: Cap, name: str) -> Pixels:
    """The lower border of the snow at every column."""
    jagged = np.abs(scene.dice.fractal(f"{name}.snow", sheet.xs * 16.0, 3, 0.6))
    drift = scene.dice.noise(f"{name}.drift", sheet.xs * 3.0)
    return (cap.line + cap.jag * (jagged * 1.6 - 0.35 + drift * 0.4)).astype(np.float32)[None, :]


def _shapes(scene: Scene, sheet: Sheet, plate: Shapes, number: int) -> None:
    for stencil in stencils(sheet, plate.polygons, _slip(scene, number)):
        mask = weakened(stencil.mask, plate.alpha) if plate.alpha < 1 else stencil.mask
        sheet.print_shape(plate.ink, Stencil(stencil.left, stencil.top, mask))
        if plate.foot is not None:
            colour, top, bottom = plate.foot
            shaded = gradient(Stencil(stencil.left, stencil.top, mask), sheet, top, bottom)
            sheet.print_shape(colour, grained(sheet, shaded, number, 0.9))


def _water(scene: Scene, sheet: Sheet, plate: Water, number: int) -> None:
    deep = plate.bottom - plate.top
    first = max(0, round(plate.top * sheet.scale))
    above = np.asarray(sheet.image.crop((0, 0, sheet.width, max(first, 1))))
    for band in sheet.bands(plate.top, plate.bottom):
        under = np.float32(plate.top)
        mask = cover((band.ys - under) * np.float32(sheet.scale) + np.zeros_like(sheet.xs, dtype=np.float32)[None, :])
        noise = sheet.grain(band, number)
        down = np.clip((band.ys - under) / np.float32(deep), 0, 1)
        if plate.mirror > 0 and first > 1:
            mirror(scene, sheet, plate, band, above)
            share = np.float32(1 - plate.mirror) + np.zeros_like(down)
        else:
            share = np.ones_like(down)
        wide = np.zeros((1, sheet.width), dtype=np.float32)
        sheet.print(plate.far, both(mask, cover(share + wide)), band)
        sheet.print(
            plate.near, both(mask, stipple(down * np.float32(0.9) * (share * 0.6 + 0.4) + wide, noise, 0.8)), band
        )
    _ripples(scene, sheet, plate, number)


def mirror(scene: Scene, sheet: Sheet, plate: Water, band: Band, above: Bytes) -> None:
    """Lay what stands above the water upside down into it, shivering more the nearer it is."""
    first = above.shape[0]
    ys = band.ys[:, 0].astype(np.float64)
    below = np.maximum(ys - plate.top, 0.0)
    source = np.clip(first - 1 - np.floor(below * 1.06 * sheet.scale), 0, first - 1).astype(np.int64)
    deep = max(plate.bottom - plate.top, 1e-6)
    shiver = scene.dice.tide("mirror", below * (60.0 - 28.0 * below / deep), 2, plate.phase)
    shift = np.floor(shiver * (0.002 + 0.02 * plate.swell + 0.016 * below / deep) * sheet.scale).astype(np.int64)
    rows = np.empty((len(ys), sheet.width, 3), dtype=np.uint8)
    columns, last = np.arange(sheet.width), sheet.width - 1
    for row, (line, move) in enumerate(zip(source.tolist(), shift.tolist(), strict=True)):
        rows[row] = above[line][np.clip(columns + move, 0, last)] if move else above[line]
    start = max(first, band.start)
    if start < band.stop:
        sheet.image.paste(Image.fromarray(rows[start - band.start :]), (0, start))


def _ripples(scene: Scene, sheet: Sheet, plate: Water, number: int) -> None:
    """Lenses of light: many under the sun, some anywhere; small at the horizon, long at our feet."""
    for alpha, polygons in ripples(scene, sheet, plate):
        for stencil in stencils(sheet, polygons, _slip(scene, number)):
            sheet.print_shape(plate.glitter, Stencil(stencil.left, stencil.top, weakened(stencil.mask, alpha)))


def ripples(scene: Scene, sheet: Sheet, plate: Water) -> list[tuple[float, list[np.ndarray]]]:
    """The lenses of light on water, in two strengths."""
    dice, deep = scene.dice, plate.bottom - plate.top
    path: list[np.ndarray] = []
    loose: list[np.ndarray] = []
    for index in range(230):
        share = dice.unit("ripple.y", index)
        near = share**1.7
        y = plate.top + 0.004 + deep * near
        away = dice.unit("ripple.x", index) + dice.unit("ripple.x2", index) - 1.0
        spread = plate.light.radius * 0.9 + 0.22 * near
        sway, swells = _on_the_way(plate.phase, index)
        if index % 3:
            x = plate.light.x + away * spread + sway * (0.2 + near)
            length = (0.012 + 0.085 * near) * dice.between("ripple.l", 0.35, 1.3, index) * (1.1 - abs(away)) * swells
            path.append(lens(x, y, length, 0.0012 + 0.006 * near))
        elif index % 2:
            x = dice.unit("ripple.x3", index) * sheet.frame.wide + sway * (0.2 + near)
            length = (0.02 + 0.12 * near) * dice.between("ripple.l", 0.3, 1.2, index) * swells
            loose.append(lens(x, y, length, 0.001 + 0.003 * near))
    return [(plate.glitter_strength, path), (plate.glitter_strength * 0.45, loose)]


def _on_the_way(phase: float, index: int) -> tuple[float, float]:
    """How far aside a ripple is at this phase, and how long it is; at phase 0 where it is drawn, as it is drawn."""
    if phase == 0.0:
        return 0.0, 1.0
    start = index * 0.381966
    sway = math.sin(2 * math.pi * (phase + start)) - math.sin(2 * math.pi * start)
    swells = math.sin(2 * math.pi * (2 * phase + start)) - math.sin(2 * math.pi * start)
    return 0.014 * sway, max(0.12, 1.0 + 0.42 * swells)


def lens(x: float, y: float, half: float, thick: float) -> np.ndarray:
    """A flat pointed streak."""
    return np.array(
        [
            (x - half, y), (x - half * 0.5, y - thick * 0.7), (x, y - thick), (x + half * 0.45, y - thick * 0.75),
            (x + half, y), (x + half * 0.5, y + thick * 0.7), (x, y + thick), (x - half * 0.45, y + thick * 0.75),
        ]
    )  # fmt: skip


def veil(scene: Scene, sheet: Sheet, plate: Veil, number: int) -> None:
    """Mist: soft above and below, torn along its length."""
    torn = scene.dice.tide(f"{plate.name}.torn", sheet.xs * 1.7, 3, plate.phase).astype(np.float32)[None, :]
    for band in sheet.bands(plate.middle - plate.reach * 1.5, plate.middle + plate.reach * 1.5):
        away = (band.ys - np.float32(plate.middle)) * np.float32(1 / plate.reach) + torn * np.float32(0.45)
        share = np.maximum(np.float32(1.0) - away * away, np.float32(0.0)) * np.float32(plate.strength)
        sheet.print(plate.ink, stipple(share, sheet.grain(band, number), 0.5), band)


def folds(dice: Dice, sheet: Sheet, plate: Curtains) -> Iterator[tuple[float, Pixels, Floats]]:
    """Of each fold of the northern lights: how high it is, where it hangs down to at every column, and how much."""
    for fold in range(3):
        name = f"fold.{fold}"
        high = plate.low * dice.between(name, 0.35, 0.6)
        hem = plate.low * (0.55 + 0.13 * fold) + dice.tide(f"{name}.hem", sheet.xs * 1.1 + fold * 9, 3, plate.phase) * (
            plate.low * 0.16
        )
        there = np.clip(dice.noise(f"{name}.there", sheet.xs * 0.9 + 31 * fold) * 1.3 + 0.55, 0, 1)
        yield high, hem.astype(np.float32)[None, :], there


def hanging(hems: Pixels, high: float, band: Band) -> tuple[Shares, Shares]:
    """How far these rows are up a fold, and how strong it is there."""
    up = (hems - band.ys) * np.float32(1 / high)
    return up, np.clip(np.float32(1.0) - up, 0, 1) * np.clip(up * np.float32(9.0) + np.float32(0.5), 0, 1)


def curtains(scene: Scene, sheet: Sheet, plate: Curtains, number: int) -> None:
    """Northern lights: each fold hangs from a wandering line, bright below and lost above."""
    for fold, (high, hems, there) in enumerate(folds(scene.dice, sheet, plate)):
        rays = scene.dice.tide(f"fold.{fold}.rays", sheet.xs * 15.0, 3, plate.phase) * 0.45 + 0.62
        strength = (rays * there).astype(np.float32)[None, :]
        for band in sheet.bands(0.0, plate.low):
            up, inside = hanging(hems, high, band)
            share = inside * inside * strength * np.float32(plate.strength)
            noise = sheet.grain(band, number + fold)
            sheet.print(
                plate.tip, stipple(share * np.clip(up * np.float32(1.7), 0, 1) * np.float32(0.8), noise, 0.6), band
            )
            sheet.print(plate.ink, stipple(share * np.clip(np.float32(1.25) - up, 0, 1), noise, 0.6), band)


def _paper(scene: Scene, sheet: Sheet) -> None:
    """The tooth of the paper and an uneven pull: a light grain over everything."""
    mottle = soft_field(scene.dice, "mottle", round(5 * sheet.frame.wide), round(5 * sheet.frame.high), (96, 96))
    field = Image.fromarray(mottle).resize((sheet.width, sheet.height), Image.Resampling.BICUBIC)
    for band in sheet.bands():
        box = (0, band.start, sheet.width, band.stop)
        pull = np.asarray(field.crop(box)).astype(np.int16)
        grains = sheet.grain(band, 997).astype(np.int16)
        change = ((pull - 128) * 2 + (grains - 128) * 9) >> 7
        picture = np.asarray(sheet.image.crop(box)).astype(np.int16)
        picture += change[:, :, None]
        sheet.image.paste(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), (0, band.start))
