"""Another number in a question's place of one: of the column's range and as round as the first.

A number as the SQL writes it in → another one as text, or None where a draw gives nothing sensible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

FIRST_SHOWN = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20)
"""How many people ask for in "the top N"."""
FARTHEST = 8.0
"""A threshold moves by no more than this factor, or "cities over 5 million" would become "over 900"."""


def other_number(text: str, kind: str, known: Sequence[float], rng: Random) -> str | None:
    """Another number than `text`: a `limit`, a value that the column has (`equal`), or a threshold (`edge`).

    `known` are the column's numbers; none for what is computed. Never 0 or 1, which change the grammar of a question.
    """
    value, whole = float(text), text.lstrip("-").isdigit()
    if kind == "limit":
        chosen = float(rng.choice([each for each in FIRST_SHOWN if each <= 3 * value]))
    elif kind == "equal":
        near = [each for each in dict.fromkeys(known) if not whole or each == int(each)]
        few = range(2, 1 + max(4, int(value) + 2)) if whole and value < FIRST_SHOWN[-1] else (0,)
        chosen = float(rng.choice(near or few))
    else:
        chosen = _round_as(text, _threshold(value, known, rng))
    if chosen in (value, 0.0, 1.0) or chosen < 0 or (whole and chosen != int(chosen)):
        return None
    return str(int(chosen)) if whole else f"{chosen:.10g}"


def _threshold(value: float, known: Sequence[float], rng: Random) -> float:
    """A number that splits the column's values, not too far from the first; for a computed one, a factor of up to e."""
    values = sorted(known)
    inner = values[len(values) // 20 : len(values) - len(values) // 20]
    near = [each for each in inner if value / FARTHEST <= each <= value * FARTHEST and each > 0]
    return rng.choice(near) if len(near) > 2 else value * math.exp(rng.uniform(-1, 1))


def _round_as(text: str, number: float) -> float:
    """The number with as many telling digits as the text: 1500 → 2,300."""
    digits = text.replace(".", "").strip("-0")
    places = max(1, len(digits)) - 1 - math.floor(math.log10(number)) if number > 0 else 0
    return round(number, places)
