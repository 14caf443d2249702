"""Scenes in motion: films that end where they begin, begin with the picture itself, and leave nothing behind."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from daygen.providers.contract import Broken, Refused, Source
from daygen.providers.local import LocalPrint, find_ffmpeg
from daygen.providers.local.film import FRAMES_PER_S, film, film_size
from daygen.providers.local.keepsake import film_comment, read_from
from daygen.providers.local.motion import Motion
from daygen.providers.local.picture import draw, drawn
from daygen.providers.local.recipe import Edit, ForeignPicture, Mask, Recipe, Variation
from daygen.providers.local.scene import FAMILIES, compose
from tests.providers.local.calls import Heard, call, children

FFMPEG = find_ffmpeg() or "there is none, so these tests fail"
OF_FAMILY = {
    "animal": "a cat", "city": "skyline at night", "coast": "harbour", "flowers": "tulips in a vase",
    "geometry": "circles and squares", "mountains": "peaks", "portrait": "a queen", "typography": "'hi there'",
}  # fmt: skip
NARROW = (768, 224)  # a film is this wide whatever it is of: less of it is drawn sooner
SCENES = {
    **{family: OF_FAMILY.get(family, family) for family in FAMILIES},
    "aurora": "northern lights over the hills", "balloons": "hot air balloons", "candle": "a candle and books",
    "fire": "a room with a fireplace", "rain": "tokyo in the rain at night", "reef": "coral reef underwater",
    "snow": "cabin in the snow", "wave": "the great wave", "mill": "a windmill at dusk",
}  # fmt: skip


def nobody(_: object) -> None:
    """Look away."""


def frames(path: Path, size: tuple[int, int]) -> list[np.ndarray]:
    """Decode a film."""
    raw = subprocess.run(
        [FFMPEG, "-loglevel", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    every = np.frombuffer(raw, dtype=np.uint8).reshape(-1, size[1], size[0], 3)
    return [frame.astype(np.int64) for frame in every]


def boxes(path: Path) -> list[bytes]:
    """The kinds of an MP4's outermost boxes, in order."""
    data, at, kinds = path.read_bytes(), 0, list[bytes]()
    while at < len(data):
        kinds.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return kinds


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(np.int64)


@pytest.mark.parametrize("technique", ["screenprint", "linocut"])
@pytest.mark.parametrize("about", SCENES)
def test_everything_moves_and_comes_back(about: str, technique: str):
    scene, motion = compose(f"{SCENES[about]}", 5, technique), Motion(4)

    def at(phase: float) -> np.ndarray:
        return pixels(draw(scene, 240, 160, plates=motion.at(phase)))

    still, moments = pixels(draw(scene, 240, 160)), [at(phase) for phase in (0.13, 0.41, 0.77)]

    assert np.array_equal(at(0.0), still)
    apart = np.abs(at(1.0) - still).max(axis=2) > 8
    assert apart.mean() <= (0.004 if about == "mill" else 0)  # a sail that comes where another was is a hair off
    for one, other in itertools.combinations([still, *moments], 2):
        moved = np.abs(one - other).max(axis=2)
        assert (moved > 8).mean() > 0.0006
        assert (moved > 40).mean() < 0.3


def test_steps_are_small_and_the_last_is_like_the_others():
    scene, motion = compose("a lighthouse at dusk, two boats", 3, "screenprint"), Motion(4)
    count = 4 * FRAMES_PER_S
    shown = [pixels(draw(scene, 192, 128, plates=motion.at(number / count))) for number in range(count)]

    steps = [float(np.abs(one - other).mean()) for one, other in itertools.pairwise([*shown, shown[0]])]

    assert min(steps) > 0
    assert steps[-1] < 2.5 * float(np.median(steps))
    assert max(steps) < 4 * float(np.median(steps))


def test_a_film_is_h264_that_starts_at_once_and_begins_with_the_picture(tmp_path: Path):
    recipe, path = Recipe("a lighthouse at dusk", 4, 240, 160), tmp_path / "film.mp4"
    shares: list[float] = []

    film(recipe, 2, FFMPEG, path, shares.append, nobody)

    shown = frames(path, (240, 160))
    said = subprocess.run([FFMPEG, "-i", str(path)], capture_output=True, text=True, check=False).stderr
    assert len(shown) == 2 * FRAMES_PER_S
    assert "h264 (High)" in said
    assert "yuv420p(tv, bt709" in said
    assert "Duration: 00:00:02.00" in said
    assert boxes(path).index(b"moov") < boxes(path).index(b"mdat")
    assert np.abs(shown[0] - pixels(drawn(recipe))).mean() < 5
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [left.name for left in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (1248, 832, (768, 512)),
        (64, 1024, (48, 768)),
        (4096, 16, (768, 16)),
        (333, 517, (494, 768)),
        (16, 16, (768, 768)),
    ],
)
def test_a_film_of_any_picture_has_even_sides_and_the_same_long_one(width: int, height: int, size: tuple[int, int]):
    assert film_size(width, height) == size


def test_the_same_order_is_the_same_film(tmp_path: Path):
    recipe = Recipe("a bowl of lemons", 4, *NARROW)

    for name in ("one.mp4", "other.mp4"):
        film(recipe, 2, FFMPEG, tmp_path / name, nobody, nobody)

    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "other.mp4").read_bytes()


@pytest.mark.parametrize("prompt", ['a = b; # c \\ d\ne, 日本の海, "quotes" {json}, \ud800', "x" * 4000])
def test_a_film_carries_its_recipe(tmp_path: Path, prompt: str):
    path = tmp_path / "film.mp4"
    edit = Edit("a fox", 3, Mask(4, 4, bytes(range(100, 116))), (0.0, 0.0, 1.0, 0.5))
    recipe = Recipe(prompt, 4, *NARROW, "linocut", (Variation(1, "subtle"),), (edit,))

    film(recipe, 2, FFMPEG, path, nobody, nobody)

    assert read_from(path) == recipe


def test_what_is_no_film_of_ours_is_foreign(tmp_path: Path):
    ours, theirs = tmp_path / "ours.mp4", tmp_path / "theirs.mp4"
    film(Recipe("sea", 4, *NARROW), 2, FFMPEG, ours, nobody, nobody)
    whole = ours.read_bytes()
    comment = film_comment(Recipe("sea", 4, *NARROW)).encode()
    assert comment in whole
    changes = [
        whole[:40], whole[: whole.index(b"ilst")], whole.replace(b"daygen-print", b"dayzen-print"),
        whole.replace(b"moov", b"moof"), whole.replace(b'"seed": 4', b'"seed": x'), whole.replace(b"sea", b"s\xffa"),
        b"\x00\x00\x00\x08ftyp" * 1000, b"\x00\x00\x00\x01ftyp" + b"\xff" * 64,
    ]  # fmt: skip

    for changed in changes:
        theirs.write_bytes(changed)
        with pytest.raises(ForeignPicture):
            read_from(theirs)


@pytest.fixture
async def local() -> AsyncGenerator[LocalPrint, None]:
    provider = LocalPrint(presses=1, ffmpeg=FFMPEG)
    yield provider
    await provider.close()


async def test_words_become_a_film_and_the_film_a_picture_and_a_film_again(local: LocalPrint, tmp_path: Path):
    heard, grown, again = Heard(), Heard(), Heard()
    for folder in ("1", "2", "3"):
        (tmp_path / folder).mkdir()
    ordered: dict[str, Any] = {"prompt": "a bowl of lemons", "width": 768, "height": 330, "seconds": 2}

    report = await local.run(call(tmp_path / "1", operation="text_to_video", **ordered), heard)
    output = heard.outputs[0]
    source = {"image": Source(output.path, "video/mp4")}
    await local.run(call(tmp_path / "2", operation="upscale", sources=source, scale=2), grown)
    await local.run(call(tmp_path / "3", operation="image_to_video", sources=source, seconds=3), again)

    assert report.units == 1
    assert (output.content_type, output.width, output.height, output.duration_s) == ("video/mp4", 768, 330, 2.0)
    assert (grown.outputs[0].width, grown.outputs[0].height) == (1536, 660)
    assert again.outputs[0].duration_s == 3.0
    assert read_from(again.outputs[0].path) == read_from(output.path)
    assert len(frames(again.outputs[0].path, (768, 330))) == 3 * FRAMES_PER_S
    assert {preview.content_type for _, preview in heard.previews} <= {"image/webp"}  # a quick film has none
    assert heard.shares == sorted(heard.shares)


async def test_without_ffmpeg_a_film_is_refused_with_what_to_do(tmp_path: Path):
    provider = LocalPrint(presses=1)

    with pytest.raises(Refused, match=r"no ffmpeg\. Install ffmpeg, or") as refused:
        await provider.run(call(tmp_path, operation="text_to_video", seconds=2), Heard())

    assert refused.value.code == "provider.unsupported_operation"
    assert (await provider.run(call(tmp_path), Heard())).units == 1
    await provider.close()


async def test_an_ffmpeg_that_fails_is_heard_and_leaves_nothing_behind(tmp_path: Path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    broken.chmod(0o755)
    provider = LocalPrint(presses=1, ffmpeg=str(broken))

    with pytest.raises(Broken, match="the disk is full"):
        await provider.run(call(tmp_path, operation="text_to_video", seconds=2), Heard())

    assert (await provider.run(call(tmp_path), Heard())).units == 1
    await provider.close()


async def test_a_cancelled_film_leaves_no_ffmpeg_behind(local: LocalPrint, tmp_path: Path):
    heard = Heard()
    ordered: dict[str, Any] = {"prompt": "neon tokyo in the rain", "width": 768, "height": 768, "seconds": 6}
    running = asyncio.create_task(local.run(call(tmp_path, operation="text_to_video", **ordered), heard))
    await heard.first.wait()
    (press,) = children()
    (ffmpeg,) = press.children()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert gone([press, ffmpeg])


_WORKER = """
import subprocess, sys, os, time
press = subprocess.Popen(
    [sys.executable, "-m", "daygen.providers.local.press", str(os.getpid())], stdin=int(sys.argv[1]), stdout=1
)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_worker_that_is_killed_leaves_no_ffmpeg_behind(tmp_path: Path):
    orders, ours = os.pipe()
    given = {"prompt": "sea", "width": 768, "height": 768, "seconds": 6}
    order = {
        "id": 1,
        "operation": "text_to_video",
        "input": given,
        "seed": 1,
        "out": str(tmp_path / "0"),
        "sources": {},
    }
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(orders)], pass_fds=(orders,), stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        os.write(ours, json.dumps(order | {"ffmpeg": FFMPEG}).encode() + b"\n")
        assert any("progress" in line for line in worker.stdout)  # the first that says so
        left = psutil.Process(worker.pid).children(recursive=True)
        assert len(left) == 2

        worker.send_signal(signal.SIGKILL)

        assert gone(left)
    os.close(orders)
    os.close(ours)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether they all end soon."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not alive


async def test_a_film_takes_no_more_memory_than_a_frame(local: LocalPrint, tmp_path: Path):
    ordered: dict[str, Any] = {"prompt": "a bowl of lemons", "width": 768, "height": 512, "seconds": 4}

    await local.run(call(tmp_path, operation="text_to_video", **ordered), Heard())

    (press,) = children()
    lines = Path(f"/proc/{press.pid}/status").read_text().splitlines()  # noqa: ASYNC240 - a line of the kernel's
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    assert peak < 160 << 10


def test_a_second_of_film_takes_a_core_less_than_four(tmp_path: Path):
    recipe = Recipe("neon tokyo at night in the rain", 3, 768, 512, "linocut")

    began = time.process_time()
    film(recipe, 2, FFMPEG, tmp_path / "film.mp4", nobody, nobody)

    assert time.process_time() - began < 2 * 3.5  # and ffmpeg takes a quarter of a second


def test_ffmpeg_is_found_where_it_is_named_and_only_if_it_writes_h264(tmp_path: Path):
    without = tmp_path / "ffmpeg"
    without.write_text("#!/bin/sh\necho ' V..... mpeg4'\n")
    without.chmod(0o755)

    assert find_ffmpeg(FFMPEG) == FFMPEG
    assert find_ffmpeg("none") is None
    assert find_ffmpeg(str(without)) is None
    assert find_ffmpeg(str(tmp_path / "nowhere")) is None


def test_a_film_of_an_edited_picture_moves_in_both_scenes():
    mask = Mask(24, 16, bytes(255 if x < 12 else 0 for _ in range(16) for x in range(24)))
    recipe = Recipe("a lighthouse at dusk", 4, 240, 160, "screenprint", edits=(Edit("city, rain, night", 2, mask),))
    motion = Motion(4)

    still, moved = pixels(drawn(recipe)), pixels(drawn(recipe, plates=motion.at(0.4)))

    changed = np.abs(still - moved).max(axis=2) > 12
    assert np.array_equal(pixels(drawn(recipe, plates=motion.at(0.0))), still)
    assert changed[:, :110].mean() > 0.005
    assert changed[:, 130:].mean() > 0.005
