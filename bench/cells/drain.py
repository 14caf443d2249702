"""B2: drain a queue of jobs that do nothing: claimed, settled, on the books, their events numbered."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from bench import product
from bench.figures import Figures
from bench.ground import Ground, numbered
from bench.peers.registry import PEERS, Peer
from bench.plan import CONNECTIONS, Plan
from bench.stage import Results, Row, Stage, Work
from daygen.infra.db import Database
from daygen.kit.ids import JobId, TaskId

SQL = Path(__file__).parent.parent / "sql"
EVENTS_OF_A_JOB = 2  # started and succeeded; queued is numbered before the clock starts
LOOK_EVERY_S = 0.05

ONE = "daygen.1"
FOUR = "daygen.4"
CARRIED = "daygen.bullmq"
AHEAD = str(2 * CONNECTIONS)  # so that a slot that is free finds a task in Redis


def _drain(workers: int, row: str, ground: Ground, plan: Plan, transport: Mapping[str, str] | None = None) -> Results:
    with ground.database() as dsn:
        _stage_jobs(dsn, plan)
        with product.workers(ground, dsn, workers, slots=CONNECTIONS, transport=transport):
            figures = _watch(dsn, plan)
        product.check_books(dsn)
    return {row: figures}


def _stage_jobs(dsn: str, plan: Plan) -> None:
    """Everything about the jobs but their tasks, as accepting them leaves it."""
    with psycopg.connect(dsn) as connection:
        connection.execute("create table staged (workspace_id uuid, job_id uuid, task_id uuid, public_id text)")
        with connection.cursor().copy("copy staged from stdin") as rows:
            for number in range(plan.tasks):
                job_id = JobId.new()
                workspace = numbered(number % plan.workspaces + 1)
                rows.write_row((workspace.hex, job_id.hex, TaskId.new().hex, str(job_id)))
        connection.execute((SQL / "queue_many.sql").read_bytes())
    asyncio.run(_relay(dsn))
    product.tidy(dsn)


async def _relay(dsn: str) -> None:
    db = await Database.open(dsn, size=1)
    await product.relay_all(db)
    await db.close()


def _watch(dsn: str, plan: Plan) -> Figures:
    """Put the tasks in, and count what comes out until all has or the time is up."""
    with psycopg.connect(dsn, autocommit=True) as connection:

        def number(query: bytes) -> int:
            row = connection.execute(query).fetchone()
            return int(row[0]) if row else 0

        newest = b"select coalesce(max(number), 0) from events"
        last = number(newest) + plan.tasks * EVENTS_OF_A_JOB
        connection.execute((SQL / "queue_tasks.sql").read_bytes())
        began = time.monotonic()
        while number(newest) < last and time.monotonic() - began < plan.drain_s:
            time.sleep(LOOK_EVERY_S)
        elapsed_s = time.monotonic() - began
        done = number(b"select count(*) from events where type = 'job.succeeded'")
    return {"per_s": round(done / elapsed_s, 1), "done": done}


def _peer(peer: Peer) -> Stage:
    row = Row(f"{peer.id}.drain", f"{peer.title}: bare tasks, one worker process", ONE)

    def run(ground: Ground, plan: Plan) -> Results:
        with peer.at(ground) as ask:
            question = {"do": "drain", "tasks": plan.tasks, "seconds": plan.drain_s, "atOnce": CONNECTIONS}
            return {row.id: ask(question)}

    return Stage([row], run)


def _carried(row: Row) -> Stage:
    """The same jobs, each through a transport: granted, published to Redis, received and taken."""

    def run(ground: Ground, plan: Plan) -> Results:
        settings = {"DAYGEN_QUEUE": "bullmq", "DAYGEN_REDIS_URL": ground.redis(), "DAYGEN_QUEUE_AHEAD": AHEAD}
        return _drain(1, row.id, ground, plan, settings)

    return Stage([row], run)


def _ours(workers: int, row: Row) -> Stage:
    return Stage([row], lambda ground, plan: _drain(workers, row.id, ground, plan))


WORK = Work(
    "B2",
    "Drain a queue of jobs that do nothing",
    {"per_s": "a second", "done": "done"},
    [
        _ours(1, Row(ONE, "DayGen, one worker process")),
        _ours(4, Row(FOUR, "DayGen, 4 worker processes")),
        _carried(Row(CARRIED, "DayGen through BullMQ on Redis, one worker process", ONE)),
        *(_peer(peer) for peer in PEERS),
    ],
)
