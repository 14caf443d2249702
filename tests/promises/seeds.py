"""Where the random tests get their chances from: a number that is printed, and that the environment can repeat."""

import os
import random


def chances(what: str) -> random.Random:
    """Dice for a test. A failed test shows the seed; `DAYGEN_TEST_SEED=…` throws the same again."""
    return random.Random(seed(what))


def seed(what: str) -> int:
    """The number behind a test's dice, printed."""
    number = int(os.environ.get("DAYGEN_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"{what}: DAYGEN_TEST_SEED={number}")  # noqa: T201 - pytest shows it when the test fails
    return number
