"""What can go wrong with a file for who asks for it."""

from daygen.infra.http import BadRequest
from daygen.kit.problems import Forbidden, Invalid, NotFound, Problem


class UnreadableFile(Invalid):
    """A picture that is broken, or not what it is sent as."""

    code = "assets.unreadable"
    title = "This file cannot be read"


class TooLargePicture(Invalid):
    """A picture of too many pixels, frames or bytes, or one that takes too much to open."""

    code = "assets.too_large_picture"
    title = "This picture is too large"


class CutOff(BadRequest):
    """An upload that did not come to its end; nothing was kept."""

    code = "assets.cut_off"
    title = "The upload did not come to its end"


class LinkInvalid(Forbidden):
    """Not a link that we made, or not as we made it."""

    code = "assets.link_invalid"
    title = "This link is not valid"


class LinkExpired(Forbidden):
    """A link that we made, whose time is over."""

    code = "assets.link_expired"
    title = "This link has expired"


class FileGone(NotFound):
    """The link is good, the file is no longer there."""

    code = "assets.file_gone"
    title = "This file is gone"


class RangeUnsatisfiable(Problem):
    """The part that was asked for begins behind the end of the file."""

    status = 416
    code = "assets.range_unsatisfiable"
    title = "The file has no such part"

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"The file has {size_bytes} bytes.", sizeBytes=size_bytes)
        self.size_bytes = size_bytes

    def headers(self) -> dict[str, str]:
        """Say how much there is, as RFC 9110 asks."""
        return {"Content-Range": f"bytes */{self.size_bytes}"}
