"""What is generated and committed, is what the code makes; `make fresh` has those that need more tools."""

import pytest

from tests.house import generated


@pytest.mark.parametrize("name", ["sdk/openapi.json", "docs/problems.md", "daygen/app/migrations/schema.sql"])
def test_a_generated_file_is_fresh(name: str):
    assert (generated.ROOT / name).read_text() == generated.GENERATED[name](), "run `make sdk`"
