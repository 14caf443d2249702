"""The SQL of schedules: table `schedules`."""

from datetime import timedelta

from daygen.infra.db import Tx
from daygen.kit.ids import WorkerId

TAKE = """
insert into schedules (name, owner, until) values ($1, $2, daygen_now() + $3::interval)
on conflict (name) do update set owner = excluded.owner, until = excluded.until
where schedules.owner = excluded.owner or schedules.until < daygen_now()
"""
# For who ends: the next one need not wait
LET_GO = """
delete from schedules where name = $1 and owner = $2
"""


async def take(tx: Tx, name: str, owner: WorkerId, lasting: timedelta) -> bool:
    """Take or keep a schedule for a while; False when another worker has it."""
    return await tx.run(TAKE, name, owner, lasting) == 1


async def let_go(tx: Tx, name: str, owner: WorkerId) -> None:
    """Give a schedule back before its time, if it is this worker's."""
    await tx.run(LET_GO, name, owner)
