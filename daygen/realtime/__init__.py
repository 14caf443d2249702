"""Realtime: facts on their way to open sockets and streams, in order, without gap, resumable by cursor.

Nothing is kept in a process: a socket's subscription is a cursor into the numbered events; what was missed is replayed
from the database, and what comes after that from this process's feed. Progress is only ever the latest value.
"""

from daygen.realtime.channels import Renderer

__all__ = ["Renderer"]
