"""Writing facts down."""

from daygen.infra.db import Tx
from daygen.infra.outbox import repository
from daygen.infra.outbox.model import Fact
from daygen.infra.outbox.relay import OUTBOX
from daygen.kit.ids import EventId


async def emit(tx: Tx, *facts: Fact) -> None:
    """Publish facts when this transaction commits, in this order."""
    for fact in facts:
        await repository.add(tx, EventId.new(), fact)
    tx.ring(OUTBOX)
