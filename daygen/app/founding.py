"""The first start of a house: an operator with a workspace, 10,000 credits, no rate limit, and an API key."""

import contextlib
from pathlib import Path

from daygen import identity, ledger, limits
from daygen.app.instance import KEY_FILE
from daygen.identity import ALL_SCOPES, Workspace
from daygen.infra.db import Database, Tx
from daygen.kit.money import Millicredits

OPERATOR_EMAIL = "operator@localhost"
OPERATOR_NAME = "Operator"
OPERATOR_CREDITS = Millicredits(10_000_000)


async def found(db: Database) -> None:
    """Make the operator, unless there is one. Safe at the same time: the mail address is taken once."""
    with contextlib.suppress(identity.EmailTaken):
        async with db.transaction() as tx:
            if await identity.find_operator(tx) is not None:
                return
            user, workspace = await identity.add_user(tx, OPERATOR_EMAIL, OPERATOR_NAME, is_operator=True)
            await ledger.grant(tx, workspace.id, OPERATOR_CREDITS, reason="first start", actor=user.id)
            await limits.set_limit(tx, workspace.id, None)


async def sign_in_link(db: Database, public_url: str) -> str:
    """A link that signs the operator in once."""
    async with db.transaction() as tx:
        operator = await identity.find_operator(tx)
        assert operator is not None
        token = await identity.issue_sign_in_link(tx, operator.id)
    return f"{public_url}/sign-in?token={token}"


async def operator_key(db: Database, data_dir: Path) -> str:
    """The operator's API key: kept in the data directory, for its owner's eyes alone; made anew if it does not work."""
    kept = data_dir / KEY_FILE
    async with db.transaction() as tx:
        if kept.exists():
            key = kept.read_text().strip()
            if await identity.key_works(tx, key):
                return key
        operator = await identity.find_operator(tx)
        assert operator is not None
        workspace = await identity.personal_workspace(tx, operator.id)
        _, secret = await identity.issue_key(
            tx, workspace.id, operator.id, name="operator (first start)", scopes=ALL_SCOPES
        )
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(secret)
    return secret


async def add_workspace(tx: Tx, name: str) -> tuple[Workspace, str]:
    """A workspace without credits, and an API key for it with every scope."""
    workspace = await identity.add_workspace(tx, name)
    _, secret = await identity.issue_key(tx, workspace.id, None, name="first key", scopes=ALL_SCOPES)
    return workspace, secret
