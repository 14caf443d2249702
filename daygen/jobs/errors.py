"""Why jobs fail, in plain words; and how orders are refused."""

from daygen.jobs.model import Failure
from daygen.jobs.sources import Unusable
from daygen.kit.problems import NotFound, Problem
from daygen.ledger import InsufficientCredits
from daygen.limits import MoreThanTheLimit, RateExceeded
from daygen.providers import Refused


class JobNotFound(NotFound):
    """No such job in this workspace."""

    code = "jobs.not_found"
    title = "There is no such job"

    def __init__(self) -> None:
        super().__init__("There is no such job in this workspace.")


class BatchNotFound(NotFound):
    """No such batch in this workspace."""

    code = "jobs.batch_not_found"
    title = "There is no such batch"

    def __init__(self) -> None:
        super().__init__("There is no such batch in this workspace.")


SUBMIT_PROBLEMS: list[type[Problem]] = [InsufficientCredits, RateExceeded]
BATCH_PROBLEMS: list[type[Problem]] = [*SUBMIT_PROBLEMS, MoreThanTheLimit]


def refused(refusal: Refused) -> Failure:
    """The provider will not do this."""
    return Failure(refusal.code, "The provider refused this", str(refusal), retryable=False)


def unusable(why: Unusable) -> Failure:
    """A file of the order cannot be used; whoever has put that right may order again."""
    unreachable = why.code == "assets.unreachable"
    title = "An input could not be fetched" if unreachable else "An input cannot be used"
    return Failure(why.code, title, f"{why} It cost nothing.", retryable=unreachable)


def outcome_unknown() -> Failure:
    """The answer was lost after sending."""
    return Failure(
        "provider.outcome_unknown",
        "The provider's answer was lost",
        "The order was sent, but the answer never came, so it was not sent again. It cost nothing.",
        retryable=True,
    )


def unavailable(reason: str) -> Failure:
    """Tried often enough."""
    return Failure(
        "provider.unavailable",
        "The provider could not be reached",
        f"Tried several times without success ({reason}). It cost nothing.",
        retryable=True,
    )


def crashed() -> Failure:
    """Every worker that tried it died."""
    return Failure(
        "jobs.poisonous",
        "This job keeps crashing its worker",
        "It was tried several times and every worker died over it. It cost nothing.",
        retryable=False,
    )
