"""Orders to workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from daygen.kit.ids import JobId


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
