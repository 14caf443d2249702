"""`daygen queue`: what waits, for whom, in whose hands, and what is stuck."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import click

from daygen.app.cli.options import chosen_data_dir, data_dir_option, joined_settings, json_option, opened_database
from daygen.app.cli.output import coloured, duration, say_json, table
from daygen.app.settings import Settings
from daygen.kit.ids import TaskId


class DeadTask(click.ParamType[TaskId]):
    """A task's id."""

    name = "task_…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> TaskId:
        """Read the id."""
        try:
            return TaskId.parse(value)
        except ValueError:
            self.fail("is no task id; `daygen queue debug` shows them", param, ctx)


@click.group()
@data_dir_option
def queue() -> None:
    """The queue of the house."""


@queue.command()
@data_dir_option
@json_option
def debug(as_json: bool) -> None:
    """Show what waits, runs and is stuck.

    Depths and ages, pools and their caps, lanes, workers with what is left of their lease, dead tasks with their
    reason, live pids.
    """
    state = asyncio.run(_state(joined_settings()))
    if as_json:
        say_json(state)
    else:
        click.echo(_shown(state))


@queue.command()
@click.argument("task_id", metavar="[TASK]", type=DeadTask(), required=False)
@click.option("--all", "every", is_flag=True, help="Every dead letter.")
@data_dir_option
@json_option
def replay(task_id: TaskId | None, every: bool, as_json: bool) -> None:
    """Try dead letters again.

    A task whose job has failed is ordered anew, as a new job with a price of its own; `daygen queue debug` shows both.
    """
    if (task_id is None) != every:
        raise click.UsageError("say which TASK, or --all", click.get_current_context())
    outcomes = asyncio.run(_replayed(joined_settings(), task_id))
    if task_id is not None and not outcomes:
        raise click.ClickException(f"There is no dead letter {task_id}: see `daygen queue debug`.")
    if as_json:
        say_json(outcomes)
        return
    for outcome in outcomes:
        what = outcome["refused"] or (f"ordered again as {outcome['jobId']}" if outcome["jobId"] else "ready again")
        click.echo(f"{outcome['taskId']}  {what}")
    if not outcomes:
        click.echo("There are no dead letters.")
    if any(outcome["refused"] for outcome in outcomes):
        raise SystemExit(1)


async def _replayed(settings: Settings, task_id: TaskId | None) -> list[dict[str, Any]]:
    """Replay each dead letter in a transaction of its own; one that cannot be says why, and stays."""
    from daygen import admin, catalog
    from daygen.app.house import providers_on
    from daygen.infra import queue as tasks
    from daygen.kit.clock import SystemClock
    from daygen.kit.problems import Problem

    known = catalog.load(providers_on(settings), SystemClock())
    outcomes: list[dict[str, Any]] = []
    async with opened_database(settings) as db:
        async with db.reading() as tx:
            dead = await tasks.dead(tx, task_id)
        for row in dead:
            one, job, refused = TaskId.of(row["id"]), None, None
            try:
                async with db.transaction() as tx:
                    job = await admin.replay(tx, one, known)
            except Problem as problem:
                refused = problem.detail
            outcomes.append({"taskId": one, "kind": row["kind"], "jobId": job.id if job else None, "refused": refused})
    return outcomes


async def _state(settings: Settings) -> dict[str, Any]:
    from daygen import identity
    from daygen.app import instance, transports
    from daygen.app.cli import repository
    from daygen.infra import queue as tasks
    from daygen.kit.ids import WorkerId, WorkspaceId

    async with opened_database(settings) as db, db.reading() as tx:
        depths, pools, lanes = await tasks.depths(tx), await tasks.pools(tx), await tasks.lanes(tx)
        workers, stuck = await tasks.workers(tx), await tasks.stuck(tx)
        held, unnumbered_s = await repository.held(tx), await repository.unnumbered_s(tx)
        names = await identity.workspace_names(tx, {row["owner"] for row in [*lanes, *stuck, *held]})
        granted, oldest_s = await tasks.on_its_way(tx)
    transport = await transports.look(settings)

    def of(owner: UUID) -> dict[str, Any]:
        return {"workspaceId": WorkspaceId.of(owner) if owner in names else None, "name": names.get(owner)}

    here = instance.find(chosen_data_dir())
    return {
        "transport": {
            "name": transport.name,
            "reached": transport.down is None,
            "reason": transport.down,
            "messages": dict(transport.depth),
            "granted": granted,
            "oldestGrantSeconds": _s(oldest_s),
        },
        "depths": [
            {name: row[name] for name in ("kind", "pool", "state", "tasks", "retried")}
            | {"oldestSeconds": _s(row["oldest_s"])}
            for row in depths
        ],
        "pools": [
            {name: row[name] for name in ("name", "within", "cap", "room", "running", "abroad", "adrift")}
            | {"breaker": "closed" if not row["probing"] else "open" if row["paused_s"] else "probing"}
            | {"pausedSeconds": _s(row["paused_s"])}
            for row in pools
        ],
        "lanes": [
            of(row["owner"])
            | {name: row[name] for name in ("pool", "weight", "cap", "parked")}
            | {state: row[state] for state in ("ready", "running", "waiting", "abroad", "dead")}
            | {"oldestReadySeconds": _s(row["oldest_ready_s"])}
            for row in lanes
        ],
        "workers": [
            {
                "id": WorkerId.of(row["id"]),
                "host": row["host"],
                "pid": row["pid"],
                "startedAt": row["started_at"],
                "leaseSeconds": _s(row["lease_s"]),
                "live": row["lease_s"] > 0,
                "running": row["running"],
                "tasks": [
                    of(task["owner"])
                    | {
                        "id": TaskId.of(task["id"]),
                        "kind": task["kind"],
                        "attempt": task["attempt"],
                        "ageSeconds": _s(task["age_s"]),
                    }
                    for task in held
                    if task["worker_id"] == row["id"]
                ],
            }
            for row in workers
        ],
        "stuck": [
            of(row["owner"])
            | {
                "id": TaskId.of(row["id"]),
                "kind": row["kind"],
                "pool": row["pool"],
                "state": row["state"],
                "attempt": row["attempt"],
                "failures": row["failures"],
                "crashes": row["crashes"],
                "ageSeconds": _s(row["age_s"]),
                "reason": row["last_error"],
            }
            for row in stuck
        ],
        "outbox": {"oldestSeconds": _s(unnumbered_s)},
        "pids": here.pids if here else _pids_of(workers),
    }


def _transport(transport: Mapping[str, Any]) -> str:
    """The transport in one line: what is on its way by our own books, and what the broker says that it holds."""
    if transport["name"] == "postgres":
        return "postgres: workers claim from the table"
    if transport["reached"]:
        held = ", ".join(f"{number} {state}" for state, number in transport["messages"].items()) or "reached"
    else:
        held = coloured("fail", f"out of reach: {transport['reason']}")
    oldest = f", the oldest for {duration(transport['oldestGrantSeconds'])}" if transport["granted"] else ""
    return f"{transport['name']}: {transport['granted']} granted and not taken{oldest}; {held}"


def _pids_of(workers: list[Any]) -> dict[str, Any]:
    """The processes of a house without a supervisor here: those workers of this machine that have a lease."""
    mine = [row["pid"] for row in workers if row["host"] == socket.gethostname() and row["lease_s"] > 0]
    return {"api": [], "workers": mine, "postgres": None}


def _shown(state: Mapping[str, Any]) -> str:
    pools = [
        (
            pool["name"],
            pool["running"],
            pool["abroad"] or None,
            pool["adrift"] or None,
            pool["cap"],
            f"breaker {pool['breaker']}"
            if pool["breaker"] != "closed"
            else "paused"
            if pool["pausedSeconds"]
            else "full"
            if pool["room"] is not None and pool["room"] <= 0
            else None,
            duration(pool["pausedSeconds"]) if pool["pausedSeconds"] else None,
        )
        for pool in state["pools"]
    ]
    lanes = [
        (
            lane["name"] or "the house",
            lane["workspaceId"],
            lane["pool"],
            *(lane[column] for column in ("ready", "running", "waiting", "abroad", "dead")),
            duration(lane["oldestReadySeconds"]) if lane["ready"] else None,
            lane["weight"],
            lane["cap"],
            "parked" if lane["parked"] else None,
        )
        for lane in state["lanes"]
    ]
    numbers = {
        "tasks",
        "ready",
        "running",
        "waiting",
        "abroad",
        "dead",
        "pid",
        "attempt",
        "oldest",
        "lease left",
        "age",
    }
    numbers |= {"retried", "cap", "adrift", "weight", "at most", "for"}
    parts = [
        _part(
            "Tasks",
            ("kind", "pool", "state", "tasks", "retried", "oldest"),
            [
                (
                    row["kind"],
                    row["pool"],
                    row["state"],
                    row["tasks"],
                    row["retried"] or None,
                    duration(row["oldestSeconds"]),
                )
                for row in state["depths"]
            ],
            "none: the queue is empty",
            numbers,
        ),
        _part("Pools", ("pool", "running", "abroad", "adrift", "cap", "state", "for"), pools, "none", numbers),
        _part(
            "Lanes",
            (
                "workspace",
                "id",
                "pool",
                "ready",
                "running",
                "waiting",
                "abroad",
                "dead",
                "oldest",
                "weight",
                "at most",
                "state",
            ),
            lanes,
            "none",
            numbers,
        ),
        _part(
            "Workers",
            ("worker", "host", "pid", "lease left", "running"),
            [
                (
                    worker["id"],
                    worker["host"],
                    worker["pid"],
                    duration(worker["leaseSeconds"]) if worker["live"] else "dead",
                    worker["running"],
                )
                for worker in state["workers"]
            ],
            coloured("fail", "none: nothing is carried out until `daygen up` or `daygen worker` runs"),
            numbers,
        ),
        _part(
            "Stuck and dead",
            ("task", "kind", "state", "workspace", "attempt", "age", "reason"),
            [
                (
                    task["id"],
                    task["kind"],
                    task["state"],
                    task["name"],
                    task["attempt"],
                    duration(task["ageSeconds"]),
                    task["reason"],
                )
                for task in state["stuck"]
            ],
            "none",
            numbers,
        ),
    ]
    parts.insert(0, f"{click.style('Transport', bold=True)}  {_transport(state['transport'])}")
    pids = state["pids"]
    live = ", ".join(f"{kind} {' '.join(map(str, pids[kind]))}" for kind in ("api", "workers") if pids[kind])
    parts.append(f"{click.style('Processes here', bold=True)}  {live or 'none'}, postgres {pids['postgres'] or '-'}")
    return "\n\n".join(parts)


def _part(title: str, titles: tuple[str, ...], rows: list[tuple[Any, ...]], empty: str, right: set[str]) -> str:
    head = click.style(title, bold=True)
    return f"{head}\n{table(titles, rows, right=right)}" if rows else f"{head}  {empty}"


def _s(seconds: float) -> float:
    return round(seconds, 3)
