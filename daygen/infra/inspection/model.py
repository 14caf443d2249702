"""What is found in a file, the limits of what is looked at, and the two ways a picture is refused."""

from dataclasses import dataclass

# Content types and Pillow's name for what reads them
PICTURES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
}
MOST_PIXELS = 50_000_000  # a telephone's 48 megapixels; in memory 200 MB
MOST_SIDE = 32_768
MOST_FRAMES = 200


class Unreadable(Exception):  # noqa: N818 - a verdict
    """It is not what it says it is, or broken. The text is for who sent it."""


class TooDemanding(Exception):  # noqa: N818 - a verdict
    """It may be a picture, but takes more memory or time than one may. The text is for who sent it."""


@dataclass(frozen=True, slots=True)
class Found:
    """As it is to be shown: width and height in pixels, turned as the camera says; None where it could not be told."""

    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
