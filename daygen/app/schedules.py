"""What the house does by the clock: overdue jobs each second, strays in storage, the queue's health, what is past."""

import asyncio
from datetime import timedelta

from daygen import assets, identity, jobs, webhooks
from daygen.infra import http, outbox, queue, schedules, telemetry
from daygen.infra.db import Database
from daygen.infra.queue import Worker
from daygen.infra.storage import Storage
from daygen.kit.clock import Clock

TICK = timedelta(seconds=1)
TURN = timedelta(seconds=10)
SWEEP_QUEUE_EVERY = timedelta(minutes=1)
SWEEP_STORAGE_EVERY = timedelta(seconds=30)
FORGET_EVERY = timedelta(hours=1)
EVENTS_KEPT = timedelta(days=30)
SPANS_KEPT = timedelta(days=14)
DELIVERIES_KEPT = timedelta(days=7)

log = telemetry.get_logger(__name__)


class Schedules:
    """Runs in every worker; whoever holds the lease row does it."""

    def __init__(self, db: Database, storage: Storage, clock: Clock, worker: Worker) -> None:
        self._db = db
        self._storage = storage
        self._clock = clock
        self._worker = worker
        self._swept_queue_at: float | None = None
        self._swept_at: float | None = None
        self._forgot_at: float | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Tick until cancelled."""
        try:
            while True:
                try:
                    await self.tick()
                except Exception as error:  # noqa: BLE001 - whatever it was, the next tick starts afresh
                    log.warning("schedules.failed", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(TICK.total_seconds())
        finally:
            if self._sweeping is not None:
                self._sweeping.cancel()
                await asyncio.gather(self._sweeping, return_exceptions=True)

    async def tick(self) -> None:
        """Do what is due, if it is this worker's turn."""
        async with self._db.transaction() as tx:
            mine = await schedules.take(tx, "house", self._worker.id, TURN)
        if not mine:
            return
        await jobs.expire_overdue(self._db)
        now = self._clock.monotonic()
        if self._swept_queue_at is None or now - self._swept_queue_at >= SWEEP_QUEUE_EVERY.total_seconds():
            self._swept_queue_at = now
            async with self._db.transaction() as tx:
                await queue.sweep(tx)
        idle = self._sweeping is None or self._sweeping.done()
        if idle and (self._swept_at is None or now - self._swept_at >= SWEEP_STORAGE_EVERY.total_seconds()):
            self._swept_at = now
            self._sweeping = asyncio.create_task(self._sweep())  # beside the ticks: storage may be slow
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY.total_seconds():
            self._forgot_at = now
            await self.forget()

    async def _sweep(self) -> None:
        try:
            while await assets.sweep(self._db, self._storage):
                pass
        except Exception as error:  # noqa: BLE001 - what is left comes up again
            log.warning("storage.sweep_failed", reason=f"{type(error).__name__}: {error}")

    async def forget(self) -> None:
        """Delete what is past its time, in small transactions."""
        async with self._db.transaction() as tx:
            await identity.forget_expired(tx)
        while True:
            async with self._db.transaction() as tx:
                forgotten = await outbox.forget(tx, EVENTS_KEPT)
                forgotten += await webhooks.forget(tx)
                forgotten += await http.forget_answers(tx)
                forgotten += await jobs.forget_deliveries(tx, DELIVERIES_KEPT)
                forgotten += await telemetry.forget_spans(tx, self._clock.now() - SPANS_KEPT)
            if not forgotten:
                return
