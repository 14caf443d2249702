"""Bodies and queries from outside: what is read, what is refused, and that nothing of it is a crash."""

import json
from typing import Any

import pytest

from daygen.infra.http import read_json
from daygen.infra.http.bodies import DEEPEST, LARGEST_BODY_BYTES
from daygen.kit.problems import Invalid, Problem
from tests.product import Daygen


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"name": "😀 \u202e مرحبا e\u0301 \U0001d4b3", "empty": ""},
        {"numbers": [0, -1, 1.5, 1e308, 10**400]},
        {"quoted": "\\u0000 is written, not meant; so is \\ud800"},
    ],
)
def test_json_is_read_as_it_was_written(value: Any):
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\x00"}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b'{"a": 1, "b": 2, "a": 1}',
        b"{'a': 1}",
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
    ],
)
def test_what_is_no_json_is_refused(body: bytes):
    with pytest.raises(Problem) as refused:
        read_json(body)

    assert refused.value.status == 400


def test_json_may_be_as_deep_as_is_said():
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'"\\u0000"', "body"),
        (b'{"input": {"prompt": "\\u0000"}}', "input.prompt"),
        (b'{"list": ["", {"deep": "\\ud800"}]}', "list.1.deep"),
        (b'{"a": "\\udfff\\ud800"}', "a"),
        (b'{"outer": {"\\u0000": 1}}', "outer.(a field's name)"),
    ],
)
def test_text_that_cannot_be_stored_is_refused_where_it_is(body: bytes, path: str):
    with pytest.raises(Invalid) as refused:
        read_json(body)

    assert [fault["path"] for fault in refused.value.facts["errors"]] == [path]


async def test_a_body_that_is_too_large_is_refused(daygen: Daygen):
    ada = await daygen.workspace()
    headers = {"Content-Type": "application/json"}

    fits = await daygen.api(ada).post("/v1/quotes", content=b" " * LARGEST_BODY_BYTES, headers=headers)
    too_large = await daygen.api(ada).post("/v1/quotes", content=b" " * (10 << 20), headers=headers)

    assert fits.status_code == 400
    assert (too_large.status_code, too_large.json()["code"]) == (413, "request.too_large")


async def test_json_under_another_name_is_refused_with_the_right_one(daygen: Daygen):
    ada = await daygen.workspace()
    order = b'{"model": "fake/image", "input": {"prompt": "a lighthouse"}}'

    for content_type in (b"text/plain", b"application/x-www-form-urlencoded", b"\xff", b"json", b""):
        answer = await daygen.api(ada).post("/v1/quotes", content=order, headers=[(b"Content-Type", content_type)])

        assert answer.status_code == 422, content_type
        assert "application/json" in answer.json()["detail"]


async def test_a_query_that_is_not_valid_is_refused_by_name(daygen: Daygen):
    ada = await daygen.workspace()

    for query, path in (
        ("q=a%00b", "q"),
        ("nothing=1", "nothing"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1e1", "limit"),
        ("cursor=job_1", "cursor"),
        ("cursor=job_zzzzzzzzzzzzzzzzzzzzzzzzzz", "cursor"),
        ("status=done", "status[0]"),
        ("from=yesterday", "from"),
        ("from=1767225600", "from"),
        ("from=2026-01-01T00:00:00", "from"),
        ("from=2026-02-30T00:00:00Z", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
    ):
        answer = await daygen.api(ada).get(f"/v1/jobs?{query}")

        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), query
        assert [fault["path"] for fault in answer.json()["errors"]] == [path]


async def test_a_time_may_have_any_offset(daygen: Daygen):
    ada = await daygen.workspace()

    for time in ("2026-01-01T00:00:00Z", "2026-01-01t00:00:00.123456789z", "2026-01-01 00:00:00+14:00"):
        answer = await daygen.api(ada).get("/v1/jobs", params={"from": time, "to": time})

        assert answer.status_code == 200, time
