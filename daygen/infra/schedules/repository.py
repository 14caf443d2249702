"""The SQL of schedules: table `schedules`."""

from datetime import timedelta

from daygen.infra.db import Tx
from daygen.kit.ids import WorkerId

TAKE = """
insert into schedules (name, owner, until) values ($1, $2, daygen_now() + $3::interval)
on conflict (name) do update set owner = excluded.owner, until = excluded.until
where schedules.owner = excluded.owner or schedules.until < daygen_now()
"""


async def take(tx: Tx, name: str, owner: WorkerId, lasting: timedelta) -> bool:
    """Take or keep a schedule for a while; False when another worker has it."""
    return await tx.run(TAKE, name, owner, lasting) == 1
