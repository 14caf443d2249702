"""Every operation of the API, and what a caller needs for it: a new one without a line here fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from daygen import identity
from daygen.identity import ALL_SCOPES, Scope
from daygen.kit.ids import TaskId
from tests.product import Ada, Daygen

THINGS = {"{job_id}", "{batch_id}", "{asset_id}", "{key_id}", "{endpoint_id}", "{delivery_id}"}
ORDER = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}


@dataclass(frozen=True, slots=True)
class Needs:
    """What an operation needs: a scope, or only to be somebody, or nothing; and what it answers who has that."""

    scope: Scope | None = None
    body: Any = None
    public: bool = False
    answer: frozenset[int] = field(default=frozenset({200}))


def to_be_somebody(body: Any = None, answer: int = 200) -> Needs:
    return Needs(None, body, answer=frozenset({answer}))


def nothing(*answer: int) -> Needs:
    return Needs(public=True, answer=frozenset(answer))


def scope(needed: Scope, answer: int = 200, body: Any = None) -> Needs:
    return Needs(needed, body, answer=frozenset({answer}))


OPERATIONS = {
    "POST /v1/sessions": nothing(422),
    "GET /sign-in": nothing(422),
    "DELETE /v1/sessions/current": to_be_somebody(answer=204),
    "GET /v1/me": to_be_somebody(),
    "PUT /v1/me/password": to_be_somebody({"password": "a long password"}, answer=403),  # in the browser only
    "POST /v1/api-keys": scope(Scope.ADMIN, 422, {"name": "x", "scopes": ["billing"]}),  # more than it has itself
    "GET /v1/api-keys": scope(Scope.ADMIN),
    "DELETE /v1/api-keys/{key_id}": scope(Scope.ADMIN, 204),
    "POST /v1/ws-tickets": to_be_somebody(answer=201),
    "GET /v1/models": to_be_somebody(),
    "GET /v1/models/{model_id}": to_be_somebody(),
    "POST /v1/jobs": scope(Scope.JOBS_WRITE, 202, ORDER),
    "GET /v1/jobs": scope(Scope.JOBS_READ),
    "GET /v1/jobs/{job_id}": scope(Scope.JOBS_READ),
    "POST /v1/jobs/{job_id}/cancel": scope(Scope.JOBS_WRITE),
    "POST /v1/jobs/{job_id}/retry": scope(Scope.JOBS_WRITE, 202),
    "GET /v1/jobs/{job_id}/trace": scope(Scope.JOBS_READ),
    "GET /v1/jobs/{job_id}/events": scope(Scope.JOBS_READ),
    "POST /v1/batches": scope(Scope.JOBS_WRITE, 202, {"orders": [ORDER, ORDER]}),
    "GET /v1/batches": scope(Scope.JOBS_READ),
    "GET /v1/batches/{batch_id}": scope(Scope.JOBS_READ),
    "GET /v1/batches/{batch_id}/events": scope(Scope.JOBS_READ),
    "POST /v1/batches/{batch_id}/cancel": scope(Scope.JOBS_WRITE),
    "POST /v1/provider-webhooks/{provider}/{token}": nothing(404),
    "POST /v1/quotes": scope(Scope.JOBS_READ, 200, ORDER),
    "POST /v1/assets": scope(Scope.ASSETS_WRITE, 201, {"any": "file"}),
    "GET /v1/assets/{asset_id}": scope(Scope.ASSETS_READ),
    "GET /v1/assets/{asset_id}/content": scope(Scope.ASSETS_READ, 302),
    "POST /v1/webhook-endpoints": scope(Scope.ADMIN, 201, {"url": "https://hooks.example.com/"}),
    "GET /v1/webhook-endpoints": scope(Scope.ADMIN),
    "GET /v1/webhook-endpoints/{endpoint_id}": scope(Scope.ADMIN),
    "PATCH /v1/webhook-endpoints/{endpoint_id}": scope(Scope.ADMIN, 200, {"description": "x"}),
    "POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret": scope(Scope.ADMIN),
    "GET /v1/webhook-secret": scope(Scope.ADMIN),
    "POST /v1/webhook-secret/rotate": scope(Scope.ADMIN),
    "GET /v1/webhook-deliveries": scope(Scope.ADMIN),
    "GET /v1/webhook-deliveries/{delivery_id}": scope(Scope.ADMIN),
    "POST /v1/webhook-deliveries/{delivery_id}/redeliver": scope(Scope.ADMIN, 202),
    "DELETE /v1/webhook-endpoints/{endpoint_id}": scope(Scope.ADMIN, 204),
    "GET /v1/balance": to_be_somebody(),
    "GET /v1/ledger": scope(Scope.USAGE_READ),
    "GET /v1/admin/queue": scope(Scope.ADMIN, 403),  # to operators alone: tests/admin
    "POST /v1/admin/queue/dead/{task_id}/replay": scope(Scope.ADMIN, 403),
    "GET /healthz": nothing(200),
    "HEAD /healthz": nothing(200),
    "GET /readyz": nothing(200),
    "HEAD /readyz": nothing(200),
    "GET /metrics": nothing(200),
}


def documented(daygen: Daygen) -> Iterator[str]:
    for path, operations in daygen.app.openapi()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in operations)


@dataclass(frozen=True, slots=True)
class Things:
    """What there is in a workspace, by the names that paths have for it."""

    job_id: str
    batch_id: str
    asset_id: str
    key_id: str
    endpoint_id: str
    delivery_id: str
    model_id: str = "fake/image"
    task_id: str = str(TaskId.new())

    def path(self, operation: str) -> tuple[str, str]:
        method, path = operation.split(" ")
        return method, path.format(
            job_id=self.job_id,
            batch_id=self.batch_id,
            asset_id=self.asset_id,
            key_id=self.key_id,
            endpoint_id=self.endpoint_id,
            delivery_id=self.delivery_id,
            model_id=self.model_id,
            provider="fake",
            token="made-up",
            task_id=self.task_id,
        )


@pytest.fixture
async def ada(daygen: Daygen) -> Ada:
    return await daygen.workspace(credits=1000)


@pytest.fixture
async def things(daygen: Daygen, ada: Ada) -> Things:
    endpoint = await daygen.api(ada).post("/v1/webhook-endpoints", json={"url": "https://hooks.example.com/"})
    job_id = await daygen.order(ada)
    await daygen.drain()
    batch = await daygen.api(ada).post("/v1/batches", json={"orders": [ORDER]})
    await daygen.api(ada).post(f"/v1/batches/{batch.json()['batchId']}/cancel")
    sent = (await daygen.api(ada).get("/v1/webhook-deliveries")).json()["data"]
    asset_id: str = (await daygen.job(ada, job_id))["outputs"][0]["assetId"]
    made = (await daygen.api(ada).post("/v1/api-keys", json={"name": "x"})).json()
    return Things(job_id, batch.json()["batchId"], asset_id, made["id"], endpoint.json()["id"], sent[0]["id"])


def test_every_operation_is_in_the_table(daygen: Daygen):
    shown = set(documented(daygen))

    assert shown <= set(OPERATIONS), "say here what they need"
    assert set(OPERATIONS) - shown <= {"HEAD /healthz", "HEAD /readyz"}, "there is no such operation any more"


async def test_a_stranger_gets_in_where_it_says_so_and_nowhere_else(daygen: Daygen, things: Things):
    for operation, needs in OPERATIONS.items():
        method, path = things.path(operation)

        answer = await daygen.api().request(method, path, json=needs.body)

        expected = needs.answer if needs.public else {401}
        assert answer.status_code in expected, operation


async def test_a_key_with_every_scope_but_the_needed_one_is_refused(daygen: Daygen, ada: Ada, things: Things):
    for needed in ALL_SCOPES:
        client = daygen.api(Ada(ada.id, await _key(daygen, ada, ALL_SCOPES - {needed})))
        for operation, needs in OPERATIONS.items():
            if needs.scope == needed:
                method, path = things.path(operation)

                answer = await client.request(method, path, json=needs.body)

                assert (answer.status_code, answer.json()["code"]) == (403, "identity.forbidden"), operation
                assert answer.json()["neededScope"] == needed


async def test_a_key_with_the_needed_scope_alone_is_enough(daygen: Daygen, ada: Ada, things: Things):
    for operation, needs in OPERATIONS.items():
        if needs.public:
            continue
        scopes = frozenset({needs.scope}) if needs.scope else frozenset[Scope]()
        client = daygen.api(Ada(ada.id, await _key(daygen, ada, scopes)))
        method, path = things.path(operation)

        answer = await client.request(method, path, json=needs.body)

        assert answer.status_code in needs.answer, f"{operation}: {answer.text}"


async def test_another_workspaces_things_are_not_there(daygen: Daygen, ada: Ada, things: Things):
    eve = await daygen.workspace(credits=1000)
    asked = 0
    for operation, needs in OPERATIONS.items():
        if not {"{job_id}", "{batch_id}", "{asset_id}", "{key_id}", "{endpoint_id}", "{delivery_id}"} & set(
            operation.split("/")
        ):
            continue
        method, path = things.path(operation)

        answer = await daygen.api(eve).request(method, path, json=needs.body)

        assert answer.status_code == 404, operation
        assert str(ada.id) not in answer.text
        asked += 1
    assert asked >= 17
    await daygen.drain()
    canceled = ["job.queued", "job.canceled"]
    assert await daygen.events(ada) == ["job.queued", "job.started", "job.output", "job.succeeded", *canceled]


async def _key(daygen: Daygen, who: Ada, scopes: frozenset[Scope]) -> str:
    async with daygen.db.transaction() as tx:
        _, secret = await identity.issue_key(tx, who.id, None, name="a key", scopes=scopes)
    return secret
