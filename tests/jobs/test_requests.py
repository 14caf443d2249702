"""What one can ask about jobs: wait for one, list and filter, order again, quote, follow its trace."""

import asyncio

import pytest

from tests.product import Daygen

pytestmark = pytest.mark.core

NONE = frozenset[str]()
ORDER = {"model": "fake/image", "operation": "text_to_image", "input": {"prompt": "a lighthouse"}}


async def test_who_prefers_to_wait_gets_the_finished_job(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    asked = asyncio.create_task(daygen.api(ada).post("/v1/jobs", json=ORDER, headers={"Prefer": "wait=20"}))
    await daygen.until("select count(*) = 1 from tasks")

    await daygen.drain()

    answer = await asked
    assert answer.status_code == 200
    assert answer.json()["status"] == "succeeded"
    assert answer.headers["Preference-Applied"] == "wait"


async def test_who_waits_in_vain_gets_the_job_as_it_stands(daygen: Daygen):
    ada = await daygen.workspace(credits=10)

    answer = await daygen.api(ada).post("/v1/jobs", json=ORDER, headers={"Prefer": "wait=0"})

    assert (answer.status_code, answer.json()["status"], answer.json()["position"]) == (200, "queued", 0)


async def test_a_place_in_the_queue_counts_what_goes_before(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    first, second = await daygen.order(ada), await daygen.order(ada)
    urgent = await daygen.order(ada, priority="high")

    places = [(await daygen.job(ada, job_id))["position"] for job_id in (urgent, first, second)]

    assert places == [0, 1, 2]


async def test_jobs_are_listed_newest_first_and_page_by_page(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    ids = [await daygen.order(ada) for _ in range(5)]
    api = daygen.api(ada)

    first = (await api.get("/v1/jobs?limit=3")).json()
    rest = (await api.get(f"/v1/jobs?limit=3&cursor={first['nextCursor']}")).json()

    assert [job["id"] for job in first["data"] + rest["data"]] == ids[::-1]
    assert rest["nextCursor"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=canceled", {"a red cat"}),
        ("status=canceled&status=queued", {"a red cat", "100% wool_", "a dog"}),
        ("q=CAT", {"a red cat"}),
        ("q=%25", {"100% wool_"}),
        ("q=_", {"100% wool_"}),
        ("model=fake/image&operation=text_to_image", {"a red cat", "100% wool_", "a dog"}),
        ("model=local/print", NONE),
        ("from=2100-01-01T00:00:00Z", NONE),
        ("to=2100-01-01T00:00:00Z", {"a red cat", "100% wool_", "a dog"}),
    ],
)
async def test_a_list_can_be_filtered(daygen: Daygen, query: str, expected: frozenset[str]):
    ada = await daygen.workspace(credits=10)
    cat = await daygen.order(ada, prompt="a red cat")
    await daygen.order(ada, prompt="100% wool_")
    await daygen.order(ada, prompt="a dog")
    await daygen.api(ada).post(f"/v1/jobs/{cat}/cancel")

    listed = (await daygen.api(ada).get(f"/v1/jobs?{query}")).json()["data"]

    assert {job["input"]["prompt"] for job in listed} == expected


async def test_ordering_again_makes_a_new_job_with_the_same_order(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada, prompt="[[refuse]]", count=2, metadata={"for": "tests"})
    await daygen.drain()

    answer = await daygen.api(ada).post(f"/v1/jobs/{job_id}/retry")

    first, second = await daygen.job(ada, job_id), await daygen.job(ada, answer.json()["jobId"])
    assert answer.status_code == 202
    assert second["id"] != first["id"]
    for same in ("model", "operation", "input", "count", "metadata"):
        assert second[same] == first[same]


async def test_a_quote_says_the_price_and_keeps_nothing(daygen: Daygen):
    ada = await daygen.workspace(credits=1)

    quote = (await daygen.api(ada).post("/v1/quotes", json=ORDER | {"count": 16})).json()

    assert quote["credits"] == 16
    assert sum(line["credits"] for line in quote["lines"]) == 16
    assert await daygen.balance(ada) == 1
    assert (await daygen.api(ada).get("/v1/jobs")).json()["data"] == []


async def test_a_jobs_trace_goes_from_the_request_to_storage(daygen: Daygen):
    ada = await daygen.workspace(credits=1)
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await daygen.api(ada, traceparent=traceparent).post("/v1/jobs", json=ORDER)
    await daygen.drain()

    await daygen.until("select count(*) >= 5 from spans")
    trace = (await daygen.api(ada).get(f"/v1/jobs/{answer.json()['jobId']}/trace")).json()

    assert trace["traceId"] == "0af7651916cd43dd8448eb211c80319c"
    names = [span["name"] for span in trace["spans"]]
    for name in ("POST /v1/jobs", "jobs.submit", "queue.wait", "jobs.run", "provider.run", "storage.put"):
        assert name in names


async def test_another_workspace_sees_nothing_of_it(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    api = daygen.api(eve)

    answers = [
        await api.get(f"/v1/jobs/{job_id}"),
        await api.post(f"/v1/jobs/{job_id}/cancel"),
        await api.post(f"/v1/jobs/{job_id}/retry"),
        await api.get(f"/v1/jobs/{job_id}/trace"),
        await api.get(f"/v1/jobs/{job_id}/events"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert (await daygen.job(ada, job_id))["status"] == "queued"


async def test_no_answer_and_no_event_holds_a_picture_in_text(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    await daygen.drain()

    shown = (await daygen.api(ada).get(f"/v1/jobs/{job_id}")).text
    async with daygen.db.reading() as tx:
        told = str(await tx.rows("select data from events"))

    assert "data:" not in shown + told
