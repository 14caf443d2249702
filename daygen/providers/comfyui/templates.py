"""Graphs with places for what was asked for."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Template:
    """A graph; `fields` says which node's input (`node.input`) takes which of our fields, `output` which node saves."""

    graph: Mapping[str, Any]
    fields: Mapping[str, str]
    output: str

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The graph with these values; those that it has no place for are left out."""
        graph = copy.deepcopy(dict(self.graph))
        for name, place in self.fields.items():
            if name in values:
                node, _, key = place.partition(".")
                graph[node]["inputs"][key] = values[name]
        return graph


def find(model: str, operation: str) -> Template | None:
    """The template for an operation of a model, or None."""
    file = resources.files("daygen.providers.comfyui") / "templates" / f"{model}-{operation}.json"
    if not file.is_file():
        return None
    told: dict[str, Any] = json.loads(file.read_text())
    return Template(told["graph"], told["fields"], told["output"])
