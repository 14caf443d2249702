"""The files that a job works on: brought to this machine's disk from storage, or from an address its order names."""

import asyncio
from pathlib import Path

from daygen import assets
from daygen.catalog import Offer
from daygen.infra import egress, inspection, telemetry
from daygen.infra.db import Database
from daygen.infra.egress import EgressClient
from daygen.infra.inspection import Inspector
from daygen.infra.storage import Storage
from daygen.jobs.model import Job
from daygen.kit.ids import AssetId
from daygen.kit.problems import NotFound
from daygen.providers import Source


class Unusable(Exception):  # noqa: N818 - the order's fault, not an error of ours
    """A file of a job cannot be had, or is none that can be worked on. Final; its provider was not asked.

    `code` is `assets.…`; the text names the field and is safe to show.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Sources:
    """Brings files. Those from outside come through the guard, up to `largest_bytes`, and are looked at in a child."""

    def __init__(
        self, db: Database, storage: Storage, client: EgressClient, inspector: Inspector, *, largest_bytes: int
    ) -> None:
        self._db = db
        self._storage = storage
        self._egress = client
        self._inspector = inspector
        self._largest_bytes = largest_bytes

    async def of(self, job: Job, offer: Offer, scratch: Path) -> dict[str, Source]:
        """The files of a job, by the fields of its input that give them.

        Raises `Unusable`, `StorageUnavailable` or `InspectorUnavailable`.
        """
        sources: dict[str, Source] = {}
        links = offer.links(job.input)
        for name in offer.sources:
            if name not in job.input:
                continue
            path = scratch / f"source-{name}"
            if name in links:
                with telemetry.span("egress.fetch"):
                    sources[name] = await self._fetched(f"input.{name}.url", links[name], path)
            else:
                sources[name] = await self._stored(job, name, path)
        return sources

    async def _stored(self, job: Job, name: str, path: Path) -> Source:
        try:
            async with self._db.reading() as tx:
                asset = await assets.find(tx, job.workspace_id, AssetId.parse(job.input[name]["assetId"]))
            with telemetry.span("storage.fetch"):
                await self._storage.fetch(asset.key, path)
        except (NotFound, FileNotFoundError) as gone:
            raise Unusable("assets.gone", f"The file for {name} was deleted meanwhile.") from gone
        return Source(path, asset.content_type)

    async def _fetched(self, field: str, url: str, path: Path) -> Source:
        """Fetch a picture and see that it is one."""
        try:
            with path.open("wb") as file:

                async def write(chunk: bytes) -> None:
                    await asyncio.to_thread(file.write, chunk)

                await self._egress.fetch(url, write, most_bytes=self._largest_bytes)
        except egress.Refused as refused:
            raise Unusable("assets.unreachable", f"{field}: {refused}.") from refused
        except egress.Failed as failed:
            too_large = failed.kind == "too_large"
            code = "assets.too_large_picture" if too_large else "assets.unreachable"
            raise Unusable(code, f"{field}: {failed}.") from failed
        return await self._inspected(field, path)

    async def _inspected(self, field: str, path: Path) -> Source:
        with path.open("rb") as file:
            content_type = inspection.sniffed(file.read(inspection.HEAD_BYTES))
            if content_type not in inspection.PICTURES:
                what = f"is {content_type}" if content_type else "does not begin like a picture"
                raise Unusable("assets.unreadable", f"{field}: what the address answered with {what}.")
            try:
                await self._inspector.picture(file, content_type)
            except inspection.Unreadable as broken:
                raise Unusable("assets.unreadable", f"{field}: {broken}") from broken
            except inspection.TooDemanding as demanding:
                raise Unusable("assets.too_large_picture", f"{field}: {demanding}") from demanding
        return Source(path, content_type)
