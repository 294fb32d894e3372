"""Other questions for a pair's SQL, from the grammar: what it says of a query of the same template, with the pair's values.

A schema and its databases → `Wordings`; a pair in → questions in the languages asked for. The grammar need not have written
the pair. One limit: a template that the grammar does not draw has no wording.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.database.sql import template
from pipeline.database.sql_text import shared_select
from pipeline.dataset.duplicates import plain
from pipeline.dataset.offline.teacher import OfflineTeacher
from pipeline.dataset.other_dates import date_range, date_text, moved_question, moved_text
from pipeline.dataset.resample import Slot, ValuesOf, put, slots_of
from pipeline.records import Pair

DRAWS = 3_000
"""Pairs that the grammar draws in each language: about 8 s; twice as many bring a tenth more wordings."""
SEED_STEP = 1_000
"""Between the teacher's own seed and that of the wordings, so that they are other ones."""


@dataclass(frozen=True)
class Wordings:
    """What the grammar says of each template, by language."""

    by_template: dict[str, list[Pair]]
    values_of: ValuesOf

    @classmethod
    def drawn(
        cls, schema: Schema, databases: Sequence[Path], values_of: ValuesOf, how: tuple[Sequence[str], int]
    ) -> Wordings:
        """Draw them; `how` are the languages and a seed. Raises UserError for a bad database."""
        found: dict[str, list[Pair]] = defaultdict(list)
        languages, seed = how
        for language in languages:
            for pair in OfflineTeacher(seed + SEED_STEP, databases).pairs(schema, DRAWS, [language]):
                found[template(pair.sql)].append(pair)
        return cls(found, values_of)

    def other_questions(self, pair: Pair, form: str, languages: Sequence[str]) -> Iterator[Pair]:
        """The pair with each other question that asks for its SQL, no two alike; `form` is its template."""
        seen = {plain(pair.question)}
        for wording in self.by_template.get(form, ()):
            if wording.language not in languages:
                continue
            question = reworded(wording, pair.sql, self.values_of)
            if question is None or plain(question) in seen:
                continue
            seen.add(plain(question))
            yield replace(pair, question=question, language=wording.language, source="paraphrase")


def reworded(wording: Pair, sql: str, values_of: ValuesOf) -> str | None:
    """The wording's question with the values of another query of its template; None where one has no certain place."""
    old, new = _literals(wording.sql), _literals(sql)
    slots = slots_of(wording, values_of)
    if slots is None or [each.is_string for each in old] != [each.is_string for each in new]:
        return None
    others = {each.meta["start"]: str(other.this) for each, other in zip(old, new, strict=True)}
    months = _months(old, new)
    if months is None or not _fits(slots, old, others):
        return None
    changes = []
    for slot in slots:
        values = {others[start].strip("%") for start, _ in slot.places}
        if not values:  # such as the 1 of LIMIT 1 behind "the lowest"
            if slot.mentions:
                return None
            continue
        value = values.pop()
        for mention in slot.mentions:
            word = mention.reword(value)
            if values or word is None or slot.rank[0] and value in ("0", "1"):  # "the 1 categories"
                return None
            changes.append((mention.start, mention.end, word))
    question = put(wording.question, changes, articles=wording.language == "en")
    return moved_question(question, months) if months else question


def _literals(sql: str) -> list[exp.Literal]:
    return sorted(shared_select(sql).find_all(exp.Literal), key=lambda each: int(each.meta["start"]))


def _months(old: Sequence[exp.Literal], new: Sequence[exp.Literal]) -> int | None:
    """By how many months the dates differ, all by the same; None where they do not."""
    dates = [
        (str(a.this), str(b.this)) for a, b in zip(old, new, strict=True) if a.is_string and date_text(str(a.this))
    ]
    first, second = date_range([a for a, _ in dates]), date_range([b for _, b in dates])
    if not dates or first is None or second is None:
        return 0 if not dates else None
    months = second[0] - first[0]
    return months if all(moved_text(a, months) == b for a, b in dates) else None


def _fits(slots: Sequence[Slot], old: Sequence[exp.Literal], others: dict[int, str]) -> bool:
    """Whether all that has no place in the question is the same in both queries."""
    placed = {start for slot in slots if slot.mentions for start, _ in slot.places}
    rest = [each for each in old if each.meta["start"] not in placed and not date_text(str(each.this))]
    return all(str(each.this) == others[each.meta["start"]] for each in rest)
