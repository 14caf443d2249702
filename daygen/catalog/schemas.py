"""What the catalogue says over HTTP."""

from typing import Any, Self

from daygen.catalog.model import Model, Offer, Price
from daygen.infra.http import Moment, Wire
from daygen.kit.money import Millicredits, shown


class PriceView(Wire):
    """What an output costs with every default: one of the two is a number. A second is one of the input's `seconds`.

    `prices` is what it costs by the values of the fields in `by`. A key of it is those values joined with a slash;
    `none` stands for a field that is not given, `given` for a picture. What is not among them cannot be ordered.
    """

    credits_per_output: float | int | None
    credits_per_second: float | int | None
    by: list[str]
    prices: dict[str, float | int]

    @classmethod
    def of(cls, price: Price) -> Self:
        """Show a price rule."""
        usual, tariff = shown(price.usual), price.tariff
        return cls(
            credits_per_output=None if price.seconds else usual,
            credits_per_second=usual if price.seconds else None,
            by=list(tariff.by),
            prices={row: shown(Millicredits(amount)) for row, amount in tariff.prices.items()} if tariff.by else {},
        )


class OfferView(Wire):
    """One operation of a model; `inputSchema` is JSON Schema (2020-12), `sizes` pixels by aspect ratio.

    One order has up to `mostOutputs`.
    """

    operation: str
    input_schema: dict[str, Any]
    sizes: dict[str, tuple[int, int]]
    price: PriceView
    most_outputs: int

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Show an operation."""
        return cls(
            operation=offer.operation,
            input_schema=dict(offer.input_schema),
            sizes=dict(offer.sizes),
            price=PriceView.of(offer.price),
            most_outputs=offer.most_outputs,
        )


class LifecycleView(Wire):
    """From when to when a model can be ordered, and which takes its place."""

    available_from: Moment
    available_until: Moment | None
    successor: str | None


class ModelView(Wire):
    """One thing on offer."""

    id: str
    title: str
    description: str
    provider: str
    operations: list[OfferView]
    lifecycle: LifecycleView

    @classmethod
    def of(cls, model: Model) -> Self:
        """Show a model."""
        return cls(
            id=model.id,
            title=model.title,
            description=model.description,
            provider=model.provider,
            operations=[OfferView.of(offer) for offer in model.offers.values()],
            lifecycle=LifecycleView(
                available_from=model.available_from, available_until=model.available_until, successor=model.successor
            ),
        )
