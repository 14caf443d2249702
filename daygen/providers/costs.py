"""What a provider charges us, worked out from a basis that is data (`catalog/data/<provider>.json`, `cost`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any

from daygen.kit.money import MICRO, MicroUsd
from daygen.kit.tariffs import Tariff


@dataclass(frozen=True, slots=True)
class Basis:
    """How an operation is charged to us.

    `outputs`: micro-USD for each output; also what is assumed where a company that bills by tokens did not count them.
    `inputs`: micro-USD for each picture sent along. `tokens`: USD for a million tokens of a kind, which is micro-USD
    for one.
    """

    outputs: Tariff
    inputs: Decimal = Decimal(0)
    tokens: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "Basis":
        """Read it from the catalogue's data. Raises KeyError where there is no price for an output."""
        per_output: str | Mapping[str, Any] = entry["usdPerOutput"]
        if isinstance(per_output, str):
            outputs = Tariff.flat(micro_usd(per_output))
        else:
            prices = {row: micro_usd(price) for row, price in per_output["prices"].items()}
            outputs = Tariff(tuple(per_output["by"]), prices)
        return cls(
            outputs,
            Decimal(entry.get("usdPerInput", "0")) * MICRO,
            {kind: Decimal(price) for kind, price in entry.get("usdPerMillionTokens", {}).items()},
        )

    def of_outputs(self, asked: Mapping[str, Any], outputs: int, inputs: int = 0) -> MicroUsd:
        """The cost of this many outputs, each made from `inputs` pictures. Raises `NoPrice`."""
        return _up((self.outputs.of(asked) + self.inputs * inputs) * outputs)

    def of_tokens(self, counted: Mapping[str, int]) -> MicroUsd | None:
        """The cost of tokens by kind; None where a kind has no price."""
        if not counted or not counted.keys() <= self.tokens.keys():
            return None
        return _up(sum((self.tokens[kind] * count for kind, count in counted.items()), Decimal(0)))


def micro_usd(text: str) -> MicroUsd:
    """Read dollars. Raises ValueError for less than a millionth."""
    exact = Decimal(text) * MICRO
    if exact != exact.to_integral_value():
        raise ValueError(f"{text!r} is finer than a millionth of a dollar")
    return MicroUsd(int(exact))


def _up(amount: Decimal) -> MicroUsd:
    return MicroUsd(int(amount.to_integral_value(ROUND_UP)))
