"""`Prefer: wait=n` (RFC 7240): an answer that waits until what was ordered has ended, or n seconds."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Header

from daygen.infra.outbox import Event, Feed

LONGEST_WAIT = timedelta(seconds=60)
APPLIED = {"Preference-Applied": "wait"}

Prefer = Annotated[str | None, Header(description="`wait=n`: answer when it has all ended, or after n (at most 60) s.")]


def wait_of(prefer: str | None) -> timedelta | None:
    """How long the caller would wait; other preferences are not ours."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,4})", prefer or "")
    return min(timedelta(seconds=int(found[1])), LONGEST_WAIT) if found else None


async def wait_for_end(
    feed: Feed, subject: UUID, ends: Collection[str], wait: timedelta, has_ended: Callable[[], Awaitable[bool]]
) -> None:
    """Return when one of these types of event is told of it, or after the wait; at once when it has ended before."""
    over = asyncio.Event()

    def receive(event: Event) -> None:
        if event.type in ends:
            over.set()

    stop_listening = feed.listen(subject, receive)
    try:
        if not await has_ended():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), wait.total_seconds())
    finally:
        stop_listening()
