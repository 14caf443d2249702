r"""Sweeps: a text with `{red|blue}` in it stands for several, one for each choice.

Several braces stand for all combinations, the last brace changing first. A backslash before `{`, `}`, `|` or another
backslash takes its meaning away. Only an order that asks for a sweep is read like this.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PART = re.compile(r"\\([{}|\\])|([{}|])|([^{}|\\]+|\\)")


class Unreadable(ValueError):  # noqa: N818 - said of a text, caught at once
    """A text whose braces make no sense, or that stands for too many; says why, and which field of an input it is."""

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field


def wordings(text: str, most: int) -> list[str]:
    """What a text stands for, in order. Raises `Unreadable`, before making more than `most`."""
    choices = _choices(text)
    many = 1
    for choice in choices:
        many *= len(choice)
        if many > most:
            raise Unreadable(f"its braces stand for more than {most} wordings")
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def inputs(given: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    """What an order's input stands for: its own texts are read, in their order, and nothing deeper inside.

    Raises `Unreadable`.
    """
    swept: list[dict[str, Any]] = [{}]
    for name, value in given.items():
        try:
            values: Sequence[Any] = wordings(value, most // len(swept)) if isinstance(value, str) else [value]
        except Unreadable as error:
            raise Unreadable(str(error), name) from error
        swept = [{**so_far, name: one} for so_far in swept for one in values]
    return swept


def _choices(text: str) -> list[list[str]]:
    """The text cut at its braces: what is outside has one choice."""
    choices: list[list[str]] = [[""]]
    inside = False
    for plain, mark, rest in _PART.findall(text):
        if mark == "{" and inside:
            raise Unreadable(r"has a { inside of braces; \{ is a brace as it is")
        if mark == "}" and not inside:
            raise Unreadable(r"has a } that closes nothing; \} is a brace as it is")
        if mark in {"{", "}"}:
            inside = mark == "{"
            choices.append([""])
        elif mark == "|" and inside:
            choices[-1].append("")
        else:
            choices[-1][-1] += plain or mark or rest
    if inside:
        raise Unreadable(r"has a { that is never closed; \{ is a brace as it is")
    return choices
