"""Addresses under which a stored file can be had for a while."""

from datetime import timedelta

from daygen.assets.model import Asset
from daygen.infra.storage import Storage

LAST = timedelta(hours=24)


async def link(storage: Storage, asset: Asset) -> str:
    """A signed address of the file, good for a day."""
    return await storage.url(asset.key, content_type=asset.content_type, expires_in=LAST, filename=asset.filename)
