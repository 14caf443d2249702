"""Identity: who is asking, for which workspace, and what they may do.

Owns users, workspaces, members, API keys, sessions, sign-in links and socket tickets. A request comes with a key
(`Authorization: Bearer dg_live_…`), a session cookie, or, for a socket, a ticket good for one use; each becomes a
`Caller`. Secrets are shown once and stored as hashes.
"""

from daygen.identity.asking import Asking, Recent, caller_of, caller_of_socket
from daygen.identity.errors import PROBLEMS, EmailTaken, KeyRejected, NotSignedIn, ScopeMissing
from daygen.identity.model import ALL_SCOPES, Caller, Scope, User, Workspace
from daygen.identity.service import (
    add_user,
    add_workspace,
    find_operator,
    find_workspace,
    forget_expired,
    issue_key,
    issue_sign_in_link,
    key_works,
    need_operator,
    personal_workspace,
    workspace_names,
)

__all__ = [
    "ALL_SCOPES",
    "PROBLEMS",
    "Asking",
    "Caller",
    "EmailTaken",
    "KeyRejected",
    "NotSignedIn",
    "Recent",
    "Scope",
    "ScopeMissing",
    "User",
    "Workspace",
    "add_user",
    "add_workspace",
    "caller_of",
    "caller_of_socket",
    "find_operator",
    "find_workspace",
    "forget_expired",
    "issue_key",
    "issue_sign_in_link",
    "key_works",
    "need_operator",
    "personal_workspace",
    "workspace_names",
]
