"""What the built page weighs, and that its lock can be installed anywhere."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "daygen" / "_ui"
KB = 1000


@pytest.fixture(scope="module")
def entry() -> dict[str, Any]:
    """The manifest's line for the first thing a browser loads."""
    assert (PAGE / ".vite" / "manifest.json").is_file(), "The page is not built: run `make setup`."
    return json.loads((PAGE / ".vite" / "manifest.json").read_text())["index.html"]


def weight(names: Iterator[str]) -> int:
    """Bytes on the wire, as gzip."""
    return sum(len(gzip.compress((PAGE / name).read_bytes())) for name in names)


def test_the_first_scripts_weigh_at_most_200_kb(entry: dict[str, Any]) -> None:
    assert weight(iter([entry["file"]])) <= 200 * KB
    assert entry.get("imports", []) == []  # another chunk would have to be weighed too


def test_the_styles_weigh_at_most_30_kb(entry: dict[str, Any]) -> None:
    assert 0 < weight(iter(entry["css"])) <= 30 * KB


def test_the_fonts_weigh_at_most_100_kb() -> None:
    fonts = list(PAGE.glob("assets/*.woff2"))

    assert len(fonts) == 3
    assert sum(font.stat().st_size for font in fonts) <= 100 * KB


def test_every_text_file_has_its_compressed_forms_beside_it() -> None:
    texts = [path for path in PAGE.rglob("*") if path.suffix in {".html", ".js", ".css", ".svg"}]

    assert texts
    for path in texts:
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()
        assert path.with_name(f"{path.name}.br").stat().st_size < path.stat().st_size


@pytest.fixture(scope="module")
def locked() -> dict[str, dict[str, Any]]:
    """The packages of the lock, by place."""
    return json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]


def test_the_lock_names_no_download_address(locked: dict[str, dict[str, Any]]) -> None:
    assert len(locked) > 100
    assert [place for place, package in locked.items() if "resolved" in package] == []


def test_the_lock_has_every_platform_of_what_it_locks(locked: dict[str, dict[str, Any]]) -> None:
    """Some releases come without some of their platforms: `npm install` takes them, `npm ci` fails everywhere."""
    missing = [
        f"{place} wants {name}"
        for place, package in locked.items()
        for name in package.get("optionalDependencies", {})
        if f"node_modules/{name}" not in locked and f"{place}/node_modules/{name}" not in locked
    ]

    assert missing == []
