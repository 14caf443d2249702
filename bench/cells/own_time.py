"""B8: how much of a job's time is ours and not the provider's, with a picture of 2 MB to store."""

import os
import time
from collections.abc import Mapping, Sequence

import psycopg

from bench import product
from bench.client import Ordered, client
from bench.figures import spread_of
from bench.ground import Ground
from bench.plan import Plan
from bench.stage import Results, Row, Stage, Work
from bench.worker import PICTURE, noise
from daygen.kit.ids import JobId

BEGINNING = 5
SLOTS = 8

OURS = "daygen.own"
LIMIT = "disk.own"


def _ours(ground: Ground, plan: Plan) -> Results:
    tenants = ground.tenants[:1]
    with ground.database() as dsn:
        with (
            product.up(ground, dsn) as house,
            product.workers(ground, dsn, 1, slots=SLOTS, house=house),
            client(ground, house.host, house.port) as watch,
        ):
            watch.open(1, tenants)
            watch.submit(BEGINNING, tenants, prompt=PICTURE, listeners=1)
            jobs = watch.submit(plan.pictures, tenants, prompt=PICTURE, listeners=1)
        spent_s = _at_the_provider(dsn, jobs)
        product.check_books(dsn)
    return {OURS: spread_of([job.heard_at[0] - job.posted_at - spent_s[job.id] for job in jobs])}


def _at_the_provider(dsn: str, jobs: Sequence[Ordered]) -> Mapping[str, float]:
    """Seconds each job was in the provider's hands."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select id, provider_ms / 1000.0::float8 from jobs").fetchall()
    spent_s = {str(JobId.of(job_id)): seconds for job_id, seconds in rows}
    return {job.id: spent_s[job.id] for job in jobs}


def _limit(ground: Ground, plan: Plan) -> Results:
    """Write the same bytes, synced, under a final name."""
    content, times_s = noise(), list[float]()
    for _ in range(plan.pictures):
        draft, final = ground.path("draft"), ground.path("picture.png")
        began = time.perf_counter()
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(final)
        times_s.append(time.perf_counter() - began)
        final.unlink()
    return {LIMIT: spread_of(times_s)}


WORK = Work(
    "B8",
    "Our own time in a job",
    {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms"},
    [
        Stage([Row(LIMIT, "a 2 MB file alone: written, synced, renamed (the limit)", OURS)], _limit),
        Stage([Row(OURS, "DayGen: POST → `job.succeeded` on the socket, less the provider's time")], _ours),
    ],
)
