"""Schedules: what is done by one worker for the whole house.

A row with a lease says whose turn it is, since a session's lock means nothing behind a pooler. Whatever is scheduled
must be safe to do twice: the lease saves work, it does not guard effects.
"""

from daygen.infra.schedules.repository import let_go, take

__all__ = ["let_go", "take"]
