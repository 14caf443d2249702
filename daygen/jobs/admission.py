"""Accepting orders: those that arrive together share one statement and one commit, and are answered after it.

    submit ──▶ waits with others of its lane ──▶ admission.sql ──▶ accepted · known · too_many · too_dear
                                                       │
                                                       └── again (a neighbour took what was left: the next statement)

What an order must find and leave behind is told by `service.submit`, and by `batches.submit` for several that stand or
fall together, step by step; the statement has the same verdicts and the same end state (a property test holds one
against the other), at a fraction of the round trips. A workspace's orders always wait in the same lane, so that they
meet in one statement instead of queueing for its account.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from daygen.identity import Caller
from daygen.infra import telemetry
from daygen.infra.db import OUTAGES, Database, Tx
from daygen.infra.http import Answer, Idempotency, Kept, checked, once
from daygen.infra.http import known as answered_before
from daygen.jobs import batches, events, repository, service
from daygen.jobs.model import Draft, Drafted, Job, Opening, Verdict
from daygen.jobs.schemas import BatchAccepted, JobAccepted
from daygen.jobs.service import Order
from daygen.jobs.tasks import RunJob
from daygen.kit.ids import AssetId, BatchId, JobId
from daygen.kit.problems import Unavailable
from daygen.ledger import InsufficientCredits
from daygen.limits import Window, lock_window
from daygen.limits import refusal as refused_by_limit

LANES = 1
MOST_TOGETHER = 64  # jobs, or one batch
MOST_WAITING = 2_000  # jobs in a lane: half a second's work, so who comes on top of it is better told to come back
MOST_LOOKS = 20

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an order is answered with: now, or when it was first sent. The window is for the headers."""

    status: int
    body: Mapping[str, Any]
    window: Window | None

    @property
    def job_id(self) -> JobId:
        """The job."""
        return JobId.parse(self.body["jobId"])

    @property
    def batch_id(self) -> BatchId:
        """The batch."""
        return BatchId.parse(self.body["batchId"])


Steps = Callable[[Tx], Awaitable[tuple[Mapping[str, Any], Window]]]


class Admission:
    """Accepts the orders of this process."""

    def __init__(self, db: Database, public_url: str) -> None:
        self._db = db
        self._public_url = public_url
        self.lanes = [_Lane(db) for _ in range(LANES)]

    async def submit(self, caller: Caller, order: Order, key: Idempotency = None) -> Accepted:
        """Accept an order, once for each key.

        Raises `limits.RateExceeded` (429), `ledger.InsufficientCredits` (402), `Invalid` (422) for a source that is not
        the workspace's or a key of another request, `Unavailable` (503) when too many wait.
        """
        (source,) = await self._sources(caller, [order])
        job = service.draft(caller, order, source)
        draft = _draft([_drafted(job, order)], None, JobAccepted.of(job, self._public_url).body(), key)

        async def steps(tx: Tx) -> tuple[Mapping[str, Any], Window]:
            accepted, window = await service.submit(tx, caller, order)
            return JobAccepted.of(accepted, self._public_url).body(), window

        return await self._admit(draft, key, steps)

    async def submit_batch(
        self, caller: Caller, orders: Sequence[Order], url: str | None = None, key: Idempotency = None
    ) -> Accepted:
        """Accept orders as one batch, all or none, once for each key; `url` is told of its end.

        Raises what `submit` does, and `limits.MoreThanTheLimit` (422).
        """
        sources = await self._sources(caller, orders)
        batch, jobs = batches.draft(caller, orders, sources)
        opening = Opening(batch.id, url, events.batch_created(batch).data)
        drafted = [_drafted(job, order) for job, order in zip(jobs, orders, strict=True)]
        draft = _draft(drafted, opening, BatchAccepted.of(batch, self._public_url).body(), key)

        async def steps(tx: Tx) -> tuple[Mapping[str, Any], Window]:
            accepted, window = await batches.submit(tx, caller, orders, url)
            return BatchAccepted.of(accepted, self._public_url).body(), window

        return await self._admit(draft, key, steps)

    async def close(self) -> None:
        """Wait until whoever waits is answered."""
        for lane in self.lanes:
            await lane.close()

    async def _sources(self, caller: Caller, orders: Sequence[Order]) -> Sequence[AssetId | None]:
        if not any(name in order.plan.input for order in orders for name in order.plan.offer.sources):
            return [None] * len(orders)
        async with self._db.reading() as tx:
            return await service.sources_of(tx, caller.workspace_id, orders)

    async def _admit(self, draft: Draft, key: Idempotency, steps: Steps) -> Accepted:
        """Have a draft judged until the verdict is final; `steps` is the long way."""
        lane = self.lanes[draft.workspace_id.int % LANES]
        for _ in range(MOST_LOOKS):
            verdict = await lane.decide(draft)
            match verdict.kind:
                case "accepted":
                    for drafted in draft.jobs:
                        telemetry.adopt(drafted.job.id)
                    return Accepted(202, draft.answer, verdict.window)
                case "known":
                    assert key is not None
                    return _kept(checked(Kept(verdict.fingerprint, verdict.status, verdict.answer), key))
                case "too_many" | "too_dear":
                    return await self._refuse(draft, verdict, key)
                case "unprepared":
                    break
                case _:
                    continue
        return await self._step_by_step(draft, key, steps)

    async def _refuse(self, draft: Draft, verdict: Verdict, key: Idempotency) -> Accepted:
        """Refuse, unless the same order was accepted under its key after the statement began to look."""
        if key is not None:
            async with self._db.reading() as tx:
                kept = await answered_before(tx, draft.workspace_id, key)
            if kept is not None:
                return _kept(kept)
        if verdict.kind == "too_many":
            assert verdict.window is not None
            raise refused_by_limit(verdict.window, len(draft.jobs))
        assert verdict.available is not None
        raise InsufficientCredits(draft.quoted, verdict.available)

    async def _step_by_step(self, draft: Draft, key: Idempotency, steps: Steps) -> Accepted:
        """The long way, for the first order of a workspace, and for one that spoils the statement it is in."""
        window = None
        async with self._db.transaction() as tx:
            await lock_window(tx, draft.workspace_id)  # before the key, as the statement does
            async with once(tx, draft.workspace_id, key) as answer:
                if not answer.known:
                    answer.body, window = await steps(tx)
                    answer.status = 202
        return Accepted(answer.status, answer.body, window)


def _drafted(job: Job, order: Order) -> Drafted:
    task, fact = RunJob(job.id).payload(), events.queued(job).data
    return Drafted(job, order.deadline, order.retry_of, order.hook, task, fact)


def _draft(jobs: Sequence[Drafted], batch: Opening | None, answer: Mapping[str, Any], key: Idempotency) -> Draft:
    return Draft(
        jobs=jobs,
        batch=batch,
        answer=answer,
        key=key.text if key else None,
        fingerprint=key.fingerprint if key else None,
        traceparent=telemetry.traceparent(sampled=True),
        request_id=telemetry.bound_fact("requestId"),
    )


def _kept(answer: Answer) -> Accepted:
    return Accepted(answer.status, answer.body, None)


class _Lane:
    """Orders that wait for the statement before theirs, and the one task that carries statements out."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.waiting = deque[tuple[Draft, asyncio.Future[Verdict]]]()
        self.jobs_waiting = 0
        self._work: asyncio.Task[None] | None = None

    async def decide(self, draft: Draft) -> Verdict:
        """Have an order judged by the next statement. Raises what the database raises, and `Unavailable`."""
        if self.jobs_waiting >= MOST_WAITING:
            raise Unavailable("Too many orders wait to be accepted. Nothing was started or charged.", 1)
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((draft, future))
        self.jobs_waiting += len(draft.jobs)
        if self._work is None:
            self._work = asyncio.create_task(self._judge_all())
        return await future

    async def close(self) -> None:
        if self._work is not None:
            await asyncio.wait({self._work})

    async def _judge_all(self) -> None:
        try:
            while self.waiting:
                together = self._together()
                await self._judge([(draft, future) for draft, future in together if not future.done()])
        finally:
            self._work = None

    def _together(self) -> list[tuple[Draft, "asyncio.Future[Verdict]"]]:
        """Those whose turn it is, in the order they came."""
        together: list[tuple[Draft, asyncio.Future[Verdict]]] = []
        jobs = 0
        while self.waiting and (not together or jobs + len(self.waiting[0][0].jobs) <= MOST_TOGETHER):
            together.append(self.waiting.popleft())
            jobs += len(together[-1][0].jobs)
        self.jobs_waiting -= jobs
        return together

    async def _judge(self, together: Sequence[tuple[Draft, "asyncio.Future[Verdict]"]]) -> None:
        """One statement for all of them; each hears of its own verdict, or of what went wrong."""
        try:
            verdicts = await self._verdicts([draft for draft, _ in together])
        except asyncpg.DataError as error:  # one of them spoils it: each goes its own way
            log.warning("admission.spoiled", orders=len(together), reason=str(error))
            verdicts = [Verdict("unprepared")] * len(together)
        except BaseException as error:
            if not isinstance(error, OUTAGES):
                log.exception("admission.failed", orders=len(together))
            for _, future in together:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else Unavailable("The api is ending."))
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), verdict in zip(together, verdicts, strict=True):
            if not future.done():
                future.set_result(verdict)

    async def _verdicts(self, drafts: Sequence[Draft]) -> Sequence[Verdict]:
        if not drafts:
            return []
        async with self._db.statement() as tx:
            verdicts, unrung = await repository.admit(tx, drafts)
        self._db.ring_again(unrung)
        return verdicts
