"""How live channels refuse; over a socket as `{"op": "error", "code", "detail"}`."""

from daygen.kit.problems import Conflict, Invalid, TooMany


class CursorExpired(Conflict):
    """Events after this cursor are no longer kept, or it is not a cursor of this workspace's events."""

    code = "live.cursor_expired"
    title = "This cursor is of no use any more"

    def __init__(self) -> None:
        super().__init__("The events after this cursor are not all here: load the current state and subscribe anew.")


class NoSuchChannel(Invalid):
    """A channel is `job:job_…`, `batch:bat_…` or `workspace:ws_…`, and one's own."""

    code = "live.no_such_channel"
    title = "There is no such channel"

    def __init__(self) -> None:
        super().__init__("A channel is job:job_…, batch:bat_… or workspace:ws_…, and must be yours.")


class BadMessage(Invalid):
    """A socket message we do not understand."""

    code = "live.bad_message"
    title = "The message was not understood"

    def __init__(self) -> None:
        super().__init__('Send {"op": "subscribe", "channel": …, "after": n}, {"op": "unsubscribe", …} or a ping.')


class TooManyChannels(Invalid):
    """A socket has a bounded number of subscriptions."""

    code = "live.too_many_channels"
    title = "Too many channels on one socket"

    def __init__(self, most: int) -> None:
        super().__init__(f"A socket may subscribe to {most} channels; a workspace's channel has all its jobs.")


class TooSlow(TooMany):
    """The reader did not keep up; it can resume from its cursor."""

    code = "live.too_slow"
    title = "This reader does not keep up"

    def __init__(self) -> None:
        super().__init__("Connect again and resume after the last seq you have.", retry_after_s=1)
