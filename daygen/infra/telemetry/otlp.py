"""Spans to a collector over OTLP/HTTP, where one is named; imported only then: it costs 6 MB and a tenth of a second.

The collector may be slow, gone or a black hole: spans wait for it in a bounded buffer and leave from a thread of their
own. One line says that it does not answer, and another that it does again.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.util.re import parse_env_headers

from daygen.infra.telemetry.logs import get_logger
from daygen.infra.telemetry.metrics import count_dropped_spans
from daygen.infra.telemetry.traces import Span, attributes_of

PATIENCE_S = 5.0  # for one export with its retries
MOST_WAITING = 4_096
AT_ONCE = 512
EVERY_MS = 1_000

_SCOPE = InstrumentationScope("daygen")
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)

log = get_logger(__name__)


def endpoint_of(settings: Mapping[str, str]) -> str | None:
    """Where spans shall go by OpenTelemetry's own names for settings, or None."""
    if exact := settings.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        return exact
    base = settings.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    return f"{base.rstrip('/')}/v1/traces" if base else None


class Collector:
    """A collector somewhere, as a place to put ended spans. Never waits for it and never raises."""

    def __init__(self, service: str, endpoint: str, settings: Mapping[str, str]) -> None:
        # It logs each failed try, from three modules; we say once what is the matter.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)
        given = settings.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS") or settings.get("OTEL_EXPORTER_OTLP_HEADERS") or ""
        exporter = OTLPSpanExporter(endpoint, headers=parse_env_headers(given, liberal=True), timeout=PATIENCE_S)
        self._resource = Resource.create({SERVICE_NAME: service})
        self._processor = BatchSpanProcessor(
            _Quiet(exporter, endpoint),
            max_queue_size=MOST_WAITING,
            max_export_batch_size=AT_ONCE,
            schedule_delay_millis=EVERY_MS,
        )

    def add(self, ended: Span) -> None:
        """Take an ended span."""
        self._processor.on_end(_readable(ended, self._resource))

    def close(self, within: timedelta) -> None:
        """Send what is left, or give it up when the time is over."""
        # The SDK would wait for half a minute. A daemon thread holds up neither us nor the end of the process.
        leaving = threading.Thread(target=self._processor.shutdown, name="otlp-goodbye", daemon=True)
        leaving.start()
        leaving.join(within.total_seconds())


class _Quiet(SpanExporter):
    """An exporter whose failures are counted, and told once."""

    def __init__(self, exporter: OTLPSpanExporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed:
            count_dropped_spans("collector", len(spans))
        if failed and not self._failing:
            log.warning("otlp.unreachable", endpoint=self._endpoint)
        elif self._failing and not failed:
            log.info("otlp.reached_again", endpoint=self._endpoint)
        self._failing = failed
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _readable(ended: Span, resource: Resource) -> ReadableSpan:
    attributes = attributes_of(ended)
    if ended.jobs:
        attributes["daygen.job_id"] = ",".join(map(str, ended.jobs))
    return ReadableSpan(
        name=ended.name,
        context=_context(ended.trace_id, ended.span_id),
        parent=None if ended.parent_id is None else _context(ended.trace_id, ended.parent_id),
        resource=resource,
        attributes=attributes,
        status=Status(StatusCode.UNSET if ended.status == "ok" else StatusCode.ERROR),
        start_time=ended.started_at_ns,
        end_time=ended.started_at_ns + ended.duration_ns,
        instrumentation_scope=_SCOPE,
    )


def _context(trace_id: bytes, span_id: bytes) -> SpanContext:
    return SpanContext(int.from_bytes(trace_id), int.from_bytes(span_id), is_remote=False, trace_flags=_SAMPLED)
