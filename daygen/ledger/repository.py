"""The ledger's SQL: tables `accounts`, `holds`, `transfers` and `usage`."""

from asyncpg import Record

from daygen.infra.db import Tx
from daygen.kit.ids import JobId, TransferId, UsageId, UserId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.ledger.model import Balance, Transfer, Usage

FIND_BALANCE = """
select available, held from accounts where workspace_id = $1
"""
LOCK = """
select available, held from accounts where workspace_id = $1 for update
"""
OPEN = """
insert into accounts (workspace_id) values ($1) on conflict do nothing
"""
MOVE = """
update accounts set available = available + $2, held = held + $3 where workspace_id = $1
"""
SET_ASIDE = """
update accounts set available = available - $2, held = held + $2 where workspace_id = $1 and available >= $2
"""
ADD_HOLD = """
insert into holds (job_id, workspace_id, amount) values ($1, $2, $3)
"""
CLOSE_HOLD = """
update holds set state = $2, closed_at = daygen_now() where job_id = $1 and state = 'active' returning amount
"""
APPEND_TRANSFER = """
insert into transfers (id, workspace_id, debit, credit, amount, kind, cause_kind, cause, reason, actor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (cause, kind) do nothing
"""
LIST_TRANSFERS = """
select id, debit, credit, amount, kind, cause_kind, cause, reason, created_at from transfers
where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3
"""
APPEND_USAGE = """
insert into usage (id, workspace_id, user_id, key_id, job_id, attempt, provider, model, operation, outcome, units,
  milliseconds, credits, cost_micro_usd, trace_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""


async def find_balance(tx: Tx, workspace_id: WorkspaceId) -> Balance:
    """What a workspace has; nothing if it never had anything."""
    return _balance(await tx.row(FIND_BALANCE, workspace_id))


async def lock(tx: Tx, workspace_id: WorkspaceId) -> Balance:
    """Lock a workspace's account until the transaction ends."""
    return _balance(await tx.row(LOCK, workspace_id))


async def open_account(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Make sure that there is an account."""
    await tx.run(OPEN, workspace_id)


async def move(tx: Tx, workspace_id: WorkspaceId, available: int, held: int) -> None:
    """Change both sides of an account by these amounts."""
    await tx.run(MOVE, workspace_id, available, held)


async def set_aside(tx: Tx, workspace_id: WorkspaceId, amount: Millicredits) -> bool:
    """Move credits from available to held; False when there are not enough."""
    return await tx.run(SET_ASIDE, workspace_id, amount) == 1


async def add_hold(tx: Tx, job_id: JobId, workspace_id: WorkspaceId, amount: Millicredits) -> None:
    """Write an active hold."""
    await tx.run(ADD_HOLD, job_id, workspace_id, amount)


async def close_hold(tx: Tx, job_id: JobId, state: str) -> Millicredits | None:
    """End an active hold and say how much it was; None when it had ended."""
    amount: int | None = await tx.value(CLOSE_HOLD, job_id, state)
    return None if amount is None else Millicredits(amount)


async def append_transfer(
    tx: Tx,
    workspace_id: WorkspaceId,
    debit: str,
    credit: str,
    amount: Millicredits,
    *,
    kind: str,
    cause: JobId | TransferId,
    reason: str | None = None,
    actor: UserId | None = None,
) -> bool:
    """Write a movement of credits; False when this cause had this effect already. Nothing is written for 0."""
    if amount == 0:
        return True
    cause_kind = "job" if isinstance(cause, JobId) else "operator"
    id_ = TransferId.new()
    written = await tx.run(
        APPEND_TRANSFER, id_, workspace_id, debit, credit, amount, kind, cause_kind, cause, reason, actor
    )
    return written == 1


async def list_transfers(tx: Tx, workspace_id: WorkspaceId, before: TransferId | None, most: int) -> list[Transfer]:
    """A workspace's transfers, the newest first."""
    return [_transfer(row) for row in await tx.rows(LIST_TRANSFERS, workspace_id, before, most)]


async def append_usage(tx: Tx, usage: Usage) -> None:
    """Write what a call to a provider came to."""
    await tx.run(
        APPEND_USAGE,
        UsageId.new(),
        usage.workspace_id,
        usage.user_id,
        usage.key_id,
        usage.job_id,
        usage.attempt,
        usage.provider,
        usage.model,
        usage.operation,
        usage.outcome,
        usage.units,
        usage.milliseconds,
        usage.credits,
        usage.cost,
        usage.trace_id,
    )


def _balance(row: Record | None) -> Balance:
    if row is None:
        return Balance(Millicredits(0), Millicredits(0))
    return Balance(Millicredits(row["available"]), Millicredits(row["held"]))


def _transfer(row: Record) -> Transfer:
    return Transfer(
        id=TransferId.of(row["id"]),
        debit=row["debit"],
        credit=row["credit"],
        amount=Millicredits(row["amount"]),
        kind=row["kind"],
        cause=JobId.of(row["cause"]) if row["cause_kind"] == "job" else TransferId.of(row["cause"]),
        reason=row["reason"],
        created_at=row["created_at"],
    )
