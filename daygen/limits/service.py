"""The limits' verbs."""

from daygen.infra.db import Tx
from daygen.kit.ids import WorkspaceId
from daygen.limits import repository
from daygen.limits.errors import RateExceeded
from daygen.limits.model import Window
from daygen.limits.repository import lock as lock_window
from daygen.limits.repository import set_limit

DEFAULT_PER_MINUTE = 1200

__all__ = ["lock_window", "set_limit"]  # the repository's, as they are


async def admit(tx: Tx, workspace_id: WorkspaceId) -> Window:
    """Count a request against the workspace's limit. Raises `RateExceeded` (429); returns the window for the headers.

    A workspace without a limit costs one read.
    """
    window = await repository.lock(tx, workspace_id)
    if window is None:
        await repository.open_window(tx, workspace_id, DEFAULT_PER_MINUTE)
        window = await repository.lock(tx, workspace_id)
        assert window is not None
    if window.limit is None:
        return window
    window = window.at(await repository.second(tx))
    if window.full:
        raise RateExceeded(window)
    window = window.with_one_more()
    await repository.save(tx, workspace_id, window)
    return window
