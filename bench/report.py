"""Turns the rounds of a run into tables: medians with their spread, ratios within a round, goals met or not yet."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import Figures, Summary
from bench.goals import GOALS, Goal
from bench.plan import Plan
from bench.stage import Row, Work

README = Path(__file__).parent / "README.md"
RESULTS = Path(__file__).parent / "results.json"
BEGINS, ENDS = "<!-- numbers: written by `make bench` -->", "<!-- /numbers -->"


@dataclass(slots=True)
class Run:
    """What a run measured: the figures of every row by round, and why a row has none."""

    plan: Plan
    date: str
    machine: str
    commit: str
    versions: Mapping[str, str]
    minutes: float = 0.0
    load_before: float = 0.0
    rounds: list[dict[str, Figures]] = field(default_factory=list[dict[str, Figures]])
    missing: dict[str, str] = field(default_factory=dict[str, str])

    def values(self, row: str, figure: str) -> list[float]:
        """A figure of every round that has it."""
        found = (taken.get(row, {}).get(figure, math.nan) for taken in self.rounds)
        return [value for value in found if not math.isnan(value)]

    def ratios(self, row: str, against: str, figure: str) -> list[float]:
        """A row's figure divided by another's of the same round."""
        pairs = ((taken.get(row, {}).get(figure), taken.get(against, {}).get(figure)) for taken in self.rounds)
        return [ours / theirs for ours, theirs in pairs if ours is not None and theirs]

    def body(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def write(run: Run, works: Sequence[Work]) -> None:
    """Put the numbers into `README.md`, between its markers, and into `results.json`."""
    before, _, rest = README.read_text().partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    README.write_text(f"{before}{BEGINS}\n\n{render(run, works)}\n{ENDS}{after}")
    RESULTS.write_text(json.dumps(run.body(), indent=1, ensure_ascii=False) + "\n")


def render(run: Run, works: Sequence[Work]) -> str:
    """The whole of the numbers, as Markdown."""
    parts = [_preamble(run), _goals(run, {work.id for work in works}), *(_table(run, work) for work in works)]
    return "\n".join(parts)


def _preamble(run: Run) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"{run.date}, commit {run.commit or 'unknown'}, {run.plan.name} run: {len(run.rounds)} rounds in "
        f"{run.minutes:.0f} minutes, load before it {run.load_before:.1f}.\n\n{run.machine}. {versions}.\n"
    )


def _goals(run: Run, works: set[str]) -> str:
    lines = ["### Goals", "", "| # | goal | here | |", "|---|---|---|---|"]
    for goal in GOALS:
        if goal.work in works:
            value, verdict = _verdict(run, goal)
            lines.append(f"| {goal.work} | {goal.text} | {value} | {verdict} |")
    return "\n".join([*lines, ""])


def _verdict(run: Run, goal: Goal) -> tuple[str, str]:
    values = run.ratios(goal.row, goal.against, goal.figure) if goal.against else run.values(goal.row, goal.figure)
    if not values:
        return "", "not measured"
    median = Summary.of(values).median
    shown = f"{median:.2f} of it" if goal.against else _number(median)
    open_here = run.plan.idle_sockets if goal.work == "B4" else run.plan.sockets
    if goal.sockets > open_here:
        return f"{shown} with {open_here:,} open", f"measured by `--full` ({goal.sockets:,} open)"
    return shown, "met" if goal.met(median) else "**not yet**"


def _table(run: Run, work: Work) -> str:
    head = ["", *work.figures.values(), "DayGen ÷ this"]
    lines = [f"### {work.id} · {work.title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cells(run, work, row))} |" for row in work.rows]
    return "\n".join([*lines, ""])


def _cells(run: Run, work: Work, row: Row) -> Iterator[str]:
    title = row.title.format(sockets=f"{run.plan.sockets:,}")
    if row.id in run.missing:
        title += f" (not measured: {run.missing[row.id]})"
    yield f"**{title}**" if row.ours else title
    for figure in work.figures:
        values = run.values(row.id, figure)
        yield _spread(Summary.of(values)) if values else ""
    ratios = run.ratios(row.beside, row.id, next(iter(work.figures))) if row.beside else []
    yield f"{Summary.of(ratios).median:.2f}" if ratios else ""


def _spread(summary: Summary) -> str:
    if summary.least == summary.most:
        return _number(summary.median)
    return f"{_number(summary.median)} ({_number(summary.least)}-{_number(summary.most)})"


def _number(value: float) -> str:
    """With three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
