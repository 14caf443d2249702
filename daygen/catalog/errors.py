"""How the catalogue refuses."""

from collections.abc import Iterable

from daygen.kit.problems import Invalid


class UnknownModel(Invalid):
    """There is no such model, or not any more."""

    code = "catalog.unknown_model"
    title = "There is no such model"

    @classmethod
    def named(cls, model: str, successor: str | None = None) -> "UnknownModel":
        """Refuse a model by its name."""
        hint = f"use {successor}" if successor else "GET /v1/models lists what there is"
        return cls.field("model", f"there is no model {model[:100]!r}; {hint}")


class UnknownOperation(Invalid):
    """The model does not do this."""

    code = "catalog.unknown_operation"
    title = "The model does not do this"

    @classmethod
    def named(cls, operation: str | None, known: Iterable[str]) -> "UnknownOperation":
        """Refuse an operation by its name, or the lack of one where there are several."""
        choice = ", ".join(known)
        if operation is None:
            return cls.field("operation", f"is required, since this model has several: {choice}")
        return cls.field("operation", f"this model does not do {operation[:100]!r}; it does {choice}")


class InputInvalid(Invalid):
    """The input does not fit the model's schema; nothing was charged."""

    code = "request.invalid"
    title = "The input does not fit the model"
