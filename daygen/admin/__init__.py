"""Admin: what the operators of a house see and do over HTTP, across its workspaces.

    GET  /v1/admin/queue                         pools, lanes, workers, depths, dead letters: one look
    POST /v1/admin/queue/dead/{task_id}/replay   a dead letter tried again, a failed job ordered anew

It owns nothing: it reads through the front doors of the other rooms, and calls their verbs. Everything here asks for an
operator (`identity.need_operator`): a user of the house who is one, signed in or by a key of theirs with scope `admin`.
"""

from daygen.admin.errors import DeadLetterNotFound
from daygen.admin.service import replay

__all__ = ["DeadLetterNotFound", "replay"]
