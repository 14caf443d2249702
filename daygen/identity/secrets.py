"""Secrets: made at random, shown once, stored as hashes; passwords with argon2id."""

import asyncio
import hashlib
import hmac
import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

KEY_PREFIX = "dg_live_"
SHOWN_PREFIX_LENGTH = len(KEY_PREFIX) + 6
_LETTERS = string.ascii_letters + string.digits
_KEY_LETTERS = 40  # 238 bits

# RFC 9106, second recommendation: 64 MiB, 3 passes. About 60 ms a password.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Of random bytes that nobody has. Written down, because to make it here would cost every process 0.1 s at its start.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Oi9REI9kkcIk/k+P3JNteQ$zaUn5S2qH/8OCWptXfzGPdHS3pHAihX5AYqxnL9Pj2k"
assert not _HASHER.check_needs_rehash(_NOBODY)  # else a user who does not exist would be known by the time it takes


def new_key() -> str:
    """Make an API key."""
    return KEY_PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LETTERS))


def repeatable_key(house_secret: bytes, *parts: str | bytes) -> str:
    """Make the API key that stands for these parts: the same again for the same parts, a guess for nobody else."""
    told = b"".join(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest() for part in parts)
    number = int.from_bytes(hmac.digest(house_secret, b"daygen api key" + told, "sha512"))
    letters: list[str] = []
    for _ in range(_KEY_LETTERS):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return KEY_PREFIX + "".join(letters)


def new_token() -> str:
    """Make a token for a cookie, link or ticket (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a random secret: a plain hash is enough for 238 random bits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def csrf_token(session_token: str) -> str:
    """The token only our own page can send along: bound to the session, of no use without it."""
    return hmac.digest(session_token.encode(), b"daygen csrf", "sha256").hex()


async def hash_password(password: str) -> str:
    """Hash a password, off the event loop."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def password_fits(password: str, stored: str | None) -> bool:
    """Check a password; takes as long for a user who has none or does not exist."""
    return await asyncio.to_thread(_fits, password, stored)


def _fits(password: str, stored: str | None) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
