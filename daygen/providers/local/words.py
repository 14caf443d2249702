"""What the words of a prompt ask for, as far as a printmaker can draw it; the rest steers by its sound alone."""

import re
import unicodedata
from dataclasses import dataclass

from daygen.providers.local import crafts, lexicon, wishes
from daygen.providers.local.colour import HUES
from daygen.providers.local.lettering import lettered
from daygen.providers.local.subject import family_of, outlook_of

_MOST_WORDS = 4000  # what is written after that still steers the dice, but is not read
_PHRASE = 4
_COUNTS = {"a": 1, "an": 1, "one": 1, "single": 1, "lone": 1, "lonely": 1, "two": 2, "pair": 2, "three": 3, "four": 4,
           "five": 5, "six": 6, "seven": 7, "several": 4, "few": 3, "some": 3, "many": 7, "fleet": 7, "flock": 7,
           "herd": 5, "pack": 4, "couple": 2, "dozen": 9, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7}  # fmt: skip
_NOT_COLOURS = ("golden hour", "blue hour", "rose garden", "golden ratio", "blue whale", "black hole", "polar bear",
                "golden retriever", "coral reef", "lavender field", "red planet", "greenhouse", "goldfish")  # fmt: skip
# Fruits and flowers that are colours too, and birds that are machines: meant as things only where nothing follows them.
_ALSO_COLOURS = frozenset(
    ("orange", "lemon", "lime", "peach", "plum", "apricot", "cherry", "rose", "lavender", "olive")
)
_AFTER_A_THING = frozenset(
    [
        "on",
        "in",
        "and",
        "with",
        "by",
        "at",
        "next",
        "near",
        "under",
        "over",
        "beside",
        "from",
        "of",
        "for",
        "who",
        "that",
        "is",
        "sleeping",
    ]
)
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_BETWEEN = frozenset(("of", "with", "in", "on", "by", "over", "under", "beside", "near", "at"))
_MANY = frozenset(("pair", "couple", "flock", "herd", "pack", "dozen", "fleet"))
_BLANK = "\u00b7"
_CRAFTS = [phrase.split() for words in crafts.NAMED.values() for phrase in words if " " in phrase]
_CRAFTS.remove(["black", "and", "white"])  # colours as well
_BEFORE = 3  # words before a thing that may count or colour it


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands for itself: its kind and name, how many if said, its colours, where it was said."""

    kind: str
    name: str
    count: int | None
    colours: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `family` is None when no word names a subject; `place` is where it is set, if anywhere.

    `outlook` is the place seen out of a window, should there be one.
    """

    text: str
    family: str | None
    place: str | None
    outlook: str | None
    things: tuple[Thing, ...]
    lettering: str | None
    time: str | None
    weather: frozenset[str]
    season: str | None
    colours: tuple[str, ...]
    traits: frozenset[str]
    boats: int | None

    def has(self, trait: str) -> bool:
        """Say whether it was asked for."""
        return trait in self.traits

    def of(self, kind: str) -> tuple[Thing, ...]:
        """The things of a kind, in the order they were said."""
        return tuple(thing for thing in self.things if thing.kind == kind)

    def named(self, name: str) -> Thing | None:
        """A thing by its name, if it was said."""
        return next((thing for thing in self.things if thing.name == name), None)


def normal(prompt: str) -> str:
    """The words alone: case, spacing and the form of letters make no other picture."""
    return " ".join(unicodedata.normalize("NFKC", prompt).casefold().split())


def read(prompt: str) -> Reading:
    """Understand a prompt. Takes anything, understands what it can."""
    text = normal(prompt)
    tokens = _TOKEN.findall(_spelled(text))[:_MOST_WORDS]
    named = _phrases(tokens)
    tokens = _without_crafts(tokens)
    said = _phrases(tokens)
    lettering = lettered(text, tokens, said)
    traits = frozenset(name for name, words in wishes.TRAITS.items() if any(word in said for word in words))
    traits |= frozenset(name for name, words in crafts.NAMED.items() if any(word in named for word in words))
    things = _things(tokens, said)
    family, place = family_of(said, {thing.name: (thing.kind, thing.at) for thing in things}, lettering, traits)
    return Reading(
        text=text,
        family=family,
        place=place,
        outlook=outlook_of(said),
        things=things,
        lettering=lettering,
        time=_first(said, wishes.TIME),
        weather=frozenset(name for name, words in wishes.WEATHER.items() if any(word in said for word in words)),
        season=_first(said, wishes.SEASON),
        colours=_colours(text, tokens, things),
        traits=traits,
        boats=_boats(tokens),
    )


def _spelled(text: str) -> str:
    """Emoji as the words of their names."""
    if text.isascii():
        return text
    return "".join(
        f" {unicodedata.name(sign, '').casefold()} " if unicodedata.category(sign) == "So" else sign
        for sign in text[: _MOST_WORDS * 8]
    )


def _phrases(tokens: list[str]) -> dict[str, int]:
    """Each run of up to four words with the place where it was first said; plurals also as singulars."""
    said: dict[str, int] = {}
    for at in range(len(tokens)):
        for length in range(1, _PHRASE + 1):
            if at + length > len(tokens):
                break
            phrase = " ".join(tokens[at : at + length])
            said.setdefault(phrase, at)
            for ending in ("s", "es", "'s"):
                if phrase.endswith(ending):
                    said.setdefault(phrase.removesuffix(ending), at)
    return said


def _without_crafts(tokens: list[str]) -> list[str]:
    """The words with those left blank that only say how a picture is made: a stained glass window is no room."""
    made, there = list(tokens), frozenset(tokens)
    for parts in _CRAFTS:
        if not there.issuperset(parts):
            continue
        for at in range(len(tokens) - len(parts) + 1):
            if tokens[at : at + len(parts)] == parts:
                made[at : at + len(parts)] = [_BLANK] * len(parts)
    return made


def _first(said: dict[str, int], lists: lexicon.Lists) -> str | None:
    """The entry said most often; among equals, first in the table."""
    score = {name: sum(1 + word.count(" ") for word in words if word in said) for name, words in lists.items()}
    best = max(score, key=lambda name: score[name])
    return best if score[best] else None


def _things(tokens: list[str], said: dict[str, int]) -> tuple[Thing, ...]:
    """Everything that stands for itself, in the order it was said; of two readings of one word the longer one."""
    found: dict[int, tuple[int, Thing]] = {}
    for kind, lists in lexicon.THINGS.items():
        for name, words in lists.items():
            for word in words:
                at = said.get(word)
                length = 1 + word.count(" ")
                if at is None or not _meant(tokens, at, word) or found.get(at, (0, None))[0] >= length:
                    continue
                found[at] = (length, Thing(kind, name, *_counted(tokens, at, length), at))
    made: dict[str, Thing] = {}
    covered = -1
    for at in sorted(found):
        length, thing = found[at]
        if at > covered:
            made.setdefault(thing.name, thing)
            covered = at + length - 1
    return tuple(made.values())


def _meant(tokens: list[str], at: int, word: str) -> bool:
    """Whether a word that may be a colour is a thing here: a plural, or nothing follows that it could colour."""
    if word not in _ALSO_COLOURS or tokens[at] != word:
        return True
    return at + 1 == len(tokens) or tokens[at + 1] in _AFTER_A_THING


def _own_words(tokens: list[str], at: int) -> list[str]:
    """The few words before a thing that belong to it: not those of `a bowl of`, but those of `a pair of`."""
    made: list[str] = []
    for step in range(at - 1, max(-1, at - 1 - _BEFORE), -1):
        word = tokens[step]
        if word in _BETWEEN and not (word == "of" and tokens[step - 1] in _MANY):
            break
        made.insert(0, word)
    return made


def _counted(tokens: list[str], at: int, length: int) -> tuple[int | None, tuple[str, ...]]:
    """How many of a thing, and in which colours, the words before it say."""
    before = _own_words(tokens, at)
    count = next((_COUNTS[token] for token in reversed(before) if token in _COUNTS), None)
    if (count is None or count == 1) and tokens[at + length - 1].endswith("s") and not tokens[at].endswith("ss"):
        count = None if count is None else max(count, 3)
    colours = tuple(token for token in before if token in HUES)
    return count, colours


def _colours(text: str, tokens: list[str], things: tuple[Thing, ...]) -> tuple[str, ...]:
    """The colours of the picture: those that do not belong to a thing in it."""
    if "black and white" in text:
        return ("monochrome",)
    taken = {at for thing in things for at in range(max(0, thing.at - _BEFORE), thing.at + 1) if thing.colours}
    taken |= {thing.at for thing in things}
    for phrase in _NOT_COLOURS:
        parts = phrase.split()
        taken |= {at + step for at in range(len(tokens)) if tokens[at : at + len(parts)] == parts for step in range(2)}
    found: dict[str, None] = {}
    for at, token in enumerate(tokens):
        for word in (token, token.removesuffix("s"), token.removesuffix("ish")):
            if word in HUES and at not in taken:
                found[word] = None
    return tuple(found)[:2]


def _boats(tokens: list[str]) -> int | None:
    boats = set(wishes.TRAITS["boat"])
    for at, token in enumerate(tokens):
        if token in boats or token.removesuffix("s") in boats:
            for before in tokens[max(0, at - 3) : at]:
                if before in _COUNTS:
                    return _COUNTS[before]
            return 3 if token.endswith("s") else 1
    return None
