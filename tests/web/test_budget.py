"""What the built page weighs, and that its lock can be installed anywhere."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "daygen" / "_ui"
KB = 1000


# What a route may weigh beyond what is loaded at first, by its source; any other has ROUTE.
ROUTES = {"editor": 110, "admin": 260}
ROUTE = 60

Manifest = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    """What the build made of each source."""
    assert (PAGE / ".vite" / "manifest.json").is_file(), "The page is not built: run `make setup`."
    return json.loads((PAGE / ".vite" / "manifest.json").read_text())


def loaded(manifest: Manifest, source: str) -> set[str]:
    """The sources that are loaded with this one, without waiting for anything: itself and its imports."""
    found: set[str] = set()
    wanted = [source]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += manifest[name].get("imports", [])
    return found


def files(manifest: Manifest, sources: Iterable[str], kind: str) -> set[str]:
    """Their scripts or styles."""
    if kind == "css":
        return {file for source in sources for file in manifest[source].get("css", [])}
    return {manifest[source]["file"] for source in sources}


def weight(names: Iterable[str]) -> int:
    """Bytes on the wire, as gzip."""
    return sum(len(gzip.compress((PAGE / name).read_bytes())) for name in names)


def test_the_first_scripts_weigh_at_most_200_kb(manifest: Manifest) -> None:
    assert 0 < weight(files(manifest, loaded(manifest, "index.html"), "js")) <= 200 * KB


def test_the_styles_weigh_at_most_30_kb(manifest: Manifest) -> None:
    assert 0 < weight(files(manifest, manifest, "css")) <= 30 * KB


def test_the_fonts_weigh_at_most_100_kb() -> None:
    fonts = list(PAGE.glob("assets/*.woff2"))

    assert len(fonts) == 3
    assert sum(font.stat().st_size for font in fonts) <= 100 * KB


def test_each_route_weighs_no_more_than_it_may(manifest: Manifest) -> None:
    first = loaded(manifest, "index.html")
    routes = [source for source, made in manifest.items() if made.get("isDynamicEntry")]
    weights = {route: weight(files(manifest, loaded(manifest, route) - first, "js")) for route in routes}

    assert routes, "the gallery of parts is a route of its own"
    assert all(weights.values())
    too_heavy = [
        route
        for route, bytes_ in weights.items()
        if bytes_ > KB * next((most for name, most in ROUTES.items() if f"/{name}/" in route), ROUTE)
    ]
    assert too_heavy == [], weights


def test_all_of_it_weighs_at_most_1_8_mb() -> None:
    served = [path for path in PAGE.rglob("*") if path.is_file() and path.suffix not in {".br", ".gz", ".stamp"}]

    assert sum(len(gzip.compress(path.read_bytes())) for path in served) <= 1_800 * KB


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
