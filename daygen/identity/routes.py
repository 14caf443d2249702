"""Sign in and out, who am I, API keys, socket tickets."""

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
from daygen.infra.http import Db, Idempotency, PageOf, once, responses, router
from daygen.kit import paging
from daygen.kit.ids import KeyId
from daygen.kit.problems import Forbidden, Invalid, NotFound

routes = router("identity")


@routes.post("/v1/sessions", status_code=201, response_model=UserView, responses=responses(PasswordRejected))
async def create_session(request: Request, credentials: Credentials, db: Db, _repeat: Idempotency) -> Response:
    """Sign in with mail address and password; sets the session and CSRF cookies. A repeat signs in again."""
    async with db.reading() as tx:
        user = await repository.find_user_by_email(tx, credentials.email)
    if not await secrets.password_fits(credentials.password, user.password_hash if user else None) or user is None:
        raise PasswordRejected
    async with db.transaction() as tx:
        token = await service.sign_in(tx, user.id)
    return _with_cookies(JSONResponse(UserView.of(user).body(), 201), request, token)


@routes.get("/sign-in", status_code=303, responses=responses(LinkRejected), response_class=RedirectResponse)
async def sign_in(request: Request, token: Annotated[str, Query(max_length=200)], db: Db) -> Response:
    """Sign in with a link and go on to the studio; there a browser is also told that its link was used up."""
    try:
        async with db.transaction() as tx:
            session_token = await service.sign_in_by_link(tx, token)
    except LinkRejected:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/?link=rejected", 303)
        raise
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


@routes.post("/v1/api-keys", status_code=201, response_model=IssuedKey, responses=responses(*PROBLEMS))
async def create_key(request: Request, new: NewKey, caller: Asking, db: Db, repeat: Idempotency) -> Response:
    """Make an API key for the workspace. The secret is in this answer and nowhere else.

    A repeat with the same Idempotency-Key shows it again: it is made anew from our secret and what the client sent.
    """
    caller.need(Scope.ADMIN)
    missing = set(new.scopes) - caller.scopes
    if missing:
        raise Invalid.field("scopes", f"you do not have {', '.join(sorted(missing))} yourself")

    told = (repeat.text, repeat.fingerprint) if repeat else (secrets.new_token(),)

    def secret_of(key_id: KeyId) -> str:
        return secrets.repeatable_key(request.app.state.secret, str(key_id), *told)

    async with db.transaction() as tx, once(tx, caller.workspace_id, repeat) as answer:
        if not answer.known:
            key_id = KeyId.new()
            key = await service.add_key(
                tx,
                key_id,
                secret_of(key_id),
                caller.workspace_id,
                caller.user_id,
                name=new.name,
                scopes=new.scopes,
                expires_at=new.expires_at,
            )
            answer.status, answer.body = 201, KeyView.of(key).body()
    return JSONResponse({**answer.body, "key": secret_of(KeyId.parse(answer.body["id"]))}, answer.status)


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
async def create_ticket(caller: Asking, db: Db, _repeat: Idempotency) -> Ticket:
    """Make a ticket that opens one socket, for clients that can send neither a cookie nor a header.

    A ticket is good for one use within a minute, so a repeat gets one of its own.
    """
    async with db.transaction() as tx:
        ticket = await service.issue_ticket(tx, caller)
    return Ticket(ticket=ticket, expires_in_seconds=int(service.TICKET_LASTS.total_seconds()))


def _with_cookies(response: Response, request: Request, token: str) -> Response:
    # Behind a proxy that ends TLS the request itself is plain; the house's own address says how browsers come.
    secure = "https" in {request.url.scheme, request.app.state.public_url.partition(":")[0]}
    lasting = int(service.SESSION_LASTS.total_seconds())
    response.set_cookie(SESSION_COOKIE, token, lasting, httponly=True, secure=secure, samesite="lax")
    response.set_cookie(CSRF_COOKIE, secrets.csrf_token(token), lasting, secure=secure, samesite="lax")
    return response
