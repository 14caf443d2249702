"""The ledger's verbs. Each takes the caller's transaction; the account's row is locked before anything else."""

from daygen.infra import outbox
from daygen.infra.db import Tx
from daygen.kit.ids import JobId, TransferId, UserId, WorkspaceId
from daygen.kit.money import Millicredits
from daygen.ledger import events, repository
from daygen.ledger.errors import InsufficientCredits
from daygen.ledger.model import Balance, Usage


async def balance(tx: Tx, workspace_id: WorkspaceId) -> Balance:
    """What a workspace has available and on hold."""
    return await repository.find_balance(tx, workspace_id)


async def lock(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Take the account's lock: the first lock of every transaction that ends a job, as of every one that begins one."""
    await repository.lock(tx, workspace_id)


async def grant(
    tx: Tx, workspace_id: WorkspaceId, amount: Millicredits, *, reason: str, actor: UserId | None = None
) -> Balance:
    """Give a workspace credits; returns its new balance."""
    assert amount > 0
    await repository.open_account(tx, workspace_id)
    await repository.move(tx, workspace_id, amount, 0)
    await repository.append_transfer(
        tx, workspace_id, "house", "available", amount, kind="grant", cause=TransferId.new(), reason=reason, actor=actor
    )
    after = await repository.find_balance(tx, workspace_id)
    await outbox.emit(tx, events.granted(workspace_id, amount, reason, after))
    return after


async def deduct(
    tx: Tx, workspace_id: WorkspaceId, amount: Millicredits, *, reason: str, actor: UserId | None = None
) -> Balance:
    """Take credits back. Raises `InsufficientCredits` (402) rather than going below zero; returns the new balance."""
    assert amount > 0
    await cover(tx, workspace_id, amount)
    await repository.move(tx, workspace_id, -amount, 0)
    await repository.append_transfer(
        tx,
        workspace_id,
        "available",
        "house",
        amount,
        kind="deduct",
        cause=TransferId.new(),
        reason=reason,
        actor=actor,
    )
    return await repository.find_balance(tx, workspace_id)


async def cover(tx: Tx, workspace_id: WorkspaceId, amount: Millicredits) -> None:
    """See that a workspace has this much for holds that follow: until the transaction ends nobody takes it away.

    Raises `InsufficientCredits` (402).
    """
    before = await repository.lock(tx, workspace_id)
    if before.available < amount:
        raise InsufficientCredits(amount, before.available)


async def hold(tx: Tx, workspace_id: WorkspaceId, amount: Millicredits, *, job_id: JobId) -> None:
    """Set credits aside for a job. Raises `InsufficientCredits` (402)."""
    if not await repository.set_aside(tx, workspace_id, amount) and amount > 0:
        available = (await repository.find_balance(tx, workspace_id)).available
        raise InsufficientCredits(amount, available)
    await repository.open_account(tx, workspace_id)
    await repository.add_hold(tx, job_id, workspace_id, amount)
    await repository.append_transfer(tx, workspace_id, "available", "held", amount, kind="hold", cause=job_id)


async def settle(tx: Tx, workspace_id: WorkspaceId, charge: Millicredits, *, job_id: JobId) -> bool:
    """Charge a job from its hold and return the rest; False when its hold had ended. `charge` is at most the hold."""
    await repository.lock(tx, workspace_id)
    amount = await repository.close_hold(tx, job_id, "settled")
    if amount is None:
        return False
    assert 0 <= charge <= amount
    rest = Millicredits(amount - charge)
    await repository.move(tx, workspace_id, rest, -amount)
    await repository.append_transfer(tx, workspace_id, "held", "spent", charge, kind="settle", cause=job_id)
    await repository.append_transfer(tx, workspace_id, "held", "available", rest, kind="release", cause=job_id)
    return True


async def release(tx: Tx, workspace_id: WorkspaceId, *, job_id: JobId) -> bool:
    """Give a job's whole hold back; False when it had ended."""
    await repository.lock(tx, workspace_id)
    amount = await repository.close_hold(tx, job_id, "released")
    if amount is None:
        return False
    await repository.move(tx, workspace_id, amount, -amount)
    await repository.append_transfer(tx, workspace_id, "held", "available", amount, kind="release", cause=job_id)
    return True


async def record(tx: Tx, usage: Usage) -> None:
    """Write down a call to a provider, in the transaction that settles it."""
    await repository.append_usage(tx, usage)
