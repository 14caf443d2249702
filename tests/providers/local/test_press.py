"""The presses: child processes that print in order, end with their worker, and can be lost without harm."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from daygen.kit.money import MicroUsd
from daygen.providers.contract import Broken, Output, Provider, Refused, Report, Source
from daygen.providers.local import LocalPrint
from daygen.providers.local.keepsake import read_from
from daygen.providers.local.presses import Press
from tests.providers.local.calls import Heard, call, children

PRESS = [sys.executable, "-m", "daygen.providers.local.press"]


@pytest.fixture
async def local() -> AsyncGenerator[LocalPrint, None]:
    provider = LocalPrint(presses=2)
    yield provider
    await provider.close()


def printing(number: int, folder: Path) -> dict[str, Any]:
    """An order for a press."""
    given = {"prompt": "sea", "width": 64, "height": 48, "technique": "auto"}
    out = str(folder / str(number))
    return {"id": number, "operation": "text_to_image", "input": given, "seed": 1, "out": out, "sources": {}}


def talk(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    ended = subprocess.run(PRESS, input=lines, capture_output=True, text=True, check=True, timeout=30)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_press_prints_in_order_says_how_far_it_is_and_ends_with_its_stdin(tmp_path: Path):
    events = talk([printing(number, tmp_path) for number in (1, 2)])

    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    for number in (1, 2):
        shares = [event["progress"] for event in events if event["id"] == number and "progress" in event]
        assert shares == sorted(set(shares))
        assert len(shares) > 3
    made = [event["done"] for event in events if "done" in event]
    assert [(done["path"], done["width"], done["height"]) for done in made] == [
        (str(tmp_path / f"{number}.png"), 64, 48) for number in (1, 2)
    ]


def test_a_press_goes_on_after_an_order_it_cannot_do(tmp_path: Path):
    foreign = {"operation": "vary", "input": {"strength": "subtle"}, "sources": {"image": __file__}}

    events = talk([printing(1, tmp_path / "missing"), printing(2, tmp_path) | foreign, printing(3, tmp_path)])

    ends = {event["id"]: event for event in events if "progress" not in event}
    assert "FileNotFoundError" in ends[1]["failed"]
    assert ends[2]["refused"]["code"] == "provider.foreign_picture"
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
        os.write(ours, b'{"id": 1, "operation": "none", "input": {}, "seed": 1, "out": "", "sources": {}}\n')
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
        await local.run(call(tmp_path, operation="train_lora"), Heard())

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


@pytest.mark.parametrize(("last", "ending"), [("true", Refused), ("false", Broken)])
async def test_a_press_that_ends_while_it_reads_a_file_was_ended_by_the_file(last: str, ending: type[Exception]):
    says = f"""input(); print('{{"id": 0, "reading": {last}}}', flush=True)"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", says, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )

    with pytest.raises(ending):
        await Press(process).print({}, Deaf())


class Deaf:
    """Hears nothing of how an order goes."""

    def progress(self, share: float) -> None:
        pass

    def preview(self, preview: Output) -> None:
        pass


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
