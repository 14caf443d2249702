"""Jobs that are ordered together: accepted as a whole or not at all, then each on its own way, and one end."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from daygen import ledger
from daygen.infra import queue
from daygen.infra.db import Database, Tx
from daygen.jobs import State, service
from daygen.jobs.service import Spent
from daygen.kit.ids import AssetId, JobId, TaskId, WorkerId
from daygen.kit.money import Millicredits
from daygen.providers import Report
from tests.product import Ada, Daygen

pytestmark = pytest.mark.core

LEFT = """
select (select count(*) from jobs), (select count(*) from batches), (select count(*) from holds),
  (select count(*) from tasks), (select count(*) from outbox where type <> 'credits.granted'),
  (select count(*) from idempotency_keys), (select held from accounts)
"""
NOTHING = (0, 0, 0, 0, 0, 0, 0)


def order(prompt: str = "a lighthouse", **changes: Any) -> dict[str, Any]:
    return {"model": "fake/image", "operation": "text_to_image", "input": {"prompt": prompt}} | changes


async def batch_of(daygen: Daygen, who: Ada, *orders: Mapping[str, Any], **headers: str) -> Mapping[str, Any]:
    answer = await daygen.api(who, **headers).post("/v1/batches", json={"orders": orders})
    assert answer.status_code == 202, answer.text
    accepted: Mapping[str, Any] = answer.json()
    return accepted


async def shown(daygen: Daygen, who: Ada, batch_id: str) -> Mapping[str, Any]:
    answer = await daygen.api(who).get(f"/v1/batches/{batch_id}")
    assert answer.status_code == 200, answer.text
    batch: Mapping[str, Any] = answer.json()
    return batch


async def story(daygen: Daygen, who: Ada) -> list[str]:
    async with daygen.db.reading() as tx:
        rows = await tx.rows(
            "select type from events where workspace_id = $1 and type ~ '^(job|batch)' order by seq", who.id
        )
    return [row["type"] for row in rows]


async def left(db: Database) -> tuple[Any, ...]:
    async with db.reading() as tx:
        row = await tx.row(LEFT)
    assert row is not None
    return tuple(row)


async def test_several_models_for_one_prompt_are_a_job_each(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    asked = order(count=2, metadata={"for": "ada"}) | {"model": None, "models": ["fake/image", "local/print"]}

    answer = await daygen.api(ada).post("/v1/jobs", json=asked)

    accepted = answer.json()
    here = f"http://daygen.test/v1/batches/{accepted['batchId']}"
    assert answer.status_code == 202
    assert accepted["quote"] == {"credits": 4}
    assert accepted["urls"] == {"self": here, "events": f"{here}/events", "cancel": f"{here}/cancel"}
    jobs = [await daygen.job(ada, job_id) for job_id in accepted["jobIds"]]
    assert [job["model"] for job in jobs] == ["fake/image", "local/print"]
    assert {job["batchId"] for job in jobs} == {accepted["batchId"]}
    assert {(job["input"]["prompt"], job["count"], job["metadata"]["for"]) for job in jobs} == {
        ("a lighthouse", 2, "ada")
    }
    batch = await shown(daygen, ada, accepted["batchId"])
    assert (batch["status"], batch["progress"], batch["jobIds"]) == ("queued", 0, accepted["jobIds"])
    assert batch["counts"] == {state: 2 if state == "queued" else 0 for state in State}
    assert batch["cost"] == {"quotedCredits": 4, "chargedCredits": 0}
    assert await daygen.balance(ada) == 6
    assert await daygen.audit() == []


async def test_a_batch_ends_once_with_its_last_job(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    accepted = await batch_of(daygen, ada, order("a"), order("b", count=2))

    await daygen.drain()

    batch = await shown(daygen, ada, accepted["batchId"])
    assert (batch["status"], batch["progress"]) == ("succeeded", 1)
    assert batch["cost"] == {"quotedCredits": 3, "chargedCredits": 3}
    assert batch["finishedAt"] is not None
    told = await story(daygen, ada)
    assert told[:3] == ["batch.created", "job.queued", "job.queued"]
    assert told[-1] == "batch.finished"
    assert told.count("batch.finished") == 1
    assert await daygen.audit() == []


async def test_a_sweep_is_a_job_for_each_wording_on_each_model(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    models = {"model": None, "models": ["fake/image", "local/print"], "sweep": True}

    answer = await daygen.api(ada).post("/v1/jobs", json=order("a {red|blue} boat") | models)

    jobs = [await daygen.job(ada, job_id) for job_id in answer.json()["jobIds"]]
    assert [(job["input"]["prompt"], job["model"]) for job in jobs] == [
        *(("a red boat", "fake/image"), ("a red boat", "local/print")),
        *(("a blue boat", "fake/image"), ("a blue boat", "local/print")),
    ]
    assert answer.json()["jobIds"] == sorted(answer.json()["jobIds"])


async def test_braces_of_an_order_that_asks_for_no_sweep_are_braces(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    plain = await daygen.job(ada, await daygen.order(ada, "a {red|blue boat"))
    accepted = await batch_of(daygen, ada, order("a {red|blue} boat"))

    assert plain["input"]["prompt"] == "a {red|blue boat"
    assert (await daygen.job(ada, accepted["jobIds"][0]))["input"]["prompt"] == "a {red|blue} boat"


GOOD = order()
EMPTY: dict[str, Any] = {"input": {}}
MANY = order("{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6}", sweep=True)


WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("/v1/batches", {"orders": []}, ["orders"]),
    ("/v1/batches", {"orders": [GOOD] * 101}, ["orders"]),
    ("/v1/batches", {"orders": [MANY, GOOD, MANY]}, ["orders"]),
    ("/v1/batches", {"orders": [GOOD, order("{a", sweep=True)]}, ["orders[1].input.prompt"]),
    ("/v1/batches", {"orders": [GOOD, GOOD, order("{1|2}" * 7, sweep=True)]}, ["orders[2].input.prompt"]),
    ("/v1/batches", {"orders": [GOOD, GOOD, GOOD, order("x" * 9000)]}, ["orders[3].input.prompt"]),
    ("/v1/batches", {"orders": [order("{" + "x" * 9000 + "|x}", sweep=True)]}, ["orders[0].input.prompt"]),
    ("/v1/batches", {"orders": [GOOD, order(model="fake/none")]}, ["orders[1].model"]),
    ("/v1/batches", {"orders": [order(count=0), GOOD, EMPTY]}, ["orders[0].count"]),
    ("/v1/batches", {"orders": [order(count=17), GOOD, order(x=1)]}, ["orders[0].count", "orders[2].x"]),
    ("/v1/batches", {"orders": [EMPTY, order(models=["x"])]}, ["orders[0].model", "orders[1].models"]),
    ("/v1/batches", {"orders": [order(model=None, models=["fake/image", "fake/none"])]}, ["orders[0].models[1]"]),
    ("/v1/batches", {"orders": [order(operation="describe")]}, ["orders[0].operation"]),
    ("/v1/batches", {"orders": [order(webhookUrl="ftp://x")]}, ["orders[0].webhookUrl"]),
    ("/v1/batches", {"orders": [order(webhookEvents=["job.output"])]}, ["orders[0].webhookEvents"]),
    ("/v1/batches", {"orders": [GOOD], "webhookUrl": "http://127.0.0.1/"}, ["webhookUrl"]),
    ("/v1/batches", {"orders": [GOOD], "models": ["fake/image"]}, ["models"]),
    ("/v1/jobs", order(models=["fake/image"]), ["models"]),
    ("/v1/jobs", order(model=None, models=[]), ["models"]),
    ("/v1/jobs", order(model=None), ["model"]),
    ("/v1/jobs", order(model=None, sweep=True), ["model"]),
    ("/v1/jobs", order(model=None, models=["fake/none", "fake/image"]), ["models[0]"]),
    ("/v1/jobs", order("{1|2|3}", sweep=True, model=None, models=["fake/image"] * 40), ["models"]),
    ("/v1/jobs", order("a } b", sweep=True), ["input.prompt"]),
    ("/v1/jobs", order("x" * 9000, model=None, models=["fake/image", "local/print"]), ["input.prompt"] * 2),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "wrong"), WRONG)
async def test_one_order_that_is_wrong_refuses_all_and_is_named(
    daygen: Daygen, path: str, body: Mapping[str, Any], wrong: Sequence[str]
):
    ada = await daygen.workspace(credits=1000)

    answer = await daygen.api(ada, **{"Idempotency-Key": "a key"}).post(path, json=body)
    quoted = await daygen.api(ada).post("/v1/quotes", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert [error["path"] for error in answer.json()["errors"]] == wrong
    assert quoted.json()["errors"] == answer.json()["errors"]
    assert await left(daygen.db) == NOTHING


async def test_a_source_that_is_not_there_refuses_all_and_is_named(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await daygen.order(eve)
    await daygen.drain()
    theirs = (await daygen.api(eve).get("/v1/jobs")).json()["data"][0]["outputs"][0]["assetId"]
    missing = str(AssetId.new())
    edits = [
        {"model": "fake/edit", "input": {"prompt": "x", "image": {"assetId": asset}}} for asset in (theirs, missing)
    ]

    answer = await daygen.api(ada).post("/v1/batches", json={"orders": [GOOD, *edits]})

    assert answer.status_code == 422
    paths = [error["path"] for error in answer.json()["errors"]]
    assert paths == ["orders[1].input.image.assetId", "orders[2].input.image.assetId"]
    assert await daygen.events(ada) == []
    assert await daygen.balance(ada) == 10


async def test_what_a_workspace_cannot_pay_as_a_whole_is_refused_as_a_whole(daygen: Daygen):
    ada = await daygen.workspace(credits=4)

    answer = await daygen.api(ada, **{"Idempotency-Key": "a key"}).post("/v1/batches", json={"orders": [GOOD] * 5})

    told = answer.json()
    assert (answer.status_code, told["code"]) == (402, "ledger.insufficient_credits")
    assert (told["neededCredits"], told["availableCredits"]) == (5, 4)
    assert await left(daygen.db) == NOTHING


async def test_each_job_of_a_batch_counts_as_a_request(daygen: Daygen):
    ada = await daygen.workspace(credits=100, per_minute=10)
    first = await daygen.api(ada).post("/v1/batches", json={"orders": [GOOD] * 6})
    before = await left(daygen.db)

    second = await daygen.api(ada, **{"Idempotency-Key": "a key"}).post("/v1/batches", json={"orders": [GOOD] * 5})
    third = await daygen.api(ada).post("/v1/batches", json={"orders": [GOOD] * 4})
    one_more = await daygen.api(ada).post("/v1/jobs", json=GOOD)

    assert (first.status_code, first.headers["X-RateLimit-Remaining"]) == (202, "4")
    assert (second.status_code, second.json()["code"]) == (429, "limits.rate_exceeded")
    assert 60 <= int(second.headers["Retry-After"]) <= 61
    assert (third.status_code, third.headers["X-RateLimit-Remaining"]) == (202, "0")
    assert one_more.status_code == 429
    assert before[:-1] == (6, 1, 6, 6, 7, 0)
    assert await daygen.balance(ada) == 90


async def test_more_than_the_limit_at_once_is_refused_for_good(daygen: Daygen):
    ada = await daygen.workspace(credits=100, per_minute=10)

    answer = await daygen.api(ada).post("/v1/batches", json={"orders": [GOOD] * 11})

    assert (answer.status_code, answer.json()["code"]) == (422, "limits.more_than_the_limit")
    assert answer.json()["limit"] == 10
    assert "Retry-After" not in answer.headers
    assert await left(daygen.db) == NOTHING


async def test_sent_again_with_its_key_it_is_the_same_batch(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    api = daygen.api(ada, **{"Idempotency-Key": "a key"})
    body = {"orders": [order("a"), order("b")]}

    answers = await asyncio.gather(*(api.post("/v1/batches", json=body) for _ in range(20)))
    other = await api.post("/v1/batches", json={"orders": [order("a")]})

    assert {answer.status_code for answer in answers} == {202}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert (other.status_code, other.json()["code"]) == (422, "request.idempotency_mismatch")
    assert (await left(daygen.db))[:3] == (2, 1, 2)
    assert await daygen.balance(ada) == 8
    assert await daygen.audit() == []


async def test_a_refusal_for_money_is_not_kept_under_the_key(daygen: Daygen):
    ada = await daygen.workspace(credits=1)
    api = daygen.api(ada, **{"Idempotency-Key": "a key"})
    refused = await api.post("/v1/batches", json={"orders": [GOOD, GOOD]})
    async with daygen.db.transaction() as tx:
        await ledger.grant(tx, ada.id, Millicredits(1000), reason="for the test")

    paid = await api.post("/v1/batches", json={"orders": [GOOD, GOOD]})

    assert (refused.status_code, paid.status_code) == (402, 202)
    assert await daygen.audit() == []


async def test_the_first_order_of_a_workspace_may_be_a_batch(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with daygen.db.transaction() as tx:
        await tx.run("delete from request_windows where workspace_id = $1", ada.id)
    api = daygen.api(ada, **{"Idempotency-Key": "a key"})

    answer = await api.post("/v1/batches", json={"orders": [order("a"), order("b")]})
    again = await api.post("/v1/batches", json={"orders": [order("a"), order("b")]})

    assert answer.status_code == 202
    assert again.json() == answer.json()
    assert answer.headers["X-RateLimit-Remaining"] == "1198"
    assert (await left(daygen.db))[:4] == (2, 1, 2, 2)
    assert await daygen.audit() == []


async def test_pools_are_opened_in_one_order_whatever_that_of_the_models(daygen: Daygen):
    """Two workspaces that each opened the pool the other waits for would wait for ever."""
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    async with daygen.db.transaction() as tx:
        await tx.run("delete from request_windows where workspace_id = $1", eve.id)  # eve's goes step by step

    for who in (ada, eve):
        async with daygen.db.transaction() as tx:
            await tx.run("truncate pools restart identity cascade")
        await daygen.api(who).post("/v1/jobs", json=order(model=None, models=["local/print", "fake/image"]))

        async with daygen.db.reading() as tx:
            pools = [row["name"] for row in await tx.rows("select name from pools order by id")]
        assert pools == ["fake", "fake/image", "local", "local/print"]


@pytest.mark.parametrize(
    ("prompts", "status"),
    [
        (["a", "b"], "succeeded"),
        (["a", "[[refuse]]"], "partially_succeeded"),
        (["a", "canceled"], "partially_succeeded"),
        (["[[refuse]]", "canceled"], "failed"),
        (["late", "canceled"], "expired"),
        (["canceled", "canceled"], "canceled"),
    ],
)
async def test_how_a_batch_ends_is_told_by_its_jobs(daygen: Daygen, prompts: Sequence[str], status: str):
    ada = await daygen.workspace(credits=10)
    deadlines = {"late": 1}
    orders = [order(prompt, deadlineSeconds=deadlines.get(prompt, 3600)) for prompt in prompts]
    accepted = await batch_of(daygen, ada, *orders)
    for prompt, job_id in zip(prompts, accepted["jobIds"], strict=True):
        if prompt == "canceled":
            await daygen.api(ada).post(f"/v1/jobs/{job_id}/cancel")
        if prompt == "late":
            await daygen.later(seconds=2)
            async with daygen.db.transaction() as tx:
                await service.expire(tx, JobId.parse(job_id))

    await daygen.drain()

    batch = await shown(daygen, ada, accepted["batchId"])
    states = [(await daygen.job(ada, job_id))["status"] for job_id in accepted["jobIds"]]
    assert (batch["status"], batch["progress"]) == (status, 1)
    assert batch["counts"] == {state: states.count(state) for state in State}
    assert batch["cost"]["chargedCredits"] == states.count("succeeded")
    assert (await story(daygen, ada)).count("batch.finished") == 1
    assert await daygen.audit() == []


async def test_a_batch_is_on_its_way_while_a_job_of_it_is(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    accepted = await batch_of(daygen, ada, order(), order(), order(), order())
    await daygen.api(ada).post(f"/v1/jobs/{accepted['jobIds'][2]}/cancel")

    batch = await shown(daygen, ada, accepted["batchId"])

    assert (batch["status"], batch["progress"], batch["finishedAt"]) == ("processing", 0.25, None)
    assert (batch["counts"]["queued"], batch["counts"]["canceled"]) == (3, 1)


async def begun(daygen: Daygen) -> dict[str, queue.Attempt]:
    """Put every job into the hands of a worker of its own; the attempts."""
    attempts: dict[str, queue.Attempt] = {}
    async with daygen.db.transaction() as tx:
        for row in await tx.rows(
            "update tasks set state = 'running', attempt = attempt + 1, worker_id = $1, started_at = daygen_now() "
            "returning id, attempt, payload",
            WorkerId.new(),
        ):
            attempt = queue.Attempt(TaskId.of(row["id"]), row["attempt"], WorkerId.new(), 0, 0, None)
            job_id = row["payload"]["jobId"]
            attempts[job_id] = attempt
            assert await service.begin(tx, JobId.parse(job_id), attempt)
    return attempts


async def finish(tx: Tx, who: Ada, job_id: str, attempt: queue.Attempt) -> None:
    """End a job as its worker does, with a text."""
    job = await service.find(tx, who.id, JobId.parse(job_id))
    assert await service.finish(tx, job, attempt, Report(units=1, text="done"), Spent("succeeded", 1))


async def test_what_is_left_of_a_batch_is_canceled_together(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    accepted = await batch_of(daygen, ada, *[GOOD] * 3)
    attempts = await begun(daygen)
    first = accepted["jobIds"][0]
    async with daygen.db.transaction() as tx:
        await finish(tx, ada, first, attempts[first])
    path = f"/v1/batches/{accepted['batchId']}/cancel"
    other = await batch_of(daygen, ada, GOOD)

    canceled = await daygen.api(ada, **{"Idempotency-Key": "cancel"}).post(path)
    repeated = await daygen.api(ada, **{"Idempotency-Key": "cancel"}).post(path)
    again = await daygen.api(ada).post(path)

    assert canceled.status_code == 200
    assert repeated.json() == again.json() == canceled.json() == await shown(daygen, ada, accepted["batchId"])
    assert canceled.json()["status"] == "partially_succeeded"
    assert (canceled.json()["counts"]["succeeded"], canceled.json()["counts"]["canceled"]) == (1, 2)
    assert canceled.json()["cost"] == {"quotedCredits": 3, "chargedCredits": 1}
    assert (await shown(daygen, ada, other["batchId"]))["status"] == "queued"
    await daygen.drain()
    assert await daygen.balance(ada) == 8
    assert (await story(daygen, ada)).count("batch.finished") == 2
    assert await daygen.audit() == []


async def test_two_jobs_that_end_at_the_same_moment_end_their_batch_once(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    accepted = await batch_of(daygen, ada, GOOD, GOOD)
    attempts = await begun(daygen)
    one, other = accepted["jobIds"]

    async with daygen.db.transaction() as tx:
        await finish(tx, ada, one, attempts[one])
        second = asyncio.create_task(_in_a_transaction(daygen, ada, other, attempts[other]))
        await daygen.until("select exists (select from pg_stat_activity where wait_event_type = 'Lock')")
    await second
    await daygen.drain()

    assert (await story(daygen, ada))[-3:] == ["job.succeeded", "job.succeeded", "batch.finished"]
    assert (await shown(daygen, ada, accepted["batchId"]))["status"] == "succeeded"
    assert await daygen.audit() == []


async def _in_a_transaction(daygen: Daygen, who: Ada, job_id: str, attempt: queue.Attempt) -> None:
    async with daygen.db.transaction() as tx:
        await finish(tx, who, job_id, attempt)


WAITING = "select {} = (select count(*) from pg_stat_activity where wait_event_type = 'Lock')"


async def test_a_cancel_and_a_return_to_the_queue_do_not_wait_for_each_other_for_ever(daygen: Daygen):
    """Each frees a place of a capped workspace, whose share is locked then: all tasks are locked before it."""
    ada = await daygen.workspace(credits=10)
    async with daygen.db.transaction() as tx:
        await queue.set_share_cap(tx, ada.id, 3)
    accepted = await batch_of(daygen, ada, GOOD, GOOD)
    attempts = await begun(daygen)
    last = accepted["jobIds"][0]  # of those that are canceled, the newest first

    async def put_back() -> bool:
        async with daygen.db.transaction() as tx:
            return await service.put_back(tx, JobId.parse(last), attempts[last], queue.Again("for the test"))

    async with daygen.db.transaction() as tx:
        await tx.run("select from shares for update")
        canceling = asyncio.create_task(daygen.api(ada).post(f"/v1/batches/{accepted['batchId']}/cancel"))
        await daygen.until(WAITING.format(1))
        returning = asyncio.create_task(put_back())
        await daygen.until(WAITING.format(2))
    canceled, returned = await asyncio.gather(canceling, returning)

    assert (canceled.status_code, canceled.json()["counts"]["canceled"], returned) == (200, 2, False)
    await daygen.drain()
    assert await daygen.audit() == []


async def test_a_quote_is_the_sum_of_its_lines(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    several = order("a {red|blue} boat", sweep=True, count=2) | {"model": None, "models": ["fake/image", "local/print"]}

    one = await daygen.api(ada).post("/v1/quotes", json=several)
    batch = await daygen.api(ada).post("/v1/quotes", json={"orders": [several, GOOD]})

    assert (one.status_code, one.json()["credits"], len(one.json()["lines"])) == (200, 8, 4)
    assert (batch.json()["credits"], [line["credits"] for line in batch.json()["lines"]]) == (9, [2, 2, 2, 2, 1])
    assert await left(daygen.db) == NOTHING


async def test_batches_are_listed_newest_first_and_jobs_by_their_batch(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await batch_of(daygen, eve, GOOD)
    accepted = [await batch_of(daygen, ada, order(f"{number}"), order("x")) for number in range(3)]
    await daygen.order(ada)
    api = daygen.api(ada)

    first = (await api.get("/v1/batches", params={"limit": 2})).json()
    rest = (await api.get("/v1/batches", params={"limit": 2, "cursor": first["nextCursor"]})).json()
    jobs = (await api.get("/v1/jobs", params={"batchId": accepted[1]["batchId"]})).json()["data"]
    found = (await api.get("/v1/jobs", params={"batchId": accepted[1]["batchId"], "q": "1"})).json()["data"]
    theirs = (await daygen.api(eve).get("/v1/jobs", params={"batchId": accepted[1]["batchId"]})).json()["data"]

    listed = [batch["id"] for batch in [*first["data"], *rest["data"]]]
    assert listed == [batch["batchId"] for batch in reversed(accepted)]
    assert first["data"][0] == await shown(daygen, ada, accepted[2]["batchId"])
    assert rest["nextCursor"] is None
    assert [job["id"] for job in jobs] == accepted[1]["jobIds"][::-1]
    assert [job["id"] for job in found] == accepted[1]["jobIds"][:1]
    assert theirs == []


async def test_who_prefers_to_wait_is_answered_with_the_whole_batch(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    both = order(model=None, models=["fake/image", "fake/image"])
    feeding = asyncio.create_task(daygen.app.state.feed.turn())
    asked = asyncio.create_task(daygen.api(ada, Prefer="wait=20").post("/v1/jobs", json=both))
    await daygen.until("select exists (select from batches)")
    await daygen.drain()

    answer = await asked
    impatient = await daygen.api(ada, Prefer="wait=0").post("/v1/batches", json={"orders": [GOOD]})

    await feeding
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait")
    assert (answer.json()["status"], answer.json()["counts"]["succeeded"]) == ("succeeded", 2)
    assert (impatient.status_code, impatient.json()["status"]) == (200, "queued")


async def test_a_retried_job_is_in_no_batch(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    accepted = await batch_of(daygen, ada, order("[[refuse]]"))
    await daygen.drain()

    retried = await daygen.api(ada).post(f"/v1/jobs/{accepted['jobIds'][0]}/retry")

    assert (await daygen.job(ada, retried.json()["jobId"]))["batchId"] is None
    assert (await shown(daygen, ada, accepted["batchId"]))["jobIds"] == accepted["jobIds"]
