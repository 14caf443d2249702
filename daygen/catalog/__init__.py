"""The catalogue: which models there are, what each takes, makes and costs, and how long it lives.

Models are data (`data/<provider>.json`), because models die: an entry has its operations with the JSON Schema of their
input, a price rule, the sizes of its aspect ratios, and `availableFrom`, `availableUntil`, `successor`.
"""

from daygen.catalog.errors import InputInvalid, UnknownModel, UnknownOperation
from daygen.catalog.model import MOST_OUTPUTS, Model, Offer, Plan
from daygen.catalog.routes import Models
from daygen.catalog.service import Catalog, load

__all__ = [
    "MOST_OUTPUTS",
    "Catalog",
    "InputInvalid",
    "Model",
    "Models",
    "Offer",
    "Plan",
    "UnknownModel",
    "UnknownOperation",
    "load",
]
