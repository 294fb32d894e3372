"""Intervals for shares of right answers."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""Two-sided 95% quantile of the normal distribution."""


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95% Wilson score interval of a share, as fractions (E. B. Wilson 1927); (0, 1) for n = 0.

    Unlike the textbook interval it stays inside [0, 1] and is honest for small n and for shares near 0 and 1.
    """
    if n == 0:
        return 0.0, 1.0
    share, square = right / n, Z95 * Z95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    low = max(0.0, middle - half) if right else 0.0  # exactly, without the last digits of the sum
    return low, min(1.0, middle + half) if right < n else 1.0
