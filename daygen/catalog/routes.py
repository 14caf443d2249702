"""The models on offer."""

from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from daygen.catalog.errors import UnknownModel
from daygen.catalog.schemas import ModelView
from daygen.catalog.service import Catalog
from daygen.identity import PROBLEMS, Asking
from daygen.infra.http import PageOf, responses, router
from daygen.kit.problems import NotFound

routes = router("catalog")


async def _catalog(connection: HTTPConnection) -> Catalog:
    return connection.app.state.catalog


Models = Annotated[Catalog, Depends(_catalog)]


@routes.get("/v1/models", responses=responses(*PROBLEMS))
async def list_models(_caller: Asking, catalog: Models) -> PageOf[ModelView]:
    """List every model that can be ordered, with its operations, inputs and prices."""
    return PageOf(data=[ModelView.of(model) for model in catalog.list()], next_cursor=None)


@routes.get("/v1/models/{model_id:path}", responses=responses(*PROBLEMS, NotFound))
async def get_model(
    model_id: Annotated[str, Path(examples=["local/print"])], _caller: Asking, catalog: Models
) -> ModelView:
    """Show one model."""
    try:
        return ModelView.of(catalog.find(model_id))
    except UnknownModel as unknown:
        raise NotFound(unknown.detail) from unknown
