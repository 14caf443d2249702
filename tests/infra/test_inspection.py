"""The inspector by itself: what it says of files, and what ffmpeg says of videos."""

import asyncio
import io
import tempfile
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from daygen.infra.inspection import Found, Inspector, InspectorUnavailable, sniffed
from daygen.infra.inspection.videos import understood
from tests.assets import bombs

SAID = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from '/dev/fd/9':
  Duration: 00:01:02.50, start: 0.000000, bitrate: 1205 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 1280x720 [SAR 1:1], 25 fps
"""


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (bombs.picture(), "image/png"),
        (bombs.picture("AVIF"), "image/avif"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x18ftypqt  ", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x01", "video/webm"),
        (b"\x00\x00\x00\x18ftypheic", None),
        (b"RIFF....WAVE", None),
        (bombs.HTML, None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, content_type: str | None):
    assert sniffed(head[:32]) == content_type


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (SAID, Found(1280, 720, 62.5)),
        (SAID + "    displaymatrix: rotation of -90.00 degrees", Found(720, 1280, 62.5)),
        ("Duration: N/A, start", Found()),
        ("/dev/fd/9: Invalid data found when processing input", Found()),
    ],
)
def test_what_ffmpeg_prints_is_understood(said: str, found: Found):
    assert understood(said) == found


async def test_a_video_is_handed_to_ffmpeg_as_an_open_file_and_where_it_hangs_nothing_is_found(tmp_path: Path):
    inspector, ffmpeg = Inspector(), tmp_path / "ffmpeg"
    # Says as its size how much it can read of what it was given
    ffmpeg.write_text(
        f'#!/bin/sh\nfor last; do :; done\nn=$(wc -c < "$last")\necho "{SAID.splitlines()[1].strip()}" >&2\n'
        'echo "  Stream #0:0: Video: h264, yuv420p, ${n}x20, 25 fps" >&2\n'
    )
    ffmpeg.chmod(0o700)
    inspector.ffmpeg = str(ffmpeg)

    with tempfile.TemporaryFile() as file:
        file.write(bytes(300))
        file.flush()
        found = await inspector.video(file, "video/mp4")
        inspector.ffmpeg = None
        nothing = await inspector.video(file, "video/mp4")

    assert found == Found(300, 20, 62.5)
    assert nothing == Found()


async def test_who_is_cancelled_leaves_no_child_at_the_file_and_the_next_is_served():
    inspector = Inspector(patience=timedelta(seconds=30))
    with tempfile.TemporaryFile() as file:
        file.write(bombs.picture())
        file.flush()
        await inspector.picture(file, "image/png")
        first = psutil.Process(inspector.pid)
        first.suspend()
        looking = asyncio.create_task(inspector.picture(file, "image/png"))
        await asyncio.sleep(0.1)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        found = await inspector.picture(file, "image/png")

    assert not first.is_running()
    assert found == Found(60, 40)
    await inspector.close()


async def test_a_child_that_does_not_start_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with io.BytesIO() as file, pytest.raises(InspectorUnavailable):
        await Inspector().picture(file, "image/png")
