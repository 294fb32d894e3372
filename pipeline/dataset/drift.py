"""Schema drift: the pairs of a run held against a changed schema; which still hold, which broke and why, what to ask anew.

Kept pairs and the new schema with its databases in → each pair judged again, and a `Drift` that sums it up. No teacher is
asked. One limit: a pair that holds may ask less than it could, as it knows nothing of new columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.database.changes import Changes
from pipeline.database.schema import Schema
from pipeline.dataset.coverage import coverage
from pipeline.dataset.gate import NOT_PARSED, NOT_RUN, Gate
from pipeline.records import JudgedPair, Verdict

MOST_NAMED = 40
"""Names of uncovered tables and columns that a summary lists."""


@dataclass(frozen=True)
class Drift:
    """What became of the pairs."""

    changes: Changes
    held: int
    broke: dict[str, int]
    """How many broke, by the gate's reason."""
    levels: dict[str, int]
    """The levels of those that broke: so many to ask anew."""
    uncovered: tuple[str, ...]
    """Tables and columns of the new schema that no pair that holds uses, at most 40."""

    def as_dict(self) -> dict[str, Any]:
        """The drift as JSON-able values."""
        return asdict(self)


def carry(gate: Gate, kept: Sequence[JudgedPair], stop: Callable[[], bool]) -> Iterator[JudgedPair]:
    """Each kept pair judged on the gate's schema, on the side of the split where it was; ends early where `stop()`.

    What a hand had kept stays kept as long as it runs.
    """
    for before in kept:
        if stop():
            return
        after = gate.judge(before.pair)
        by_hand = before.certificate.get("by_hand") and after.verdict.reason not in NOT_PARSED + NOT_RUN
        if by_hand and not after.verdict.ok:
            after = replace(after, verdict=Verdict(True), certificate={**after.certificate, "by_hand": True})
        yield replace(after, split=before.split if after.verdict.ok else "")


def drift_of(changed: Changes, carried: Sequence[JudgedPair], schema: Schema) -> Drift:
    """The sum of it."""
    held = [judged for judged in carried if judged.verdict.ok]
    broken = [judged for judged in carried if not judged.verdict.ok]
    unused = coverage((judged.pair.sql for judged in held), schema).unused
    levels = Counter(judged.level or "one-table" for judged in broken)
    reasons = Counter(judged.verdict.reason for judged in broken)
    return Drift(changed, len(held), dict(reasons.most_common()), dict(levels), tuple(unused[:MOST_NAMED]))
