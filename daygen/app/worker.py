"""The worker process: carries out tasks, numbers events, and does what is done once for the house."""

import asyncio
import signal
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

from daygen.app.house import House, open_house
from daygen.app.providers import callbacks, make_providers
from daygen.app.schedules import Schedules
from daygen.app.settings import Settings
from daygen.app.transports import opened
from daygen.assets import LARGEST_PICTURE_BYTES
from daygen.infra import telemetry
from daygen.infra.egress import EgressClient, Patience
from daygen.infra.outbox import EVENTS, OUTBOX, Relay
from daygen.infra.queue import CANCELS, GRANTS, TASKS, Breaker, Deliveries, Dispatcher, Transport, Worker
from daygen.jobs import CancelOrders, JobRunner, OrderCanceler, RunJob, Sources
from daygen.providers import Provider
from daygen.providers.http import open_client
from daygen.webhooks import Courier, Deliverer, DeliverWebhook, Forwarder

log = telemetry.get_logger(__name__)

CHANNELS = [TASKS, CANCELS, GRANTS, OUTBOX, EVENTS]


def make_courier(house: House) -> Courier:
    """What carries webhooks to their receivers."""
    settings = house.settings
    longest = settings.webhook_timeout
    egress = EgressClient(house.egress.guard, patience=Patience(longest, longest, longest, longest, longest))
    scale = settings.webhook_retry_scale
    return Courier(house.db, egress, house.storage, settings.secret, house.clock, scale=scale)


def make_sources(house: House) -> Sources:
    """What brings the files that jobs work on."""
    longest, largest = house.settings.input_timeout, house.settings.largest_upload_bytes
    phase = min(longest, Patience().read)
    patience = Patience(Patience().resolve, Patience().connect, Patience().write, phase, longest)
    egress = EgressClient(house.egress.guard, patience=patience)
    most = min(largest, LARGEST_PICTURE_BYTES)
    return Sources(house.db, house.storage, egress, house.inspector, largest_bytes=most)


def make_dispatcher(house: House, transport: Transport) -> Dispatcher:
    """What grants tasks and publishes them, if it is this process's turn."""
    settings = house.settings
    return Dispatcher(
        house.db,
        house.bells,
        transport,
        ahead=settings.queue_ahead,
        lease=settings.lease,
        republish=settings.queue_republish,
    )


def make_worker(
    house: House, providers: Mapping[str, Provider], courier: Courier, deliveries: Deliveries | None = None
) -> Worker:
    """A worker that carries out every kind of task: of the table's, or of those that are delivered to it."""
    settings = house.settings
    scratch = settings.data_dir / "scratch"
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    runner = JobRunner(
        house.db,
        house.storage,
        providers,
        house.catalog,
        make_sources(house),
        scratch,
        longest_call=settings.longest_call,
        callback=callbacks(settings),
        breaker=Breaker(pause=settings.breaker_pause),
    )
    return Worker(
        house.db,
        house.bells,
        {
            RunJob.kind: runner,
            CancelOrders.kind: OrderCanceler(house.db, providers),
            DeliverWebhook.kind: Deliverer(house.db, courier),
        },
        slots=settings.slots,
        lease=settings.lease,
        grace=settings.grace,
        longest_call=settings.longest_call,
        source=deliveries,
    )


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then finish what is running."""
    async with open_house(settings, "worker", CHANNELS) as house, open_client() as client, AsyncExitStack() as stack:
        providers = make_providers(settings, client)
        courier = make_courier(house)
        transport = await opened(settings, stack)
        deliveries = Deliveries(house.db, transport) if transport else None
        worker = make_worker(house, providers, courier, deliveries)
        relay = Relay(house.db, house.bells)
        forwarder = Forwarder(house.db, house.bells)
        schedules = Schedules(house.db, house.storage, house.clock, worker)
        loop = asyncio.get_running_loop()
        for kind in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(kind, worker.stop)
        keepers: list[Coroutine[Any, Any, None]] = [relay.run(), forwarder.run(), schedules.run()]
        if transport and deliveries:
            keepers += [deliveries.run(), make_dispatcher(house, transport).run()]
        background = [asyncio.create_task(keeper) for keeper in keepers]
        log.info("worker.started", workerId=str(worker.id), slots=settings.slots, queue=settings.queue)
        try:
            await worker.run()
            await relay.turn()  # what the last tasks said still goes out
        finally:
            await courier.stop(settings.grace)
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            if deliveries:
                await deliveries.close()
            for provider in providers.values():
                await provider.close()
        log.info("worker.stopped")


def run(settings: Settings) -> None:
    """Run a worker process until a signal comes."""
    telemetry.setup_logs("worker", settings.log_level)
    telemetry.hide(settings.secrets())
    import uvloop

    uvloop.run(work(settings))
