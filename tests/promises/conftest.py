"""What the promises' tests share: a nursery of workers."""

from collections.abc import Generator

import pytest

from tests.promises.nursery import Nursery, open_nursery


@pytest.fixture(scope="session")
def nursery() -> Generator[Nursery]:
    """Workers by the dozen."""
    with open_nursery() as opened:
        yield opened
