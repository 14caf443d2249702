"""A worker process's share of the queue: claims tasks, carries them out side by side, and keeps its lease."""

import asyncio
import os
import random
import socket
import time
from collections.abc import Mapping
from datetime import timedelta

from daygen.infra import telemetry
from daygen.infra.db import OUTAGES, Bells, Database, wait_for
from daygen.infra.queue import repository, service
from daygen.infra.queue.dispatch.repository import reopen
from daygen.infra.queue.model import CANCELS, TASKS, Again, Attempt, Claimed, Handler, Snooze, Source
from daygen.infra.queue.table import Table
from daygen.kit.ids import TaskId, WorkerId

POLL = timedelta(seconds=1)
FAILURES = 5  # tries of a task that raises, before it is a dead letter
CRASHES = 8  # workers that may die over a task, before it is a dead letter
BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)
LONGEST_CALL = timedelta(minutes=10)  # after it a call to a provider is given up, and its place is free
BEGINS_WITHIN = timedelta(
    seconds=1
)  # of its claim; a call's time runs from then, and its place is kept that much longer
LEASE_OF_DRAIN = timedelta(minutes=5)  # nothing prolongs it, since nothing else runs

log = telemetry.get_logger(__name__)


def backoff(failures: int) -> timedelta:
    """How long to wait after so many failures: doubling, with full jitter on the upper half."""
    longest = min(BACKOFF * 2 ** min(failures, 20), LONGEST_BACKOFF)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret


def crash_pause(crashes: int) -> timedelta:
    """How long a task waits after so many of its workers died: not at all after the first, which may be no fault of it.

    From the second on each waits for a time of its own: a poisonous task and those that were aboard with it part.
    """
    return backoff(min(crashes - 1, 2)) if crashes > 1 else timedelta(0)


class Worker:
    """Claims and carries out tasks until it is stopped; up to `slots` at a time.

    `lease` is how long its tasks stay its own without a sign of life; `grace` how long `stop` lets them finish;
    `longest_call` how long what it does at a provider can go on after it has died; `source` where its tasks come from,
    the table unless told otherwise.
    """

    def __init__(
        self,
        db: Database,
        bells: Bells,
        handlers: Mapping[str, Handler],
        *,
        slots: int,
        lease: timedelta = timedelta(seconds=30),
        grace: timedelta = timedelta(seconds=30),
        longest_call: timedelta = LONGEST_CALL,
        source: Source | None = None,
    ) -> None:
        self.id = WorkerId.new()
        self._db = db
        self.handlers = handlers
        self._slots = slots
        self._lease = lease
        self._grace = grace
        self._longest_call = longest_call
        self._tasks_bell = bells.bell(TASKS)
        self._cancels_bell = bells.bell(CANCELS)
        self._source = source or Table(db)
        self._source.attach(self._tasks_bell)
        self._running: dict[TaskId, asyncio.Task[None]] = {}
        self._strays = False  # whether an outage may have left tasks in our name that nobody is at
        self._stopping = asyncio.Event()
        self._renewed_at = time.monotonic()

    @property
    def busy(self) -> int:
        """How many tasks it is at."""
        return len(self._running)

    async def run(self) -> None:
        """Work until `stop`; tasks still running after the grace are put back, not counted against them."""
        await self._register()
        keepers = [
            asyncio.create_task(keep()) for keep in (self._keep_lease, self._watch_cancels, self._watch_the_dead)
        ]
        try:
            while not self._stopping.is_set():
                await self._round()
                for keeper in keepers:
                    if keeper.done():
                        keeper.result()  # a worker that cannot keep its lease must not go on
            await self._wind_down()
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    def stop(self) -> None:
        """Claim nothing more and finish what is running."""
        self._stopping.set()
        self._source.stop()
        self._tasks_bell.set()

    async def drain(self) -> int:
        """Carry out everything that is ready, then return how many tasks that were. For tests and one-off runs."""
        done = 0
        while True:
            await self._announce(LEASE_OF_DRAIN)
            async with self._db.reading() as tx:
                claimed = await repository.claim(tx, self.id, self._slots)
            if not claimed:
                return done
            done += len(claimed)
            await asyncio.gather(*(self._carry_out(one) for one in claimed))

    async def _round(self) -> None:
        """Claim for every free slot; when there is nothing to claim or no slot, wait."""
        wait = POLL
        try:
            if self._strays:
                await self._put_back_strays()
            free = self._slots - len(self._running)
            if free:
                claimed, due = await self._source.claim(self.id, free)
                for one in claimed:
                    self._start(one)
                if claimed and len(self._running) < self._slots:
                    return
                wait = min(wait, due or wait)
        except OUTAGES as error:
            log.warning("queue.unreachable", reason=str(error))
            self._strays = True  # the claim may have been committed
            await asyncio.sleep(0.2)
        await wait_for(self._tasks_bell, at_most=wait)

    def _start(self, claimed: Claimed) -> None:
        running = asyncio.create_task(self._carry_out(claimed))
        self._running[claimed.attempt.task_id] = running
        running.add_done_callback(lambda done: self._ended(claimed.attempt, done))

    def _ended(self, attempt: Attempt, done: asyncio.Task[None]) -> None:
        if self._running.get(attempt.task_id) is done:  # else it was fenced, and we have claimed the task anew
            del self._running[attempt.task_id]
        self._source.ended(attempt)
        self._tasks_bell.set()  # a slot is free

    async def _put_back_strays(self) -> None:
        """Put back what is in our name although nobody is at it: no reaper does, since we live.

        An outage lost the answer to a claim, or the end of a try could not be written. Only `_round` claims, and it
        waits for this, so what does not run now is stray.
        """
        self._strays = False
        async with self._db.reading() as tx:
            held = await repository.held(tx, self.id)
        for one in held:
            if one.attempt.task_id not in self._running:
                await self._put_back(one, Again("an outage of the database"))

    async def _carry_out(self, claimed: Claimed) -> None:
        handler = self.handlers.get(claimed.kind)
        asked = {"requestId": claimed.attempt.request_id} if claimed.attempt.request_id else {}
        with telemetry.continued(claimed.attempt.traceparent), telemetry.bound(**asked):
            try:
                if handler is None:
                    raise LookupError(f"no handler for tasks of kind {claimed.kind}")  # noqa: TRY301 - answered below
                await handler.run(claimed)
                await self._over(claimed)
            except asyncio.CancelledError:
                if self._stopping.is_set():
                    await self._put_back(claimed, Again("the worker was stopped"))
                else:
                    # It was taken from us: canceled, or our lease ended. Whoever took it wrote what follows, and kept
                    # its place at the provider, where nothing of ours is in flight any more.
                    await self._land(claimed)
            except Snooze as snooze:
                await self._put_back(claimed, Again(str(snooze), after=snooze.after))
            except OUTAGES as outage:
                await self._put_back(claimed, Again(f"database: {outage}", after=backoff(0)))
            except Exception as error:
                log.exception("task.failed", kind=claimed.kind, taskId=str(claimed.attempt.task_id))
                telemetry.count_error("task.failed")
                reason = f"{type(error).__name__}: {error}"
                failures = claimed.attempt.failures + 1
                await self._put_back(claimed, Again(reason, after=backoff(failures), failed=True))

    async def _put_back(self, claimed: Claimed, why: Again) -> None:
        """Put a task back, or give it up after too many failures; an outage leaves it to a later round."""
        try:
            await self._settle(claimed, why)
        except OUTAGES as error:
            log.warning("queue.put_back_failed", taskId=str(claimed.attempt.task_id), reason=str(error))
            self._strays = True
        except Exception:
            log.exception("queue.put_back_failed", taskId=str(claimed.attempt.task_id))

    async def _over(self, claimed: Claimed) -> None:
        """Remove a task that was carried out, unless its handler has done so in its last transaction, as most do."""
        async with self._db.reading() as tx:
            freed = await repository.complete(tx, claimed.attempt)
        if freed is not None and freed.capped:
            await self._ring()

    async def _land(self, claimed: Claimed) -> None:
        """Give back the place of a call that was cut off; an outage leaves it taken until the call must have ended."""
        try:
            async with self._db.reading() as tx:
                landed = await repository.landed(tx, claimed.attempt)
            if landed:
                await self._ring()
        except OUTAGES as error:
            log.warning("queue.unreachable", reason=str(error))

    async def _ring(self) -> None:
        async with self._db.transaction() as tx:
            tx.ring(TASKS)

    async def _settle(self, claimed: Claimed, why: Again) -> None:
        attempt = claimed.attempt
        handler = self.handlers.get(claimed.kind)
        hopeless = attempt.failures + why.failed >= FAILURES or attempt.crashes + why.crashed >= CRASHES
        if hopeless:
            log.error("task.dead", kind=claimed.kind, taskId=str(attempt.task_id), reason=why.reason)
            telemetry.count_error("task.dead")  # an alert: somebody must look, and `daygen queue replay` it
        async with self._db.transaction() as tx:
            if handler is None:
                await (service.bury(tx, attempt, why.reason) if hopeless else service.again(tx, attempt, why))
            elif hopeless:
                await handler.give_up(tx, claimed, why.reason)
            else:
                await handler.again(tx, claimed, why)

    async def reap(self) -> int:
        """Put back what dead workers held, counted as a crash of the task; returns how many tasks that were."""
        async with self._db.transaction() as tx:
            lost = await repository.lost(tx)
            await repository.forget(tx)
            if await reopen(tx):
                tx.ring(TASKS)
        for claimed in lost:
            log.warning(
                "task.lost", kind=claimed.kind, taskId=str(claimed.attempt.task_id), attempt=claimed.attempt.number
            )
            pause = crash_pause(claimed.attempt.crashes + 1)
            await self._put_back(claimed, Again("its worker died", after=pause, crashed=True))
        return len(lost)

    async def _register(self) -> None:
        while True:
            try:
                before = time.monotonic()
                await self._announce(self._lease)
            except OUTAGES as error:
                log.warning("queue.unreachable", reason=str(error))
                await asyncio.sleep(0.2)
            else:
                self._renewed_at = before
                return

    async def _announce(self, lease: timedelta) -> None:
        async with self._db.transaction() as tx:
            await repository.register(
                tx,
                self.id,
                socket.gethostname(),
                os.getpid(),
                lease,
                self._longest_call + BEGINS_WITHIN,
                self._slots if self._source.delivers else 0,
            )

    async def _keep_lease(self) -> None:
        """Prolong the lease; once it may have ended, let go of everything and start over under a new id."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            before = time.monotonic()
            kept = True
            try:
                async with asyncio.timeout(self._lease.total_seconds() / 3):
                    async with self._db.transaction() as tx:
                        kept = await repository.renew(tx, self.id, self._lease)
                if kept:
                    self._renewed_at = before
            except OUTAGES as error:
                log.warning("queue.unreachable", reason=str(error))
            if not kept or time.monotonic() - self._renewed_at > self._lease.total_seconds() * 2 / 3:
                await self._start_over()

    async def _start_over(self) -> None:
        log.warning("worker.fenced", workerId=str(self.id), running=len(self._running))
        fenced = dict(self._running)
        self.id = WorkerId.new()
        await self._register()
        self._cancel(fenced)

    async def _watch_the_dead(self) -> None:
        """Reap, apart from keeping the lease: it may have to wait for what a stalled worker has locked."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await self.reap()
            except OUTAGES as error:
                log.warning("queue.unreachable", reason=str(error))

    async def _watch_cancels(self) -> None:
        """Stop what was taken from us: the bell says something was, the database says what."""
        while True:
            await wait_for(self._cancels_bell, at_most=self._lease / 3)
            running = dict(self._running)
            if not running:
                continue
            try:
                async with self._db.reading() as tx:
                    mine = {one.attempt.task_id for one in await repository.held(tx, self.id)}
            except OUTAGES:
                continue
            self._cancel({task_id: one for task_id, one in running.items() if task_id not in mine})

    def _cancel(self, taken: Mapping[TaskId, asyncio.Task[None]]) -> None:
        """Stop these runs, once each: a second time would interrupt their clearing up."""
        for task in taken.values():
            if not task.cancelling():
                task.cancel()

    async def _wind_down(self) -> None:
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=self._grace.total_seconds())
        left = dict(self._running)
        self._cancel(left)
        await asyncio.gather(*left.values(), return_exceptions=True)
        try:
            async with self._db.transaction() as tx:
                await repository.leave(tx, self.id)
        except OUTAGES as error:
            log.warning("queue.unreachable", reason=str(error))  # the lease ends by itself
