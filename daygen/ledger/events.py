"""What happens to a workspace's credits, as facts."""

from daygen.infra.outbox import Fact
from daygen.kit.ids import WorkspaceId
from daygen.kit.money import Millicredits, shown
from daygen.ledger.model import Balance


def granted(workspace_id: WorkspaceId, amount: Millicredits, reason: str, balance: Balance) -> Fact:
    """Credits were given to a workspace."""
    data = {"credits": shown(amount), "reason": reason, "availableCredits": shown(balance.available)}
    return Fact("credits.granted", workspace_id, workspace_id, data)
