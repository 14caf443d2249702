"""Keeps secrets out of logs, spans and errors: found by their key, by their look, or by their value.

Three nets, because each alone has holes: a value under a key that names a secret (`authorization`, `api_key`), text
that looks like one wherever it stands (a bearer token, a password in a URL, a signature in a query), and the exact
values this process was started with, which `hide` was told.
"""

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias, cast
from urllib.parse import quote

Plain: TypeAlias = "str | int | float | bool | dict[str, Plain] | list[Plain] | None"

HIDDEN = "[redacted]"
LONGEST = 8_192  # characters of one text: what is longer is cut, so that one value cannot flood a log
DEEPEST = 6
MOST_ITEMS = 100
_SHORTEST_SECRET = 6  # hiding "test" wherever it stands would make a log unreadable and protect nobody

# A key names a secret when, in lower case and without punctuation, it ends in one of these; `keyId` does not.
_SECRET_ENDINGS = (
    *("authorization", "cookie", "cookies", "password", "passwd", "passphrase", "secret", "token", "signature"),
    *("apikey", "accesskey", "secretkey", "privatekey", "signingkey", "credential", "credentials"),
)
_SECRET_KEYS = {"xkey", "pwd", "auth", "sig"}

_NAMES = r"password|passwd|pwd|passphrase|secret|token|(?:api|access|secret|private)[_-]?key|signature|credentials?"
_LOOKS_SECRET = re.compile(
    rf"""
    # user:password@host: in a database's address a password may hold anything, a slash too
    (?P<dsn>\b(?:postgres|postgresql|rediss?|amqps?|smtps?|mysql|mongodb)(?:\+\w+)?://)[^\s"']*@
    | (?P<url>://)[^\s/?\#@"']+@
    # a header on a line, in a dict or in a list of pairs, as text or bytes
    | (?P<header>(?:\bauthorization|\b(?:set-)?cookie|api-key|\bx-key)(?:["']?\s*[:=]|["']\s*,)\s*b?["']?)[^"'\r\n]+
    # a link that is itself the right to do something
    | (?P<query>[?&\#;](?:[\w-]*(?:{_NAMES})|sig|key|code|state|ticket)=)[^&\s"'<>\#]+
    # password=… of a connection string or a repr; "password": "…" inside the text of an error
    | (?P<pair>(?:{_NAMES})(?:=|["']\s*[:=]\s*))(?:b?"[^"]*"?|b?'[^']*'?|[^\s,;&"'()<>]+)
    | (?P<scheme>\bbearer\s+)[^\s"',;]{{8,}}
    # keys that say whose they are: ours, webhook secrets, Stripe, OpenAI, Replicate, Hugging Face, Google, AWS
    | \b(?:dg_(?:live|test)_|whsec_|[sr]k_(?:live|test)_|sk-|r8_|hf_|aiza|akia)[\w+/=-]{{8,}}
    | (?<![\w-])eyJ[\w-]{{8,}}\.[\w-]{{8,}}(?:\.[\w-]*)?  # a JSON web token
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[^-]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Each pattern above needs one of these in the text. Looking for them first takes 1 µs a line, the patterns 40.
_SIGNS = (
    *("=", "@", '":', "':", "bearer", "authorization", "cookie", "api-key", "x-key"),
    *("dg_live_", "dg_test_", "whsec_", "k_live_", "k_test_", "sk-", "r8_", "hf_", "aiza", "akia", "eyj", "-----"),
)

_known: set[str] = set()


def hide(secrets: Iterable[str]) -> None:
    """Never show these exact values (a provider's key, the database's password), as they are or as in a URL.

    For the whole life of the process. Values under 6 characters are left alone.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            _known.update({secret, quote(secret, safe="")})


def redacted(values: Mapping[str, object]) -> dict[str, Plain]:
    """Copy facts into what JSON can hold, without their secrets. Never raises, whatever is in it."""
    clean: dict[str, Plain] = {}
    texts: list[str] = []
    for key, value in values.items():
        if _names_secret(key) and value is not None:
            clean[key] = HIDDEN
        elif type(value) is str and len(value) <= LONGEST:
            clean[key] = value
            texts.append(value)
        elif type(value) is int or type(value) is bool or value is None:
            clean[key] = value
        else:
            clean[key] = _plain(value, DEEPEST)
    if _suspicious("\n".join(texts)):  # one look at all of them: most lines have nothing
        for key, value in clean.items():
            if type(value) is str:
                clean[key] = redacted_text(value)
    return clean


def redacted_text(text: str) -> str:
    """Hide what looks like a secret in a text, and cut it to `LONGEST` characters."""
    if len(text) > LONGEST:  # at a space, lest half a secret remain that no longer looks like one
        text = text[:LONGEST].rpartition(" ")[0] + " … [cut]"
    if not _suspicious(text):
        return text
    for secret in _known:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return _LOOKS_SECRET.sub(_without_secret, text)


@lru_cache(maxsize=2_048)
def _names_secret(key: str) -> bool:
    letters = "".join(letter for letter in key.lower() if letter.isalnum())
    return letters in _SECRET_KEYS or letters.endswith(_SECRET_ENDINGS)


def _suspicious(text: str) -> bool:
    lower = text.lower()
    return any(map(lower.__contains__, _SIGNS)) or any(map(text.__contains__, _known))


def _without_secret(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind is None:
        return HIDDEN
    return f"{found[kind]}{HIDDEN}{'@' if kind in {'dsn', 'url'} else ''}"


def _plain(value: object, depth: int) -> Plain:
    """Make JSON of anything; objects become their text, which is searched like any other."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _plain_inside(cast("Mapping[object, object] | Iterable[object]", value), depth)
    return redacted_text(_text_of(value))


def _plain_inside(values: Mapping[object, object] | Iterable[object], depth: int) -> Plain:
    if depth == 0:
        return "…"
    if isinstance(values, Mapping):
        return _plain_mapping(cast("Mapping[object, object]", values), depth)
    return _plain_list(list(values), depth)


def _plain_mapping(values: Mapping[object, object], depth: int) -> Plain:
    clean: dict[str, Plain] = {}
    for key, value in list(values.items())[:MOST_ITEMS]:
        name = _text_of(key)
        clean[redacted_text(name)] = HIDDEN if _names_secret(name) and value is not None else _plain(value, depth - 1)
    return clean


def _plain_list(values: list[object], depth: int) -> Plain:
    if len(values) == 2 and isinstance(values[0], str | bytes) and _names_secret(_text_of(values[0])):  # noqa: PLR2004 - a pair, as headers often come
        return [_text_of(values[0]), HIDDEN]
    return [_plain(value, depth - 1) for value in values[:MOST_ITEMS]]


def _text_of(value: object) -> str:
    try:
        return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else str(value)
    except Exception:  # noqa: BLE001 - anybody's __str__ may raise anything, and a log must not
        return f"<{type(value).__name__} without text>"
