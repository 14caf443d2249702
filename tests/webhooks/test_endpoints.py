"""Endpoints: made, shown, changed, deleted; their secrets; and the addresses that are refused."""

from ipaddress import IPv4Address

import pytest

from tests.product import Daygen
from tests.promises.inside import attacks

PUBLIC = "https://hooks.example.com/daygen?tenant=1"


async def test_an_endpoint_is_made_shown_changed_and_deleted(daygen: Daygen):
    ada = await daygen.workspace()
    api = daygen.api(ada)

    made = (await api.post("/v1/webhook-endpoints", json={"url": PUBLIC, "eventTypes": ["job.failed"]})).json()
    path = f"/v1/webhook-endpoints/{made['id']}"
    assert made["secret"].startswith("whsec_")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert (await api.get(path)).json() == shown
    assert (await api.get("/v1/webhook-endpoints")).json()["data"] == [shown]
    changed = (await api.patch(path, json={"description": "ours", "eventTypes": []})).json()
    assert changed == shown | {"description": "ours", "eventTypes": []}
    disabled = (await api.patch(path, json={"enabled": False})).json()
    assert (disabled["enabled"], disabled["disabledReason"]) == (False, "disabled by its owner")
    assert (await api.delete(path)).status_code == 204
    gone = await api.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "webhooks.endpoint_not_found")


async def test_a_repeated_request_makes_one_endpoint_and_shows_its_secret_again(daygen: Daygen):
    api = daygen.api(await daygen.workspace(), **{"Idempotency-Key": "once"})

    first, second = [(await api.post("/v1/webhook-endpoints", json={"url": PUBLIC})).json() for _ in range(2)]

    assert first == second
    assert len((await api.get("/v1/webhook-endpoints")).json()["data"]) == 1


async def test_no_secret_is_at_rest(daygen: Daygen):
    ada = await daygen.workspace()
    made = (await daygen.api(ada).post("/v1/webhook-endpoints", json={"url": PUBLIC})).json()
    shared = (await daygen.api(ada).get("/v1/webhook-secret")).json()["secret"]
    async with daygen.db.reading() as tx:
        rows = await tx.rows("select e::text from webhook_endpoints e union all select s::text from webhook_secrets s")

    assert len({made["secret"], shared}) == 2
    for secret in (made["secret"], shared):
        assert secret.removeprefix("whsec_") not in str(rows)


async def test_a_workspace_has_at_most_twenty(daygen: Daygen):
    api = daygen.api(await daygen.workspace())

    answers = [await api.post("/v1/webhook-endpoints", json={"url": PUBLIC}) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [201] * 20 + [409]
    assert answers[-1].json()["code"] == "webhooks.too_many_endpoints"


async def test_an_address_that_says_by_itself_that_it_is_inside_is_refused_wherever_it_is_given(daygen: Daygen):
    ada = await daygen.workspace(credits=1000)
    api = daygen.api(ada)
    made = (await api.post("/v1/webhook-endpoints", json={"url": PUBLIC})).json()
    order = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}
    refused = 0
    for url in attacks():
        if ".example/" in url and url.startswith("https://") and ":" not in url.removeprefix("https://"):
            continue  # a name, which is judged when its IP is known
        answers = [
            await api.post("/v1/webhook-endpoints", json={"url": url}),
            await api.patch(f"/v1/webhook-endpoints/{made['id']}", json={"url": url}),
            await api.post("/v1/jobs", json=order | {"webhookUrl": url}),
        ]
        assert [answer.status_code for answer in answers] == [422] * 3, url
        refused += 1
    assert refused > 130
    assert len((await api.get("/v1/webhook-endpoints")).json()["data"]) == 1
    assert (await api.get("/v1/jobs")).json()["data"] == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"webhookEvents": ["job.started"]}, "webhookEvents"),
        ({"webhookUrl": PUBLIC, "webhookEvents": ["no.such"]}, "webhookEvents[0]"),
        ({"webhookUrl": "http://hooks.example.com/"}, "webhookUrl"),
    ],
)
async def test_an_order_whose_webhook_makes_no_sense_is_refused_by_name(
    daygen: Daygen, changes: dict[str, object], path: str
):
    api = daygen.api(await daygen.workspace(credits=1))

    answer = await api.post("/v1/jobs", json={"model": "fake/image", "input": {"prompt": "x"}, **changes})

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["errors"]] == [path]


async def test_a_name_that_turns_out_to_lead_inside_is_not_sent_to_and_the_log_says_so(daygen: Daygen):
    ada = await daygen.workspace(credits=1)
    await daygen.api(ada).post("/v1/webhook-endpoints", json={"url": PUBLIC, "eventTypes": ["job.succeeded"]})

    async def inside(_name: str) -> list[IPv4Address]:
        return [IPv4Address("169.254.169.254")]

    daygen.courier._egress._resolver = inside  # pyright: ignore[reportPrivateUsage]
    await daygen.order(ada)
    await daygen.drain()

    [one] = (await daygen.api(ada).get("/v1/webhook-deliveries")).json()["data"]
    assert (one["status"], one["statusCode"]) == ("pending", None)
    assert one["attempts"] >= 1
    assert one["problem"] == "not sent: the address leads to a network that is not public"
