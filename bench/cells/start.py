"""B3: how soon a job is begun when nothing else is to be done, and how soon many sockets hear of its end."""

from collections.abc import Mapping, Sequence

import psycopg

from bench import product
from bench.client import Ordered, client
from bench.figures import spread_of
from bench.ground import Ground
from bench.peers.registry import PEERS, Peer
from bench.plan import CONNECTIONS, SOCKETS_PER_WORKSPACE, Plan
from bench.stage import Results, Row, Stage, Work
from daygen.kit.ids import JobId

BEGINNING = 10  # jobs that are not counted: connections are made, caches filled
PROMPT = "a lighthouse"  # of the fake provider: a tiny picture, stored like any other

IDLE = "daygen.idle"
ANSWER = "daygen.answer"
SOCKETS = "daygen.sockets"


def _ours(ground: Ground, plan: Plan) -> Results:
    tenants = ground.tenants[: -(-plan.sockets // SOCKETS_PER_WORKSPACE)]
    listeners = plan.sockets // len(tenants)
    with ground.database() as dsn:
        with product.up(ground, dsn, workers=1) as house, client(ground, house.host, house.port) as watch:
            watch.submit(BEGINNING, tenants, prompt=PROMPT, listeners=0)
            idle = watch.submit(plan.submits, tenants, prompt=PROMPT, listeners=0)
            watch.open(plan.sockets, tenants)
            watched = watch.submit(plan.submits_beside_sockets, tenants, prompt=PROMPT, listeners=listeners)
            assert watch.ping() == plan.sockets
        started = _started(dsn, idle)
        product.check_books(dsn)
    return {
        ANSWER: spread_of([job.answered_at - job.posted_at for job in idle]),
        IDLE: spread_of([started[job.id] - job.posted_at for job in idle]),
        SOCKETS: spread_of([heard_at - job.posted_at for job in watched for heard_at in job.heard_at]),
    }


def _started(dsn: str, jobs: Sequence[Ordered]) -> Mapping[str, float]:
    """When a worker began each job, by the database's clock: that of this machine."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select id, extract(epoch from started_at)::float8 from jobs").fetchall()
    moments = {str(JobId.of(job_id)): at for job_id, at in rows}
    return {job.id: moments[job.id] for job in jobs}


def _peer(peer: Peer) -> Stage:
    row = Row(f"{peer.id}.start", f"{peer.title}: put → a worker process starts it", IDLE)

    def run(ground: Ground, plan: Plan) -> Results:
        with peer.queue(ground) as address, peer.process(ground) as worker, peer.process(ground) as sender:
            worker.ask({"do": "work", "at": address, "atOnce": CONNECTIONS})
            tasks = BEGINNING + plan.submits
            sent = sender.ask({"do": "send", "at": address, "tasks": tasks})["moments"]
            started = dict(worker.ask({"do": "report", "tasks": tasks})["moments"])
        return {row.id: spread_of([started[number] - at for number, at in sent[BEGINNING:]])}

    return Stage([row], run)


WORK = Work(
    "B3",
    "Submit → start, and submit → heard on a socket",
    {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms"},
    [
        Stage(
            [
                Row(IDLE, "DayGen: POST → a worker starts it, idle"),
                Row(ANSWER, "DayGen: POST → 202, idle"),
                Row(SOCKETS, "DayGen: POST → `job.succeeded` on every socket of the workspace, {sockets} open"),
            ],
            _ours,
        ),
        *(_peer(peer) for peer in PEERS),
    ],
)
