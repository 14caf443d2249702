"""What is particular to Cloud Tasks: the shape of its tasks, its tokens and ours, and a worker that is full."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from daygen.infra.queue import Grant, TransportDown
from daygen.infra.transports.cloudtasks import tokens
from daygen.infra.transports.cloudtasks.model import Account, Tasks
from daygen.infra.transports.cloudtasks.transport import CloudTasks
from daygen.kit.ids import TaskId
from tests.transports.brokers import TARGET, GoogleBroker, free_port
from tests.transports.google import INVOKER, QUEUE, Google, ShapeError, check
from tests.transports.wire import Wire

AUDIENCE = f"{TARGET}/internal/tasks/run"


@pytest.fixture
async def google() -> AsyncGenerator[Google]:
    async with Google.open() as google:
        yield google


@pytest.fixture
async def served(google: Google, tmp_path: Path) -> AsyncGenerator[CloudTasks]:
    """A worker's side, to which nothing is pushed but by the test."""
    google.running = False
    async with Wire.to(google.port) as wire:
        port = free_port()
        transport = CloudTasks(GoogleBroker(google, wire, tmp_path).tasks(port))
        await transport.start()
        google.workers.append(port)
        yield transport
        await transport.close()


async def _push(google: Google, token: str | None, body: Any = None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        for _ in range(200):
            try:
                url = f"http://127.0.0.1:{google.workers[0]}/internal/tasks/run"
                return await client.post(url, json=body, headers=headers)
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    raise AssertionError("the worker's side is not served")


async def test_a_push_is_answered_when_its_task_is_over(google: Google, served: CloudTasks):
    grant = Grant(TaskId.new(), 3)
    push = asyncio.create_task(_push(google, google.signed(AUDIENCE), grant.facts()))

    messages: list[Any] = []
    while not messages:
        messages = [*await served.receive(1)]
    await asyncio.sleep(0.1)
    assert not push.done()
    await served.accept(messages[0])

    assert [message.grant for message in messages] == [grant]
    assert (await push).status_code == 200


async def test_a_push_to_a_worker_that_is_full_goes_elsewhere(google: Google, served: CloudTasks):
    answer = await _push(google, google.signed(AUDIENCE), Grant(TaskId.new(), 1).facts())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert await served.receive(1) == []


def _forged(google: Google) -> dict[str, str | None]:
    now = int(time.time())
    claims = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": INVOKER, "email_verified": True}
    claims |= {"iat": now, "exp": now + 600}
    good = google.signed(AUDIENCE)
    head, body, _ = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"one"}').decode().rstrip("=")
    public = google.key.as_pem(private=False)
    other = RSAKey.generate_key(2048, {"kid": "one"})
    return {
        "none at all": None,
        "no token": "-",
        "no JWT": "abc",
        "unsigned": f"{none}.{body}.",
        "without its signature": f"{head}.{body}.",
        "with another's signature": f"{head}.{body}.{google.signed(TARGET).rpartition('.')[2]}",
        "signed by another key": google.signed(AUDIENCE, key=other),
        "of a key that is not listed": jwt.encode({"alg": "RS256", "kid": "two"}, claims, other),
        "without a key's name": jwt.encode({"alg": "RS256"}, claims, google.key),
        "signed with our public key as a secret": jwt.encode(
            {"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(public.replace(b"BEGIN", b"begin"))
        ),
        "for another address": google.signed("https://elsewhere.example/internal/tasks/run"),
        "for the origin only": google.signed(TARGET),
        "for nobody": google.signed(AUDIENCE, aud=None),
        "from another issuer": google.signed(AUDIENCE, iss="https://accounts.example"),
        "from no issuer": google.signed(AUDIENCE, iss=None),
        "in another's name": google.signed(AUDIENCE, email="other@daygen-test.iam.gserviceaccount.com"),
        "in nobody's name": google.signed(AUDIENCE, email=None),
        "with a mail not verified": google.signed(AUDIENCE, email_verified=False),
        "with a mail that says it is verified": google.signed(AUDIENCE, email_verified="true"),
        "out of date": google.signed(AUDIENCE, iat=now - 7200, exp=now - 3600),
        "without an end": google.signed(AUDIENCE, exp=None),
        "from the future": google.signed(AUDIENCE, iat=now + 3600, exp=now + 7200),
        "of which one letter is another": f"{good[:-2]}{'A' if good[-2] != 'A' else 'B'}{good[-1]}",
    }


async def test_only_googles_token_for_us_opens_the_door(google: Google, served: CloudTasks):
    answers: dict[str, int] = {}
    for what, token in _forged(google).items():
        answers[what] = (await _push(google, token, Grant(TaskId.new(), 1).facts())).status_code

    assert answers == dict.fromkeys(answers, 401)
    assert await served.receive(10) == []


@pytest.mark.usefixtures("served")
async def test_googles_keys_may_change(google: Google, monkeypatch: pytest.MonkeyPatch):
    assert (await _push(google, google.signed(AUDIENCE), "no task")).status_code == 400

    google.key = RSAKey.generate_key(2048, {"kid": "three", "use": "sig", "alg": "RS256"})
    token = jwt.encode({"alg": "RS256", "kid": "three"}, _claims(), google.key)
    refused = await _push(google, token, "no task")
    monkeypatch.setattr(tokens, "KEYS_ASKED_AGAIN_S", 0.0)  # it does not ask for each key that somebody names
    accepted = await _push(google, token, "no task")

    assert (refused.status_code, accepted.status_code) == (401, 400)


async def test_a_task_is_created_as_published(google: Google, served: CloudTasks):
    grant = Grant(TaskId.new(), 2)

    await served.publish([grant])

    [task] = google.created
    request = task["httpRequest"]
    assert json.loads(base64.b64decode(request["body"])) == {"task": str(grant.task_id), "attempt": 2}
    assert request["url"] == AUDIENCE
    assert request["oidcToken"] == {"serviceAccountEmail": INVOKER, "audience": AUDIENCE}
    assert task["dispatchDeadline"] == "1800s"
    assert google.refused == []


async def test_an_access_token_that_is_refused_is_replaced(google: Google, served: CloudTasks):
    await served.publish([Grant(TaskId.new(), 1)])
    google.tokens.clear()

    await served.publish([Grant(TaskId.new(), 1)])

    assert len(google.created) == 2
    assert len(google.tokens) == 1


async def test_without_a_key_file_the_machine_is_asked_for_tokens(google: Google):
    tasks = Tasks(QUEUE, TARGET, INVOKER, api=google.url, metadata=google.url)
    transport = CloudTasks(tasks)

    assert await transport.depth() == {}
    await transport.close()


@pytest.mark.parametrize("queue", [QUEUE, f"{QUEUE}-that-is-not-there"])
async def test_a_queue_that_is_paused_or_missing_is_down(google: Google, queue: str):
    google.running = False
    transport = CloudTasks(Tasks(queue, TARGET, INVOKER, api=google.url, metadata=google.url))

    with pytest.raises(TransportDown):
        await transport.depth()
    await transport.close()


def test_a_key_file_is_read_or_refused(tmp_path: Path):
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"client_email": "a@b", "token_uri": "https://t", "private_key": "secret", "more": 1}))
    assert Account.read(file).mail == "a@b"
    assert "secret" not in repr(Account.read(file))

    file.write_text("[]")
    with pytest.raises(ValueError, match="service account"):
        Account.read(file)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"tasks": {}},
        {"task": {"httpRequest": {"url": "ftp://x", "httpMethod": "POST"}}},
        {"task": {"httpRequest": {"url": "https://x", "httpMethod": "POST", "body": "not base64!"}}},
        {"task": {"httpRequest": {"url": "https://x", "httpMethod": "POST", "oidcToken": {"email": "a@b"}}}},
    ],
)
def test_the_stand_in_is_strict(wrong: Any):
    with pytest.raises((ShapeError, KeyError)):
        check(wrong)


def _claims() -> dict[str, Any]:
    now = int(time.time())
    who = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": INVOKER, "email_verified": True}
    return who | {"iat": now, "exp": now + 600}
