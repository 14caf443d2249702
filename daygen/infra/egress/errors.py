"""How a request to the outside ends otherwise than with an answer."""


class Refused(Exception):  # noqa: N818 - an answer of the guard, not an error
    """We do not go there. The text says why and is safe to show: it names nothing the user did not write."""


class Failed(Exception):  # noqa: N818 - the outside's failure, not an error of ours
    """There was no answer, or not all of it. `kind`: unresolved, unreachable, tls, timeout, broken or too_large."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
