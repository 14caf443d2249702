"""Which transport a house has: the settings that name it, what is missing said in one line, and what it shows of it."""

import json
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from daygen.app import settings
from daygen.app.settings import SettingsError
from daygen.app.transports import look, make_transport
from daygen.infra.transports import needs
from tests.processes import SECRET, command
from tests.transports.brokers import free_port

CLOUDTASKS = {
    "DAYGEN_QUEUE": "cloudtasks",
    "DAYGEN_CLOUDTASKS_QUEUE": "projects/p/locations/l/queues/q",
    "DAYGEN_CLOUDTASKS_TARGET": "https://workers.example/",
    "DAYGEN_CLOUDTASKS_INVOKER": "invoker@p.iam.gserviceaccount.com",
}


def read(folder: Path, **environ: str) -> settings.Settings:
    return settings.read({"DAYGEN_DATA_DIR": str(folder), "DAYGEN_SECRET": SECRET, **environ})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DAYGEN_QUEUE": "kafka"}, "DAYGEN_QUEUE is 'kafka'"),
        ({"DAYGEN_QUEUE": "bullmq"}, "DAYGEN_REDIS_URL to an address that begins with redis:// or rediss://"),
        ({"DAYGEN_QUEUE": "bullmq", "DAYGEN_REDIS_URL": "localhost:6379"}, "DAYGEN_REDIS_URL"),
        ({"DAYGEN_QUEUE": "sqs"}, "DAYGEN_SQS_QUEUE_URL to an address"),
        ({"DAYGEN_QUEUE": "cloudtasks"}, "DAYGEN_CLOUDTASKS_QUEUE to projects/PROJECT/"),
        (CLOUDTASKS | {"DAYGEN_CLOUDTASKS_INVOKER": "me"}, "DAYGEN_CLOUDTASKS_INVOKER must be the mail"),
        (CLOUDTASKS | {"DAYGEN_CLOUDTASKS_TARGET": ""}, "DAYGEN_CLOUDTASKS_TARGET to an address"),
        (CLOUDTASKS | {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere"}, "names /nowhere, which is not the key file"),
        (CLOUDTASKS | {"DAYGEN_QUEUE_AHEAD": "-1"}, "DAYGEN_QUEUE_AHEAD"),
    ],
)
def test_what_is_wrong_with_a_transport_is_said_in_one_line(tmp_path: Path, environ: dict[str, str], said: str):
    with pytest.raises(SettingsError) as wrong:
        read(tmp_path, **environ)

    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("transport", ["bullmq", "sqs", "cloudtasks"])
def test_a_missing_package_is_named_with_the_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str
):
    def nothing(_name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(needs, "find_spec", nothing)

    with pytest.raises(SettingsError, match=rf"pip install 'daygen\[{transport}\]'"):
        read(tmp_path, DAYGEN_QUEUE=transport)


async def test_every_transport_is_made_from_its_settings(tmp_path: Path):
    chosen = [
        read(tmp_path, DAYGEN_QUEUE="bullmq", DAYGEN_REDIS_URL=f"redis://:hidden-password@127.0.0.1:{free_port()}/0"),
        read(tmp_path, DAYGEN_QUEUE="sqs", DAYGEN_SQS_QUEUE_URL=f"http://127.0.0.1:{free_port()}/1/q"),
        read(tmp_path, **CLOUDTASKS, DAYGEN_CLOUDTASKS_METADATA_URL=f"http://127.0.0.1:{free_port()}"),
    ]

    for one in chosen:
        transport = make_transport(one)
        assert transport is not None
        assert transport.name == one.queue
        await transport.close()
        found = await look(one)
        assert found.down is not None
        assert "hidden-password" not in found.down
    assert make_transport(read(tmp_path)) is None
    assert "hidden-password" in chosen[0].secrets()
    assert chosen[2].cloudtasks is not None
    assert chosen[2].cloudtasks.url == "https://workers.example/internal/tasks/run"


def test_debug_and_doctor_show_a_transport_that_is_down(database: str, tmp_path: Path):
    env = {"DAYGEN_DATABASE_URL": database, "DAYGEN_DATA_DIR": str(tmp_path), "DAYGEN_SECRET": SECRET}
    env |= {"DAYGEN_QUEUE": "bullmq", "DAYGEN_REDIS_URL": f"redis://:hidden-password@127.0.0.1:{free_port()}/0"}

    state = json.loads(command("queue", "debug", "--json", env=env).stdout)["transport"]
    shown = command("queue", "debug", env=env).stdout
    checked = command("doctor", env=env).stdout

    assert (state["name"], state["reached"], state["granted"]) == ("bullmq", False, 0)
    assert "bullmq: 0 granted and not taken; out of reach:" in shown
    assert "Transport" in checked
    assert "Jobs wait until it can be reached." in checked
    assert "hidden-password" not in shown + checked
