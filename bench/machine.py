"""What was measured on: the machine, and the versions of everything that took part."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.ground import REDIS
from bench.peers import install
from daygen.infra.embedded import binaries

OURS = ("asyncpg", "fastapi", "uvicorn", "uvloop", "websockets")
GIBIBYTE = 1024**3


def machine() -> str:
    """One line about it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIBIBYTE
    return f"{os.cpu_count()} CPUs ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def load() -> float:
    """How many processes wanted a CPU lately (1 minute): what else runs on this machine is in every number."""
    return os.getloadavg()[0]


def versions() -> dict[str, str]:
    """By name."""
    found = {"Python": platform.python_version(), "daygen": version("daygen")}
    found["Postgres"] = _first_number([binaries() / "postgres", "--version"])
    if REDIS.exists():
        found["Redis"] = _first_number([REDIS, "--version"])
    return found | {name: version(name) for name in OURS} | install.versions()


def commit() -> str:
    """Which state of the code, with a + when files were changed since; empty outside of git."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return told.stdout.strip()


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _first_number(command: list[str | Path]) -> str:
    told = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+(\.\d+)+", told)
    return found[0] if found else "?"
