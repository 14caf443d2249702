"""What we know about a stored file."""

import mimetypes
from dataclasses import dataclass
from datetime import datetime

from daygen.kit.ids import AssetId, JobId, WorkspaceId

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/svg+xml": "svg",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that was put into storage. Width and height in pixels."""

    key: str
    content_type: str
    size_bytes: int
    sha256: bytes
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in storage under `key`. Width and height in pixels.

    `job_id` is the job that made it; `filename` what the user called it who sent it.
    """

    id: AssetId
    workspace_id: WorkspaceId
    job_id: JobId | None
    key: str
    content_type: str
    size_bytes: int
    sha256: bytes
    width: int | None
    height: int | None
    duration_s: float | None
    created_at: datetime
    expires_at: datetime | None
    filename: str | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it can be worked on as a picture."""
        return self.content_type.startswith("image/")


def extension(content_type: str) -> str:
    """How the name of such a file ends."""
    return EXTENSIONS.get(content_type, "bin")


def filename(asset_id: AssetId | str, content_type: str, given: str | None = None) -> str:
    """What an asset is called when it is saved: as its user called it, but a picture never like a page."""
    if given is None:
        return f"{asset_id}.{extension(content_type)}"
    if content_type not in EXTENSIONS or mimetypes.guess_type(given)[0] == content_type:
        return given
    return f"{given}.{extension(content_type)}"
