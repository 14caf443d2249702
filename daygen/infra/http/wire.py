"""How our values look in JSON: camelCase names, typed ids, times with milliseconds; unknown fields are refused."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Wire(BaseModel):
    """What goes over the wire, in either direction."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid", frozen=True
    )

    def body(self) -> dict[str, Any]:
        """The JSON object this stands for."""
        return self.model_dump(mode="json", by_alias=True)


def alternative(name: str) -> str:
    """A pydantic tag for one of the shapes that a body may have; who is told what is wrong with it does not see it."""
    return f"({name})"


def is_alternative(part: object) -> bool:
    """Whether a part of an error's location is such a tag."""
    return isinstance(part, str) and part.startswith("(")


class PageOf(Wire, Generic[T]):
    """One page of a list; `nextCursor` goes on after it, null at the end."""

    data: Sequence[T]
    next_cursor: str | None
