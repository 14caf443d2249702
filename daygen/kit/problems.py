"""Everything that can go wrong for a caller, as classes that become `application/problem+json` (RFC 9457).

    Problem
    ├── Unauthenticated   401   nobody we know
    ├── PaymentRequired   402   not enough credits, or a budget is spent
    ├── Forbidden         403   known, but may not
    ├── NotFound          404   not there, or not yours
    ├── Conflict          409   something else is going on with it
    ├── Invalid           422   the request itself is wrong
    ├── TooMany           429   too often; says when to come back
    └── Unavailable       503   ours to mend; says when to come back

The base has no status. A domain subclasses one of these and gives a stable `code`; the fields it declares are the
typed facts of the answer. Anything that is not a Problem is our bug and leaves as a 500 with the request id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where (`input.aspectRatio`) and what."""

    path: str
    message: str


class Problem(Exception):  # noqa: N818 - a problem is told to a caller; an error is ours
    """Something the caller can understand and act on."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: Mapping[str, Any] = facts

    def headers(self) -> dict[str, str]:
        """What the answer says in headers besides its body."""
        return {}


class Unauthenticated(Problem):
    """We do not know who is asking."""

    status = 401
    code = "identity.unauthenticated"
    title = "Sign in or send an API key"

    def headers(self) -> dict[str, str]:
        """Name the scheme, as RFC 9110 asks."""
        return {"WWW-Authenticate": "Bearer"}


class PaymentRequired(Problem):
    """The workspace cannot pay for this."""

    status = 402


class Forbidden(Problem):
    """We know who is asking, and they may not."""

    status = 403
    code = "identity.forbidden"
    title = "Not allowed"


class NotFound(Problem):
    """It is not there, or it is somebody else's: the answer is the same."""

    status = 404
    code = "request.not_found"
    title = "Not found"


class Conflict(Problem):
    """Something else is going on with it."""

    status = 409


class Invalid(Problem):
    """The request itself is wrong; `errors` names each field."""

    status = 422
    code = "request.invalid"
    title = "The request is not valid"

    def __init__(self, detail: str, errors: Sequence[Fault] = (), **facts: Any) -> None:
        super().__init__(detail, errors=[{"path": fault.path, "message": fault.message} for fault in errors], **facts)
        self.faults = errors

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        """Refuse each field that is named."""
        return cls("; ".join(f"{fault.path}: {fault.message}" for fault in faults[:5]) + ".", faults)

    @classmethod
    def field(cls, path: str, message: str) -> Self:
        """Refuse one field."""
        return cls.of([Fault(path, message)])


class TooMany(Problem):
    """Too often. `retry_after_s` is whole seconds."""

    status = 429

    def __init__(self, detail: str, retry_after_s: int, **facts: Any) -> None:
        super().__init__(detail, retryAfterSeconds=retry_after_s, **facts)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        """Say when to come back."""
        return {"Retry-After": str(self.retry_after_s)}


class Unavailable(Problem):
    """Ours to mend; the same request may work later. `retry_after_s` is whole seconds."""

    status = 503
    code = "request.unavailable"
    title = "Not available right now"

    def __init__(self, detail: str, retry_after_s: int = 5, **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        """Say when to come back."""
        return {"Retry-After": str(self.retry_after_s)}
