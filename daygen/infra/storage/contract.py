"""What every storage does, and the rules for keys, types and names that are the same everywhere."""

import re
import unicodedata
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from daygen.kit.problems import Unavailable

# A signed link of S3 lives seven days at most, and ours are rounded outwards by up to an hour at each end.
LONGEST_LINK = timedelta(days=6)
HOUR_S = 3600
# The link is unique to the content and to who may see it, so a browser may keep what it got; nobody in between may.
CACHE_CONTROL = "private, max-age=31536000, immutable"

_SEGMENT = r"[a-z0-9_-][a-z0-9_.-]{0,199}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,15}}")
_RESTRICTED_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"  # RFC 6838
_MEDIA_TYPE = re.compile(rf"{_RESTRICTED_NAME}/{_RESTRICTED_NAME}(?:; ?[a-z0-9-]{{1,32}}=[A-Za-z0-9_.-]{{1,64}})*")
_PICTURES_THAT_RUN = {"image/svg+xml"}
_FILENAME_LIMIT = 150
# RFC 8187's attr-char, less what letters and digits are anyway
_ATTR_CHAR = "!#$&+-.^_`|~"


class StorageUnavailable(Unavailable):
    """The disk or bucket did not do what was asked; `reason` is one line for the operator, never for the caller."""

    code = "storage.unavailable"
    title = "The file storage is not answering"

    def __init__(self, reason: str) -> None:
        super().__init__("Files cannot be stored or read right now; nothing was lost. Try again.")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is now in storage, as it was counted on its way there."""

    key: str
    size_bytes: int
    sha256: bytes
    content_type: str


class Storage(Protocol):
    """Where files live. A key that is not ours is a ValueError; what the disk or network does, `StorageUnavailable`."""

    async def put(self, key: str, source: Path | AsyncIterable[bytes], content_type: str) -> Stored:
        """Store a file under a key, replacing what was there; a reader sees the old one or the new one, never a part.

        Streamed: memory does not grow with the file. What the source raises comes out as it is, and nothing is stored.
        """
        ...

    async def url(
        self,
        key: str,
        *,
        content_type: str,
        expires_in: timedelta,
        filename: str | None = None,
        attachment: bool = False,
    ) -> str:
        """Sign an absolute link to GET the file for `expires_in` (6 days or less), rounded up to the hour.

        The same question within an hour gets the same link, so that a browser's cache finds the file again. Whether
        the file exists is not asked. `filename` may be a user's own words. What a browser could run is always handed
        out as an attachment.
        """
        ...

    async def fetch(self, key: str, to: Path) -> None:
        """Copy a file to local disk, streamed. Raises FileNotFoundError; leaves no part of a file behind."""
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove files; one that is not there is fine."""
        ...

    async def list(self, prefix: str) -> list[str]:
        """Every key below a folder, sorted; "" is everything. `a` finds `a/b`, neither `a` itself nor `ab/c`."""
        ...

    async def check(self) -> None:
        """Raise `StorageUnavailable` within 15 s if files cannot be stored right now."""
        ...

    async def close(self) -> None:
        """Let go of threads and connections."""
        ...


def assert_key(key: str) -> str:
    """Return the key, or raise ValueError: lower-case segments of `[a-z0-9_.-]`, none hidden, none empty.

    At most 16 segments of 200 characters: every file system and every S3 takes that.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key


def assert_prefix(prefix: str) -> str:
    """Return the folder, or raise ValueError: a key, or nothing for all."""
    return prefix and assert_key(prefix)


def assert_content_type(content_type: str) -> str:
    """Return the media type, or raise ValueError: lower case, nothing that could end a header early."""
    if not _MEDIA_TYPE.fullmatch(content_type):
        raise ValueError(f"not a content type: {content_type!r}")
    return content_type


def expiry(now: datetime, expires_in: timedelta) -> datetime:
    """When a link asked for now ends: rounded up to the hour, so that it stays the same link for a while."""
    if not timedelta(0) < expires_in <= LONGEST_LINK:
        raise ValueError(f"a link lives between nothing and {LONGEST_LINK.days} days, not {expires_in}")
    return datetime.fromtimestamp(-(-(now + expires_in).timestamp() // HOUR_S) * HOUR_S, UTC)


def is_inert(content_type: str) -> bool:
    """Whether a browser that opens this shows it and runs nothing: pictures, video, sound and plain text.

    A list of what is known to be safe, since the list of what runs (HTML, SVG, XML, PDF, …) grows without us.
    """
    base = content_type.partition(";")[0].rstrip()
    kind = base.partition("/")[0]
    return base == "text/plain" or (kind in {"image", "video", "audio"} and base not in _PICTURES_THAT_RUN)


def clean_filename(filename: str | None) -> str | None:
    """Make a name safe to save under: no folders, no control or direction characters, 150 characters; None if empty."""
    if filename is None:
        return None
    visible = "".join(c for c in unicodedata.normalize("NFC", filename) if unicodedata.category(c)[0] != "C")
    flat = visible.replace("/", "_").replace("\\", "_").strip(". ")
    return flat[:_FILENAME_LIMIT].rstrip(". ") or None


def disposition(content_type: str, filename: str | None, *, attachment: bool) -> str:
    """Build `Content-Disposition` (RFC 6266), with the whole name as RFC 8187 says and a plain one for old clients.

    A browser ignores it for what a page embeds, so an SVG still shows in an `<img>`, where it cannot run.
    """
    how = "attachment" if attachment or not is_inert(content_type) else "inline"
    name = clean_filename(filename)
    if name is None:
        return how
    plain = re.sub(r'[^ -~]|["%]', "_", name)
    if plain == name:
        return f'{how}; filename="{name}"'
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
