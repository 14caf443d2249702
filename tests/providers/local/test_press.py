"""The presses: child processes that print in order, end with their worker, and can be lost without harm."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from daygen.kit.ids import JobId
from daygen.kit.money import MicroUsd
from daygen.providers.contract import Broken, Call, Output, Provider, Refused, Report, Source
from daygen.providers.local import LocalPrint
from daygen.providers.local.recipe import read_from

PRESS = [sys.executable, "-m", "daygen.providers.local.press"]


class Heard:
    """A sink that keeps what it is told; `first` is set at the first sign of progress."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.outputs: dict[int, Output] = {}
        self.first = asyncio.Event()

    async def progress(self, share: float) -> None:
        self.shares.append(share)
        self.first.set()

    async def output(self, index: int, output: Output) -> None:
        assert output.path.exists()
        self.outputs[index] = output

    async def preview(self, index: int, output: Output) -> None:
        """Passing pictures are not looked at here."""


@pytest.fixture
async def local() -> AsyncGenerator[LocalPrint, None]:
    provider = LocalPrint(presses=2)
    yield provider
    await provider.close()


def call(
    scratch: Path,
    wanted: Sequence[int] = (0,),
    *,
    side: int = 96,
    sources: Mapping[str, Source] | None = None,
    **given: Any,
) -> Call:
    filled: dict[str, Any] = {"prompt": "a lighthouse", "seed": 5, "width": side, "height": side, "technique": "auto"}
    return Call(
        job_id=JobId.new(),
        ref="ref",
        model="local/print",
        operation=given.pop("operation", "text_to_image"),
        input=filled | given,
        wanted=wanted,
        scratch=scratch,
        sources=sources or {},
    )


def children() -> list[psutil.Process]:
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "press" in " ".join(child.cmdline())]


def talk(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    ended = subprocess.run(PRESS, input=lines, capture_output=True, text=True, check=True, timeout=30)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_press_prints_in_order_says_how_far_it_is_and_ends_with_its_stdin(tmp_path: Path):
    order = {"prompt": "sea", "seed": 1, "width": 64, "height": 48, "technique": "auto"}

    events = talk([{"id": number, "out": str(tmp_path / f"{number}.png"), **order} for number in (1, 2)])

    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    for number in (1, 2):
        shares = [event["progress"] for event in events if event["id"] == number and "progress" in event]
        assert shares == sorted(set(shares))
        assert len(shares) > 3
    assert [event["done"] for event in events if "done" in event] == [{"width": 64, "height": 48}] * 2


def test_a_press_goes_on_after_an_order_it_cannot_do(tmp_path: Path):
    order = {"prompt": "sea", "seed": 1, "width": 64, "height": 48, "technique": "auto"}

    events = talk(
        [
            {"id": 1, "out": str(tmp_path / "missing" / "1.png"), **order},
            {"id": 2, "out": str(tmp_path / "2.png"), "source": str(Path(__file__)), "strength": "subtle", "seed": 1},
            {"id": 3, "out": str(tmp_path / "3.png"), **order},
        ]
    )

    ends = {event["id"]: event for event in events if "progress" not in event}
    assert "FileNotFoundError" in ends[1]["failed"]
    assert "not a PNG" in ends[2]["foreign"]
    assert "done" in ends[3]


_WORKER = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "daygen.providers.local.press", str(os.getpid())]
press = subprocess.Popen(command, stdin=int(sys.argv[1]))
print(press.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_press_dies_with_a_worker_that_is_killed():
    # We hold the other end of its stdin, so it is not the end of its orders that ends it.
    orders, ours = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(orders)], pass_fds=(orders,), stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        press = psutil.Process(int(worker.stdout.readline()))
        os.write(ours, b'{"id": 1, "out": "", "source": "/", "strength": "subtle", "seed": 1}\n')
        assert "failed" in worker.stdout.readline()

        worker.send_signal(signal.SIGKILL)

        press.wait(10)
    os.close(orders)
    os.close(ours)


async def test_a_call_brings_every_wanted_output_and_rising_progress(local: LocalPrint, tmp_path: Path):
    provider: Provider = local
    heard = Heard()

    report = await provider.run(call(tmp_path, (0, 2, 3)), heard)

    assert report == Report(units=3, cost=MicroUsd(0))
    assert sorted(heard.outputs) == [0, 2, 3]
    assert heard.shares == sorted(heard.shares)
    assert {read_from(output.path).seed for output in heard.outputs.values()} == {5, 7, 8}
    with Image.open(heard.outputs[2].path) as image:
        assert (image.format, image.size) == ("PNG", (96, 96))


async def test_an_output_made_alone_is_the_one_made_among_others(local: LocalPrint, tmp_path: Path):
    (tmp_path / "all").mkdir()
    (tmp_path / "one").mkdir()
    together, alone = Heard(), Heard()

    await local.run(call(tmp_path / "all", (0, 1)), together)
    await local.run(call(tmp_path / "one", (1,)), alone)

    assert alone.outputs[1].path.read_bytes() == together.outputs[1].path.read_bytes()


async def test_presses_are_kept_and_never_more_than_allowed(local: LocalPrint, tmp_path: Path):
    await local.run(call(tmp_path, range(5)), Heard())
    first = {child.pid for child in children()}
    await local.run(call(tmp_path, range(5)), Heard())

    assert len(first) == 2
    assert {child.pid for child in children()} == first


async def test_vary_prints_neighbours_of_its_own_picture(local: LocalPrint, tmp_path: Path):
    await local.run(call(tmp_path), Heard())
    source = {"image": Source((tmp_path / "0.png").rename(tmp_path / "in.png"), "image/png")}
    heard = Heard()

    await local.run(call(tmp_path, (0, 1), operation="vary", sources=source, strength="subtle", seed=8), heard)

    recipes = [read_from(heard.outputs[index].path) for index in (0, 1)]
    assert {(recipe.prompt, recipe.width) for recipe in recipes} == {("a lighthouse", 96)}
    assert [step.seed for recipe in recipes for step in recipe.variations] == [8, 9]


async def test_vary_refuses_a_foreign_picture_and_says_what_to_do(local: LocalPrint, tmp_path: Path):
    Image.new("RGB", (32, 32)).save(tmp_path / "in.png")
    source = {"image": Source(tmp_path / "in.png", "image/png")}

    with pytest.raises(Refused, match=r"can only vary its own pictures: .* Choose a picture") as refused:
        await local.run(call(tmp_path, operation="vary", sources=source, strength="strong"), Heard())

    assert refused.value.code == "provider.foreign_picture"


async def test_an_operation_that_is_not_on_offer_is_refused(local: LocalPrint, tmp_path: Path):
    with pytest.raises(Refused) as refused:
        await local.run(call(tmp_path, operation="upscale"), Heard())

    assert refused.value.code == "provider.unsupported_operation"


async def test_a_press_that_is_killed_breaks_the_call_and_the_next_call_gets_a_fresh_one(
    local: LocalPrint, tmp_path: Path
):
    heard = Heard()
    running = asyncio.create_task(local.run(call(tmp_path, side=2048), heard))
    await heard.first.wait()

    for child in children():
        child.kill()
    with pytest.raises(Broken):
        await running

    assert (await local.run(call(tmp_path), Heard())).units == 1


async def test_a_cancelled_call_kills_its_press_and_leaves_the_others(local: LocalPrint, tmp_path: Path):
    heard = Heard()
    running = asyncio.create_task(local.run(call(tmp_path, side=2048), heard))
    await heard.first.wait()
    (press,) = children()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert not press.is_running()
    assert (await local.run(call(tmp_path), Heard())).units == 1


async def test_a_sink_that_lost_the_job_stops_the_call(local: LocalPrint, tmp_path: Path):
    class Taken(Heard):
        async def progress(self, share: float) -> None:
            raise LookupError(f"taken by another worker at {share}")

    with pytest.raises(LookupError):
        await local.run(call(tmp_path, (0, 1, 2), side=512), Taken())


async def test_close_leaves_no_process_behind(tmp_path: Path):
    provider = LocalPrint(presses=1)
    await provider.run(call(tmp_path), Heard())
    (press,) = children()

    await provider.close()

    assert not press.is_running()
