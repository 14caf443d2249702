"""`daygen admin`: the operator's levers, straight on the house's database."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from daygen.app.cli.options import data_dir_option, joined_settings, json_option, opened_database
from daygen.app.cli.output import amount, say_json, table
from daygen.infra.db import Tx
from daygen.kit.ids import WorkspaceId
from daygen.kit.money import Millicredits, credits_of, shown

DO_NOT_LIMIT = "none"
MOST_PER_MINUTE = 1_000_000
MOST_PLACES = 100_000


class Workspace(click.ParamType[WorkspaceId]):
    """A workspace's id."""

    name = "ws_…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> WorkspaceId:
        """Read the id."""
        try:
            return WorkspaceId.parse(value)
        except ValueError:
            self.fail("is no workspace id; `daygen admin workspace list` shows them", param, ctx)


class Credits(click.ParamType[Millicredits]):
    """A positive amount of credits, with up to 3 decimal places."""

    name = "credits"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Millicredits:
        """Read the amount."""
        try:
            read = credits_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if read <= 0:
            self.fail("must be more than 0", param, ctx)
        return read


class PerMinute(click.ParamType[int | None]):
    """A number of requests, or `none`."""

    name = "n|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Read the limit."""
        if value == DO_NOT_LIMIT:
            return None
        if not str(value).isdecimal() or not 1 <= int(value) <= MOST_PER_MINUTE:
            self.fail(f"must be a whole number from 1 to {MOST_PER_MINUTE}, or none", param, ctx)
        return int(value)


class Places(click.ParamType[int | None]):
    """How many at once, 0 included, or `none`."""

    name = "n|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Read the number."""
        if value == DO_NOT_LIMIT:
            return None
        if not str(value).isdecimal() or int(value) > MOST_PLACES:
            self.fail(f"must be a whole number up to {MOST_PLACES}, or none", param, ctx)
        return int(value)


workspace_option = click.option("--workspace", "workspace_id", type=Workspace(), required=True, help="Its id.")
credits_option = click.option("--credits", "millicredits", type=Credits(), required=True, help="Such as 100 or 2.5.")
reason_option = click.option("--reason", required=True, help="Why; it stands in the ledger.")


@click.group()
@data_dir_option
def admin() -> None:
    """Workspaces, credits, limits, users: the operator's levers."""


@admin.group()
@data_dir_option
def workspace() -> None:
    """The workspaces of the house."""


@workspace.command(name="create")
@click.option("--name", required=True, help="What it is called.")
@data_dir_option
@json_option
def create_workspace(name: str, as_json: bool) -> None:
    """Make a workspace and a key for it.

    It has no credits. The key is shown this once.
    """
    from daygen.app import founding

    async def make(tx: Tx) -> Mapping[str, Any]:
        made, key = await founding.add_workspace(tx, name)
        return {"workspaceId": str(made.id), "apiKey": key}

    made = _carried_out(make)
    if as_json:
        say_json(made)
    else:
        click.echo(f"Workspace  {made['workspaceId']}\nAPI key    {made['apiKey']}")
        click.echo(f"It has no credits yet: daygen admin grant --workspace {made['workspaceId']} --credits …", err=True)


@workspace.command(name="list")
@data_dir_option
@json_option
def list_workspaces(as_json: bool) -> None:
    """List workspaces, credits and limits."""
    from daygen import limits
    from daygen.app.cli import repository

    async def read(tx: Tx) -> list[dict[str, Any]]:
        return [
            {
                "workspaceId": str(WorkspaceId.of(row["id"])),
                "name": row["name"],
                "kind": row["kind"],
                "availableCredits": shown(row["available"]),
                "heldCredits": shown(row["held"]),
                "requestsPerMinute": row["per_minute"] if row["limited"] else limits.DEFAULT_PER_MINUTE,
                "createdAt": row["created_at"],
            }
            for row in await repository.list_workspaces(tx)
        ]

    found = _carried_out(read)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            row["workspaceId"],
            row["name"],
            row["kind"],
            amount(row["availableCredits"]),
            amount(row["heldCredits"]),
            row["requestsPerMinute"] or DO_NOT_LIMIT,
        )
        for row in found
    ]
    titles = ("workspace", "name", "kind", "credits", "held", "per minute")
    click.echo(table(titles, rows, right={"credits", "held", "per minute"}))


@admin.command()
@workspace_option
@credits_option
@reason_option
@data_dir_option
@json_option
def grant(workspace_id: WorkspaceId, millicredits: Millicredits, reason: str, as_json: bool) -> None:
    """Give a workspace credits."""
    _move_credits("grant", workspace_id, millicredits, reason, as_json=as_json)


@admin.command()
@workspace_option
@credits_option
@reason_option
@data_dir_option
@json_option
def deduct(workspace_id: WorkspaceId, millicredits: Millicredits, reason: str, as_json: bool) -> None:
    """Take credits back, never below zero."""
    _move_credits("deduct", workspace_id, millicredits, reason, as_json=as_json)


@admin.command()
@workspace_option
@click.option(
    "--requests-per-minute", "per_minute", type=PerMinute(), required=True, help="How many job requests it may send."
)
@data_dir_option
@json_option
def throttle(workspace_id: WorkspaceId, per_minute: int | None, as_json: bool) -> None:
    """Limit a workspace's requests.

    It is how many job requests it may send a minute; `none` lifts the limit.
    """
    from daygen import limits

    async def limit(tx: Tx) -> None:
        await _need_workspace(tx, workspace_id)
        await limits.set_limit(tx, workspace_id, per_minute)

    _carried_out(limit)
    if as_json:
        say_json({"workspaceId": str(workspace_id), "requestsPerMinute": per_minute})
    else:
        click.echo(f"{workspace_id} may send {per_minute or 'any number of'} job requests a minute from now on.")


@admin.command()
@workspace_option
@click.option("--weight", type=click.IntRange(1, 1000), help="Its share of what is contended, against 1 of others.")
@click.option("--running", type=Places(), help="How many of its jobs run at once; more wait.")
@data_dir_option
@json_option
def share(workspace_id: WorkspaceId, weight: int | None, running: int | None, as_json: bool) -> None:
    """Say how much of the machines is a workspace's.

    Workspaces that wait for the same model are served in turn, by weight. A workspace's jobs above its number wait;
    `none` lifts it.
    """
    from daygen.infra import queue

    context = click.get_current_context()
    bounded = context.get_parameter_source("running") is ParameterSource.COMMANDLINE
    if weight is None and not bounded:
        raise click.UsageError("say --weight, --running or both", context)

    async def give(tx: Tx) -> tuple[int, int | None]:
        await _need_workspace(tx, workspace_id)
        if weight is not None:
            await queue.set_weight(tx, workspace_id, weight)
        if bounded:
            await queue.set_share_cap(tx, workspace_id, running)
        return await queue.share(tx, workspace_id)

    given, cap = _carried_out(give)
    if as_json:
        say_json({"workspaceId": str(workspace_id), "weight": given, "running": cap})
    else:
        click.echo(
            f"{workspace_id} has weight {given} and may run {'any number of' if cap is None else cap} jobs at once."
        )


@admin.command()
@click.argument("pool")
@click.argument("most", type=Places())
@data_dir_option
@json_option
def cap(pool: str, most: int | None, as_json: bool) -> None:
    """Bound how many jobs run at once at a provider, or on a model.

    POOL is what `daygen queue debug` calls it: local, or local/print. MOST is a number, 0 to stop it, or none. Jobs
    above it wait.
    """
    from daygen import catalog
    from daygen.app.house import providers_on
    from daygen.infra import queue
    from daygen.kit.clock import SystemClock

    providers = providers_on(joined_settings())
    model = catalog.load(providers, SystemClock()).known(pool)

    async def bound(tx: Tx) -> None:
        used = {row["name"] for row in await queue.pools(tx)}  # also what is not on offer any more
        if model is None and pool not in {*providers, *used}:
            raise click.ClickException(f"There is no provider or model {pool}: see `daygen models list`.")
        await queue.set_cap(tx, pool, most, within=model.provider if model else None)

    _carried_out(bound)
    if as_json:
        say_json({"pool": pool, "cap": most})
    else:
        click.echo(f"{'Any number of' if most is None else most} jobs run at once at {pool} from now on.")


@admin.command()
@click.option("--email", help="Whose; default: the operator's.")
@data_dir_option
@json_option
def sign_in_link(email: str | None, as_json: bool) -> None:
    """Print a link that signs a user in.

    It is good for one use within a day.
    """
    from daygen import identity
    from daygen.app.cli import repository
    from daygen.kit.ids import UserId

    async def issue(tx: Tx) -> str:
        if email is None:
            operator = await identity.find_operator(tx)
            user_id = operator.id if operator else None
        else:
            row = await repository.find_user_by_email(tx, email)
            user_id = UserId.of(row["id"]) if row else None
        if user_id is None:
            raise click.ClickException(f"There is no user {email or 'who is operator'}: see `daygen admin user list`.")
        return await identity.issue_sign_in_link(tx, user_id)

    link = _link(_carried_out(issue))
    if as_json:
        say_json({"signInUrl": link})
    else:
        click.echo(link)


@admin.group()
@data_dir_option
def user() -> None:
    """The users of the house."""


@user.command(name="create")
@click.option("--email", required=True, help="Their mail address; nothing is sent there.")
@click.option("--name", required=True, help="What they are called.")
@data_dir_option
@json_option
def create_user(email: str, name: str, as_json: bool) -> None:
    """Make a user with a workspace of their own.

    Prints a link that signs them in.
    """
    from daygen import identity

    async def make(tx: Tx) -> Mapping[str, str]:
        made, own = await identity.add_user(tx, email, name)
        token = await identity.issue_sign_in_link(tx, made.id)
        return {"userId": str(made.id), "workspaceId": str(own.id), "signInUrl": _link(token)}

    made = _carried_out(make)
    if as_json:
        say_json(made)
    else:
        click.echo(f"User       {made['userId']}\nWorkspace  {made['workspaceId']}\nSign in    {made['signInUrl']}")


@user.command(name="list")
@data_dir_option
@json_option
def list_users(as_json: bool) -> None:
    """List the users."""
    from daygen.app.cli import repository
    from daygen.kit.ids import UserId

    async def read(tx: Tx) -> list[dict[str, Any]]:
        return [
            {
                "userId": str(UserId.of(row["id"])),
                "email": row["email"],
                "name": row["name"],
                "isOperator": row["is_operator"],
                "workspaceId": row["workspace_id"] and str(WorkspaceId.of(row["workspace_id"])),
                "createdAt": row["created_at"],
            }
            for row in await repository.list_users(tx)
        ]

    found = _carried_out(read)
    if as_json:
        say_json(found)
        return
    rows = [
        (row["userId"], row["email"], row["name"], "operator" if row["isOperator"] else "", row["workspaceId"])
        for row in found
    ]
    click.echo(table(("user", "email", "name", "role", "workspace"), rows))


def _move_credits(
    direction: str, workspace_id: WorkspaceId, millicredits: Millicredits, reason: str, *, as_json: bool
) -> None:
    from daygen import identity, ledger

    async def move(tx: Tx) -> ledger.Balance:
        await _need_workspace(tx, workspace_id)
        operator = await identity.find_operator(tx)
        verb = ledger.grant if direction == "grant" else ledger.deduct
        return await verb(tx, workspace_id, millicredits, reason=reason, actor=operator and operator.id)

    balance = _carried_out(move)
    if as_json:
        say_json(
            {
                "workspaceId": str(workspace_id),
                "availableCredits": shown(balance.available),
                "heldCredits": shown(balance.held),
            }
        )
    else:
        held = f", {amount(shown(balance.held))} more on hold" if balance.held else ""
        click.echo(f"{workspace_id} has {amount(shown(balance.available))} credits{held}.")


async def _need_workspace(tx: Tx, workspace_id: WorkspaceId) -> None:
    from daygen import identity

    if await identity.find_workspace(tx, workspace_id) is None:
        raise click.ClickException(f"There is no workspace {workspace_id}: see `daygen admin workspace list`.")


def _carried_out(work: Callable[[Tx], Awaitable[Any]]) -> Any:
    """Do something in one transaction on the house's database."""
    settings = joined_settings()

    async def carry_out() -> Any:
        async with opened_database(settings) as db, db.transaction() as tx:
            return await work(tx)

    return asyncio.run(carry_out())


def _link(token: str) -> str:
    return f"{joined_settings().public_url}/sign-in?token={token}"
