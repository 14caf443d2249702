"""What operators can see: logs, metrics and traces, none of which ever holds a secret.

    logs        one line of JSON per event on stderr; context by `bind` and `bound`; secrets hidden (`hide`)
    metrics     counts and times for Prometheus, over all processes of a host (`render`)
    traces      one trace API → queue → worker → provider → storage; a job's spans are kept in Postgres, in the table
                `spans`, which this room owns; with a collector named, spans go there over OTLP

Everything here works without being set up, costs microseconds (a line 16, a count 5 or 10, a span 2, one kept 9)
and never raises into the work it watches. Nothing of it needs the network: what goes there leaves from the background.
"""

from daygen.infra.telemetry.delivery import close_traces, setup_traces
from daygen.infra.telemetry.logs import bind, bound, bound_fact, get_logger, setup_logs
from daygen.infra.telemetry.metrics import (
    PoolCount,
    QueueCount,
    QueueGauges,
    count_credits,
    count_dropped_spans,
    count_error,
    count_job,
    count_provider_call,
    count_request,
    count_webhook,
    forget_process,
    queue_gauges,
    render,
    webhook_gauges,
)
from daygen.infra.telemetry.redaction import hide, redacted, redacted_text
from daygen.infra.telemetry.repository import append as append_spans
from daygen.infra.telemetry.repository import forget as forget_spans
from daygen.infra.telemetry.repository import of_job as spans_of_job
from daygen.infra.telemetry.store import SpanRow, SpanStore
from daygen.infra.telemetry.traces import Span, adopt, continued, record, span, trace_id, traceparent

__all__ = [
    "PoolCount",
    "QueueCount",
    "QueueGauges",
    "Span",
    "SpanRow",
    "SpanStore",
    "adopt",
    "append_spans",
    "bind",
    "bound",
    "bound_fact",
    "close_traces",
    "continued",
    "count_credits",
    "count_dropped_spans",
    "count_error",
    "count_job",
    "count_provider_call",
    "count_request",
    "count_webhook",
    "forget_process",
    "forget_spans",
    "get_logger",
    "hide",
    "queue_gauges",
    "record",
    "redacted",
    "redacted_text",
    "render",
    "setup_logs",
    "setup_traces",
    "span",
    "spans_of_job",
    "trace_id",
    "traceparent",
    "webhook_gauges",
]
