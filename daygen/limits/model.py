"""The sliding minute, as arithmetic on 61 counters."""

from dataclasses import dataclass
from typing import Self

SECONDS = 60
COUNTERS = SECONDS + 1


@dataclass(frozen=True, slots=True)
class Window:
    """Requests of the last minute: `counts[0]` in the second `second` (unix time), `counts[1]` in the one before."""

    limit: int | None
    second: int
    counts: tuple[int, ...]

    def at(self, second: int) -> Self:
        """The window as it stands at a later second; an earlier one (a clock set back) changes nothing."""
        passed = min(max(second - self.second, 0), COUNTERS)
        counts = (0,) * passed + self.counts[: COUNTERS - passed]
        return type(self)(self.limit, max(second, self.second), counts)

    @property
    def used(self) -> int:
        """How many requests count against the limit now."""
        return sum(self.counts)

    def has_room_for(self, requests: int) -> bool:
        """Whether so many more are not too many."""
        return self.limit is None or self.used + requests <= self.limit

    def with_more(self, requests: int = 1) -> Self:
        """Count requests."""
        return type(self)(self.limit, self.second, (self.counts[0] + requests, *self.counts[1:]))

    @property
    def frees_in_s(self) -> int:
        """Whole seconds until there is room for one more; 0 when there is."""
        return self.has_room_in_s(1)

    def has_room_in_s(self, requests: int) -> int:
        """Whole seconds until there is room for so many more, which is never if the limit is less; 0 when there is."""
        if self.limit is None or self.has_room_for(requests):
            return 0
        too_many = self.used - self.limit + requests
        for age in range(COUNTERS - 1, -1, -1):
            too_many -= self.counts[age]
            if too_many <= 0:
                return COUNTERS - age
        return COUNTERS

    @property
    def empties_in_s(self) -> int:
        """Whole seconds until nothing counts any more."""
        newest = next((age for age, count in enumerate(self.counts) if count), COUNTERS)
        return COUNTERS - newest

    def headers(self) -> dict[str, str]:
        """What an answer says about the limit (IETF draft, and the older names)."""
        if self.limit is None:
            return {}
        remaining = max(self.limit - self.used, 0)
        return {
            "RateLimit-Policy": f'"requests";q={self.limit};w={SECONDS}',
            "RateLimit": f'"requests";r={remaining};t={self.frees_in_s or self.empties_in_s}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(self.empties_in_s),
        }
