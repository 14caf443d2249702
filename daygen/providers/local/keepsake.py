"""How a recipe travels in a file: as a text of a PNG, as the comment of an MP4. Found without decoding anything."""

import zlib
from pathlib import Path
from typing import BinaryIO

from PIL import PngImagePlugin

from daygen.providers.local.recipe import ForeignPicture, Recipe, parsed

KEYWORD = "daygen-print"
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_TEXT = 1 << 20
_COMMENT = (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")  # the boxes around an MP4's comment
_BOX, _LONG_BOX = 8, 16  # bytes before what is in a box
_BEFORE = {b"meta": 4, b"data": 8}  # bytes of the box's own that come first
_MOST_BOXES = 64  # looked at on one level, and far more than any film of ours has


def png_notes(recipe: Recipe) -> PngImagePlugin.PngInfo:
    """What a PNG is saved with to carry its recipe."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text(KEYWORD, recipe.text(), zip=True)
    return notes


def film_comment(recipe: Recipe) -> str:
    """What an MP4 says in its comment to carry its recipe."""
    return f"{KEYWORD} {recipe.text()}"


def read_from(path: Path) -> Recipe:
    """Find the recipe in a file. Raises `ForeignPicture`."""
    with path.open("rb") as file:
        start = file.read(len(_PNG))
        if start == _PNG:
            return parsed(_text_of_png(file))
        if start[4:] == b"ftyp":
            return parsed(_text_of_mp4(file, path.stat().st_size))
    raise ForeignPicture("it is neither a PNG nor an MP4")


def _text_of_png(file: BinaryIO) -> str:
    while True:
        head = file.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or kind in {b"IDAT", b"IEND"}:  # noqa: PLR2004 - length and kind of a PNG chunk
            raise ForeignPicture("it carries no recipe")
        text = _text_of_chunk(file, kind, length)
        if text is not None:
            return text


def _text_of_chunk(file: BinaryIO, kind: bytes, length: int) -> str | None:
    """Our text, if this chunk holds it; the file then stands behind the chunk either way."""
    start = file.tell()
    try:
        if kind not in {b"tEXt", b"zTXt"} or length > _MOST_TEXT:
            return None
        keyword, _, body = file.read(length).partition(b"\0")
        if keyword != KEYWORD.encode():
            return None
        if kind == b"zTXt":
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(body[1:], _MOST_TEXT)
            if unpacker.unconsumed_tail:
                raise ForeignPicture("its recipe is too long")
        return body.decode("ascii")
    except (zlib.error, UnicodeDecodeError) as error:
        raise ForeignPicture("its recipe cannot be read") from error
    finally:
        file.seek(start + length + 4)


def _text_of_mp4(file: BinaryIO, size: int) -> str:
    """Go down the boxes to the comment, never past the box that holds the next."""
    start, end = 0, size
    for wanted in _COMMENT:
        start, end = _inside(file, wanted, start, end)
        start += _BEFORE.get(wanted, 0)
    if end - start > _MOST_TEXT:
        raise ForeignPicture("its recipe is too long")
    file.seek(start)
    keyword, _, text = file.read(max(0, end - start)).partition(b" ")
    if keyword != KEYWORD.encode():
        raise ForeignPicture("it carries no recipe")
    try:
        return text.decode("ascii")
    except UnicodeDecodeError as error:
        raise ForeignPicture("its recipe cannot be read") from error


def _inside(file: BinaryIO, wanted: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the content of the first such box begins and ends."""
    for _ in range(_MOST_BOXES):
        if start + _BOX > end:
            break
        file.seek(start)
        head = file.read(_LONG_BOX)
        length, kind, body = int.from_bytes(head[:4], "big"), head[4:8], _BOX
        if length == 1:  # the real length follows, in eight bytes
            length, body = int.from_bytes(head[8:16], "big"), _LONG_BOX
        if length < body or start + length > end:
            break
        if kind == wanted:
            return start + body, start + length
        start += length
    raise ForeignPicture("it carries no recipe")
