"""The operator's view of the queue."""

from fastapi import Response

from daygen import identity
from daygen.admin import service
from daygen.admin.errors import DeadLetterNotFound
from daygen.admin.schemas import QueueView, ReplayView
from daygen.catalog import Models
from daygen.identity import PROBLEMS, Asking
from daygen.infra.http import Db, Idempotency, once, responses, router
from daygen.kit.ids import TaskId
from daygen.kit.problems import Invalid
from daygen.ledger import InsufficientCredits

routes = router("admin")


@routes.get("/v1/admin/queue", responses=responses(*PROBLEMS))
async def get_queue(caller: Asking, db: Db) -> QueueView:
    """Show what waits and runs in the whole house, for whom, in whose hands, and what is dead. For operators."""
    async with db.reading() as tx:
        await identity.need_operator(tx, caller)
        return QueueView.of(await service.look(tx))


@routes.post(
    "/v1/admin/queue/dead/{task_id}/replay",
    status_code=202,
    response_model=ReplayView,
    responses=responses(*PROBLEMS, DeadLetterNotFound, InsufficientCredits, Invalid),
)
async def replay_dead_letter(task_id: TaskId, caller: Asking, db: Db, models: Models, key: Idempotency) -> Response:
    """Try a dead letter again. A failed job is ordered anew, at its workspace's expense. For operators."""
    async with db.transaction() as tx:
        await identity.need_operator(tx, caller)
        async with once(tx, caller.workspace_id, key) as answer:
            if not answer.known:
                job = await service.replay(tx, task_id, models)
                answer.status, answer.body = 202, ReplayView(task_id=task_id, job_id=job.id if job else None).body()
    return answer.response()
