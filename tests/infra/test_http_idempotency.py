"""A POST that is repeated with its key: one effect, one answer; refusals are not remembered."""

import asyncio
from typing import Any

import pytest

from daygen import ledger
from daygen.infra import http
from daygen.kit.money import credits_of
from tests.product import Ada, Daygen

pytestmark = pytest.mark.core

ORDER = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}


async def jobs(daygen: Daygen, who: Ada) -> int:
    return len((await daygen.api(who).get("/v1/jobs?limit=200")).json()["data"])


async def test_the_same_request_has_one_effect(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})

    first = await api.post("/v1/jobs", json=ORDER)
    second = await api.post("/v1/jobs", json=ORDER)

    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert await jobs(daygen, ada) == 1
    assert await daygen.balance(ada) == 9
    assert await daygen.audit() == []


async def test_many_at_once_have_one_effect(daygen: Daygen):
    ada = await daygen.workspace(credits=1)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})

    answers = await asyncio.gather(*(api.post("/v1/jobs", json=ORDER) for _ in range(20)))

    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, answers[0].json())] * 20
    assert await jobs(daygen, ada) == 1


async def test_another_request_under_the_same_key_is_refused(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})
    await api.post("/v1/jobs", json=ORDER)

    other_body = await api.post("/v1/jobs", json=ORDER | {"count": 2})
    other_path = await api.post("/v1/api-keys", json={"name": "a key"})

    for answer in (other_body, other_path):
        assert (answer.status_code, answer.json()["code"]) == (422, "request.idempotency_mismatch")
    assert await jobs(daygen, ada) == 1


async def test_a_key_belongs_to_its_workspace(daygen: Daygen):
    ada, eve = await daygen.workspace(credits=10), await daygen.workspace(credits=10)

    first = await daygen.api(ada, **{"Idempotency-Key": "once"}).post("/v1/jobs", json=ORDER)
    second = await daygen.api(eve, **{"Idempotency-Key": "once"}).post("/v1/jobs", json=ORDER)

    assert first.json()["jobId"] != second.json()["jobId"]
    assert (await jobs(daygen, ada), await jobs(daygen, eve)) == (1, 1)


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/quotes", "/v1/ws-tickets"])
async def test_a_key_that_is_none_is_refused(daygen: Daygen, path: str):
    ada = await daygen.workspace(credits=10)

    for key in ("", "x" * 256, "a\tb", "a\x7fb", "a\x00b"):
        answer = await daygen.api(ada).post(path, json=ORDER, headers=[(b"Idempotency-Key", key.encode())])

        assert answer.status_code == 422, key
        assert [fault["path"] for fault in answer.json()["errors"]] == ["Idempotency-Key"]
    assert await jobs(daygen, ada) == 0


async def test_a_key_may_be_any_255_characters(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    key = ("é ~{}" * 51).encode("latin-1")

    answers = [
        await daygen.api(ada).post("/v1/jobs", json=ORDER, headers=[(b"Idempotency-Key", key)]) for _ in range(2)
    ]

    assert len(key) == 255
    assert answers[0].json() == answers[1].json()


async def test_a_402_is_not_remembered(daygen: Daygen):
    ada = await daygen.workspace()
    api = daygen.api(ada, **{"Idempotency-Key": "once"})
    refused = await api.post("/v1/jobs", json=ORDER)
    async with daygen.db.transaction() as tx:
        await ledger.grant(tx, ada.id, credits_of("1"), reason="for the test")

    answers = [await api.post("/v1/jobs", json=ORDER) for _ in range(2)]

    assert refused.status_code == 402
    assert [answer.status_code for answer in answers] == [202, 202]
    assert await jobs(daygen, ada) == 1


async def test_a_429_is_not_remembered(daygen: Daygen):
    ada = await daygen.workspace(credits=10, per_minute=1)
    await daygen.order(ada)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})
    refused = await api.post("/v1/jobs", json=ORDER)
    await daygen.later(seconds=61)

    answers = [await api.post("/v1/jobs", json=ORDER) for _ in range(2)]

    assert refused.status_code == 429
    assert [answer.status_code for answer in answers] == [202, 202]  # the repeat does not count against the limit
    assert await jobs(daygen, ada) == 2


async def test_a_404_and_a_422_are_not_remembered(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})
    nothing = await api.post("/v1/jobs/job_00000000000000000000000000/cancel")
    wrong = await api.post("/v1/jobs", json=ORDER | {"count": 17})

    answer = await api.post("/v1/jobs", json=ORDER)

    assert (nothing.status_code, wrong.status_code, answer.status_code) == (404, 422, 202)


@pytest.mark.parametrize("what", ["cancel", "retry"])
async def test_canceling_and_ordering_again_can_be_repeated(daygen: Daygen, what: str):
    ada = await daygen.workspace(credits=10)
    job_id = await daygen.order(ada)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})

    answers = [await api.post(f"/v1/jobs/{job_id}/{what}") for _ in range(2)]
    other = await api.post(f"/v1/jobs/{await daygen.order(ada)}/{what}")

    assert answers[0].json() == answers[1].json()
    assert other.json()["code"] == "request.idempotency_mismatch"
    assert await jobs(daygen, ada) == (3 if what == "retry" else 2)
    assert await daygen.audit() == []


@pytest.mark.parametrize(("path", "body", "status"), [("/v1/quotes", ORDER, 200), ("/v1/ws-tickets", None, 201)])
async def test_a_post_that_keeps_nothing_takes_a_key_as_well(daygen: Daygen, path: str, body: Any, status: int):
    ada = await daygen.workspace()
    api = daygen.api(ada, **{"Idempotency-Key": "once"})

    answers = [await api.post(path, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, status]


async def test_a_new_api_key_can_be_asked_for_again_and_is_stored_nowhere(daygen: Daygen):
    ada = await daygen.workspace()
    api = daygen.api(ada, **{"Idempotency-Key": "once"})

    answers = [await api.post("/v1/api-keys", json={"name": "mine"}) for _ in range(2)]
    other = await api.post("/v1/api-keys", json={"name": "another"})
    without = await daygen.api(ada).post("/v1/api-keys", json={"name": "mine"})

    first, second = (answer.json() for answer in answers)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert first == second
    assert other.json()["code"] == "request.idempotency_mismatch"
    assert (await daygen.api(Ada(ada.id, first["key"])).get("/v1/jobs")).status_code == 200
    assert len((await daygen.api(ada).get("/v1/api-keys")).json()["data"]) == 3
    assert without.json()["key"] != first["key"]
    assert await _stored(daygen, first["key"]) == []


async def _stored(daygen: Daygen, secret: str) -> list[str]:
    """The tables that hold a secret, or the part of it that is not shown, in any column."""
    async with daygen.db.reading() as tx:
        tables = await tx.rows("select table_name name from information_schema.tables where table_schema = 'public'")
        return [
            row["name"]
            for row in tables
            if await tx.value(f"select count(*) from {row['name']} t where t::text like '%' || $1 || '%'", secret[16:])
        ]


async def test_after_two_days_a_key_is_new_again(daygen: Daygen):
    ada = await daygen.workspace(credits=10)
    api = daygen.api(ada, **{"Idempotency-Key": "once"})
    made = {"Idempotency-Key": "made"}
    first = await api.post("/v1/jobs", json=ORDER)
    first_key = await daygen.api(ada).post("/v1/api-keys", json={"name": "mine"}, headers=made)

    await daygen.later(seconds=47 * 3600)
    await _forget(daygen)
    the_same = await api.post("/v1/jobs", json=ORDER)
    await daygen.later(seconds=2 * 3600)
    await _forget(daygen)
    new = await api.post("/v1/jobs", json=ORDER)
    new_key = await daygen.api(ada).post("/v1/api-keys", json={"name": "mine"}, headers=made)

    assert the_same.json() == first.json()
    assert new.status_code == 202
    assert new.json()["jobId"] != first.json()["jobId"]
    assert new_key.status_code == 201
    assert new_key.json()["key"] != first_key.json()["key"]


async def _forget(daygen: Daygen) -> None:
    async with daygen.db.transaction() as tx:
        await http.forget_answers(tx)
