"""Pictures folded into JSON go to disk while they come; the rest stays a small document."""

import base64
import json
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daygen.providers.unfolding import LONG, Folded, Unfolding, Unreadable, events, unfolded, write

PICTURE = os.urandom(200_000)


async def cut(text: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


@pytest.mark.parametrize("size", [1_000, 4_097, 65_536, 1 << 20])
async def test_a_long_string_is_on_disk_however_it_was_cut(tmp_path: Path, size: int):
    document = {"a": [1, {"b64": base64.b64encode(PICTURE).decode()}], "words": 'she said "no" \\ ü', "n": None}

    found = await unfolded(cut(json.dumps(document).encode(), size), tmp_path)

    folded = found["a"][1].pop("b64")
    assert isinstance(folded, Folded)
    assert folded.path.read_bytes() == PICTURE
    assert found == {"a": [1, {}], "words": 'she said "no" \\ ü', "n": None}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    size=st.integers(1, 9),
    ascii_only=st.booleans(),
)
def test_what_has_no_picture_is_read_as_json_is(tmp_path: Path, document: Any, size: int, ascii_only: bool):
    text = json.dumps(document, ensure_ascii=ascii_only).encode()
    reader = Unfolding(tmp_path)
    for at in range(0, len(text), size):
        reader.feed(text[at : at + size])

    assert reader.done() == document


@pytest.mark.parametrize("tail", [b"", b'"', b'"}', b'"]}}'])
async def test_what_is_cut_off_or_no_base64_cannot_be_read(tmp_path: Path, tail: bytes):
    letters = base64.b64encode(PICTURE)[:-3]

    with pytest.raises(Unreadable):
        await unfolded(cut(b'{"data": ["' + letters + tail, 10_000), tmp_path)
    with pytest.raises(Unreadable):
        await unfolded(cut(b'{"data": "' + b"?" * (2 * LONG) + b'"}', 10_000), tmp_path)


async def test_a_document_cannot_be_made_to_name_a_path(tmp_path: Path):
    mine = json.dumps({"b64_json": "../../etc/passwd", "other": "0" * 32}).encode()

    assert await unfolded(cut(mine, 7), tmp_path) == {"b64_json": "../../etc/passwd", "other": "0" * 32}
    with pytest.raises(Unreadable):
        write("../../etc/passwd", tmp_path / "made")
    assert not (tmp_path / "made").exists()


async def test_a_slash_may_be_escaped(tmp_path: Path):
    letters = base64.b64encode(b"\xff" * 90_000).replace(b"/", b"\\/")

    found = await unfolded(cut(b'["' + letters + b'"]', 333), tmp_path)

    assert found[0].path.read_bytes() == b"\xff" * 90_000


async def test_a_hundred_megabytes_pass_through_little_memory(tmp_path: Path):
    letters = base64.b64encode(os.urandom(3 << 20))[: 4 << 20]

    async def long() -> AsyncIterator[bytes]:
        yield b'{"data": "'
        for _ in range(25):
            for at in range(0, len(letters), 65_536):
                yield letters[at : at + 65_536]
        yield b'"}'

    tracemalloc.start()
    try:
        found = await unfolded(long(), tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found["data"].path.stat().st_size == 25 * 3 << 20
    assert peak < 2 << 20


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_events_come_one_by_one(tmp_path: Path, size: int):
    stream = (
        b': a comment\r\nevent: partial\ndata: {"n": 1}\n\nid: 7\ndata:{"b64": "'
        + base64.b64encode(PICTURE)
        + b'"}\r\n\r\ndata: 3\n\ndata: [DONE]\n\ndata: {"cut": '
    )

    found = [event async for event in events(cut(stream, size), tmp_path)]

    assert (found[0], found[2], len(found)) == ({"n": 1}, 3, 3)
    assert found[1]["b64"].path.read_bytes() == PICTURE
