"""B1: accept a job over HTTP, with limits, money, logs, metrics and traces on, beside one statement in pgbench."""

from collections.abc import Sequence

from bench import pgbench, product
from bench.figures import Figures
from bench.ground import Ground, Tenant
from bench.load import Order
from bench.peers.registry import PEERS, Peer
from bench.plan import CONNECTIONS, RATE_PER_S, Plan
from bench.processes import environment, module, running
from bench.product import House
from bench.stage import Results, Row, Stage, Work

HOT_APIS = 4

MANY = "daygen.64"
HOT = "daygen.hot"
HOT_FOUR = "daygen.hot.4"
PACED = "daygen.paced"
LIMIT = "pgbench.64"
LIMIT_HOT = "pgbench.hot"


def _send(ground: Ground, plan: Plan, house: House, tenants: Sequence[Tenant], rate_per_s: float = 0) -> Figures:
    order = Order(
        host=house.host,
        port=house.port,
        keys=[tenant.key for tenant in tenants],
        connections=CONNECTIONS,
        warm_up_s=plan.warm_up_s,
        seconds=plan.load_s,
        rate_per_s=rate_per_s,
    )
    with running(module("bench.load"), environment(), ground.path("load.log")) as client:
        return client.ask(order.line(), plan.warm_up_s + plan.load_s + 30)


def _one_api(ground: Ground, plan: Plan) -> Results:
    with ground.database() as dsn:
        with product.up(ground, dsn) as house:
            results = {
                MANY: _send(ground, plan, house, ground.tenants[: plan.workspaces]),
                PACED: _send(ground, plan, house, ground.tenants[: plan.workspaces], RATE_PER_S),
                HOT: _send(ground, plan, house, ground.tenants[:1]),
            }
        product.check_books(dsn)
    return results


def _four_apis(ground: Ground, plan: Plan) -> Results:
    with ground.database() as dsn:
        with product.up(ground, dsn, apis=HOT_APIS) as house:
            results = {HOT_FOUR: _send(ground, plan, house, ground.tenants[:1])}
        product.check_books(dsn)
    return results


def _limit(ground: Ground, plan: Plan) -> Results:
    results: dict[str, Figures] = {}
    for row, workspaces in ((LIMIT, plan.workspaces), (LIMIT_HOT, 1)):
        with ground.database() as dsn:
            results[row] = pgbench.accept_one(ground, dsn, seconds=plan.load_s, workspaces=workspaces)
            product.check_books(dsn)
    return results


def _peer(peer: Peer) -> Stage:
    row = Row(f"{peer.id}.put", f"{peer.title}: put a bare task into the queue, {CONNECTIONS} at a time", MANY)

    def run(ground: Ground, plan: Plan) -> Results:
        with peer.at(ground) as ask:
            return {row.id: ask({"do": "put", "seconds": plan.peer_load_s, "atOnce": CONNECTIONS})}

    return Stage([row], run)


WORK = Work(
    "B1",
    "Accept a job over HTTP",
    {"per_s": "a second", "p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms"},
    [
        Stage(
            [
                Row(LIMIT, "one order, one statement, in pgbench (the limit): 64 workspaces", MANY),
                Row(LIMIT_HOT, "the same, one hot workspace", HOT),
            ],
            _limit,
        ),
        Stage(
            [
                Row(MANY, "DayGen, 64 workspaces, one api process"),
                Row(PACED, f"DayGen, the same at {RATE_PER_S} a second"),
                Row(HOT, "DayGen, one hot workspace, one api process"),
            ],
            _one_api,
        ),
        Stage([Row(HOT_FOUR, f"DayGen, one hot workspace, {HOT_APIS} api processes")], _four_apis),
        *(_peer(peer) for peer in PEERS),
    ],
)
