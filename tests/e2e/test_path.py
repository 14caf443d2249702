"""One job all the way through real processes: HTTP, queue, worker, storage, socket; on disk and in a bucket."""

import hashlib
import io
import json
import statistics
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from tests.infra.rclone import serve_s3
from tests.processes import Running, start_up, until

PRINT = {"model": "local/print", "operation": "text_to_image"}
FACTS = ["job.queued", "job.started", "job.output", "job.succeeded"]


@dataclass(frozen=True, slots=True)
class Home:
    """A house that runs, where it keeps its files, and what it must never say aloud."""

    up: Running
    files: Path
    secrets: Sequence[str]

    @property
    def in_bucket(self) -> bool:
        return self.files.name != "files"


@dataclass(frozen=True, slots=True)
class Picture:
    """A job that has ended, the events it told, and its first output."""

    job: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]

    @property
    def output(self) -> Mapping[str, Any]:
        return self.job["outputs"][0]


@pytest.fixture(scope="module", params=["disk", "bucket"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    folder = tmp_path_factory.mktemp("path")
    with ExitStack() as stack:
        env, files, secrets = {"DAYGEN_FAKES": "1"}, folder / "house" / "files", []
        if request.param == "bucket":
            s3 = stack.enter_context(serve_s3(folder))
            env |= {"DAYGEN_STORAGE_URL": s3.url, **s3.credentials}
            files, secrets = s3.folder, [s3.secret_access_key]
        yield Home(stack.enter_context(start_up(folder / "house", env=env)), files, secrets)


@pytest.fixture
def api(home: Home) -> Generator[httpx.Client]:
    """A client with the operator's key; whatever it is answered holds no file inside."""
    with home.up.client() as client:
        client.event_hooks["response"] = [read_and_check]
        yield client


@pytest.fixture(scope="module")
def picture(home: Home) -> Picture:
    """The first picture of the house, 1024 x 1024."""
    with home.up.client() as client:
        return ordered(home, client, PRINT | {"input": {"prompt": "a lighthouse at dusk", "seed": 7}})


def ordered(home: Home, client: httpx.Client, order: Mapping[str, Any]) -> Picture:
    """Order, follow the job on a socket from its first event to its last, and look it up."""
    answer = client.post("/v1/jobs", json=order)
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["jobId"]
    with line_to(home.up) as line:
        line.follow(f"job:{job_id}", after=0)
        events = line.until_end_of(job_id)
    return Picture(client.get(f"/v1/jobs/{job_id}").json(), events)


@contextmanager
def line_to(up: Running) -> Generator["Line"]:
    """Open a socket with the operator's key."""
    headers = {"Authorization": f"Bearer {up.key}"}
    with connect(up.url.replace("http", "ws", 1) + "/v1/ws", additional_headers=headers) as socket:
        yield Line(socket)


@dataclass(frozen=True, slots=True)
class Line:
    """A socket, and the words it knows."""

    socket: ClientConnection

    def follow(self, channel: str, **after: int) -> None:
        """Subscribe, and wait until that is certain."""
        self.socket.send(json.dumps({"op": "subscribe", "channel": channel, **after}))
        assert self._said()["op"] == "subscribed"

    def until_end_of(self, job_id: str) -> list[Mapping[str, Any]]:
        """What is told of a job, up to and with its last event; progress is left out."""
        events: list[Mapping[str, Any]] = []
        while not events or "finishedAt" not in events[-1]["data"]:
            event = self._said()["event"]
            if event["data"].get("jobId") == job_id and event["type"] != "job.progress":
                events.append(event)
        return events

    def _said(self) -> Mapping[str, Any]:
        text = self.socket.recv(timeout=30)
        assert isinstance(text, str)
        holds_no_file(text)
        said: Mapping[str, Any] = json.loads(text)
        return said


def read_and_check(answer: httpx.Response) -> None:
    """Read an answer to its end, and fail on a file in it."""
    holds_no_file(answer.read().decode())


def holds_no_file(text: str) -> None:
    """Fail on a `data:` URL: files are links, never part of an answer."""
    assert "data:" not in text


def key_of(home: Home, url: str) -> str:
    """Under which key the file of a link is kept."""
    path = urlsplit(url).path.lstrip("/")
    return path.removeprefix(f"{home.files.name}/")


def test_a_picture_goes_from_an_order_to_a_link_that_anyone_may_follow(
    home: Home, api: httpx.Client, picture: Picture
) -> None:
    output = picture.output
    asset = api.get(f"/v1/assets/{output['assetId']}").json()

    answer = httpx.get(output["url"])

    assert [event["type"] for event in picture.events] == FACTS
    assert picture.events[-1]["data"]["resultUrl"] == picture.job["resultUrl"] == output["url"]
    assert (picture.job["status"], picture.job["attempts"], picture.job["cost"]["chargedCredits"]) == (
        "succeeded",
        1,
        1,
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert len(answer.content) == output["size"] == asset["size"]
    assert hashlib.sha256(answer.content).hexdigest() == asset["checksum"]["sha256"]
    assert (home.files / key_of(home, output["url"])).read_bytes() == answer.content
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert (shown.format, shown.size) == ("PNG", (1024, 1024)) == ("PNG", (output["width"], output["height"]))


def test_events_have_numbers_without_a_gap(picture: Picture) -> None:
    first = picture.events[0]["seq"]

    assert [event["seq"] for event in picture.events] == list(range(first, first + len(FACTS)))


def test_a_link_gives_parts_and_says_when_nothing_changed(home: Home, picture: Picture) -> None:
    url, size = picture.output["url"], picture.output["size"]
    whole = httpx.get(url)

    part = httpx.get(url, headers={"Range": "bytes=1-3"})
    known = httpx.get(url, headers={"If-None-Match": whole.headers["etag"]})

    assert part.status_code == (200 if home.in_bucket else 206)  # rclone's server gives the part, with its own status
    assert part.content == b"PNG"
    assert part.headers["content-range"] == f"bytes 1-3/{size}"
    assert (known.status_code, known.content) == (304, b"")
    assert "immutable" in whole.headers["cache-control"]


def test_the_head_of_a_link_says_what_a_get_would_bring(home: Home, picture: Picture) -> None:
    answer = httpx.head(picture.output["url"])

    if home.in_bucket:  # a link to a bucket is signed for GET alone
        assert answer.status_code == 403
    else:
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) == picture.output["size"]


def test_a_link_that_was_changed_opens_nothing(picture: Picture) -> None:
    url = picture.output["url"]
    other = url.replace("/1-0.png", "/1-1.png")

    assert other != url
    assert httpx.get(other).status_code == 403
    assert httpx.get(url[:-2]).status_code == 403


def test_four_pictures_are_four_files_for_four_credits(home: Home, api: httpx.Client) -> None:
    before = api.get("/v1/balance").json()

    made = ordered(
        home, api, PRINT | {"input": {"prompt": "hills", "seed": 1, "width": 256, "height": 192}, "count": 4}
    )

    outputs = made.job["outputs"]
    indexes = [event["data"]["outputs"][0]["index"] for event in made.events if event["type"] == "job.output"]
    after = api.get("/v1/balance").json()
    assert sorted(indexes) == [0, 1, 2, 3]
    assert {(output["width"], output["height"]) for output in outputs} == {(256, 192)}
    assert len({httpx.get(output["url"]).content for output in outputs}) == 4
    assert before["availableCredits"] - after["availableCredits"] == 4
    assert (before["heldCredits"], after["heldCredits"]) == (0, 0)


def test_the_same_words_and_seed_give_the_same_bytes(home: Home, api: httpx.Client) -> None:
    order = PRINT | {"input": {"prompt": "a harbour in fog", "seed": 11, "width": 200, "height": 200}}
    jobs = [ordered(home, api, order).job, ordered(home, api, order).job]

    one, other = (api.get(f"/v1/assets/{job['outputs'][0]['assetId']}").json() for job in jobs)

    assert one["checksum"] == other["checksum"]
    assert one["id"] != other["id"]


def test_a_variation_knows_its_parent(home: Home, api: httpx.Client, picture: Picture) -> None:
    parent = picture.output["assetId"]

    made = ordered(
        home, api, {"model": "local/print", "operation": "vary", "input": {"image": {"assetId": parent}, "seed": 3}}
    )

    assert (made.job["status"], made.job["parentAssetId"]) == ("succeeded", parent)
    assert httpx.get(made.output["url"]).content != httpx.get(picture.output["url"]).content


def test_one_trace_runs_through_both_processes(api: httpx.Client, picture: Picture) -> None:
    def spans() -> Sequence[Mapping[str, Any]] | None:
        """They are written twice a second."""
        found = api.get(f"/v1/jobs/{picture.job['id']}/trace").json()["spans"]
        return found if any(span["name"] == "jobs.run" for span in found) else None

    found = until(spans, what="the worker's spans")

    made_by = {span["name"]: span["service"] for span in found}
    assert (
        made_by.items()
        >= {
            **dict.fromkeys(["POST /v1/jobs", "jobs.submit"], "api"),
            **dict.fromkeys(["queue.wait", "jobs.run", "provider.run", "storage.put"], "worker"),
        }.items()
    )
    known = {span["spanId"] for span in found}
    assert [span["name"] for span in found if span["parentId"] not in known] == ["POST /v1/jobs"]


def test_the_api_shows_what_the_worker_counts(home: Home, api: httpx.Client) -> None:
    before = counts(api)

    ordered(home, api, PRINT | {"input": {"prompt": "a pine", "width": 64, "height": 64}})

    calls = 'daygen_provider_calls_total{outcome="succeeded",provider="local"}'
    jobs = 'daygen_jobs_total{model="local/print",operation="text_to_image",outcome="succeeded"}'
    after = counts(api)
    assert after[calls] - before.get(calls, 0) == after[jobs] - before.get(jobs, 0) == 1


def counts(api: httpx.Client) -> Mapping[str, float]:
    """What `/metrics` shows, by name and labels."""
    lines = [line for line in api.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_logs_of_both_processes_tell_one_story_and_no_secret(home: Home, api: httpx.Client) -> None:
    order = PRINT | {"input": {"prompt": "a sluice", "width": 64, "height": 64}}
    answer = api.post("/v1/jobs", json=order, headers={"X-Request-Id": "the-sluice"})
    job_id = answer.json()["jobId"]
    until(lambda: api.get(f"/v1/jobs/{job_id}").json()["status"] == "succeeded")
    url = api.get(f"/v1/jobs/{job_id}").json()["resultUrl"]
    httpx.get(url)
    ticket = api.post("/v1/ws-tickets").json()["ticket"]
    with connect(f"{home.up.url.replace('http', 'ws', 1)}/v1/ws?ticket={ticket}"):
        pass
    session = httpx.get(home.up.ready["signInUrl"]).cookies["daygen_session"]

    lines = until(lambda: (said := told(home.up)) and any(is_end_of(job_id, line) for line in said) and said)

    story = [line for line in lines if line.get("requestId") == "the-sluice"]
    [asked] = [line for line in story if line["event"] == "request"]
    assert asked.items() >= {"service": "api", "route": "/v1/jobs", "status": 202, "jobId": job_id}.items()
    [ended] = [line for line in story if is_end_of(job_id, line)]
    assert ended.items() >= {"service": "worker", "status": "succeeded", "traceId": asked["traceId"]}.items()
    assert asked["latencyMs"] > 0
    assert ended["latencyMs"] > 0
    for secret in (*secrets_of(home), signature_of(url), ticket, session):
        assert secret not in home.up.process.said()


def told(up: Running) -> Sequence[Mapping[str, Any]]:
    """Every line that the processes logged: each is JSON."""
    return [json.loads(line) for line in up.process.said().splitlines()]


def is_end_of(job_id: str, line: Mapping[str, Any]) -> bool:
    return line["event"] == "job.ended" and line.get("jobId") == job_id


def secrets_of(home: Home) -> Sequence[str]:
    """What nobody may read in a log: keys, passwords, tokens."""
    instance: Mapping[str, str] = json.loads((home.up.data_dir / "instance.json").read_text())
    password = urlsplit(instance["databaseUrl"]).password
    assert password
    [token] = parse_qs(urlsplit(str(home.up.ready["signInUrl"])).query)["token"]
    return [*home.secrets, home.up.key, password, token, (home.up.data_dir / "secret").read_text()]


def signature_of(url: str) -> str:
    """What makes a link good."""
    query = parse_qs(urlsplit(url).query)
    [signature] = query.get("signature") or query["X-Amz-Signature"]
    return signature


def test_an_order_is_answered_within_50_ms(home: Home, api: httpx.Client) -> None:
    """By the server's clock in the median of 20; by ours at least once, since other tests run on the same cores."""
    order = PRINT | {"input": {"prompt": "a gull", "width": 32, "height": 32}}
    ours_ms: list[float] = []
    servers_ms: list[float] = []

    for _ in range(20):
        began = time.perf_counter()
        answer = api.post("/v1/jobs", json=order)
        ours_ms.append((time.perf_counter() - began) * 1000)
        servers_ms.append(float(answer.headers["server-timing"].removeprefix("app;dur=")))
        with line_to(home.up) as line:
            line.follow(f"job:{answer.json()['jobId']}", after=0)
            line.until_end_of(answer.json()["jobId"])

    ours, servers = statistics.median(ours_ms), statistics.median(servers_ms)
    tell(f"202 after {ours:.1f} ms, of these {servers:.1f} the server's; at best {min(ours_ms):.1f} (median of 20)")
    assert servers < 50
    assert min(ours_ms) < 50


def test_a_picture_is_announced_on_the_socket_within_2_s(home: Home, api: httpx.Client, picture: Picture) -> None:
    """1024 x 1024, with everything warm; the best of three, for the same reason."""
    with line_to(home.up) as line:
        line.follow(f"workspace:{picture.events[0]['workspaceId']}")

        def took_s() -> float:
            began = time.perf_counter()
            answer = api.post("/v1/jobs", json=PRINT | {"input": {"prompt": "a lighthouse at dusk"}})
            assert line.until_end_of(answer.json()["jobId"])[-1]["type"] == "job.succeeded"
            return time.perf_counter() - began

        tries = [took_s()]
        while len(tries) < 3 and min(tries) >= 2:
            tries.append(took_s())

    tell(f"job.succeeded after {min(tries):.2f} s")
    assert min(tries) < 2


def tell(measured: str) -> None:
    print(measured)  # noqa: T201 - shown with `pytest -rP`
