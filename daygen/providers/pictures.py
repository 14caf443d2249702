"""Pictures on their way in and out: what they really are, and masks in the form each company wants.

In the house a mask is a picture of the same size where white means: change this.
"""

import asyncio
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from daygen.providers.contract import Output, Source
from daygen.providers.unfolding import Unreadable, write
from daygen.providers.verdicts import unsuited

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
MOST_PIXELS = 100_000_000
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError)


async def kept(value: object, path: Path) -> Output:
    """Keep a picture that came folded into a document, and measure it. Raises `Unreadable`."""
    return await asyncio.to_thread(lambda: measured(write(value, path)))


def measured(path: Path) -> Output:
    """What a picture is, by its own bytes, whatever its sender called it. Raises `Unreadable`, also for half a one."""
    try:
        with _opened(path) as picture:
            kind, (width, height) = FORMATS[str(picture.format)], picture.size
            picture.verify()  # the checksums of a PNG, without decoding it
    except _BROKEN as error:
        raise Unreadable("its picture is not one") from error
    if not _is_whole(path, kind):
        raise Unreadable("its picture is cut off")
    return Output(path, kind, width, height)


def suited(source: Source, title: str, *, kinds: tuple[str, ...], largest: int) -> Source:
    """A source that a company takes. Raises `Refused` before anything is sent."""
    if source.content_type not in kinds:
        names = ", ".join(kind.partition("/")[2].upper() for kind in kinds)
        raise unsuited(f"{title} takes {names}; this file is {source.content_type}.")
    if source.path.stat().st_size > largest:
        raise unsuited(f"{title} takes pictures up to {largest >> 20} MB; this one is larger.")
    return source


def mask_in_alpha(image: Source, mask: Source, path: Path) -> Path:
    """A PNG of the image's size that is transparent where the mask is white. Raises `Refused`."""
    with _mask(image, mask) as grey:
        alpha = ImageOps.invert(grey)
        Image.merge("LA", (grey, alpha)).convert("RGBA").save(path, "PNG")
    return path


def mask_inverted(image: Source, mask: Source, path: Path) -> Path:
    """A PNG of the image's size that is black where the mask is white, and has nothing in between. Raises `Refused`."""
    with _mask(image, mask) as grey:
        grey.point([255 if value < 128 else 0 for value in range(256)]).save(path, "PNG")  # noqa: PLR2004 - the middle
    return path


def mask_plain(image: Source, mask: Source, path: Path) -> Path:
    """The mask as an 8-bit grey PNG. Raises `Refused`."""
    with _mask(image, mask) as grey:
        grey.save(path, "PNG")
    return path


def _mask(image: Source, mask: Source) -> Image.Image:
    try:
        with _opened(image.path) as picture, _opened(mask.path) as drawn:
            if picture.size != drawn.size:
                (width, height), (wide, high) = picture.size, drawn.size
                raise unsuited(f"The mask must be as large as the picture: {width}x{height}, not {wide}x{high}.")
            if drawn.width * drawn.height > MOST_PIXELS:
                raise unsuited("The mask has too many pixels.")
            return drawn.convert("L")
    except _BROKEN as error:
        raise unsuited("The picture or its mask cannot be read.") from error


def _opened(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # pixels are counted above; twice as many raise
        return Image.open(path, formats=list(FORMATS))


def _is_whole(path: Path, kind: str) -> bool:
    """Whether the end is there; nothing is decoded to see it. The ends of a PNG and a GIF were seen by `verify`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if kind == "image/webp":
            file.seek(4)
            return size >= int.from_bytes(file.read(4), "little") + 8
        file.seek(max(size - 4096, 0))
        end = file.read()
    return kind != "image/jpeg" or b"\xff\xd9" in end
