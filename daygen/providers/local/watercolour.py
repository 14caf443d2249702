"""Watercolour: washes that dry darker at their rims, run into each other, and let the paper shine through."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from daygen.providers.local.clouds import Soft, field
from daygen.providers.local.colour import Ink, ink
from daygen.providers.local.plates import Plate
from daygen.providers.local.proof import proofed
from daygen.providers.local.raster import Band, Bytes, Pixels, Sheet
from daygen.providers.local.scene import Scene
from daygen.providers.local.washes import Layout, dried, laid, margins, put_down

_PAPER: Ink = ink("FBF7EC")
_MARGIN = 0.045


def printed(scene: Scene, sheet: Sheet, plates: Sequence[Plate], progress: Callable[[float], None]) -> None:
    """Lay the picture out, let the hand stray, and let it dry."""
    proof = proofed(scene, (sheet.width, sheet.height), plates, lambda share: progress(share * 0.5))
    _mask(sheet, proof.image)
    layout = put_down(sheet, proof.image, 0.0045, (0.0065, 0.022, 0.016))
    progress(0.7)
    features = (("wet", 5.0), ("blot", 3.2), ("bloom", 6.5), ("speck", 34.0), ("tooth", min(330.0, sheet.scale / 2.5)))
    fields = {name: field(scene.dice, name, sheet, many) for name, many in features}
    for band in sheet.bands():
        _dry(sheet, band, layout, fields)
        progress(0.7 + 0.3 * band.stop / sheet.height)


def _mask(sheet: Sheet, image: Image.Image) -> None:
    """Leave the margin white before anything dries, so that the outermost wash has a rim as well."""
    for band in sheet.bands():
        inside = margins(sheet, band, _MARGIN)
        outside = np.clip(np.float32(0.5) - inside * np.float32(sheet.scale), 0, 1)
        image.paste(_PAPER, (0, band.start), Image.fromarray((outside * 255).astype(np.uint8)))


def _dry(sheet: Sheet, band: Band, layout: Layout, fields: dict[str, Soft]) -> None:
    own, rim, pool = layout.lights(band)
    tooth = fields["tooth"].part(band)
    damp = np.clip(fields["wet"].part(band) * np.float32(2.6) - np.float32(0.75), 0, 1)
    colours = _pure(layout.run(band, damp, 235), own)
    edge = np.clip(rim - own, 0, 1) * np.float32(2.4) + np.clip(pool - own, 0, 1) * np.float32(0.7)
    edge -= np.clip(own - rim, 0, np.float32(0.3)) * np.float32(0.8)
    bloom = fields["bloom"].part(band) + fields["speck"].part(band) * np.float32(0.18)
    front = bloom - np.float32(0.3)
    fringe = np.clip(np.float32(1) - np.abs(front) * np.float32(11), 0, 1) * (front < 0) * np.float32(0.22)
    washed = np.clip(front * np.float32(9), 0, 1) * np.float32(-0.16)
    grain = tooth * (np.float32(0.1) + own * (np.float32(1) - own) * np.float32(0.42))
    density = np.float32(0.66) + own * np.float32(0.24) + fields["blot"].part(band) * np.float32(0.2)
    density += edge + fringe + washed + grain
    dried(sheet, band, laid(colours, density, _PAPER), tooth, (3.2, 4))


def _pure(colours: Bytes, own: Pixels) -> Bytes:
    """More colourful: pigments are, and what they lose in water they must have had before."""
    grey = (own * np.float32(255)).astype(np.int16)[:, :, None]
    return np.clip(colours + ((colours.astype(np.int16) - grey) * 5 >> 4), 0, 255).astype(np.uint8)
