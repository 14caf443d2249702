"""A collector gets the spans it should, and one that is dead or silent is not felt."""

import gzip
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

import daygen
from daygen.infra.telemetry import adopt, close_traces, continued, setup_traces, span, trace_id, traceparent
from daygen.kit.ids import JobId

ROOT = Path(daygen.__file__).parents[1]
CANARY = "c4naryThatMustNotBeSeen"


class Sink:
    """A collector that keeps what it gets."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                sink.requests.append(ExportTraceServiceRequest.FromString(body))
                sink.headers.append({"path": self.path} | dict(self.headers.items()))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def spans(self) -> list[Span]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def sink() -> Generator[Sink]:
    sink = Sink()
    yield sink
    close_traces()
    sink.close()


def test_a_collector_gets_spans_of_both_processes_in_one_trace(sink: Sink):
    job_id = JobId.new()

    setup_traces("api", otlp=sink.settings, sample_ratio=0)
    with span("POST /v1/jobs", route="/v1/jobs", attempts=1, link=f"https://x/?token={CANARY}"):
        adopt(job_id)
        expected, task = trace_id(), traceparent()
    close_traces()
    setup_traces("worker", otlp=sink.settings, sample_ratio=0)
    with pytest.raises(OSError, match="storage"), continued(task), span("jobs.run", job_id=job_id), span("storage.put"):
        raise OSError(f"storage redis://:{CANARY}@x")
    close_traces()

    spans = {span.name: span for span in sink.spans()}
    assert {span.trace_id.hex() for span in spans.values()} == {expected}
    assert spans["jobs.run"].parent_span_id == spans["POST /v1/jobs"].span_id
    assert spans["storage.put"].parent_span_id == spans["jobs.run"].span_id
    assert spans["storage.put"].status.code == 2
    assert spans["POST /v1/jobs"].status.code == 0
    facts = {fact.key: fact.value for fact in spans["POST /v1/jobs"].attributes}
    assert (facts["route"].string_value, facts["attempts"].int_value) == ("/v1/jobs", 1)
    assert facts["daygen.job_id"].string_value == str(job_id)
    services = [
        fact.value.string_value
        for r in sink.requests
        for fact in r.resource_spans[0].resource.attributes
        if fact.key == "service.name"
    ]
    assert services == ["api", "worker"]
    assert CANARY not in str(sink.requests)


def test_of_plain_requests_a_share_is_sent_and_the_jobs_all(sink: Sink):
    setup_traces("api", otlp=sink.settings, sample_ratio=0.3)
    for _ in range(1_000):
        with span("plain"):
            pass
    for _ in range(10):
        with span("job", job_id=JobId.new()):
            pass
    close_traces()

    names = [span.name for span in sink.spans()]
    assert names.count("job") == 10
    assert 200 < names.count("plain") < 400


def test_what_another_service_sampled_is_sampled_here(sink: Sink):
    setup_traces("api", otlp=sink.settings, sample_ratio=0)
    for flags in ("00", "01"):
        with continued(f"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}"), span(flags):
            pass
    close_traces()

    assert [span.name for span in sink.spans()] == ["01"]


def test_the_collectors_own_address_and_headers_are_used(sink: Sink):
    exact = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{sink.settings['OTEL_EXPORTER_OTLP_ENDPOINT']}/custom"}

    setup_traces("api", otlp=exact | {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=abc,x-team=red"}, sample_ratio=1)
    with span("plain"):
        pass
    close_traces()

    (headers,) = sink.headers
    assert (headers["path"], headers["api-key"], headers["x-team"]) == ("/custom", "abc", "red")


SCRIPT = """
import sys, time
from daygen.infra.telemetry import close_traces, get_logger, setup_logs, setup_traces, span
import daygen.infra.telemetry.otlp
setup_logs("api")
setup_traces("api", otlp={"OTEL_EXPORTER_OTLP_ENDPOINT": sys.argv[1]}, sample_ratio=1)
began = time.process_time()
for _ in range(6000):
    with span("plain"):
        pass
print(time.process_time() - began, time.time(), flush=True)
close_traces()
"""


@pytest.mark.parametrize("listening", [True, False], ids=["silent", "dead"])
def test_a_collector_that_does_not_answer_holds_up_nothing_and_is_told_in_one_line(listening: bool):
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        address = f"http://someone:{CANARY}@127.0.0.1:{black_hole.getsockname()[1]}"
        if not listening:
            black_hole.close()

        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT, address], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
        over = time.time()

    busy_s, worked_at = map(float, ended.stdout.split())
    assert busy_s < 1
    assert over - worked_at < 3
    assert len(ended.stderr.splitlines()) <= 1
    assert CANARY not in ended.stderr
