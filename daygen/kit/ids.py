"""Typed, time-ordered identifiers: a UUID inside the house, `job_01jd…` outside it."""

import os
import time
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic_core import core_schema

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, in lower case: no i, l, o, u
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26  # 130 bits hold the 128 of a UUID
_BITS = 128
_PATTERN = f"[0-7][0-9a-hjkmnp-tv-z]{{{_LENGTH - 1}}}"


class Id(UUID):
    """A UUIDv7 that shows itself as `prefix_` + 26 letters, so ids of different things cannot be mixed up."""

    __slots__ = ()
    prefix: ClassVar[str] = ""

    @classmethod
    def new(cls) -> Self:
        """Make an id that sorts after every id made in an earlier millisecond (RFC 9562, version 7)."""
        milliseconds = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10), "big")
        value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64
        return cls(int=value | 0b10 << 62 | random & (1 << 62) - 1)

    @classmethod
    def of(cls, uuid: UUID) -> Self:
        """Give a plain UUID, as the database returns it, its type."""
        return cls(int=uuid.int)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the public form. Raises ValueError for anything else, another type's id included."""
        head, _, letters = text.partition("_")
        if head != cls.prefix or len(letters) != _LENGTH:
            raise ValueError(f"not a {cls.prefix}_ id")
        value = 0
        for letter in letters:
            if letter not in _VALUES:
                raise ValueError(f"not a {cls.prefix}_ id")
            value = value << 5 | _VALUES[letter]
        if value >> _BITS:
            raise ValueError(f"not a {cls.prefix}_ id")
        return cls(int=value)

    @property
    def created_at(self) -> datetime:
        """When it was made, to the millisecond."""
        return datetime.fromtimestamp((self.int >> 80) / 1000, UTC)

    def __str__(self) -> str:
        """The public form, the only one that leaves the house."""
        value = self.int
        letters = [_ALPHABET[value >> shift & 31] for shift in range((_LENGTH - 1) * 5, -1, -5)]
        return f"{self.prefix}_{''.join(letters)}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        """Tell pydantic to read and show the public form, and to take the id itself in Python."""
        reads = core_schema.no_info_after_validator_function(
            cls.parse, core_schema.str_schema(pattern=f"^{cls.prefix}_{_PATTERN}$")
        )
        return core_schema.json_or_python_schema(
            json_schema=reads,
            python_schema=core_schema.no_info_plain_validator_function(cls._taken),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def _taken(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise ValueError(f"not a {cls.prefix}_ id")  # noqa: TRY004 - pydantic wants a ValueError
        return cls.parse(value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class UserId(Id):
    """A person who can sign in."""

    __slots__ = ()
    prefix = "usr"


class WorkspaceId(Id):
    """Who owns, pays and is limited."""

    __slots__ = ()
    prefix = "ws"


class KeyId(Id):
    """An API key."""

    __slots__ = ()
    prefix = "key"


class SessionId(Id):
    """One signed-in browser."""

    __slots__ = ()
    prefix = "ses"


class JobId(Id):
    """One request on its way to its outputs."""

    __slots__ = ()
    prefix = "job"


class BatchId(Id):
    """Jobs that were ordered together."""

    __slots__ = ()
    prefix = "bat"


class AssetId(Id):
    """A stored file."""

    __slots__ = ()
    prefix = "ast"


class EventId(Id):
    """A fact that was published."""

    __slots__ = ()
    prefix = "evt"


class TaskId(Id):
    """An order to a worker."""

    __slots__ = ()
    prefix = "tsk"


class WorkerId(Id):
    """One worker process, from its start to its end."""

    __slots__ = ()
    prefix = "wrk"


class TransferId(Id):
    """One movement of credits."""

    __slots__ = ()
    prefix = "tr"


class UsageId(Id):
    """One call to a provider, on the books."""

    __slots__ = ()
    prefix = "use"


class EndpointId(Id):
    """An address that a workspace's events are sent to."""

    __slots__ = ()
    prefix = "whk"


class DeliveryId(Id):
    """One event on its way to one address."""

    __slots__ = ()
    prefix = "whd"
