"""Channels and cursors: what a subscriber may follow, what it missed, and how an event looks on the way out."""

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from daygen import assets, jobs
from daygen.identity import Caller, Scope
from daygen.infra import outbox
from daygen.infra.db import Database
from daygen.infra.outbox import Event
from daygen.infra.storage import Storage
from daygen.jobs import Batch, Progress
from daygen.kit.clock import Clock
from daygen.kit.ids import BatchId, EventId, JobId, WorkspaceId
from daygen.kit.problems import Problem
from daygen.realtime.errors import CursorExpired, NoSuchChannel

PAGE = 500
MOST_RENDERED = 2_000
LINKS_STAY_FRESH_S = 3600.0  # of the day that they last


@dataclass(frozen=True, slots=True)
class Channel:
    """What is followed: all events of a workspace, or those about some subjects of it, which are all known."""

    name: str
    workspace_id: WorkspaceId
    subjects: AbstractSet[UUID] | None

    @property
    def about(self) -> UUID:
        """What the feeds know it by: its only subject, or the workspace, of which `carries` says what is meant."""
        return self.workspace_id if self.subjects is None or len(self.subjects) > 1 else next(iter(self.subjects))

    def carries(self, subject: UUID) -> bool:
        """Whether what is about this is followed."""
        return self.subjects is None or subject in self.subjects


async def open_channel(db: Database, caller: Caller, name: str) -> Channel:
    """Find a channel the caller may follow. Raises `NoSuchChannel`, also for other people's, or `ScopeMissing`."""
    caller.need(Scope.JOBS_READ)
    kind, _, text = name.partition(":")
    try:
        if kind == "workspace" and WorkspaceId.parse(text) == caller.workspace_id:
            return Channel(name, caller.workspace_id, None)
        if kind == "job":
            job_id = JobId.parse(text)
            async with db.reading() as tx:
                await jobs.find(tx, caller.workspace_id, job_id)
            return Channel(name, caller.workspace_id, {job_id})
        if kind == "batch":
            batch_id = BatchId.parse(text)
            async with db.reading() as tx:
                return batch_channel(await jobs.find_batch(tx, caller.workspace_id, batch_id))
    except (ValueError, Problem) as error:
        raise NoSuchChannel from error
    raise NoSuchChannel


def batch_channel(batch: Batch) -> Channel:
    """A batch and its jobs: it never has others than those it was ordered with."""
    return Channel(f"batch:{batch.id}", batch.workspace_id, {batch.id, *batch.job_ids})


async def head(db: Database, channel: Channel, after: int | None) -> int:
    """The newest seq of a channel's workspace.

    Raises `CursorExpired` when what came after `after` is not all kept, or when `after` is no event of ours.
    """
    async with db.reading() as tx:
        newest = await outbox.head(tx, channel.workspace_id)
        if after is not None and after > newest:
            raise CursorExpired
        if after is not None and after < newest:
            oldest = await outbox.oldest(tx, channel.workspace_id)
            if oldest is None or after < oldest - 1:
                raise CursorExpired
    return newest


async def missed(db: Database, channel: Channel, after: int, upto: int) -> AsyncIterator[Event]:
    """The events of a channel after one seq up to another."""
    while after < upto:
        async with db.reading() as tx:
            page = await outbox.replay(tx, channel.workspace_id, after, subjects=channel.subjects, upto=upto, most=PAGE)
        for event in page:
            after = event.seq
            yield event
        if len(page) < PAGE:
            return


class Renderer:
    """Turns events into JSON, each once for all who follow it."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._rendered: OrderedDict[int, str] = OrderedDict()
        self._since = clock.monotonic()

    async def event(self, event: Event) -> str:
        """An event as JSON, with links to its files."""
        if self._clock.monotonic() - self._since > LINKS_STAY_FRESH_S:
            self._rendered.clear()
            self._since = self._clock.monotonic()
        text = self._rendered.get(event.number)
        if text is None:
            data = await self._data(event)
            shown = outbox.envelope(event.id, event.seq, event.type, event.created_at, event.workspace_id, data)
            text = self._rendered[event.number] = _json(shown)
            if len(self._rendered) > MOST_RENDERED:
                self._rendered.popitem(last=False)
        return text

    async def progress(self, note: Progress, seq: int) -> str:
        """A note of progress as JSON. It is not history: it repeats the last seq, so a cursor stays where it is."""
        now, data = self._clock.now(), await jobs.show_event(self._storage, note.data())
        return _json(outbox.envelope(EventId.new(), seq, "job.progress", now, note.workspace_id, data))

    async def _data(self, event: Event) -> Mapping[str, Any]:
        show = assets.show_event if event.type == "asset.created" else jobs.show_event
        return await show(self._storage, event.data)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
