"""The operator's queue: behind a wall, true to the tables, and dead letters tried again as the command line does."""

from uuid import uuid4

import pytest

from daygen import identity
from daygen.identity import ALL_SCOPES, Scope
from daygen.infra import queue
from daygen.kit.ids import TaskId, WorkerId
from tests.product import Ada, Daygen

QUEUE = "/v1/admin/queue"


async def key_of_a_user(daygen: Daygen, *, is_operator: bool, scopes: frozenset[Scope] = ALL_SCOPES) -> Ada:
    """A key of a user of their own."""
    async with daygen.db.transaction() as tx:
        user, workspace = await identity.add_user(tx, f"{uuid4().hex}@example.test", "Kim", is_operator=is_operator)
        _, key = await identity.issue_key(tx, workspace.id, user.id, name="a key", scopes=scopes)
    return Ada(workspace.id, key)


async def dead_job(daygen: Daygen, who: Ada, prompt: str = "[[broken]]") -> str:
    """A job that was tried until nobody would any more."""
    job_id = await daygen.order(who, prompt)
    for _ in range(5):
        await daygen.later(seconds=600)
        await daygen.drain()
    assert (await daygen.job(who, job_id))["status"] == "failed"
    return job_id


async def dead_letters(daygen: Daygen) -> list[TaskId]:
    async with daygen.db.reading() as tx:
        return [TaskId.of(row["id"]) for row in await queue.dead(tx)]


def replaying(task_id: TaskId) -> str:
    return f"{QUEUE}/dead/{task_id}/replay"


@pytest.mark.parametrize(("is_operator", "scopes"), [(False, ALL_SCOPES), (True, ALL_SCOPES - {Scope.ADMIN})])
async def test_nobody_but_an_operator_with_the_scope_admin_sees_or_replays(
    daygen: Daygen, is_operator: bool, scopes: frozenset[Scope]
):
    ada = await daygen.workspace(credits=1)
    await dead_job(daygen, ada)
    (task_id,) = await dead_letters(daygen)
    client = daygen.api(await key_of_a_user(daygen, is_operator=is_operator, scopes=scopes))

    answers = [await client.get(QUEUE), await client.post(replaying(task_id))]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "identity.forbidden")] * 2
    assert await dead_letters(daygen) == [task_id]


async def test_a_key_that_is_no_users_and_a_stranger_are_turned_away(daygen: Daygen):
    whole = await daygen.workspace()

    assert (await daygen.api(whole).get(QUEUE)).status_code == 403
    assert (await daygen.api().get(QUEUE)).status_code == 401


async def test_who_is_no_operator_any_more_is_turned_away_at_once(daygen: Daygen):
    once = await key_of_a_user(daygen, is_operator=True)
    client = daygen.api(once)
    assert (await client.get(QUEUE)).status_code == 200

    async with daygen.db.transaction() as tx:
        await tx.run("update users set is_operator = false")

    assert (await client.get(QUEUE)).status_code == 403


async def test_an_empty_queue_is_shown_as_one(daygen: Daygen):
    operator = await daygen.operator()

    seen = (await daygen.api(operator).get(QUEUE)).json()

    assert (seen["depths"], seen["oldestReadySeconds"], seen["lanes"], seen["dead"]) == ([], 0, [], [])


async def test_the_queue_is_shown_as_it_is(daygen: Daygen):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=100)
    await daygen.order(ada)
    await daygen.drain()  # so that there are pools
    async with daygen.db.transaction() as tx:
        await queue.set_cap(tx, "fake/image", 2)
        await queue.set_weight(tx, ada.id, 3)
        await queue.set_share_cap(tx, ada.id, 7)
    for _ in range(3):
        await daygen.order(ada)
    await daygen.later(seconds=90)
    one = WorkerId.new()
    async with daygen.db.transaction() as tx:
        await tx.run(
            "insert into workers (id, host, pid, lease_until, longest_call) "
            "values ($1, 'press-1', 4711, daygen_now() + interval '20 s', interval '60 s')",
            one,
        )
        await tx.run(
            "update tasks set state = 'running', worker_id = $1, attempt = 1, started_at = daygen_now() "
            "where id in (select id from tasks order by id limit 2)",
            one,
        )

    seen = (await daygen.api(operator).get(QUEUE)).json()

    assert [(depth["state"], depth["tasks"]) for depth in seen["depths"]] == [("ready", 1), ("running", 2)]
    assert 90 <= seen["oldestReadySeconds"] < 120
    pools = {pool["name"]: pool for pool in seen["pools"]}
    assert {"within": "fake", "cap": 2, "room": 0, "running": 2, "adrift": 0, "flow": "full"}.items() <= pools[
        "fake/image"
    ].items()
    assert {"within": None, "cap": None, "running": 2, "flow": "open"}.items() <= pools["fake"].items()
    (lane,) = seen["lanes"]
    assert (lane["workspaceId"], lane["workspaceName"], lane["pool"]) == (str(ada.id), "Ada's", "fake/image")
    assert (lane["weight"], lane["cap"], lane["tasks"]) == (3, 7, {"ready": 1, "running": 2})
    worker = next(worker for worker in seen["workers"] if worker["id"] == str(one))
    assert (worker["host"], worker["pid"], worker["running"]) == ("press-1", 4711, 2)
    assert 0 < worker["leaseSeconds"] <= 20


@pytest.mark.parametrize(("cap", "paused", "flow"), [(0, False, "stopped"), (None, True, "paused")])
async def test_a_pool_that_gives_nothing_out_says_why(daygen: Daygen, cap: int | None, paused: bool, flow: str):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=1)
    await daygen.order(ada)
    async with daygen.db.transaction() as tx:
        await queue.set_cap(tx, "fake/image", cap)
        if paused:
            await tx.run("update pools set paused_until = daygen_now() + interval '1 hour' where name = 'fake/image'")

    pools = (await daygen.api(operator).get(QUEUE)).json()["pools"]

    (pool,) = (pool for pool in pools if pool["name"] == "fake/image")
    assert pool["flow"] == flow
    assert (pool["pausedSeconds"] > 3500) is paused


async def test_a_dead_letter_tells_whose_it_is_and_why(daygen: Daygen):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=1)
    job_id = await dead_job(daygen, ada)

    seen = (await daygen.api(operator).get(QUEUE)).json()

    (letter,) = seen["dead"]
    assert [(depth["state"], depth["tasks"]) for depth in seen["depths"]] == [("dead", 1)]
    assert (letter["jobId"], letter["kind"], letter["pool"]) == (job_id, "RunJob", "fake/image")
    assert (letter["workspaceName"], letter["workspaceId"]) == ("Ada's", str(ada.id))
    assert (letter["failures"], letter["crashes"]) == (4, 0)  # the fifth buried it
    assert letter["reason"]
    assert letter["queuedAt"] < seen["at"]


async def test_no_more_than_the_newest_fifty_dead_letters_are_shown(daygen: Daygen):
    operator = await daygen.operator()
    async with daygen.db.transaction() as tx:
        ids = [TaskId.new() for _ in range(51)]
        for one in ids:
            await tx.rows(
                "select daygen_enqueue($1, 'Sweep', '{}', 'house', null, $2, null, 0::int2, null, null)", one, uuid4()
            )
        await tx.run("update tasks set state = 'dead', crashes = 8")

    seen = (await daygen.api(operator).get(QUEUE)).json()

    assert [letter["taskId"] for letter in seen["dead"]] == [str(one) for one in sorted(ids, reverse=True)[:50]]
    assert {(letter["jobId"], letter["workspaceName"]) for letter in seen["dead"]} == {(None, None)}
    assert seen["depths"][0]["tasks"] == 51


async def test_a_replayed_job_is_ordered_anew_charged_and_carried_out(daygen: Daygen):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=3)
    failed = await daygen.order(ada)
    for _ in range(queue.CRASHES):
        await daygen.claim_and_die()
        await daygen.worker.reap()
    (task_id,) = await dead_letters(daygen)
    (letter,) = (await daygen.api(operator).get(QUEUE)).json()["dead"]
    assert (letter["crashes"], await daygen.balance(ada)) == (queue.CRASHES - 1, 3)

    answer = await daygen.api(operator).post(replaying(task_id))
    held = await daygen.balance(ada)
    await daygen.drain()

    assert answer.status_code == 202
    replayed = answer.json()
    assert replayed["taskId"] == str(task_id)
    assert replayed["jobId"] != failed
    job = await daygen.job(ada, replayed["jobId"])
    assert (job["status"], job["cost"]["chargedCredits"]) == ("succeeded", 1)
    assert (held, await daygen.balance(ada)) == (2, 2)
    assert (await daygen.api(operator).get(QUEUE)).json()["dead"] == []
    assert await daygen.audit() == []


async def test_a_replayed_task_that_is_no_job_is_ready_again(daygen: Daygen):
    operator, task_id = await daygen.operator(), TaskId.new()
    async with daygen.db.transaction() as tx:
        await tx.rows(
            "select daygen_enqueue($1, 'Sweep', '{}', 'house', null, $2, null, 0::int2, null, null)", task_id, uuid4()
        )
        await tx.run("update tasks set state = 'dead', crashes = 8")

    answer = await daygen.api(operator).post(replaying(task_id))

    assert (answer.status_code, answer.json()) == (202, {"taskId": str(task_id), "jobId": None})
    async with daygen.db.reading() as tx:
        task = await tx.row("select state, crashes from tasks where id = $1", task_id)
    assert task is not None
    assert tuple(task) == ("ready", 0)


async def test_a_replay_that_cannot_be_paid_leaves_the_dead_letter(daygen: Daygen):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=1)
    await dead_job(daygen, ada)
    await daygen.order(ada)  # for the last credit
    (task_id,) = await dead_letters(daygen)

    refused = await daygen.api(operator).post(replaying(task_id))

    assert (refused.status_code, refused.json()["code"]) == (402, "ledger.insufficient_credits")
    assert await dead_letters(daygen) == [task_id]
    assert await daygen.balance(ada) == 0


async def test_two_replays_order_once(daygen: Daygen):
    operator, ada = await daygen.operator(), await daygen.workspace(credits=9)
    await dead_job(daygen, ada)
    (task_id,) = await dead_letters(daygen)
    client = daygen.api(operator)

    first = await client.post(replaying(task_id), headers={"Idempotency-Key": "again"})
    repeated = await client.post(replaying(task_id), headers={"Idempotency-Key": "again"})
    second = await client.post(replaying(task_id))

    assert repeated.json() == first.json()
    assert (second.status_code, second.json()["code"]) == (404, "admin.dead_letter_not_found")
    assert await daygen.balance(ada) == 8
