"""The queue's way in: runs a job at its provider, puts what comes into storage, and writes its end."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from daygen import assets
from daygen.assets import EXTENSIONS, File
from daygen.catalog import Catalog
from daygen.infra import queue, telemetry
from daygen.infra.db import Database, Tx
from daygen.infra.storage import Storage, StorageUnavailable
from daygen.jobs import errors, repository, service
from daygen.jobs.model import Failure, Job
from daygen.jobs.previews import Previews
from daygen.jobs.service import Spent
from daygen.jobs.tasks import RunJob
from daygen.kit.ids import AssetId, JobId
from daygen.kit.problems import NotFound
from daygen.providers import Broken, Busy, Call, Output, Provider, Refused, Report, Source, Unknown

PROGRESS_EVERY = timedelta(milliseconds=250)
PROGRESS = "daygen_progress"

log = telemetry.get_logger(__name__)


class JobRunner:
    """Carries out `RunJob`. `scratch` is a folder for files that are on their way.

    A provider's call that takes longer than `longest_call` is given up, as one whose answer was lost.
    """

    def __init__(
        self,
        db: Database,
        storage: Storage,
        providers: Mapping[str, Provider],
        catalog: Catalog,
        scratch: Path,
        *,
        longest_call: timedelta = queue.LONGEST_CALL,
    ) -> None:
        self._db = db
        self._storage = storage
        self._providers = providers
        self._catalog = catalog
        self._scratch = scratch
        self._longest_call = longest_call

    async def run(self, claimed: queue.Claimed) -> None:
        """Make the outputs. Being run twice is normal: everything written is guarded by (job, attempt)."""
        job_id = RunJob.of(claimed.payload).job_id
        with telemetry.bound(jobId=str(job_id)), telemetry.span("jobs.run", job_id=job_id):
            async with self._db.transaction() as tx:
                job = await service.begin(tx, job_id, claimed.attempt)
            if job is None:
                return  # it already ended
            telemetry.bind(workspaceId=str(job.workspace_id))
            telemetry.record("queue.wait", started_at=job.created_at, ended_at=claimed.started_at, job_id=job_id)
            delivery = _Delivery(self._db, self._storage, job, claimed.attempt)
            scratch = Path(tempfile.mkdtemp(prefix=f"{job.id}-", dir=self._scratch))
            try:
                await self._try(job, claimed.attempt, delivery, scratch)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
                await _to_the_end(delivery.clean_up())

    async def again(self, tx: Tx, claimed: queue.Claimed, why: queue.Again) -> None:
        """Put the job back with its task."""
        spent = Spent("lost", 0) if why.crashed else None
        await service.put_back(tx, RunJob.of(claimed.payload).job_id, claimed.attempt, why, spent)

    async def give_up(self, tx: Tx, claimed: queue.Claimed, reason: str) -> None:
        """End the job with its task."""
        await service.give_up(tx, RunJob.of(claimed.payload).job_id, claimed.attempt, reason)

    async def _try(self, job: Job, attempt: queue.Attempt, delivery: "_Delivery", scratch: Path) -> None:
        began = time.perf_counter()

        def spent(outcome: str, report: Report | None = None) -> Spent:
            milliseconds = round((time.perf_counter() - began - delivery.seconds) * 1000)
            telemetry.count_provider_call(job.provider, outcome)
            return Spent(outcome, milliseconds, report.units if report else 0, report.cost if report else service.FREE)

        try:
            with telemetry.span("provider.run", provider=job.provider, model=job.model, operation=job.operation):
                report = await self._call(job, delivery, scratch)
        except Busy as busy:
            async with self._db.transaction() as tx:
                await service.put_back(tx, job.id, attempt, queue.Again(f"{job.provider} is busy: {busy}"))
                await queue.pause(tx, attempt, busy.retry_after)
        except Refused as refusal:
            await self._fail(job, attempt, errors.refused(refusal), spent("refused"))
        except Unknown as unknown:
            log.warning("provider.outcome_unknown", reason=str(unknown))
            await self._fail(job, attempt, errors.outcome_unknown(), spent("unknown"))
        except (Broken, StorageUnavailable) as broken:
            await self._put_back(job, attempt, f"{broken}", spent("broken"))
        else:
            done = spent("succeeded", report)
            async with self._db.transaction() as tx:
                finished = await service.finish(tx, job, attempt, report, done)
            delivery.ended = finished is not None
            log.info("job.ended", status=finished.state if finished else "fenced", latencyMs=done.milliseconds)

    async def _call(self, job: Job, delivery: "_Delivery", scratch: Path) -> Report:
        """Hand the job to its provider. Raises one of the provider's four, or `StorageUnavailable`."""
        model = self._catalog.known(job.model)
        provider = self._providers.get(job.provider)
        if model is None or provider is None:
            raise Refused("provider.not_configured", f"{job.provider} is not switched on here.")
        offer = model.offers.get(job.operation)
        if offer is None:  # it was ordered where a tool is that this machine lacks
            raise Refused("provider.unsupported_operation", f"{job.model} cannot do {job.operation} here.")
        limit = asyncio.timeout(self._longest_call.total_seconds())
        call = Call(
            job_id=job.id,
            ref=str(job.id),
            model=model.vendor_model,
            operation=job.operation,
            input=job.input,
            wanted=tuple(index for index in range(job.count) if index not in delivery.delivered),
            scratch=scratch,
            sources=await self._sources(job, offer.sources, scratch),
            cost=offer.cost,
        )
        try:
            async with limit:
                return await provider.run(call, delivery)
        except TimeoutError as late:
            if limit.expired():
                raise Unknown(f"no answer within {self._longest_call}") from late
            raise

    async def _sources(self, job: Job, fields: tuple[str, ...], scratch: Path) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for name in fields:
            if name not in job.input:
                continue
            asset_id = AssetId.parse(job.input[name]["assetId"])
            path = scratch / f"source-{name}"
            try:
                async with self._db.reading() as tx:
                    asset = await assets.find(tx, job.workspace_id, asset_id)
                with telemetry.span("storage.fetch"):
                    await self._storage.fetch(asset.key, path)
            except (NotFound, FileNotFoundError) as gone:
                raise Refused("assets.gone", f"The file for {name} was deleted meanwhile.") from gone
            sources[name] = Source(path, asset.content_type)
        return sources

    async def _fail(self, job: Job, attempt: queue.Attempt, failure: Failure, spent: Spent) -> None:
        telemetry.count_error(failure.code)
        async with self._db.transaction() as tx:
            await service.fail(tx, job, attempt, failure, spent)
        log.warning("job.failed", errorCode=failure.code, latencyMs=spent.milliseconds)

    async def _put_back(self, job: Job, attempt: queue.Attempt, reason: str, spent: Spent) -> None:
        failures = attempt.failures + 1
        async with self._db.transaction() as tx:
            if failures >= queue.FAILURES:
                await service.give_up(tx, job.id, attempt, reason, spent)
            else:
                why = queue.Again(reason, after=queue.backoff(failures), failed=True)
                await service.put_back(tx, job.id, attempt, why, spent)
        log.warning("job.broken", reason=reason, failures=failures)


class _Delivery:
    """The sink of one call: stores outputs as they come, notes progress, and knows when the job was taken from us."""

    def __init__(self, db: Database, storage: Storage, job: Job, attempt: queue.Attempt) -> None:
        self._db = db
        self._storage = storage
        self._job = job
        self._attempt = attempt
        self._stored: list[str] = []
        self._previews = Previews(storage, f"{job.folder}/{attempt.number}", self._note_soon)
        self._noting = asyncio.Lock()
        self._noted_at = 0.0
        self.delivered = {index for index, _ in job.outputs}
        self.seconds = 0.0
        self.ended = False
        self._before = self._share = len(self.delivered) / job.count

    async def progress(self, share: float) -> None:
        """Note how far the call is, at most every quarter of a second."""
        self._share = self._before + (1 - self._before) * min(max(share, 0), 1)
        if time.monotonic() - self._noted_at >= PROGRESS_EVERY.total_seconds() and not await self._note():
            raise asyncio.CancelledError("the job was taken from this worker")

    async def preview(self, index: int, output: Output) -> None:
        """Have a passing picture stored and noted beside the work."""
        await self._previews.show(index, output)

    async def output(self, index: int, output: Output) -> None:
        """Put an output into storage and give it to the job."""
        began = time.perf_counter()
        job = self._job
        key = f"{job.folder}/{self._attempt.number}-{index}.{EXTENSIONS.get(output.content_type, 'bin')}"
        self._previews.supersede(index)
        self._stored.append(key)  # before it is: a put that is cut off may still arrive
        with telemetry.span("storage.put", content_type=output.content_type):
            stored = await self._storage.put(key, output.path, output.content_type)
        file = File(
            key=key,
            content_type=output.content_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            width=output.width,
            height=output.height,
            duration_s=output.duration_s,
        )
        async with self._db.transaction() as tx:
            if not await service.deliver(tx, job.id, self._attempt, index, file):
                raise asyncio.CancelledError("the job was taken from this worker")
        self.delivered.add(index)
        self.seconds += time.perf_counter() - began

    async def clean_up(self) -> None:
        """Delete what lies in storage for this job and belongs to nothing: it was taken away while we were storing."""
        await self._previews.stop()
        first_try = self._attempt.number == 1 and len(self._stored) == len(self.delivered)
        if first_try and not self._previews.keys:
            return
        try:
            mine = [*self._stored, *self._previews.keys]
            lying = mine if self._attempt.number == 1 else await self._storage.list(self._job.folder)
            # A later attempt may have stored what it has not delivered yet
            lying = [key for key in lying if _attempt_of(key) <= self._attempt.number]
            async with self._db.reading() as tx:
                known = await assets.known_keys(tx, lying)
            await self._storage.delete([key for key in lying if key not in known])
            if self.ended and not self._previews.doubtful:
                async with self._db.transaction() as tx:
                    await assets.arrived(tx, self._job.folder)
        except Exception as error:  # noqa: BLE001 - what is left behind costs space, nothing else
            log.warning("storage.clean_up_failed", reason=f"{type(error).__name__}: {error}")

    async def _note_soon(self) -> None:
        """Note the latest previews, but not sooner than a quarter of a second after the last note."""
        while (wait := self._noted_at + PROGRESS_EVERY.total_seconds() - time.monotonic()) > 0:  # noqa: ASYNC110 - until the last note is old enough, whoever made it
            await asyncio.sleep(wait)
        if self._previews.changed:
            await self._note()

    async def _note(self) -> bool:
        """Tell how far the call is and what it looks like; False when the job was taken from us."""
        async with self._noting:
            self._noted_at = time.monotonic()
            previews = self._previews.latest()
            async with self._db.transaction() as tx:
                held = await repository.set_progress(tx, self._job.id, self._attempt.number, self._share, previews)
                if held:
                    tx.ring(PROGRESS)
        return held


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Carry something out although we are cancelled meanwhile, which also happens to a job that has just ended."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        await task


def _attempt_of(key: str) -> int:
    """Which attempt stored a file of a job."""
    return int(key.rpartition("/")[2].partition("-")[0])


async def expire_overdue(db: Database) -> int:
    """End every job past its deadline; returns how many."""
    async with db.reading() as tx:
        overdue: list[JobId] = await repository.overdue(tx)
    for job_id in overdue:
        async with db.transaction() as tx:
            await service.expire(tx, job_id)
    return len(overdue)
