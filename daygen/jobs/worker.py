"""The queue's way in: runs a job at its provider, puts what comes into storage, and writes its end."""

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from daygen.catalog import Catalog
from daygen.infra import queue, telemetry
from daygen.infra.db import Database, Tx
from daygen.infra.inspection import InspectorUnavailable
from daygen.infra.storage import Storage, StorageUnavailable
from daygen.jobs import errors, repository, service
from daygen.jobs.calls import within
from daygen.jobs.delivery import Delivery, to_the_end
from daygen.jobs.model import Failure, Job, State
from daygen.jobs.service import Spent
from daygen.jobs.sources import Sources, Unusable
from daygen.jobs.steps import Ended, Steps, Waiting
from daygen.jobs.tasks import RunJob
from daygen.kit.ids import JobId
from daygen.providers import Broken, Busy, Call, Ending, Provider, Refused, Terms, Ticketed, Unknown

CallbackUrl = Callable[[str, str], str | None]

log = telemetry.get_logger(__name__)


BREAKER = queue.Breaker()


def _nowhere(_provider: str, _ref: str) -> None:
    """No address of ours can be reached."""


class JobRunner:
    """Carries out `RunJob`. `scratch` is a folder for files that are on their way.

    A provider's call that takes longer than `longest_call` is given up, as one whose answer was lost. `callback` makes
    the address by which a provider may tell us of an order, from its name and the order's `ref`.
    """

    def __init__(
        self,
        db: Database,
        storage: Storage,
        providers: Mapping[str, Provider],
        catalog: Catalog,
        sources: Sources,
        scratch: Path,
        *,
        longest_call: timedelta = queue.LONGEST_CALL,
        callback: CallbackUrl = _nowhere,
        breaker: queue.Breaker = BREAKER,
    ) -> None:
        self._db = db
        self._storage = storage
        self._providers = providers
        self._catalog = catalog
        self._sources = sources
        self._scratch = scratch
        self._longest_call = longest_call
        self._callback = callback
        self._breaker = breaker

    async def run(self, claimed: queue.Claimed) -> None:
        """Make the outputs. Being run twice is normal: everything written is guarded by (job, attempt)."""
        job_id = RunJob.of(claimed.payload).job_id
        with telemetry.bound(jobId=str(job_id)), telemetry.span("jobs.run", job_id=job_id):
            async with self._db.transaction() as tx:
                job = await service.begin(tx, job_id, claimed.attempt, self._first_state)
            if job is None:
                return  # it already ended
            telemetry.bind(workspaceId=str(job.workspace_id))
            telemetry.record("queue.wait", started_at=job.created_at, ended_at=claimed.started_at, job_id=job_id)
            delivery = Delivery(self._db, self._storage, job, claimed.attempt)
            scratch = Path(tempfile.mkdtemp(prefix=f"{job.id}-", dir=self._scratch))
            try:
                await self._try(job, claimed, delivery, scratch)
            except Unusable as unusable:  # its provider was not asked, so nothing was learned about it
                await self._fail(job, claimed.attempt, errors.unusable(unusable), None)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
                await to_the_end(delivery.clean_up())

    async def again(self, tx: Tx, claimed: queue.Claimed, why: queue.Again) -> None:
        """Put the job back with its task."""
        spent = Spent("lost", 0) if why.crashed else None
        await service.put_back(tx, RunJob.of(claimed.payload).job_id, claimed.attempt, why, spent)

    async def give_up(self, tx: Tx, claimed: queue.Claimed, reason: str) -> None:
        """End the job with its task."""
        await service.give_up(tx, RunJob.of(claimed.payload).job_id, claimed.attempt, reason)

    async def _try(self, job: Job, claimed: queue.Claimed, delivery: Delivery, scratch: Path) -> None:
        began, attempt = time.perf_counter(), claimed.attempt

        def spent(outcome: str, ended: Ended | Ending | None = None) -> Spent:
            milliseconds = round((time.perf_counter() - began - delivery.seconds) * 1000)
            telemetry.count_provider_call(job.provider, outcome)
            if ended is None:
                return Spent(outcome, milliseconds)
            if isinstance(ended, Ending):
                return Spent(outcome, milliseconds, ended.units, ended.cost)
            milliseconds = milliseconds if ended.milliseconds is None else ended.milliseconds
            return Spent(outcome, milliseconds, ended.report.units, ended.report.cost)

        try:
            with telemetry.span("provider.run", provider=job.provider, model=job.model, operation=job.operation):
                ended = await self._made(job, claimed, delivery, scratch)
        except Busy as busy:
            async with self._db.transaction() as tx:
                paid = spent("busy", busy) if busy.units else None
                await service.put_back(tx, job.id, attempt, queue.Again(f"{job.provider} is busy: {busy}"), paid)
                await queue.pause(tx, attempt, busy.retry_after)
        except Refused as refusal:
            await self._fail(job, attempt, errors.refused(refusal), spent("refused", refusal))
            async with self._db.transaction() as tx:
                await queue.mend(tx, job.provider)
        except Unknown as unknown:
            await self._falter(job, attempt)
            log.warning("provider.outcome_unknown", reason=str(unknown))
            await self._fail(job, attempt, errors.outcome_unknown(), spent("unknown", unknown))
        except (StorageUnavailable, InspectorUnavailable) as broken:
            await self._put_back(job, attempt, f"{broken}", spent("broken"))
        except Broken as broken:
            await self._declined(job, attempt, broken, spent("broken", broken))
        else:
            if isinstance(ended, Waiting):
                async with self._db.transaction() as tx:
                    await service.depart(tx, job.id, attempt, queue.Again("at its provider", after=ended.after))
                    await queue.mend(tx, job.provider)
                delivery.away = True
                return
            outcome = "succeeded" if ended.failure is None else "refused"
            done = spent(outcome, ended)
            async with self._db.transaction() as tx:
                finished = await service.finish(tx, job, attempt, ended.report, done, ended.failure)
                await queue.mend(tx, job.provider)
            delivery.ended = finished is not None
            if finished is not None and finished.failure is not None:
                telemetry.count_error(finished.failure.code)
            log.info("job.ended", status=finished.state if finished else "fenced", latencyMs=done.milliseconds)

    async def _made(self, job: Job, claimed: queue.Claimed, delivery: Delivery, scratch: Path) -> Waiting | Ended:
        """Hand the job to its provider, or see how far it is. Raises one of its four, or `StorageUnavailable`."""
        model = self._catalog.known(job.model)
        provider = self._providers.get(job.provider)
        if model is None or provider is None:
            raise Refused("provider.not_configured", f"{job.provider} is not switched on here.")
        offer = model.offers.get(job.operation)
        if offer is None:  # it was ordered where a tool is that this machine lacks
            raise Refused("provider.unsupported_operation", f"{job.model} cannot do {job.operation} here.")

        async def call(ref: str, wanted: Sequence[int], with_sources: bool) -> Call:
            return Call(
                job_id=job.id,
                ref=ref,
                model=model.vendor_model,
                operation=job.operation,
                input=job.input,
                wanted=tuple(wanted),
                scratch=scratch,
                sources=await self._sources.of(job, offer, scratch) if with_sources else {},
                cost=offer.cost,
                callback=self._callback(job.provider, ref),
            )

        terms = self._terms(job)
        if isinstance(provider, Ticketed) and terms is not None:
            return await Steps(self._db, provider, terms, job, claimed, delivery, call, self._longest_call).visit()
        wanted = [index for index in range(job.count) if index not in delivery.delivered]
        ordered = await call(str(job.id), wanted, True)
        async with within(self._longest_call):
            return Ended(await provider.run(ordered, delivery))

    async def _declined(self, job: Job, attempt: queue.Attempt, broken: Broken, spent: Spent) -> None:
        if not await self._falter(job, attempt):
            await self._put_back(job, attempt, f"{broken}", spent)
            return
        why = queue.Again(f"{job.provider} is left alone: {broken}")  # everybody's failure does not count against it
        async with self._db.transaction() as tx:
            await service.put_back(tx, job.id, attempt, why, spent)

    async def _falter(self, job: Job, attempt: queue.Attempt) -> bool:
        """Count a failure of the provider; whether its breaker is open. Apart from the job's end: it locks the pool."""
        async with self._db.transaction() as tx:
            return await queue.falter(tx, job.provider, self._breaker, attempt)

    def _terms(self, job: Job) -> Terms | None:
        """How the job is ordered, if its provider gives a ticket for it."""
        model, provider = self._catalog.known(job.model), self._providers.get(job.provider)
        if model is None or not isinstance(provider, Ticketed):
            return None
        callback = self._callback(job.provider, str(job.id)) is not None
        return provider.terms(model.vendor_model, job.operation, callback=callback)

    def _first_state(self, job: Job) -> State:
        return State.PROCESSING if self._terms(job) is None else State.STARTING

    async def _fail(self, job: Job, attempt: queue.Attempt, failure: Failure, spent: Spent | None) -> None:
        telemetry.count_error(failure.code)
        async with self._db.transaction() as tx:
            await service.fail(tx, job, attempt, failure, spent)
        log.warning("job.failed", errorCode=failure.code, latencyMs=spent.milliseconds if spent else 0)

    async def _put_back(self, job: Job, attempt: queue.Attempt, reason: str, spent: Spent) -> None:
        failures = attempt.failures + 1
        async with self._db.transaction() as tx:
            if failures >= queue.FAILURES:
                await service.give_up(tx, job.id, attempt, reason, spent)
            else:
                why = queue.Again(reason, after=queue.backoff(failures), failed=True)
                await service.put_back(tx, job.id, attempt, why, spent)
        log.warning("job.broken", reason=reason, failures=failures)


async def expire_overdue(db: Database) -> int:
    """End every job past its deadline; returns how many."""
    async with db.reading() as tx:
        overdue: list[JobId] = await repository.overdue(tx)
    for job_id in overdue:
        async with db.transaction() as tx:
            await service.expire(tx, job_id)
    return len(overdue)
