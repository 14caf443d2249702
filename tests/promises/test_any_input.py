"""P33: no input is answered with a 5xx, answers are as documented, and text comes back as it went in."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from daygen import identity
from daygen.identity import Scope
from tests.processes import House
from tests.product import Daygen
from tests.promises.seeds import seed
from tests.served import open_socket, served

ST = Path(sys.executable).with_name("st")
MODEL = {"model": "fake/image", "input": {"prompt": "a lighthouse"}}

# What the document cannot say: a key that was used for something else, a model that is none, an address that is not
# public, NUL inside a text, and that HTTP lets any header come along.
CONFIG = """
[parameters]
model_id = "local/print"

[[operations]]
include-method = ["POST", "PUT", "PATCH"]
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = ["sign_in", "list_jobs"]
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = ["stream_events", "stream_batch_events"]
checks.negative_data_rejection.enabled = false
"""


@pytest.mark.parametrize("role", ["operator", "narrow key", "anonymous"])
async def test_what_a_machine_makes_up_is_answered_as_documented(database: str, tmp_path: Path, role: str):
    cases = await _make_up(database, tmp_path, role, "examples,fuzzing", 4)

    assert cases >= 60


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("role", ["operator", "narrow key", "anonymous"])
async def test_two_thousand_things_a_machine_makes_up_are_answered_as_documented(
    database: str, tmp_path: Path, role: str
):
    cases = await _make_up(database, tmp_path, role, "examples,coverage,fuzzing,stateful", 80)

    assert cases >= 2000


async def _make_up(database: str, folder: Path, role: str, phases: str, each: int) -> int:
    """Let schemathesis loose on an api process; returns how many requests it sent."""
    config, report = folder / "schemathesis.toml", folder / "report.json"
    config.write_text(CONFIG)
    async with House.open(folder, database, workers=0) as house:
        key = await _key(house, role)
        command = [
            *(ST, "--config-file", config, "run", f"{house.url}/openapi.json"),
            *("--phases", phases, "--max-examples", each, "--seed", seed(f"schemathesis, {role}")),
            *("--suppress-health-check", "all", "--continue-on-failure", "--output-sanitize", "false"),
            *("--report", "json", "--report-json-path", report, "--workers", 1),  # CPython 3.11's parser wants one
            *(("--header", f"Authorization: Bearer {key}") if key else ()),
        ]
        process = await asyncio.create_subprocess_exec(
            *map(str, command), cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said = (await process.communicate())[0].decode()

        assert process.returncode == 0, said
        assert "request.crashed" not in house.apis[0].said()
        assert await house.audit() == []
    generated: int = json.loads(report.read_text())["test_cases"]["generated"]
    return generated


async def _key(house: House, role: str) -> str | None:
    match role:
        case "operator":
            return house.key
        case "anonymous":
            return None
        case _:
            ada = await house.workspace(credits=5)
            async with house.db() as db, db.transaction() as tx:
                _, narrow = await identity.issue_key(tx, ada.id, None, name="narrow", scopes=[Scope.JOBS_READ])
            return narrow


def post(body: bytes, *headers: bytes, path: bytes = b"/v1/quotes") -> bytes:
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


def get(target: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: x", *headers, b"", b""])


ODD = [
    b"nonsense\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /v1/jobs HTTP/1.1\r\n\r\n",  # no Host
    b"GET /v1/jobs HTTP/1.0\r\n\r\n",
    get(b"*", method=b"OPTIONS"),
    get(b"x:1", method=b"CONNECT"),
    *(get(b"/v1/jobs", method=method) for method in (b"TRACE", b"FOO", b"get", b"PROPFIND", b"\xff", b"PRI", b"HEAD")),
    *(
        get(target)
        for target in (
            *(b"/v1/jobs?q=%00", b"/v1/jobs?q=%", b"/v1/jobs?q=%zz", b"/v1/jobs?q=%ff%fe", b"/v1/jobs?%00=%00"),
            *(b"/v1/jobs?" + b"&" * 5000, b"/v1/jobs?limit=" + b"9" * 5000, b"/v1/jobs?status=" + b"&status=" * 1000),
            *(b"/v1/jobs?from=0001-01-01T00:00:00%2B14:00", b"/v1/jobs?to=9999-12-31T23:59:59-14:00"),
            *(b"/v1/jobs/%00", b"/v1/jobs/..%2f..%2fetc", b"/v1/models/%ff", b"//", b"/%2e%2e/%2e%2e/etc/passwd"),
            *(b"/v1/jobs/" + b"x" * 20_000, b"http://evil.test/v1/jobs", b"/files/%00", b"/files/../../etc/passwd"),
            *(b"/assets/%00", b"/%c0%ae", b"/sign-in?token=%00", b"/v1/ws?ticket=%00"),
        )
    ),
    *(
        get(b"/v1/jobs", header)
        for header in (
            *(b"Authorization: Bearer \xff", b"Authorization: Bearer", b"Authorization: " + b"x" * 60_000),
            *(b"Cookie: daygen_session=\xff; daygen_session=x", b"Cookie: =;=;=", b"Cookie: " + b"a=b;" * 5000),
            *(b"Host: \xff", b"Range: bytes=\xff", b"Accept: \xff", b"Accept-Encoding: gzip;q=x", b"TE: \xff"),
            *(b"X-Request-Id: \xff", b"traceparent: \xff", b"traceparent: 00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-00"),
            *(b"Last-Event-ID: " + b"9" * 5000, b"If-None-Match: \xff", b"Expect: 100-continue", b"Expect: a miracle"),
            *(b"A: b\0c", b"A\0: b", b": empty", b"no colon", b" folded: yes", b"Content-Length: -1", b"Upgrade: h2c"),
            *(b"Content-Length: 5\r\nContent-Length: 6", b"Transfer-Encoding: chunked, gzip", b"Connection: \xff"),
            *(b"Upgrade: websocket\r\nConnection: Upgrade", b"X-Forwarded-For: \xff", b"Forwarded: for=\xff"),
        )
    ),
    *(
        post(body)
        for body in (
            *(b"", b"null", b"[]", b'"x"', b"{", b"\xff", b"\0", b"NaN", b'{"a": 1e400}', b'{"a": -Infinity}'),
            *(b"[" * 10_000, b'{"a":' * 10_000, b"[" * 10_000 + b"]" * 10_000, b'{"a": 1, "a": 2}'),
            *(b'{"count": ' + b"9" * 4000 + b"}", b'{"count": ' + b"9" * 5000 + b"}", b'{"a": "\xed\xa0\x80"}'),
            *(b'{"model": "\\u0000"}', b'{"\\ud800": 1}', b'{"input": {"prompt": "\\udfff"}}', b" " * (10 << 20)),
            *(b'{"metadata": {"a": 1e308, "b": 123456789012345678901234567890}}', b"\xef\xbb\xbf{}", b"\xfe\xff\0{\0}"),
            b'{"model": "' + b"x" * (10 << 20) + b'"}',
        )
    ),
    *(
        post(json.dumps(MODEL).encode(), header, path=b"/v1/jobs")
        for header in (
            *(b"Prefer: wait=\xff", b"Prefer: wait=-1", b"Prefer: wait=99999999999", b"Prefer: " + b"," * 9000),
            *(b"Idempotency-Key: \xff", b"Idempotency-Key:", b"Idempotency-Key: " + b"x" * 256),
            *(b"Content-Type: \xff", b"Content-Type: multipart/form-data", b"Content-Encoding: gzip"),
            b"Transfer-Encoding: chunked",
        )
    ),
    b"POST /v1/quotes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST /v1/quotes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v1/quotes HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",  # and gone
]


async def test_what_no_client_would_send_is_answered_or_hung_up_on(daygen: Daygen):
    ada = await daygen.workspace(credits=100)
    auth = f"\r\nAuthorization: Bearer {ada.key}".encode()
    async with served(daygen) as url:
        port = int(url.rpartition(":")[2])

        for request in ODD:
            for sent in {request, request.replace(b"\r\nHost: x", b"\r\nHost: x" + auth, 1)}:
                status = await _answered(port, sent)
                assert status is None or 200 <= status < 500, (status, sent[:200])

        async with open_socket(url, ada) as live:
            assert await live.asked(op="ping") == {"op": "pong"}
    assert await daygen.audit() == []


async def _answered(port: int, request: bytes) -> int | None:
    """The status of the answer to these bytes; None when there was none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        writer.write_eof()
        async with asyncio.timeout(10):
            await writer.drain()
            line = await reader.readline()
            while line.startswith(b"HTTP/1.1 100"):
                await reader.readline()
                line = await reader.readline()
    except (ConnectionError, TimeoutError):
        return None
    finally:
        writer.transport.abort()
    return int(line.split(b" ")[1]) if line.startswith(b"HTTP/") else None


TEXTS = [
    "emoji \U0001f600\U0001f469\U0001f3fd\u200d\U0001f680\U0001f3f3\ufe0f\u200d\U0001f308",
    "right to left: \u05e9\u05dc\u05d5\u05dd \u202eabc\u202c",
    "four bytes: \U0001d4b3 \U0002070e \U0001f701",
    "combining: e\u0301 and \u00e9, \u0915\u094d\u0937\u093f, Z\u0351\u036b\u0343",
    "control: \t\n\r\u0001\u001f\u007f\u0080\u009f",
    "edges: \u00ad\u200b\u2028\ufeff\ufffd\uffff\U0010ffff",
    "quotes: \"'`\\/<script>&amp;%00%s{0}$$;--",
    "\\u0000 written, not meant",
    " leading and trailing ",
]


async def test_text_comes_back_as_it_went_in(daygen: Daygen):
    ada = await daygen.workspace(credits=100)
    numbers = {
        "int": 2**53 + 1,
        "long": 10**400,
        "float": 0.1,
        "small": 5e-324,
        "large": 1.5e15,
        "no": None,
        "yes": True,
    }
    orders = [
        {"model": "fake/image", "input": {"prompt": text}, "metadata": {text[:20]: text} | numbers} for text in TEXTS
    ]
    api = daygen.api(ada)
    ids: list[str] = []
    for order in orders:
        accepted = await api.post("/v1/jobs", json=order)
        assert accepted.status_code == 202, accepted.text
        ids.append(accepted.json()["jobId"])
    await daygen.drain()

    listed = (await api.get("/v1/jobs")).json()["data"]
    async with served(daygen) as url, open_socket(url, ada) as live:
        await live.asked(op="subscribe", channel=f"workspace:{ada.id}", after=0)
        told: dict[str, str] = {}
        while len(told) < len(TEXTS):
            event = (await live.hear())["event"]
            if event["type"] == "job.queued":
                told[event["data"]["jobId"]] = event["data"]["input"]["prompt"]

    for job_id, order, text in zip(ids, orders, TEXTS, strict=True):
        job = (await api.get(f"/v1/jobs/{job_id}")).json()
        found = (await api.get("/v1/jobs", params={"q": text})).json()["data"]
        streamed = (await api.get(f"/v1/jobs/{job_id}/events")).text

        assert job["input"]["prompt"] == text
        assert job["metadata"] == order["metadata"]
        assert job["status"] == "succeeded"
        assert job in listed or any(other["id"] == job_id and other["input"] == job["input"] for other in listed)
        assert [other["id"] for other in found] == [job_id]
        assert told[job_id] == text
        assert json.loads(streamed.split("\ndata: ")[1].split("\n\n")[0])["data"]["input"]["prompt"] == text
