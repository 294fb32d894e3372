"""The blind audit: a person judges randomly drawn kept pairs, and so measures how many of the pairs are wrong.

A run's kept pairs → a sample, one mark a pair, and the share of wrong ones with its interval. Blind: whoever judges sees the
question, the SQL and its rows, not how the pair was proved. One limit: it speaks of the pairs kept when it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pipeline.errors import UserError
from pipeline.evaluation.statistics import wilson
from pipeline.records import JudgedPair
from pipeline.store import Store

PAIRS = 50
"""With 2 wrong of 50 the interval of the error rate is 1 to 13%; 200 pairs would make it 2 to 7%."""
FACT = "audit"


@dataclass(frozen=True)
class Audit:
    """How far an audit is and what it found; `low` and `high` are fractions, the 95% Wilson interval."""

    judged: int
    wrong: int
    drawn: int
    """Pairs in the sample."""
    kept: int
    """Pairs that the sample was drawn from."""
    low: float
    high: float


def begin(store: Store, seed: int | None = None) -> None:
    """Draw a new sample from the kept pairs; marks of an earlier one are dropped. Raises UserError where none is kept."""
    kept = [judged.id for judged in store.kept()]
    store.set(**{FACT: {"sample": Random(seed).sample(kept, min(PAIRS, len(kept))), "kept": len(kept), "marks": {}}})


def mark(store: Store, number: int, right: bool) -> None:
    """Say whether a pair of the sample is right. Raises UserError where it is not in the sample."""
    held = store.get(FACT) or {"sample": []}
    if number not in held["sample"]:
        raise UserError("This pair is not in the audit. Begin a new one.")
    _keep(store, {**held, "marks": {**held["marks"], str(number): right}})


def unmark(store: Store) -> None:
    """Take the last mark back."""
    held = store.get(FACT)
    if held and held["marks"]:
        _keep(store, {**held, "marks": dict(list(held["marks"].items())[:-1])})


def _keep(store: Store, held: dict[str, Any]) -> None:
    """The fact, with its finding in words beside it for the cards."""
    store.set(**{FACT: held})
    found = audit_of(store)
    if found is not None:
        store.set(**{FACT: {**held, "told": told(found) if found.judged else ""}})


def next_pair(store: Store) -> JudgedPair | None:
    """The first pair of the sample without a mark; one that is gone or dropped since is passed over."""
    held = store.get(FACT) or {"sample": [], "marks": {}}
    waiting = (store.pair(number) for number in held["sample"] if str(number) not in held["marks"])
    return next((judged for judged in waiting if judged is not None and judged.verdict.ok), None)


def audit_of(store: Store) -> Audit | None:
    """What the audit has found until now; None where none was begun."""
    held = store.get(FACT)
    if not held:
        return None
    marks: Sequence[bool] = list(held["marks"].values())
    wrong = sum(not right for right in marks)
    return Audit(len(marks), wrong, len(held["sample"]), held["kept"], *wilson(wrong, len(marks)))


def told(audit: Audit) -> str:
    """The finding in one English sentence, for cards and reports."""
    share = f"{audit.wrong / audit.judged:.0%} (95% interval {audit.low:.0%}–{audit.high:.0%})" if audit.judged else "–"
    return (
        f"A person judged {audit.judged} randomly drawn pairs of {audit.kept} without seeing their proof: "
        f"{audit.wrong} wrong, {share}."
    )
