"""Stored files: what we know about them, and the way to their bytes."""

from fastapi.responses import RedirectResponse

from daygen.assets import service
from daygen.assets.links import link
from daygen.assets.schemas import AssetView, show
from daygen.identity import PROBLEMS, Asking, Scope
from daygen.infra.http import Db, Store, responses, router
from daygen.kit.ids import AssetId
from daygen.kit.problems import NotFound

routes = router("assets")

AssetPath = AssetId


@routes.get("/v1/assets/{asset_id}", responses=responses(*PROBLEMS, NotFound))
async def get_asset(asset_id: AssetPath, caller: Asking, db: Db, storage: Store) -> AssetView:
    """Show an asset."""
    caller.need(Scope.ASSETS_READ)
    async with db.reading() as tx:
        asset = await service.find(tx, caller.workspace_id, asset_id)
    return await show(storage, asset)


@routes.get(
    "/v1/assets/{asset_id}/content",
    status_code=302,
    response_class=RedirectResponse,
    responses=responses(*PROBLEMS, NotFound),
)
async def get_content(asset_id: AssetPath, caller: Asking, db: Db, storage: Store) -> RedirectResponse:
    """Redirect to the file itself, by a signed address."""
    caller.need(Scope.ASSETS_READ)
    async with db.reading() as tx:
        asset = await service.find(tx, caller.workspace_id, asset_id)
    return RedirectResponse(await link(storage, asset), 302, {"Cache-Control": "private, no-store"})
