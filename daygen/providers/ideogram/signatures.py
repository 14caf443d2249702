"""Ideogram's signatures: Ed25519 over ids, time and the body's hash, by any of the keys that it publishes."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from daygen.providers.callbacks import SKEW, Forged, Word
from daygen.providers.http import Account, Line
from daygen.providers.tickets import Ticket

KEYS = "/v1/.well-known/jwks.json"
KEYS_KEPT_S = 24 * 3600.0
ASK_AGAIN_S = 30.0  # for keys that we may not know yet; whatever else is sent to us, no sooner
PREFIX = "x-ideogram-webhook-"
SIGNED = ("generation-id", "user-id", "timestamp")
LARGEST_KEYS = 64 << 10


class IdeogramReceiver:
    """Checks what Ideogram tells us."""

    def __init__(self, client: httpx.AsyncClient, account: Account) -> None:
        self._line = Line(client, account)
        self._keys: Sequence[Ed25519PublicKey] = ()
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Word:
        """Check a delivery. Raises `Forged`, or `Unknown` when the keys cannot be had."""
        told = [headers.get(PREFIX + name, "") for name in SIGNED]
        try:
            at = datetime.fromtimestamp(int(told[2]), UTC)
            signature = bytes.fromhex(headers.get(PREFIX + "signature", ""))
        except (ValueError, OverflowError, OSError) as error:
            raise Forged("its headers are not those of a webhook") from error
        if abs(now - at) > SKEW:
            raise Forged("it was signed at another time")
        signed = "\n".join([*told, hashlib.sha256(body).hexdigest()]).encode()
        if not _good(await self._known(KEYS_KEPT_S), signature, signed) and not _good(
            await self._known(ASK_AGAIN_S), signature, signed
        ):
            raise Forged("its signature is by none of Ideogram's keys")
        if _generation(body) != told[0]:
            raise Forged("its body is about another order")
        return Word(told[0], Ticket(told[0]))

    async def _known(self, kept_s: float) -> Sequence[Ed25519PublicKey]:
        """Its keys, asked for anew when they are older than this."""
        async with self._asking:
            if self._asked_at is None or time.monotonic() - self._asked_at > kept_s:
                document = await self._line.look(KEYS, LARGEST_KEYS)
                self._asked_at, self._keys = time.monotonic(), _keys(document)
            return self._keys


def _keys(document: Any) -> Sequence[Ed25519PublicKey]:
    found = cast("Mapping[str, Any]", document).get("keys") if isinstance(document, Mapping) else None
    keys: list[Ed25519PublicKey] = []
    for key in cast("list[Any]", found) if isinstance(found, list) else []:
        with suppress(KeyError, TypeError, ValueError):
            if key["kty"] == "OKP" and key["crv"] == "Ed25519" and key.get("use", "sig") == "sig":
                raw = base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
                keys.append(Ed25519PublicKey.from_public_bytes(raw))
    return keys


def _good(keys: Sequence[Ed25519PublicKey], signature: bytes, signed: bytes) -> bool:
    for key in keys:
        with suppress(InvalidSignature):
            key.verify(signature, signed)
            return True
    return False


def _generation(body: bytes) -> Any:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", document).get("generation_id") if isinstance(document, Mapping) else None
