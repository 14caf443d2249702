"""The assets' SQL: tables `assets` and `arrivals`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from asyncpg import Record

from daygen.assets.model import Asset, File
from daygen.infra.db import Tx
from daygen.kit.ids import AssetId, JobId, WorkspaceId

ADD = """
insert into assets (id, workspace_id, job_id, key, content_type, size_bytes, sha256, width, height, duration_s,
  filename)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
returning id, workspace_id, job_id, key, content_type, size_bytes, sha256, width, height, duration_s, created_at,
  expires_at, filename
"""
FIND = """
select id, workspace_id, job_id, key, content_type, size_bytes, sha256, width, height, duration_s, created_at,
  expires_at, filename from assets where workspace_id = $1 and id = any($2::uuid[]) and deleted_at is null
"""
REMOVE = """
update assets set deleted_at = daygen_now() where workspace_id = $1 and id = any($2::uuid[]) and deleted_at is null
"""
KNOWN_KEYS = """
select key from assets where key = any($1::text[])
"""
EXPECT = """
insert into arrivals (folder, due_at) values ($1, $2)
on conflict (folder) do update set due_at = excluded.due_at, taken = false
"""
ARRIVED = """
delete from arrivals where folder = $1 and not taken
"""
TAKE_OVERDUE = """
update arrivals set taken = true, due_at = daygen_now() + $1::interval
where folder in (
  select folder from arrivals where due_at <= daygen_now() order by due_at limit $2 for update skip locked)
returning folder
"""
SWEPT = """
delete from arrivals where folder = $1 and taken
"""


async def add(
    tx: Tx,
    workspace_id: WorkspaceId,
    job_id: JobId | None,
    file: File,
    *,
    asset_id: AssetId | None = None,
    filename: str | None = None,
) -> Asset:
    """Write what we know about a stored file."""
    row = await tx.row(
        ADD,
        asset_id or AssetId.new(),
        workspace_id,
        job_id,
        file.key,
        file.content_type,
        file.size_bytes,
        file.sha256,
        file.width,
        file.height,
        file.duration_s,
        filename,
    )
    assert row is not None
    return _asset(row)


async def find_many(tx: Tx, workspace_id: WorkspaceId, ids: Sequence[AssetId]) -> dict[AssetId, Asset]:
    """Those of a workspace's assets, by id; what is missing or deleted is left out."""
    rows = await tx.rows(FIND, workspace_id, list(ids))
    return {asset.id: asset for asset in map(_asset, rows)}


async def known_keys(tx: Tx, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which an asset is kept, deleted ones too."""
    return {row["key"] for row in await tx.rows(KNOWN_KEYS, list(keys))}


async def expect(tx: Tx, folder: str, due_at: datetime) -> None:
    """Have a folder of storage looked through after a time, and what became no asset deleted. Twice is once."""
    await tx.run(EXPECT, folder, due_at)


async def arrived(tx: Tx, folder: str) -> bool:
    """Need no look through a folder any more; False when nobody would have looked, or somebody is looking."""
    return await tx.run(ARRIVED, folder) == 1


async def take_overdue(tx: Tx, again_in: timedelta, most: int = 100) -> list[str]:
    """Folders whose time has come, for who looks through them now; they come up again if that fails."""
    return [row["folder"] for row in await tx.rows(TAKE_OVERDUE, again_in, most)]


async def swept(tx: Tx, folder: str) -> None:
    """A folder was looked through."""
    await tx.run(SWEPT, folder)


async def remove(tx: Tx, workspace_id: WorkspaceId, ids: Sequence[AssetId]) -> int:
    """Mark assets as deleted; returns how many were not."""
    return await tx.run(REMOVE, workspace_id, list(ids))


def _asset(row: Record) -> Asset:
    return Asset(
        id=AssetId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        job_id=JobId.of(row["job_id"]) if row["job_id"] else None,
        key=row["key"],
        content_type=row["content_type"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        width=row["width"],
        height=row["height"],
        duration_s=row["duration_s"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        filename=row["filename"],
    )
