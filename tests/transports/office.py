"""A queue in one process, its workers and its dispatcher, with a handler that does what its tasks say."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from daygen.app import audit
from daygen.infra import queue
from daygen.infra.db import Bells, Database, Tx
from daygen.infra.queue import (
    CANCELS,
    GRANTS,
    TASKS,
    Again,
    Claimed,
    Deliveries,
    Dispatcher,
    Lane,
    Snooze,
    Transport,
    Worker,
)
from daygen.kit.ids import TaskId
from tests.transports.brokers import Broker

ADA, BOB = UUID(int=11), UUID(int=12)
LEASE = timedelta(seconds=2)
REPUBLISH = timedelta(seconds=0.6)
POOL = "fake/image"


@dataclass(frozen=True, slots=True)
class Errand:
    """A task that says whose it is, how long it takes, and what goes wrong at first."""

    kind: ClassVar[str] = "Errand"
    of: str
    seconds: float = 0.0
    snoozes: int = 0
    fails: int = 0

    def payload(self) -> dict[str, Any]:
        return {"of": self.of, "seconds": self.seconds, "snoozes": self.snoozes, "fails": self.fails}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        return cls(**payload)


@dataclass(slots=True)
class Clerk:
    """Carries out errands, and notes what came of them."""

    db: Database
    began: list[str] = field(default_factory=list[str])
    done: list[str] = field(default_factory=list[str])
    cut_off: list[str] = field(default_factory=list[str])
    attempts: dict[str, int] = field(default_factory=dict[str, int])
    crashes: list[int] = field(default_factory=list[int])
    at_once: int = 0
    most_at_once: int = 0

    async def run(self, claimed: Claimed) -> None:
        errand = Errand.read(claimed.payload)
        times = self.attempts[errand.of] = self.attempts.get(errand.of, 0) + 1
        self.began.append(errand.of)
        self.crashes.append(claimed.attempt.crashes)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(errand.seconds)
        except asyncio.CancelledError:
            self.cut_off.append(errand.of)
            raise
        finally:
            self.at_once -= 1
        if times <= errand.snoozes:
            raise Snooze(timedelta(seconds=0.2))
        if times <= errand.snoozes + errand.fails:
            raise RuntimeError("this time it goes wrong")
        async with self.db.transaction() as tx:
            if await queue.complete(tx, claimed.attempt):
                self.done.append(errand.of)

    async def again(self, tx: Tx, claimed: Claimed, why: Again) -> None:
        await queue.again(tx, claimed.attempt, why)

    async def give_up(self, tx: Tx, claimed: Claimed, reason: str) -> None:
        await queue.bury(tx, claimed.attempt, reason)


@dataclass(slots=True)
class Hand:
    """A worker at work, and what delivers to it."""

    worker: Worker
    transport: Transport | None
    deliveries: Deliveries | None
    tasks: list[asyncio.Task[None]]

    async def retire(self) -> None:
        """Stop as on SIGTERM."""
        self.worker.stop()
        await self.tasks[0]
        await self.end()

    async def end(self) -> None:
        """Let go of everything."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.deliveries and self.transport:
            await self.deliveries.close()
            await self.transport.close()


class Office:
    """One queue. Without a broker its workers claim from the table."""

    def __init__(self, db: Database, bells: Bells, broker: Broker | None) -> None:
        self.db = db
        self.bells = bells
        self._broker = broker
        self.clerk = Clerk(db)
        self._hands: list[Hand] = []
        self._dispatchers: list[tuple[Transport, asyncio.Task[None]]] = []

    @property
    def broker(self) -> Broker:
        assert self._broker is not None
        return self._broker

    @classmethod
    @asynccontextmanager
    async def open(cls, database: str, broker: Broker | None) -> AsyncGenerator[Self]:
        db = await Database.open(database, size=12)
        bells = Bells(database, [TASKS, CANCELS, GRANTS])
        await bells.start()
        office = cls(db, bells, broker)
        try:
            yield office
        finally:
            for hand in office._hands:
                await hand.end()
            while office._dispatchers:
                await office.close_desk()
            await bells.stop()
            await db.close()

    def without_broker(self) -> "Office":
        """The same queue, with workers that claim from the table. They end with this office."""
        table = Office(self.db, self.bells, None)
        table._hands = self._hands
        return table

    async def open_desk(self) -> None:
        """Start a dispatcher."""
        if self._broker is not None:
            transport = self.broker.transport(LEASE, receives=False)
            dispatcher = Dispatcher(self.db, self.bells, transport, lease=LEASE, republish=REPUBLISH)
            self._dispatchers.append((transport, asyncio.create_task(dispatcher.run())))

    async def close_desk(self) -> None:
        """Stop the dispatcher that was started first."""
        transport, task = self._dispatchers.pop(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await transport.close()

    async def hire(self, slots: int = 2) -> Hand:
        """Start a worker."""
        transport = self._broker.transport(LEASE) if self._broker else None
        deliveries = Deliveries(self.db, transport) if transport else None
        worker = Worker(
            self.db,
            self.bells,
            {Errand.kind: self.clerk},
            slots=slots,
            lease=LEASE,
            grace=timedelta(seconds=3),
            longest_call=timedelta(seconds=5),
            source=deliveries,
        )
        tasks = [asyncio.create_task(worker.run())]
        if deliveries is not None:
            tasks.append(asyncio.create_task(deliveries.run()))
        hand = Hand(worker, transport, deliveries, tasks)
        self._hands.append(hand)
        return hand

    async def put(self, *errands: Errand, owner: UUID = ADA, pool: str = POOL) -> list[TaskId]:
        """Enqueue errands."""
        async with self.db.transaction() as tx:
            lane = Lane(pool, pool.partition("/")[0], owner)
            return [await queue.enqueue(tx, errand, lane=lane) for errand in errands]  # pyright: ignore[reportArgumentType]

    async def value(self, question: str, *arguments: Any) -> Any:
        async with self.db.reading() as tx:
            return await tx.value(question, *arguments)

    async def until(self, true: Any, *, seconds: float = 10.0) -> None:
        """Wait for something in this process or, as text, in the database."""
        async with asyncio.timeout(seconds):
            while not (await self.value(true) if isinstance(true, str) else true()):  # noqa: ASYNC110 - a poll
                await asyncio.sleep(0.01)

    async def empty(self, *, seconds: float = 10.0) -> None:
        """Wait until there are no tasks."""
        with contextlib.suppress(TimeoutError):
            await self.until("select not exists (select from tasks)", seconds=seconds)
            return
        async with self.db.reading() as tx:
            left = await tx.rows("select id, state, attempt, worker_id, failures, crashes, last_error from tasks")
        raise AssertionError(f"not within {seconds} s: {left}; done {self.clerk.done}")

    async def audit(self) -> list[str]:
        async with self.db.reading() as tx:
            return await audit.findings(tx)
