"""The transport that the settings name, for whoever dispatches, works, or only looks."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from daygen.app.settings import Settings
from daygen.infra import telemetry, transports
from daygen.infra.queue import Transport, TransportDown

PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a transport: how much it holds or, if it cannot be reached, why. No secret is in it."""

    name: str
    depth: Mapping[str, int] = field(default_factory=dict[str, int])
    down: str | None = None


def make_transport(settings: Settings) -> Transport | None:
    """The transport; None where the table is all there is. Connects to nothing yet."""
    match settings.queue:
        case "bullmq":
            return transports.bullmq(settings.redis_url, hold=settings.lease)
        case "sqs":
            return transports.sqs(settings.sqs_queue_url, credentials=settings.vendor, hold=settings.lease)
        case "cloudtasks":
            assert settings.cloudtasks is not None
            return transports.cloudtasks(settings.cloudtasks)
        case _:
            return None


async def opened(settings: Settings, stack: AsyncExitStack) -> Transport | None:
    """The same, closed when the stack is."""
    transport = make_transport(settings)
    if transport is not None:
        stack.push_async_callback(transport.close)
    return transport


async def look(settings: Settings) -> Found:
    """Ask the transport how much it holds, for somebody who wants to know now."""
    async with AsyncExitStack() as stack:
        transport = await opened(settings, stack)
        if transport is None:
            return Found(settings.queue)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return Found(settings.queue, await transport.depth())
        except (TransportDown, TimeoutError) as error:
            return Found(settings.queue, down=telemetry.redacted_text(str(error) or "no answer in time")[:200])
