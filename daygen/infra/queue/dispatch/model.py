"""What a transport is, and what it carries: the id of a granted task, and the number of its attempt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, Self

from daygen.kit.ids import TaskId


class TransportDown(Exception):  # noqa: N818 - a state of the world, to be waited out
    """The transport cannot be reached or refuses; the text may be shown to an operator, and has no secret."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A task on its way, all that a message says. Whoever shows it may take that one attempt, the first who does."""

    task_id: TaskId
    attempt: int

    def body(self) -> str:
        """As it travels."""
        return json.dumps(self.facts())

    def facts(self) -> dict[str, Any]:
        """As it travels, for who makes JSON of it."""
        return {"task": str(self.task_id), "attempt": self.attempt}

    @property
    def name(self) -> str:
        """A name that no other grant has."""
        return f"{self.task_id}-{self.attempt}"

    @classmethod
    def read(cls, body: object) -> Self:
        """Read what came. Raises ValueError for what is no grant."""
        told: Any = json.loads(body) if isinstance(body, str | bytes) else body
        if not isinstance(told, dict):
            raise ValueError("not a grant")  # noqa: TRY004 - whatever came is a value
        facts: dict[str, Any] = {**told}
        task, attempt = facts.get("task"), facts.get("attempt")
        if not isinstance(task, str) or not isinstance(attempt, int) or not 0 < attempt < 2**31:
            raise ValueError("not a grant")
        return cls(TaskId.parse(task), attempt)


@dataclass(frozen=True, slots=True)
class Message:
    """A grant as it was received. `receipt` is the transport's own, to answer it with."""

    grant: Grant
    receipt: Any


class Transport(Protocol):
    """Carries grants from the dispatcher to workers, at least once, in about the order in which they are given.

    Every method raises `TransportDown` when there is no getting through. Nothing depends on what a transport keeps:
    what it loses is published again, what it doubles is taken once.
    """

    name: str
    hold: timedelta  # how long a received message stays ours without a sign of life

    async def start(self) -> None:
        """Make ready to receive."""
        ...

    async def publish(self, grants: Sequence[Grant]) -> None:
        """Send these, in this order. A grant that is published again may be there twice."""
        ...

    async def receive(self, most: int) -> Sequence[Message]:
        """Wait a while for messages, and hand over up to `most` as soon as there are any."""
        ...

    async def prolong(self, messages: Sequence[Message]) -> None:
        """Keep these for another `hold`, and do what else is to be done three times in it. There may be none."""
        ...

    async def accept(self, message: Message) -> None:
        """Remove a message for good."""
        ...

    async def give_back(self, message: Message) -> None:
        """Let another worker have it, now."""
        ...

    async def depth(self) -> Mapping[str, int]:
        """How many messages it holds, by the transport's own words. Says at the same time that it can be reached."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
