"""Clears storage of what was put there and became no asset: cut-off uploads, what dead workers left of their jobs."""

from datetime import timedelta

from daygen.assets import repository
from daygen.infra.db import Database
from daygen.infra.storage import Storage

AGAIN = timedelta(minutes=10)


async def sweep(db: Database, storage: Storage) -> int:
    """Look through the folders whose time has come; returns how many. Being cut short or run twice is harmless.

    Raises `StorageUnavailable`; the folders that are left come up again.
    """
    async with db.transaction() as tx:
        folders = await repository.take_overdue(tx, AGAIN)
    for folder in folders:
        lying = await storage.list(folder)
        async with db.reading() as tx:
            known = await repository.known_keys(tx, lying)
        await storage.delete([key for key in lying if key not in known])
        async with db.transaction() as tx:
            await repository.swept(tx, folder)
    return len(folders)
