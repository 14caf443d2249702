"""Stored files: the way in, what we know about them, and the way to their bytes."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from daygen.assets import service
from daygen.assets.errors import CutOff, TooLargePicture, UnreadableFile
from daygen.assets.links import link
from daygen.assets.schemas import AssetView, show
from daygen.identity import PROBLEMS, Asking, Scope
from daygen.infra.http import Db, Store, StreamedIdempotency, TooLarge, responses, router
from daygen.infra.inspection import InspectorUnavailable
from daygen.kit.ids import AssetId
from daygen.kit.problems import NotFound
from daygen.limits import RateExceeded

routes = router("assets")

AssetPath = AssetId
LONGEST_NAME = 255
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself. Without a Content-Type, or as application/octet-stream we find its type.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@routes.post(
    "/v1/assets",
    status_code=201,
    response_model=AssetView,
    responses=responses(
        *PROBLEMS, RateExceeded, TooLarge, CutOff, UnreadableFile, TooLargePicture, InspectorUnavailable
    ),
    openapi_extra=FILE,
)
async def upload_asset(
    request: Request,
    caller: Asking,
    key: StreamedIdempotency,
    filename: Annotated[str | None, Query(min_length=1, max_length=LONGEST_NAME)] = None,
) -> Response:
    """Upload a file. Its body is streamed; pictures and videos are looked at, others are kept as they are."""
    caller.need(Scope.ASSETS_WRITE)
    answer, window = await request.app.state.uploads.take(request, caller.workspace_id, key, filename)
    return JSONResponse(answer.body, answer.status, window.headers() if window else {})


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
