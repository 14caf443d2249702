"""A transport as a worker's source of tasks: messages are received for free slots, and what they name is taken."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

from daygen.infra import telemetry
from daygen.infra.db import OUTAGES, Database
from daygen.infra.queue.dispatch import repository
from daygen.infra.queue.dispatch.cancellation import canceled
from daygen.infra.queue.dispatch.model import Grant, Message, Transport, TransportDown
from daygen.infra.queue.model import GRANTS, TASKS, Attempt, Claimed
from daygen.kit.ids import WorkerId

LONGEST_PAUSE_S = 1.0
LAST_WORDS = timedelta(seconds=2)

log = telemetry.get_logger(__name__)


class Deliveries:
    """Holds each message while its task runs, and then removes it, however the task ended.

    What is tried again is granted anew. A message whose task is not to be had (taken, canceled, a copy) is removed at
    once.
    """

    delivers = True

    def __init__(self, db: Database, transport: Transport) -> None:
        self._db = db
        self._transport = transport
        self._inbox: deque[Message] = deque()
        self._held: dict[Grant, Message] = {}
        self._room = 0
        self._told = 0  # how many free slots the dispatcher knows of
        self._wanted = asyncio.Event()
        self._stopping = False
        self._bell = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()

    def attach(self, bell: asyncio.Event) -> None:
        """Set this event whenever something was delivered."""
        self._bell = bell

    async def claim(self, worker_id: WorkerId, most: int) -> tuple[list[Claimed], timedelta | None]:
        """Take what the messages at hand name, up to `most`, and ask for more messages."""
        messages = [self._inbox.popleft() for _ in range(min(most, len(self._inbox)))]
        taken: list[Claimed] = []
        if messages or most > self._told:
            try:
                taken = await self._take(worker_id, [message.grant for message in messages])
            except BaseException:
                self._inbox.extendleft(reversed(messages))
                raise
        mine = {Grant(one.attempt.task_id, one.attempt.number) for one in taken}
        for message in messages:
            if message.grant in mine and message.grant not in self._held:
                self._held[message.grant] = message
            else:
                self._answer(self._transport.accept(message))
        self._told = most - len(taken)
        self._want(most - len(taken))
        return taken, None

    def ended(self, attempt: Attempt) -> None:
        """Remove the message of an attempt that is over."""
        message = self._held.pop(Grant(attempt.task_id, attempt.number), None)
        if message is not None:
            self._answer(self._transport.accept(message))

    def stop(self) -> None:
        """Receive nothing more, and let other workers have what has not been begun."""
        self._stopping = True
        self._wanted.clear()
        while self._inbox:
            self._answer(self._transport.give_back(self._inbox.popleft()))

    async def run(self) -> None:
        """Receive until cancelled."""
        await self._transport.start()
        keeper = asyncio.create_task(self._prolong())
        pause_s = 0.05
        try:
            while not canceled():
                await self._wanted.wait()
                try:
                    self._deliver(await self._transport.receive(self._room))
                    pause_s = 0.05
                except TransportDown as error:
                    log.warning("transport.down", transport=self._transport.name, reason=str(error))
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def close(self) -> None:
        """Answer what is unanswered, after `run` and the worker have ended."""
        self.stop()
        for message in self._held.values():
            self._answer(self._transport.accept(message))
        self._held.clear()
        if self._answers:
            await asyncio.wait(self._answers, timeout=LAST_WORDS.total_seconds())

    async def _take(self, worker_id: WorkerId, grants: Sequence[Grant]) -> list[Claimed]:
        async with self._db.transaction() as tx:
            taken = await repository.take(tx, worker_id, grants) if grants else []
            if len(taken) < len(grants) and await repository.put_back_paused(tx, grants):
                tx.ring(TASKS)
            tx.ring(GRANTS)  # the dispatcher knows by it how many slots are free
        return taken

    def _want(self, free: int) -> None:
        self._room = free - len(self._inbox)
        if self._room > 0 and not self._stopping:
            self._wanted.set()
        else:
            self._wanted.clear()

    def _deliver(self, messages: Sequence[Message]) -> None:
        if self._stopping:
            for message in messages:
                self._answer(self._transport.give_back(message))
            return
        self._inbox.extend(messages)
        self._want(self._room - len(messages) + len(self._inbox))
        if messages:
            self._bell.set()

    async def _prolong(self) -> None:
        """Keep what is held from being delivered to others; were it, nothing but a message would be lost."""
        while not canceled():
            await asyncio.sleep(self._transport.hold.total_seconds() / 3)
            with contextlib.suppress(TransportDown):
                await self._transport.prolong([*self._held.values(), *self._inbox])

    def _answer(self, answer: Coroutine[Any, Any, None]) -> None:
        """Answer a message in the background. One that cannot be answered comes again, and is answered then."""

        async def carry() -> None:
            try:
                await answer
            except (TransportDown, *OUTAGES) as error:
                log.info("transport.unanswered", transport=self._transport.name, reason=str(error))

        task = asyncio.create_task(carry())
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
