"""Passing pictures of a call's outputs: on their way into storage beside the work, which they never hold up."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from daygen.assets import EXTENSIONS
from daygen.infra import telemetry
from daygen.infra.storage import Storage
from daygen.jobs.model import Preview
from daygen.providers import Output

LARGEST_BYTES = 256 * 1024
EVERY = timedelta(milliseconds=250)
LONGEST_PUT = timedelta(seconds=5)
TYPES = {"image/png", "image/jpeg", "image/webp"}

log = telemetry.get_logger(__name__)


class Previews:
    """Those of one attempt. `prefix` begins their keys; `noted` is called when there is a new one to tell.

    Each has a key of its own, so that no link ever leads to another picture than it was made for. What is too large,
    too soon, of an unknown type, or comes while the one before is still being written, is dropped.
    """

    def __init__(self, storage: Storage, prefix: str, noted: Callable[[], Awaitable[None]]) -> None:
        self._storage = storage
        self._prefix = prefix
        self._noted = noted
        self._numbers = itertools.count(1)
        self._latest: dict[int, Preview] = {}
        self._replaced: dict[int, str] = {}
        self._shown_at: dict[int, float] = {}
        self._writing: dict[int, asyncio.Task[None]] = {}
        self._over: set[int] = set()
        self.keys: list[str] = []
        self.changed = False
        self.doubtful = False  # a put that was cut off may still arrive

    async def show(self, index: int, output: Output) -> None:
        """Begin to store one, unless it is dropped. The file has been read when this returns."""
        now = time.monotonic()
        too_soon = now - self._shown_at.get(index, float("-inf")) < EVERY.total_seconds()
        if too_soon or index in self._writing or index in self._over or output.content_type not in TYPES:
            return
        self._shown_at[index] = now
        content = await asyncio.to_thread(_read, output.path)
        if content is not None and index not in self._over and index not in self._writing:
            self._writing[index] = asyncio.create_task(self._store(index, output, content))

    def latest(self) -> Sequence[Preview]:
        """The newest of each output that is not there yet, to be told now."""
        self.changed = False
        return list(self._latest.values())

    def supersede(self, index: int) -> None:
        """Show no more of an output, since it is there itself."""
        self._over.add(index)
        self._latest.pop(index, None)
        task = self._writing.get(index)
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """Break off what is being written."""
        tasks = list(self._writing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _store(self, index: int, output: Output, content: bytes) -> None:
        key = f"{self._prefix}-{index}-preview-{next(self._numbers)}.{EXTENSIONS[output.content_type]}"
        self.keys.append(key)
        try:
            await self._put(key, content, output.content_type)
            earlier = self._latest.get(index)
            self._latest[index] = Preview(index, key, output.content_type, output.width, output.height)
            self.changed = True
            await self._noted()
            await self._forget(self._replaced.pop(index, None))  # not `earlier`: somebody may be loading it just now
            if earlier is not None:
                self._replaced[index] = earlier.key
        except Exception as error:  # noqa: BLE001 - a preview may always be dropped, whatever was wrong
            log.info("preview.dropped", reason=f"{type(error).__name__}: {error}")
        finally:
            self._writing.pop(index, None)

    async def _put(self, key: str, content: bytes, content_type: str) -> None:
        try:
            async with asyncio.timeout(LONGEST_PUT.total_seconds()):
                await self._storage.put(key, _once(content), content_type)
        except BaseException:
            self.doubtful = True
            raise

    async def _forget(self, key: str | None) -> None:
        if key is not None:
            await self._storage.delete([key])
            self.keys.remove(key)


def _read(path: Path) -> bytes | None:
    """The whole file; None when it is too large or gone."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= LARGEST_BYTES else None


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
