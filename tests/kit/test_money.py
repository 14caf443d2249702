"""Money: exact, whole thousandths inside, decimals outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daygen.kit.money import MicroUsd, Millicredits, credits_of, shown, usd


@given(st.integers(min_value=0, max_value=10**15))
def test_credits_are_read_back_as_they_were_shown(amount: int):
    assert credits_of(repr(shown(Millicredits(amount)))) == amount


@pytest.mark.parametrize("text", ["", "one", "1.0001", "nan", "inf", "1,5"])
def test_what_is_no_amount_of_credits_is_refused(text: str):
    with pytest.raises(ValueError, match=r"amount of credits|decimal places"):
        credits_of(text)


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.00"), (2_500, "0.0025"), (1_000_000, "1.00"), (12_345_678, "12.345678")]
)
def test_dollars_are_shown_as_exact_text(amount: int, text: str):
    assert usd(MicroUsd(amount)) == text
