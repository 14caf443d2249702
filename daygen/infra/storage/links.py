"""Links to local files: what one grants, written into its query and signed, so that nobody can make or widen one."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from daygen.infra.storage.contract import assert_content_type, assert_key, clean_filename, disposition

# The application's secret signs other things too: each use has a key of its own.
_PURPOSE = b"daygen: links to local files, 1"


class LinkInvalid(Exception):  # noqa: N818 - a verdict on a link, which the route answers
    """Not a link that we made, or not as we made it."""


class LinkExpired(Exception):  # noqa: N818 - a verdict on a link, which the route answers
    """A link that we made, too long ago."""


@dataclass(frozen=True, slots=True)
class Link:
    """Leave to read one file, shown in one way, until one moment (whole seconds)."""

    key: str
    content_type: str
    expires_at: datetime
    filename: str | None = None
    attachment: bool = False

    @property
    def disposition(self) -> str:
        """How the file is to be shown, and its name, as `Content-Disposition`."""
        return disposition(self.content_type, self.filename, attachment=self.attachment)


def sign(link: Link, secret: bytes) -> str:
    """Write the link as `key?query`, the file's name made safe. Raises ValueError for a key or type not ours."""
    granted = {"expires": str(int(link.expires_at.timestamp())), "type": assert_content_type(link.content_type)}
    name = clean_filename(link.filename)
    if name is not None:
        granted["name"] = name
    if link.attachment:
        granted["attachment"] = "1"
    signed = {**granted, "signature": _signature(assert_key(link.key), granted, secret)}
    return f"{link.key}?{urlencode(signed)}"


def read(key: str, query: Sequence[tuple[str, str]], secret: bytes, now: datetime) -> Link:
    """Read a link back from the path and query of a request, whatever they hold.

    Raises `LinkInvalid` if anything was changed, added or said twice, and `LinkExpired` only for a link of ours.
    """
    granted = dict(query)
    signature = granted.pop("signature", "")
    expected = _signature(key, granted, secret)
    if len(granted) + 1 != len(query) or not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
        raise LinkInvalid
    link = Link(
        key=key,
        content_type=granted["type"],
        expires_at=datetime.fromtimestamp(int(granted["expires"]), UTC),
        filename=granted.get("name"),
        attachment="attachment" in granted,
    )
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _signature(key: str, granted: dict[str, str], secret: bytes) -> str:
    # JSON, because a separator could be part of a name; the method is left out, as the route knows GET and HEAD only.
    message = json.dumps([key, sorted(granted.items())]).encode()
    purpose = hmac.digest(secret, _PURPOSE, hashlib.sha256)
    return urlsafe_b64encode(hmac.digest(purpose, message, hashlib.sha256)).decode().rstrip("=")
