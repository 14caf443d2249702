"""Models, what they offer, and the plan that an order becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from daygen.kit.money import Millicredits
from daygen.kit.tariffs import Tariff
from daygen.providers import Basis

MOST_OUTPUTS = 16


@dataclass(frozen=True, slots=True)
class Price:
    """What one output costs, by the values of some input fields; or each second of it, if `seconds` names their field.

    `usual` is what it costs with every default.
    """

    tariff: Tariff
    usual: Millicredits
    seconds: str | None = None

    def each(self, order: Mapping[str, Any]) -> Millicredits:
        """What one output of a complete order costs. Raises `NoPrice`."""
        return Millicredits(self.tariff.of(order) * (order[self.seconds] if self.seconds else 1))


@dataclass(frozen=True, slots=True)
class Offer:
    """One operation of a model: what it takes (JSON Schema) and what an output costs.

    `sources` are the input fields that reference a file; `sizes` width and height in pixels by aspect ratio, empty
    where the size is the provider's business. An order has up to `most_outputs`. `cost` is what the provider charges
    us, None where it is nobody.
    """

    operation: str
    input_schema: Mapping[str, Any]
    price: Price
    sources: tuple[str, ...]
    sizes: Mapping[str, tuple[int, int]]
    most_outputs: int = MOST_OUTPUTS
    cost: Basis | None = None

    def takes(self, source: str) -> str:
        """Which kind of file a source is: an image, a video."""
        kind: str = self.input_schema["properties"][source]["x-source"]
        return kind

    def links(self, order: Mapping[str, Any]) -> dict[str, str]:
        """The addresses of an order's files, by the fields that give one instead of an asset."""
        return {name: order[name]["url"] for name in self.sources if "url" in order.get(name, {})}


@dataclass(frozen=True, slots=True)
class Model:
    """One thing on offer. `vendor_model` is what its provider calls it."""

    id: str
    provider: str
    vendor_model: str
    title: str
    description: str
    offers: Mapping[str, Offer]
    available_from: datetime
    available_until: datetime | None
    successor: str | None

    def available(self, at: datetime) -> bool:
        """Whether it can be ordered at this time."""
        return self.available_from <= at and (self.available_until is None or at < self.available_until)


@dataclass(frozen=True, slots=True)
class Plan:
    """An order that fits: the input with every default, size and seed filled in, and its whole price."""

    model: Model
    offer: Offer
    input: Mapping[str, Any]
    count: int
    price: Millicredits
