"""Accepting orders and batches together has the same verdicts and leaves the same as accepting them step by step."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg
import pytest

from daygen.infra.db import Database
from daygen.infra.http import IdempotencyKey, IdempotencyMismatch, once
from daygen.jobs import Admission, Order, Priority, batches, service
from daygen.jobs.admission import MOST_WAITING
from daygen.jobs.schemas import BatchAccepted, JobAccepted
from daygen.kit.ids import JobId
from daygen.kit.problems import Problem, Unavailable
from tests.product import HOST, Ada, Daygen
from tests.promises.seeds import chances

pytestmark = pytest.mark.core

LEFT = {
    "accounts": "select available, held from accounts where workspace_id = $1",
    "window": "select per_minute, (select sum(n) from unnest(counts) n) from request_windows where workspace_id = $1",
    "holds": "select amount, state from holds where workspace_id = $1 order by amount",
    "transfers": """select debit, credit, amount, kind, cause_kind from transfers where workspace_id = $1
      order by kind, amount""",
    "jobs": """select j.provider, j.model, j.operation, j.count, j.state, j.priority, j.quoted, j.user_id, j.key_id,
      j.retry_of, j.parent_asset_id,
      j.deadline_at - j.created_at between interval '59 minutes' and interval '61 minutes',
      o.input, o.metadata, t.kind, t.priority, t.state, t.request_id, t.tag,
      (select (p.name, p.within is not null, l.owner = j.workspace_id)::text
        from lanes l join pools p on p.id = l.pool where l.id = t.lane),
      f.type, f.data - '{jobId,batchId,createdAt}'::text[], j.batch_id is null
      from jobs j join job_orders o on o.job_id = j.id join tasks t on t.id = j.task_id
      join outbox f on f.subject = j.id where j.workspace_id = $1 order by f.id""",
    "batches": """select b.size, b.finished_at, f.data - '{batchId,jobIds,createdAt}'::text[],
      (select array_agg((j.count, j.quoted) order by j.id)::text from jobs j where j.batch_id = b.id),
      (select jsonb_agg(o.data -> 'batchId' = f.data -> 'batchId' order by o.id) from outbox o join jobs j
        on j.id = o.subject where j.batch_id = b.id and o.id > f.id)
      from batches b join outbox f on f.subject = b.id where b.workspace_id = $1 order by f.id""",
    "keys": "select key, fingerprint, status from idempotency_keys where workspace_id = $1 order by key",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """An order of one of the workspaces; `key` with what it stands for. With `more` it is one for a batch."""

    who: int
    count: int
    prompt: str
    key: IdempotencyKey | None
    more: tuple[int, ...] = ()

    def order(self, daygen: Daygen, count: int = 0) -> Order:
        count = count or self.count
        plan = daygen.app.state.catalog.plan("fake/image", None, {"prompt": self.prompt, "seed": 7}, count)
        return Order(plan, Priority.HIGH if count == 2 else Priority.NORMAL, metadata={"count": count})

    def orders(self, daygen: Daygen) -> list[Order]:
        return [self.order(daygen, count) for count in (self.count, *self.more)]


def wishes(dice: Random, workspaces: int, many: int) -> list[Wish]:
    made: list[Wish] = []
    for number in range(many):
        prompt = f"picture {number % 7}"
        count = dice.randint(1, 4)
        key = IdempotencyKey(f"{count} of them", b"this") if dice.random() < 0.4 else None
        more = tuple(dice.choices(range(1, 4), k=dice.randint(1, 4))) if dice.random() < 0.3 else ()
        if key and more:
            key = IdempotencyKey(f"{count} and {more}", b"this")
        made.append(Wish(dice.randrange(workspaces), count, prompt, key, more))
    return made


async def step_by_step(daygen: Daygen, who: Ada, wish: Wish) -> Mapping[str, Any]:
    """What the admission stands for."""
    async with daygen.db.transaction() as tx, once(tx, who.id, wish.key) as answer:
        if not answer.known and wish.more:
            batch, _ = await batches.submit(tx, who.caller, wish.orders(daygen))
            answer.status, answer.body = 202, BatchAccepted.of(batch, HOST).body()
        elif not answer.known:
            job, _ = await service.submit(tx, who.caller, wish.order(daygen))
            answer.status, answer.body = 202, JobAccepted.of(job, HOST).body()
    return answer.body


async def outcome(daygen: Daygen, work: "asyncio.Future[Any] | Any") -> str:
    """In a word, comparable between twins: jobs are named by their counts."""
    try:
        body = await work
    except Problem as problem:
        facts = {name: fact for name, fact in problem.facts.items() if name != "retryAfterSeconds"}  # a second passed
        return f"{problem.code}: {facts}"
    jobs = body["jobIds"] if "jobIds" in body else [body["jobId"]]
    async with daygen.db.reading() as tx:
        counts = [await tx.value("select count from jobs where id = $1", JobId.parse(job_id)) for job_id in jobs]
    return f"accepted {counts}"


async def left(db: Database, who: Ada) -> Mapping[str, list[tuple[Any, ...]]]:
    async with db.reading() as tx:
        return {name: [tuple(row) for row in await tx.rows(question, who.id)] for name, question in LEFT.items()}


async def pairs(daygen: Daygen, dice: Random) -> list[tuple[Ada, Ada]]:
    """Workspaces that are alike but for their ids."""
    made: list[tuple[Ada, Ada]] = []
    for _ in range(dice.randint(1, 3)):
        purse, per_minute = dice.randint(0, 12), dice.choice([None, None, 3, 5])
        made.append((await daygen.workspace(purse, per_minute), await daygen.workspace(purse, per_minute)))
    return made


@pytest.mark.parametrize("example", range(8))
async def test_together_or_step_by_step_is_the_same(daygen: Daygen, example: int):
    dice = chances(f"admission {example}")
    twins = await pairs(daygen, dice)
    ordered = wishes(dice, len(twins), dice.randint(1, 24))
    admission = Admission(daygen.db, HOST)

    async def together(wish: Wish) -> Mapping[str, Any]:
        caller = twins[wish.who][1].caller
        if wish.more:
            return (await admission.submit_batch(caller, wish.orders(daygen), key=wish.key)).body
        return (await admission.submit(caller, wish.order(daygen), wish.key)).body

    one_by_one = [await outcome(daygen, step_by_step(daygen, twins[wish.who][0], wish)) for wish in ordered]
    at_once: Sequence[str] = await asyncio.gather(*(outcome(daygen, together(wish)) for wish in ordered))

    assert at_once == one_by_one
    for first, second in twins:
        assert await left(daygen.db, second) == await left(daygen.db, first)
    assert await daygen.audit() == []


async def test_the_first_order_of_a_workspace_needs_no_account(daygen: Daygen):
    ada = await daygen.workspace()
    async with daygen.db.transaction() as tx:
        await tx.run("delete from request_windows where workspace_id = $1", ada.id)

    answer = await daygen.api(ada).post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "a lighthouse"}})

    assert (answer.status_code, answer.json()["code"]) == (402, "ledger.insufficient_credits")


async def test_an_order_that_spoils_the_statement_harms_only_itself(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    admission = Admission(daygen.db, HOST)
    good, bad = Wish(0, 1, "a lighthouse", None).order(daygen), Wish(0, 1, "a \0 lighthouse", None).order(daygen)

    ends = await asyncio.gather(
        *(admission.submit(ada.caller, order) for order in (good, bad, good)), return_exceptions=True
    )

    assert [type(end).__name__ for end in ends] == ["Accepted", type(ends[1]).__name__, "Accepted"]
    assert isinstance(ends[1], asyncpg.DataError)
    assert await daygen.balance(ada) == 3
    assert await daygen.audit() == []


async def test_a_key_of_another_request_is_refused_also_within_one_statement(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    admission, order = Admission(daygen.db, HOST), Wish(0, 1, "a lighthouse", None).order(daygen)
    keys = [IdempotencyKey("a key", b"this"), IdempotencyKey("a key", b"that"), IdempotencyKey("a key", b"this")]

    ends = await asyncio.gather(*(admission.submit(ada.caller, order, key) for key in keys), return_exceptions=True)

    assert isinstance(ends[1], IdempotencyMismatch)
    assert not isinstance(ends[0], BaseException)
    assert not isinstance(ends[2], BaseException)
    assert ends[0].body == ends[2].body
    assert await daygen.balance(ada) == 4


async def test_an_order_on_top_of_too_many_is_told_to_come_back(daygen: Daygen):
    ada = await daygen.workspace(credits=5)
    admission = Admission(daygen.db, HOST)
    for lane in admission.lanes:
        lane.jobs_waiting = MOST_WAITING

    with pytest.raises(Unavailable):
        await admission.submit(ada.caller, Wish(0, 1, "a lighthouse", None).order(daygen))

    assert await daygen.balance(ada) == 5
