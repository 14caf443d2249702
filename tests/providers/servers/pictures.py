"""Pictures that the fake companies make, and the ones they are sent."""

import base64
import functools
import io
import random
from pathlib import Path

from PIL import Image


@functools.cache
def made(width: int, height: int, kind: str = "png", seed: int = 0) -> bytes:
    """A picture that does not compress, so that it is as large as real ones are."""
    noise = random.Random(seed).randbytes(64 * 64 * 3)
    picture = Image.frombytes("RGB", (64, 64), noise).resize((width, height), Image.Resampling.BILINEAR)
    target = io.BytesIO()
    picture.save(target, kind.upper())
    return target.getvalue()


def folded(picture: bytes) -> str:
    """As it travels in JSON."""
    return base64.b64encode(picture).decode()


def drawn(path: Path, width: int = 320, height: int = 240, kind: str = "png") -> Path:
    """A picture on disk."""
    path.write_bytes(made(width, height, kind, seed=7))
    return path


def mask(path: Path, width: int = 320, height: int = 240) -> Path:
    """A mask on disk: the left half is white, which means change this."""
    picture = Image.new("L", (width, height), 0)
    picture.paste(255, (0, 0, width // 2, height))
    picture.save(path, "PNG")
    return path


def opened(content: bytes) -> Image.Image:
    """A picture that was sent."""
    return Image.open(io.BytesIO(content))


def whole(letters: str, kind: str) -> bool:
    """Whether base64 holds a picture of this kind."""
    return Image.MIME[str(opened(base64.b64decode(letters, validate=True)).format)] == kind
