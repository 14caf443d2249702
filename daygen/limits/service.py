"""The limits' verbs."""

from daygen.infra.db import Tx
from daygen.kit.ids import WorkspaceId
from daygen.limits import repository
from daygen.limits.errors import refusal
from daygen.limits.model import Window
from daygen.limits.repository import lock as lock_window
from daygen.limits.repository import set_limit

DEFAULT_PER_MINUTE = 1200

__all__ = ["lock_window", "set_limit"]  # the repository's, as they are


async def admit(tx: Tx, workspace_id: WorkspaceId, requests: int = 1) -> Window:
    """Count requests against the workspace's limit, all or none; returns the window for the headers.

    Raises `RateExceeded` (429), or `MoreThanTheLimit` (422). A workspace without a limit costs one read.
    """
    window = await repository.lock(tx, workspace_id)
    if window is None:
        await repository.open_window(tx, workspace_id, DEFAULT_PER_MINUTE)
        window = await repository.lock(tx, workspace_id)
        assert window is not None
    if window.limit is None:
        return window
    window = window.at(await repository.second(tx))
    if not window.has_room_for(requests):
        raise refusal(window, requests)
    window = window.with_more(requests)
    await repository.save(tx, workspace_id, window)
    return window
