"""What the ledger says over HTTP: credits as decimal numbers with up to 3 places."""

from typing import Self

from daygen.infra.http import Moment, Wire
from daygen.kit.ids import TransferId
from daygen.kit.money import shown
from daygen.ledger.model import Balance, Transfer


class Bucket(Wire):
    """Credits of one kind."""

    kind: str
    available_credits: float | int


class BalanceView(Wire):
    """What the workspace can spend, and what is set aside for running jobs."""

    available_credits: float | int
    held_credits: float | int
    buckets: list[Bucket]

    @classmethod
    def of(cls, balance: Balance) -> Self:
        """Show a balance."""
        available = shown(balance.available)
        return cls(
            available_credits=available,
            held_credits=shown(balance.held),
            buckets=[Bucket(kind="granted", available_credits=available)],
        )


class TransferView(Wire):
    """One movement of credits, and its cause."""

    id: TransferId
    kind: str
    debit: str
    credit: str
    credits: float | int
    cause: str
    reason: str | None
    created_at: Moment

    @classmethod
    def of(cls, transfer: Transfer) -> Self:
        """Show a transfer."""
        return cls(
            id=transfer.id,
            kind=transfer.kind,
            debit=transfer.debit,
            credit=transfer.credit,
            credits=shown(transfer.amount),
            cause=str(transfer.cause),
            reason=transfer.reason,
            created_at=transfer.created_at,
        )
