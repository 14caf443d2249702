"""The embedded Postgres through real processes: what it makes, whom it refuses, and how it comes back.

pytest's own folders are closed to others (0700), so as root every test here runs the server in a folder that its
uid could not walk to.
"""

import ctypes
import json
import os
import pwd
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from daygen.infra.embedded import UNPRIVILEGED, EmbeddedPostgres, EmbeddedPostgresError, binaries

ROOT = os.geteuid() == 0
NAMED = {user.pw_uid for user in pwd.getpwall()}  # initdb refuses a uid without a name
SOMEBODY = min(NAMED - {0, UNPRIVILEGED}) if ROOT else os.geteuid()
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

Make = Callable[..., EmbeddedPostgres]

SUPERVISOR = """
    import os, sys
    from pathlib import Path
    import psycopg
    from daygen.infra.embedded import EmbeddedPostgres

    data_dir, durable, uid, bin_dir = sys.argv[1:]
    if os.geteuid() != int(uid):
        os.setgroups([])
        os.setresgid(int(uid), int(uid), int(uid))
        os.setresuid(int(uid), int(uid), int(uid))
    server = EmbeddedPostgres(Path(data_dir), durable=durable == "True", bin_dir=Path(bin_dir) if bin_dir else None)
    print("starting", flush=True)
    print(server.start(), server.pid, flush=True)
    sys.stdin.read()
    server.stop()
"""


@dataclass
class Supervisor:
    """Another process that starts an embedded Postgres, and that Postgres."""

    process: subprocess.Popen[str]
    dsn: str = ""
    pid: int = 0
    watch: int | None = None

    def await_start(self) -> "Supervisor":
        assert self.process.stdout
        self.dsn, pid = self.process.stdout.readline().split()
        self.pid = int(pid)
        self.watch = os.pidfd_open(self.pid)
        return self

    def postgres_ended(self, within_s: float) -> bool:
        return self.watch is None or bool(select.select([self.watch], [], [], within_s)[0])


@contextmanager
def supervisor(
    data_dir: Path, *, durable: bool = False, uid: int | None = None, bin_dir: Path | None = None
) -> Generator[Supervisor]:
    """A process that is about to start one; it is killed in the end, and its Postgres with it."""
    runs_as = os.geteuid() if uid is None else uid
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISOR), data_dir, str(durable), str(runs_as), bin_dir or ""],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    child = Supervisor(process)
    with process:
        assert process.stdout
        assert process.stdout.readline() == "starting\n"
        try:
            yield child
        finally:
            process.kill()
    assert child.postgres_ended(within_s=10)
    if child.watch is not None:
        os.close(child.watch)


@pytest.fixture
def embedded() -> Generator[Make]:
    made: list[EmbeddedPostgres] = []

    def make(data_dir: Path, *, durable: bool = False, **options: Any) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(data_dir, durable=durable, **options))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that was in use before, and in which "kept" is noted; tests take turns with it."""
    data_dir = tmp_path_factory.mktemp("embedded")
    with EmbeddedPostgres(data_dir, durable=False) as server:
        note(server.dsn, "kept")
    return data_dir


@pytest.fixture
def spare(tmp_path: Path, home: Path) -> Path:
    """A copy of it, to be spoilt."""
    subprocess.run(["/bin/cp", "-a", home, tmp_path / "spare"], check=True)
    return tmp_path / "spare"


@pytest.fixture
def open_folder() -> Generator[Path]:
    """A folder that everybody can walk into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def ask(dsn: str, question: str) -> Any:
    with psycopg.connect(dsn, autocommit=True) as connection:
        answer = connection.execute(question.encode())
        return answer.fetchone() if answer.description else None


def note(dsn: str, text: str) -> None:
    ask(dsn, "CREATE TABLE IF NOT EXISTS note (text text)")
    ask(dsn, f"INSERT INTO note VALUES ('{text}')")


def notes(dsn: str) -> list[str]:
    return ask(dsn, "SELECT array_agg(text ORDER BY text) FROM note")[0]


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_first_start_makes_a_database_that_answers(tmp_path: Path, embedded: Make):
    server = embedded(tmp_path / "new" / "data")

    dsn = server.start()

    assert ask(dsn, "SELECT current_user::text, current_database()::text") == ("daygen", "daygen")
    assert ask(dsn, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'daygen'") == ("UTF8",)
    assert ask(dsn, "SELECT lower('ÉTÉ'), 'a' < 'B', upper('ß')") == ("été", False, "ß")
    assert ask(dsn, "SHOW TimeZone") == ("UTC",)
    assert ask(dsn, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'daygen'") == (False, True)
    assert server.poll() is None
    assert server.start() == dsn


def test_a_restart_keeps_data_password_and_port(home: Path, embedded: Make):
    first = embedded(home)
    dsn = first.start()
    note(dsn, "before the stop")

    first.stop()

    assert first.poll() == 0
    assert embedded(home).start() == dsn
    assert "before the stop" in notes(dsn)


def test_settings_are_handed_on_but_the_address_stays_ours(home: Path, embedded: Make):
    dsn = embedded(home, settings={"work_mem": "7MB", "max_connections": "20", "listen_addresses": "*"}).start()

    assert ask(dsn, "SHOW work_mem") == ("7MB",)
    assert ask(dsn, "SHOW max_connections") == ("20",)
    assert ask(dsn, "SHOW listen_addresses") == ("127.0.0.1",)
    assert ask(dsn, "SHOW unix_socket_directories") == ("",)


def test_a_durable_server_waits_for_the_disk(home: Path, embedded: Make):
    dsn = embedded(home, durable=True).start()

    assert ask(dsn, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == ("on", "on")


def test_a_wrong_password_is_refused(home: Path, embedded: Make):
    dsn = embedded(home).start()
    password = urlsplit(dsn).password
    assert password

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(dsn.replace(password, "wrong"), "SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(dsn.replace(f"daygen:{password}", "postgres:wrong"), "SELECT 1")


def test_the_passwords_are_in_a_file_of_ours_and_nowhere_else(home: Path, embedded: Make):
    server = embedded(home)
    password = urlsplit(server.start()).password
    assert password

    kept = home / "postgres.json"
    assert password in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.stat().st_uid == os.geteuid()
    assert password not in " ".join(command_line(server.pid))
    assert password not in (home / "postgres.log").read_text()


def test_the_server_does_not_inherit_our_environment(home: Path, embedded: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAYGEN_SECRET", "sesame")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATA", "/nowhere")

    server = embedded(home)
    server.start()

    assert "sesame" not in Path(f"/proc/{server.pid}/environ").read_text()


def test_lost_passwords_are_made_anew(spare: Path, embedded: Make):
    lost = json.loads((spare / "postgres.json").read_text())["password"]
    (spare / "postgres.json").unlink()

    dsn = embedded(spare).start()

    assert urlsplit(dsn).password != lost
    assert "kept" in notes(dsn)


def test_a_password_file_of_another_cluster_is_named(spare: Path, embedded: Make):
    file = spare / "postgres.json"
    access = json.loads(file.read_text())
    file.write_text(json.dumps({**access, "superuser_password": "of another"}))

    with pytest.raises(EmbeddedPostgresError, match=r"postgres\.json is not the server's: remove that file") as it:
        embedded(spare).start()

    assert "\n" not in str(it.value)


def test_two_run_side_by_side(tmp_path: Path, home: Path, embedded: Make):
    one, two = embedded(tmp_path / "one").start(), embedded(home).start()

    note(one, "one")
    note(two, "two")

    assert (notes(one), "one" in notes(two)) == (["one"], False)


def test_a_port_that_was_taken_meanwhile_is_given_up(home: Path, embedded: Make):
    port = json.loads((home / "postgres.json").read_text())["port"]

    with socket.create_server(("127.0.0.1", port)):
        dsn = embedded(home).start()

    assert urlsplit(dsn).port != port
    assert "kept" in notes(dsn)


def test_a_port_that_the_server_cannot_have_is_given_up(spare: Path, embedded: Make):
    file = spare / "postgres.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "port": 81}))  # root may try it, its server may not

    assert "kept" in notes(embedded(spare).start())


def test_a_killed_server_comes_back_with_its_data(home: Path, embedded: Make):
    server = embedded(home, durable=True)
    note(server.start(), "before the kill")
    killed = server.pid

    os.kill(killed, signal.SIGKILL)
    os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)

    assert server.poll() == -signal.SIGKILL
    assert "before the kill" in notes(server.start())
    assert server.pid != killed


def test_a_query_that_outlives_a_killed_server_does_not_block_the_next(home: Path, embedded: Make):
    server = embedded(home)
    dsn = server.start()
    busy = psycopg.connect(dsn)
    backend = busy.info.backend_pid
    asking = threading.Thread(target=_ask_in_vain, args=(busy, "SELECT count(*) FROM generate_series(1, 1e12)"))
    asking.start()
    while ask(dsn, f"SELECT state FROM pg_stat_activity WHERE pid = {backend}") != ("active",):
        pass

    os.kill(server.pid, signal.SIGKILL)
    os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    assert Path(f"/proc/{backend}").exists()

    assert "kept" in notes(server.start())
    asking.join()


def _ask_in_vain(connection: psycopg.Connection[Any], question: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute(question.encode())
    connection.close()


def test_it_ends_with_its_supervisor(home: Path):
    with supervisor(home) as child:
        assert not child.await_start().postgres_ended(within_s=0)

        child.process.kill()

        assert child.postgres_ended(within_s=10)


def test_it_comes_back_after_everything_was_killed(home: Path, embedded: Make):
    with supervisor(home, durable=True) as child:
        note(child.await_start().dsn, "before the end")

        for pid in (child.pid, *children(child.pid), child.process.pid):
            with suppress(ProcessLookupError):  # the others end when they see the first one gone
                os.kill(pid, signal.SIGKILL)
        child.process.wait()

        assert "before the end" in notes(embedded(home).start())


def test_a_zombie_in_the_way_is_no_obstacle(home: Path, embedded: Make):
    prctl = ctypes.CDLL(None).prctl
    assert prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0  # orphans become ours, as in a container without an init
    try:
        with supervisor(home, durable=True) as child:
            note(child.await_start().dsn, "before the zombie")
            os.kill(child.pid, signal.SIGKILL)
            child.process.kill()
            child.process.wait()
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

            assert "before the zombie" in notes(embedded(home).start())
            os.waitpid(child.pid, 0)
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def test_a_number_that_another_process_got_is_no_obstacle(home: Path, embedded: Make):
    with supervisor(home, durable=True) as child:
        note(child.await_start().dsn, "before the stranger")
        os.kill(child.pid, signal.SIGKILL)
    user = UNPRIVILEGED if ROOT else None
    with subprocess.Popen(["/bin/sleep", "60"], user=user, group=user) as stranger:
        record = home / "postgres" / "postmaster.pid"
        record.write_text(record.read_text().replace(str(child.pid), str(stranger.pid), 1))

        dsn = embedded(home).start()

        assert "before the stranger" in notes(dsn)
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_outlived_its_supervisor_is_stopped_first(home: Path, embedded: Make):
    server = embedded(home)
    server.start()
    command = command_line(server.pid)
    server.stop()
    folder = os.open(home / "postgres", os.O_RDONLY)
    command[command.index("-D") + 1] = f"/proc/self/fd/{folder}"
    user = UNPRIVILEGED if ROOT else None
    with subprocess.Popen(command, user=user, group=user, pass_fds=[folder], stderr=subprocess.PIPE) as leftover:
        os.close(folder)
        assert leftover.stderr
        while b"ready to accept" not in leftover.stderr.readline():
            assert leftover.poll() is None

        dsn = embedded(home).start()

        assert leftover.wait(10) == 0
        assert "kept" in notes(dsn)


def test_a_start_that_was_killed_halfway_is_made_anew(tmp_path: Path, embedded: Make):
    with supervisor(tmp_path) as child:
        while not list(tmp_path.glob("postgres*/PG_VERSION")):
            assert child.process.poll() is None
        child.process.kill()

    assert ask(embedded(tmp_path).start(), "SELECT 1") == (1,)


def test_a_half_made_cluster_is_thrown_away(tmp_path: Path, embedded: Make):
    draft = tmp_path / "postgres.new-1"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")

    assert ask(embedded(tmp_path).start(), "SELECT 1") == (1,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "postgres", "postgres.json", "postgres.log"]


def test_a_recovery_takes_the_time_it_takes(spare: Path, embedded: Make):
    signal_file = spare / "postgres" / "recovery.signal"
    subprocess.run(["/bin/cp", "-a", spare / "postgres" / "PG_VERSION", signal_file], check=True)
    server = embedded(spare, settings={"restore_command": "sleep 0.4; false"})  # asked six times

    dsn = server.start(timeout=timedelta(seconds=1))

    assert "kept" in notes(dsn)
    assert ask(dsn, "SELECT timeline_id FROM pg_control_checkpoint()") == (2,)


def test_data_of_another_major_version_is_refused(spare: Path, embedded: Make):
    version = spare / "postgres" / "PG_VERSION"
    version.write_text("16\n")

    with pytest.raises(EmbeddedPostgresError, match=r"Postgres 16, and this is Postgres 18.*pg_dump.*pg_restore") as it:
        embedded(spare).start()

    assert "\n" not in str(it.value)
    version.write_text("18\n")
    assert "kept" in notes(embedded(spare).start())


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(tmp_path: Path, embedded: Make):
    photo = tmp_path / "postgres" / "holiday.jpg"
    photo.parent.mkdir()
    photo.touch()

    with pytest.raises(EmbeddedPostgresError, match="is not a Postgres cluster: move it away"):
        embedded(tmp_path).start()

    assert photo.exists()


def test_a_server_that_cannot_start_says_why_in_one_line(home: Path, embedded: Make):
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers"') as it:
        embedded(home, settings={"shared_buffers": "lots"}).start()

    assert "\n" not in str(it.value)
    assert "kept" in notes(embedded(home).start())


def test_a_second_supervisor_is_refused(home: Path, embedded: Make):
    with supervisor(home) as child:
        child.await_start()

        with pytest.raises(EmbeddedPostgresError, match=rf"in use by another DayGen \(process {child.process.pid}\)"):
            embedded(home).start()

        assert "kept" in notes(child.dsn)


def test_folders_that_are_not_ours_keep_owner_and_mode(tmp_path: Path, embedded: Make):
    data_dir = tmp_path / "private" / "data"
    data_dir.mkdir(parents=True, mode=0o750)
    others = [data_dir, *data_dir.parents, binaries(), *binaries().parents]
    before = [(path.stat().st_uid, path.stat().st_gid, path.stat().st_mode) for path in others]

    server = embedded(data_dir)
    server.start()

    assert [(path.stat().st_uid, path.stat().st_gid, path.stat().st_mode) for path in others] == before
    runs_as = UNPRIVILEGED if ROOT else os.geteuid()
    status = Path(f"/proc/{server.pid}/status").read_text()
    assert f"Uid:\t{runs_as}\t{runs_as}\t{runs_as}\t{runs_as}\n" in status
    assert (data_dir / "postgres").stat().st_uid == runs_as
    assert not ROOT or "Groups:\t \n" in status


def test_a_normal_user_runs_it_as_themselves(home: Path, open_folder: Path, embedded: Make):
    ours = embedded(home)
    ours.start()
    reachable = Path(command_line(ours.pid)[0]).parent
    os.chown(open_folder, SOMEBODY, -1)

    with supervisor(open_folder / "data", uid=SOMEBODY, bin_dir=reachable) as child:
        assert ask(child.await_start().dsn, "SELECT 1") == (1,)
        assert f"Uid:\t{SOMEBODY}\t" in Path(f"/proc/{child.pid}/status").read_text()
        assert (open_folder / "data" / "postgres").stat().st_uid == SOMEBODY


def test_binaries_in_a_closed_folder_still_serve(tmp_path: Path, home: Path, open_folder: Path, embedded: Make):
    package = binaries().parent.parent
    closed = tmp_path / "closed"
    shutil.copytree(package / "pginstall18", closed / package.name / "pginstall18")
    shutil.copytree(package.with_name(package.name + ".libs"), closed / (package.name + ".libs"))
    server = embedded(home, bin_dir=closed / package.name / "pginstall18" / "bin", copy_to=[open_folder])
    assert ask(server.start(), "SELECT 1") == (1,)
    server.stop()
    copies = list(open_folder.iterdir())
    assert [stat.S_IMODE(copy.stat().st_mode) for copy in copies] == ([0o755] if ROOT else [])

    for copy in copies:  # a cleaner of old files was here
        next(copy.rglob("postgres.bki")).unlink()

    assert ask(server.start(), "DO 'BEGIN END'") is None  # in a language that is loaded from a file
    assert [copy for copy in copies if not list(copy.rglob("postgres.bki"))] == []
    assert list(open_folder.iterdir()) == copies


def test_a_long_log_is_put_aside(home: Path, embedded: Make):
    log = home / "postgres.log"
    os.truncate(log, 11 * 1024 * 1024)

    embedded(home).start()

    assert (home / "postgres.log.1").stat().st_size == 11 * 1024 * 1024
    assert "ready to accept connections" in log.read_text()


def test_the_wheel_brings_the_tools_of_an_operator(home: Path, embedded: Make):
    dsn = embedded(home).start()

    dump = subprocess.run([binaries() / "pg_dump", dsn], capture_output=True, text=True, check=True).stdout

    assert "kept" in dump
    for tool in ("psql", "pg_restore", "pgbench"):
        subprocess.run([binaries() / tool, "--version"], check=True, capture_output=True)
