"""A socket: who may open it, what it may follow, that it misses nothing, and what it may not do to others."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from daygen import identity
from daygen.identity import Scope
from daygen.infra import outbox
from daygen.realtime.socket import MOST_CHANNELS
from tests.product import Ada, Daygen
from tests.served import Live, open_socket, served

STORY = ["job.queued", "job.started", "job.output", "job.succeeded"]


@pytest.fixture
async def url(daygen: Daygen) -> AsyncGenerator[str]:
    async with served(daygen) as url:
        yield url


async def follow(live: Live, who: Ada, **more: Any) -> int:
    """Subscribe to a workspace; the seq it stands at."""
    answer = await live.asked(op="subscribe", channel=f"workspace:{who.id}", **more)
    assert answer["op"] == "subscribed", answer
    seq: int = answer["seq"]
    return seq


async def test_a_socket_tells_what_happens_in_a_workspace(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    await daygen.drain()
    async with open_socket(url, ada) as live:
        seq = await follow(live, ada)
        job_id = await daygen.order(ada)
        await daygen.drain()

        events = await live.events("job.succeeded")

    assert [event["type"] for event in events] == STORY
    assert [event["seq"] for event in events] == [seq + 1, seq + 2, seq + 3, seq + 4]
    last = events[-1]
    assert set(last) == {"id", "seq", "type", "createdAt", "workspaceId", "data"}
    assert (last["workspaceId"], last["data"]["jobId"]) == (str(ada.id), job_id)
    assert (last["data"]["status"], last["data"]["progress"]) == ("succeeded", 1.0)
    assert last["data"]["resultUrl"] == last["data"]["outputs"][0]["url"]
    assert not any("key" in output for event in events for output in event["data"]["outputs"])


async def test_a_job_has_a_channel_of_its_own(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    first, second = await daygen.order(ada), await daygen.order(ada)
    async with open_socket(url, ada) as live:
        await live.asked(op="subscribe", channel=f"job:{second}", after=0)
        await daygen.drain()

        events = await live.events("job.succeeded")

    assert {event["data"]["jobId"] for event in events} == {second} != {first}
    assert [event["type"] for event in events] == STORY


async def test_a_batch_has_a_channel_with_its_jobs(daygen: Daygen, url: str):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    await daygen.order(ada)
    orders = [{"model": "fake/image", "input": {"prompt": "[[slow:0.3]]"}}] * 2
    batch = (await daygen.api(ada).post("/v1/batches", json={"orders": orders})).json()
    async with open_socket(url, ada) as live, open_socket(url, eve) as other:
        channel = f"batch:{batch['batchId']}"
        refused = await other.asked(op="subscribe", channel=channel)
        await live.asked(op="subscribe", channel=channel, after=0)
        await daygen.drain()

        events = await live.events("batch.finished", progress=True)

    told = [event for event in events if event["type"] != "job.progress"]
    assert (refused["op"], refused["code"]) == ("error", "live.no_such_channel")
    assert [event["type"] for event in told[:3]] == ["batch.created", "job.queued", "job.queued"]
    assert sorted(event["type"] for event in told[3:-1]) == sorted(STORY[1:] * 2)
    assert {event["data"]["batchId"] for event in events} == {batch["batchId"]}
    assert {event["data"]["jobId"] for event in events if event["type"] == "job.progress"} == set(batch["jobIds"])
    assert told[-1]["data"]["counts"]["succeeded"] == 2


async def test_what_was_missed_is_replayed_and_what_comes_follows_without_a_gap(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    for _ in range(3):
        await daygen.order(ada)
    await daygen.drain()
    async with open_socket(url, ada) as live:
        await live.ask(op="subscribe", channel=f"workspace:{ada.id}", after=2)
        await daygen.order(ada, prompt="[[refuse]]")
        await daygen.drain()

        newest = (await live.hear())["seq"]
        events = await live.events("job.failed")

    assert newest == 1 + 3 * len(STORY)
    assert [event["seq"] for event in events] == list(range(3, newest + 4))


async def test_progress_comes_now_and_then_and_is_no_history(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    async with open_socket(url, ada) as live:
        await follow(live, ada)
        await daygen.order(ada, prompt="[[slow:1]]")
        await daygen.drain()
        events = await live.events("job.succeeded", progress=True)
        replayed = await live.asked(op="subscribe", channel=f"workspace:{ada.id}", after=0)
        history = await live.events("job.succeeded", progress=True)

    progress = [event for event in events if event["type"] == "job.progress"]
    shares = [event["data"]["progress"] for event in progress]
    assert 2 <= len(progress) <= 5  # every quarter of a second, of one second
    assert shares == sorted(set(shares))
    assert replayed["op"] == "subscribed"
    assert [event["type"] for event in history] == ["credits.granted", *STORY]


async def test_a_ticket_opens_one_socket(daygen: Daygen, url: str):
    ada = await daygen.workspace()
    made = [(await daygen.api(ada).post("/v1/ws-tickets")).json()["ticket"] for _ in range(2)]

    async with open_socket(url, query=f"?ticket={made[0]}") as live:
        await follow(live, ada)
    async with open_socket(url, query=f"?ticket={made[0]}") as live:
        used = await live.closed()
    await daygen.later(seconds=61)
    async with open_socket(url, query=f"?ticket={made[1]}") as live:
        late = await live.closed()

    assert used == late == (4401, "identity.unauthenticated")


async def test_a_browser_opens_sockets_from_our_own_pages_only(daygen: Daygen, url: str):
    ada = await daygen.operator()
    async with daygen.db.transaction() as tx:
        user = await identity.find_operator(tx)
        assert user is not None
        token = await identity.issue_sign_in_link(tx, user.id)
    signed_in = await daygen.api().get(f"/sign-in?token={token}")
    cookie = f"daygen_session={signed_in.cookies['daygen_session']}"

    async with open_socket(url, headers={"Cookie": cookie, "Origin": url}) as live:
        await follow(live, ada)
    refused: list[tuple[int, str]] = []
    for origin in ("https://evil.test", f"{url}.evil.test", "null", "http://[", ""):
        async with open_socket(url, headers={"Cookie": cookie, "Origin": origin}) as live:
            refused.append(await live.closed())

    assert set(refused) == {(4401, "identity.origin_rejected")}


async def test_nobody_opens_a_socket_without_credentials(daygen: Daygen, url: str):
    revoked = await daygen.workspace()
    async with daygen.db.transaction() as tx:
        await tx.run("update api_keys set revoked_at = daygen_now()")

    for given, reason in (
        ({}, "identity.unauthenticated"),
        ({"Authorization": "Bearer dg_live_wrong"}, "identity.key_rejected"),
        ({"Authorization": "Basic eA=="}, "identity.key_rejected"),
        ({"Authorization": f"Bearer {revoked.key}"}, "identity.key_rejected"),
        ({"Cookie": "daygen_session=wrong", "Origin": url}, "identity.unauthenticated"),
    ):
        async with open_socket(url, headers=given) as live:
            assert await live.closed() == (4401, reason)


async def test_other_peoples_channels_are_as_if_they_were_not_there(daygen: Daygen, url: str):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace()
    job_id = await daygen.order(ada)
    channels = [
        f"job:{job_id}",
        f"workspace:{ada.id}",
        "job:job_00000000000000000000000000",
        "workspace:",
        "job:" + "x" * 10_000,
        f"job:{eve.id}",
        "everything",
        "",
        "job:\u0000",
        "😀:😀",
    ]

    async with open_socket(url, eve) as live:
        answers = [await live.asked(op="subscribe", channel=channel, after=0) for channel in channels]
        await daygen.drain()
        nothing = await live.asked(op="ping")

    assert {answer["code"] for answer in answers[:-2]} == {"live.no_such_channel"}
    assert len({answer["detail"] for answer in answers[:-2]}) == 1
    assert answers[-2]["code"] == "live.bad_message"
    assert answers[-1]["code"] == "live.no_such_channel"
    assert nothing == {"op": "pong"}


async def test_a_key_that_may_not_read_jobs_may_not_follow_them(daygen: Daygen, url: str):
    ada = await daygen.workspace()
    async with daygen.db.transaction() as tx:
        _, narrow = await identity.issue_key(tx, ada.id, None, name="narrow", scopes=[Scope.ASSETS_READ])

    async with open_socket(url, Ada(ada.id, narrow)) as live:
        answer = await live.asked(op="subscribe", channel=f"workspace:{ada.id}")

    assert (answer["op"], answer["code"]) == ("error", "identity.forbidden")


async def test_nonsense_is_answered_and_forgotten(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    channel = f"workspace:{ada.id}"
    nonsense = [
        *("", "x", "null", "[]", "1", '"ping"', "{}", "[" * 1000, '{"op": "ping", "op": "ping"}', '{"op": NaN}'),
        *(json.dumps(message) for message in ({"op": "dance"}, {"op": 1}, {"op": "subscribe"}, {"op": ["ping"]})),
        json.dumps({"op": "subscribe", "channel": 1}),
        *(
            f'{{"op": "subscribe", "channel": "{channel}", "after": {after}}}'
            for after in ("-1", '"0"', "1.5", "true", "[]", str(2**62), str(10**30))
        ),
    ]

    async with open_socket(url, ada) as live:
        for message in nonsense:
            await live.connection.send(message)
            answer = await live.hear()
            assert (answer["op"], answer["code"]) == ("error", "live.bad_message"), message
        assert await live.asked(op="ping") == {"op": "pong"}
        await live.ask(op="unsubscribe", channel="never subscribed")
        assert await live.asked(op="ping") == {"op": "pong"}


async def test_a_cursor_that_cannot_be_continued_is_refused(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    await daygen.order(ada)
    await daygen.drain()
    newest = 1 + len(STORY)
    async with open_socket(url, ada) as live:
        ahead = await live.asked(op="subscribe", channel=f"workspace:{ada.id}", after=newest + 1)
        assert await follow(live, ada, after=newest) == newest

        await daygen.later(seconds=31 * 86_400)
        await daygen.order(ada)
        await daygen.drain()
        await live.events("job.succeeded")
        async with daygen.db.transaction() as tx:
            await outbox.forget(tx, timedelta(days=30))
        forgotten = await live.asked(op="subscribe", channel=f"workspace:{ada.id}", after=newest - 1)
        assert await follow(live, ada, after=newest) == newest + len(STORY)

    assert ahead["code"] == forgotten["code"] == "live.cursor_expired"


async def test_subscribing_twice_is_subscribing_once(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    async with open_socket(url, ada) as live:
        await follow(live, ada)
        await follow(live, ada)
        await daygen.order(ada)
        await daygen.drain()

        events = await live.events("job.succeeded")
        rest = await live.asked(op="ping")

    assert [event["type"] for event in events] == ["credits.granted", *STORY]
    assert rest == {"op": "pong"}


async def test_who_unsubscribes_hears_no_more(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=10)
    async with open_socket(url, ada) as live:
        await follow(live, ada)
        await live.ask(op="unsubscribe", channel=f"workspace:{ada.id}")
        assert await live.asked(op="ping") == {"op": "pong"}
        await daygen.order(ada)
        await daygen.drain()

        assert await live.asked(op="ping") == {"op": "pong"}


async def test_a_socket_has_a_bounded_number_of_channels(daygen: Daygen, url: str):
    ada = await daygen.workspace(credits=MOST_CHANNELS + 1)
    jobs = [await daygen.order(ada) for _ in range(MOST_CHANNELS + 1)]
    async with open_socket(url, ada) as live:
        answers = [await live.asked(op="subscribe", channel=f"job:{job_id}") for job_id in jobs]
        again = await live.asked(op="subscribe", channel=f"job:{jobs[0]}")
        await live.ask(op="unsubscribe", channel=f"job:{jobs[0]}")
        freed = await live.asked(op="subscribe", channel=f"job:{jobs[-1]}")

    assert [answer["op"] for answer in answers] == ["subscribed"] * MOST_CHANNELS + ["error"]
    assert answers[-1]["code"] == "live.too_many_channels"
    assert (again["op"], freed["op"]) == ("subscribed", "subscribed")


@pytest.mark.parametrize(("harm", "code"), [("a large frame", 1009), ("a picture", 1003), ("too many messages", 4429)])
async def test_a_socket_that_does_harm_is_closed_and_others_do_not_notice(
    daygen: Daygen, url: str, harm: str, code: int
):
    ada = await daygen.workspace(credits=10)
    async with open_socket(url, ada) as good, open_socket(url, ada) as bad:
        await follow(good, ada)
        await follow(bad, ada)

        closed = asyncio.create_task(bad.closed())
        try:
            match harm:
                case "a large frame":
                    await bad.connection.send("x" * (1 << 20))
                case "a picture":
                    await bad.connection.send(b"\x89PNG")
                case _:
                    for _ in range(1000):
                        await bad.connection.send('{"op":"ping"}')
        except ConnectionClosed:
            pass
        await daygen.order(ada)
        await daygen.drain()
        events = await good.events("job.succeeded")

    assert (await closed)[0] == code
    assert [event["type"] for event in events] == ["credits.granted", *STORY]
