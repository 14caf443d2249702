"""Percentiles of one measurement, medians and spread of several."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, float]


def percentile(samples: Sequence[float], share: float) -> float:
    """The value that this share of the samples does not exceed (nearest rank); NaN without samples."""
    if not samples:
        return float("nan")
    return sorted(samples)[max(math.ceil(len(samples) * share) - 1, 0)]


def spread_of(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 of some durations, in milliseconds."""
    return {f"p{share}_ms": round(percentile(seconds, share / 100) * 1000, 3) for share in (50, 95, 99)}


@dataclass(frozen=True, slots=True)
class Summary:
    """One figure over all rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Summary":
        """Sum up; there must be a value."""
        return cls(statistics.median(values), min(values), max(values))
