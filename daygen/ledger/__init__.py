"""The ledger: what a workspace has, what is set aside for its jobs, and where every credit went.

    house ──grant──▶ available ──hold──▶ held ──settle──▶ spent
      ▲                │    ▲              │
      └────deduct──────┘    └───release────┘

Append-only double entry in whole millicredits: a transfer takes from one side and gives to another, so everything sums
to zero. A hold ends exactly once, settled (the rest is returned) or released. Beside it one row per call to a provider.
"""

from daygen.ledger.errors import InsufficientCredits
from daygen.ledger.model import Balance, Usage
from daygen.ledger.service import balance, cover, deduct, grant, hold, lock, record, release, settle

__all__ = [
    "Balance",
    "InsufficientCredits",
    "Usage",
    "balance",
    "cover",
    "deduct",
    "grant",
    "hold",
    "lock",
    "record",
    "release",
    "settle",
]
