"""Limits: how much a workspace may ask for, checked before any work starts.

A limit is a sliding window of 60 seconds, kept as 61 counters of one second in a row that admission locks. The oldest
second counts whole, so no real minute ever holds more than the limit, and a place frees at a full second: `Retry-After`
is exact. A refusal writes nothing.
"""

from daygen.limits.errors import MoreThanTheLimit, RateExceeded, refusal
from daygen.limits.model import Window
from daygen.limits.service import DEFAULT_PER_MINUTE, admit, lock_window, set_limit

__all__ = [
    "DEFAULT_PER_MINUTE",
    "MoreThanTheLimit",
    "RateExceeded",
    "Window",
    "admit",
    "lock_window",
    "refusal",
    "set_limit",
]
