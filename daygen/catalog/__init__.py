"""The catalogue: which models there are, what each takes, makes and costs, and how long it lives.

Models are data (`data/<provider>.json`), because models die: an entry has its operations with the JSON Schema of their
input, a price rule, the sizes of its aspect ratios, and `availableFrom`, `availableUntil`, `successor`. The rule is
`creditsPerOutput`, or `creditsPerSecond` of an output, whose `seconds` the input says. An operation that `needs` what
is not on this machine (`ffmpeg`) is not on offer.
"""

from daygen.catalog.errors import InputInvalid, UnknownModel, UnknownOperation
from daygen.catalog.model import MOST_OUTPUTS, Model, Offer, Plan, Price
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
    "Price",
    "UnknownModel",
    "UnknownOperation",
    "load",
]
