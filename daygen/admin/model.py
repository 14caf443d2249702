"""What an operator sees."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record


@dataclass(frozen=True, slots=True)
class Look:
    """The queue as it was `at` a moment; rows as the queue's views have them. `names` are the workspaces'."""

    at: datetime
    depths: list[Record]
    pools: list[Record]
    lanes: list[Record]
    workers: list[Record]
    letters: list[Record]
    names: dict[UUID, str]
