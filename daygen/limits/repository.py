"""The limits' SQL: table `request_windows`."""

from daygen.infra.db import Tx
from daygen.kit.ids import WorkspaceId
from daygen.limits.model import Window

# The lock first, the clock after it: in a queue of waiters `now()` would run backwards.
LOCK = """
select per_minute, second, counts from request_windows where workspace_id = $1 for update
"""
SECOND = """
select extract(epoch from daygen_now())::bigint
"""
OPEN = """
insert into request_windows (workspace_id, per_minute) values ($1, $2) on conflict do nothing
"""
SAVE = """
update request_windows set second = $2, counts = $3 where workspace_id = $1
"""
SET_LIMIT = """
insert into request_windows (workspace_id, per_minute) values ($1, $2)
on conflict (workspace_id) do update set per_minute = excluded.per_minute
"""


async def lock(tx: Tx, workspace_id: WorkspaceId) -> Window | None:
    """A workspace's window, locked until the transaction ends; None if it has none yet."""
    row = await tx.row(LOCK, workspace_id)
    return Window(row["per_minute"], row["second"], tuple(row["counts"])) if row else None


async def second(tx: Tx) -> int:
    """The current second, by the database's clock."""
    return int(await tx.value(SECOND))


async def open_window(tx: Tx, workspace_id: WorkspaceId, per_minute: int) -> None:
    """Give a workspace a window, unless it has one."""
    await tx.run(OPEN, workspace_id, per_minute)


async def save(tx: Tx, workspace_id: WorkspaceId, window: Window) -> None:
    """Write a locked window back."""
    await tx.run(SAVE, workspace_id, window.second, list(window.counts))


async def set_limit(tx: Tx, workspace_id: WorkspaceId, per_minute: int | None) -> None:
    """Change a workspace's limit; None is no limit."""
    await tx.run(SET_LIMIT, workspace_id, per_minute)
