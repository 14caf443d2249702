"""The SQL of idempotency: table `idempotency_keys`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from daygen.infra.db import Tx
from daygen.kit.ids import WorkspaceId

ADD = """
insert into idempotency_keys (workspace_id, key, fingerprint) values ($1, $2, $3) on conflict do nothing
"""
FIND = """
select fingerprint, status, answer from idempotency_keys where workspace_id = $1 and key = $2
"""
IS_TAKEN = """
select exists (select from idempotency_keys where workspace_id = $1 and key = $2)
"""
SAVE = """
update idempotency_keys set status = $3, answer = $4 where workspace_id = $1 and key = $2
"""
FORGET = """
delete from idempotency_keys where (workspace_id, key) in (
  select workspace_id, key from idempotency_keys where created_at < daygen_now() - $1::interval limit $2)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given."""

    fingerprint: bytes
    status: int
    answer: Any


async def add(tx: Tx, workspace_id: WorkspaceId, key: str, fingerprint: bytes) -> bool:
    """Take a key; False when it is taken. Waits for whoever is taking it right now."""
    return await tx.run(ADD, workspace_id, key, fingerprint) == 1


async def find(tx: Tx, workspace_id: WorkspaceId, key: str) -> Kept | None:
    """What was answered under a key; None when it is new."""
    row = await tx.row(FIND, workspace_id, key)
    return Kept(row["fingerprint"], row["status"], row["answer"]) if row else None


async def is_taken(tx: Tx, workspace_id: WorkspaceId, key: str) -> bool:
    """Whether something was answered under a key."""
    return bool(await tx.value(IS_TAKEN, workspace_id, key))


async def save(tx: Tx, workspace_id: WorkspaceId, key: str, status: int, answer: Any) -> None:
    """Keep the answer."""
    await tx.run(SAVE, workspace_id, key, status, answer)


async def forget(tx: Tx, older_than: timedelta, most: int = 5000) -> int:
    """Delete keys past their time, up to `most` at a time; returns how many."""
    return await tx.run(FORGET, older_than, most)
