"""Several orders side by side, for companies that make one picture an order."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from daygen.kit.money import MicroUsd
from daygen.providers.contract import FREE, Broken, Busy, Ending, Refused, Unknown

_GRAVEST_FIRST = (asyncio.CancelledError, Unknown, Refused, Exception, Broken, Busy)


@dataclass
class Tally:
    """What an order of several parts has come to so far: outputs made, and what is charged to us for them."""

    units: int = 0
    cost: MicroUsd = FREE

    def add(self, units: int, cost: MicroUsd) -> None:
        """Count a part as soon as it is known to be made, delivered or not."""
        self.units, self.cost = self.units + units, MicroUsd(self.cost + cost)

    def so_far(self) -> tuple[int, MicroUsd]:
        """For `accounted`."""
        return self.units, self.cost


@contextmanager
def accounted(so_far: Callable[[], tuple[int, MicroUsd]]) -> Generator[None]:
    """Let whatever ends an order of several parts say what was made, and paid for, before it."""
    try:
        yield
    except Ending as end:
        end.units, end.cost = so_far()
        raise


async def together(orders: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Let every order come to its end, since each was paid for; then raise the gravest of what went wrong.

    One lost answer outweighs everything that would be tried again: trying again would send that order twice.
    """
    tasks = [asyncio.create_task(order) for order in orders]
    try:
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    except asyncio.CancelledError:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    failures = [end for end in ends if end is not None]
    if failures:
        raise min(failures, key=_gravity)


def _gravity(failure: BaseException) -> int:
    known = type(failure)
    exact = [kind for kind in _GRAVEST_FIRST if known is kind]
    return _GRAVEST_FIRST.index(exact[0] if exact else Exception)
