"""The transport that the settings name, for whoever dispatches, works, or only looks."""

from contextlib import AsyncExitStack

from daygen.app.settings import Settings
from daygen.infra import transports
from daygen.infra.queue import Transport


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
