"""Runs migrations inside one transaction each, on a connection that daygen.app.migrate hands over."""

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory


def next_number(
    _context: MigrationContext,
    _revision: object,
    directives: list[MigrationScript],
) -> None:
    """Number a new migration after the newest one."""
    newest = ScriptDirectory.from_config(context.config).get_current_head()
    directives[0].rev_id = f"{int(newest or 0) + 1:04}"


connection = context.config.attributes.get("connection")
context.configure(
    connection=connection,
    dialect_name=None if connection is not None else "postgresql",
    transaction_per_migration=True,
    process_revision_directives=next_number,
)
if connection is not None:
    context.run_migrations()
