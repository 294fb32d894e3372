"""Between what a column's numbers lie, told from its kind, and from its samples where there are some."""

from __future__ import annotations

from pipeline.database.filling.kinds import number_kind
from pipeline.database.filling.values import coerced
from pipeline.database.schema import Column

# kind → lowest, highest, decimals (for REAL columns)
_RANGES: dict[str, tuple[float, float, int]] = {
    "boolean": (0, 1, 0),
    "epoch": (1_704_067_200, 1_767_139_200, 0),
    "month": (1, 12, 0),
    "year": (1995, 2025, 0),
    "weekday_number": (0, 6, 0),
    "day": (1, 28, 0),
    "hour": (0, 23, 0),
    "latitude": (24, 60, 4),
    "longitude": (-123, 145, 4),
    "age": (18, 79, 0),
    "percent": (0, 60, 1),
    "rate": (0.01, 0.6, 3),
    "rating": (1, 5, 1),
    "score": (0, 100, 1),
    "population": (5_000, 5_000_000, 0),
    "salary": (28_000, 150_000, 0),
    "money": (5, 900, 2),
    "area": (40, 90_000, 1),
    "elevation": (0, 6_000, 0),
    "density": (1, 900, 2),
    "length": (2, 3_500, 1),
    "weight": (0.2, 110, 1),
    "height": (50, 210, 1),
    "duration": (1, 240, 1),
    "stock": (0, 300, 0),
    "quantity": (1, 20, 0),
    "number": (1, 200, 2),
}
FIXED = frozenset(
    ("boolean", "epoch", "month", "year", "weekday_number", "day", "hour", "latitude", "longitude", "age", "rating")
) | {"identity"}
"""Kinds of numbers of which 0 is none, or which have two ends."""


def range_of(column: Column, kind: str, type_name: str) -> tuple[float, float, int]:
    """Lowest, highest and decimals of the numbers of a column of that kind and affinity."""
    kind = kind if kind != "number_text" else number_kind(column)
    low, high, decimals = _RANGES.get(kind, (1, 60, 0))
    if type_name == "integer" and kind == "money":
        low, high = 100, 20_000
    numbers = [number for number in (coerced(text, "real") for text in column.samples) if isinstance(number, float)]
    if len(numbers) > 1 and kind != "boolean":
        low, high = min(numbers), max(numbers)
        decimals = max(len(text.partition(".")[2]) for text in column.samples)
    return low, high, decimals
