"""${message}."""

from pathlib import Path

from alembic import op

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    # The SQL beside this file. Begin it with: set local lock_timeout = '5s'; set local statement_timeout = '60s';
    op.execute(Path(__file__).with_suffix(".sql").read_text())
