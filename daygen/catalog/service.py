"""Reads the catalogue's data and turns an order into a plan: checked, completed, priced. Touches no database."""

import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from importlib import resources
from typing import Any

import jsonschema_rs

from daygen.catalog.errors import InputInvalid, UnknownModel, UnknownOperation
from daygen.catalog.model import MOST_OUTPUTS, Model, Offer, Plan, Price
from daygen.kit.clock import Clock
from daygen.kit.money import Millicredits, credits_of
from daygen.kit.problems import Fault
from daygen.kit.tariffs import NoPrice, Tariff
from daygen.providers import Basis

LARGEST_SEED = 2**32 - 1
AT_HOME = {"fake", "local"}  # providers that nobody bills us for
SOURCE = "x-source"  # marks an input field that references a file
REFERENCE = '{"assetId": "ast_…"} or {"url": "https://…"}'


class Catalog:
    """Every model of the providers that are switched on."""

    def __init__(self, models: Collection[Model], clock: Clock) -> None:
        self._models = {model.id: model for model in models}
        self._clock = clock
        self._validators = {
            (model.id, offer.operation): jsonschema_rs.Draft202012Validator(dict(offer.input_schema))
            for model in models
            for offer in model.offers.values()
        }

    def list(self) -> list[Model]:
        """Models that can be ordered now, by id; those for tests come last."""
        now = self._clock.now()
        models = [model for model in self._models.values() if model.available(now)]
        return sorted(models, key=lambda model: (model.provider == "fake", model.id))

    def find(self, model_id: str) -> Model:
        """A model that can be ordered now. Raises `UnknownModel` (422)."""
        model = self._models.get(model_id)
        if model is None or not model.available(self._clock.now()):
            raise UnknownModel.named(model_id, model.successor if model else None)
        return model

    def known(self, model_id: str) -> Model | None:
        """A model that is or was on offer, for jobs ordered while it was."""
        return self._models.get(model_id)

    def plan(self, model_id: str, operation: str | None, order: Mapping[str, Any], count: int) -> Plan:
        """Check an order, fill in what it leaves open, and price it.

        Raises `UnknownModel`, `UnknownOperation` or `InputInvalid` (422), naming every field that is wrong.
        """
        model = self.find(model_id)
        if operation is None and len(model.offers) == 1:
            operation = next(iter(model.offers))
        offer = model.offers.get(operation or "")
        if offer is None:
            raise UnknownOperation.named(operation, model.offers)
        if not 1 <= count <= offer.most_outputs:
            most = offer.most_outputs
            raise InputInvalid.field("count", f"must be 1 to {most}" if most > 1 else "must be 1 for this operation")
        faults = [*_data_urls(order, offer)]
        told = {fault.path for fault in faults}
        schema_faults = _faults(self._validators[model_id, offer.operation], order)
        faults += [fault for fault in schema_faults if ".".join(fault.path.split(".")[:2]) not in told]
        faults += [] if faults else _size_faults(order, offer)
        if faults:
            raise InputInvalid.of(faults)
        complete = _completed(order, offer)
        try:
            price = Millicredits(offer.price.each(complete) * count)
        except NoPrice as unpriced:
            raise InputInvalid.field(f"input.{unpriced.fields[-1]}", str(unpriced)) from unpriced
        return Plan(model, offer, complete, count, price)


def load(providers: Collection[str], clock: Clock, tools: Collection[str] = ()) -> Catalog:
    """Read the data of these providers; an operation that needs a tool is on offer where the tool is."""
    folder = resources.files("daygen.catalog") / "data"
    return Catalog(
        [model for name in sorted(providers) for model in _read((folder / f"{name}.json").read_text(), tools)], clock
    )


def _read(text: str, tools: Collection[str]) -> Iterator[Model]:
    data: dict[str, Any] = json.loads(text)
    for entry in data["models"]:
        offers = [
            _offer(offer, data["definitions"], entry["provider"])
            for offer in entry["operations"]
            if "needs" not in offer or offer["needs"] in tools
        ]
        yield Model(
            id=entry["id"],
            provider=entry["provider"],
            vendor_model=entry["vendorModel"],
            title=entry["title"],
            description=entry["description"],
            offers={offer.operation: offer for offer in offers},
            available_from=datetime.fromisoformat(entry["availableFrom"]),
            available_until=datetime.fromisoformat(entry["availableUntil"]) if entry["availableUntil"] else None,
            successor=entry["successor"],
        )


def _offer(entry: Mapping[str, Any], definitions: Mapping[str, Any], provider: str) -> Offer:
    """Read an operation. Raises KeyError where it has no price, or no cost although somebody bills us for it."""
    properties = {
        name: definitions[schema] if isinstance(schema, str) else schema for name, schema in entry["input"].items()
    }
    ratios = properties.get("aspectRatio", {}).get("enum", [])
    sizes = _sizes(entry.get("sizes", "sizes"), definitions)
    defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
    return Offer(
        operation=entry["operation"],
        input_schema={
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": entry["required"],
            "additionalProperties": False,
        },
        price=_price(entry, defaults),
        sources=tuple(name for name, schema in properties.items() if SOURCE in schema),
        sizes={ratio: tuple(sizes[ratio]) for ratio in ratios if ratio in sizes},
        most_outputs=entry.get("mostOutputs", MOST_OUTPUTS),
        cost=None if provider in AT_HOME else Basis.read(entry["cost"]),
    )


def _sizes(which: str | Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of sizes by its name, or the usual one with what is different in it."""
    if isinstance(which, str):
        return definitions.get(which, {})
    return {**definitions.get("sizes", {}), **which}


def _price(entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> Price:
    if "creditsPerSecond" in entry:
        tariff, seconds = _tariff(entry["creditsPerSecond"]), "seconds"
    else:
        tariff, seconds = _tariff(entry["creditsPerOutput"]), None
    return Price(tariff, Millicredits(tariff.of(defaults)), seconds)


def _tariff(price: str | Mapping[str, Any]) -> Tariff:
    """One price, or `{"by": [fields], "prices": {"value/value": price}}`."""
    if isinstance(price, str):
        return Tariff.flat(credits_of(price))
    return Tariff(tuple(price["by"]), {row: credits_of(amount) for row, amount in price["prices"].items()})


def _completed(order: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    """Fill in defaults, a seed, and the size that the aspect ratio stands for."""
    properties: Mapping[str, Any] = offer.input_schema["properties"]
    defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
    complete = defaults | {name: _whole(properties[name], value) for name, value in order.items()}
    if "seed" in properties and "seed" not in complete:
        complete["seed"] = secrets.randbelow(properties["seed"].get("maximum", LARGEST_SEED) + 1)
    if offer.sizes:
        if "width" in order and "aspectRatio" not in order:
            del complete["aspectRatio"]
        elif complete["aspectRatio"] in offer.sizes:  # "auto" is the provider's business
            complete["width"], complete["height"] = offer.sizes[complete["aspectRatio"]]
    return complete


def _whole(schema: Mapping[str, Any], value: Any) -> Any:
    """JSON Schema takes 7.0 for an integer; from here on it is one."""
    return int(value) if schema.get("type") == "integer" else value


def _size_faults(order: Mapping[str, Any], offer: Offer) -> Iterator[Fault]:
    if ("width" in order) != ("height" in order):
        missing = "height" if "width" in order else "width"
        yield Fault(f"input.{missing}", "width and height go together")
    elif "width" in order and offer.sizes.get(order.get("aspectRatio", "")) not in {
        None,
        (order["width"], order["height"]),
    }:
        yield Fault("input.aspectRatio", "is not that of width and height; give one of the two")


def _data_urls(order: Mapping[str, Any], offer: Offer) -> Iterator[Fault]:
    for name in offer.sources:
        value = order.get(name)
        reference = value.get("url", "") if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - any JSON
        if isinstance(reference, str) and reference[:5].lower() == "data:":
            yield Fault(f"input.{name}", f"data: URLs are not taken; send {REFERENCE}")


def _faults(validator: jsonschema_rs.Draft202012Validator, order: Mapping[str, Any]) -> Iterator[Fault]:
    for error in validator.iter_errors(dict(order)):
        path = ["input", *(str(part) for part in error.instance_path)]
        facts: Mapping[str, Any] = error.kind.as_dict()
        for name in facts.get("unexpected", ()):
            yield Fault(".".join([*path, str(name)[:100]]), "there is no such field")
        if "unexpected" not in facts:
            inner = [facts["property"]] if "property" in facts else []
            yield Fault(".".join([*path, *inner]), _plain(error.kind.name, facts))


def _plain(rule: str, facts: Mapping[str, Any]) -> str:
    """Say what a rule asks for, without repeating what was sent."""
    limit = facts.get("limit")
    match rule:
        case "required":
            return "is required"
        case "enum":
            return f"must be one of {', '.join(str(option) for option in facts['options'])}"
        case "type":
            return f"must be of type {', '.join(facts['types'])}" if "types" in facts else "is of the wrong type"
        case "maxLength" | "minLength":
            return f"must have {'at most' if rule == 'maxLength' else 'at least'} {limit} characters"
        case "maximum" | "minimum":
            return f"must be {'at most' if rule == 'maximum' else 'at least'} {limit}"
        case _:
            return f"must be {REFERENCE}" if rule.startswith("oneOf") else "is not valid here"
