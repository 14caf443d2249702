"""Webhooks from the order to the receiver: signed, in order, again until taken, and on the log."""

from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from tests.product import Ada, Daygen
from tests.receiver import Message, Mood, receiving

pytestmark = pytest.mark.core
HERE: Mapping[str, Any] = {"egress_allow": (ip_network("127.0.0.0/8"),), "webhook_timeout": timedelta(seconds=0.5)}


@pytest.fixture
async def daygen(database: str, tmp_path: Path) -> AsyncGenerator[Daygen]:
    """The product, free to reach this machine, and quick to try again."""
    async with Daygen.open(database, tmp_path, **HERE, webhook_retry_scale=0.001) as product:
        yield product


async def endpoint(daygen: Daygen, ada: Ada, url: str, *types: str) -> Mapping[str, Any]:
    answer = await daygen.api(ada).post("/v1/webhook-endpoints", json={"url": url, "eventTypes": [*types]})
    assert answer.status_code == 201, answer.text
    made: Mapping[str, Any] = answer.json()
    return made


async def deliveries(daygen: Daygen, ada: Ada, **query: str) -> list[Mapping[str, Any]]:
    answer = await daygen.api(ada).get("/v1/webhook-deliveries", params=query)
    assert answer.status_code == 200, answer.text
    found: list[Mapping[str, Any]] = answer.json()["data"]
    return found


def first(mood: Mood, times: int = 1):
    def choose(_message: Message, before: int) -> Mood:
        return mood if before < times else "ok"

    return choose


async def test_an_endpoint_is_told_everything_in_order_and_signed(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving() as receiver:
        made = await endpoint(daygen, ada, receiver.url)

        job_id = await daygen.order(ada)
        await daygen.drain()

    assert receiver.types(job_id) == ["job.queued", "job.started", "job.output", "job.succeeded"]
    assert all(message.verified(made["secret"]) for message in receiver.taken)
    last = receiver.taken[-1].event
    assert (last["data"]["status"], last["data"]["progress"]) == ("succeeded", 1)
    assert last["data"]["resultUrl"].startswith("http")
    assert [message.event["seq"] for message in receiver.taken] == sorted(m.event["seq"] for m in receiver.taken)
    log = await deliveries(daygen, ada)
    assert [(one["type"], one["status"], one["attempts"], one["statusCode"]) for one in log] == [
        (kind, "delivered", 1, 204) for kind in ("job.succeeded", "job.output", "job.started", "job.queued")
    ]
    assert await daygen.audit() == []


async def test_an_endpoint_is_told_only_what_it_asked_for_and_only_of_its_own_workspace(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    async with receiving() as receiver:
        await endpoint(daygen, ada, receiver.url, "job.succeeded", "job.failed")

        for who in (ada, eve):
            await daygen.order(who)
            await daygen.order(who, prompt="[[refuse]]")
        await daygen.drain()

    assert sorted(receiver.types()) == ["job.failed", "job.succeeded"]
    assert {message.event["workspaceId"] for message in receiver.taken} == {str(ada.id)}


async def test_an_address_that_a_job_names_is_told_of_its_end_signed_by_the_workspace(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    secret = (await daygen.api(ada).get("/v1/webhook-secret")).json()["secret"]
    async with receiving() as receiver:
        plain = await daygen.order(ada, webhookUrl=receiver.url)
        more = await daygen.order(ada, webhookUrl=receiver.url, webhookEvents=["job.started"])
        await daygen.order(ada)
        await daygen.drain()
        retried = (await daygen.api(ada).post(f"/v1/jobs/{plain}/retry")).json()["jobId"]
        await daygen.drain()

    assert receiver.types(plain) == ["job.succeeded"]
    assert receiver.types(more) == ["job.started", "job.succeeded"]
    assert receiver.types(retried) == ["job.succeeded"]
    assert len(receiver.taken) == 4
    assert all(message.verified(secret) for message in receiver.taken)
    assert await daygen.audit() == []


async def test_an_address_that_a_batch_names_is_told_of_its_end_and_its_orders_addresses_of_theirs(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    order = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}
    secret = (await daygen.api(ada).get("/v1/webhook-secret")).json()["secret"]
    async with receiving() as whole, receiving() as each, receiving() as endpoint_:
        await endpoint(daygen, ada, endpoint_.url, "batch.created", "batch.finished")
        orders = [order | {"webhookUrl": each.url}, order]
        batch = await daygen.api(ada).post("/v1/batches", json={"orders": orders, "webhookUrl": whole.url})
        await daygen.drain()

    (finished,) = whole.taken
    assert finished.verified(secret)
    assert (finished.event["type"], finished.event["data"]["batchId"]) == ("batch.finished", batch.json()["batchId"])
    assert (finished.event["data"]["status"], finished.event["data"]["jobIds"]) == ("succeeded", batch.json()["jobIds"])
    assert each.types(batch.json()["jobIds"][0]) == ["job.succeeded"]
    assert len(each.taken) == 1
    assert each.taken[0].event["data"]["batchId"] == batch.json()["batchId"]
    assert [message.event["type"] for message in endpoint_.taken] == ["batch.created", "batch.finished"]
    assert await daygen.audit() == []


async def test_progress_comes_to_who_asks_for_it(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving() as receiver:
        job_id = await daygen.order(ada, webhookUrl=receiver.url, webhookEvents=["job.progress"])
        async with daygen.db.transaction() as tx:
            await tx.run("update jobs set state = 'processing', attempt = 1 where true")
            await tx.run("insert into job_progress (job_id, workspace_id, attempt, share) "
                         "select id, workspace_id, 1, 0.25 from jobs")  # fmt: skip
        await daygen.forwarder.turn()
        async with daygen.db.transaction() as tx:  # nobody was told yet: the note is brought up to date
            await tx.run("update job_progress set share = 0.5, version = nextval('job_progress_version')")
        await daygen.forwarder.turn()
        async with daygen.db.transaction() as tx:
            await tx.run("update jobs set state = 'queued', attempt = 0 where true")
            await tx.run("delete from job_progress")
        await daygen.drain()

    assert receiver.types(job_id) == ["job.progress", "job.succeeded"]
    note = receiver.taken[0].event
    assert (note["data"]["progress"], note["data"]["status"], note["data"]["jobId"]) == (0.5, "processing", job_id)


@pytest.mark.parametrize("mood", ["500", "302", "hang", "drip", "reset", "garbage", "429"])
async def test_what_is_not_taken_comes_again_under_the_same_id_with_a_fresh_signature(daygen: Daygen, mood: Mood):
    ada = await daygen.workspace(credits=10)
    async with receiving(first(mood, times=2)) as receiver:
        made = await endpoint(daygen, ada, receiver.url, "job.started", "job.succeeded")

        await daygen.order(ada)
        await daygen.drain()

    assert receiver.types() == ["job.started", "job.succeeded"]
    assert [message.event["type"] for message in receiver.came] == ["job.started"] * 3 + ["job.succeeded"] * 3
    assert len({message.id for message in receiver.came}) == 2
    assert all(message.path == "/hooks" and message.verified(made["secret"]) for message in receiver.came)
    pauses = [later.at - earlier.at for earlier, later in zip(receiver.came, receiver.came[1:3], strict=False)]
    assert min(pauses) >= (1.0 if mood == "429" else 0.005)
    [started] = [one for one in await deliveries(daygen, ada) if one["type"] == "job.started"]
    log = (await daygen.api(ada).get(f"/v1/webhook-deliveries/{started['id']}")).json()["tries"]
    assert [one["number"] for one in log] == [1, 2, 3]
    assert log[0]["problem"]
    assert log[2]["outcome"] == "delivered"
    if mood == "500":
        assert log[0]["answer"] == "password=[redacted] is broken"
    assert await daygen.audit() == []


async def test_of_an_endless_answer_only_the_beginning_is_read(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving(first("flood")) as receiver:
        await endpoint(daygen, ada, receiver.url, "job.succeeded")

        await daygen.order(ada)
        await daygen.drain()

    assert receiver.types() == ["job.succeeded"]
    assert receiver.flooded < 32 << 20, "what the kernels' buffers hold, and not more"


async def test_a_receiver_that_is_gone_is_not_asked_again(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving(first("410", times=100)) as receiver:
        made = await endpoint(daygen, ada, receiver.url)
        await daygen.order(ada)
        await daygen.drain()
        await daygen.order(ada)
        await daygen.drain()

    assert len(receiver.came) <= 2, "one for each of the streams that were on their way"
    shown = (await daygen.api(ada).get(f"/v1/webhook-endpoints/{made['id']}")).json()
    assert (shown["enabled"], shown["disabledReason"]) == (False, "the receiver answered 410 Gone")
    assert {one["status"] for one in await deliveries(daygen, ada)} == {"failed", "canceled"}
    assert await daygen.audit() == []


async def test_after_ten_tries_it_is_given_up_and_the_next_in_line_comes(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with Daygen.open(daygen.house.settings.database_url, daygen.house.settings.data_dir, **HERE,
                           webhook_retry_scale=0) as hasty:  # fmt: skip
        async with receiving(lambda message, _: "500" if message.event["type"] == "job.started" else "ok") as receiver:
            await endpoint(hasty, ada, receiver.url, "job.started", "job.succeeded")
            await hasty.order(ada)
            await hasty.drain()

        assert [message.event["type"] for message in receiver.came] == ["job.started"] * 10 + ["job.succeeded"]
        log = await deliveries(hasty, ada)
        assert [(one["status"], one["attempts"]) for one in log] == [("delivered", 1), ("failed", 10)]
        assert await deliveries(hasty, ada, status="failed") == log[1:]


async def test_a_delivery_is_sent_again_when_asked(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace()
    async with receiving() as receiver:
        made = await endpoint(daygen, ada, receiver.url, "job.succeeded")
        await daygen.order(ada)
        await daygen.drain()
        [sent] = await deliveries(daygen, ada)
        path = f"/v1/webhook-deliveries/{sent['id']}/redeliver"
        foreign = await daygen.api(eve).post(path)
        twice = [await daygen.api(ada, **{"Idempotency-Key": "again"}).post(path) for _ in range(2)]
        await daygen.drain()
        await daygen.api(ada).delete(f"/v1/webhook-endpoints/{made['id']}")
        gone = await daygen.api(ada).post(path)

    assert foreign.status_code == 404
    assert [answer.status_code for answer in twice] == [202, 202]
    assert twice[0].json() == twice[1].json()
    assert twice[0].json()["redeliveryOf"] == sent["id"]
    assert [message.id for message in receiver.taken] == [sent["eventId"]] * 2
    assert (gone.status_code, gone.json()["code"]) == (409, "webhooks.endpoint_gone")


async def test_while_a_secret_is_rotated_both_sign(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving() as receiver:
        made = await endpoint(daygen, ada, receiver.url, "job.succeeded")
        rotated = (await daygen.api(ada).post(f"/v1/webhook-endpoints/{made['id']}/rotate-secret")).json()
        await daygen.order(ada)
        await daygen.drain()
        await daygen.later(seconds=24 * 3600 + 1)
        await daygen.order(ada)
        await daygen.drain()

    during, after = receiver.taken
    assert made["secret"] != rotated["secret"]
    assert during.verified(made["secret"])
    assert during.verified(rotated["secret"])
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    assert after.verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        after.verified(made["secret"])


async def test_a_disabled_endpoint_is_told_nothing_until_it_is_enabled(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving() as receiver:
        made = await endpoint(daygen, ada, receiver.url, "job.succeeded")
        path = f"/v1/webhook-endpoints/{made['id']}"
        await daygen.api(ada).patch(path, json={"enabled": False})
        await daygen.order(ada)
        await daygen.drain()
        assert receiver.came == []
        await daygen.api(ada).patch(path, json={"enabled": True, "eventTypes": ["job.started"]})
        await daygen.order(ada)
        await daygen.drain()

    assert receiver.types() == ["job.started"]


async def test_a_sender_that_died_is_followed_by_another(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    async with receiving(first("hang")) as receiver:
        await endpoint(daygen, ada, receiver.url, "job.succeeded")
        await daygen.order(ada)
        await daygen.worker.drain()
        await daygen.relay.turn()
        await daygen.forwarder.turn()
        await daygen.worker.drain()  # the courier begins, and its process dies
        for task in list(daygen.courier._carrying):  # pyright: ignore[reportPrivateUsage]
            task.cancel("killed")
        daygen.courier._give_back = _nothing  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        await daygen.courier.idle()
        await daygen.drain()
        assert receiver.taken == [], "the dead one still has its time"
        await daygen.later(seconds=6)
        await daygen.drain()

    assert receiver.types() == ["job.succeeded"]
    assert await daygen.audit() == []


async def test_deliveries_are_kept_for_thirty_days(daygen: Daygen):
    from daygen import webhooks

    ada = await daygen.workspace(credits=10)
    async with receiving() as receiver:
        await endpoint(daygen, ada, receiver.url)
        await daygen.order(ada)
        await daygen.drain()
    for days, left in ((29, 4), (2, 0)):
        await daygen.later(seconds=days * 86_400)
        async with daygen.db.transaction() as tx:
            await webhooks.forget(tx)
        assert len(await deliveries(daygen, ada)) == left


async def _nothing(_sending: object) -> None:
    """A process that was killed gives nothing back."""
