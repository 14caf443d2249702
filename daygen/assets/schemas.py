"""What assets say over HTTP."""

from daygen.assets.links import link
from daygen.assets.model import Asset
from daygen.infra.http import Moment, Wire
from daygen.infra.storage import Storage
from daygen.kit.ids import AssetId, JobId


class Checksum(Wire):
    """Of the file's bytes, in hex."""

    sha256: str


class AssetView(Wire):
    """A stored file; `url` is signed and good for a day. `filename` is what its user called it."""

    id: AssetId
    url: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    duration_seconds: float | None
    checksum: Checksum
    filename: str | None
    job_id: JobId | None
    created_at: Moment
    expires_at: Moment | None


async def show(storage: Storage, asset: Asset) -> AssetView:
    """Show an asset, with a fresh link."""
    return AssetView(
        id=asset.id,
        url=await link(storage, asset),
        content_type=asset.content_type,
        size=asset.size_bytes,
        width=asset.width,
        height=asset.height,
        duration_seconds=asset.duration_s,
        checksum=Checksum(sha256=asset.sha256.hex()),
        filename=asset.filename,
        job_id=asset.job_id,
        created_at=asset.created_at,
        expires_at=asset.expires_at,
    )
