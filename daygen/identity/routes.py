"""Sign in and out, who am I, API keys, socket tickets."""

from datetime import UTC
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from daygen.identity import repository, secrets, service
from daygen.identity.asking import CSRF_COOKIE, SESSION_COOKIE, Asking, Recent
from daygen.identity.errors import PROBLEMS, LinkRejected, PasswordRejected
from daygen.identity.model import Scope
from daygen.identity.schemas import (
    Credentials,
    IssuedKey,
    KeyView,
    Me,
    NewKey,
    NewPassword,
    Ticket,
    UserView,
    WorkspaceView,
)
from daygen.infra.http import Db, PageOf, responses, router
from daygen.kit import paging
from daygen.kit.ids import KeyId
from daygen.kit.problems import Forbidden, Invalid, NotFound

routes = router("identity")


@routes.post("/v1/sessions", status_code=201, responses=responses(PasswordRejected))
async def create_session(request: Request, credentials: Credentials, db: Db) -> Response:
    """Sign in with mail address and password; sets the session and CSRF cookies."""
    async with db.reading() as tx:
        user = await repository.find_user_by_email(tx, credentials.email)
    if not await secrets.password_fits(credentials.password, user.password_hash if user else None) or user is None:
        raise PasswordRejected
    async with db.transaction() as tx:
        token = await service.sign_in(tx, user.id)
    return _with_cookies(JSONResponse(UserView.of(user).body(), 201), request, token)


@routes.get("/sign-in", status_code=303, responses=responses(LinkRejected), response_class=RedirectResponse)
async def sign_in(request: Request, token: Annotated[str, Query(max_length=200)], db: Db) -> Response:
    """Sign in with a link; goes on to the studio."""
    async with db.transaction() as tx:
        session_token = await service.sign_in_by_link(tx, token)
    return _with_cookies(RedirectResponse("/", 303), request, session_token)


@routes.delete("/v1/sessions/current", status_code=204, responses=responses(*PROBLEMS))
async def delete_current_session(request: Request, caller: Asking, db: Db) -> Response:
    """Sign out."""
    if caller.session_id is not None:
        async with db.transaction() as tx:
            await service.sign_out(tx, caller.session_id)
        recent: Recent = request.app.state.callers
        recent.forget(secrets.digest(request.cookies[SESSION_COOKIE]))
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)
    return response


@routes.get("/v1/me", responses=responses(*PROBLEMS))
async def get_me(caller: Asking, db: Db) -> Me:
    """Say who is asking, and for which workspace."""
    async with db.reading() as tx:
        user = await repository.find_user(tx, caller.user_id) if caller.user_id else None
        workspace = await repository.find_workspace(tx, caller.workspace_id)
        memberships = await service.memberships(tx, caller.user_id) if caller.user_id else []
    assert workspace is not None
    roles = {membership.workspace.id: membership.role for membership in memberships}
    return Me(
        user=UserView.of(user) if user else None,
        workspace=WorkspaceView.of(workspace, roles.get(workspace.id)),
        workspaces=[WorkspaceView.of_membership(membership) for membership in memberships],
        scopes=sorted(caller.scopes),
    )


@routes.put("/v1/me/password", status_code=204, responses=responses(*PROBLEMS, PasswordRejected))
async def put_password(new: NewPassword, caller: Asking, db: Db) -> None:
    """Set or change the password; the current one is asked for if there is one."""
    if caller.session_id is None or caller.user_id is None:
        raise Forbidden("A password is changed in the browser, not with an API key.")
    async with db.reading() as tx:
        user = await repository.find_user(tx, caller.user_id)
    assert user is not None
    if user.password_hash and not await secrets.password_fits(new.current_password or "", user.password_hash):
        raise PasswordRejected
    password_hash = await secrets.hash_password(new.password)
    async with db.transaction() as tx:
        await repository.save_password(tx, user.id, password_hash)


@routes.post("/v1/api-keys", status_code=201, responses=responses(*PROBLEMS))
async def create_key(new: NewKey, caller: Asking, db: Db) -> IssuedKey:
    """Make an API key for the workspace. The secret is in this answer and nowhere else."""
    caller.need(Scope.ADMIN)
    missing = set(new.scopes) - caller.scopes
    if missing:
        raise Invalid.field("scopes", f"you do not have {', '.join(sorted(missing))} yourself")
    expires_at = new.expires_at.replace(tzinfo=new.expires_at.tzinfo or UTC) if new.expires_at else None
    async with db.transaction() as tx:
        key, secret = await service.issue_key(
            tx, caller.workspace_id, caller.user_id, name=new.name, scopes=new.scopes, expires_at=expires_at
        )
    return IssuedKey(**KeyView.of(key).model_dump(), key=secret)


@routes.get("/v1/api-keys", responses=responses(*PROBLEMS))
async def list_keys(
    caller: Asking,
    db: Db,
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.LIMIT,
    cursor: KeyId | None = None,
) -> PageOf[KeyView]:
    """List the workspace's API keys, revoked ones too, the newest first."""
    caller.need(Scope.ADMIN)
    async with db.reading() as tx:
        keys = await repository.list_keys(tx, caller.workspace_id, cursor, limit + 1)
    page = paging.cut(keys, limit, lambda key: str(key.id))
    return PageOf(data=[KeyView.of(key) for key in page.data], next_cursor=page.next_cursor)


@routes.delete("/v1/api-keys/{key_id}", status_code=204, responses=responses(*PROBLEMS, NotFound))
async def revoke_key(key_id: KeyId, caller: Asking, db: Db) -> None:
    """Revoke an API key; it stops working everywhere within seconds."""
    caller.need(Scope.ADMIN)
    async with db.transaction() as tx:
        await service.revoke_key(tx, caller.workspace_id, key_id)


@routes.post("/v1/ws-tickets", status_code=201, responses=responses(*PROBLEMS))
async def create_ticket(caller: Asking, db: Db) -> Ticket:
    """Make a ticket that opens one socket, for clients that can send neither a cookie nor a header."""
    async with db.transaction() as tx:
        ticket = await service.issue_ticket(tx, caller)
    return Ticket(ticket=ticket, expires_in_seconds=int(service.TICKET_LASTS.total_seconds()))


def _with_cookies(response: Response, request: Request, token: str) -> Response:
    secure = request.url.scheme == "https"
    lasting = int(service.SESSION_LASTS.total_seconds())
    response.set_cookie(SESSION_COOKIE, token, lasting, httponly=True, secure=secure, samesite="lax")
    response.set_cookie(CSRF_COOKIE, secrets.csrf_token(token), lasting, secure=secure, samesite="lax")
    return response
