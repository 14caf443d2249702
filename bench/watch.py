"""A client with many sockets: opens them, orders jobs at a gentle pace, and notes when each socket hears of each end.

A process of its own, asked in lines of JSON: `{"do": "open", "sockets": 1000, …}`, `{"do": "submit", "jobs": 100, …}`,
`{"do": "ping"}`. Moments are those of the system's clock, which is the database's too.
"""

import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

from bench.load import ACCEPTED, body
from bench.wire import Connection, Socket, post

AT_ONCE = 50  # handshakes side by side
PAUSE_S = (0.02, 0.04)  # between two jobs: longer than one takes, and not in step with anything
LONGEST_WAIT_S = 30.0
_SUCCEEDED = b'"type":"job.succeeded"'


@dataclass(slots=True)
class Watcher:
    """The sockets, and what they heard."""

    host: str
    port: int
    sockets: list[Socket] = field(default_factory=list[Socket])
    answered: int = 0
    heard: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))

    async def open(self, sockets: int, keys: Sequence[str], channels: Sequence[str]) -> dict[str, Any]:
        """Open sockets, each following a workspace's channel; workspaces in turns. Answers when all follow."""
        gate = asyncio.Semaphore(AT_ONCE)
        self.answered = 0

        async def one(number: int) -> None:
            async with gate:
                key, channel = keys[number % len(keys)], channels[number % len(channels)]
                headers = {"Authorization": f"Bearer {key}"}
                socket = await Socket.open(self.host, self.port, "/v1/ws", self._hear, headers)
                self.sockets.append(socket)
                if channel:
                    socket.send(json.dumps({"op": "subscribe", "channel": channel}).encode())

        await asyncio.gather(*(one(number) for number in range(sockets)))
        if channels[0]:
            await self._until(lambda: self.answered >= sockets, "not every socket was subscribed")
        return {"open": len(self.sockets)}

    async def ping(self) -> dict[str, Any]:
        """Answer when every socket has answered a ping: all are alive."""
        self.answered = 0
        for socket in self.sockets:
            socket.send(b'{"op":"ping"}')
        await self._until(lambda: self.answered >= len(self.sockets), "not every socket answered a ping")
        return {"alive": sum(not socket.closed for socket in self.sockets)}

    async def hang_up(self) -> dict[str, Any]:
        """Close every socket."""
        for socket in self.sockets:
            socket.close()
        await self._until(lambda: all(socket.closed for socket in self.sockets), "not every socket was closed")
        self.sockets.clear()
        return {"open": 0}

    async def submit(self, jobs: int, keys: Sequence[str], prompt: str, listeners: int) -> dict[str, Any]:
        """Order jobs one after the other, workspaces in turns; each must be heard of by so many sockets."""
        connection = await Connection.open(self.host, self.port)
        ordered: list[dict[str, Any]] = []
        for number in range(jobs):
            content = body(number)
            content["input"]["prompt"] = prompt
            request = post(self.host, "/v1/jobs", keys[number % len(keys)], content)
            posted_at = time.time()
            status, answer = await connection.ask(request)
            answered_at = time.time()
            if status != ACCEPTED:
                return {"failed": f"{status} {answer[:300].decode(errors='replace')}"}
            job_id = json.loads(answer)["jobId"]
            ordered.append({"jobId": job_id, "postedAt": posted_at, "answeredAt": answered_at})
            if listeners:
                await self._until(lambda job_id=job_id: len(self.heard[job_id]) >= listeners, f"{job_id} was not heard")
            await asyncio.sleep(random.uniform(*PAUSE_S))
        connection.close()
        return {"jobs": [{**job, "heardAt": self.heard.pop(job["jobId"], [])} for job in ordered]}

    def _hear(self, message: bytes) -> None:
        now = time.time()
        if _SUCCEEDED in message:
            self.heard[json.loads(message)["event"]["data"]["jobId"]].append(now)
        elif message.startswith((b'{"op": "subscribed"', b'{"op":"pong"')):
            self.answered += 1

    async def _until(self, done: Any, otherwise: str) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(otherwise)
            await asyncio.sleep(0.005)  # moments are noted as they come, not here


async def serve() -> None:
    """Answer questions until there are none."""
    loop = asyncio.get_running_loop()
    watcher: Watcher | None = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        question: Mapping[str, Any] = json.loads(line)
        watcher = watcher or Watcher(question["host"], question["port"])
        try:
            answer = await _answer(watcher, question)
        except (OSError, TimeoutError) as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


async def _answer(watcher: Watcher, question: Mapping[str, Any]) -> dict[str, Any]:
    match question["do"]:
        case "open":
            return await watcher.open(question["sockets"], question["keys"], question["channels"])
        case "submit":
            return await watcher.submit(
                question["jobs"], question["keys"], question["prompt"], question.get("listeners", 0)
            )
        case "ping":
            return await watcher.ping()
        case _:
            return await watcher.hang_up()


if __name__ == "__main__":
    uvloop.run(serve())
