"""One subscriber's place in one channel: first what it missed, then what comes, each once and in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Self

from daygen.infra.db import Database
from daygen.infra.outbox import Event, Feed
from daygen.jobs import Progress, ProgressFeed
from daygen.realtime.channels import Channel, Renderer, missed
from daygen.realtime.errors import TooSlow

MOST_WAITING = 1_000


class Follower:
    """Collects what happens on a channel from the moment it is made; `take` hands it out as JSON.

    `wake` is called when there is something new. A reader that lets `MOST_WAITING` events pile up is too slow.
    """

    __slots__ = ("_events", "_progress", "_renderer", "_stops", "_wake", "channel", "seq", "too_slow")

    def __init__(self, channel: Channel, renderer: Renderer, wake: Callable[[], None]) -> None:
        self.channel = channel
        self.seq = 0
        self.too_slow = False
        self._renderer = renderer
        self._wake = wake
        self._events: list[Event] = []
        self._progress: dict[object, Progress] = {}
        self._stops: tuple[Callable[[], None], ...] = ()

    def follow(self, feed: Feed, progress: ProgressFeed) -> Self:
        """Begin to collect."""
        about = self.channel.about
        self._stops = feed.listen(about, self._receive), progress.listen(about, self._note)
        return self

    def close(self) -> None:
        """Stop collecting; fine twice."""
        stops, self._stops = self._stops, ()
        for stop in stops:
            stop()

    async def replay(self, db: Database, after: int, upto: int) -> AsyncIterator[tuple[Event, str]]:
        """What was missed between two seqs, with its JSON; what comes later follows by `take`."""
        self.seq = after
        async for event in missed(db, self.channel, after, upto):
            self.seq = event.seq
            yield event, await self._renderer.event(event)
        self.seq = max(self.seq, upto)

    async def take(self) -> AsyncIterator[tuple[Event | Progress, int, str]]:
        """Everything that has come since, with its seq and JSON. Raises `TooSlow`."""
        if self.too_slow:
            raise TooSlow
        while self._events:
            events, self._events = self._events, []
            for event in events:
                if event.seq > self.seq:
                    self.seq = event.seq
                    self._progress.pop(event.subject, None)
                    yield event, event.seq, await self._renderer.event(event)
        notes, self._progress = self._progress, {}
        for note in notes.values():
            yield note, self.seq, await self._renderer.progress(note, self.seq)

    def _receive(self, event: Event) -> None:
        if not self.channel.carries(event.subject):
            return
        if len(self._events) >= MOST_WAITING:
            self.too_slow = True
            self._events.clear()
            self.close()
        else:
            self._events.append(event)
        self._wake()

    def _note(self, note: Progress) -> None:
        if not self.channel.carries(note.job_id):
            return
        self._progress[note.job_id] = note
        self._wake()


async def until(bell: asyncio.Event, seconds: float) -> bool:
    """Wait for something new; False when nothing came."""
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    bell.clear()
    return True
