"""A stream in pieces of about a mebibyte: large enough to be worth a thread's while, small enough to hold."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20


async def blocks(source: Path | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Read a file, or gather what a stream yields, into pieces of a mebibyte or little more. Never an empty one."""
    async for block in _of_file(source) if isinstance(source, Path) else _of_stream(source):
        yield block


async def save(stream: AsyncIterable[bytes], to: Path) -> None:
    """Write a stream to a file. If it breaks, no part of the file stays."""
    handle: BinaryIO = await asyncio.to_thread(to.open, "wb")
    try:
        async for block in blocks(stream):
            await asyncio.to_thread(handle.write, block)
        await asyncio.to_thread(handle.close)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(_discard, handle, to))
        raise


def _discard(handle: BinaryIO, path: Path) -> None:
    handle.close()
    path.unlink(missing_ok=True)


async def _of_file(path: Path) -> AsyncIterator[bytes]:
    handle = await asyncio.to_thread(path.open, "rb")
    with handle:
        while block := await asyncio.to_thread(handle.read, BLOCK_BYTES):
            yield block


async def _of_stream(stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    held: list[bytes] = []
    held_bytes = 0
    async for piece in stream:
        held.append(piece)
        held_bytes += len(piece)
        if held_bytes >= BLOCK_BYTES:
            yield b"".join(held)
            held, held_bytes = [], 0
    if held_bytes:
        yield b"".join(held)
