"""Uploads: one body of any type, streamed into storage; pictures and videos are looked at before they are let in."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from fastapi import Request
from starlette.requests import ClientDisconnect

from daygen import limits
from daygen.assets import events, repository
from daygen.assets.errors import CutOff, TooLargePicture, UnreadableFile
from daygen.assets.model import Asset, File, extension
from daygen.assets.schemas import show
from daygen.infra import inspection, outbox, telemetry
from daygen.infra.db import Database, Tx
from daygen.infra.http import Answer, StreamedKey, TooLarge, once
from daygen.infra.inspection import PICTURES, Found, Inspector
from daygen.infra.storage import Storage, StorageUnavailable, assert_content_type, clean_filename, in_blocks
from daygen.kit.ids import AssetId, WorkspaceId
from daygen.kit.problems import Invalid
from daygen.limits import Window

LARGEST_PICTURE_BYTES = 100 << 20
LONGEST_SILENCE_S = 60.0
SWEPT_AFTER = timedelta(hours=6)
UNSAID = "application/octet-stream"
FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
VIDEOS = {"video/mp4", "video/webm", "video/quicktime"}
SYNONYMS = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is kept as, and what its first bytes say that it is, if that is looked into."""

    content_type: str
    real: str | None


class Body:
    """A request's body as it comes: bounded, and given up when nothing comes any more."""

    def __init__(self, request: Request, most: int) -> None:
        self._stream = request.stream()
        self._most = most
        self._head: list[bytes] = []
        self._count = 0
        told = request.headers.get("content-length")
        if told is not None and told.isdecimal() and int(told) > most:
            raise self._too_large()

    async def head(self) -> bytes:
        """The first bytes, which stay part of what is still to come."""
        while sum(map(len, self._head)) < inspection.HEAD_BYTES:
            piece = await self._next()
            if piece is None:
                break
            self._head.append(piece)
        return b"".join(self._head)[: inspection.HEAD_BYTES]

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it. Raises `TooLarge` (413) or `CutOff` (400)."""
        while self._head:
            yield self._head.pop(0)
        while (piece := await self._next()) is not None:
            yield piece

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(LONGEST_SILENCE_S):
                piece = await anext(self._stream, None)
        except ClientDisconnect:
            raise CutOff("The connection ended before the file did. Nothing was kept.") from None
        except TimeoutError:
            raise CutOff(f"Nothing came for {LONGEST_SILENCE_S:.0f} s. Nothing was kept.") from None
        if piece is not None:
            self._count += len(piece)
            if self._count > self._most:
                raise self._too_large()
        return piece

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A file may have up to {self._most} bytes here.", limitBytes=self._most)


class Uploads:
    """Takes files in. `scratch` is a folder of this machine for those that are looked at first."""

    def __init__(self, db: Database, storage: Storage, inspector: Inspector, scratch: Path, largest_bytes: int) -> None:
        self._db = db
        self._storage = storage
        self._scratch = scratch
        self._largest_bytes = largest_bytes
        self.inspector = inspector

    async def take(
        self, request: Request, workspace_id: WorkspaceId, key: StreamedKey | None, filename: str | None
    ) -> tuple[Answer, Window | None]:
        """Store the request's body as an asset of the workspace; with the same key and body once in effect.

        Raises `RateExceeded` (429), `TooLarge` (413), `CutOff` (400), `Invalid`, `UnreadableFile` or `TooLargePicture`
        (422), `StorageUnavailable` (503). After a refusal nothing is left of it.
        """
        declared = _declared(request)
        body = Body(request, self._largest_bytes)
        asset_id = AssetId.new()
        folder = f"{workspace_id}/{asset_id}"
        window = None
        async with self._db.transaction() as tx:
            repeated = key is not None and await key.is_taken(tx, workspace_id)
            if not repeated:
                window = await limits.admit(tx, workspace_id)
                await repository.expect(tx, folder, asset_id.created_at + SWEPT_AFTER)
        if repeated and key is not None:
            digest = await _digest(body)
            async with self._db.transaction() as tx, once(tx, workspace_id, key.of(digest)) as answer:
                if not answer.known:
                    raise CutOff("What was kept under this key is forgotten by now. Send the file again.")
            return answer, None
        kept = False
        try:
            file = await self._store(body, declared, folder)
            async with (
                self._db.transaction() as tx,
                once(tx, workspace_id, key.of(file.sha256) if key else None) as answer,
            ):
                if not answer.known:
                    kept = True
                    asset = await self._add(tx, workspace_id, asset_id, file, folder, clean_filename(filename))
                    answer.status, answer.body = 201, (await show(self._storage, asset)).body()
        except BaseException:
            await self._forget(folder)
            raise
        if not kept:
            await self._forget(folder)  # a twin with the same key was first
        return answer, window

    async def _add(
        self, tx: Tx, workspace_id: WorkspaceId, asset_id: AssetId, file: File, folder: str, filename: str | None
    ) -> Asset:
        if not await repository.arrived(tx, folder):
            raise CutOff("It took so long that the file was cleared away. Send it again.")
        asset = await repository.add(tx, workspace_id, None, file, asset_id=asset_id, filename=filename)
        await outbox.emit(tx, events.created(asset))
        return asset

    async def _store(self, body: Body, declared: str, folder: str) -> File:
        """Look at it, if it is a picture or a video, and put it into storage."""
        head = await body.head()
        if not head:
            raise Invalid.field("body", "is empty: send the file itself")
        kind = _kind(declared, head)
        key = f"{folder}/original.{extension(kind.content_type)}"
        picture = kind.content_type in PICTURES
        if not picture and (kind.real not in VIDEOS or self.inspector.ffmpeg is None):
            return await self._put(key, body.pieces(), kind, Found())
        with tempfile.TemporaryFile(dir=self._scratch) as spool:  # without a name: gone when we are
            await _spool(body, spool, LARGEST_PICTURE_BYTES if picture else None)
            try:
                look = self.inspector.picture if picture else self.inspector.video
                found = await look(spool, kind.real or kind.content_type)
            except inspection.Unreadable as broken:
                raise UnreadableFile(str(broken)) from None
            except inspection.TooDemanding as demanding:
                raise TooLargePicture(str(demanding)) from None
            spool.seek(0)
            return await self._put(key, _read(spool), kind, found)

    async def _put(self, key: str, content: AsyncIterator[bytes], kind: Kind, found: Found) -> File:
        with telemetry.span("storage.put", content_type=kind.content_type):
            stored = await self._storage.put(key, content, kind.content_type)
        return File(
            key=key,
            content_type=kind.content_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            width=found.width,
            height=found.height,
            duration_s=found.duration_s,
        )

    async def _forget(self, folder: str) -> None:
        """Delete what may have been stored; what cannot be now, the sweep deletes."""
        with suppress(StorageUnavailable):
            lying = await self._storage.list(folder)
            async with self._db.reading() as tx:
                known = await repository.known_keys(tx, lying)
            await self._storage.delete([key for key in lying if key not in known])
            async with self._db.transaction() as tx:
                await repository.arrived(tx, folder)


def _declared(request: Request) -> str:
    """What the sender says it is, without parameters."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Invalid.field("Content-Encoding", "send the file as it is, not compressed on the way")
    said = request.headers.get("content-type", UNSAID).partition(";")[0].strip().lower()
    if said in FORMS:
        raise Invalid.field("Content-Type", "send the file itself as the body, not a form, and say what it is")
    try:
        return SYNONYMS.get(said, assert_content_type(said))
    except ValueError:
        raise Invalid.field("Content-Type", "must be a media type, such as image/png") from None


def _kind(declared: str, head: bytes) -> Kind:
    """What to keep it as. Raises `UnreadableFile` for a picture that is none, or another one than it says."""
    real = inspection.sniffed(head)
    if declared == UNSAID:
        return Kind(real or UNSAID, real)
    of_pictures = declared in PICTURES or (real in PICTURES and declared.startswith("image/"))
    if of_pictures and real != declared:
        what = f"it is {real}" if real else "it does not begin like one"
        raise UnreadableFile(f"The file is sent as {declared}, but {what}. Without a Content-Type we find it out.")
    return Kind(declared, real if declared.startswith("video/") else None)


async def _spool(body: Body, to: BinaryIO, most: int | None) -> None:
    count = 0
    async for block in in_blocks(body.pieces()):
        count += len(block)
        if most is not None and count > most:
            raise TooLargePicture(f"A picture may have up to {most >> 20} MiB.")
        await asyncio.to_thread(to.write, block)
    await asyncio.to_thread(to.flush)


async def _read(spool: BinaryIO) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(spool.read, 1 << 20):
        yield block


async def _digest(body: Body) -> bytes:
    digest = hashlib.sha256()
    async for block in in_blocks(body.pieces()):
        await asyncio.to_thread(digest.update, block)
    return digest.digest()
