"""One order at a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from daygen.kit.ids import JobId
from daygen.kit.money import MicroUsd
from daygen.providers import Report, Ticket


def ref_of(job_id: JobId, round_: int) -> str:
    """What a provider is to know an order by. The first one's is the job itself."""
    return str(job_id) if round_ == 1 else f"{job_id}.{round_}"


@dataclass(frozen=True, slots=True)
class Submission:
    """An order for some outputs of a job, by number. `since_sent` as of when it was read."""

    job_id: JobId
    round: int
    provider: str
    ref: str
    wanted: Sequence[int]
    state: str
    ticket: Ticket | None
    nudged: bool
    looks: int
    lost: int
    since_sent: timedelta
    sent_at: datetime
    ticketed_at: datetime | None
    report: Report | None
    failure: Mapping[str, Any] | None

    @property
    def live(self) -> bool:
        """Whether the provider may still be at it."""
        return self.state in {"sent", "ticketed"}


def note(report: Report) -> dict[str, Any]:
    """A report as JSON."""
    return {"units": report.units, "cost": report.cost, "text": report.text, "warnings": [*report.warnings]}


def report_of(note: Mapping[str, Any]) -> Report:
    """Read it back."""
    return Report(note["units"], MicroUsd(note["cost"]), note["text"], tuple(note["warnings"]))
