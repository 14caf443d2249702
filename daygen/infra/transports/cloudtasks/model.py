"""Where a queue of Cloud Tasks is, to whom it pushes, and as whom both sides act."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

API = "https://cloudtasks.googleapis.com"
METADATA = "http://metadata.google.internal"
KEYS = "https://www.googleapis.com/oauth2/v3/certs"
ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
PATH = "/internal/tasks/run"
LONGEST_DISPATCH = timedelta(minutes=30)  # the most that Cloud Tasks waits for an answer


@dataclass(frozen=True, slots=True)
class Account:
    """A service account's key, as Google hands it out in a file of JSON."""

    mail: str
    token_uri: str
    private_key: str = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file. Raises OSError, or ValueError for what is no such key."""
        told: Any = json.loads(path.read_text())
        try:
            return cls(str(told["client_email"]), str(told["token_uri"]), str(told["private_key"]))
        except (KeyError, TypeError):
            raise ValueError("not the key file of a service account") from None


@dataclass(frozen=True, slots=True)
class Tasks:
    """How the queue is set up.

    `queue` is `projects/…/locations/…/queues/…`, `target` the origin at which Google reaches the workers, `invoker` the
    mail of the service account in whose name it calls them. Without `account` the machine's own is asked for tokens.
    """

    queue: str
    target: str
    invoker: str
    host: str = "127.0.0.1"
    port: int = 0
    account: Account | None = None
    api: str = API
    metadata: str = METADATA
    keys: str = KEYS
    deadline: timedelta = LONGEST_DISPATCH

    @property
    def url(self) -> str:
        """Where tasks are pushed to, and the audience of the tokens that come with them."""
        return self.target + PATH
