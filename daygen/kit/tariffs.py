"""Prices that depend on what was asked for: a table by the values of some fields. What is not in it has no price."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GIVEN = "given"  # stands for a picture, a list or anything else that is not a plain value
NONE = "none"


class NoPrice(Exception):  # noqa: N818 - says what there is not
    """What was asked for is not in the table; `fields` are what the table goes by."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(f"there is no price for this combination of {' and '.join(fields)}")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Tariff:
    """Amounts (millicredits, micro-USD) by the values of `by`, joined with a slash; `by` is empty for a flat price."""

    by: tuple[str, ...]
    prices: Mapping[str, int]

    @classmethod
    def flat(cls, amount: int) -> "Tariff":
        """One price for everything."""
        return cls((), {"": amount})

    def of(self, asked: Mapping[str, Any]) -> int:
        """The price of what was asked for. Raises `NoPrice`: an unknown price is never 0."""
        row = "/".join(_shown(asked.get(field)) for field in self.by)
        if row not in self.prices:
            raise NoPrice(self.by)
        return self.prices[row]


def _shown(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else GIVEN
