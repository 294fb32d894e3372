"""What the pairs of a run come to: how many were asked, parsed, ran and were kept, and why the others were not.

A run's store in, the result of the dataset stage out (DESIGN §3). Whatever changes pairs ends by telling it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.dataset.gate import NOT_PARSED, NOT_RUN
from pipeline.dataset.split import SIDES
from pipeline.records import JudgedPair
from pipeline.store import Store


def result_of(store: Store) -> dict[str, Any]:
    """Counts of the pairs as they are now: `asked`, `parsed`, `ran`, `kept`, `train`, `heldout`, `reasons`, …"""
    pairs = store.pairs()
    return {
        **_funnel(pairs),
        **{side: sum(pair.split == side for pair in pairs) for side in SIDES},
        "reasons": store.reasons(),
        "unanswerable": len(store.unanswerable()),
        "templates": len({pair.template for pair in pairs if pair.verdict.ok}),
        "leaks": store.get("leaks", {}),
        "dollars": store.spent(),
    }


def _funnel(pairs: Sequence[JudgedPair]) -> dict[str, int]:
    """How many were asked, parsed, ran and kept."""
    reasons = [pair.verdict.reason for pair in pairs]
    parsed = sum(reason not in NOT_PARSED for reason in reasons)
    return {
        "asked": len(pairs),
        "parsed": parsed,
        "ran": parsed - sum(reason in NOT_RUN for reason in reasons),
        "kept": sum(pair.verdict.ok for pair in pairs),
    }
