"""The blind audit of a run's pairs: drawn, judged one by one, told.

In: a run with kept pairs, a person's marks. Out: the error rate with its interval, in the store for the page and the cards.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import SqlError, UserError
from pipeline.evaluation.audit import Audit, audit_of, begin, mark, next_pair, unmark
from pipeline.records import JudgedPair, Rows
from pipeline.run.amending import place_of
from pipeline.store import Store

__all__ = ["audit_of", "begin", "mark", "next_pair", "read_sheet", "rows_of", "sheet", "unmark"]
MARKS = {"right": True, "wrong": False}


def rows_of(store: Store, judged: JudgedPair) -> Rows | None:
    """What the pair's SQL gives on the first database, to judge it by; None where it cannot run there any more."""
    from pipeline.database.sandbox import Sandbox

    with Sandbox() as sandbox:
        try:
            return sandbox.run(judged.pair.sql, place_of(store).databases[0])
        except SqlError:
            return None


def sheet(store: Store) -> Iterator[dict[str, Any]]:
    """The sample as a sheet to fill in: `id`, `instruction`, `output` and an empty `right`; drawn where it was not yet."""
    if audit_of(store) is None:
        begin(store)
    for number in store.get("audit")["sample"]:
        judged = store.pair(number)
        if judged is not None:
            yield {"id": number, "instruction": judged.pair.question, "output": judged.pair.sql, "right": ""}


def read_sheet(store: Store, lines: Iterable[str]) -> Audit:
    """Take over a filled sheet: JSON Lines with `id` and `right` (true or false, "right" or "wrong").

    Raises UserError for a line that is none, naming it; then nothing is taken over.
    """
    marks: dict[int, bool] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            right = told["right"]
            if right == "":
                continue
            marks[int(told["id"])] = MARKS[right] if isinstance(right, str) else bool(right)
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                'Line {line} of the sheet is no mark. Write "right": true or "right": false beside its id.', line=number
            ) from error
    for pair, right in marks.items():
        mark(store, pair, right)
    found = audit_of(store)
    if found is None:
        raise UserError("No audit was begun. Write its sheet first.")
    return found


def write_sheet(store: Store, file: Path) -> int:
    """Write the sheet; the number of its pairs."""
    lines = [json.dumps(line, ensure_ascii=False) for line in sheet(store)]
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)
