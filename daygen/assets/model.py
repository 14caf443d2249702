"""What we know about a stored file."""

from dataclasses import dataclass
from datetime import datetime

from daygen.kit.ids import AssetId, JobId, WorkspaceId

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "video/mp4": "mp4",
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
    """A file in storage under `key`. Width and height in pixels; `job_id` is the job that made it."""

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


def filename(asset_id: AssetId | str, content_type: str) -> str:
    """What an asset is called when it is saved."""
    return f"{asset_id}.{EXTENSIONS.get(content_type, 'bin')}"
