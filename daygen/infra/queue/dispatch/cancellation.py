"""A cancel that got lost in somebody else's code."""

import asyncio


def canceled() -> bool:
    """Whether this task was asked to end.

    Its loop must look: `asyncio.wait_for` of Python 3.11 loses a cancel that comes together with an answer, and clients
    of brokers wait by it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
