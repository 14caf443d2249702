"""Installs the peers into `bench/.venv` and `bench/node`, each from its lock: their versions conflict with each other.

How a lock is written anew: see `bench/README.md`.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from bench.ground import NotHere
from bench.processes import ROOT

FOLDER = Path(__file__).parent
ENVIRONMENTS = ROOT / "bench" / ".venv"
NODE_FOLDER = ROOT / "bench" / "node"


def python_of(name: str) -> Path:
    """The Python of a peer's environment, made or brought up to date from `<name>.lock`. Raises `NotHere`."""
    lock, environment = FOLDER / f"{name}.lock", ENVIRONMENTS / name
    python, stamp = environment / "bin" / "python", environment / ".lock"
    wanted = _fingerprint(lock)
    if _read(stamp) != wanted:
        shutil.rmtree(environment, ignore_errors=True)
        _run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
        _run([*pip, "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(lock)])
        stamp.write_text(wanted)
    return python


def node_with_packages() -> Path:
    """A node that is new enough, with `bench/node/node_modules` as its lock says. Raises `NotHere`."""
    hook = _hook()
    try:
        found = hook.need_node(os.environ)
    except hook.NoNode as missing:
        raise NotHere(str(missing)) from missing
    environ: Mapping[str, str] = found.environment
    node = shutil.which("node", path=environ["PATH"])
    npm: list[str] | None = found.command("npm", "ci", "--ignore-scripts", "--loglevel=error")
    if node is None or npm is None:
        raise NotHere("there is no node, or no npm, on PATH")
    stamp, wanted = NODE_FOLDER / "node_modules" / ".daygen-lock", _fingerprint(NODE_FOLDER / "package-lock.json")
    if _read(stamp) != wanted:
        _run(npm, cwd=NODE_FOLDER, environ=environ)
        stamp.write_text(wanted)
    return Path(node)


def versions() -> dict[str, str]:
    """What each peer's lock says of its version, by its package's name."""
    found: dict[str, str] = {}
    for lock in sorted(FOLDER.glob("*.lock")):
        for line in lock.read_text().splitlines():
            name, _, version = line.partition("==")
            if name == lock.stem:
                found[name] = version.split()[0]
    packages = json.loads((NODE_FOLDER / "package.json").read_text())["dependencies"]
    return found | {f"{name} (Node)": version for name, version in packages.items()}


def _hook() -> ModuleType:
    """The web page's build hook, which knows where node is."""
    specification = importlib.util.spec_from_file_location("hatch_build", ROOT / "web" / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    hook = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(hook)
    return hook


def _run(command: Sequence[str], cwd: Path = ROOT, environ: Mapping[str, str] = os.environ) -> None:
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotHere(f"`{Path(command[0]).name} …` failed: {lines[0][:300] if lines else done.returncode}")


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text()
    except OSError:
        return None
