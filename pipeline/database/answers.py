"""Same answer or not: the one comparison that the gate, the scores and the votes use.

Two `Rows` in → True or False. `same_answer` is the headline (a multiset of rows, floats with a tolerance); `same_set`
is what BIRD publishes. One limit: of answers cut at the row cap only the rows that are there can be compared.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipeline.records import Rows

Row = tuple[Any, ...]

COMPARISON = (
    "A question counts as right when the model's SQL gives the gold's rows (as a multiset; in order where the gold has "
    "a top-level ORDER BY; floats within 1e-6) on every one of {databases} databases."
)
"""`same_answer` in words, for reports and cards."""

RELATIVE = 1e-6
"""Floats this close are the same: a sum taken in another order differs in its last digits."""
ABSOLUTE = 1e-9
"""The same near zero, where a relative tolerance has no meaning."""


def same_answer(gold: Rows, other: Rows, ordered: bool) -> bool:
    """Whether both have the same rows, as often; in the same order where `ordered` (the gold has a top-level ORDER BY).

    Columns count by position, their names do not. 1 = 1.0, NULL = NULL, '1' is not 1. An answer that was cut is equal
    only to another that was cut.
    """
    if len(gold.columns) != len(other.columns) or len(gold.rows) != len(other.rows):
        return False
    if gold.truncated != other.truncated:
        return False
    if ordered:
        return all(map(_same_row, gold.rows, other.rows))
    if Counter(map(_exact, gold.rows)) == Counter(map(_exact, other.rows)):
        return True
    left, right = _by_words(gold.rows), _by_words(other.rows)
    return left.keys() == right.keys() and all(_Pairing(rows, right[words]).complete() for words, rows in left.items())


def fingerprint(answer: Rows, ordered: bool) -> str:
    """An answer in 16 letters, for certificates: equal answers have the same, floats being told to 9 digits."""
    told = [
        [format(v, ".9g") if isinstance(v, float) and not v.is_integer() else _plain(v) for v in row]
        for row in answer.rows
    ]
    lines = [repr(row) for row in told]
    text = repr((len(answer.columns), lines if ordered else sorted(lines), answer.truncated))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    """1.0 is 1."""
    return int(value) if isinstance(value, float) and math.isfinite(value) else value


def same_set(gold: Rows, other: Rows) -> bool:
    """Whether both have the same distinct rows, floats to the last digit and in any order: `accuracy_set`, as BIRD."""
    return set(map(_exact, gold.rows)) == set(map(_exact, other.rows))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _same_value(one: Any, two: Any) -> bool:
    if not (_is_number(one) and _is_number(two)):
        return type(one) is type(two) and bool(one == two)
    if isinstance(one, int) and isinstance(two, int):
        return one == two
    return math.isclose(one, two, rel_tol=RELATIVE, abs_tol=ABSOLUTE) or (one != one and two != two)


def _same_row(one: Row, two: Row) -> bool:
    return len(one) == len(two) and all(map(_same_value, one, two))


def _exact(row: Row) -> Row:
    """The row as a key of a dictionary: Python holds 1 and 1.0 for the same, but NaN not for itself."""
    return tuple(("NaN",) if value != value else value for value in row)


def _words(row: Row) -> Row:
    """The row without its numbers, which may differ a little."""
    return tuple(("number",) if _is_number(value) else value for value in row)


def _by_words(rows: Iterable[Row]) -> dict[Row, list[Row]]:
    groups: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_words(row)].append(row)
    return groups


class _Pairing:
    """Rows of the same words paired one to one where all numbers are close: a matching, by augmenting paths.

    Sorting and comparing line by line would be fooled: close floats may sort differently in the two answers.
    """

    def __init__(self, left: Sequence[Row], right: Sequence[Row]) -> None:
        numbers = [column for column, value in enumerate(left[0]) if _is_number(value)]
        # the column with the most values leaves the fewest candidates for a row
        self.column = max(numbers, key=lambda column: len({row[column] for row in left}), default=-1)
        self.left = left
        self.right = sorted(right, key=self._place)
        self.places = [self._place(row) for row in self.right]
        self.owner: dict[int, int] = {}
        """Index on the right → index on the left."""
        self.partner: dict[int, int] = {}

    def complete(self) -> bool:
        """Whether every row finds its partner."""
        if len(self.left) != len(self.right):
            return False
        self._pair_equal_rows()
        return all(index in self.partner or self._augment(index) for index in range(len(self.left)))

    def _place(self, row: Row) -> float:
        value = float(row[self.column]) if self.column >= 0 else 0.0
        return math.inf if math.isnan(value) else value

    def _pair_equal_rows(self) -> None:
        where: dict[Row, list[int]] = defaultdict(list)
        for index, row in enumerate(self.right):
            where[_exact(row)].append(index)
        for index, row in enumerate(self.left):
            if same := where.get(_exact(row)):
                self.owner[same[-1]] = index
                self.partner[index] = same.pop()

    def _close_to(self, row: Row) -> Iterator[int]:
        place = self._place(row)
        span = 1.01 * max(RELATIVE * abs(place), ABSOLUTE) if math.isfinite(place) else 0.0
        for index in range(bisect_left(self.places, place - span), bisect_right(self.places, place + span)):
            if _same_row(row, self.right[index]):
                yield index

    def _augment(self, start: int) -> bool:
        """Find a partner for one more row, moving others to their second choice where needed."""
        queue, came_from, seen = [start], dict[int, int](), set[Row]()
        for left in queue:
            if (row := _exact(self.left[left])) in seen:
                continue  # an equal row has shown the same candidates
            seen.add(row)
            for right in self._close_to(self.left[left]):
                if right in came_from:
                    continue
                came_from[right] = left
                if right not in self.owner:
                    self._turn(right, came_from)
                    return True
                queue.append(self.owner[right])
        return False

    def _turn(self, right: int | None, came_from: dict[int, int]) -> None:
        while right is not None:
            left = came_from[right]
            freed = self.partner.get(left)
            self.owner[right], self.partner[left] = left, right
            right = freed
