"""A follower that nobody reads from is let go, and what it collected with it."""

from datetime import UTC, datetime

import pytest

from daygen.infra.outbox import Event
from daygen.kit.ids import EventId, JobId
from daygen.realtime.channels import Channel
from daygen.realtime.errors import TooSlow
from daygen.realtime.follower import MOST_WAITING, Follower
from tests.product import Daygen


async def test_a_reader_that_falls_behind_is_told_so_and_nothing_is_kept_for_it(daygen: Daygen):
    ada = await daygen.workspace()
    state, woken = daygen.app.state, 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    channel = Channel(f"workspace:{ada.id}", ada.id, None)
    slow = Follower(channel, state.renderer, wake).follow(state.feed, state.progress)
    quick = Follower(channel, state.renderer, wake).follow(state.feed, state.progress)
    got = 0
    for seq in range(1, MOST_WAITING + 2):
        state.feed._hand_on(Event(seq, seq, EventId.new(), ada.id, JobId.new(), "job.queued", {}, datetime.now(UTC)))
        if seq % 100 == 0:
            got += len([event async for event in quick.take()])

    with pytest.raises(TooSlow):
        _ = [event async for event in slow.take()]

    assert got == MOST_WAITING
    assert woken == 2 * (MOST_WAITING + 1)
    assert len(state.feed._listeners.of([ada.id])) == 2  # the quick one, and the places of what waits
    quick.close()
    assert len(state.feed._listeners) == 0
