"""The goals, each as one comparison: of a figure with a number, or with a peer's figure of the same round."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.cells import accept, drain, own_time, sockets, start


@dataclass(frozen=True, slots=True)
class Goal:
    """`figure` of the row must be at least or at most this; of `against`, if given, this many times its figure.

    `sockets`: it counts only in a run with so many open.
    """

    work: str
    text: str
    row: str
    figure: str
    least: float | None = None
    most: float | None = None
    against: str | None = None
    sockets: int = 0

    def met(self, value: float) -> bool:
        """Whether this number, or ratio, reaches it."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


MANY_SOCKETS = 10_000

GOALS: Sequence[Goal] = (
    Goal("B1", "≥ 0.8 of the one-order statement in pgbench", accept.MANY, "per_s", least=0.8, against=accept.LIMIT),
    Goal("B1", "p99 ≤ 40 ms at full load", accept.MANY, "p99_ms", most=40),
    Goal("B1", "p95 ≤ 8 ms at 400 a second", accept.PACED, "p95_ms", most=8),
    Goal("B1", "one hot workspace ≥ 4,000 a second, one api process", accept.HOT, "per_s", least=4000),
    Goal("B1", "one hot workspace ≥ 2,000 a second, four api processes", accept.HOT_FOUR, "per_s", least=2000),
    Goal("B2", "≥ BullMQ, Python, on Redis", drain.ONE, "per_s", least=1, against="bullmq.drain"),
    Goal("B2", "then ≥ PgQueuer", drain.ONE, "per_s", least=1, against="pgqueuer.drain"),
    Goal("B2", "4 workers never slower than one", drain.FOUR, "per_s", least=1, against=drain.ONE),
    Goal("B3", "submit → worker starts, idle: p50 ≤ 4 ms", start.IDLE, "p50_ms", most=4),
    Goal("B3", "submit → worker starts, idle: p99 ≤ 20 ms", start.IDLE, "p99_ms", most=20),
    Goal(
        "B3",
        "submit → `job.succeeded` on a socket: p95 ≤ 50 ms with 10,000 open",
        start.SOCKETS,
        "p95_ms",
        most=50,
        sockets=MANY_SOCKETS,
    ),
    Goal("B4", "≤ 30 kB each", sockets.OURS, "kb", most=30),
    Goal("B4", "10,000 in one process", sockets.OURS, "open", least=MANY_SOCKETS, sockets=MANY_SOCKETS),
    Goal("B8", "p95 ≤ 100 ms", own_time.OURS, "p95_ms", most=100),
)
