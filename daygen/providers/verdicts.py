"""What a company's answer means for a job, in words a user may read.

The ten classes of failure come down to the contract's four. Nothing here repeats what a company said, but for the
reason it gives for a bad order: that one is scrubbed and cut.

| the answer | becomes | why |
|---|---|---|
| moderated, whatever its status | `Refused` | final, and the user can change it |
| 400, 422: a bad order | `Refused` | sending it again changes nothing |
| 401, 403: our key; 402, or a billing stop that looks like a rate limit; 404 | `Refused` | only the house can mend it |
| 429, 503 with Retry-After | `Busy` | nothing was accepted; wait |
| 408, 409, 425, 503 and other 4xx | `Broken` | nothing was accepted; try again |
| other 5xx, an answer that was lost or cannot be read | `Unknown` | it may have been done, and paid for |
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from daygen.infra import telemetry
from daygen.providers.contract import Broken, Busy, Refused, Unknown

PAUSE = timedelta(seconds=10)  # where a company does not say how long to wait
SHORTEST, LONGEST = timedelta(milliseconds=100), timedelta(hours=1)
MOST_WORDS = 300  # characters of a company's own reason
_LINK = re.compile(r"\b(?:https?|oss)://\S+")


def blocked(title: str, *, output: bool = False) -> Refused:
    """Its moderation said no, to the order or to what came of it."""
    what = "what came of this order" if output else "this order"
    return Refused(
        "provider.content_blocked",
        f"{title}'s safety rules do not allow {what}. Change the words or the picture and try again.",
    )


def bad_order(title: str, reason: str = "") -> Refused:
    """It does not take what was asked."""
    words = plain(reason)
    return Refused("provider.bad_request", f"{title} does not take this order{f': {words}' if words else '.'}")


def unsuited(reason: str) -> Refused:
    """We know ourselves that it would not take it, so it was never sent."""
    return Refused("provider.unsuitable_input", reason)


def unsupported(title: str, operation: str) -> Refused:
    """The adapter has no such operation."""
    return Refused("provider.unsupported_operation", f"{title} cannot do {operation} here.")


def nothing_made(title: str, reason: str) -> Refused:
    """It answered with words instead of a picture."""
    words = plain(reason)
    return Refused("provider.nothing_made", f"{title} made no picture{f': {words}' if words else ' of this order.'}")


def bad_key(title: str) -> Refused:
    """It does not accept our key, or the key may not do this."""
    return Refused(
        "provider.not_authorized",
        f"{title} does not accept this house's key for this model. Whoever runs the house must look at it.",
    )


def no_credit(title: str) -> Refused:
    """Our account there is empty or at its limit: waiting does not help."""
    return Refused(
        "provider.out_of_credit",
        f"This house's account at {title} is used up. Whoever runs the house must top it up.",
    )


def retired(title: str, model: str) -> Refused:
    """It no longer has the model."""
    return Refused("provider.model_unavailable", f"{title} no longer offers {model}. Choose another model.")


def busy(title: str, headers: Mapping[str, str], after: timedelta | None = None) -> Busy:
    """Not now; `after` where the wait is said elsewhere than in the headers."""
    wait = after if after is not None else retry_after(headers)
    wait = PAUSE if wait is None else wait
    return Busy(f"{title} asks to wait", min(max(wait, SHORTEST), LONGEST))


def of_status(  # noqa: PLR0911 - a table
    title: str, model: str, status: int, headers: Mapping[str, str], reason: str = ""
) -> Exception:
    """What a status means where the company adds nothing of its own."""
    match status:
        case 400 | 405 | 406 | 413 | 414 | 415 | 422:
            return bad_order(title, reason)
        case 401 | 403:
            return bad_key(title)
        case 402:
            return no_credit(title)
        case 404 | 410:
            return retired(title, model)
        case 429:
            return busy(title, headers)
        case 503:
            wait = retry_after(headers)
            return busy(title, headers, wait) if wait is not None else Broken(f"{title} is overloaded (503)")
        case _ if status < 500:  # noqa: PLR2004
            return Broken(f"{title} answered {status}")
        case _:
            return Unknown(f"{title} answered {status}")


def unreadable(title: str, why: str) -> Unknown:
    """It did the work, and what it answered is of no use."""
    return Unknown(f"{title} answered something that cannot be read: {why}")


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long to wait, from `retry-after-ms` or `retry-after` (seconds, or a date)."""
    if (text := headers.get("retry-after-ms")) and (milliseconds := _number(text)) is not None:
        return timedelta(milliseconds=milliseconds)
    if not (text := headers.get("retry-after")):
        return None
    if (seconds := _number(text)) is not None:
        return timedelta(seconds=seconds)
    try:
        return max(parsedate_to_datetime(text) - datetime.now(UTC), SHORTEST)
    except (ValueError, TypeError):
        return None


def plain(reason: str) -> str:
    """A company's reason as one short line without links and secrets."""
    words = " ".join(_LINK.sub("[link]", telemetry.redacted_text(reason)).split())
    return words if len(words) <= MOST_WORDS else words[:MOST_WORDS].rpartition(" ")[0] + " …"


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= LONGEST.total_seconds() * 1000 else None
