"""How a provider's word is turned away."""

from daygen.kit.problems import NotFound, Unauthenticated, Unavailable


class CallbackUnknown(NotFound):
    """This house has not made this address."""

    code = "jobs.callback_unknown"
    title = "There is no such address for providers"

    def __init__(self) -> None:
        super().__init__("This house has given this address to nobody.")


class CallbackForged(Unauthenticated):
    """The body is not signed by the provider, or was at another time."""

    code = "jobs.callback_forged"
    title = "The signature does not fit"

    def __init__(self) -> None:
        super().__init__("The body is not signed by that provider, or was at another time.")


class CallbackUnverified(Unavailable):
    """The provider's keys cannot be had right now."""

    code = "jobs.callback_unverified"
    title = "The signature cannot be checked right now"

    def __init__(self) -> None:
        super().__init__("The provider's keys cannot be reached to check the signature; send it again later.")
