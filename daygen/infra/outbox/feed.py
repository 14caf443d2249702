"""The feed: every process that serves live clients reads the numbered events once and hands them to who listens."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from daygen.infra import telemetry
from daygen.infra.db import Bells, Database, wait_for
from daygen.infra.outbox import repository
from daygen.infra.outbox.listeners import Listeners
from daygen.infra.outbox.model import Event
from daygen.infra.outbox.relay import EVENTS

BATCH = 1000
POLL = timedelta(seconds=1)

Receiver = Callable[[Event], None]

log = telemetry.get_logger(__name__)


class Feed:
    """Hands events on in their order, as soon as they are numbered. Receivers must not block."""

    def __init__(self, db: Database, bells: Bells) -> None:
        self._db = db
        self._bell = bells.bell(EVENTS)
        self._listeners = Listeners[Event]()
        self._last: int | None = None

    def listen(self, about: UUID, receive: Receiver) -> Callable[[], None]:
        """Receive the events of a workspace, or of a subject; call what it returns to stop."""
        return self._listeners.listen(about, receive)

    async def run(self) -> None:
        """Feed until cancelled; after an outage it goes on where it stopped."""
        while True:
            try:
                handed = await self.turn()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next turn starts at the same event
                log.warning("feed.failed", reason=f"{type(error).__name__}: {error}")
                handed = 0
                await asyncio.sleep(0.2)
            if handed < BATCH:
                await wait_for(self._bell, at_most=POLL)

    async def turn(self) -> int:
        """Hand on what is new; returns how many events that were."""
        async with self._db.reading() as tx:
            if self._last is None:
                self._last = await repository.newest_number(tx)
                return 0
            events = await repository.after(tx, self._last, BATCH)
        for event in events:
            self._last = event.number
            self._hand_on(event)
        return len(events)

    def _hand_on(self, event: Event) -> None:
        for receive in self._listeners.of({event.workspace_id, event.subject}):
            try:
                receive(event)
            except Exception:
                log.exception("feed.receiver_failed", type=event.type)
