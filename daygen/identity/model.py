"""Users, workspaces, members and keys, and what a caller may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daygen.identity.errors import ScopeMissing
from daygen.kit.ids import KeyId, SessionId, UserId, WorkspaceId


class Scope(StrEnum):
    """What a key may be used for."""

    JOBS_WRITE = "jobs:write"
    JOBS_READ = "jobs:read"
    ASSETS_WRITE = "assets:write"
    ASSETS_READ = "assets:read"
    USAGE_READ = "usage:read"
    BILLING = "billing"
    ADMIN = "admin"


ALL_SCOPES = frozenset(Scope)


class Role(StrEnum):
    """What a member is in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


READING = frozenset({Scope.JOBS_READ, Scope.ASSETS_READ, Scope.USAGE_READ})
MAKING = READING | {Scope.JOBS_WRITE, Scope.ASSETS_WRITE}
SCOPES_OF = {
    Role.OWNER: MAKING | {Scope.BILLING, Scope.ADMIN},
    Role.ADMIN: MAKING | {Scope.BILLING, Scope.ADMIN},
    Role.MEMBER: MAKING,
    Role.VIEWER: READING,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `key_id` or `session_id` says by what; `scopes` what they may do in `workspace_id`."""

    workspace_id: WorkspaceId
    user_id: UserId | None
    scopes: frozenset[Scope]
    key_id: KeyId | None = None
    session_id: SessionId | None = None

    def need(self, scope: Scope) -> None:
        """Raise `ScopeMissing` (403) unless the caller may do this."""
        if scope not in self.scopes:
            raise ScopeMissing(scope)


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in."""

    id: UserId
    email: str
    name: str
    password_hash: str | None
    is_operator: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who owns, pays and is limited."""

    id: WorkspaceId
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A workspace, as one of its members sees it."""

    workspace: Workspace
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser, and the user and role behind it."""

    id: SessionId
    user_id: UserId
    workspace_id: WorkspaceId
    role: Role


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key; the secret itself is not kept."""

    id: KeyId
    workspace_id: WorkspaceId
    user_id: UserId | None
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
