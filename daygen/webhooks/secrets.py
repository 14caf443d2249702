"""Secrets and signatures of Standard Webhooks 1.0.

A secret is derived from the house's own, the id of whom it belongs to, and a generation that rotation raises: there is
nothing at rest to steal, and a repeated request shows the same one.
"""

import base64
import hmac
from collections.abc import Iterable
from uuid import UUID

PREFIX = "whsec_"


def derive(house_secret: bytes, owner: UUID, generation: int) -> str:
    """The secret of an endpoint or workspace, as it is shown (256 bits)."""
    told = b"daygen webhook secret" + owner.bytes + generation.to_bytes(4, "big")
    return PREFIX + base64.b64encode(hmac.digest(house_secret, told, "sha256")).decode()


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(hmac.digest(_key(one), content, 'sha256')).decode()}" for one in secrets)


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
