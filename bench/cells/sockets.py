"""B4: what an open WebSocket on which nothing happens costs in memory."""

import time

import psutil

from bench import product
from bench.client import Client, client
from bench.figures import Figures
from bench.ground import Ground
from bench.plan import SOCKETS_PER_WORKSPACE, Plan
from bench.processes import environment, module, running
from bench.stage import Results, Row, Stage, Work

SETTLES_S = 1.0
KILOBYTE = 1000
FIRST = 20  # opened and closed before the first look, so that what is needed once is not counted

OURS = "daygen.socket"
LIMIT = "uvicorn.socket"


def _weigh(ground: Ground, plan: Plan, pid: int, watch: Client, *, follow: bool) -> Figures:
    tenants = ground.tenants[: -(-plan.idle_sockets // SOCKETS_PER_WORKSPACE)]
    watch.open(min(FIRST, plan.idle_sockets), tenants, follow=follow)
    watch.hang_up()
    before = _resident(pid)
    watch.open(plan.idle_sockets, tenants, follow=follow)
    after = _resident(pid)
    alive = watch.ping() if follow else plan.idle_sockets
    return {
        "kb": round((after - before) / plan.idle_sockets / KILOBYTE, 2),
        "open": alive,
        "process_mb": round(after / KILOBYTE**2, 1),
    }


def _resident(pid: int) -> int:
    time.sleep(SETTLES_S)
    return int(psutil.Process(pid).memory_info().rss)


def _ours(ground: Ground, plan: Plan) -> Results:
    with ground.database() as dsn:
        with product.up(ground, dsn) as house, client(ground, house.host, house.port) as watch:
            figures = _weigh(ground, plan, house.apis[0], watch, follow=True)
        product.check_books(dsn)
    return {OURS: figures}


def _limit(ground: Ground, plan: Plan) -> Results:
    with running(module("bench.bare"), environment(), ground.path("bare.log")) as server:
        port = int(server.answer()["port"])
        with client(ground, "127.0.0.1", port) as watch:
            return {LIMIT: _weigh(ground, plan, server.pid, watch, follow=False)}


WORK = Work(
    "B4",
    "An idle WebSocket",
    {"kb": "kB each (RSS)", "open": "open", "process_mb": "process MB"},
    [
        Stage([Row(LIMIT, "uvicorn alone: accepted and left open (the limit)", OURS)], _limit),
        Stage([Row(OURS, "DayGen: signed in, following its workspace")], _ours),
    ],
)
