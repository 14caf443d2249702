"""An operator's verbs: look at the queue, and try again what it gave up."""

from daygen import catalog, identity, jobs
from daygen.admin.errors import DeadLetterNotFound
from daygen.admin.model import Look
from daygen.infra import queue
from daygen.infra.db import Tx
from daygen.jobs import Job, RunJob
from daygen.kit.ids import TaskId

SHOWN_LETTERS = 50


async def look(tx: Tx) -> Look:
    """Look at the queue. Each part is a statement of its own, so that a busy queue may move a little between them."""
    at, depths, pools, lanes = await queue.now(tx), await queue.depths(tx), await queue.pools(tx), await queue.lanes(tx)
    workers, letters = await queue.workers(tx), await queue.letters(tx, SHOWN_LETTERS)
    names = await identity.workspace_names(tx, {row["owner"] for row in [*lanes, *letters]})
    return Look(at, depths, pools, lanes, workers, letters, names)


async def replay(tx: Tx, task_id: TaskId, models: catalog.Catalog) -> Job | None:
    """Try a dead letter again; a job that has failed is ordered anew, which is returned, at what it costs now.

    Raises `DeadLetterNotFound` (404), also for the second of two operators, and what ordering raises:
    `ledger.InsufficientCredits` (402), or the catalogue's problems when the model is no more.
    """

    def plan(job: Job) -> catalog.Plan:
        return models.plan(job.model, job.operation, job.input, job.count)

    found = await queue.dead(tx, task_id)
    if not found:
        raise DeadLetterNotFound
    (letter,) = found
    is_job = letter["kind"] == RunJob.kind
    if not await (queue.forget_dead if is_job else queue.replay)(tx, task_id):  # first: two operators order once
        raise DeadLetterNotFound
    return await jobs.reorder(tx, RunJob.of(letter["payload"]).job_id, plan) if is_job else None
