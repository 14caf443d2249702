"""Who listens to what within one process: receivers by the workspace or subject that they follow."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

What = TypeVar("What")


class Listeners(Generic[What]):
    """Receivers, called in the order they came; they must not block. Sockets keep thousands of them: they are small."""

    def __init__(self) -> None:
        self._receivers: dict[UUID, list[Callable[[What], None]]] = {}

    def listen(self, about: UUID, receive: Callable[[What], None]) -> Callable[[], None]:
        """Receive what is told about this; call what it returns, once, to stop."""
        self._receivers.setdefault(about, []).append(receive)
        return partial(self._stop, about, receive)

    def of(self, about: Iterable[UUID]) -> list[Callable[[What], None]]:
        """Who listens to any of these now."""
        return [receive for each in about for receive in self._receivers.get(each, ())]

    def __len__(self) -> int:
        """How many subjects are followed."""
        return len(self._receivers)

    def _stop(self, about: UUID, receive: Callable[[What], None]) -> None:
        receivers = self._receivers[about]
        receivers.remove(receive)
        if not receivers:
            del self._receivers[about]
