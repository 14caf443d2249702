"""What happens to assets, as facts. The file is named by its key here; whoever shows an event makes a link of it."""

from collections.abc import Mapping
from typing import Any

from daygen.assets.links import link_to
from daygen.assets.model import Asset
from daygen.infra.outbox import Fact
from daygen.infra.storage import Storage


def created(asset: Asset) -> Fact:
    """A file was uploaded."""
    data = {
        "assetId": str(asset.id),
        "key": asset.key,
        "contentType": asset.content_type,
        "size": asset.size_bytes,
        "width": asset.width,
        "height": asset.height,
        "durationSeconds": asset.duration_s,
        "filename": asset.filename,
    }
    return Fact("asset.created", asset.workspace_id, asset.id, data)


async def show_event(storage: Storage, data: Mapping[str, Any]) -> dict[str, Any]:
    """Show an asset event's data: its file becomes a link."""
    url = await link_to(storage, data["assetId"], data["key"], data["contentType"], data["filename"])
    return {name: value for name, value in data.items() if name != "key"} | {"url": url}
