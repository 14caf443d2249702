"""Orders to workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from daygen.kit.ids import WorkspaceId

PRIORITY = 20  # before a workspace's own jobs: it takes milliseconds, and they may be thousands


@dataclass(frozen=True, slots=True)
class DeliverWebhook:
    """Deliver what a stream has, in its order."""

    kind: ClassVar[str] = "DeliverWebhook"
    workspace_id: WorkspaceId
    target: UUID
    subject: UUID

    def payload(self) -> dict[str, Any]:
        """What is needed to carry it out, as JSON."""
        return {
            "workspaceId": str(self.workspace_id),
            "target": str(UUID(int=self.target.int)),
            "subject": str(UUID(int=self.subject.int)),
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(WorkspaceId.parse(payload["workspaceId"]), UUID(payload["target"]), UUID(payload["subject"]))
