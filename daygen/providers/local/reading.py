"""Pictures from anywhere, decoded within limits: what asks for too much ends with a refusal, or with the press."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from daygen.providers.contract import Refused

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 64_000_000
_MOST_BYTES = 400 << 20  # of memory, beyond what the press has already
_MOST_CPU_S = 2.0
_UNREADABLE = "provider.unreadable_picture"
_ORIENTATION = 0x0112  # an EXIF tag: how the camera was held
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset(way for number, way in _UPRIGHT.items() if number >= 5)  # noqa: PLR2004 - EXIF's own order


def unreadable() -> Refused:
    """What is said of a file that no decoder takes, or only at a price we do not pay."""
    return Refused(
        _UNREADABLE,
        "The picture cannot be read: it is damaged, or takes too much to decode. Save it again as a PNG, a JPEG or a "
        f"WebP of up to {MOST_PIXELS // 1_000_000} megapixels.",
    )


@contextmanager
def within_limits() -> Generator[None]:
    """Decode here. Too much memory raises; too much time ends this process, for a decoder cannot be interrupted."""
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _mapped() + _MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
    signal.setitimer(signal.ITIMER_PROF, _MOST_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _mapped() -> int:
    """How much address space this process has already; elsewhere than on Linux so much that there is no limit."""
    import resource

    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 40


def opened(path: Path, most: int | None = None) -> Image.Image:
    """Decode a picture, the right way up, as RGB or RGBA; a GIF's first frame. Raises `Refused`.

    With `most`, its longer side may come out smaller than it is, but not smaller than that.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            _check(image.size)
            if most is not None:
                image.draft("RGB", (most, most))
            turned = image.getexif().get(_ORIENTATION, 1)
            small = image if most is None or max(image.size) < most * 2 else image.reduce(max(image.size) // most)
            plain = small.convert("RGBA" if image.has_transparency_data else "RGB")
            return plain.transpose(_UPRIGHT[turned]) if turned in _UPRIGHT else plain
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # decoders raise whatever they like
        raise unreadable() from error


def size_of(path: Path) -> tuple[int, int]:
    """Width and height in pixels as it is shown, from the file's head alone. Raises `Refused`."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            _check(image.size)
            turned = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
            width, height = image.size
            return (height, width) if turned in _SIDEWAYS else (width, height)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:
        raise unreadable() from error


def _check(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_large()


def _too_large() -> Refused:
    return Refused(
        "provider.picture_too_large",
        f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels. Make it smaller and send that.",
    )
