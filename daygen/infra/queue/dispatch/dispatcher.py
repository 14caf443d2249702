"""The dispatcher: grants tasks in fair order, as many as there are free slots, and sees that each gets through."""

import asyncio
import os
import socket
import time
from dataclasses import dataclass
from datetime import timedelta

from daygen.infra import schedules, telemetry
from daygen.infra.db import OUTAGES, Bells, Database, wait_for
from daygen.infra.queue import repository as queue
from daygen.infra.queue.dispatch import repository
from daygen.infra.queue.dispatch.cancellation import canceled
from daygen.infra.queue.dispatch.model import Grant, Transport, TransportDown
from daygen.infra.queue.model import DESK, GRANTS, TASKS
from daygen.kit.ids import WorkerId

POLL = timedelta(seconds=1)
TURN = timedelta(seconds=5)
PATIENCE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(seconds=1)
DOUBLINGS = 6

log = telemetry.get_logger(__name__)


@dataclass(slots=True)
class _Sent:
    """When a grant was last published, and how often that was."""

    at: float
    times: int


class Dispatcher:
    """Runs in every worker; whoever holds the lease does it.

    A grant is a claim in the name of the desk, so the caps, the turns and the pauses are those of every claim, and what
    is on its way counts as running. What a dispatcher has granted and not published when it dies, the next one
    publishes. A grant that nobody takes is published again when it is `republish` old, and then ever more seldom.
    """

    def __init__(
        self,
        db: Database,
        bells: Bells,
        transport: Transport,
        *,
        ahead: int = 1,
        lease: timedelta = TURN,
        republish: timedelta = timedelta(seconds=15),
    ) -> None:
        self._id = WorkerId.new()
        self._db = db
        self._transport = transport
        self._ahead = ahead
        self._turn = min(lease, TURN)
        self._republish_s = republish.total_seconds()
        self._bell = bells.bell(TASKS, GRANTS)
        self._taken_at: float | None = None
        self._looked_at = 0.0
        self._sent: dict[Grant, _Sent] = {}
        self._due: timedelta | None = None

    async def run(self) -> None:
        """Dispatch until cancelled; then let another worker do it at once."""
        pause_s = 0.05
        try:
            while not canceled():
                try:
                    mine = await self.turn()
                except TransportDown as error:
                    log.warning("transport.down", transport=self._transport.name, reason=str(error))
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE.total_seconds())
                    continue
                except OUTAGES as error:
                    log.warning("queue.unreachable", reason=str(error))
                    self._looked_at = 0.0  # a grant may have been committed whose answer was lost
                    await asyncio.sleep(0.2)
                    continue
                pause_s = 0.05
                if mine:
                    await wait_for(self._bell, at_most=min(self._turn / 3, POLL, self._due or POLL))
                else:
                    await asyncio.sleep(min(self._turn / 3, POLL).total_seconds())
        finally:
            await self._let_go()

    async def turn(self) -> bool:
        """Publish what is granted and not under way, then grant for every free slot; False when it is not ours to do.

        Raises `TransportDown`; nothing more is granted until the transport can be reached again.
        """
        if not await self._take_lease():
            self._sent.clear()
            return False
        now = time.monotonic()
        if now - self._looked_at >= POLL.total_seconds() or self._late(now):
            await self._look_after_granted(now)
        while True:
            async with self._db.reading() as tx:
                room = await repository.room(tx, self._ahead)
                claimed = await queue.claim(tx, DESK, room) if room else []
                self._due = await queue.next_due(tx) if room > len(claimed) else None
            if not claimed:
                return True
            # In the order in which members ordered; a claim does not say in which it took them
            await self._publish([Grant(one.attempt.task_id, one.attempt.number) for one in claimed])
            if len(claimed) < room:
                return True

    def _late(self, now: float) -> bool:
        return any(now >= sent.at + self._patience(sent) for sent in self._sent.values())

    def _patience(self, sent: _Sent) -> float:
        return self._republish_s * 2 ** min(sent.times - 1, DOUBLINGS)

    async def _take_lease(self) -> bool:
        """Take or keep the lease, and with it the desk; asks the database no more than three times a turn."""
        now = time.monotonic()
        if self._taken_at is not None and now - self._taken_at < self._turn.total_seconds() / 3:
            return True
        async with self._db.transaction() as tx:
            mine = await schedules.take(tx, "dispatch", self._id, self._turn)
            if mine:
                await repository.open_desk(tx, socket.gethostname(), os.getpid(), 4 * self._turn)
        if mine and self._taken_at is None:
            self._looked_at = 0.0  # whoever had it before us may have granted what it did not publish
        self._taken_at = now if mine else None
        return mine

    async def _look_after_granted(self, now: float) -> None:
        """Publish what this dispatcher never has, or too long ago; forget what has been taken."""
        async with self._db.reading() as tx:
            granted = await repository.granted(tx)
        standing = set(granted)
        for gone in self._sent.keys() - standing:
            del self._sent[gone]
        late = [
            grant
            for grant in granted
            if (sent := self._sent.get(grant)) is None or now >= sent.at + self._patience(sent)
        ]
        again = sum(grant in self._sent for grant in late)
        if again:
            log.info("transport.published_again", transport=self._transport.name, grants=again)
        await self._publish(late)
        self._looked_at = now

    async def _publish(self, grants: list[Grant]) -> None:
        if not grants:
            return
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._transport.publish(grants)
        except (TransportDown, TimeoutError) as error:
            self._looked_at = 0.0
            raise TransportDown(str(error) or "no answer") from error
        now = time.monotonic()
        for grant in grants:
            times = self._sent[grant].times if grant in self._sent else 0
            self._sent[grant] = _Sent(now, times + 1)

    async def _let_go(self) -> None:
        if self._taken_at is None:
            return
        try:
            async with self._db.transaction() as tx:
                await schedules.let_go(tx, "dispatch", self._id)
        except OUTAGES as error:
            log.warning("queue.unreachable", reason=str(error))  # the lease ends by itself
