"""The outbox: facts written in the transaction that made them true, numbered per workspace by one relay, read in order.

    emit ──▶ outbox ──relay──▶ events (workspace, seq)  ──▶ sockets, streams, webhooks

A writer never waits for another one: the relay numbers the rows it can see, so a cursor never misses one, and what
committed before something else began is numbered before it.
"""

from daygen.infra.outbox.feed import Feed
from daygen.infra.outbox.listeners import Listeners
from daygen.infra.outbox.model import Event, Fact, envelope
from daygen.infra.outbox.relay import EVENTS, OUTBOX, Relay
from daygen.infra.outbox.repository import after, forget, head, newest_number, oldest, replay
from daygen.infra.outbox.service import emit

__all__ = [
    "EVENTS",
    "OUTBOX",
    "Event",
    "Fact",
    "Feed",
    "Listeners",
    "Relay",
    "after",
    "emit",
    "envelope",
    "forget",
    "head",
    "newest_number",
    "oldest",
    "replay",
]
