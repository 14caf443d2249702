"""What the adapters' tests share."""

import pytest

from tests.providers.contract_suite import parametrised, trial

__all__ = ["trial"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The contract tries every operation and every trouble of its subject."""
    parametrised(metafunc)
