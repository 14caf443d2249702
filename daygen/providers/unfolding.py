"""Reads JSON that has pictures folded into it, and puts the pictures on disk while they come.

A picture in base64 is a string of megabytes. Every string longer than `LONG` is taken for one: its bytes go to a file,
decoded, piece by piece, and in the document stands a `Folded` with its path. What remains is small.
"""

import binascii
import json
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

LONG = 64 << 10
LARGEST_FRAME = 4 << 20  # bytes of a document without its long strings
PIECE = 4 * 16_384  # base64 characters decoded at once; a multiple of 4


class Unreadable(Exception):  # noqa: N818 - says what it is
    """Not JSON, not base64, or cut off."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A long string's content, decoded, on disk."""

    path: Path


class Unfolding:
    """One document, fed in pieces."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frame = bytearray()
        self._string: bytearray | None = None  # inside a string: what of it has come
        self._escaped = False  # the next byte belongs to a backslash
        self._file: _Base64File | None = None  # the string is long, and goes here
        self._paths: dict[str, Path] = {}

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. Raises `Unreadable`."""
        at = 0
        while at < len(piece):
            at = self._outside(piece, at) if self._string is None else self._inside(piece, at)
        if len(self._frame) > LARGEST_FRAME:
            raise Unreadable("too much of it")

    def done(self) -> Any:
        """The document, when everything has come. Raises `Unreadable` when it is cut off, or not JSON."""
        if self._string is not None:
            raise Unreadable("it is cut off")
        try:
            return self._with_paths(json.loads(self._frame))
        except (ValueError, RecursionError) as error:
            raise Unreadable("it is not JSON") from error

    def close(self) -> None:
        """Let go of a file that is half written."""
        if self._file is not None:
            self._file.close()

    def _outside(self, piece: bytes, at: int) -> int:
        quote = piece.find(b'"', at)
        if quote < 0:
            self._frame += piece[at:]
            return len(piece)
        self._frame += piece[at:quote]
        self._string = bytearray()
        return quote + 1

    def _inside(self, piece: bytes, at: int) -> int:
        assert self._string is not None
        end, at_next = at, at
        closed = False
        while end < len(piece):
            if self._escaped:
                self._escaped = False
                end += 1
                continue
            quote, backslash = piece.find(b'"', end), piece.find(b"\\", end)
            if backslash >= 0 and (quote < 0 or backslash < quote):
                self._escaped = True
                end = backslash + 1
            elif quote >= 0:
                end, closed = quote, True
                break
            else:
                end = len(piece)
        self._string += piece[at:end]
        at_next = end + 1 if closed else len(piece)
        if self._file is None and len(self._string) > LONG:
            self._file = _Base64File(self._folder / f"folded-{secrets.token_hex(8)}")
        if self._file is not None:
            self._file.write(bytes(self._string), last=closed)
            if not closed:
                self._string.clear()
        if closed:
            self._close_string()
        return at_next

    def _close_string(self) -> None:
        assert self._string is not None
        if self._file is None:
            self._frame += b'"' + self._string + b'"'
        else:
            mark = secrets.token_hex(16)  # a document cannot guess it, so it cannot name a path
            self._paths[mark] = self._file.path
            self._frame += f'"{mark}"'.encode()
            self._file = None
        self._string = None

    def _with_paths(self, value: Any) -> Any:
        if isinstance(value, str):
            return Folded(self._paths[value]) if value in self._paths else value
        if isinstance(value, list):
            return [self._with_paths(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            return {name: self._with_paths(item) for name, item in cast("Mapping[str, Any]", value).items()}
        return value


class _Base64File:
    """Decodes base64 into a file, piece by piece."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("wb")
        self._rest = bytearray()
        self._backslash = b""  # one that came last: its slash is in the next piece

    def write(self, letters: bytes, *, last: bool) -> None:
        """Take more of it. Raises `Unreadable`."""
        letters = self._backslash + letters
        self._backslash = b"\\" if letters.endswith(b"\\") and not last else b""
        self._rest += letters.removesuffix(self._backslash).replace(b"\\/", b"/")
        whole = len(self._rest) if last else len(self._rest) // PIECE * PIECE
        try:
            for at in range(0, whole, PIECE):
                self._file.write(binascii.a2b_base64(self._rest[at : min(at + PIECE, whole)], strict_mode=True))
        except binascii.Error as error:
            self.close()
            raise Unreadable("its picture is not base64, or cut off") from error
        del self._rest[:whole]
        if last:
            self.close()

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


async def unfolded(pieces: AsyncIterable[bytes], folder: Path) -> Any:
    """Read a whole document. Raises `Unreadable`."""
    document = Unfolding(folder)
    try:
        async for piece in pieces:
            document.feed(piece)
        return document.done()
    finally:
        document.close()


async def events(pieces: AsyncIterable[bytes], folder: Path) -> AsyncIterator[Any]:
    """Read server-sent events whose `data` is one line of JSON each, as they come. Raises `Unreadable`."""
    reader = _Events(folder)
    try:
        async for piece in pieces:
            for event in reader.feed(piece):
                yield event
    finally:
        reader.close()


class _Events:
    """Cuts a stream into the documents of its `data` lines."""

    NAME = b"data:"
    END = b"[DONE]"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start = bytearray()  # of a line, until it is known what it is
        self._document: Unfolding | None = None
        self._skip = False

    def feed(self, piece: bytes) -> list[Any]:
        """The documents that end in this piece."""
        found: list[Any] = []
        for line in piece.splitlines(keepends=True):
            ended = line.endswith((b"\n", b"\r"))
            self._more(line.rstrip(b"\r\n") if ended else line)
            if ended:
                found += self._line_ended()
        return found

    def close(self) -> None:
        """Nothing more comes."""
        if self._document is not None:
            self._document.close()

    def _more(self, letters: bytes) -> None:
        if self._skip:
            return
        if self._document is not None:
            self._document.feed(letters)
            return
        self._start += letters
        content = self._start[len(self.NAME) :].lstrip()
        if not self.NAME.startswith(self._start[: len(self.NAME)]):
            self._skip = True
        elif len(content) > len(self.END) and len(self._start) > len(self.NAME):
            self._document = Unfolding(self._folder)
            self._document.feed(bytes(content))

    def _line_ended(self) -> list[Any]:
        content = bytes(self._start[len(self.NAME) :]).strip()
        document, skipped = self._document, self._skip
        self._start.clear()
        self._document, self._skip = None, False
        if document is not None:
            return [document.done()]
        if skipped or not content or content == self.END:
            return []
        short = Unfolding(self._folder)
        short.feed(content)
        return [short.done()]


def write(value: object, path: Path) -> Path:
    """Put a picture that came in a document where it is wanted; a short one is decoded now. Raises `Unreadable`."""
    if isinstance(value, Folded):
        return value.path.replace(path)
    if not isinstance(value, str) or not value:
        raise Unreadable("it has no picture")
    with suppress(binascii.Error, ValueError):
        path.write_bytes(binascii.a2b_base64(value, strict_mode=True))
        return path
    raise Unreadable("its picture is not base64, or cut off")
