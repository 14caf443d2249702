"""Reads JSON that somebody else wrote and that may be anything."""

from collections.abc import Mapping
from typing import Any, cast


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def inside(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name, or an empty one."""
    return mapping(value.get(name))


def listed(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list under a name; whatever else is in it is passed over."""
    found = value.get(name)
    items = cast("list[Any]", found) if isinstance(found, list) else []
    return [item for item in items if isinstance(item, Mapping)]
