"""Balances, transfers and usage; all credits in whole millicredits."""

from dataclasses import dataclass
from datetime import datetime

from daygen.kit.ids import JobId, KeyId, TransferId, UserId, WorkspaceId
from daygen.kit.money import MicroUsd, Millicredits


@dataclass(frozen=True, slots=True)
class Balance:
    """What a workspace can spend, and what is set aside for its jobs."""

    available: Millicredits
    held: Millicredits


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement of credits, from `debit` to `credit`, with its cause: a job, or an act of an operator."""

    id: TransferId
    debit: str
    credit: str
    amount: Millicredits
    kind: str
    cause: JobId | TransferId
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """One call to a provider, whatever came of it. `credits` is what the workspace paid, `cost` what we pay."""

    workspace_id: WorkspaceId
    user_id: UserId | None
    key_id: KeyId | None
    job_id: JobId
    attempt: int
    provider: str
    model: str
    operation: str
    outcome: str
    units: int
    milliseconds: int
    credits: Millicredits
    cost: MicroUsd
    trace_id: bytes | None
