"""How long a call to a provider may take."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from daygen.providers import Unknown


@asynccontextmanager
async def within(longest: timedelta) -> AsyncGenerator[None]:
    """Give a call up after so long, as one whose answer was lost. Raises `Unknown`; its own timeouts are its own."""
    limit = asyncio.timeout(longest.total_seconds())
    try:
        async with limit:
            yield
    except TimeoutError as late:
        if limit.expired():
            raise Unknown(f"no answer within {longest}") from late
        raise
