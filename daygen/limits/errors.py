"""How limits refuse."""

from daygen.kit.problems import TooMany
from daygen.limits.model import Window


class RateExceeded(TooMany):
    """The workspace has sent as many requests in the last minute as it may."""

    code = "limits.rate_exceeded"
    title = "Too many requests"

    def __init__(self, window: Window) -> None:
        super().__init__(
            f"The workspace may send {window.limit} job requests a minute. Nothing was started or charged.",
            window.frees_in_s,
            limit=window.limit,
            windowSeconds=60,
        )
        self.window = window

    def headers(self) -> dict[str, str]:
        """Say when to come back, and the limit itself."""
        return super().headers() | self.window.headers()
