"""The assets' verbs."""

from daygen.assets import repository
from daygen.assets.model import Asset
from daygen.assets.repository import add, arrived, expect, find_many, known_keys, remove
from daygen.infra.db import Tx
from daygen.kit.ids import AssetId, WorkspaceId
from daygen.kit.problems import NotFound

__all__ = ["add", "arrived", "expect", "find_many", "known_keys", "remove"]  # the repository's, as they are


async def find(tx: Tx, workspace_id: WorkspaceId, asset_id: AssetId) -> Asset:
    """One of a workspace's assets. Raises `NotFound` (404)."""
    found = await repository.find_many(tx, workspace_id, [asset_id])
    if asset_id not in found:
        raise NotFound("There is no such asset.")
    return found[asset_id]
