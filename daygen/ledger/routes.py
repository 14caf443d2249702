"""The balance and the ledger's entries."""

from typing import Annotated

from fastapi import Query

from daygen.identity import PROBLEMS, Asking, Scope
from daygen.infra.http import Db, PageOf, responses, router
from daygen.kit import paging
from daygen.kit.ids import TransferId
from daygen.ledger import repository, service
from daygen.ledger.schemas import BalanceView, TransferView

routes = router("ledger")


@routes.get("/v1/balance", responses=responses(*PROBLEMS))
async def get_balance(caller: Asking, db: Db) -> BalanceView:
    """Show what the workspace can spend."""
    async with db.reading() as tx:
        return BalanceView.of(await service.balance(tx, caller.workspace_id))


@routes.get("/v1/ledger", responses=responses(*PROBLEMS))
async def list_transfers(
    caller: Asking,
    db: Db,
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT,
    cursor: TransferId | None = None,
) -> PageOf[TransferView]:
    """List every movement of the workspace's credits, the newest first."""
    caller.need(Scope.USAGE_READ)
    async with db.reading() as tx:
        transfers = await repository.list_transfers(tx, caller.workspace_id, cursor, limit + 1)
    page = paging.cut(transfers, limit, lambda transfer: str(transfer.id))
    return PageOf(data=[TransferView.of(transfer) for transfer in page.data], next_cursor=page.next_cursor)
