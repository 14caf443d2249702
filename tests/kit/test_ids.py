"""Ids: typed, time-ordered, read back as they were shown."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daygen.kit.ids import JobId


@given(st.uuids())
def test_an_id_is_read_back_as_it_was_shown(uuid: UUID):
    assert JobId.parse(str(JobId.of(uuid))) == uuid


def test_later_ids_sort_after_earlier_ones():
    shown = [str(JobId(int=JobId.new().int + (later << 80))) for later in range(100)]

    assert shown == sorted(shown)


def test_an_id_knows_when_it_was_made():
    before = datetime.now(UTC)

    assert abs(JobId.new().created_at - before) < timedelta(seconds=1)


def test_an_id_is_a_uuid_of_version_7():
    assert (JobId.new().version, JobId.new().variant) == (7, "specified in RFC 4122")


GOOD = "job_01m7wm9ayt04000000000000ab"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "job",
        "job_",
        GOOD.removeprefix("job_"),
        GOOD.replace("job", "ast"),
        GOOD[:-1],
        f"{GOOD}0",
        GOOD.upper(),
        f"job_{'z' * 26}",
        GOOD.replace("m", "u"),
    ],
)
def test_nothing_else_is_a_job_id(text: str):
    JobId.parse(GOOD)

    with pytest.raises(ValueError, match="not a job_ id"):
        JobId.parse(text)
