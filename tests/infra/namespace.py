"""A network of a test's own: a namespace whose only addresses are those a script gives to its loopback."""

import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRIVILEGED = ["unshare", "--net"]
ROOTLESS = ["unshare", "--net", "--map-root-user"]


@cache
def way_in() -> list[str] | None:
    """The command that runs another one in a fresh network namespace; None where that is not to be had."""
    for way in (PRIVILEGED, ROOTLESS):
        try:
            made = subprocess.run([*way, "ip", "link", "set", "lo", "up"], capture_output=True, timeout=10, check=False)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            continue
        if made.returncode == 0:
            return way
    return None


def run_inside(module: str, within_s: float) -> "subprocess.CompletedProcess[str]":
    """Run a module of the tests in a namespace of its own."""
    way = way_in()
    assert way is not None
    return subprocess.run(
        [*way, sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False
    )
