"""Stages: what is started once a round, and the rows of the tables that come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Figures
from bench.ground import Ground
from bench.plan import Plan

Results = Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `beside` is the row of ours that is held against this one."""

    id: str
    title: str
    beside: str | None = None

    @property
    def ours(self) -> bool:
        """Whether it is DayGen that was measured: its books must be right, or there is no number."""
        return self.id.startswith("daygen")


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured together, because it shares its processes. `run` gives the figures of every row by its id."""

    rows: Sequence[Row]
    run: Callable[[Ground, Plan], Results]


@dataclass(frozen=True, slots=True)
class Work:
    """One of the goals' works, B1, B2, …, with the figures of its table, the most telling one first."""

    id: str
    title: str
    figures: Mapping[str, str]
    stages: Sequence[Stage]

    @property
    def rows(self) -> list[Row]:
        """Every row of its table."""
        return [row for stage in self.stages for row in stage.rows]
