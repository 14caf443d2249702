"""The queue's way in: starts a stream, hands it to the courier, and gives its slot back."""

import random
from datetime import timedelta

from daygen.infra import queue
from daygen.infra.db import Database, Tx
from daygen.infra.queue import Snooze
from daygen.webhooks import service
from daygen.webhooks.courier import Courier
from daygen.webhooks.model import Sending, Wait
from daygen.webhooks.tasks import DeliverWebhook

CROWDED_S = (1.0, 3.0)


class Deliverer:
    """Carries out `DeliverWebhook`.

    The task stays in the queue, asleep, while the courier is at its stream: should this process die, the task wakes,
    finds the stream's turn over, and begins the next. The courier itself wakes it early, or takes it away.
    """

    def __init__(self, db: Database, courier: Courier) -> None:
        self._db = db
        self._courier = courier

    async def run(self, claimed: queue.Claimed) -> None:
        """Start the stream. Being run twice is normal: a stream is locked, and has one turn at a time."""
        task = DeliverWebhook.of(claimed.payload)
        if not self._courier.has_room(task.workspace_id):
            raise Snooze(timedelta(seconds=random.uniform(*CROWDED_S)))  # noqa: S311 - jitter, not a secret
        async with self._db.transaction() as tx:
            begun = await service.next_try(tx, task.target, task.subject, self._courier.lasting)
        if begun is None:
            return
        if isinstance(begun, Wait):
            raise Snooze(begun.after)
        assert isinstance(begun, Sending)
        self._courier.start(begun)
        raise Snooze(self._courier.lasting)

    async def again(self, tx: Tx, claimed: queue.Claimed, why: queue.Again) -> None:
        """Put the task back; its stream stays as it is."""
        await queue.again(tx, claimed.attempt, why)

    async def give_up(self, tx: Tx, claimed: queue.Claimed, reason: str) -> None:
        """Give the stream up with its task."""
        await service.give_up(tx, DeliverWebhook.of(claimed.payload), reason)
        await queue.bury(tx, claimed.attempt, reason)
