"""What Prometheus may ask of this installation: every metric, its labels and the verbs that move it.

    daygen_http_requests_total              route, method, status         answers
    daygen_http_request_duration_seconds    route, method, status (2xx…)  until the answer's head
    daygen_jobs_total                       model, operation, outcome     succeeded, failed, canceled, expired
    daygen_job_duration_seconds             model                         from submit to the end
    daygen_job_provider_duration_seconds    model                         of that, the provider's share
    daygen_provider_calls_total             provider, outcome             succeeded, busy, refused, broken, unknown
    daygen_errors_total                     code                          problems told to callers, and our own bugs
    daygen_credits_charged_total            model                         credits settled
    daygen_spans_dropped_total              reason                        parts of traces that were lost
    daygen_queue_depth                      kind, pool, state             tasks that are ready, waiting, running or dead
    daygen_queue_oldest_age_seconds         kind, pool, state             how long the first of them has been there
    daygen_queue_retried                    kind, pool, state             of them, those that failed or crashed before
    daygen_pool_running                     pool                          places taken at a model, or at a provider
    daygen_pool_cap                         pool                          how many there are, where that is bounded
    daygen_pool_paused_seconds              pool                          until its provider may be asked again
    daygen_workers                          -                             workers whose lease is good
    daygen_webhook_tries_total              outcome                       delivered, answered, gone, refused, timeout, …
    daygen_webhooks_pending                 -                             webhook deliveries that are not delivered yet
    daygen_webhooks_oldest_pending_seconds  -                             for how long the oldest of them has waited

Labels are bounded: a label's values beyond its first few hundred are counted as `other`, as are routes and methods
that do not exist. No label names a user, a workspace or a job.

Several processes on one host share their counts through the folder named by `PROMETHEUS_MULTIPROC_DIR`, which must be
in the environment before this module is imported; any of them then answers for all. Without it a process counts alone.
"""

import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from daygen.kit.money import MILLI, Millicredits

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_S = (
    0.001,
    0.002,
    0.004,
    0.008,
    0.015,
    0.025,
    0.04,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    10,
    60,
)  # 8 and 40 ms are promised
_JOB_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800)

disable_created_metrics()  # a second series beside every one, which nobody reads

_registry = CollectorRegistry()

_requests = Counter("daygen_http_requests", "Answers over HTTP.", ("route", "method", "status"), registry=_registry)
_request_seconds = Histogram(
    "daygen_http_request_duration_seconds",
    "Seconds from a request to the head of its answer.",
    ("route", "method", "status"),
    buckets=_REQUEST_S,
    registry=_registry,
)
_jobs = Counter("daygen_jobs", "Jobs that ended.", ("model", "operation", "outcome"), registry=_registry)
_job_seconds = Histogram(
    "daygen_job_duration_seconds", "Seconds from submit to the end.", ("model",), buckets=_JOB_S, registry=_registry
)
_provider_seconds = Histogram(
    "daygen_job_provider_duration_seconds",
    "Seconds of a job that were the provider's.",
    ("model",),
    buckets=_JOB_S,
    registry=_registry,
)
_calls = Counter("daygen_provider_calls", "Calls to providers.", ("provider", "outcome"), registry=_registry)
_errors = Counter("daygen_errors", "Problems told to callers, and our own bugs.", ("code",), registry=_registry)
_credits = Counter("daygen_credits_charged", "Credits settled.", ("model",), registry=_registry)
_spans = Counter("daygen_spans_dropped", "Spans lost on their way to a store.", ("reason",), registry=_registry)

_webhooks = Counter("daygen_webhook_tries", "Tries to deliver a webhook.", ("outcome",), registry=_registry)


class _Bounded:
    """The values that a label has taken so far; once there are `most`, new ones become `other`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[str] = set()

    def __call__(self, value: str | None) -> str:
        if not value:
            return _OTHER
        if value not in self._seen:
            if len(self._seen) >= self._most:
                return _OTHER
            self._seen.add(value)
        return value


_route = _Bounded(300)
_model = _Bounded(300)
_operation = _Bounded(50)
_provider = _Bounded(60)
_outcome = _Bounded(20)
_code = _Bounded(200)
_reason = _Bounded(10)


def count_request(route: str | None, method: str, status: int, took_s: float) -> None:
    """Count an answer. `route` is the template (`/v1/jobs/{id}`), None where no route matched."""
    where, how = _route(route), method if method in _METHODS else _OTHER
    _requests.labels(where, how, str(status)).inc()
    _request_seconds.labels(where, how, f"{status // 100}xx").observe(took_s)


def count_job(model: str, operation: str, outcome: str, total_s: float, provider_s: float | None = None) -> None:
    """Count a job that reached its end. `provider_s` is None where none was called."""
    name = _model(model)
    _jobs.labels(name, _operation(operation), _outcome(outcome)).inc()
    _job_seconds.labels(name).observe(total_s)
    if provider_s is not None:
        _provider_seconds.labels(name).observe(provider_s)


def count_provider_call(provider: str, outcome: str) -> None:
    """Count a call that `succeeded`, or was `busy`, `refused`, `broken` or `unknown`."""
    _calls.labels(_provider(provider), _outcome(outcome)).inc()


def count_webhook(outcome: str) -> None:
    """Count a try to deliver a webhook by what came of it."""
    _webhooks.labels(_outcome(outcome)).inc()


def count_error(code: str) -> None:
    """Count a problem by its stable code."""
    _errors.labels(_code(code)).inc()


def count_credits(model: str, charged: Millicredits) -> None:
    """Count what a job came to when it was settled."""
    _credits.labels(_model(model)).inc(charged / MILLI)


def count_dropped_spans(reason: str, spans: int) -> None:
    """Count spans that will not be found again."""
    _spans.labels(_reason(reason)).inc(spans)


@dataclass(frozen=True, slots=True)
class QueueCount:
    """The tasks of one kind and pool in one state, and for how many seconds the oldest of them has existed.

    `retried` are those of them that failed, or whose worker crashed, before.
    """

    kind: str
    pool: str
    state: str
    tasks: int
    retried: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A capacity: how much of it is taken, how much there is (None: unbounded), and for how long it is paused."""

    pool: str
    running: int
    cap: int | None
    paused_s: float
    broken: bool = False


class QueueGauges(Collector):
    """The queue as Postgres last told it, to whoever answers the scrape: refreshed just before it is rendered.

    Postgres being the only truth, nothing is summed over processes. After `refresh()` the series are absent,
    which is what to do when Postgres could not be asked: an old number would be a lie.
    """

    def __init__(self) -> None:
        self._shown: tuple[Sequence[QueueCount], Sequence[PoolCount], int | None] = ((), (), None)

    def refresh(
        self, counts: Iterable[QueueCount] = (), pools: Iterable[PoolCount] = (), workers: int | None = None
    ) -> None:
        """Take what the next rendering shows; `workers` are those whose lease is good."""
        # Replaced whole: a rendering in another thread sees the old or the new
        self._shown = (tuple(counts), tuple(pools), workers)

    def collect(self) -> Iterable[Metric]:
        """Give Prometheus its families."""
        counts, pools, workers = self._shown
        labels = ("kind", "pool", "state")
        depth = GaugeMetricFamily("daygen_queue_depth", "Tasks in the queue.", labels=labels)
        age = GaugeMetricFamily("daygen_queue_oldest_age_seconds", "Seconds since the oldest of them.", labels=labels)
        retried = GaugeMetricFamily("daygen_queue_retried", "Tasks that failed or crashed before.", labels=labels)
        running = GaugeMetricFamily("daygen_pool_running", "Places taken in a pool.", labels=("pool",))
        cap = GaugeMetricFamily("daygen_pool_cap", "Places there are in a pool.", labels=("pool",))
        paused = GaugeMetricFamily("daygen_pool_paused_seconds", "Seconds until a pool goes on.", labels=("pool",))
        broken = GaugeMetricFamily("daygen_pool_breaker_open", "1 while a provider is left alone.", labels=("pool",))
        alive = GaugeMetricFamily("daygen_workers", "Workers whose lease is good.")
        for count in counts:
            where = (count.kind, count.pool, count.state)
            depth.add_metric(where, count.tasks)
            age.add_metric(where, count.oldest_s)
            retried.add_metric(where, count.retried)
        for pool in pools:
            running.add_metric((pool.pool,), pool.running)
            paused.add_metric((pool.pool,), pool.paused_s)
            broken.add_metric((pool.pool,), pool.broken)
            if pool.cap is not None:
                cap.add_metric((pool.pool,), pool.cap)
        if workers is not None:
            alive.add_metric((), workers)
        return depth, age, retried, running, cap, paused, broken, alive


queue_gauges = QueueGauges()


class WebhookGauges(Collector):
    """The backlog of webhooks as Postgres last told it; like the queue's."""

    def __init__(self) -> None:
        self._shown: tuple[int, float] | None = None

    def refresh(self, backlog: tuple[int, float] | None) -> None:
        """Take what the next rendering shows: how many are pending, and for how many seconds the oldest."""
        self._shown = backlog

    def collect(self) -> Iterable[Metric]:
        """Give Prometheus its families."""
        pending = GaugeMetricFamily("daygen_webhooks_pending", "Webhook deliveries that are not delivered yet.")
        oldest = GaugeMetricFamily("daygen_webhooks_oldest_pending_seconds", "Seconds since the oldest was due.")
        if self._shown is not None:
            pending.add_metric((), self._shown[0])
            oldest.add_metric((), self._shown[1])
        return pending, oldest


webhook_gauges = WebhookGauges()


def render() -> tuple[bytes, str]:
    """Give everything in Prometheus' text format, and its content type; with several processes, of all of them.

    Reads files (about a millisecond per process) when there are several.
    """
    folder = os.environ.get(_FOLDER)
    if folder is None:
        return generate_latest(_registry), CONTENT_TYPE_LATEST
    together = CollectorRegistry()
    MultiProcessCollector(together, folder)
    together.register(queue_gauges)
    together.register(webhook_gauges)
    with _locked(Path(folder), exclusively=False):
        return generate_latest(together), CONTENT_TYPE_LATEST


def forget_process(pid: int, folder: Path | None = None) -> None:
    """Fold the counts of a process that has ended into those of all that ended before it. For its supervisor.

    A counter never goes back, so they are kept; but each process leaves files, and workers that crash all day would
    leave thousands. `folder` is for a supervisor that has not the variable in its own environment.
    """
    place = folder or Path(os.environ[_FOLDER])
    with _locked(place, exclusively=True):
        for gauges in place.glob(f"gauge_live*_{pid}.db"):
            gauges.unlink()
        for kind in ("counter", "histogram"):
            left = place / f"{kind}_{pid}.db"
            if left.exists():
                _fold(left, place / f"{kind}_ended.db")
                left.unlink()


class _CountsFile(Protocol):
    """What we use of the client's file of counts, which carries no types."""

    def __init__(self, filename: str) -> None: ...
    @staticmethod
    def read_all_values_from_file(filename: str) -> Iterable[tuple[str, float, float, int]]: ...
    def read_value(self, key: str) -> tuple[float, float]: ...
    def write_value(self, key: str, value: float, timestamp: float) -> None: ...
    def close(self) -> None: ...


_counts_file = cast("type[_CountsFile]", MmapedDict)


def _fold(left: Path, into: Path) -> None:
    ended = _counts_file(str(into))
    try:
        for key, value, _, _ in _counts_file.read_all_values_from_file(str(left)):
            so_far, _ = ended.read_value(key)
            ended.write_value(key, so_far + value, 0.0)
    finally:
        ended.close()


@contextmanager
def _locked(folder: Path, *, exclusively: bool) -> Generator[None]:
    """Keep folding and rendering apart: between the two steps of a fold, counts stand twice."""
    if sys.platform == "win32":  # has no flock; a rendering may there see an ended process twice, once
        yield
        return
    import fcntl

    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusively else fcntl.LOCK_SH)
        yield


_registry.register(queue_gauges)
_registry.register(webhook_gauges)
ProcessCollector(registry=_registry)
