"""The jobs' verbs: accept, begin, deliver, finish, fail, put back, cancel, expire.

Locks are taken in one order everywhere: the rate window, the account, the task, what the queue needs, the job.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from daygen import assets, ledger, limits
from daygen.assets import File
from daygen.catalog import Plan
from daygen.identity import Caller
from daygen.infra import outbox, queue, telemetry
from daygen.infra.db import Tx
from daygen.jobs import errors, events, repository, submissions
from daygen.jobs.model import AT_WORK, ENDS, MOVES, Failure, Filter, Hook, Job, Priority, State
from daygen.jobs.tasks import CancelOrders, RunJob
from daygen.kit.ids import AssetId, BatchId, JobId, TaskId, WorkspaceId
from daygen.kit.money import MicroUsd, Millicredits
from daygen.kit.paging import Page, cut
from daygen.kit.problems import Fault, Invalid
from daygen.ledger import Usage
from daygen.limits import Window
from daygen.providers import Report

DEADLINE = timedelta(hours=1)
SWEPT_AFTER = timedelta(minutes=10)  # by then who was at a job that has ended has cleared up behind itself, or is gone
FREE = MicroUsd(0)
CUT_SHORT = {"lost", State.CANCELED, State.EXPIRED}  # outcomes of calls that may have left files behind


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """A plan, and how the caller wants it carried out; `at` is where in a request for several it is: `orders[3].`."""

    plan: Plan
    priority: Priority = Priority.NORMAL
    deadline: timedelta = DEADLINE
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    retry_of: JobId | None = None
    hook: Hook | None = None
    at: str = ""

    @classmethod
    def again(cls, job: Job, plan: Plan, hook: Hook | None) -> Self:
        """What a job was ordered as, by a plan of today."""
        return cls(plan, job.priority, job.deadline_at - job.created_at, job.metadata, retry_of=job.id, hook=hook)


@dataclasses.dataclass(frozen=True, slots=True)
class Spent:
    """What a call to a provider came to: outputs made, milliseconds, what it charges us."""

    outcome: str
    milliseconds: int
    units: int = 0
    cost: MicroUsd = FREE


async def submit(tx: Tx, caller: Caller, order: Order) -> tuple[Job, Window]:
    """Accept a job: check limits, hold its price, record it, queue the work.

    Raises `limits.RateExceeded` (429), `ledger.InsufficientCredits` (402), or `Invalid` (422) for a source that is not
    the workspace's. After a refusal nothing is left of it.
    """
    (source,) = await sources_of(tx, caller.workspace_id, [order])
    window = await limits.admit(tx, caller.workspace_id)
    return await accept(tx, draft(caller, order, source), order), window


async def reorder(tx: Tx, job_id: JobId, plan: Callable[[Job], Plan]) -> Job:
    """Order a job that failed once more, as a new one: what an operator does who has put right why it failed.

    `plan` prices it anew. It counts against no limit of requests. Raises `ledger.InsufficientCredits` (402).
    """
    job = await repository.find_any(tx, job_id)
    assert job is not None
    order = Order.again(job, plan(job), await repository.find_hook(tx, job.id))
    caller = Caller(job.workspace_id, job.user_id, frozenset(), job.key_id)
    (source,) = await sources_of(tx, job.workspace_id, [order])
    return await accept(tx, draft(caller, order, source), order)


async def accept(tx: Tx, job: Job, order: Order) -> Job:
    """Take on a drafted job and queue the work. Raises `ledger.InsufficientCredits` (402)."""
    await take_on(tx, job, order)
    await queue_up(tx, job)
    await outbox.emit(tx, events.queued(job))
    return job


async def take_on(tx: Tx, job: Job, order: Order) -> None:
    """Hold a drafted job's price and record it. Raises `ledger.InsufficientCredits` (402)."""
    await ledger.hold(tx, job.workspace_id, job.quoted, job_id=job.id)
    telemetry.adopt(job.id)
    await repository.add(tx, job, order.deadline, order.retry_of)
    if order.hook is not None:
        await repository.add_hook(tx, job.id, order.hook)


async def queue_up(tx: Tx, job: Job) -> None:
    """Hand a job to the workers."""
    await queue.enqueue(tx, RunJob(job.id), task_id=job.task_id, lane=lane_of(job), priority=job.priority)


def lane_of(job: Job) -> queue.Lane:
    """Where its task waits: for its model, which is its provider's, in turn with other workspaces and other members."""
    return queue.Lane(job.model, within=job.provider, owner=job.workspace_id, member=job.user_id or job.key_id)


def draft(
    caller: Caller,
    order: Order,
    source: AssetId | None,
    *,
    job_id: JobId | None = None,
    batch_id: BatchId | None = None,
) -> Job:
    """A job as it is ordered, in the current trace."""
    plan, job_id, trace_id = order.plan, job_id or JobId.new(), telemetry.trace_id()
    return Job(
        id=job_id,
        workspace_id=caller.workspace_id,
        user_id=caller.user_id,
        key_id=caller.key_id,
        task_id=TaskId.new(),
        provider=plan.model.provider,
        model=plan.model.id,
        operation=plan.offer.operation,
        input=plan.input,
        metadata=order.metadata,
        count=plan.count,
        state=State.QUEUED,
        priority=order.priority,
        attempt=0,
        attempts=0,
        quoted=plan.price,
        charged=None,
        text=None,
        failure=None,
        warnings=(),
        parent_asset_id=source,
        trace_id=bytes.fromhex(trace_id) if trace_id else None,
        created_at=job_id.created_at,
        deadline_at=job_id.created_at + order.deadline,
        started_at=None,
        provider_ms=None,
        finished_at=None,
        progress=0.0,
        batch_id=batch_id,
    )


async def find(tx: Tx, workspace_id: WorkspaceId, job_id: JobId) -> Job:
    """One of a workspace's jobs. Raises `JobNotFound` (404)."""
    job = await repository.find(tx, workspace_id, job_id)
    if job is None:
        raise errors.JobNotFound
    return job


async def find_hook(tx: Tx, job_id: JobId) -> Hook | None:
    """Where a job's events are sent, if its order says so."""
    return await repository.find_hook(tx, job_id)


async def list_page(tx: Tx, workspace_id: WorkspaceId, which: Filter, before: JobId | None, limit: int) -> Page[Job]:
    """A page of a workspace's jobs, the newest first."""
    jobs = await repository.list_jobs(tx, workspace_id, which, before, limit + 1)
    return cut(jobs, limit, lambda job: str(job.id))


def processing(_job: Job) -> State:
    """What most jobs do as soon as a worker is at them."""
    return State.PROCESSING


async def begin(
    tx: Tx, job_id: JobId, attempt: queue.Attempt, first: Callable[[Job], State] = processing
) -> Job | None:
    """Take a queued job in hand, in the state that `first` says; or one that was left at work, as it is.

    None when it has ended meanwhile, or this attempt no longer holds it.
    """
    if not await queue.holds(tx, attempt):
        return None
    job = await repository.lock(tx, job_id)
    if job.state in ENDS:
        return None
    if job.state in AT_WORK:  # with orders at its provider: the same try goes on
        await repository.resume(tx, job_id, attempt.number)
        return dataclasses.replace(job, attempt=attempt.number)
    state = first(job)
    await repository.begin(tx, job_id, attempt.number, state)
    job = _moved(job, state, attempt=attempt.number, attempts=job.attempts + 1)
    await outbox.emit(tx, events.started(job))
    return job


async def deliver(tx: Tx, job_id: JobId, attempt: queue.Attempt, index: int, file: File) -> bool:
    """Give a job an output that is in storage; False when this attempt no longer holds it. Twice is once."""
    job = await _held(tx, job_id, attempt)
    if job is None:
        return False
    if index in {known for known, _ in job.outputs}:
        return True
    asset = await assets.add(tx, job.workspace_id, job.id, file)
    await repository.add_output(tx, job.id, index, asset.id)
    progress = max(job.progress, (len(job.outputs) + 1) / job.count)
    await outbox.emit(tx, events.output(dataclasses.replace(job, progress=progress), index, asset))
    return True


async def finish(
    tx: Tx, job: Job, attempt: queue.Attempt, report: Report, spent: Spent, failure: Failure | None = None
) -> Job | None:
    """Settle a job whose provider is done; None when this attempt no longer holds it.

    `failure` is what went wrong with a part of it; without outputs it is why the job failed.
    """
    await ledger.lock(tx, job.workspace_id)
    if not await queue.complete(tx, attempt):
        return None
    job = await repository.lock(tx, job.id)
    missing = 0 if report.text is not None else job.count - len(job.outputs)
    warnings = [*report.warnings, *([f"{missing} of {job.count} outputs were not made"] if missing else [])]
    state = State.SUCCEEDED if job.outputs or report.text is not None else State.FAILED
    if failure is not None and state == State.SUCCEEDED:
        warnings.append(failure.detail)
    failure = None if state == State.SUCCEEDED else failure or errors.unavailable("it made nothing")
    return await _end(tx, job, state, spent=spent, failure=failure, warnings=warnings, text=report.text)


async def fail(tx: Tx, job: Job, attempt: queue.Attempt, failure: Failure, spent: Spent | None) -> Job | None:
    """End a job that came to nothing; None when this attempt no longer holds it. `spent` if a provider was called."""
    await ledger.lock(tx, job.workspace_id)
    if not await queue.complete(tx, attempt):
        return None
    job = await repository.lock(tx, job.id)
    return await _end(tx, job, State.FAILED, spent=spent, failure=failure)


async def give_up(tx: Tx, job_id: JobId, attempt: queue.Attempt, reason: str, spent: Spent | None = None) -> Job | None:
    """End a job that was tried often enough; its task stays as a dead letter. `spent` if a provider was called."""
    job = await repository.find_any(tx, job_id)
    assert job is not None
    await ledger.lock(tx, job.workspace_id)
    if not await queue.bury(tx, attempt, reason):
        return None
    job = await repository.lock(tx, job_id)
    if job.state in ENDS:
        return None
    poisonous = spent is None and attempt.crashes + 1 >= queue.CRASHES
    failure = errors.crashed() if poisonous else errors.unavailable(reason)
    if spent is None and job.state in AT_WORK:
        spent = Spent("lost", 0)
    await _abandon(tx, job)
    return await _end(tx, job, State.FAILED, spent=spent, failure=failure)


async def put_back(tx: Tx, job_id: JobId, attempt: queue.Attempt, why: queue.Again, spent: Spent | None = None) -> bool:
    """Queue a job again, now or later; False when this attempt no longer holds it. `spent` if a provider was called.

    A job with orders at its provider is not queued: it goes on where it was, in its place.
    """
    if any(one.live for one in await submissions.list_of(tx, job_id)):
        return await depart(tx, job_id, attempt, why)
    if not await queue.again(tx, attempt, why):
        return False
    job = await repository.lock(tx, job_id)
    if job.state not in AT_WORK or job.attempt != attempt.number:
        return True  # it had not begun
    if why.crashed:  # nobody clears up behind it
        await assets.expect(tx, job.folder, job.deadline_at + SWEPT_AFTER)
    counted = why.failed or why.crashed
    await repository.requeue(tx, job.id, counted=counted)
    if spent is not None:
        await _record(tx, job, spent, Millicredits(0))
    moved = _moved(job, State.QUEUED, attempts=job.attempts - (not counted))
    await outbox.emit(tx, events.requeued(moved, why.reason))
    return True


async def stop(tx: Tx, job: Job) -> Job:
    """Cancel a job, if it has not ended."""
    return await _stop(tx, job, State.CANCELED, "canceled")


async def depart(tx: Tx, job_id: JobId, attempt: queue.Attempt, why: queue.Again) -> bool:
    """Leave a job alone whose orders are at its provider; False when this attempt no longer holds it.

    It is asked after `why.after`, or at once if its provider has told us something since this attempt began to ask.
    """
    if not await queue.depart(tx, attempt, why):
        return False
    job = await repository.lock(tx, job_id)
    if why.crashed:
        await assets.expect(tx, job.folder, job.deadline_at + SWEPT_AFTER)
    if job.state in AT_WORK:
        await repository.resume(tx, job_id, 0)
    if any(one.nudged for one in await submissions.list_of(tx, job_id)):
        await queue.wake(tx, attempt.task_id)
    return True


async def have_begun(tx: Tx, job_id: JobId, attempt: queue.Attempt) -> None:
    """Its provider has begun with it: starting → processing. Twice is once."""
    await repository.have_begun(tx, job_id, attempt.number)


async def _abandon(tx: Tx, job: Job) -> None:
    """Have the provider told that nobody wants a job's orders any more; their place stays taken until it was."""
    live = [one for one in await submissions.list_of(tx, job.id) if one.live]
    if not live:
        return
    await queue.keep_place(tx, job.task_id, job.model, queue.LONGEST_CALL)
    tickets = [one.ticket for one in live if one.ticket is not None]
    if tickets:
        await queue.enqueue(tx, CancelOrders(job.provider, job.task_id, tickets))


async def cancel(tx: Tx, workspace_id: WorkspaceId, job_id: JobId) -> Job:
    """Stop a job and give its credits back; what it has delivered is kept and charged. A finished job stays as it is.

    Raises `JobNotFound` (404).
    """
    job = await find(tx, workspace_id, job_id)
    if job.state in ENDS:
        return job
    return await stop(tx, job)


async def expire(tx: Tx, job_id: JobId) -> Job | None:
    """End a job whose deadline has passed, as `cancel` does."""
    job = await repository.find_any(tx, job_id)
    if job is None or job.state in ENDS:
        return None
    return await _stop(tx, job, State.EXPIRED, "its deadline passed")


async def _stop(tx: Tx, job: Job, state: State, reason: str) -> Job:
    await ledger.lock(tx, job.workspace_id)
    await queue.drop(tx, job.task_id)
    job = await repository.lock(tx, job.id)
    if job.state in ENDS:
        return job
    await _abandon(tx, job)
    spent = Spent(state, 0, units=len(job.outputs)) if job.state in AT_WORK else None
    if job.outputs:
        warning = f"{reason} after {len(job.outputs)} of {job.count} outputs"
        return await _end(tx, job, State.SUCCEEDED, spent=spent, warnings=[warning])
    return await _end(tx, job, state, spent=spent)


async def _end(
    tx: Tx,
    job: Job,
    state: State,
    *,
    spent: Spent | None,
    failure: Failure | None = None,
    warnings: Sequence[str] = (),
    text: str | None = None,
) -> Job:
    """Write a locked job's end: state, cost, usage and event. With outputs it has succeeded."""
    if job.outputs and state == State.FAILED:
        state, warnings, failure = State.SUCCEEDED, [*warnings, failure.detail if failure else ""], None
    units = max(len(job.outputs), int(text is not None))
    charge = Millicredits(job.price_each * units if state == State.SUCCEEDED else 0)
    if state == State.SUCCEEDED:
        await ledger.settle(tx, job.workspace_id, charge, job_id=job.id)
    else:
        await ledger.release(tx, job.workspace_id, job_id=job.id)
    finished_at, had_previews = await repository.end(
        tx,
        job.id,
        state,
        charged=charge,
        failure=failure,
        warnings=warnings,
        text=text,
        provider_ms=spent.milliseconds if spent else None,
    )
    if had_previews or (spent is not None and spent.outcome in CUT_SHORT):
        await assets.expect(tx, job.folder, finished_at + SWEPT_AFTER)
    if spent is not None:
        await _record(tx, job, spent, charge)
    elif charge:
        # It ended between two tries: the row of the one that made these outputs says that it was free
        after = dataclasses.replace(job, attempt=job.attempt + 1)
        await _record(tx, after, Spent(state, 0, units=units), charge)
    ended = _moved(
        job,
        state,
        charged=charge,
        failure=failure,
        warnings=tuple(warnings),
        text=text,
        provider_ms=spent.milliseconds if spent else None,
        progress=1.0 if state == State.SUCCEEDED else job.progress,
        finished_at=finished_at,
        previews=(),
    )
    await outbox.emit(tx, events.ended(ended))
    if job.batch_id is not None:
        await _end_batch(tx, job.workspace_id, job.batch_id)
    tx.after_commit(lambda: _count(ended))
    return ended


async def _end_batch(tx: Tx, workspace_id: WorkspaceId, batch_id: BatchId) -> None:
    """End a batch with its last job. The account's lock, which who ends a job holds, makes that one of them only."""
    if await repository.finish_batch(tx, batch_id):
        batch = await repository.find_batch(tx, workspace_id, batch_id)
        assert batch is not None
        await outbox.emit(tx, events.batch_finished(batch))


def _count(job: Job) -> None:
    provider_s = None if job.provider_ms is None else job.provider_ms / 1000
    telemetry.count_job(job.model, job.operation, job.state, job.seconds, provider_s)
    telemetry.count_credits(job.model, job.charged or Millicredits(0))


async def _held(tx: Tx, job_id: JobId, attempt: queue.Attempt) -> Job | None:
    """The job, locked, if this attempt holds it."""
    job = await repository.lock(tx, job_id)
    return job if job.state in AT_WORK and job.attempt == attempt.number else None


def _moved(job: Job, state: State, **changes: Any) -> Job:
    assert state in MOVES[job.state], f"{job.state} → {state}"
    return dataclasses.replace(job, state=state, **changes)


async def _record(tx: Tx, job: Job, spent: Spent, charge: Millicredits) -> None:
    await ledger.record(
        tx,
        Usage(
            workspace_id=job.workspace_id,
            user_id=job.user_id,
            key_id=job.key_id,
            job_id=job.id,
            attempt=job.attempt,
            provider=job.provider,
            model=job.model,
            operation=job.operation,
            outcome=spent.outcome,
            units=spent.units,
            milliseconds=spent.milliseconds,
            credits=charge,
            cost=spent.cost,
            trace_id=job.trace_id,
        ),
    )


async def sources_of(tx: Tx, workspace_id: WorkspaceId, orders: Sequence[Order]) -> list[AssetId | None]:
    """Check that every referenced file is the workspace's own; returns each order's first, the parent of what is made.

    Raises `Invalid` (422).
    """
    references = [_references(order.plan) for order in orders]
    named = {asset_id for each in references for asset_id in each.values() if asset_id is not None}
    found = await assets.find_many(tx, workspace_id, [*named]) if named else {}
    faults: list[Fault] = []
    for order, each in zip(orders, references, strict=True):
        for name, asset_id in each.items():
            asset = found.get(asset_id) if asset_id else None
            path = f"{order.at}input.{name}.assetId"
            if asset_id is None:
                faults.append(Fault(path, "is not the id of an asset"))
            elif asset is None:
                faults.append(Fault(path, "there is no such asset in this workspace"))
            elif order.plan.offer.takes(name) == "image" and not asset.is_picture:
                faults.append(Fault(path, f"is no picture but {asset.content_type}"))
    if faults:
        raise Invalid.of(list(dict.fromkeys(faults)))
    return [_parent(order.plan, each) for order, each in zip(orders, references, strict=True)]


def _references(plan: Plan) -> dict[str, AssetId | None]:
    """The assets that an order references by the fields that do; None where it is not the id of any."""
    references: dict[str, AssetId | None] = {}
    for name in plan.offer.sources:
        if "assetId" in plan.input.get(name, {}):
            try:
                references[name] = AssetId.parse(plan.input[name]["assetId"])
            except ValueError:
                references[name] = None
    return references


def _parent(plan: Plan, references: Mapping[str, AssetId | None]) -> AssetId | None:
    """What is worked on: the first of an order's files, if that is an asset."""
    first = next((name for name in plan.offer.sources if name in plan.input), "")
    return references.get(first)
