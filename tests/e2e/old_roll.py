"""A house with years behind it: thousands of strips, written straight into its tables."""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from PIL import Image, ImageDraw
from psycopg.types.json import Jsonb

SIDE_PX = 256
TONES = 12
EACH = 4
APART = timedelta(minutes=11)
PLACES = ("a harbour", "pines in snow", "city roofs", "dunes", "a market", "an orchard")


@dataclass(frozen=True, slots=True)
class OldRoll:
    """How many strips it has, and the words of the oldest."""

    strips: int
    oldest: str


def write_old_roll(data_dir: Path, strips: int) -> OldRoll:
    """Give the operator so many finished jobs of four small pictures each, the newest an hour old."""
    told = json.loads((data_dir / "instance.json").read_text())
    files = data_dir / "files"
    pictures = [_picture(files, tone) for tone in range(TONES)]
    newest = datetime.now(UTC) - timedelta(hours=1)
    with psycopg.connect(told["databaseDirectUrl"]) as connection:
        found = connection.execute("select workspace_id from accounts order by available desc limit 1").fetchone()
        assert found is not None
        jobs, orders, assets, outputs = _rows(found[0], files, pictures, newest, strips)
        with connection.cursor() as cursor:
            for table, rows in (("jobs", jobs), ("job_orders", orders), ("assets", assets), ("job_outputs", outputs)):
                with cursor.copy(f"copy {table} ({_COLUMNS[table]}) from stdin") as copy:  # pyright: ignore[reportArgumentType] - our own names
                    for row in rows:
                        copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        connection.execute("analyze jobs, job_orders, assets, job_outputs")
    return OldRoll(strips, _words(strips - 1))


_COLUMNS = {
    "jobs": "id, workspace_id, task_id, provider, model, operation, count, state, priority, attempt, attempts, quoted,"
    " charged, created_at, deadline_at, started_at, finished_at",
    "job_orders": "job_id, input, metadata",
    "assets": "id, workspace_id, job_id, key, content_type, size_bytes, sha256, width, height, created_at",
    "job_outputs": "job_id, index, asset_id",
}


def _words(at: int) -> str:
    return f"{PLACES[at % len(PLACES)]}, number {at}"


def _rows(
    workspace: UUID, files: Path, pictures: list[bytes], newest: datetime, strips: int
) -> tuple[list[tuple[object, ...]], ...]:
    jobs: list[tuple[object, ...]] = []
    orders: list[tuple[object, ...]] = []
    assets: list[tuple[object, ...]] = []
    outputs: list[tuple[object, ...]] = []
    for at in range(strips):
        made = newest - at * APART
        job, end = _id_of(made), made + timedelta(seconds=9)
        paid = EACH * 1000
        jobs.append(
            (
                *(
                    job,
                    workspace,
                    uuid4(),
                    "fake",
                    "fake/image",
                    "text_to_image",
                    EACH,
                    "succeeded",
                    0,
                    1,
                    1,
                    paid,
                    paid,
                ),
                *(made, end + timedelta(hours=1), made, end),
            )
        )
        orders.append((job, Jsonb({"prompt": _words(at), "seed": at}), Jsonb({})))
        for index in range(EACH):
            picture = pictures[(at + index) % TONES]
            asset = _id_of(made)
            key = f"old/{at}-{index}.png"
            _link(files, key, (at + index) % TONES)
            sha256 = hashlib.sha256(picture).digest()
            assets.append((asset, workspace, job, key, "image/png", len(picture), sha256, SIDE_PX, SIDE_PX, made))
            outputs.append((job, index, asset))
    return jobs, orders, assets, outputs


def _picture(files: Path, tone: int) -> bytes:
    """A small picture with something in it, kept once on disk."""
    picture = Image.new("RGB", (SIDE_PX, SIDE_PX), (60 + tone * 14, 90, 190 - tone * 11))
    pencil = ImageDraw.Draw(picture)
    for ring in range(6):
        pencil.ellipse([20 + ring * 16, 20 + ring * 12, 200 - ring * 10, 220 - ring * 14], outline=(240, 220, 180))
    file = io.BytesIO()
    picture.save(file, "PNG")
    (files / "old").mkdir(parents=True, exist_ok=True)
    (files / "old" / f"tone-{tone}.png").write_bytes(file.getvalue())
    return file.getvalue()


def _link(files: Path, key: str, tone: int) -> None:
    os.link(files / "old" / f"tone-{tone}.png", files / key)


def _id_of(moment: datetime) -> UUID:
    """A UUIDv7 of that millisecond."""
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds << 80) | (0x7 << 76) | (uuid4().int & ((1 << 76) - 1))
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))
