"""What every peer written in Python is asked, in lines of JSON, and how its queue is driven.

`put`: put tasks into the queue, so many at a time. `drain`: fill it, then work it off in this process. `work` and
`report`: be a worker that notes when each task starts. `send`: put a task in now and then, and note when.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from bench.figures import spread_of

PAUSE_S = (0.02, 0.04)  # as in `bench.watch`
CHUNK = 1000

Handle = Callable[[int], None]


class Queue(Protocol):
    """A peer's queue, opened. A task is a number, and doing it is calling `handle` with it."""

    async def put(self, number: int) -> None:
        """Put one task in; when this returns it is accepted."""
        ...

    async def fill(self, count: int) -> None:
        """Put many in, by whatever is quickest."""
        ...

    async def work(self, handle: Handle, at_once: int) -> None:
        """Begin to work in this process, with so many tasks at a time, and return."""
        ...


Open = Callable[[str], Awaitable[Queue]]


async def put(queue: Queue, seconds: float, at_once: int) -> dict[str, float]:
    """How many single puts a second, and how long one takes."""
    times_s: list[float] = []
    began = time.perf_counter()

    async def one_after_the_other() -> None:
        while (before := time.perf_counter()) - began < seconds:
            await queue.put(len(times_s))
            times_s.append(time.perf_counter() - before)

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return {"per_s": round(len(times_s) / (time.perf_counter() - began), 1), **spread_of(times_s)}


async def drain(queue: Queue, tasks: int, seconds: float, at_once: int) -> dict[str, float]:
    """How many tasks a second one worker process does, from a full queue."""
    await queue.fill(tasks)
    done = 0
    over = asyncio.Event()

    def handle(_number: int) -> None:
        nonlocal done
        done += 1
        if done == tasks:
            over.set()

    began = time.perf_counter()
    await queue.work(handle, at_once)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    return {"per_s": round(done / (time.perf_counter() - began), 1), "done": done}


async def send(queue: Queue, tasks: int) -> dict[str, Any]:
    """Put a task in now and then."""
    sent: list[tuple[int, float]] = []
    for number in range(tasks):
        sent.append((number, time.time()))
        await queue.put(number)
        await asyncio.sleep(random.uniform(*PAUSE_S))
    return {"moments": sent}


async def serve(open_queue: Open) -> None:
    """Answer questions until there are none."""
    loop = asyncio.get_running_loop()
    queue: Queue | None = None
    started: list[tuple[int, float]] = []
    one_more = asyncio.Event()

    def start(number: int) -> None:
        started.append((number, time.time()))
        one_more.set()

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        question: dict[str, Any] = json.loads(line)
        queue = queue or await open_queue(question["at"])
        match question["do"]:
            case "put":
                answer = await put(queue, question["seconds"], question["atOnce"])
            case "drain":
                answer = await drain(queue, question["tasks"], question["seconds"], question["atOnce"])
            case "send":
                answer = await send(queue, question["tasks"])
            case "work":
                await queue.work(start, question["atOnce"])
                answer = {}
            case _:
                while len(started) < question["tasks"]:  # whoever asks has an end to their patience
                    one_more.clear()
                    await one_more.wait()
                answer = {"moments": started}
        print(json.dumps(answer), flush=True)


def main(open_queue: Open) -> None:
    """Run a peer's process."""
    import uvloop  # the peer's own

    uvloop.run(serve(open_queue))
