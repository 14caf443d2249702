"""Orders to workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from daygen.kit.ids import JobId, TaskId
from daygen.providers import Ticket


@dataclass(frozen=True, slots=True)
class RunJob:
    """Make a job's outputs."""

    kind: ClassVar[str] = "RunJob"
    job_id: JobId

    def payload(self) -> dict[str, Any]:
        """What is needed to carry it out, as JSON."""
        return {"jobId": str(self.job_id)}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(JobId.parse(payload["jobId"]))


@dataclass(frozen=True, slots=True)
class CancelOrders:
    """Tell a provider that nobody wants these orders any more. `task_id` is the one that kept their place."""

    kind: ClassVar[str] = "CancelOrders"
    provider: str
    task_id: TaskId
    tickets: Sequence[Ticket]

    def payload(self) -> dict[str, Any]:
        """What is needed to carry it out, as JSON."""
        tickets = [ticket.note() for ticket in self.tickets]
        return {"provider": self.provider, "taskId": str(self.task_id), "tickets": tickets}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read it back."""
        tickets = [Ticket.of(note) for note in payload["tickets"]]
        return cls(payload["provider"], TaskId.parse(payload["taskId"]), tickets)
