"""SQL is written as SQL, in constants of `repository.py`, and every statement fits the migrated schema."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

import daygen

ROOT = Path(daygen.__file__).parent
STATEMENT = re.compile(r"\s*(select|insert|update|delete|with|set|listen|create)\b", re.IGNORECASE)
SESSION_STATE = re.compile(r"^\s*(set|listen|create\s+temp)\b|\b(set_config|pg_advisory_lock)\(", re.IGNORECASE)
VERBS = {"rows", "row", "value", "run", "run_many"}


def statements() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        names = [
            target.id
            for node in ast.parse(text).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id.isupper()
        ]
        module = ".".join(["daygen", *path.relative_to(ROOT).with_suffix("").parts])
        if not names or path.name == "__main__.py" or "migrations" in path.parts:
            continue
        for name in names:
            value = getattr(importlib.import_module(module), name)
            if isinstance(value, str) and STATEMENT.match(value):
                yield f"{module}.{name}", value


ALL = dict(statements())


def test_there_are_statements():
    assert len(ALL) > 80


@pytest.mark.core
async def test_every_statement_fits_the_schema(database: str):
    connection = await asyncpg.connect(database)
    wrong: list[str] = []

    for name, statement in ALL.items():
        try:
            await connection.prepare(statement)
        except asyncpg.PostgresError as error:
            wrong.append(f"{name}: {error}")
    await connection.close()

    assert wrong == []


def test_no_statement_sets_session_state():
    """Behind a pooler a session belongs to somebody else a moment later."""
    assert [name for name, statement in ALL.items() if SESSION_STATE.search(statement)] == []


def test_statements_are_named_constants_of_repositories():
    written_elsewhere = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        if path.name not in {"repository.py", "db.py", "audit.py"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in VERBS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "tx"
    ]

    assert written_elsewhere == []
