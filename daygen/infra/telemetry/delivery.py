"""Where the ended spans of this process go: a job's into Postgres, and those that were drawn to a collector too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from daygen.infra.telemetry.logs import get_logger
from daygen.infra.telemetry.store import SpanStore
from daygen.infra.telemetry.traces import Sink, Span, deliver_to

if TYPE_CHECKING:
    from daygen.infra.telemetry.otlp import Collector

GOODBYE = timedelta(seconds=1)

log = get_logger(__name__)

_collectors: list["Collector"] = []


def setup_traces(
    service: str, *, otlp: Mapping[str, str] | None = None, sample_ratio: float = 0.1, store: SpanStore | None = None
) -> None:
    """Say where spans go, once at the start of a process; said again, it replaces what was said before.

    `otlp` are settings by OpenTelemetry's names (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`); without an endpoint there
    is no collector. It gets `sample_ratio` (0 to 1) of the plain requests, and every span of a job.
    """
    close_traces()
    sinks: list[Sink] = []
    if store is not None:
        sinks.append(_into(store, service))
    collector = _collector(service, otlp or {})
    if collector is not None:
        _collectors.append(collector)
        sinks.append(collector.add)
    deliver_to(sinks, sample_ratio if collector else 0)


def close_traces() -> None:
    """Deliver nothing any more, and send the collector what it should still get, for at most `GOODBYE`."""
    deliver_to((), 0)
    while _collectors:
        _collectors.pop().close(GOODBYE)


def _into(store: SpanStore, service: str) -> Sink:
    def sink(ended: Span) -> None:
        store.add(ended, service)

    return sink


def _collector(service: str, settings: Mapping[str, str]) -> "Collector | None":
    if not any(key.endswith("_ENDPOINT") and value for key, value in settings.items()):
        return None
    from daygen.infra.telemetry.otlp import Collector, endpoint_of

    endpoint = endpoint_of(settings)
    if endpoint is None:
        return None
    try:
        return Collector(service, endpoint, settings)
    except Exception:
        log.exception("otlp.misconfigured", endpoint=endpoint)
        return None
