"""Files in a folder of this machine, handed out by our own signed links.

Written by ourselves, not through obstore's LocalStore: that one never syncs a file to disk (seen with strace: open,
write, rename), so a result that was announced could be gone after a power cut, and it can neither sign nor keep types.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import uuid4

from daygen.infra.storage import links
from daygen.infra.storage.blocks import blocks, save
from daygen.infra.storage.contract import (
    StorageUnavailable,
    Stored,
    assert_content_type,
    assert_key,
    assert_prefix,
    expiry,
)
from daygen.infra.storage.links import Link
from daygen.kit.clock import Clock, SystemClock

# A folder of our own for what is being written: no key starts with a dot, so none can lead into it.
_INCOMING = ".incoming"
_ABANDONED_AFTER = timedelta(days=1)
# What one reader is sent at a time; a thousand slow readers hold a thousand of these.
_CHUNK_BYTES = 256 * 1024
_SECRET_BYTES = 32
_MISSING = (FileNotFoundError, IsADirectoryError, NotADirectoryError)

P = ParamSpec("P")
T = TypeVar("T")


class LocalFile:
    """A file that is open for reading: a put or delete meanwhile does not change what it reads. Close it."""

    def __init__(self, storage: "LocalStorage", handle: BinaryIO, found: os.stat_result) -> None:
        self.size_bytes = found.st_size
        # Strong, without reading the file: every put makes a new inode while the old one still has its own, so two
        # files that follow each other under one key differ in it even if they agree in size and in the clock's tick.
        self.etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'
        self._handle = handle
        self._storage = storage

    async def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Read `length` bytes from `start` (everything by default) in pieces of 256 KiB or less."""
        left = self.size_bytes - start if length is None else length
        while left > 0:
            chunk = await self._storage.on_disk(_read_at, self._handle, start, min(left, _CHUNK_BYTES))
            if not chunk:
                raise StorageUnavailable(f"a file ended {left} bytes early")
            yield chunk
            start += len(chunk)
            left -= len(chunk)

    def close(self) -> None:
        """Let go of the file. Waits for a read that is under way; twice is fine."""
        self._handle.close()


class LocalStorage:
    """A folder of files. Several processes may share it."""

    def __init__(self, root: Path, *, secret: bytes, public_url: str, clock: Clock | None = None) -> None:
        if len(secret) < _SECRET_BYTES:
            raise ValueError(f"the secret that signs links must have {_SECRET_BYTES} bytes or more")
        self._root = root
        self._secret = secret
        self._public_url = public_url.rstrip("/")
        self._clock = clock or SystemClock()
        # Threads of its own, so that a disk that hangs does not also stop name lookups, which share the loop's.
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="files")

    async def put(self, key: str, source: Path | AsyncIterable[bytes], content_type: str) -> Stored:
        """Store a file; when this returns, file and name have been synced to disk."""
        target = self._path(key)
        assert_content_type(content_type)
        digest = hashlib.sha256()
        size_bytes = 0
        incoming = self._root / _INCOMING / uuid4().hex
        handle = await self.on_disk(_create, self._root, incoming)
        last = asyncio.ensure_future(asyncio.sleep(0))
        try:
            # One block is hashed and written while the next one arrives (1.2 times as fast)
            async for block in blocks(source):
                size_bytes += len(block)
                await last
                last = asyncio.ensure_future(self.on_disk(_append, handle, block, digest.update))
            await last
            await self.on_disk(_publish, handle, incoming, target, self._root)
        except BaseException:
            await asyncio.shield(self._discard(last, handle, incoming))
            raise
        return Stored(key, size_bytes, digest.digest(), content_type)

    async def url(
        self,
        key: str,
        *,
        content_type: str,
        expires_in: timedelta,
        filename: str | None = None,
        attachment: bool = False,
    ) -> str:
        """Sign a link to our own `/files`."""
        link = Link(key, content_type, expiry(self._clock.now(), expires_in), filename, attachment)
        return f"{self._public_url}/files/{links.sign(link, self._secret)}"

    def granted(self, key: str, query: Sequence[tuple[str, str]]) -> Link:
        """Say what a request's link grants. Raises `LinkInvalid` or `LinkExpired`, whatever the request holds."""
        return links.read(key, query, self._secret, self._clock.now())

    async def open(self, key: str) -> LocalFile:
        """Open a file for reading. Raises FileNotFoundError."""
        opened = await self.on_disk(_open, self._path(key))
        if opened is None:
            raise FileNotFoundError(key)
        return LocalFile(self, *opened)

    async def fetch(self, key: str, to: Path) -> None:
        """Copy a file."""
        file = await self.open(key)
        try:
            await save(file.chunks(), to)
        finally:
            file.close()

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove files, and the folders that they leave empty."""
        await self.on_disk(_remove, self._root, [self._path(key) for key in keys])

    async def list(self, prefix: str) -> list[str]:
        """Walk the folder."""
        return await self.on_disk(_walk, self._root, self._root / assert_prefix(prefix))

    async def check(self) -> None:
        """Write and remove a file, as a put would; clear away what processes that died left half-written a day ago."""
        await self.on_disk(_try_writing, self._root, self._root / _INCOMING / uuid4().hex)

    async def close(self) -> None:
        """Wait for what the disk is doing."""
        await asyncio.to_thread(self._threads.shutdown)

    async def on_disk(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something slow in one of our threads; what the disk refuses becomes `StorageUnavailable`."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))
        except OSError as error:
            raise StorageUnavailable(f"the files under {self._root}: {error.strerror or error}") from error

    async def _discard(self, last: asyncio.Future[None], handle: BinaryIO, incoming: Path) -> None:
        await asyncio.gather(last, return_exceptions=True)
        await self.on_disk(_discard, handle, incoming)

    def _path(self, key: str) -> Path:
        return self._root / assert_key(key)


def _create(root: Path, incoming: Path) -> BinaryIO:
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    incoming.parent.mkdir(exist_ok=True)
    return incoming.open("xb")


def _append(handle: BinaryIO, block: bytes, count: Callable[[bytes], None]) -> None:
    count(block)
    handle.write(block)


def _publish(handle: BinaryIO, incoming: Path, target: Path, root: Path) -> None:
    with handle:
        handle.flush()
        os.fsync(handle.fileno())
    for _ in range(5):
        try:
            _make_folders(target.parent, root)
            incoming.replace(target)
            break
        except (FileNotFoundError, FileExistsError):  # somebody deleted our neighbour, and with it the folder
            continue
    else:
        incoming.replace(target)
    _sync_folder(target.parent)


def _make_folders(folder: Path, root: Path) -> None:
    if folder == root or folder.is_dir():
        return
    _make_folders(folder.parent, root)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder, and has nothing to sync in one
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(handle: BinaryIO, incoming: Path) -> None:
    handle.close()
    incoming.unlink(missing_ok=True)


def _open(path: Path) -> tuple[BinaryIO, os.stat_result] | None:
    try:
        handle = path.open("rb")
    except _MISSING:
        return None
    return handle, os.fstat(handle.fileno())


def _read_at(handle: BinaryIO, start: int, length: int) -> bytes:
    handle.seek(start)
    return handle.read(length)


def _remove(root: Path, paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            path.unlink()
        except _MISSING:
            continue
        for folder in path.parents:
            if folder == root:
                break
            try:
                folder.rmdir()
            except OSError:  # not empty: the usual end
                break


def _walk(root: Path, folder: Path) -> list[str]:
    found: list[str] = []
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(at, name).relative_to(root).as_posix() for name in files if not name.startswith(".")]
    return sorted(found)


def _try_writing(root: Path, probe: Path) -> None:
    handle = _create(root, probe)
    try:
        with handle:
            handle.write(b"ready")
    finally:
        probe.unlink(missing_ok=True)
    long_ago = time.time() - _ABANDONED_AFTER.total_seconds()
    for entry in os.scandir(probe.parent):
        with suppress(FileNotFoundError):  # it was published, or another process cleared it away
            if entry.stat().st_mtime < long_ago:
                Path(entry.path).unlink()
