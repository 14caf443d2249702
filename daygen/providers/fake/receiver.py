"""How the fake provider signs what it tells us, and how that is checked."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from daygen.providers.callbacks import SKEW, Forged, Word
from daygen.providers.tickets import Ticket

KEY = b"the fake's own key, which is no secret"


def signed(body: bytes, delivery_id: str, at: datetime) -> Mapping[str, str]:
    """The headers of a delivery."""
    told = f"{delivery_id}.{int(at.timestamp())}"
    return {"x-fake-delivery": told, "x-fake-signature": _signature(told, body)}


class FakeReceiver:
    """Checks what the fake tells us: `{"ticket": id, "facts": {…}}`, or nothing."""

    async def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Word:
        """Check a delivery. Raises `Forged`."""
        told = headers.get("x-fake-delivery", "")
        if not hmac.compare_digest(_signature(told, body), headers.get("x-fake-signature", "")):
            raise Forged("its signature is not the fake's")
        delivery_id, _, at = told.rpartition(".")
        if abs(now - datetime.fromtimestamp(int(at), UTC)) > SKEW:
            raise Forged("it was signed at another time")
        word = json.loads(body)
        return Word(delivery_id, Ticket(word["ticket"], word["facts"]) if "ticket" in word else None)


def _signature(told: str, body: bytes) -> str:
    return hmac.digest(KEY, told.encode() + b"." + body, "sha256").hex()
