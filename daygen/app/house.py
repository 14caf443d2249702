"""What every process of the house holds: the database, the bells, storage, the catalogue."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from daygen import catalog
from daygen.app.providers import providers_on
from daygen.app.settings import Settings
from daygen.catalog import Catalog
from daygen.infra import telemetry
from daygen.infra.db import STALL, Bells, Database
from daygen.infra.egress import EgressClient, Guard
from daygen.infra.inspection import Inspector
from daygen.infra.storage import Storage, open_storage
from daygen.infra.telemetry import SpanRow, SpanStore
from daygen.kit.clock import Clock, SystemClock
from daygen.providers.local import find_ffmpeg

CONNECTIONS = 16

log = telemetry.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """The parts, opened."""

    settings: Settings
    db: Database
    bells: Bells
    storage: Storage
    catalog: Catalog
    clock: Clock
    egress: EgressClient
    inspector: Inspector


def tools_here(settings: Settings) -> list[str]:
    """Programs beside us that some operations need."""
    return ["ffmpeg"] if find_ffmpeg(settings.ffmpeg) else []


@asynccontextmanager
async def open_house(settings: Settings, service: str, channels: Sequence[str]) -> AsyncGenerator[House]:
    """Open the parts and, at the end, close them. Raises OSError or asyncpg errors when Postgres is out of reach."""
    clock = SystemClock()
    db = await Database.open(settings.database_url, size=CONNECTIONS, stall=min(STALL, settings.lease))
    bells = Bells(settings.database_direct_url, channels)
    storage = open_storage(
        settings.storage_url,
        secret=settings.secret,
        public_url=settings.public_url,
        credentials=settings.vendor,
        clock=clock,
    )

    egress, inspector = EgressClient(Guard(settings.egress_allow)), Inspector()
    if settings.egress_allow:
        exempt = [str(network) for network in settings.egress_allow]
        log.warning("egress.exempt", networks=exempt, meaning="webhooks and fetched inputs may reach these networks")

    async def keep(spans: Sequence[SpanRow]) -> None:
        async with db.transaction() as tx:
            await telemetry.append_spans(tx, spans)

    try:
        async with SpanStore(keep) as spans:
            telemetry.setup_traces(service, otlp=settings.vendor, store=spans)
            await bells.start()
            models = catalog.load(providers_on(settings), clock, tools_here(settings))
            yield House(settings, db, bells, storage, models, clock, egress, inspector)
            telemetry.close_traces()
    finally:
        await inspector.close()
        await bells.stop()
        await storage.close()
        await db.close()
