"""A job whose provider gives tickets, step by step: submit → wait → collect, each durable, the wait in nobody's hands.

A visit does what can be done now and says when to come back. Before an order's first byte leaves, it is written down
with the `ref` it will be known by; its ticket is written down as soon as it is there. So whoever comes next, after
whatever crash, knows what may be under way, and an order of which nobody knows whether it arrived is treated as its
adapter says (`Recourse`), and never simply sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from daygen.infra import queue, telemetry
from daygen.infra.db import OUTAGES, Database, Tx
from daygen.jobs import errors, repository, service, submissions
from daygen.jobs.calls import within
from daygen.jobs.delivery import Delivery
from daygen.jobs.model import Failure, Job, State
from daygen.jobs.sources import Unusable
from daygen.jobs.submissions import Submission, ref_of
from daygen.jobs.tasks import CancelOrders
from daygen.kit.money import MicroUsd
from daygen.providers import (
    Broken,
    Busy,
    Call,
    Finds,
    Provider,
    Recourse,
    Refused,
    Report,
    Terms,
    Ticket,
    Ticketed,
    Unknown,
    Working,
)
from daygen.providers.tickets import MOST_LOST, pause

SEE_THROUGH = timedelta(seconds=10)  # how long an order on its way is waited for when its job is taken from us

MakeCall = Callable[[str, Sequence[int], bool], Awaitable[Call]]

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders are at the provider: come back after this."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing is left to wait for: what came of it, what went wrong with part of it, milliseconds at the provider."""

    report: Report
    failure: Failure | None = None
    milliseconds: int | None = None


class Steps:
    """One visit to a job. `make_call(ref, wanted, with_sources)` puts a call together."""

    def __init__(
        self,
        db: Database,
        provider: Ticketed,
        terms: Terms,
        job: Job,
        claimed: queue.Claimed,
        delivery: Delivery,
        make_call: MakeCall,
        longest_call: timedelta,
    ) -> None:
        self._db = db
        self._provider = provider
        self._terms = terms
        self._job = job
        self._attempt = claimed.attempt
        self._claimed_at: datetime = claimed.started_at
        self._delivery = delivery
        self._make_call = make_call
        self._longest_call = longest_call
        self._waits: list[timedelta] = []
        self._hiccup: Busy | Broken | None = None

    async def visit(self) -> Waiting | Ended:
        """Do what can be done now. Raises `Busy` or `Broken` when nothing is under way and nothing was accepted."""
        async with self._db.transaction() as tx:
            await self._hold(tx)
            await submissions.settle_nudges(tx, self._job.id)  # before we ask: what comes later is not in the answer
        for one in await self._orders():
            if one.state == "sent":
                await self._find_out(one)
        await self._order_the_rest()
        await self._collect()
        orders = await self._orders()
        if any(one.live for one in orders):
            return Waiting(min(self._waits, default=pause(0)))
        if self._hiccup is not None:
            raise self._hiccup
        if self._missing(orders) and not any(one.failure for one in orders):
            return Waiting(timedelta(0))
        return _ended(orders)

    async def _orders(self) -> list[Submission]:
        async with self._db.reading() as tx:
            return await submissions.list_of(tx, self._job.id)

    def _missing(self, orders: Sequence[Submission]) -> list[int]:
        """Outputs that are neither there nor ordered."""
        ordered = {index for one in orders if one.state != "void" for index in one.wanted}
        return [index for index in range(self._job.count) if index not in ordered | self._delivery.delivered]

    async def _order_the_rest(self) -> None:
        """Order what is missing, one order after the other, until one is not taken."""
        while not self._waits and self._hiccup is None:
            orders = await self._orders()
            missing = self._missing(orders)
            if not missing or any(one.failure for one in orders):
                return
            round_ = max((one.round for one in orders), default=0) + 1
            wanted, ref = missing[: self._terms.at_once], ref_of(self._job.id, round_)
            try:
                call = await self._make_call(ref, wanted, True)
            except Unusable as unusable:
                if not orders:
                    raise
                await self._refuse(await self._written(round_, ref, wanted), errors.unusable(unusable))
                return
            await self._send(await self._written(round_, ref, wanted), call)

    async def _written(self, round_: int, ref: str, wanted: Sequence[int]) -> Submission:
        """An order, written down."""
        async with self._db.transaction() as tx:
            await self._hold(tx)
            await submissions.add(tx, self._job.id, round_, self._job.provider, ref, wanted)
        return next(one for one in await self._orders() if one.round == round_)

    async def _send(self, one: Submission, call: Call) -> None:
        """Send an order that is written down, and write down what came of it."""
        try:
            with telemetry.span("provider.submit", round=one.round):
                ticket = await self._through(one, call)
        except (Busy, Broken) as declined:
            await self._write(lambda tx: submissions.forget(tx, one))
            self._hiccup = declined
            self._waits.append(declined.retry_after if isinstance(declined, Busy) else queue.backoff(1))
        except Refused as refusal:
            await self._refuse(one, errors.refused(refusal))
        except Unknown as unknown:
            log.warning("provider.outcome_unknown", reason=str(unknown), recourse=str(self._terms.recourse))
            match self._terms.recourse:
                case Recourse.NEVER:
                    await self._refuse(one, errors.outcome_unknown())
                case Recourse.KEYED | Recourse.PURE:
                    await self._puzzled(one)
                case Recourse.LOOKUP | Recourse.CALLBACK:
                    await self._write(lambda tx: submissions.look(tx, one))
                    self._waits.append(pause(one.looks))
        else:
            await self._write(lambda tx: submissions.ticket(tx, one.job_id, one.round, ticket))

    async def _through(self, one: Submission, call: Call) -> Ticket:
        """Send an order. When the job is taken from us meanwhile, its answer is waited for a little, and heeded."""
        sending = asyncio.ensure_future(self._provider.submit(call))
        try:
            async with within(self._longest_call):
                return await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait({sending}, timeout=SEE_THROUGH.total_seconds())
            await self._heed(one, sending)
            raise
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _heed(self, one: Submission, sending: "asyncio.Future[Ticket]") -> None:
        """Write down what came of an order although we stop; if its job has ended, nobody wants it."""
        if not sending.done() or sending.cancelled():
            return
        with suppress(*OUTAGES):
            async with self._db.transaction() as tx:
                held = await queue.holds(tx, self._attempt)
                if held and sending.exception() is None:
                    await submissions.ticket(tx, one.job_id, one.round, sending.result())
                elif held and isinstance(sending.exception(), Busy | Broken):
                    await submissions.forget(tx, one)
            if not held and sending.exception() is None:
                async with self._db.reading() as tx:
                    ended = await repository.has_ended(tx, one.job_id)
                if ended:
                    await self._provider.cancel(sending.result())

    async def _find_out(self, one: Submission) -> None:
        """Deal with an order of which it is not known whether it arrived."""
        left = self._terms.settles - one.since_sent
        match self._terms.recourse:
            case Recourse.KEYED | Recourse.PURE:
                await self._send_again(one)
            case Recourse.LOOKUP:
                await self._look_up(one, left)
            case Recourse.CALLBACK if left > timedelta(0):
                self._waits.append(min(left, pause(20)))
            case Recourse.CALLBACK | Recourse.NEVER:
                await self._refuse(one, errors.outcome_unknown())

    async def _look_up(self, one: Submission, left: timedelta) -> None:
        assert isinstance(self._provider, Finds)
        call = await self._make_call(one.ref, one.wanted, False)
        try:
            with telemetry.span("provider.find", round=one.round):
                ticket = await self._provider.find(call)
        except Busy as busy:
            self._waits.append(busy.retry_after)
        except Unknown:
            await self._puzzled(one)
        else:
            if ticket is not None:
                await self._write(lambda tx: submissions.ticket(tx, one.job_id, one.round, ticket))
            elif left > timedelta(0):
                self._waits.append(min(left, pause(20)))
            else:
                await self._send_again(one)

    async def _send_again(self, one: Submission) -> None:
        """Send an order once more, under its name."""
        try:
            call = await self._make_call(one.ref, one.wanted, True)
        except Unusable:  # it can no longer be sent, and nobody knows whether it was
            await self._refuse(one, errors.outcome_unknown())
            return
        await self._write(lambda tx: submissions.send_again(tx, one))
        await self._send(one, call)

    async def _collect(self) -> None:
        """Ask after every order that has a ticket."""
        orders = await self._orders()
        shares = [1.0 for one in orders if one.state == "collected"]
        for one in orders:
            if one.state == "ticketed" and one.ticket is not None:
                share = await self._ask(one, one.ticket)
                shares.append(share)
        if shares and any(share > 0 for share in shares):
            await self._delivery.progress(min(sum(shares) / len(shares), 1))

    async def _ask(self, one: Submission, ticket: Ticket) -> float:
        """Ask after an order, and write down the answer; returns how far it is."""
        wanted = [index for index in one.wanted if index not in self._delivery.delivered]
        call = await self._make_call(one.ref, wanted, False)
        try:
            with telemetry.span("provider.collect", round=one.round):
                answer = await self._answer(call, ticket)
        except Busy as busy:
            self._waits.append(busy.retry_after)
            return 0.0
        except Broken as broken:
            await self._write(lambda tx: submissions.void(tx, one))
            self._hiccup = broken
            return 0.0
        except Refused as refusal:
            await self._refuse(one, errors.refused(refusal))
            return 1.0
        except Unknown as unknown:
            log.warning("provider.collect_failed", reason=str(unknown), lost=one.lost + 1)
            await self._puzzled(one)
            return 0.0
        if isinstance(answer, Working):
            await self._write(lambda tx: submissions.look(tx, one))
            self._waits.append(pause(one.looks, answer.retry_after))
            if answer.begun and self._job.state == State.STARTING:
                await self._write(lambda tx: service.have_begun(tx, self._job.id, self._attempt))
            return min(max(answer.progress, 0.001 if answer.begun else 0), 1)
        telemetry.record("provider.wait", started_at=one.ticketed_at or one.sent_at, ended_at=self._claimed_at)
        await self._write(lambda tx: submissions.collect(tx, one, answer))
        return 1.0

    async def _answer(self, call: Call, ticket: Ticket) -> Working | Report:
        async with within(self._longest_call):
            return await self._provider.collect(call, ticket, self._delivery)

    async def _puzzled(self, one: Submission) -> None:
        """Count an answer that was lost; after too many in a row the outcome stays unknown."""
        if one.lost + 1 >= MOST_LOST:
            await self._refuse(one, errors.outcome_unknown())
            return
        await self._write(lambda tx: submissions.look(tx, one, lost=True))
        self._waits.append(pause(one.lost))

    async def _refuse(self, one: Submission, failure: Failure) -> None:
        await self._write(lambda tx: submissions.refuse(tx, one, failure.body()))

    async def _write(self, write: Callable[[Tx], Awaitable[object]]) -> None:
        async with self._db.transaction() as tx:
            await self._hold(tx)
            await write(tx)

    async def _hold(self, tx: Tx) -> None:
        if not await queue.holds(tx, self._attempt):
            raise asyncio.CancelledError("the job was taken from this worker")


def _ended(orders: Sequence[Submission]) -> Ended:
    """Everything that the orders of a job came to."""
    reports = [one.report for one in orders if one.report is not None]
    failures = [Failure(**one.failure) for one in orders if one.failure is not None]
    texts = [report.text for report in reports if report.text is not None]
    return Ended(
        Report(
            units=sum(report.units for report in reports),
            cost=MicroUsd(sum(report.cost for report in reports)),
            text="\n\n".join(texts) if texts else None,
            warnings=tuple(warning for report in reports for warning in report.warnings),
        ),
        failures[0] if failures else None,
        round(max(one.since_sent for one in orders).total_seconds() * 1000) if orders else None,
    )


class OrderCanceler:
    """Carries out `CancelOrders`: tells a provider that nobody waits any longer. If that is lost, nothing happens."""

    def __init__(self, db: Database, providers: Mapping[str, Provider]) -> None:
        self._db = db
        self._providers = providers

    async def run(self, claimed: queue.Claimed) -> None:
        """Tell it once."""
        task = CancelOrders.of(claimed.payload)
        provider = self._providers.get(task.provider)
        if isinstance(provider, Ticketed):
            for ticket in task.tickets:
                await provider.cancel(ticket)
        async with self._db.transaction() as tx:
            if await queue.complete(tx, claimed.attempt):
                await queue.give_place(tx, task.task_id)

    async def again(self, tx: Tx, claimed: queue.Claimed, why: queue.Again) -> None:
        """Try it again."""
        await queue.again(tx, claimed.attempt, why)

    async def give_up(self, tx: Tx, claimed: queue.Claimed, reason: str) -> None:
        """Keep it as a dead letter; the place is given back by time."""
        await queue.bury(tx, claimed.attempt, reason)
