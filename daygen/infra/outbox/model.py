"""A fact before it is numbered, and the event it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from daygen.kit import clock
from daygen.kit.ids import EventId, WorkspaceId


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is true from this transaction on. `subject` is what it is about, a job for example."""

    type: str
    workspace_id: WorkspaceId
    subject: UUID
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A published fact. `seq` counts within its workspace, without gap; `number` orders all events of the house."""

    number: int
    seq: int
    id: EventId
    workspace_id: WorkspaceId
    subject: UUID
    type: str
    data: Mapping[str, Any]
    created_at: datetime


def envelope(
    event_id: EventId, seq: int, kind: str, created_at: datetime, workspace_id: WorkspaceId, data: Mapping[str, Any]
) -> dict[str, Any]:
    """An event as it leaves the house, the same by every way out."""
    return {
        "id": str(event_id),
        "seq": seq,
        "type": kind,
        "createdAt": clock.shown(created_at),
        "workspaceId": str(workspace_id),
        "data": dict(data),
    }
