"""Lists that are read page by page: newest first, by a cursor that names the last row seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 50
MOST = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor that goes on after them (None at the end)."""

    data: Sequence[T]
    next_cursor: str | None


def cut(rows: Sequence[T], limit: int, cursor: Callable[[T], str]) -> Page[T]:
    """Make a page of up to `limit` rows out of a query that asked for one more."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], cursor(rows[limit - 1]))
