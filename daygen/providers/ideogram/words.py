"""What Ideogram's answers mean, whichever of its generations gives them."""

from collections.abc import Mapping
from typing import Any, cast

from daygen.providers import verdicts
from daygen.providers.http import Reply


def judged(title: str, model: str, reply: Reply, body: Any) -> Exception:
    """Which of the four a refusal is."""
    told: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else {}
    reason = str(told.get("error") or told.get("message") or "")
    if reply.status == 422 and "safety" in reason.lower():  # noqa: PLR2004 - their status for it
        return verdicts.blocked(title)
    if reply.status == 402 and told.get("reject_reason") == "inflight_limit":  # noqa: PLR2004
        return verdicts.busy(title, reply.headers)
    return verdicts.of_status(title, f"Ideogram {model}", reply.status, reply.headers, reason)


def pictures_of(document: Any, name: str, title: str) -> list[Mapping[str, Any]]:
    """The items of an answer, of which there is at least one. Raises `Unknown`."""
    found = cast("Mapping[str, Any]", document).get(name) if isinstance(document, Mapping) else None
    items = cast("list[Any]", found) if isinstance(found, list) else []
    if not items or not all(isinstance(item, Mapping) for item in items):
        raise verdicts.unreadable(title, f"it has no {name}")
    return items
