"""Orders side by side: each comes to its end, and the gravest end is the one that counts."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest

from daygen.kit.money import MicroUsd
from daygen.providers import Broken, Busy, Refused, Unknown
from daygen.providers.together import accounted, together

BUSY = Busy("later", timedelta(seconds=1))


async def ending(failure: Exception | None, done: list[str]) -> None:
    await asyncio.sleep(0.001 * len(done))
    done.append("done")
    if failure is not None:
        raise failure


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_a_lost_answer_outweighs_all_that_would_be_tried_again(order: tuple[int, ...]):
    failures = [BUSY, Broken("x"), Refused("provider.x", "x"), Unknown("x")]
    done: list[str] = []

    with pytest.raises(Unknown):
        await together(ending(failures[number], done) for number in order)
    with pytest.raises(Refused):
        await together(ending(failures[number], done) for number in order if number < 3)
    with pytest.raises(Broken):
        await together(ending(failures[number], done) for number in order if number < 2)

    assert len(done) == 9


async def test_a_cancel_ends_them_all():
    ended: list[int] = []

    async def long(number: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(number)

    run = asyncio.create_task(together(long(number) for number in range(3)))
    await asyncio.sleep(0.01)
    run.cancel()

    with pytest.raises(asyncio.CancelledError):
        await run
    assert sorted(ended) == [0, 1, 2]


async def test_what_was_made_before_the_end_is_not_forgotten():
    done: list[str] = []

    with pytest.raises(Broken) as broken, accounted(lambda: (len(done), MicroUsd(5 * len(done)))):
        await together(ending(failure, done) for failure in (None, None, Broken("x")))

    assert (broken.value.units, broken.value.cost) == (3, 15)
