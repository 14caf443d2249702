"""What identity says over HTTP."""

from typing import Annotated, Self

from pydantic import Field

from daygen.identity.model import ApiKey, Membership, Scope, User, Workspace
from daygen.infra.http import Moment, Wire
from daygen.kit.ids import KeyId, UserId, WorkspaceId

KEY_SCOPES = (Scope.JOBS_WRITE, Scope.JOBS_READ, Scope.ASSETS_WRITE, Scope.ASSETS_READ)

Password = Annotated[str, Field(min_length=10, max_length=200)]


class Credentials(Wire):
    """How a user signs in."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class NewPassword(Wire):
    """A user's new password; the current one too, if there is one."""

    password: Password
    current_password: Annotated[str | None, Field(max_length=200)] = None


class UserView(Wire):
    """A user, as they see themselves."""

    id: UserId
    email: str
    name: str
    is_operator: bool
    has_password: bool

    @classmethod
    def of(cls, user: User) -> Self:
        """Show a user."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            is_operator=user.is_operator,
            has_password=user.password_hash is not None,
        )


class WorkspaceView(Wire):
    """A workspace; `role` is the user's own, null for a key without a user."""

    id: WorkspaceId
    name: str
    kind: str
    role: str | None = None

    @classmethod
    def of(cls, workspace: Workspace, role: str | None = None) -> Self:
        """Show a workspace."""
        return cls(id=workspace.id, name=workspace.name, kind=workspace.kind, role=role)

    @classmethod
    def of_membership(cls, membership: Membership) -> Self:
        """Show a workspace to one of its members."""
        return cls.of(membership.workspace, membership.role)


class Me(Wire):
    """Who is asking, and for which workspace."""

    user: UserView | None
    workspace: WorkspaceView
    workspaces: list[WorkspaceView]
    scopes: list[Scope]


class NewKey(Wire):
    """An API key to make."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope), default_factory=lambda: [*KEY_SCOPES])]
    expires_at: Moment | None = None


class KeyView(Wire):
    """An API key, without its secret."""

    id: KeyId
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Show a key."""
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            scopes=sorted(key.scopes),
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )


class IssuedKey(KeyView):
    """A new API key. `key` is the secret, shown this once."""

    key: str


class Ticket(Wire):
    """Opens one socket within a minute: `/v1/ws?ticket=…`."""

    ticket: str
    expires_in_seconds: int
