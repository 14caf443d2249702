"""Counts are right over several processes and after their death, and their labels are bounded."""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import daygen
from daygen.infra.telemetry import (
    PoolCount,
    QueueCount,
    count_credits,
    count_error,
    count_job,
    count_provider_call,
    count_request,
    forget_process,
    queue_gauges,
    render,
)
from daygen.kit.money import Millicredits

ROOT = Path(daygen.__file__).parents[1]
COUNT = """
import os
from daygen.infra.telemetry import count_job, count_request
count_request("/v1/jobs", "POST", 202, 0.003)
count_job("local/print", "text_to_image", "succeeded", 1.5, 1.0)
print(os.getpid())
"""
MAKE_UP = """
from daygen.infra.telemetry import count_error, count_request, render
count_request(None, "BREW", 404, 0.001)
for number in range(1_000):
    count_error(f"made.up_{number}")
print(render()[0].decode())
"""
RENDER = """
from daygen.infra.telemetry import QueueCount, queue_gauges, render
queue_gauges.refresh([QueueCount("RunJob", "local/print", "ready", 5, 2, 2.5)], workers=3)
print(render()[0].decode())
"""


def value(name: str, text: str | None = None, **labels: str) -> float | None:
    """One sample of what is rendered now, or of `text`."""
    for family in text_string_to_metric_families(text or render()[0].decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


def in_process(script: str, folder: Path) -> str:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return ended.stdout


@pytest.fixture
def queue() -> Generator[None]:
    yield
    queue_gauges.refresh()


def test_an_answer_is_counted_and_timed_by_the_template_of_its_route():
    count_request("/v1/answers/{id}", "GET", 200, 0.003)
    count_request("/v1/answers/{id}", "GET", 503, 0.003)

    assert value("daygen_http_requests_total", route="/v1/answers/{id}", method="GET", status="200") == 1
    assert value("daygen_http_requests_total", route="/v1/answers/{id}", method="GET", status="503") == 1
    timed = {"route": "/v1/answers/{id}", "method": "GET", "status": "2xx"}
    assert value("daygen_http_request_duration_seconds_bucket", **timed, le="0.002") == 0
    assert value("daygen_http_request_duration_seconds_bucket", **timed, le="0.004") == 1


def test_a_job_is_counted_by_how_it_ended_and_its_provider_timed_apart():
    count_job("test/a", "vary", "succeeded", 3.0, 2.0)
    count_job("test/a", "vary", "canceled", 1.0)
    count_provider_call("test", "busy")
    count_error("test.told")
    count_credits("test/a", Millicredits(1500))

    assert value("daygen_jobs_total", model="test/a", operation="vary", outcome="succeeded") == 1
    assert value("daygen_jobs_total", model="test/a", operation="vary", outcome="canceled") == 1
    assert value("daygen_job_duration_seconds_sum", model="test/a") == 4
    assert value("daygen_job_provider_duration_seconds_sum", model="test/a") == 2
    assert value("daygen_job_provider_duration_seconds_count", model="test/a") == 1
    assert value("daygen_provider_calls_total", provider="test", outcome="busy") == 1
    assert value("daygen_errors_total", code="test.told") == 1
    assert value("daygen_credits_charged_total", model="test/a") == 1.5


@pytest.mark.usefixtures("queue")
def test_the_queue_is_shown_as_it_was_told_last_and_not_at_all_when_nobody_could_be_asked():
    queue_gauges.refresh(
        [
            QueueCount("RunJob", "local/print", "ready", 5, 2, 2.5),
            QueueCount("RunJob", "local/print", "dead", 1, 1, 90),
        ],
        [PoolCount("local/print", 3, 4, 0), PoolCount("fake/image", 0, None, 2.5)],
        workers=2,
    )
    assert value("daygen_queue_depth", kind="RunJob", pool="local/print", state="ready") == 5
    assert value("daygen_queue_depth", kind="RunJob", pool="local/print", state="dead") == 1
    assert value("daygen_queue_oldest_age_seconds", kind="RunJob", pool="local/print", state="ready") == 2.5
    assert value("daygen_queue_retried", kind="RunJob", pool="local/print", state="ready") == 2
    assert value("daygen_pool_running", pool="local/print") == 3
    assert value("daygen_pool_cap", pool="local/print") == 4
    assert value("daygen_pool_cap", pool="fake/image") is None
    assert value("daygen_pool_paused_seconds", pool="fake/image") == 2.5
    assert value("daygen_workers") == 2

    queue_gauges.refresh()

    assert value("daygen_queue_depth", kind="RunJob", pool="local/print", state="ready") is None
    assert value("daygen_workers") is None


def test_labels_that_anybody_can_make_up_are_counted_as_other(tmp_path: Path):
    rendered = in_process(MAKE_UP, tmp_path)

    assert value("daygen_http_requests_total", rendered, route="other", method="other", status="404") == 1
    assert rendered.count("daygen_errors_total{") <= 201
    assert value("daygen_errors_total", rendered, code="other") == 800


def test_the_text_is_in_prometheus_format_with_a_help_for_every_metric():
    text, content_type = render()

    assert content_type.startswith("text/plain; version=")
    families = [family for family in text_string_to_metric_families(text.decode()) if family.name.startswith("daygen_")]
    assert len(families) >= 11
    assert all(family.documentation for family in families)


def test_processes_of_one_host_are_counted_together_and_stay_counted_when_they_end(tmp_path: Path):
    pids = [int(in_process(COUNT, tmp_path)) for _ in range(2)]

    def check() -> None:
        text = in_process(RENDER, tmp_path)
        assert value("daygen_http_requests_total", text, route="/v1/jobs", method="POST", status="202") == 2
        assert value("daygen_job_duration_seconds_sum", text, model="local/print") == 3
        assert value("daygen_job_duration_seconds_bucket", text, model="local/print", le="2.5") == 2
        assert value("daygen_queue_depth", text, kind="RunJob", pool="local/print", state="ready") == 5
        assert value("daygen_workers", text) == 3

    check()
    for pid in pids:
        forget_process(pid, tmp_path)
    check()
    assert not [left for pid in pids for left in tmp_path.glob(f"*_{pid}.db")]


def test_forgetting_a_process_that_left_nothing_changes_nothing(tmp_path: Path):
    pid = int(in_process(COUNT, tmp_path))
    forget_process(pid, tmp_path)

    forget_process(pid, tmp_path)
    forget_process(pid + 1, tmp_path)

    assert value("daygen_jobs_total", in_process(RENDER, tmp_path), **RAN) == 1


RAN = {"model": "local/print", "operation": "text_to_image", "outcome": "succeeded"}
