"""The forwarder: turns numbered events into deliveries, one forwarder at a time for the whole house."""

import asyncio
from datetime import timedelta

from daygen.infra import telemetry
from daygen.infra.db import Bells, Database, wait_for
from daygen.infra.outbox import EVENTS
from daygen.webhooks import service

BATCH = 1000
POLL = timedelta(seconds=1)  # also how often progress is looked at
PAUSE = timedelta(milliseconds=50)  # what rings meanwhile is done in one turn

log = telemetry.get_logger(__name__)


class Forwarder:
    """Runs in every worker; whoever gets the turn does the work of all."""

    def __init__(self, db: Database, bells: Bells) -> None:
        self._db = db
        self._bell = bells.bell(EVENTS)

    async def run(self) -> None:
        """Forward until cancelled; after an outage it goes on where it stopped."""
        while True:
            try:
                seen = await self.turn()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next turn starts at the same event
                log.warning("webhooks.forwarding_failed", reason=f"{type(error).__name__}: {error}")
                seen = 0
                await asyncio.sleep(0.2)
            await asyncio.sleep(PAUSE.total_seconds())
            if seen < BATCH:
                await wait_for(self._bell, at_most=POLL)

    async def turn(self) -> int:
        """Forward what is new, up to a batch; returns how many events that were."""
        async with self._db.transaction() as tx:
            return await service.forward(tx, BATCH) or 0
