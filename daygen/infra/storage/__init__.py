"""Object storage: bytes under a key, on local disk or in an S3 bucket, handed out by signed links.

    file:///var/lib/daygen/files                            a folder on this machine, served by our own `/files`
    s3://bucket[/prefix]?endpoint=…&region=…&path_style=1   S3, R2, MinIO, …; clients go to the bucket itself
                        [&public_endpoint=…]                where browsers reach it, if that is another address

It keeps bytes and nothing else: size, checksum, type and owner of a file are a row in the database. Whoever stores a
file names it by a key that we made (`assert_key`), never by anything a user typed. A file is there as a whole or not at
all, and once `put` has returned it survives a power cut.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from daygen.infra.storage.blocks import blocks as in_blocks
from daygen.infra.storage.contract import (
    CACHE_CONTROL,
    LONGEST_LINK,
    Storage,
    StorageUnavailable,
    Stored,
    assert_content_type,
    assert_key,
    clean_filename,
)
from daygen.infra.storage.links import Link, LinkExpired, LinkInvalid
from daygen.infra.storage.local import LocalFile, LocalStorage
from daygen.infra.storage.s3 import Bucket, S3Storage
from daygen.kit.clock import Clock, SystemClock

__all__ = [
    "CACHE_CONTROL",
    "LONGEST_LINK",
    "Bucket",
    "Link",
    "LinkExpired",
    "LinkInvalid",
    "LocalFile",
    "LocalStorage",
    "S3Storage",
    "Storage",
    "StorageUnavailable",
    "Stored",
    "assert_content_type",
    "assert_key",
    "clean_filename",
    "in_blocks",
    "open_storage",
]


def open_storage(
    url: str,
    *,
    secret: bytes,
    public_url: str,
    credentials: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Storage:
    """Open the storage that a `file://` or `s3://` address names; nothing is contacted yet (see `Storage.check`).

    `secret` (32 bytes or more) signs links to local files, which start with `public_url`. `credentials` are the usual
    `AWS_*` variables. Raises ValueError with a line that says what is wrong with the address.
    """
    clock = clock or SystemClock()
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or parts.query or len(parts.path) < len("/x"):
            raise ValueError(f"the storage address {url!r} must be file:// and an absolute path: file:///srv/daygen")
        return LocalStorage(Path(url2pathname(parts.path)), secret=secret, public_url=public_url, clock=clock)
    if parts.scheme == "s3":
        return S3Storage(Bucket.at(url, credentials or {}), credentials or {}, clock)
    raise ValueError(f"the storage address {url!r} must start with file:// or s3://")
