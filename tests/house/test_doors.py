"""A room is entered by its front door."""

import grimp

# The assembly mounts routes and starts workers; nothing else of a room is its business either.
MOUNTED = {"routes", "files"}


def test_nobody_enters_a_room_by_its_window():
    graph = grimp.build_graph("daygen")

    intrusions = sorted(
        f"{importer} → {imported}"
        for importer in graph.modules - {"daygen.__main__"}
        for imported in graph.find_modules_directly_imported_by(importer)
        if _room(importer) != _room(imported) and not _is_door(importer, imported)
    )

    assert intrusions == []


def _room(module: str) -> str:
    """`daygen.jobs`, `daygen.infra.queue`: what has a front door of its own."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[1:2] in (["infra"], ["providers"]) else 2])


def _is_door(importer: str, imported: str) -> bool:
    if imported.startswith("daygen.kit.") or imported == _room(imported):
        return True
    mounted = imported.removeprefix(f"{_room(imported)}.") in MOUNTED
    return mounted and importer.startswith("daygen.app")
