"""What the printmaker does with one order, in the press: each operation, on its own pictures and on others."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from daygen.providers.contract import Refused
from daygen.providers.local import describing, edits, masks, reading
from daygen.providers.local.film import film, film_size
from daygen.providers.local.keepsake import read_from
from daygen.providers.local.picture import lay_over, make
from daygen.providers.local.raster import Sheet
from daygen.providers.local.recipe import MOST_EDITS, MOST_SIDE, ForeignPicture, Recipe

_VERBS = {"vary": "vary", "reframe": "reframe", "image_to_video": "set in motion"}
_RESIZED = (
    "The picture was resized, not redrawn: local/print did not make it, so it has no more to show than it had. "
    "Its own pictures are drawn anew at any size."
)
_READ_SIDE = 640  # pixels at least of a picture whose colours alone are wanted
_LEVEL = 3  # zlib, for pictures that have no grain of ours
_PREVIEW_SIDE = 320
_PREVIEWS_AT_S = (0.15, 0.6, 2.0)  # into the work; what is done sooner needs none


class Listener(Protocol):
    """Hears how an order goes."""

    def progress(self, share: float) -> None:
        """So far it is, 0 to 1."""
        ...

    def preview(self, path: Path, size: tuple[int, int]) -> None:
        """So it looks on the way."""
        ...

    def reading(self, *, done: bool) -> None:
        """A file that anybody may have made is about to be decoded, or was."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """One output of a call. `out` is where it goes, without a suffix; `sources` are files by field name."""

    operation: str
    input: Mapping[str, Any]
    seed: int
    out: Path
    sources: Mapping[str, Path]
    ffmpeg: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What an order came to: a file, or a text."""

    path: Path | None = None
    content_type: str = "image/png"
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    text: str | None = None
    warnings: tuple[str, ...] = ()


class Previews:
    """Keeps a small picture of the work at a few moments, where the work takes long enough for anybody to look."""

    def __init__(self, out: Path, tell: Callable[[Path, tuple[int, int]], None]) -> None:
        self._began = time.monotonic()
        self._out = out
        self._tell = tell
        self._made = 0

    def look(self, image: Image.Image) -> None:
        """Take one, if it is time."""
        if self._made == len(_PREVIEWS_AT_S) or time.monotonic() - self._began < _PREVIEWS_AT_S[self._made]:
            return
        self._made += 1
        small = image.reduce(max(1, -(-max(image.size) // _PREVIEW_SIDE)))
        path = self._out.with_name(f"{self._out.name}-preview-{self._made}.webp")
        small.save(path, "WEBP", quality=70, method=1)
        self._tell(path, small.size)


def carry_out(order: Order, listener: Listener) -> Made:
    """Do what an order says. Raises `Refused`."""
    return _OPERATIONS[order.operation](order, listener)


def _text_to_image(order: Order, listener: Listener) -> Made:
    given = order.input
    technique = given.get("technique", "auto")
    return _printed(Recipe(given["prompt"], order.seed, given["width"], given["height"], technique), order, listener)


def _vary(order: Order, listener: Listener) -> Made:
    return _printed(own(order).varied(order.seed, order.input["strength"]), order, listener)


def _reframe(order: Order, listener: Listener) -> Made:
    return _printed(own(order).sized(order.input["width"], order.input["height"]), order, listener)


def _upscale(order: Order, listener: Listener) -> Made:
    scale = order.input["scale"]
    try:
        recipe = read_from(order.sources["image"])
    except ForeignPicture:
        return _resized(order, listener, scale)
    size = _grown((recipe.width, recipe.height), scale)
    return _printed(recipe.sized(*size), order, listener)


def _resized(order: Order, listener: Listener, scale: int) -> Made:
    """What can be done for a picture whose scene nobody knows."""
    source = order.sources["image"]
    size = _grown(_size(source, listener), scale)
    picture = _decoded(source, listener)
    listener.progress(0.2)
    large = picture.resize(size, Image.Resampling.LANCZOS)
    listener.progress(0.5)
    return _saved(large, order, listener, (_RESIZED,))


def _grown(size: tuple[int, int], scale: int) -> tuple[int, int]:
    width, height = size[0] * scale, size[1] * scale
    if max(width, height) > MOST_SIDE:
        advice = "Choose scale 2." if scale > 2 and max(size) * 2 <= MOST_SIDE else "It is as large as it gets."  # noqa: PLR2004
        raise Refused(
            "provider.picture_too_large",
            f"{scale} times {size[0]} x {size[1]} is {width} x {height} pixels, and {MOST_SIDE} a side is the most. "
            f"{advice}",
        )
    return width, height


def _describe(order: Order, listener: Listener) -> Made:
    source = order.sources["image"]
    try:
        return Made(text=describing.of_print(read_from(source)))
    except ForeignPicture:
        size = _size(source, listener)
        return Made(text=describing.of_foreign(_decoded(source, listener, _READ_SIDE), size))


def _image_edit(order: Order, listener: Listener) -> Made:
    """Its own picture is printed again with the edit in its recipe; any other is drawn onto."""
    source, prompt = order.sources["image"], order.input["prompt"]
    try:
        recipe = read_from(source)
    except ForeignPicture:
        return _drawn_onto(order, listener, prompt)
    if len(recipe.edits) == MOST_EDITS:
        raise Refused(
            "provider.too_many_edits",
            f"This picture has been edited {MOST_EDITS} times, and more is not kept. Start again from an earlier one.",
        )
    mask = masks.mask_of(_decoded(order.sources["mask"], listener), (recipe.width, recipe.height))
    edit = edits.placed(prompt, order.seed, mask, recipe.width / recipe.height)
    return _printed(recipe.edited(edit), order, listener)


def _drawn_onto(order: Order, listener: Listener, prompt: str) -> Made:
    source = order.sources["image"]
    size = _grown(_size(source, listener), 1)
    picture = _decoded(source, listener)
    mask = masks.mask_of(_decoded(order.sources["mask"], listener), size)
    edit = edits.placed(prompt, order.seed, mask, size[0] / size[1])
    scene = edits.scene_for(prompt, order.seed, picture)
    sheet = Sheet(*picture.size, scene.dice)
    sheet.image = describing.flat(picture)
    lay_over(sheet, edit, scene, lambda share: listener.progress(share * 0.8))
    return _saved(sheet.image, order, listener)


def _text_to_video(order: Order, listener: Listener) -> Made:
    given = order.input
    technique = given.get("technique", "auto")
    return _filmed(Recipe(given["prompt"], order.seed, given["width"], given["height"], technique), order, listener)


def _image_to_video(order: Order, listener: Listener) -> Made:
    return _filmed(own(order), order, listener)


def own(order: Order) -> Recipe:
    """The recipe of the picture the order is about. Raises `Refused` where it is not ours."""
    try:
        return read_from(order.sources["image"])
    except ForeignPicture as foreign:
        raise Refused(
            "provider.foreign_picture",
            f"local/print can only {_VERBS[order.operation]} its own pictures: {foreign}. "
            "Choose a picture that local/print made, in its original file, or another model for this one.",
        ) from foreign


def _size(path: Path, listener: Listener) -> tuple[int, int]:
    with _reading(listener):
        return reading.size_of(path)


def _decoded(path: Path, listener: Listener, most: int | None = None) -> Image.Image:
    with _reading(listener):
        return reading.opened(path, most)


@contextmanager
def _reading(listener: Listener) -> Generator[None]:
    listener.reading(done=False)
    with reading.within_limits():
        yield
    listener.reading(done=True)


def _printed(recipe: Recipe, order: Order, listener: Listener) -> Made:
    path = order.out.with_name(f"{order.out.name}.png")
    make(recipe, path, listener.progress, Previews(order.out, listener.preview).look)
    return Made(path, width=recipe.width, height=recipe.height)


def _filmed(recipe: Recipe, order: Order, listener: Listener) -> Made:
    path, seconds = order.out.with_name(f"{order.out.name}.mp4"), order.input["seconds"]
    assert order.ffmpeg is not None
    recipe = recipe.sized(*film_size(recipe.width, recipe.height)).settled()
    film(recipe, seconds, order.ffmpeg, path, listener.progress, Previews(order.out, listener.preview).look)
    return Made(path, "video/mp4", recipe.width, recipe.height, float(seconds))


def _saved(image: Image.Image, order: Order, listener: Listener, warnings: tuple[str, ...] = ()) -> Made:
    path = order.out.with_name(f"{order.out.name}.png")
    image.save(path, "PNG", compress_level=_LEVEL)
    listener.progress(1.0)
    return Made(path, width=image.width, height=image.height, warnings=warnings)


_OPERATIONS: dict[str, Callable[[Order, Listener], Made]] = {
    "text_to_image": _text_to_image,
    "vary": _vary,
    "reframe": _reframe,
    "upscale": _upscale,
    "describe": _describe,
    "image_edit": _image_edit,
    "text_to_video": _text_to_video,
    "image_to_video": _image_to_video,
}
OPERATIONS = frozenset(_OPERATIONS)
"""What can be ordered."""
FILMS = frozenset(("image_to_video", "text_to_video"))
"""Those of them that need ffmpeg."""
