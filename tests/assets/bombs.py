"""Pictures as they should be, and files that should never be opened; all made here, none larger than it must be."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), orientation: int | None = None) -> bytes:
    """A picture that is what it says."""
    out = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **({"exif": exif} if orientation else {}))
    return out.getvalue()


def flood(side: int) -> bytes:
    """A small PNG of a great many black pixels."""
    packer, packed = zlib.compressobj(9), b""
    for _ in range(side):
        packed += packer.compress(bytes(1 + side * 4))
    return PNG + _chunk(b"IHDR", _header(side, side)) + _chunk(b"IDAT", packed + packer.flush()) + _chunk(b"IEND", b"")


def promised(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has no pixels at all."""
    return PNG + _chunk(b"IHDR", _header(width, height)) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def film(frames: int) -> bytes:
    """A GIF of so many frames."""
    out = io.BytesIO()
    pictures = [Image.new("RGB", (8, 8), (number % 256, number // 256, 7)) for number in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=20)
    return out.getvalue()


def chatty(mebibytes: int) -> Iterator[bytes]:
    """A PNG with a text of so many MiB, in pieces."""
    whole = picture()
    yield whole[:33]  # signature and header
    text = mebibytes << 20
    yield struct.pack(">I", text) + b"tEXt"
    crc = zlib.crc32(b"tEXt")
    for _ in range(mebibytes):
        piece = b"A" * (1 << 20)
        crc = zlib.crc32(piece, crc)
        yield piece
    yield struct.pack(">I", crc) + whole[33:]


def packed_text(mebibytes: int) -> bytes:
    """A small PNG whose text is so many MiB when it is unpacked."""
    whole = picture()
    packed = zlib.compress(bytes(mebibytes << 20), 9)
    return whole[:33] + _chunk(b"zTXt", b"Comment\x00\x00" + packed) + whole[33:]


def _header(width: int, height: int) -> bytes:
    return struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
