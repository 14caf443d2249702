"""How the ledger refuses."""

from daygen.kit.money import Millicredits, shown
from daygen.kit.problems import PaymentRequired


class InsufficientCredits(PaymentRequired):
    """The workspace has fewer credits available than this costs."""

    code = "ledger.insufficient_credits"
    title = "Not enough credits"

    def __init__(self, needed: Millicredits, available: Millicredits) -> None:
        super().__init__(
            f"This costs {shown(needed)} credits and {shown(available)} are available. Nothing was started or charged.",
            neededCredits=shown(needed),
            availableCredits=shown(available),
        )
