"""A load generator for `POST /v1/jobs`: a process of its own, raw sockets, every answer checked.

It takes one `Order` as a line of JSON and answers with one. Without a rate each connection sends its next request when
the last one is answered; with a rate requests are due at fixed moments, and one that must wait for a free connection
is counted from the moment it was due.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import uvloop

from bench.figures import spread_of
from bench.wire import Connection, post

ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where: `keys` are the workspaces', taken in turns; `rate_per_s` 0 is as fast as it goes."""

    host: str
    port: int
    keys: Sequence[str]
    connections: int
    warm_up_s: float
    seconds: float
    rate_per_s: float = 0

    def line(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class Tally:
    """What came of the requests that began after the warm-up."""

    def __init__(self, order: Order) -> None:
        self.begins = time.perf_counter() + order.warm_up_s
        self.ends = self.begins + order.seconds
        self._times_s: list[float] = []
        self._seconds = order.seconds
        self._answered = 0
        self._wrong: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() >= self.ends

    def add(self, began: float, status: int, body: bytes) -> None:
        """Count an answer."""
        now = time.perf_counter()
        if status != ACCEPTED:
            self._wrong[f"{status} {body[:200].decode(errors='replace')}"] += 1
        if self.begins <= now < self.ends:
            self._answered += 1
        if self.begins <= began < self.ends:
            self._times_s.append(now - began)

    def line(self) -> dict[str, Any]:
        """Figures, or what went wrong."""
        if self._wrong:
            return {"failed": f"not every answer was 202: {self._wrong.most_common(3)}"}
        return {"per_s": round(self._answered / self._seconds, 1), **spread_of(self._times_s)}


async def load(order: Order) -> dict[str, Any]:
    """Send, wait, count."""
    connections = [await Connection.open(order.host, order.port) for _ in range(order.connections)]
    requests = [post(order.host, "/v1/jobs", key, body(number)) for number, key in enumerate(order.keys)]
    tally = Tally(order)
    if order.rate_per_s:
        await _at_a_rate(order, connections, requests, tally)
    else:
        await asyncio.gather(
            *(_as_fast_as_it_goes(one, number, requests, tally) for number, one in enumerate(connections))
        )
    for connection in connections:
        connection.close()
    return tally.line()


def body(number: int) -> dict[str, Any]:
    """One order."""
    return {
        "model": "fake/image",
        "operation": "text_to_image",
        "input": {"prompt": "a lighthouse at dusk, long exposure, seen from the harbour wall", "seed": number},
        "count": 1,
        "priority": "normal",
        "metadata": {"source": "bench", "number": number},
    }


async def _as_fast_as_it_goes(connection: Connection, number: int, requests: Sequence[bytes], tally: Tally) -> None:
    while not tally.over:
        began = time.perf_counter()
        tally.add(began, *await connection.ask(requests[number % len(requests)]))
        number += 1


async def _at_a_rate(order: Order, connections: Sequence[Connection], requests: Sequence[bytes], tally: Tally) -> None:
    due: asyncio.Queue[float | None] = asyncio.Queue()

    async def serve(connection: Connection, number: int, next_due: Callable[[], Any]) -> None:
        while (began := await next_due()) is not None:
            tally.add(began, *await connection.ask(requests[number % len(requests)]))
            number += 1

    serving = [asyncio.create_task(serve(one, number, due.get)) for number, one in enumerate(connections)]
    at = time.perf_counter()
    while at < tally.ends:
        await asyncio.sleep(at - time.perf_counter())
        due.put_nowait(at)
        at += 1 / order.rate_per_s
    for _ in serving:
        due.put_nowait(None)
    await asyncio.gather(*serving)


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(Order(**json.loads(sys.stdin.readline()))))), flush=True)
