"""What was made before a later part of an order was lost is in the books, by every adapter that orders in parts."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from daygen.providers import Provider
from tests.product import Daygen
from tests.providers import test_ideogram, test_openai, test_qwen
from tests.providers.contract_suite import switched_on
from tests.providers.servers.ideogram import IdeogramServer
from tests.providers.servers.openai import OpenAIServer
from tests.providers.servers.qwen import QwenServer
from tests.providers.servers.wire import Answer, Request, Trouble, Wire

TOKENS = 16 * 5 + 324 * 8 + 1056 * 30  # as the fake counts them, at what the catalogue says of a million


class Faltering(Wire):
    """A company that answers its first order, and takes the second and is never heard of again."""

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:
        """Answer, and be cut off at the next order."""
        answer = await super().answer(request, trouble)
        if self.is_order(request):
            self.trouble = Trouble.CUT_AFTER_BODY
        return answer


class FalteringOpenAI(Faltering, OpenAIServer):
    """Makes ten at a time."""


class FalteringIdeogram(Faltering, IdeogramServer):
    """Makes eight at a time, of which this one withholds one."""

    withheld = frozenset({1})


class FalteringQwen(Faltering, QwenServer):
    """Makes four at a time."""


@pytest.mark.parametrize(
    ("name", "opened", "adapter", "model", "count", "outputs", "made", "cost"),
    [
        (
            "openai",
            FalteringOpenAI.open,
            test_openai.adapter,
            test_openai.NEW,
            11,
            10,
            10,
            16 * 5 + 324 * 8 + 1056 * 30,
        ),
        ("ideogram", FalteringIdeogram.open, test_ideogram.adapter, test_ideogram.MODEL, 9, 7, 8, 8 * 60_000),
        ("qwen", FalteringQwen.open, test_qwen.adapter, test_qwen.TASK.model, 5, 4, 4, 4 * 30_000),
    ],
)
async def test_a_usage_row_says_what_was_made_before_an_answer_was_lost(
    database: str,
    tmp_path: Path,
    name: str,
    opened: Callable[[], AbstractAsyncContextManager[Wire]],
    adapter: Callable[[httpx.AsyncClient, str, timedelta], Provider],
    model: str,
    count: int,
    outputs: int,
    made: int,
    cost: int,
):
    async with opened() as server, httpx.AsyncClient() as client:
        provider = {name: adapter(client, server.url, timedelta(seconds=30))}
        async with Daygen.open(database, tmp_path, provider, accounts=switched_on(name, server.url)) as daygen:
            ada = await daygen.workspace(credits=500)
            job_id = await daygen.order(
                ada, model=model, operation="text_to_image", input={"prompt": "a lighthouse at dusk"}, count=count
            )
            await daygen.drain()

            job = await daygen.job(ada, job_id)
            assert (job["status"], len(job["outputs"]), len(server.orders)) == ("succeeded", outputs, 2)
            async with daygen.db.reading() as tx:
                (row,) = await tx.rows("select outcome, units, cost_micro_usd cost from usage")
            assert (row["outcome"], row["units"], row["cost"]) == ("unknown", made, cost)
            assert await daygen.audit() == []
