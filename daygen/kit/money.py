"""Credits as whole thousandths, and the providers' dollars as whole millionths: sums never round."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Millicredits = NewType("Millicredits", int)
MicroUsd = NewType("MicroUsd", int)

MILLI = 1_000
MICRO = 1_000_000


def credits_of(text: str) -> Millicredits:
    """Read an amount of credits a person typed, with up to 3 decimal places. Raises ValueError."""
    try:
        exact = Decimal(text) * MILLI
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount of credits") from error
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise ValueError(f"{text!r} has more than 3 decimal places")
    return Millicredits(int(exact))


def shown(amount: Millicredits) -> float | int:
    """Credits as the JSON number that leaves the house: 1000 → 1, 1500 → 1.5."""
    whole, rest = divmod(amount, MILLI)
    return amount / MILLI if rest else whole


def usd(amount: MicroUsd) -> str:
    """Dollars as the string that leaves the house: 2500 → "0.0025"."""
    text = f"{Decimal(amount) / MICRO:f}"
    return text if "." in text else f"{text}.00"
