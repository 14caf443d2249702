"""The relay: moves facts from the outbox to the numbered events, one relay at a time for the whole house."""

import asyncio
from datetime import timedelta

from daygen.infra import telemetry
from daygen.infra.db import Bells, Database, wait_for
from daygen.infra.outbox import repository

OUTBOX = "daygen_outbox"
EVENTS = "daygen_events"

BATCH = 2000
POLL = timedelta(seconds=1)

log = telemetry.get_logger(__name__)


class Relay:
    """Runs in every worker; whoever gets the turn does the work of all."""

    def __init__(self, db: Database, bells: Bells) -> None:
        self._db = db
        self._bell = bells.bell(OUTBOX)

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            try:
                moved = await self.turn()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next turn starts afresh
                log.warning("relay.failed", reason=f"{type(error).__name__}: {error}")
                moved = 0
                await asyncio.sleep(0.2)
            if moved < BATCH:
                await wait_for(self._bell, at_most=POLL)

    async def turn(self) -> int:
        """Number what is there, up to a batch; returns how many facts that were."""
        async with self._db.transaction() as tx:
            moved = await repository.number(tx, BATCH) or 0
            if moved:
                tx.ring(EVENTS)
        return moved
