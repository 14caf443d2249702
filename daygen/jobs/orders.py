"""Reads orders as they come over HTTP: the jobs they stand for, checked and priced, or where in them what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from daygen.catalog import Catalog, Plan
from daygen.infra.egress import Address, Guard, Refused
from daygen.jobs import sweeps
from daygen.jobs.model import MOST_JOBS, Hook
from daygen.jobs.schemas import JobOrder
from daygen.jobs.service import Order
from daygen.kit.problems import Fault, Invalid


@dataclass(frozen=True, slots=True)
class _Wish:
    """One of the jobs that an order stands for; `named` is where it names this job's model."""

    order: JobOrder
    model: str
    named: str
    input: Mapping[str, Any]


class Orders:
    """Reads orders against what is on offer and which addresses may be named."""

    def __init__(self, catalog: Catalog, guard: Guard) -> None:
        self._catalog = catalog
        self._guard = guard

    def one(self, order: JobOrder) -> Order:
        """An order for one job. Raises `Invalid` (422)."""
        (wish,) = _wishes(order)
        return self._order(wish, self._hook(order))

    def several(self, order: JobOrder) -> list[Order]:
        """An order for a batch: every wording of its input, each on all of its models. Raises `Invalid` (422)."""
        return self._read([(order, "")], "models" if order.models else "input")

    def batch(self, orders: Sequence[JobOrder]) -> list[Order]:
        """The orders of a batch, one after another. Raises `Invalid` (422), naming what is wrong: `orders[3].count`."""
        return self._read([(order, f"orders[{number}].") for number, order in enumerate(orders)], "orders")

    def address(self, field: str, url: str | None) -> str | None:
        """An address that is to be told or asked for something. Raises `Invalid` (422)."""
        if url is None:
            return None
        try:
            return str(Address.read(url).judged(self._guard))
        except Refused as refused:
            raise Invalid.field(field, str(refused)) from None

    def _read(self, orders: Sequence[tuple[JobOrder, str]], whole: str) -> list[Order]:
        """Read all, naming all that is wrong, before anything is done about any of them."""
        read: list[Order] = []
        faults: list[Fault] = []
        jobs = 0
        for order, at in orders:
            try:
                wishes, hook = _wishes(order), self._hook(order)
            except Invalid as wrong:
                faults += _faults(wrong, at)
                continue
            jobs += len(wishes)
            if jobs > MOST_JOBS:
                faults.append(Fault(whole, f"stands for more than {MOST_JOBS} jobs, which is the most of a batch"))
                break
            for wish in wishes:
                try:
                    read.append(self._order(wish, hook, at))
                except Invalid as wrong:
                    faults += _faults(wrong, at, wish)
        if faults:
            raise Invalid.of(list(dict.fromkeys(faults)))
        return read

    def _order(self, wish: _Wish, hook: Hook | None, at: str = "") -> Order:
        order = wish.order
        plan = self._with_links(self._catalog.plan(wish.model, order.operation, wish.input, order.count))
        return Order(plan, order.rank, order.deadline, order.metadata, hook=hook, at=at)

    def _with_links(self, plan: Plan) -> Plan:
        """A plan whose files' addresses are as they will be used. Raises `Invalid` for those that the guard refuses."""
        given: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, url in plan.offer.links(plan.input).items():
            try:
                given[name] = {"url": self.address(f"input.{name}.url", url)}
            except Invalid as wrong:
                faults += wrong.faults
        if faults:
            raise Invalid.of(faults)
        return replace(plan, input={**plan.input, **given}) if given else plan

    def _hook(self, order: JobOrder) -> Hook | None:
        url = self.address("webhookUrl", order.webhook_url)
        if url is not None:
            return Hook(url, tuple(order.webhook_events))
        if order.webhook_events:
            raise Invalid.field("webhookEvents", "says what is sent, but webhookUrl does not say where to")
        return None


def _wishes(order: JobOrder) -> list[_Wish]:
    """What an order stands for. Raises `Invalid`."""
    if order.models is None:
        if order.model is None:
            raise Invalid.field("model", "is required")
        models = [("model", order.model)]
    elif order.model is None:
        models = [(f"models[{number}]", model) for number, model in enumerate(order.models)]
    else:
        raise Invalid.field("models", "is given as well as model; give one of the two")
    try:
        inputs = sweeps.inputs(order.input, MOST_JOBS) if order.sweep else [order.input]
    except sweeps.Unreadable as unreadable:
        raise Invalid.field(f"input.{unreadable.field}", str(unreadable)) from None
    return [_Wish(order, model, named, given) for given in inputs for named, model in models]


def _faults(wrong: Invalid, at: str, wish: _Wish | None = None) -> Iterator[Fault]:
    """What is wrong with a part of a request, by its path in the whole; with which model, where there are several."""
    for fault in wrong.faults:
        if wish is not None and fault.path == "model":
            yield Fault(f"{at}{wish.named}", fault.message)
        elif wish is not None and wish.order.models is not None:
            yield Fault(f"{at}{fault.path}", f"{fault.message} ({wish.model})")
        else:
            yield Fault(f"{at}{fault.path}", fault.message)
