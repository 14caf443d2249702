"""How limits refuse."""

from daygen.kit.problems import Invalid, Problem, TooMany
from daygen.limits.model import Window


class RateExceeded(TooMany):
    """The workspace has sent as many requests in the last minute as it may."""

    code = "limits.rate_exceeded"
    title = "Too many requests"

    def __init__(self, window: Window, requests: int = 1) -> None:
        super().__init__(
            f"The workspace may send {window.limit} job requests a minute. Nothing was started or charged.",
            window.has_room_in_s(requests),
            limit=window.limit,
            windowSeconds=60,
        )
        self.window = window

    def headers(self) -> dict[str, str]:
        """Say when to come back, and the limit itself."""
        return super().headers() | self.window.headers()


class MoreThanTheLimit(Invalid):
    """One request is for more jobs than the workspace may ever order in a minute: waiting would not help."""

    code = "limits.more_than_the_limit"
    title = "More at once than the limit allows"

    def __init__(self, limit: int, requests: int) -> None:
        super().__init__(
            f"The workspace may send {limit} job requests a minute, and these are {requests} at once: send fewer.",
            limit=limit,
            windowSeconds=60,
        )


def refusal(window: Window, requests: int) -> Problem:
    """Why so many requests find no room in this window."""
    if window.limit is not None and requests > window.limit:
        return MoreThanTheLimit(window.limit, requests)
    return RateExceeded(window, requests)
