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


@click.group()
@data_dir_option
def queue() -> None:
    """The queue of the house."""


@queue.command()
@data_dir_option
@json_option
def debug(as_json: bool) -> None:
    """Show what waits, runs and is stuck.

    Depths and ages, lanes, workers with what is left of their lease, dead tasks with their reason, live pids.
    """
    state = asyncio.run(_state(joined_settings()))
    if as_json:
        say_json(state)
    else:
        click.echo(_shown(state))


async def _state(settings: Settings) -> dict[str, Any]:
    from daygen.app import instance
    from daygen.app.cli import repository
    from daygen.infra import queue as tasks
    from daygen.kit.ids import TaskId, WorkerId, WorkspaceId

    async with opened_database(settings) as db, db.reading() as tx:
        depths, lanes = await tasks.depths(tx), await tasks.lanes(tx)
        workers, stuck = await tasks.workers(tx), await tasks.stuck(tx)
        held, unnumbered_s = await repository.held(tx), await repository.unnumbered_s(tx)
        names = await repository.names(tx, {row["lane"] for row in [*lanes, *stuck, *held] if row["lane"]})

    def lane(lane_id: UUID | None) -> dict[str, Any]:
        known = lane_id is not None
        return {
            "workspaceId": WorkspaceId.of(lane_id) if known else None,
            "name": names.get(lane_id) if known else None,
        }

    here = instance.find(chosen_data_dir())
    return {
        "depths": [
            {"kind": row["kind"], "state": row["state"], "tasks": row["tasks"], "oldestSeconds": _s(row["oldest_s"])}
            for row in depths
        ],
        "lanes": [
            lane(row["lane"])
            | {state: row[state] for state in ("ready", "running", "waiting", "dead")}
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
                    lane(task["lane"])
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
            lane(row["lane"])
            | {
                "id": TaskId.of(row["id"]),
                "kind": row["kind"],
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


def _pids_of(workers: list[Any]) -> dict[str, Any]:
    """The processes of a house without a supervisor here: those workers of this machine that have a lease."""
    mine = [row["pid"] for row in workers if row["host"] == socket.gethostname() and row["lease_s"] > 0]
    return {"api": [], "workers": mine, "postgres": None}


def _shown(state: Mapping[str, Any]) -> str:
    lanes = [
        (
            lane["name"] or "the house",
            lane["workspaceId"],
            *(lane[column] for column in ("ready", "running", "waiting", "dead")),
            duration(lane["oldestReadySeconds"]) if lane["ready"] else None,
        )
        for lane in state["lanes"]
    ]
    numbers = {"tasks", "ready", "running", "waiting", "dead", "pid", "attempt", "oldest", "lease left", "age"}
    parts = [
        _part(
            "Tasks",
            ("kind", "state", "tasks", "oldest"),
            [(row["kind"], row["state"], row["tasks"], duration(row["oldestSeconds"])) for row in state["depths"]],
            "none: the queue is empty",
            numbers,
        ),
        _part(
            "Lanes",
            ("workspace", "id", "ready", "running", "waiting", "dead", "oldest"),
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
    pids = state["pids"]
    live = ", ".join(f"{kind} {' '.join(map(str, pids[kind]))}" for kind in ("api", "workers") if pids[kind])
    parts.append(f"{click.style('Processes here', bold=True)}  {live or 'none'}, postgres {pids['postgres'] or '-'}")
    return "\n\n".join(parts)


def _part(title: str, titles: tuple[str, ...], rows: list[tuple[Any, ...]], empty: str, right: set[str]) -> str:
    head = click.style(title, bold=True)
    return f"{head}\n{table(titles, rows, right=right)}" if rows else f"{head}  {empty}"


def _s(seconds: float) -> float:
    return round(seconds, 3)
