"""Identity's verbs: make users, workspaces and keys; sign in and out; say who a secret stands for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from daygen.identity import repository, secrets
from daygen.identity.errors import EmailTaken, KeyRejected, LinkRejected, NotSignedIn
from daygen.identity.model import SCOPES_OF, ApiKey, Caller, Membership, Role, Scope, User, Workspace
from daygen.identity.repository import find_operator, find_workspace, forget_expired, workspace_names
from daygen.infra.db import Tx
from daygen.kit.ids import KeyId, SessionId, UserId, WorkspaceId
from daygen.kit.problems import Forbidden, NotFound

SESSION_LASTS = timedelta(days=30)
LINK_LASTS = timedelta(hours=24)
TICKET_LASTS = timedelta(seconds=60)

__all__ = ["find_operator", "find_workspace", "forget_expired", "workspace_names"]  # the repository's, as they are


async def add_user(
    tx: Tx, email: str, name: str, *, password_hash: str | None = None, is_operator: bool = False
) -> tuple[User, Workspace]:
    """Make a user with a workspace of their own. Raises `EmailTaken` (409)."""
    user = User(UserId.new(), email, name, password_hash, is_operator)
    if not await repository.add_user(tx, user):
        raise EmailTaken
    return user, await add_workspace(tx, name, kind="personal", owner=user.id)


async def add_workspace(tx: Tx, name: str, *, kind: str = "team", owner: UserId | None = None) -> Workspace:
    """Make a workspace, empty of credits; `owner` becomes its first member."""
    workspace = Workspace(WorkspaceId.new(), name, kind)
    await repository.add_workspace(tx, workspace)
    if owner is not None:
        await repository.add_member(tx, workspace.id, owner, Role.OWNER)
    return workspace


async def memberships(tx: Tx, user_id: UserId) -> list[Membership]:
    """The workspaces a user is in."""
    return await repository.list_memberships(tx, user_id)


async def personal_workspace(tx: Tx, user_id: UserId) -> Workspace:
    """A user's own workspace."""
    return (await repository.list_memberships(tx, user_id))[0].workspace


async def key_works(tx: Tx, secret: str) -> bool:
    """Whether a key is neither unknown nor revoked nor expired."""
    return await repository.find_key_by_hash(tx, secrets.digest(secret)) is not None


async def issue_key(
    tx: Tx, workspace_id: WorkspaceId, user_id: UserId | None, *, name: str, scopes: Iterable[Scope]
) -> tuple[ApiKey, str]:
    """Make an API key that does not expire; the secret is in no place but the answer."""
    secret = secrets.new_key()
    return await add_key(tx, KeyId.new(), secret, workspace_id, user_id, name=name, scopes=scopes), secret


async def add_key(
    tx: Tx,
    key_id: KeyId,
    secret: str,
    workspace_id: WorkspaceId,
    user_id: UserId | None,
    *,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
) -> ApiKey:
    """Make a key of this secret work; what is kept of it is its hash."""
    return await repository.add_key(
        tx,
        key_id,
        workspace_id,
        user_id,
        name=name,
        prefix=secret[: secrets.SHOWN_PREFIX_LENGTH],
        digest=secrets.digest(secret),
        scopes=scopes,
        expires_at=expires_at,
    )


async def revoke_key(tx: Tx, workspace_id: WorkspaceId, key_id: KeyId) -> None:
    """End a key. Safe to repeat. Raises `NotFound` (404)."""
    if not await repository.revoke_key(tx, workspace_id, key_id):
        raise NotFound("There is no such API key.")


async def need_operator(tx: Tx, caller: Caller) -> None:
    """Let an operator of the house pass who may use their scope `admin`; asked anew each time, nothing is remembered.

    Raises `ScopeMissing` (403), or `Forbidden` (403) for everybody else, keys that are no user's among them.
    """
    caller.need(Scope.ADMIN)
    user = await repository.find_user(tx, caller.user_id) if caller.user_id else None
    if user is None or not user.is_operator:
        raise Forbidden("This is for the operators of the house.")


async def caller_by_key(tx: Tx, secret: str) -> Caller:
    """Who a key stands for. Raises `KeyRejected` (401)."""
    key = await repository.find_key_by_hash(tx, secrets.digest(secret))
    if key is None:
        raise KeyRejected
    await repository.touch_key(tx, key.id)
    return Caller(key.workspace_id, key.user_id, key.scopes, key_id=key.id)


async def caller_by_session(tx: Tx, token: str) -> Caller:
    """Who a session cookie stands for. Raises `NotSignedIn` (401)."""
    session = await repository.find_session(tx, secrets.digest(token))
    if session is None:
        raise NotSignedIn
    return Caller(session.workspace_id, session.user_id, SCOPES_OF[session.role], session_id=session.id)


async def caller_by_ticket(tx: Tx, ticket: str) -> Caller:
    """Who a socket ticket stands for; it works once. Raises `NotSignedIn` (401)."""
    row = await repository.use_ticket(tx, secrets.digest(ticket))
    if row is None:
        raise NotSignedIn
    return Caller(
        WorkspaceId.of(row["workspace_id"]),
        UserId.of(row["user_id"]) if row["user_id"] else None,
        frozenset(Scope(scope) for scope in row["scopes"]),
        key_id=KeyId.of(row["key_id"]) if row["key_id"] else None,
    )


async def sign_in(tx: Tx, user_id: UserId) -> str:
    """Open a session; returns the token for its cookie."""
    token = secrets.new_token()
    await repository.add_session(tx, SessionId.new(), secrets.digest(token), user_id, SESSION_LASTS)
    return token


async def sign_in_by_link(tx: Tx, token: str) -> str:
    """Use a sign-in link up and open a session. Raises `LinkRejected` (401)."""
    user_id = await repository.use_link(tx, secrets.digest(token))
    if user_id is None:
        raise LinkRejected
    return await sign_in(tx, user_id)


async def sign_out(tx: Tx, session_id: SessionId) -> None:
    """End a session."""
    await repository.drop_session(tx, session_id)


async def issue_sign_in_link(tx: Tx, user_id: UserId) -> str:
    """Make the token of a sign-in link, good for one use within a day."""
    token = secrets.new_token()
    await repository.add_link(tx, secrets.digest(token), user_id, LINK_LASTS)
    return token


async def issue_ticket(tx: Tx, caller: Caller) -> str:
    """Make a ticket that opens one socket for this caller within a minute."""
    ticket = secrets.new_token()
    await repository.add_ticket(
        tx, secrets.digest(ticket), caller.workspace_id, caller.user_id, caller.key_id, caller.scopes, TICKET_LASTS
    )
    return ticket
