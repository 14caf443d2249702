"""Which words of a prompt want to be seen as words."""

import re
import unicodedata

from daygen.providers.local import lexicon
from daygen.providers.local.letters import GLYPHS

_OPEN, _CLOSE = "\u2018'\u201a", "\u2019'\u2018"  # single quotes; an apostrophe is one too
_QUOTED = re.compile(
    r'["\u201c\u201e\u00ab]([^"\u201c\u201d\u201e\u00ab\u00bb]{1,60})["\u201d\u201c\u00bb]'
    rf"|(?:^|\s)[{_OPEN}]([^{_OPEN}{_CLOSE}]{{1,60}})[{_CLOSE}](?=$|[\s.,!?;:])"
)
_SAID = re.compile(
    r"(?:the words?|that says|which says|saying|says|that reads|reading the words|the letters?|titled|spelled|spelling"
    r"|the slogan|slogan|headline|the name|monogram|lettering:|text:|typography:)\s+(.{1,60})"
)
_ENDS = re.compile(
    r"[,.;:()]|\s(?:in|on|with|over|above|at|as|under|against|made|drawn|set|by|from|into|poster|print)\s"
)
_MOST = 30


def lettered(text: str, tokens: list[str], said: dict[str, int]) -> str | None:
    """The letters to set, in capitals: what stands in quotes, is said to be written, or matters most; or None."""
    quoted = _QUOTED.search(text)
    if quoted is not None:
        made = drawable(quoted[1] or quoted[2])
        if made:
            return made
    if not any(word in said for word in lexicon.LETTERING):
        return None
    written = _SAID.search(text)
    if written is not None:
        made = drawable(_ENDS.split(written[1] + " ")[0])
        if made:
            return made
    matter = [token for token in tokens if token not in lexicon.SMALL_WORDS and drawable(token)]
    return drawable(" ".join(sorted(matter[:12], key=len)[-1:])) or "ABC"


def drawable(text: str) -> str:
    """What of a text our alphabet has, in capitals, cut at a word near its thirtieth letter."""
    plain = unicodedata.normalize("NFKD", text.casefold().upper())
    kept = "".join(sign if sign in GLYPHS else " " for sign in plain if not unicodedata.combining(sign))
    made: list[str] = []
    for word in kept.split():
        if sum(len(one) + 1 for one in made) + len(word) > _MOST:
            break
        made.append(word)
    return " ".join(made) or kept.strip()[:_MOST].strip()
