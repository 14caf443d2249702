"""How identity refuses."""

from daygen.kit.problems import Conflict, Forbidden, Problem, Unauthenticated


class NotSignedIn(Unauthenticated):
    """Neither a key nor a session came with the request."""

    code = "identity.unauthenticated"

    def __init__(self) -> None:
        super().__init__("Send `Authorization: Bearer dg_live_…`, or sign in with the browser.")


class KeyRejected(Unauthenticated):
    """The key is unknown, revoked or expired; which of them is not said."""

    code = "identity.key_rejected"
    title = "This API key does not work"

    def __init__(self) -> None:
        super().__init__("The API key is unknown, revoked or expired.")


class PasswordRejected(Unauthenticated):
    """Unknown mail address or wrong password; which of them is not said."""

    code = "identity.password_rejected"
    title = "Mail address or password is wrong"

    def __init__(self) -> None:
        super().__init__("Mail address or password is wrong.")


class LinkRejected(Unauthenticated):
    """The sign-in link was used, has expired or never existed."""

    code = "identity.link_rejected"
    title = "This sign-in link does not work any more"

    def __init__(self) -> None:
        super().__init__("The link was used already or has expired. `daygen admin sign-in-link` makes a new one.")


class ScopeMissing(Forbidden):
    """The caller's key or role does not allow this."""

    code = "identity.forbidden"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.", neededScope=str(scope))


class ForgeryRejected(Forbidden):
    """A browser's request without the token that only our own page knows."""

    code = "identity.csrf_rejected"
    title = "Cross-site request refused"

    def __init__(self) -> None:
        super().__init__("Send the value of the cookie daygen_csrf in the header X-CSRF-Token.")


class OriginRejected(Forbidden):
    """A socket opened by another site's page."""

    code = "identity.origin_rejected"
    title = "This origin may not open a socket"

    def __init__(self) -> None:
        super().__init__("Sockets with a session cookie are for this site's own pages.")


class EmailTaken(Conflict):
    """There is a user with this mail address."""

    code = "identity.email_taken"
    title = "This mail address has an account"

    def __init__(self) -> None:
        super().__init__("There is a user with this mail address already.")


PROBLEMS: list[type[Problem]] = [NotSignedIn, KeyRejected, ScopeMissing, ForgeryRejected]
