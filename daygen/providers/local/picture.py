"""A scene becomes a picture: drawn at any size, encoded as a PNG that says how it was made."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image, PngImagePlugin

from daygen.providers.local import (
    blueprint,
    families,
    inkwash,
    linocut,
    pixel,
    risograph,
    screenprint,
    stained_glass,
    watercolour,
)
from daygen.providers.local.raster import Sheet
from daygen.providers.local.recipe import KEYWORD, Recipe
from daygen.providers.local.scene import Scene

_DRAWN = 0.85  # how much of the work is done before the file is written
_PRINTED = {
    "screenprint": screenprint.printed,
    "linocut": linocut.printed,
    "watercolour": watercolour.printed,
    "ink": inkwash.printed,
    "risograph": risograph.printed,
    "pixel": pixel.printed,
    "blueprint": blueprint.printed,
    "stained_glass": stained_glass.printed,
}
_LEVEL = 1  # zlib: the grain hardly packs any better at 6, which takes four times as long


def draw(scene: Scene, width: int, height: int, progress: Callable[[float], None] = lambda _: None) -> Image.Image:
    """Print a scene at a size in pixels. `progress` hears 0 to 1, rising."""
    sheet = Sheet(width, height, scene.dice)
    _PRINTED[scene.technique](scene, sheet, families.plates(scene, sheet.frame), progress)
    return sheet.image


def make(recipe: Recipe, path: Path, progress: Callable[[float], None] = lambda _: None) -> None:
    """Print a recipe into a PNG file. The same recipe gives the same bytes."""
    image = draw(recipe.scene(), recipe.width, recipe.height, lambda share: progress(share * _DRAWN))
    notes = PngImagePlugin.PngInfo()
    notes.add_text(KEYWORD, recipe.text(), zip=True)
    image.save(path, "PNG", compress_level=_LEVEL, pnginfo=notes)
    progress(1.0)
