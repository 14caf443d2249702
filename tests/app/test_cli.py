"""The command line as a program: what it prints, where, and how it ends."""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from PIL import Image
from psycopg import sql

from daygen.app.cli import main
from daygen.app.cli.output import duration, table
from daygen.infra import queue
from daygen.kit.ids import TaskId
from tests.processes import Running, command, environment, start_up, until
from tests.product import Daygen

ROOT = Path(__file__).parents[2]
COMMANDS = [
    "up",
    "generate",
    "models",
    "queue",
    "debug",
    "admin",
    "doctor",
    "api",
    "worker",
    "migrate",
    "openapi",
    "dev",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    """One house with the fake provider, for every test here."""
    with start_up(tmp_path_factory.mktemp("house"), env={"DAYGEN_FAKES": "1"}) as running:
        yield running


def at(house: Running, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return command(*arguments, env={"DAYGEN_DATA_DIR": str(house.data_dir), **env})


def here(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run `daygen` in this process, for what ends before it does anything; its exit code."""
    monkeypatch.setattr(sys, "argv", ["daygen", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def told(house: Running, *arguments: str) -> Any:
    """What a command that succeeds says as JSON."""
    done = at(house, *arguments, "--json")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr
    return json.loads(done.stdout)


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a command that fails."""
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.rstrip("\n")


def ordered(house: Running, prompt: str) -> str:
    with house.client() as client:
        order = {"model": "fake/image", "input": {"prompt": prompt}}
        return str(client.post("/v1/jobs", json=order).json()["jobId"])


def status(house: Running, job_id: str) -> str:
    with house.client() as client:
        return str(client.get(f"/v1/jobs/{job_id}").json()["status"])


def newest_job(house: Running, prompt: str) -> Mapping[str, Any] | None:
    with house.client() as client:
        jobs = client.get("/v1/jobs", params={"limit": 20}).json()["data"]
    return next((job for job in jobs if job["input"].get("prompt") == prompt), None)


@contextmanager
def generating(
    house: Running, prompt: str, folder: Path, *more: str, stderr: int = subprocess.PIPE
) -> "Generator[subprocess.Popen[bytes]]":
    """`daygen generate` with the fake provider, still running; killed at the end of the block if it still does."""
    with subprocess.Popen(
        [sys.executable, "-m", "daygen", "generate", prompt, "-m", "fake/image", "-o", str(folder), *more],
        env=environment(DAYGEN_DATA_DIR=str(house.data_dir)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_help_names_every_command():
    said = command("--help").stdout

    assert re.findall(r"^  ([a-z]+)  ", said, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("generate", "x", "-n", "17"),
        ("generate",),
        ("generate", "x", "--input", "[1]"),
        ("up", "--port", "65536"),
        ("admin", "grant", "--workspace", "ws_1", "--credits", "1", "--reason", "x"),
        ("admin", "grant", "--workspace", "ws_01m7wnv59febg90qeq830r29t5", "--credits", "0", "--reason", "x"),
        ("dev", "--no-web", "--no-api"),
    ],
)
def test_wrong_usage_is_one_line_that_leads_to_the_help(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...]
):
    code = here(monkeypatch, *arguments)

    out, said = capfd.readouterr()
    assert (code, out) == (2, "")
    assert re.fullmatch(r".+\. See `daygen.* --help`\.\n", said)


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "debug"),
        ("queue", "replay", "--all"),
        ("admin", "user", "list"),
        ("migrate",),
        ("models", "list"),
        ("worker",),
    ],
)
def test_where_no_house_runs_nothing_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...]
):
    nowhere = tmp_path / "nowhere"
    for name in ("DAYGEN_DATABASE_URL", "DAYGEN_URL", "DAYGEN_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    code = here(monkeypatch, *arguments, "--data-dir", str(nowhere))

    out, said = capfd.readouterr()
    assert (code, out) == (1, "")
    assert said.startswith(f"No DayGen is running with the data in {nowhere}: start it with `daygen up`")
    assert not nowhere.exists()


def test_generate_saves_what_it_makes_and_prints_where(house: Running, tmp_path: Path):
    done = at(
        house, "generate", "A harbour, früh!", "-m", "fake/image", "-n", "3", "-o", str(tmp_path / "new" / "folder")
    )

    assert done.returncode == 0
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert [re.sub(r"-[0-9a-z]{8}-", "-ID-", path.name) for path in paths] == [
        f"a-harbour-fruh-ID-{number}.png" for number in (1, 2, 3)
    ]
    assert sorted((tmp_path / "new" / "folder").iterdir()) == paths
    for path in paths:
        with Image.open(path) as picture:
            picture.load()
    assert re.search(r"^3 credits, \d+\.\d s$", done.stderr, re.MULTILINE)


def test_generate_hands_every_wish_to_the_model(house: Running, tmp_path: Path):
    wishes = ["--ratio", "3:2", "--seed", "7", "--technique", "linocut", "--input", '{"prompt": "overruled"}']

    made = told(house, "generate", "a boat", *wishes, "-o", str(tmp_path))

    assert made["status"] == "succeeded"
    order = {"prompt": "a boat", "aspectRatio": "3:2", "seed": 7, "technique": "linocut"}
    assert order.items() <= made["job"]["input"].items()
    (file,) = made["files"]
    with Image.open(file) as picture:
        assert picture.size == (1248, 832)


def test_generate_tells_how_far_it_is_in_lines(house: Running, tmp_path: Path):
    done = at(house, "generate", "[[slow:1]]", "-m", "fake/image", "-o", str(tmp_path))

    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines[:2] == ["queued", "at work"]
    assert any(re.fullmatch(r"at work \(\d\d %\)", line) for line in lines)


def test_generate_draws_a_bar_on_a_terminal(house: Running, tmp_path: Path):
    ours, its = pty.openpty()
    drawn: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # how a terminal says that nobody writes any more
            while chunk := os.read(ours, 65_536):
                drawn.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    with generating(house, "[[slow:1]]", tmp_path, stderr=its) as process:
        os.close(its)
        out, _ = process.communicate(timeout=60)
    reader.join()
    os.close(ours)

    assert process.returncode == 0
    assert out.decode().strip().endswith(".png")
    bars = b"".join(drawn).decode().split("\r")
    assert len([bar for bar in bars if "━" in bar and "%" in bar]) > 2
    shares = [int(share) for bar in bars for share in re.findall(r"(\d+)%", bar)]
    assert shares == sorted(shares)


def test_ctrl_c_cancels_the_job(house: Running, tmp_path: Path):
    prompt = "[[slow:60]] to be canceled"
    with generating(house, prompt, tmp_path) as process:
        job = until(lambda: (found := newest_job(house, prompt)) and found["status"] == "processing" and found)

        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.decode().splitlines()[-1] == f"{job['id']} is canceled."
    assert status(house, job["id"]) == "canceled"
    assert list(tmp_path.iterdir()) == []


def test_generate_goes_on_when_its_connection_is_cut(house: Running, tmp_path: Path):
    prompt = "[[slow:3]] through a cut"
    with generating(house, prompt, tmp_path) as process:
        until(lambda: (found := newest_job(house, prompt)) and found["status"] == "processing")

        os.kill(house.pids["api"][0], signal.SIGKILL)
        out, said = process.communicate(timeout=60)

    assert process.returncode == 0, said
    assert len(out.decode().splitlines()) == 1
    assert said.decode().splitlines().count("queued") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("x", "-m", "no/model"), r"Not found: .*no/model.*"),
        (("x", "--ratio", "7:1"), r"The input does not fit the model: input\.aspectRatio: must be one of 1:1, .*"),
        (("x", "--operation", "train_lora"), r".*train_lora.*"),
        (
            ("x", "--key", "dg_live_wrong"),
            r"This API key does not work: .* Give another with --key or DAYGEN_API_KEY\.",
        ),
        (
            ("x", "--url", "http://127.0.0.1:9", "--key", "k"),
            r"No DayGen answers at http://127\.0\.0\.1:9 .*: start .*",
        ),
        (("x", "--url", "http://127.0.0.1:9"), r"There is no key for http://127\.0\.0\.1:9: give --key, .*"),
        (("x", "--url", "nonsense", "--key", "k"), r"nonsense is no address: write http://host:port\."),
    ],
)
def test_a_generate_that_is_refused_says_why_in_one_line(house: Running, arguments: tuple[str, ...], says: str):
    assert re.fullmatch(says, one_line(at(house, "generate", *arguments)))


def test_a_job_that_fails_says_why_and_that_it_is_free(house: Running, tmp_path: Path):
    done = at(house, "generate", "[[refuse]]", "-m", "fake/image", "-o", str(tmp_path / "out"))

    assert (done.returncode, done.stdout) == (1, "")
    assert "The fake refuses this prompt, as told. It costs nothing." in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_a_sweep_over_models_saves_every_picture_of_every_job(house: Running, tmp_path: Path):
    models = ["-m", "fake/image", "-m", "fake/image"]
    done = at(house, "generate", "a {red|blue} boat", "--sweep", *models, "-n", "2", "-o", str(tmp_path))

    assert done.returncode == 0, done.stderr
    paths = [Path(line) for line in done.stdout.splitlines()]
    names = [re.sub(r"-[0-9a-z]{8}-", "-ID-", path.name) for path in paths]
    assert names == [f"a-{colour}-boat-ID-{n}.png" for colour in ("red", "blue", "red", "blue") for n in (1, 2)]
    assert sorted(tmp_path.iterdir()) == sorted(set(paths))
    lines = done.stderr.splitlines()
    assert (lines[0], lines[-1]) == ("0 of 4 done", "4 of 4 jobs succeeded, 8 credits")
    assert any(re.fullmatch(r"[1-4] of 4 done \(\d+ %\)", line) for line in lines)


def test_a_batch_of_which_only_a_part_succeeds_says_what_failed_and_keeps_the_rest(house: Running, tmp_path: Path):
    ask = ("generate", "a {boat|[[refuse]]}", "--sweep", "-m", "fake/image", "-o", str(tmp_path))

    done = at(house, *ask)
    told_ = at(house, *ask, "--json")

    assert (done.returncode, told_.returncode) == (1, 1)
    (kept,) = done.stdout.splitlines()
    assert Path(kept).exists()
    assert "fake/image, a [[refuse]]: The provider refused this: The fake refuses" in done.stderr
    assert done.stderr.splitlines()[-1] == "1 of 2 jobs succeeded, 1 credits"
    said = json.loads(told_.stdout)
    assert (said["status"], said["batch"]["counts"]["failed"], len(said["files"])) == ("partially_succeeded", 1, 1)
    assert [job["status"] for job in said["jobs"]] == ["succeeded", "failed"]


def test_ctrl_c_cancels_what_is_left_of_a_batch(house: Running, tmp_path: Path):
    with generating(house, "[[slow:{60|61}]] a batch", tmp_path, "--sweep") as process:
        last = "[[slow:61]] a batch"
        job = until(lambda: (found := newest_job(house, last)) and found["status"] == "processing" and found)

        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.decode().splitlines()[-1] == f"{job['batchId']} is canceled."
    assert status(house, job["id"]) == "canceled"
    assert list(tmp_path.iterdir()) == []


def test_models_lists_what_is_on_offer(house: Running):
    offered = {
        (model["id"], offer["operation"]) for model in told(house, "models", "list") for offer in model["operations"]
    }

    assert {("local/print", "text_to_image"), ("local/print", "vary"), ("fake/edit", "image_edit")} <= offered
    assert re.search(r"^fake/edit +image_edit +2\.5 +Fake edit$", at(house, "models", "list").stdout, re.MULTILINE)


PRINTS = (
    *("text_to_image", "vary", "reframe", "upscale", "image_edit", "describe"),
    *("text_to_video", "image_to_video"),
)


def test_what_is_only_a_text_is_printed(house: Running, tmp_path: Path):
    size = json.dumps({"width": 64, "height": 48})
    made = told(house, "generate", "a lighthouse", "--seed", "4", "--input", size, "-o", str(tmp_path))
    picture = json.dumps({"image": {"assetId": made["job"]["outputs"][0]["assetId"]}})

    done = at(house, "generate", "--operation", "describe", "--input", picture, "-o", str(tmp_path / "none"))

    assert done.returncode == 0
    assert done.stdout.startswith("“a lighthouse”, printed by local/print: coast, ")
    assert done.stdout.rstrip().count("\n") == 0
    assert "0.25 credits" in done.stderr
    assert not (tmp_path / "none").exists()


def test_models_test_runs_a_small_job_of_each(house: Running):
    outcomes = told(house, "models", "test")

    assert {(outcome["model"], outcome["operation"], outcome["status"]) for outcome in outcomes} == {
        ("fake/edit", "image_edit", "succeeded"),
        ("fake/image", "text_to_image", "succeeded"),
        ("fake/video", "text_to_video", "succeeded"),
        *(("local/print", operation, "succeeded") for operation in PRINTS),
    }
    assert {outcome["credits"] for outcome in outcomes} == {0.25, 1, 2.5, 3}
    assert all(outcome["ms"] > 0 for outcome in outcomes)


def test_models_test_fails_when_a_model_does(house: Running):
    done = at(house, "models", "test", "fake/edit")  # alone it has no picture to work on

    assert done.returncode == 1
    assert re.search(r"^fake/edit +image_edit +skipped .* needs a picture", done.stdout, re.MULTILINE)


def test_queue_debug_shows_who_holds_what(house: Running):
    job_id = ordered(house, "[[slow:60]]")
    until(lambda: status(house, job_id) == "processing")

    state = told(house, "queue", "debug")
    shown = at(house, "queue", "debug").stdout
    with house.client() as client:
        client.post(f"/v1/jobs/{job_id}/cancel")

    assert state["pids"] == dict(house.pids)
    assert {"kind": "RunJob", "state": "running", "tasks": 1}.items() <= state["depths"][0].items()
    (lane,) = state["lanes"]
    assert (lane["name"], lane["running"]) == ("Operator", 1)
    worker = next(worker for worker in state["workers"] if worker["live"])
    assert worker["pid"] in house.pids["workers"]
    assert 0 < worker["leaseSeconds"] <= 30
    assert [task["kind"] for task in worker["tasks"]] == ["RunJob"]
    assert state["stuck"] == []
    assert {"name": "fake/image", "within": "fake", "cap": None, "running": 1}.items() <= next(
        pool for pool in state["pools"] if pool["name"] == "fake/image"
    ).items()
    for part in ("Tasks", "Pools", "Lanes", "Workers", "Stuck and dead", f"postgres {house.pids['postgres']}"):
        assert part in shown


def test_queue_debug_names_dead_tasks_with_their_reason(database: str, tmp_path: Path):
    with psycopg.connect(database) as connection:
        connection.execute(
            "select daygen_enqueue(gen_random_uuid(), 'RunJob', '{}', 'house', null, %s, null, 0::int2, null, null)",
            (UUID(int=0),),
        )
        connection.execute(
            "update tasks set state = 'dead', attempt = 5, failures = 5, last_error = 'RuntimeError: a bug'"
        )

    env = {"DAYGEN_DATABASE_URL": database, "DAYGEN_DATA_DIR": str(tmp_path)}
    state = json.loads(command("queue", "debug", "--json", env=env).stdout)

    (dead,) = state["stuck"]
    assert (dead["state"], dead["failures"], dead["reason"]) == ("dead", 5, "RuntimeError: a bug")
    assert "RuntimeError: a bug" in command("debug", "queue", env=env).stdout
    assert "none: nothing is carried out" in command("queue", "debug", env=env).stdout


async def test_a_failed_job_is_replayed_as_a_new_one_and_a_task_as_itself(daygen: Daygen, tmp_path: Path):
    ada = await daygen.workspace(credits=2)
    failed = [await daygen.order(ada, "[[broken]]") for _ in range(2)]
    for _ in range(5):
        await daygen.later(seconds=600)
        await daygen.drain()
    await daygen.order(ada)  # which leaves credits for one of the two
    async with daygen.db.transaction() as tx:
        dead = [TaskId.of(row["id"]) for row in await queue.dead(tx)]
        await tx.rows(
            "select daygen_enqueue($1, 'Sweep', '{}', 'house', null, $2, null, 0::int2, null, null)", uuid4(), uuid4()
        )
        await tx.run("update tasks set state = 'dead', crashes = 8 where kind = 'Sweep'")
    env = {"DAYGEN_DATABASE_URL": daygen.house.settings.database_url, "DAYGEN_DATA_DIR": str(tmp_path)}
    env |= {"DAYGEN_FAKES": "1"}

    one = await asyncio.to_thread(command, "queue", "replay", str(dead[0]), "--json", env=env)
    rest = await asyncio.to_thread(command, "queue", "replay", "--all", env=env)
    gone = await asyncio.to_thread(command, "queue", "replay", str(dead[0]), env=env)

    (replayed,) = json.loads(one.stdout)
    job = await daygen.job(ada, replayed["jobId"])
    assert (job["status"], job["input"]["prompt"], job["id"] in failed) == ("queued", "[[broken]]", False)
    assert rest.returncode == 1
    assert rest.stdout.splitlines()[0].startswith(f"{dead[1]}  ")
    assert "credits" in rest.stdout.splitlines()[0]
    assert rest.stdout.splitlines()[1].endswith("  ready again")
    assert one_line(gone).startswith(f"There is no dead letter {dead[0]}")
    async with daygen.db.reading() as tx:
        assert [TaskId.of(row["id"]) for row in await queue.dead(tx)] == [dead[1]]
    assert await daygen.audit() == []


def test_debug_job_tells_its_story(house: Running):
    job_id = ordered(house, "[[broken:1]] a story")
    until(lambda: status(house, job_id) == "succeeded")

    story = told(house, "debug", "job", job_id)
    shown = at(house, "debug", "job", job_id).stdout

    events = ["job.queued", "job.started", "job.requeued", "job.started", "job.output", "job.succeeded"]
    assert [event["type"] for event in story["events"]] == events
    assert [call["outcome"] for call in story["calls"]] == ["broken", "succeeded"]
    assert story["task"] is None
    assert (story["job"]["hold"], story["job"]["chargedCredits"]) == ("settled", 1)
    assert [event for event in events if f"● {event}" not in shown] == []
    times = [float(at) for at in re.findall(r"^ +(-?\d+\.\d) ms", shown, re.MULTILINE)]
    assert times == sorted(times)


def test_debug_job_shows_the_task_of_a_job_that_runs(house: Running):
    job_id = ordered(house, "[[slow:60]]")
    until(lambda: status(house, job_id) == "processing")

    story = told(house, "debug", "job", job_id)
    with house.client() as client:
        client.post(f"/v1/jobs/{job_id}/cancel")

    assert (story["task"]["state"], story["task"]["attempt"]) == ("running", 1)
    assert story["task"]["worker"]["pid"] in house.pids["workers"]
    assert story["task"]["worker"]["leaseSeconds"] > 0
    assert story["job"]["hold"] == "active"


def test_debug_job_wants_a_job_of_this_house(house: Running):
    wrong = at(house, "debug", "job", "nonsense")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("Invalid value for JOB_ID: is no job id; ")
    assert one_line(at(house, "debug", "job", "job_01m7wnww5ze32v7k8pgjjj2apg")).startswith("There is no job job_01m7")


def test_doctor_finds_a_healthy_house_healthy(house: Running):
    examined = told(house, "doctor")

    assert examined["ok"]
    found = {check["part"]: check["status"] for check in examined["checks"]}
    healthy = ("Python", "House", "Settings", "Database", "Postgres", "Storage", "Workers", "Queue", "Books")
    assert {part: found[part] for part in healthy} == dict.fromkeys(healthy, "ok")


def test_doctor_without_a_house_says_what_to_do_and_leaves_nothing(tmp_path: Path):
    nowhere = tmp_path / "nowhere"

    done = command("doctor", "--data-dir", str(nowhere))

    assert done.returncode == 0
    assert re.search(r"^warn +House +none runs on .*\n +Start it with `daygen up`\.$", done.stdout, re.MULTILINE)
    assert not nowhere.exists()


def test_doctor_says_whether_films_are_made_here(tmp_path: Path):
    env = {"DAYGEN_DATA_DIR": str(tmp_path / "nowhere")}

    here, nowhere = (command("doctor", env=env | {"DAYGEN_FFMPEG": named}).stdout for named in ("", "none"))

    assert re.search(r"^ok +Video +films are made with .*ffmpeg", here, re.MULTILINE)
    assert re.search(r"^warn +Video +no ffmpeg with H\.264 .*not on offer\n +Install ffmpeg", nowhere, re.MULTILINE)


def test_doctor_misses_the_secret_of_production(tmp_path: Path):
    env = {"DAYGEN_ENV": "production", "DAYGEN_DATA_DIR": str(tmp_path / "nowhere")}
    examined = command("doctor", env=env)

    assert examined.returncode == 1
    assert re.search(r"^fail +Settings +DAYGEN_SECRET is not set", examined.stdout, re.MULTILINE)


def test_doctor_audits_the_books(database: str, tmp_path: Path):
    env = {"DAYGEN_DATABASE_URL": database, "DAYGEN_DATA_DIR": str(tmp_path)}
    made = json.loads(command("admin", "workspace", "create", "--name", "Ada", "--json", env=env).stdout)
    command("admin", "grant", "--workspace", made["workspaceId"], "--credits", "5", "--reason", "trial", env=env)
    assert command("doctor", env=env).returncode == 0

    with psycopg.connect(database) as connection:
        connection.execute("update accounts set available = available + 1")
    examined = command("doctor", env=env)

    assert examined.returncode == 1
    assert re.search(r"^fail +Books +an account that is not the sum of its transfers: ", examined.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("dsn", "found", "to_do"),
    [
        ("postgresql://nobody@127.0.0.1:9/nothing", "cannot be reached", "Look at DAYGEN_DATABASE_URL"),
        ("{server}/postgres", "schema empty, newest is ", "Run `daygen migrate`."),
    ],
)
def test_doctor_finds_a_database_that_cannot_be_used(database: str, tmp_path: Path, dsn: str, found: str, to_do: str):
    address = dsn.format(server=database.rpartition("/")[0])
    examined = command("doctor", "--json", env={"DAYGEN_DATABASE_URL": address, "DAYGEN_DATA_DIR": str(tmp_path)})

    assert examined.returncode == 1
    check = next(check for check in json.loads(examined.stdout)["checks"] if check["part"] == "Database")
    assert check["status"] == "fail"
    assert found in check["found"]
    assert to_do in check["toDo"]


def test_admin_makes_a_workspace_that_starts_with_nothing(house: Running):
    made = told(house, "admin", "workspace", "create", "--name", "Ada's team")

    assert made.keys() == {"workspaceId", "apiKey"}
    listed = {row["workspaceId"]: row for row in told(house, "admin", "workspace", "list")}
    assert listed[made["workspaceId"]]["name"] == "Ada's team"
    assert listed[made["workspaceId"]]["availableCredits"] == 0
    order = ("generate", "x", "-m", "fake/image", "--key", made["apiKey"])
    assert one_line(at(house, *order)).startswith("Not enough credits: ")


def test_admin_moves_credits_both_ways(house: Running):
    workspace = told(house, "admin", "workspace", "create", "--name", "Bob")["workspaceId"]

    said = at(house, "admin", "grant", "--workspace", workspace, "--credits", "1000.5", "--reason", "a gift").stdout
    deducted = told(house, "admin", "deduct", "--workspace", workspace, "--credits", "0.5", "--reason", "a mistake")
    refused = at(house, "admin", "deduct", "--workspace", workspace, "--credits", "1001", "--reason", "too much")

    assert said == f"{workspace} has 1,000.5 credits.\n"
    assert deducted == {"workspaceId": workspace, "availableCredits": 1000, "heldCredits": 0}
    assert one_line(refused).startswith("Not enough credits: ")


def test_admin_limits_requests_and_lifts_the_limit(house: Running):
    made = told(house, "admin", "workspace", "create", "--name", "Eve")
    workspace = made["workspaceId"]
    told(house, "admin", "grant", "--workspace", workspace, "--credits", "10", "--reason", "a gift")
    order = ("generate", "x", "-m", "fake/image", "--key", made["apiKey"], "-o", str(house.data_dir / "eve"))

    told(house, "admin", "throttle", "--workspace", workspace, "--requests-per-minute", "1")
    assert at(house, *order).returncode == 0
    assert one_line(at(house, *order)).startswith("Too many requests: ")
    told(house, "admin", "throttle", "--workspace", workspace, "--requests-per-minute", "none")
    assert at(house, *order).returncode == 0


def test_admin_shares_the_machines_out(house: Running):
    workspace = told(house, "admin", "workspace", "create", "--name", "Zoe")["workspaceId"]

    heavy = told(house, "admin", "share", "--workspace", workspace, "--weight", "3")
    bounded = told(house, "admin", "share", "--workspace", workspace, "--running", "2")
    said = at(house, "admin", "share", "--workspace", workspace, "--running", "none").stdout

    assert heavy == {"workspaceId": workspace, "weight": 3, "running": None}
    assert bounded == {"workspaceId": workspace, "weight": 3, "running": 2}
    assert said == f"{workspace} has weight 3 and may run any number of jobs at once.\n"
    nothing = at(house, "admin", "share", "--workspace", workspace)
    assert (nothing.returncode, nothing.stdout) == (2, "")


def test_admin_bounds_what_runs_at_a_provider_and_jobs_wait(house: Running):
    at(house, "admin", "cap", "fake/image", "0", DAYGEN_FAKES="1")
    job_id = ordered(house, "a patient lighthouse")
    waiting = next(pool for pool in told(house, "queue", "debug")["pools"] if pool["name"] == "fake/image")
    shown = at(house, "queue", "debug").stdout
    assert status(house, job_id) == "queued"

    said = at(house, "admin", "cap", "fake/image", "none").stdout

    until(lambda: status(house, job_id) == "succeeded")
    assert (waiting["cap"], waiting["room"]) == (0, 0)
    assert re.search(r"^fake/image +0 +- +- +0 +full", shown, re.MULTILINE)
    assert said == "Any number of jobs run at once at fake/image from now on.\n"
    assert one_line(at(house, "admin", "cap", "fake/imag", "3")).startswith("There is no provider or model fake/imag")


def test_admin_signs_people_in(house: Running):
    made = told(house, "admin", "user", "create", "--email", "ada@example.com", "--name", "Ada")
    again = told(house, "admin", "sign-in-link", "--email", "ADA@example.com")
    operator = told(house, "admin", "sign-in-link")

    links = {made["signInUrl"], again["signInUrl"], operator["signInUrl"]}
    assert len(links) == 3
    assert all(link.startswith(f"{house.url}/sign-in?token=") for link in links)
    users = {user["email"]: user for user in told(house, "admin", "user", "list")}
    assert users["ada@example.com"]["workspaceId"] == made["workspaceId"]
    assert users["operator@localhost"]["isOperator"]
    assert one_line(at(house, "admin", "user", "create", "--email", "Ada@example.com", "--name", "x")).startswith(
        "This mail"
    )
    assert one_line(at(house, "admin", "sign-in-link", "--email", "no@example.com")).startswith("There is no user")


def test_admin_refuses_a_workspace_that_is_not_there(house: Running):
    stranger = "ws_01m7wnv59febg90qeq830r29t5"

    for arguments in (("grant", "--credits", "1", "--reason", "x"), ("throttle", "--requests-per-minute", "1")):
        done = at(house, "admin", arguments[0], "--workspace", stranger, *arguments[1:])
        assert one_line(done).startswith(f"There is no workspace {stranger}: ")


def test_migrate_brings_a_house_to_the_newest_schema(house: Running):
    assert told(house, "migrate") == {"applied": []}


def test_migrate_fills_an_empty_database_and_leaves_a_newer_one_alone(database: str, tmp_path: Path):
    server, name = database.rpartition("/")[0], f"test_{uuid4().hex}"
    env = {"DAYGEN_DATABASE_URL": f"{server}/{name}", "DAYGEN_DATA_DIR": str(tmp_path)}
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    first = json.loads(command("migrate", "--json", env=env).stdout)["applied"]
    again = command("migrate", env=env).stdout
    with psycopg.connect(f"{server}/{name}") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    newer = command("migrate", env=env)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    assert first[0] == "0001"
    assert again == "Nothing to apply: the schema is the newest.\n"
    assert (newer.returncode, newer.stderr) == (0, "")
    assert newer.stdout.startswith("Nothing to apply: the schema is 9999, and this DayGen knows ")


def test_openapi_is_the_one_that_is_committed(tmp_path: Path):
    committed = (ROOT / "sdk" / "openapi.json").read_text()

    assert command("openapi").stdout == committed
    command("openapi", "-o", str(tmp_path / "openapi.json"))
    assert (tmp_path / "openapi.json").read_text() == committed


def test_dev_reloads_when_the_code_changes(tmp_path: Path):
    log = tmp_path / "dev.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "daygen", "dev", "--no-web", "--port", str(_free_port())],
            env=environment(DAYGEN_DATA_DIR=str(tmp_path / "data")),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        until(lambda: "DayGen is up." in log.read_text(), within_s=60, what="dev to be up")
        before = _pids(tmp_path)

        os.utime(ROOT / "daygen" / "app" / "cli" / "dev.py")

        until(lambda: "daygen/app/cli/dev.py changed" in log.read_text(), what="the change to be seen")
        until(lambda: not {*before["api"], *before["workers"]} & {*_pids(tmp_path)["api"], *_pids(tmp_path)["workers"]})
        assert _pids(tmp_path)["postgres"] == before["postgres"]
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
    assert code == 0
    assert all(line.startswith("api │ ") for line in log.read_text().splitlines() if "changed" not in line)


def _pids(folder: Path) -> Any:
    return json.loads((folder / "data" / "instance.json").read_text())["pids"]


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"),
        (0.04, "40 ms"),
        (1, "1.0 s"),
        (42.4, "42 s"),
        (150, "2.5 min"),
        (3000, "50 min"),
        (9000, "2.5 h"),
        (1e6, "12 d"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: float, said: str):
    assert duration(seconds) == said


def test_a_table_has_columns_as_wide_as_they_need():
    laid_out = table(("name", "n"), [("ada", 1), ("a longer name", 1000), (None, None)], right={"n"})

    assert laid_out.splitlines()[1:] == ["ada               1", "a longer name  1000", "-                 -"]
