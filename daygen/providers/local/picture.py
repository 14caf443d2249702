"""A scene becomes a picture: drawn at any size, encoded as a PNG that says how it was made."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from daygen.providers.local import (
    blueprint,
    families,
    inkwash,
    linocut,
    masks,
    pixel,
    risograph,
    screenprint,
    stained_glass,
    watercolour,
)
from daygen.providers.local.keepsake import png_notes
from daygen.providers.local.plates import Frame, Plate, backdrop
from daygen.providers.local.raster import Sheet
from daygen.providers.local.recipe import WHOLE, Edit, Recipe
from daygen.providers.local.scene import Scene

Progress = Callable[[float], None]
"""Hears 0 to 1, rising."""
Look = Callable[[Image.Image], None]
"""Sees the sheet after each plate, as it is then."""
Plates = Callable[[Scene, Frame], Sequence[Plate]]
"""What is printed of a scene: everything as it stands, or at a moment of its motion."""

_DRAWN = 0.85  # how much of the work is done before the file is written
_TECHNIQUES: dict[str, Callable[[Scene, Sheet, Sequence[Plate], Progress], None]] = {
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


def _nothing(_: object) -> None:
    """Nobody listens."""


def draw(
    scene: Scene,
    width: int,
    height: int,
    progress: Progress = _nothing,
    look: Look = _nothing,
    plates: Plates = families.plates,
) -> Image.Image:
    """Print a scene at a size in pixels."""
    return _sheet(scene, (width, height), progress, look, plates).image


def drawn(
    recipe: Recipe, progress: Progress = _nothing, look: Look = _nothing, plates: Plates = families.plates
) -> Image.Image:
    """Print a recipe, with all that it was edited to show."""
    scene, size, parts = recipe.scene(), (recipe.width, recipe.height), 1 + len(recipe.edits)
    sheet = _sheet(scene, size, lambda share: progress(share / parts), look, plates)
    for number, edit in enumerate(recipe.edits, start=1):
        shares = _part(progress, number, parts)
        lay_over(sheet, edit, recipe.edited_scene(edit, scene), shares, plates)
        look(sheet.image)
    return sheet.image


def lay_over(
    sheet: Sheet, edit: Edit, scene: Scene, progress: Progress = _nothing, plates: Plates = families.plates
) -> None:
    """Print an edit's scene over a picture, where its mask says; in a window only what stands before its sky."""
    left, top, right, bottom = masks.pixels(edit.window, sheet)
    size = (right - left, bottom - top)
    if edit.window == WHOLE:
        masks.lay_over(sheet, draw(scene, *size, progress, plates=plates), (left, top), edit.mask)
        return
    whole = draw(scene, *size, lambda share: progress(share / 2), plates=plates)
    behind = draw(scene, *size, lambda share: progress((1 + share) / 2), plates=_backdrop_of(plates))
    masks.lay_over(sheet, whole, (left, top), edit.mask, masks.apart(whole, behind))


def _backdrop_of(plates: Plates) -> Plates:
    return lambda scene, frame: backdrop(plates(scene, frame))


def make(recipe: Recipe, path: Path, progress: Progress = _nothing, look: Look = _nothing) -> None:
    """Print a recipe into a PNG file. The same recipe gives the same bytes."""
    image = drawn(recipe, lambda share: progress(share * _DRAWN), look)
    image.save(path, "PNG", compress_level=_LEVEL, pnginfo=png_notes(recipe.settled()))
    progress(1.0)


def _sheet(scene: Scene, size: tuple[int, int], progress: Progress, look: Look, plates: Plates) -> Sheet:
    sheet = Sheet(*size, scene.dice)

    def told(share: float) -> None:
        look(sheet.image)
        progress(share)

    _TECHNIQUES[scene.technique](scene, sheet, plates(scene, sheet.frame), told)
    return sheet


def _part(progress: Progress, number: int, parts: int) -> Progress:
    return lambda share: progress((number + share) / parts)
