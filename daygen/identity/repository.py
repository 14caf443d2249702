"""Identity's SQL: users, workspaces, members, keys, sessions, links and tickets."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record

from daygen.identity.model import ApiKey, Membership, Role, Scope, Session, User, Workspace
from daygen.infra.db import Tx
from daygen.kit.ids import KeyId, SessionId, UserId, WorkspaceId

ADD_USER = """
insert into users (id, email, name, password_hash, is_operator) values ($1, $2, $3, $4, $5) on conflict do nothing
"""
FIND_USER = """
select id, email, name, password_hash, is_operator from users where id = $1
"""
FIND_USER_BY_EMAIL = """
select id, email, name, password_hash, is_operator from users where lower(email) = lower($1)
"""
FIND_OPERATOR = """
select id, email, name, password_hash, is_operator from users where is_operator order by id limit 1
"""
SAVE_HASH = """
update users set password_hash = $2 where id = $1
"""
ADD_WORKSPACE = """
insert into workspaces (id, name, kind) values ($1, $2, $3)
"""
FIND_WORKSPACE = """
select id, name, kind from workspaces where id = $1
"""
WORKSPACE_NAMES = """
select id, name from workspaces where id = any($1::uuid[])
"""
ADD_MEMBER = """
insert into members (workspace_id, user_id, role) values ($1, $2, $3)
"""
LIST_MEMBERSHIPS = """
select w.id, w.name, w.kind, m.role from members m join workspaces w on w.id = m.workspace_id
where m.user_id = $1 order by w.kind, w.id
"""
ADD_KEY = """
insert into api_keys (id, workspace_id, user_id, name, prefix, hash, scopes, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id, workspace_id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at
"""
FIND_KEY_BY_HASH = """
select id, workspace_id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at from api_keys
where hash = $1 and revoked_at is null and (expires_at is null or expires_at > daygen_now())
"""
TOUCH_KEY = """
update api_keys set last_used_at = daygen_now()
where id = $1 and (last_used_at is null or last_used_at < daygen_now() - interval '1 minute')
"""
LIST_KEYS = """
select id, workspace_id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at from api_keys
where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3
"""
REVOKE_KEY = """
update api_keys set revoked_at = coalesce(revoked_at, daygen_now()) where workspace_id = $1 and id = $2
"""
ADD_SESSION = """
insert into sessions (id, hash, user_id, workspace_id, expires_at)
select $1, $2, $3, (select workspace_id from members m join workspaces w on w.id = m.workspace_id
  where m.user_id = $3 order by w.kind, w.id limit 1), daygen_now() + $4::interval
"""
FIND_SESSION = """
select s.id, s.user_id, s.workspace_id, m.role from sessions s
join members m on m.workspace_id = s.workspace_id and m.user_id = s.user_id
where s.hash = $1 and s.expires_at > daygen_now()
"""
DROP_SESSION = """
delete from sessions where id = $1
"""
ADD_LINK = """
insert into sign_in_links (hash, user_id, expires_at) values ($1, $2, daygen_now() + $3::interval)
"""
USE_LINK = """
update sign_in_links set used_at = daygen_now()
where hash = $1 and used_at is null and expires_at > daygen_now() returning user_id
"""
ADD_TICKET = """
insert into socket_tickets (hash, workspace_id, user_id, key_id, scopes, expires_at)
values ($1, $2, $3, $4, $5, daygen_now() + $6::interval)
"""
USE_TICKET = """
delete from socket_tickets where hash = $1 and expires_at > daygen_now()
returning workspace_id, user_id, key_id, scopes
"""
FORGET_TICKETS = """
delete from socket_tickets where expires_at < daygen_now()
"""
FORGET_LINKS = """
delete from sign_in_links where expires_at < daygen_now() - interval '7 days'
"""
FORGET_SESSIONS = """
delete from sessions where expires_at < daygen_now()
"""


async def add_user(tx: Tx, user: User) -> bool:
    """Write a user; False when the mail address is taken."""
    return await tx.run(ADD_USER, user.id, user.email, user.name, user.password_hash, user.is_operator) == 1


async def find_user(tx: Tx, user_id: UserId) -> User | None:
    """A user by id."""
    row = await tx.row(FIND_USER, user_id)
    return _user(row) if row else None


async def find_user_by_email(tx: Tx, email: str) -> User | None:
    """A user by mail address, in any spelling of upper and lower case."""
    row = await tx.row(FIND_USER_BY_EMAIL, email)
    return _user(row) if row else None


async def find_operator(tx: Tx) -> User | None:
    """The first operator."""
    row = await tx.row(FIND_OPERATOR)
    return _user(row) if row else None


async def save_password(tx: Tx, user_id: UserId, password_hash: str) -> None:
    """Change a user's password."""
    await tx.run(SAVE_HASH, user_id, password_hash)


async def add_workspace(tx: Tx, workspace: Workspace) -> None:
    """Write a workspace."""
    await tx.run(ADD_WORKSPACE, workspace.id, workspace.name, workspace.kind)


async def find_workspace(tx: Tx, workspace_id: WorkspaceId) -> Workspace | None:
    """A workspace by id."""
    row = await tx.row(FIND_WORKSPACE, workspace_id)
    return _workspace(row) if row else None


async def workspace_names(tx: Tx, workspace_ids: Collection[UUID]) -> dict[UUID, str]:
    """What workspaces are called, for those of these ids that are one's."""
    return {row["id"]: row["name"] for row in await tx.rows(WORKSPACE_NAMES, [*workspace_ids])}


async def add_member(tx: Tx, workspace_id: WorkspaceId, user_id: UserId, role: Role) -> None:
    """Make a user a member."""
    await tx.run(ADD_MEMBER, workspace_id, user_id, role)


async def list_memberships(tx: Tx, user_id: UserId) -> list[Membership]:
    """The workspaces a user is in, the personal one first."""
    return [Membership(_workspace(row), Role(row["role"])) for row in await tx.rows(LIST_MEMBERSHIPS, user_id)]


async def add_key(
    tx: Tx,
    key_id: KeyId,
    workspace_id: WorkspaceId,
    user_id: UserId | None,
    *,
    name: str,
    prefix: str,
    digest: bytes,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
) -> ApiKey:
    """Write a key's hash."""
    row = await tx.row(ADD_KEY, key_id, workspace_id, user_id, name, prefix, digest, sorted(scopes), expires_at)
    assert row is not None
    return _key(row)


async def find_key_by_hash(tx: Tx, digest: bytes) -> ApiKey | None:
    """A key that works now."""
    row = await tx.row(FIND_KEY_BY_HASH, digest)
    return _key(row) if row else None


async def touch_key(tx: Tx, key_id: KeyId) -> None:
    """Note that a key was used, once a minute."""
    await tx.run(TOUCH_KEY, key_id)


async def list_keys(tx: Tx, workspace_id: WorkspaceId, before: KeyId | None, most: int) -> list[ApiKey]:
    """A workspace's keys, the newest first."""
    return [_key(row) for row in await tx.rows(LIST_KEYS, workspace_id, before, most)]


async def revoke_key(tx: Tx, workspace_id: WorkspaceId, key_id: KeyId) -> bool:
    """End a key; False when the workspace has no such key."""
    return await tx.run(REVOKE_KEY, workspace_id, key_id) == 1


async def add_session(tx: Tx, session_id: SessionId, digest: bytes, user_id: UserId, lasting: timedelta) -> None:
    """Sign a browser in, to the user's own workspace."""
    await tx.run(ADD_SESSION, session_id, digest, user_id, lasting)


async def find_session(tx: Tx, digest: bytes) -> Session | None:
    """A session that has not ended, of a user who is still a member."""
    row = await tx.row(FIND_SESSION, digest)
    if row is None:
        return None
    return Session(
        SessionId.of(row["id"]), UserId.of(row["user_id"]), WorkspaceId.of(row["workspace_id"]), Role(row["role"])
    )


async def drop_session(tx: Tx, session_id: SessionId) -> None:
    """Sign a browser out."""
    await tx.run(DROP_SESSION, session_id)


async def add_link(tx: Tx, digest: bytes, user_id: UserId, lasting: timedelta) -> None:
    """Write a sign-in link's hash."""
    await tx.run(ADD_LINK, digest, user_id, lasting)


async def use_link(tx: Tx, digest: bytes) -> UserId | None:
    """Use a link up; None when it was used, has expired or never existed."""
    user_id: UUID | None = await tx.value(USE_LINK, digest)
    return UserId.of(user_id) if user_id else None


async def add_ticket(
    tx: Tx,
    digest: bytes,
    workspace_id: WorkspaceId,
    user_id: UserId | None,
    key_id: KeyId | None,
    scopes: Iterable[Scope],
    lasting: timedelta,
) -> None:
    """Write a socket ticket's hash."""
    await tx.run(ADD_TICKET, digest, workspace_id, user_id, key_id, sorted(scopes), lasting)


async def use_ticket(tx: Tx, digest: bytes) -> Record | None:
    """Use a ticket up: the workspace, user, key and scopes it stands for."""
    return await tx.row(USE_TICKET, digest)


async def forget_expired(tx: Tx) -> None:
    """Delete tickets, links and sessions past their time."""
    await tx.run(FORGET_TICKETS)
    await tx.run(FORGET_LINKS)
    await tx.run(FORGET_SESSIONS)


def _user(row: Record) -> User:
    return User(UserId.of(row["id"]), row["email"], row["name"], row["password_hash"], row["is_operator"])


def _workspace(row: Record) -> Workspace:
    return Workspace(WorkspaceId.of(row["id"]), row["name"], row["kind"])


def _key(row: Record) -> ApiKey:
    return ApiKey(
        id=KeyId.of(row["id"]),
        workspace_id=WorkspaceId.of(row["workspace_id"]),
        user_id=UserId.of(row["user_id"]) if row["user_id"] else None,
        name=row["name"],
        prefix=row["prefix"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
