"""The companies and engines that run models: one contract, one module per provider.

An adapter is handed a `Call` and a `Sink`, makes the outputs and returns a `Report`. It never retries, never charges
and never touches the database: retries belong to the queue, money to the ledger. Whatever goes wrong leaves it as one
of four: `Busy`, `Refused`, `Broken`, `Unknown`. What takes minutes is ordered for a ticket (`tickets`).
"""

from daygen.providers.contract import (
    Broken,
    Busy,
    Call,
    Ending,
    Output,
    Provider,
    Refused,
    Report,
    Sink,
    Source,
    Unknown,
)
from daygen.providers.costs import Basis
from daygen.providers.tickets import Finds, Recourse, Terms, Ticket, Ticketed, Working

__all__ = [
    "Basis",
    "Broken",
    "Busy",
    "Call",
    "Ending",
    "Finds",
    "Output",
    "Provider",
    "Recourse",
    "Refused",
    "Report",
    "Sink",
    "Source",
    "Terms",
    "Ticket",
    "Ticketed",
    "Unknown",
    "Working",
]
