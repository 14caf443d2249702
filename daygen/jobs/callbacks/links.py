"""The addresses by which providers tell us of orders."""

import base64
import hmac
import re

PATH = "/v1/provider-webhooks"
_TOKEN = re.compile(r"(job_[0-7][0-9a-hjkmnp-tv-z]{25}(?:\.\d{1,3})?)-([A-Za-z0-9_-]{32})")


def link(base_url: str, secret: bytes, provider: str, ref: str) -> str:
    """Where `provider` tells us of the order it knows as `ref`."""
    return f"{base_url}{PATH}/{provider}/{ref}-{_signature(secret, provider, ref)}"


def read_token(secret: bytes, provider: str, token: str) -> str | None:
    """The `ref` in an address of ours; None when we have not made it."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(_signature(secret, provider, found[1]), found[2]):
        return None
    return found[1]


def _signature(secret: bytes, provider: str, ref: str) -> str:
    digest = hmac.digest(secret, f"daygen provider webhook\n{provider}\n{ref}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()
