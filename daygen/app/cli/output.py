"""How the command line shows things: tables, ages, one line of JSON."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import click

from daygen.kit.clock import shown

COLOURS: dict[str, str] = {
    "ok": "green",
    "succeeded": "green",
    "warn": "yellow",
    "waiting": "yellow",
    "paused": "yellow",
    "full": "yellow",
    "parked": "yellow",
    "fail": "red",
    "failed": "red",
    "dead": "red",
    "refused": "red",
    "skipped": "yellow",
}


def say_json(value: Any) -> None:
    """Print one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def table(titles: Sequence[str], rows: Collection[Sequence[Any]], *, right: Collection[str] = ()) -> str:
    """Lay rows out in columns as wide as they need; the columns named in `right` end on one line."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(len(line[column]) for line in [titles, *cells]) for column in range(len(titles))]
    widths[-1] = widths[-1] if titles[-1] in right else 0  # no spaces at the end of lines

    def placed(texts: Sequence[str]) -> list[str]:
        return [
            text.rjust(width) if title in right else text.ljust(width)
            for title, text, width in zip(titles, texts, widths, strict=True)
        ]

    head = click.style("  ".join(placed(titles)), dim=True)
    body = ["  ".join(map(coloured, row, placed(row))) for row in cells]
    return "\n".join([head, *body])


def coloured(word: str, text: str | None = None) -> str:
    """A word in the colour of its meaning, `text` if it is to be longer than the word; plain when it has none."""
    text = word if text is None else text
    return click.style(text, fg=COLOURS[word]) if word in COLOURS else text


def duration(seconds: float) -> str:
    """A time span as people say it: 40 ms, 3.2 s, 4 min, 5 h, 2 d."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for unit, length, most in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.1f} {unit}" if seconds < 10 * length else f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def amount(credits_shown: float) -> str:
    """Credits with separators: 10,000 or 2.5."""
    return f"{credits_shown:,}"


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)


def _plain(value: Any) -> Any:
    return shown(value) if isinstance(value, datetime) else str(value)
