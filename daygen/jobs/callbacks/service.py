"""Take a provider at its word as far as this: it has something to say about an order."""

from daygen.infra import queue
from daygen.infra.db import Tx
from daygen.jobs import submissions
from daygen.providers.callbacks import Word


async def receive(tx: Tx, provider: str, ref: str, word: Word) -> bool:
    """Keep a delivery and have the order asked after; twice is once. False when there is nothing (more) to do.

    The task is locked before its order is touched: a worker that is just leaving the job sees that there is news, or
    has left it and is called back.
    """
    if not await submissions.receive(tx, provider, word.id, ref):
        return False
    found = await submissions.find_by_ref(tx, provider, ref)
    if found is None:
        return False
    task_id, job_id, round_ = found
    if not await queue.lock(tx, [task_id]):
        return False
    if word.ticket is not None:
        await submissions.ticket(tx, job_id, round_, word.ticket)
    await submissions.nudge(tx, job_id, round_)
    await queue.wake(tx, task_id)
    return True
