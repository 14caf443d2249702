"""`daygen up` through real processes: what it prints, what it keeps alive, and what it leaves behind."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from daygen.app import instance
from tests.processes import Running, alive, command, environment, start_up, until

FAKES = {"DAYGEN_FAKES": "1"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    """One house for the tests that leave it running."""
    data_dir = tmp_path_factory.mktemp("house")
    with start_up(data_dir, "--apis", "2", "--workers", "2", env=FAKES | {"DAYGEN_LEASE_SECONDS": "2"}) as running:
        yield running


def picture(running: Running, prompt: str = "a lighthouse", wait: int = 30) -> str:
    """Order a picture of the fake provider and wait for it; the job's status."""
    with running.client() as client:
        order = {"model": "fake/image", "input": {"prompt": prompt}}
        answer = client.post("/v1/jobs", json=order, headers={"Prefer": f"wait={wait}"}, timeout=60)
        assert answer.status_code in {200, 202}, answer.text
        return str(answer.json()["status"])


def is_ready(running: Running) -> bool:
    try:
        return httpx.get(f"{running.url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def processes_below(pid: int) -> list[int]:
    return [process.pid for process in psutil.Process(pid).children(recursive=True)]


def test_it_tells_where_it_is_and_who_belongs_to_it(house: Running):
    assert house.ready.keys() == {"url", "signInUrl", "apiKey", "pids"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", house.url)
    assert house.ready["signInUrl"].startswith(f"{house.url}/sign-in?token=")
    assert house.pids.keys() == {"api", "workers", "postgres"}
    assert len({*house.everyone}) == 5
    assert all(alive(pid) for pid in house.everyone)
    for pid in house.pids["workers"]:
        assert "daygen worker" in " ".join(psutil.Process(pid).cmdline())


def test_its_files_are_for_its_owner_alone(house: Running):
    for name in ("instance.json", "operator-key", "secret"):
        assert stat.S_IMODE((house.data_dir / name).stat().st_mode) == 0o600


def test_it_is_at_work_when_it_says_so(house: Running):
    assert picture(house) == "succeeded"


def test_every_api_process_serves_the_one_port(house: Running):
    until(lambda: len(house.pids["api"]) == 2)

    for pid in house.pids["api"]:
        psutil.Process(pid).suspend()
        try:
            assert until(lambda: is_ready(house), what=f"an answer while {pid} is away")
        finally:
            psutil.Process(pid).resume()


def test_a_second_house_on_the_same_data_is_refused_in_one_line(house: Running):
    refused = command("up", "--data-dir", str(house.data_dir), "--port", "0", "--json")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert re.fullmatch(r"DayGen is already up with the data in .*: stop that one first, .*\n", refused.stderr)
    assert is_ready(house)


@pytest.mark.parametrize("kind", ["api", "workers"])
def test_a_process_that_is_killed_is_back_at_once(house: Running, kind: str):
    for _ in range(3):
        killed = house.pids[kind][0]
        os.kill(killed, signal.SIGKILL)
        began = time.monotonic()
        until(lambda killed=killed: killed not in house.pids[kind] and len(house.pids[kind]) == 2, what=f"a new {kind}")
        assert time.monotonic() - began < 5

    assert picture(house) == "succeeded"


def test_postgres_that_is_killed_comes_back_where_it_was(house: Running):
    before = instance.find(house.data_dir)
    assert before is not None
    assert before.postgres is not None

    os.kill(before.postgres, signal.SIGKILL)
    until(lambda: house.pids["postgres"] != before.postgres, what="a new Postgres")

    after = instance.find(house.data_dir)
    assert after is not None
    assert after.database_url == before.database_url
    until(lambda: is_ready(house), what="the apis' own recovery")
    assert picture(house) == "succeeded"


def test_a_signal_starts_api_and_worker_anew_on_the_same_port(house: Running):
    until(lambda: len(house.everyone) == 5)
    before = house.pids

    house.process.send(signal.SIGUSR1)
    until(lambda: not {*before["api"], *before["workers"]} & {*house.everyone}, what="new processes")

    assert house.pids["postgres"] == before["postgres"]
    until(lambda: len(house.everyone) == 5 and is_ready(house), what="all of them")
    assert picture(house) == "succeeded"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP])
def test_it_ends_with_all_its_processes(tmp_path: Path, database: str, by: signal.Signals):
    with start_up(tmp_path / "data", env={"DAYGEN_DATABASE_URL": database}) as running:
        pids = running.everyone

        assert running.stop(by) == 0

        assert not [pid for pid in pids if alive(pid)]
        assert running.printed() == ""
        assert not (running.data_dir / "instance.json").exists()


def test_a_signal_while_it_starts_ends_it(tmp_path: Path):
    arguments = [sys.executable, "-m", "daygen", "up", "--data-dir", str(tmp_path / "data"), "--port", "0", "--json"]
    with subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            until((tmp_path / "data" / "postgres").exists, what="the cluster")
            everyone = processes_below(process.pid)
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=30)
        finally:
            process.kill()

    assert (process.returncode, said) == (0, b"")
    # A server that was being started in that very moment ends with its supervisor's life, not before it
    until(lambda: not [pid for pid in everyone if alive(pid)], within_s=5, what="the end of all")


def test_a_house_that_was_stopped_comes_back_as_it_was(tmp_path: Path):
    with start_up(tmp_path / "data") as running:
        pids, key, link = running.everyone, running.key, running.ready["signInUrl"]
        assert running.stop() == 0
        assert not [pid for pid in pids if alive(pid)]

    with start_up(tmp_path / "data") as again:
        assert again.key == key
        assert again.ready["signInUrl"] != link
        with again.client() as client:
            assert client.get("/v1/balance").json()["availableCredits"] == 10_000


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path):
    env = {"DAYGEN_LEASE_SECONDS": "1"}
    with start_up(tmp_path / "data", env=env) as running:
        order = {"model": "local/print", "operation": "text_to_image", "count": 2}
        with running.client() as client:
            large = {"prompt": "a city in rain", "width": 2048, "height": 2048}
            job_id = client.post("/v1/jobs", json={**order, "input": large}).json()["jobId"]
        worker = running.pids["workers"][0]
        until(lambda: processes_below(worker), what="a press")
        everyone = processes_below(running.process.pid)

        running.kill()

        until(lambda: not [pid for pid in everyone if alive(pid)], within_s=10, what="the end of all")
        assert instance.find(running.data_dir) is None
        asked = command("queue", "debug", "--data-dir", str(running.data_dir))
        assert asked.returncode == 1
        assert asked.stderr.startswith("No DayGen is running with the data in")
    with start_up(tmp_path / "data", env=env) as again, again.client() as client:
        until(lambda: client.get(f"/v1/jobs/{job_id}").json()["status"] == "succeeded", within_s=60)


def test_a_job_that_runs_may_finish_before_the_end(tmp_path: Path, database: str):
    env = FAKES | {"DAYGEN_DATABASE_URL": database}
    with start_up(tmp_path / "data", env=env) as running:
        with running.client() as client:
            order = {"model": "fake/image", "input": {"prompt": "[[slow:1]]"}}
            job_id = client.post("/v1/jobs", json=order).json()["jobId"]
            until(lambda: client.get(f"/v1/jobs/{job_id}").json()["status"] == "processing")

        assert running.stop() == 0

    shown = command("debug", "job", job_id, "--json", env=env)
    assert json.loads(shown.stdout)["job"]["status"] == "succeeded"


def test_a_second_signal_does_not_wait_for_jobs(tmp_path: Path, database: str):
    with start_up(tmp_path / "data", env=FAKES | {"DAYGEN_DATABASE_URL": database}) as running:
        with running.client() as client:
            order = {"model": "fake/image", "input": {"prompt": "[[slow:100]]"}}
            job_id = client.post("/v1/jobs", json=order).json()["jobId"]
            until(lambda: client.get(f"/v1/jobs/{job_id}").json()["status"] == "processing")
        workers = running.pids["workers"]

        running.process.send(signal.SIGINT)
        until(lambda: not (running.data_dir / "instance.json").exists(), what="the first signal's effect")
        assert [pid for pid in workers if alive(pid)]

        assert running.stop(signal.SIGINT) == 0
        assert not [pid for pid in workers if alive(pid)]


def test_what_a_killed_house_left_running_is_ended_and_nothing_else(tmp_path: Path, database: str):
    nap = [sys.executable, "-c", "import time; time.sleep(60)"]
    (tmp_path / "data").mkdir()
    with subprocess.Popen([*nap, "-m", "daygen", "api"]) as left, subprocess.Popen(nap) as stranger:
        try:
            gone = instance.Instance("", "", "", "", "", api=[left.pid], workers=[stranger.pid], postgres=None)
            instance.tell(tmp_path / "data", gone)

            with start_up(tmp_path / "data", env={"DAYGEN_DATABASE_URL": database}):
                assert left.wait(10) == -signal.SIGKILL
                assert stranger.poll() is None
        finally:
            left.kill()
            stranger.kill()


def test_a_newer_schema_than_ours_is_left_alone(tmp_path: Path, database: str):
    with psycopg.connect(database) as connection:
        connection.execute("update alembic_version set version_num = '9999'")

    with start_up(tmp_path / "data", env=FAKES | {"DAYGEN_DATABASE_URL": database}) as running:
        assert picture(running) == "succeeded"
        assert "schema.newer" in running.process.said()


def test_a_database_that_is_named_is_used_instead_of_our_own(tmp_path: Path, database: str):
    env = {"DAYGEN_DATABASE_URL": database, "DAYGEN_HOST": "0.0.0.0", "DAYGEN_PUBLIC_URL": "https://studio.example/"}
    with start_up(tmp_path / "data", env=env) as running:
        assert running.pids["postgres"] is None
        assert not (running.data_dir / "postgres").exists()
        assert running.url == "https://studio.example"
        assert running.ready["signInUrl"].startswith("https://studio.example/sign-in?token=")
        here = instance.find(running.data_dir)
        assert here is not None
        assert httpx.get(f"{here.local_url}/healthz").status_code == 200


def test_listening_everywhere_still_gives_an_address_that_can_be_opened(tmp_path: Path, database: str):
    proxy = "http://127.0.0.1:9"  # nobody is there: whoever asks through it fails
    env = {"DAYGEN_DATABASE_URL": database, "DAYGEN_HOST": "0.0.0.0", "HTTP_PROXY": proxy, "http_proxy": proxy}
    with start_up(tmp_path / "data", env=env) as running:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", running.url)


def test_a_port_that_is_taken_is_refused_in_one_line(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = command("up", "--data-dir", str(tmp_path / "data"), "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"127.0.0.1:{port} cannot be listened on (Address already in use)")
    assert refused.stderr.count("\n") == 1


def test_a_wrong_setting_is_refused_in_one_line(tmp_path: Path):
    env = {"DAYGEN_STORAGE_URL": "nonsense://there"}
    refused = command("up", "--data-dir", str(tmp_path / "data"), "--port", "0", env=env)

    assert refused.returncode == 1
    assert re.fullmatch(r"DAYGEN_STORAGE_URL: the storage address 'nonsense://there' must .*\.\n", refused.stderr)


def test_a_process_that_cannot_start_ends_the_attempt_soon(tmp_path: Path, database: str):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "scratch").write_text("a file where workers need a folder")

    env = {"DAYGEN_DATABASE_URL": database}
    refused = command("up", "--data-dir", str(tmp_path / "data"), "--port", "0", env=env)

    assert (refused.returncode, refused.stdout) == (1, "")
    last = refused.stderr.rstrip("\n").rpartition("\n")[2]
    assert re.fullmatch(r"The (api|worker) does not start: its last lines, above, say why\.", last)
