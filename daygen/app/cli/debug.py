"""`daygen debug`: one thing of the house from the inside, with everything that happened to it."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from daygen.app.cli.options import data_dir_option, joined_settings, json_option, opened_database
from daygen.app.cli.output import amount, coloured, duration, say_json
from daygen.app.cli.queue import debug as debug_queue
from daygen.app.settings import Settings

LONGEST_DATA = 100


@click.group()
@data_dir_option
def debug() -> None:
    """Look at one thing from the inside."""


debug.add_command(debug_queue, "queue")


@debug.command(name="job")
@click.argument("job_id")
@data_dir_option
@json_option
def debug_job(job_id: str, as_json: bool) -> None:
    """Show a job of any workspace.

    Its task, its calls to providers, and what happened when.
    """
    story = asyncio.run(_story(joined_settings(), job_id))
    if as_json:
        say_json(story)
    else:
        click.echo("\n".join(_shown(story)))


async def _story(settings: Settings, given: str) -> dict[str, Any]:
    from daygen.app.cli import repository
    from daygen.infra import telemetry
    from daygen.kit.ids import JobId, TaskId, WorkerId

    try:
        job_id = JobId.parse(given)
    except ValueError as error:
        raise click.BadParameter("is no job id; they look like job_01k…", param_hint="JOB_ID") from error
    async with opened_database(settings) as db, db.reading() as tx:
        job = await repository.find_job(tx, job_id)
        if job is None:
            raise click.ClickException(f"There is no job {job_id} in this house.")
        task = await repository.find_task(tx, TaskId.of(job["task_id"]))
        events, calls = await repository.list_events(tx, job_id), await repository.list_calls(tx, job_id)
        spans = await telemetry.spans_of_job(tx, job_id)
    return {
        "job": _job(dict(job)),
        "task": task
        and {
            "id": TaskId.of(task["id"]),
            "state": task["state"],
            "attempt": task["attempt"],
            "failures": task["failures"],
            "crashes": task["crashes"],
            "runAt": task["run_at"],
            "lastError": task["last_error"],
            "worker": task["worker_id"]
            and {
                "id": WorkerId.of(task["worker_id"]),
                "host": task["worker_host"],
                "pid": task["worker_pid"],
                "leaseSeconds": round(task["worker_lease_s"], 3),
            },
        },
        "calls": [
            {
                "attempt": call["attempt"],
                "provider": call["provider"],
                "outcome": call["outcome"],
                "units": call["units"],
                "milliseconds": call["milliseconds"],
                "createdAt": call["created_at"],
            }
            for call in calls
        ],
        "events": [
            {"seq": event["seq"], "type": event["type"], "createdAt": event["created_at"], "data": event["data"]}
            for event in events
        ],
        "spans": [
            {
                "name": span.name,
                "service": span.service,
                "startedAt": span.started_at,
                "durationMs": round(span.duration.total_seconds() * 1000, 3),
                "status": span.status,
                "attributes": dict(span.attributes),
            }
            for span in spans
        ],
    }


def _job(row: Mapping[str, Any]) -> dict[str, Any]:
    from daygen.kit.ids import JobId, WorkspaceId
    from daygen.kit.money import shown

    return {
        "id": JobId.of(row["id"]),
        "status": row["state"],
        "workspaceId": WorkspaceId.of(row["workspace_id"]),
        "workspaceName": row["workspace_name"],
        "model": row["model"],
        "operation": row["operation"],
        "input": row["input"],
        "count": row["count"],
        "outputs": row["outputs"],
        "attempts": row["attempts"],
        "progress": 1.0 if row["state"] == "succeeded" else row["share"],
        "error": row["error"],
        "warnings": row["warnings"],
        "quotedCredits": shown(row["quoted"]),
        "chargedCredits": None if row["charged"] is None else shown(row["charged"]),
        "hold": row["hold_state"],
        "traceId": row["trace_id"] and row["trace_id"].hex(),
        "createdAt": row["created_at"],
        "deadlineAt": row["deadline_at"],
        "startedAt": row["started_at"],
        "finishedAt": row["finished_at"],
    }


def _shown(story: Mapping[str, Any]) -> Iterator[str]:
    job, task = story["job"], story["task"]
    head = click.style(str(job["id"]), bold=True)
    made = f"{job['outputs']} of {job['count']} made"
    yield f"{head}  {coloured(job['status'])}  {job['model']} {job['operation']}, {made}"
    yield f"  workspace  {job['workspaceName']} ({job['workspaceId']})"
    if "prompt" in job["input"]:
        yield f"  prompt     {_short(job['input']['prompt'])}"
    charged = "" if job["chargedCredits"] is None else f", {amount(job['chargedCredits'])} charged"
    yield f"  credits    {amount(job['quotedCredits'])} quoted{charged}; hold {job['hold'] or 'missing'}"
    yield f"  task       {_task(task)}"
    if job["error"]:
        yield f"  error      {coloured('failed', job['error']['code'])}: {job['error']['detail']}"
    yield ""
    yield from _timeline(story)


def _task(task: Mapping[str, Any] | None) -> str:
    if task is None:
        return "done and gone"
    failed = f", {task['failures']} failures, {task['crashes']} crashes" if task["failures"] or task["crashes"] else ""
    said = f"{coloured(task['state'])}, attempt {task['attempt']}{failed}"
    worker = task["worker"]
    if worker is not None:
        left = worker["leaseSeconds"]
        lease = f"lease for {duration(left)} more" if left > 0 else coloured("dead", "its lease has ended")
        said += f", at {worker['host']} pid {worker['pid']} ({lease})"
    elif task["state"] == "running":
        said += f", {coloured('dead', 'its worker is gone')}"
    return said + (f"; last error: {task['lastError']}" if task["lastError"] else "")


def _timeline(story: Mapping[str, Any]) -> Iterator[str]:
    """Events, spans and calls in one order, in milliseconds since the job was ordered."""
    zero: datetime = story["job"]["createdAt"]
    entries: list[tuple[datetime, str]] = []
    for event in story["events"]:
        number = "not numbered" if event["seq"] is None else f"seq {event['seq']}"
        facts = {
            name: value for name, value in event["data"].items() if name in {"attempt", "reason", "index", "error"}
        }
        entries.append((event["createdAt"], f"● {event['type']}  {_dim(number)}  {_facts(facts)}"))
    for span in story["spans"]:
        mark = coloured("fail", "✗ ") if span["status"] != "ok" else ""
        took = f"{span['durationMs']:.1f} ms"
        entries.append((span["startedAt"], f"  ├ {mark}{span['name']}  {took}  {_dim(span['service'])}"))
    for call in story["calls"]:
        took = duration(call["milliseconds"] / 1000)
        outcome = coloured(call["outcome"])
        entries.append((call["createdAt"], f"◆ call {call['attempt']} to {call['provider']}: {outcome} after {took}"))
    for at, text in sorted(entries, key=lambda entry: entry[0]):
        yield f"{(at - zero).total_seconds() * 1000:10.1f} ms  {text.rstrip()}"


def _facts(facts: Mapping[str, Any]) -> str:
    return _dim(_short(", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_DATA else f"{text[: LONGEST_DATA - 1]}…"


def _dim(text: str) -> str:
    return click.style(text, dim=True) if text else ""
