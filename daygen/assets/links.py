"""Addresses under which a stored file can be had for a while."""

from datetime import timedelta

from daygen.assets.model import Asset, filename
from daygen.infra.storage import Storage
from daygen.kit.ids import AssetId

LAST = timedelta(hours=24)


async def link(storage: Storage, asset: Asset) -> str:
    """A signed address of the file, good for a day."""
    return await link_to(storage, asset.id, asset.key, asset.content_type, asset.filename)


async def link_to(
    storage: Storage, asset_id: AssetId | str, key: str, content_type: str, given: str | None = None
) -> str:
    """The same address, for who has no more of the asset than an event tells. `given` is its user's name for it."""
    name = filename(asset_id, content_type, given)
    return await storage.url(key, content_type=content_type, expires_in=LAST, filename=name)
