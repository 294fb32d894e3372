"""The same question about other values: a kept pair in → its siblings, question and SQL with other values in the same places.

A value is exchanged where the question words it and nothing else is worded alike; the form of the wording stays. One limit:
a pair with a text whose place is not told is left alone, and numbers whose place is not told stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sqlglot import exp

from pipeline.database.sql import COMPARISONS, compared_with
from pipeline.database.sql_text import shared_select
from pipeline.dataset.column_values import Value
from pipeline.dataset.grounding import fold
from pipeline.dataset.mentions import Mention, number_mentions, text_mentions
from pipeline.dataset.offline.words import article
from pipeline.dataset.other_dates import date_range, date_text, moved_question, moved_text, moves
from pipeline.dataset.other_numbers import other_number
from pipeline.records import Pair

ValuesOf = Callable[[str], Sequence[Value]]
"""The values of `table.column`, or of every column of a name."""
TRIES = 12
"""Draws for each sibling wanted; a draw fails where a value does not take the form of the wording, or comes twice."""
_TAKES_THE = re.compile(r"united|netherlands|philippines|bahamas|czech rep|dominican rep|us(a|$)|uk$", re.IGNORECASE)
"""Names of countries that a sentence puts "the" before: in the United Kingdom, but in Germany."""
LONGEST_VALUE = 60
"""Characters; longer texts are no values that people ask for."""


@dataclass(frozen=True)
class Slot:
    """A value of a pair: where its query and its question have it, and how another one is drawn."""

    places: tuple[tuple[int, int], ...]
    """Its literals in the SQL, from and to."""
    mentions: tuple[Mention, ...]
    draw: Callable[[Random], tuple[str, str] | None]
    """Another value, as the question's wording is made of it and as the SQL writes it."""
    rank: tuple[str, float] = ("", 0.0)
    """What a number is compared with, and the number: the order of a range must hold."""


@dataclass(frozen=True)
class _Found:
    """The literals of one value."""

    literals: tuple[exp.Literal, ...]

    @property
    def text(self) -> str:
        return str(self.literals[0].this)

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        return tuple((each.meta["start"], each.meta["end"] + 1) for each in self.literals)

    @property
    def columns(self) -> tuple[str, ...]:
        named = (compared_with(each) for each in self.literals)
        return tuple(dict.fromkeys(found[1] for found in named if found and found[1]))


def resampled(pair: Pair, values_of: ValuesOf, rng: Random, wanted: int) -> Iterator[Pair]:
    """Up to `wanted` siblings, no two alike; none where nothing in the pair can be exchanged. Same `rng`, same siblings."""
    slots = slots_of(pair, values_of)
    dates = _Dates.of(pair, values_of)
    if not any(slot.mentions for slot in slots or []) and not dates:
        return
    seen = {(pair.question, pair.sql)}
    for _ in range(TRIES * wanted):
        sibling = _drawn(pair, slots or [], dates, rng)
        if sibling is None or (sibling.question, sibling.sql) in seen or not _reads_alike(sibling, slots, values_of):
            continue
        seen.add((sibling.question, sibling.sql))
        yield sibling
        if len(seen) > wanted:
            return


def value_set(sql: str) -> tuple[str, ...]:
    """The values of a query as it has them: two queries of one template differ in nothing else."""
    return tuple(str(each.this) for each in shared_select(sql).find_all(exp.Literal, bfs=False))


# What can be exchanged


def slots_of(pair: Pair, values_of: ValuesOf) -> list[Slot] | None:
    """The values that can be exchanged; None where a text of the query has no certain place in the question."""
    found: dict[tuple[bool, str], list[exp.Literal]] = {}
    for literal in shared_select(pair.sql).find_all(exp.Literal, bfs=False):
        found.setdefault((bool(literal.is_string), str(literal.this)), []).append(literal)
    slots: list[Slot] = []
    for (is_text, text), literals in sorted(found.items(), key=lambda item: -len(item[0][1])):
        one = _Found(tuple(literals))
        if not is_text:
            slots += _number_slot(one, pair.question, values_of)
        elif not date_text(text) and any(_is_value(each) for each in literals):
            slot = _text_slot(one, pair.question, values_of, slots)
            if slot is None:
                return None
            slots.append(slot)
    spans = sorted((mention.start, mention.end) for slot in slots for mention in slot.mentions)
    overlap = any(end > start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))
    return None if overlap else slots


def _is_value(literal: exp.Literal) -> bool:
    """Whether it is compared with something, and not a format, a label or a digit out of a date."""
    if compared_with(literal) is None or not re.search(r"\w", str(literal.this).strip("%_")):
        return False
    parent = literal.parent
    other = parent.this if isinstance(parent, exp.Expr) and parent.this is not literal else None
    return not isinstance(other, (exp.TimeToStr, exp.Anonymous)) and len(str(literal.this)) <= LONGEST_VALUE


def _text_slot(found: _Found, question: str, values_of: ValuesOf, longer: Sequence[Slot]) -> Slot | None:
    parents = {type(each.parent) for each in found.literals}
    pattern = parents == {exp.Like}
    if not found.columns or not pattern and exp.Like in parents:
        return None
    known = [value for value in _common(found.columns, values_of) if isinstance(value, str)]
    before, core, after = _core(found.text) if pattern else ("", found.text, "")
    taken = [mention for slot in longer for mention in slot.mentions]
    mentions = [one for one in text_mentions(core, question) if not any(_within(one, other) for other in taken)]
    if not mentions or len(mentions) > len(found.literals) or _is_part_of_another(core, mentions, question, known):
        return None
    others = _parts(known, core, before, after) if pattern else known
    others = sorted({each for each in others if fold(each) != fold(core) and _can_be_asked(each)})

    def draw(rng: Random) -> tuple[str, str] | None:
        chosen = rng.choice(others) if others else None
        return (chosen, "'" + f"{before}{chosen}{after}".replace("'", "''") + "'") if chosen else None

    return Slot(found.places, tuple(mentions), draw)


def _common(columns: Sequence[str], values_of: ValuesOf) -> list[Value]:
    """What all the columns hold that the one value is compared with: Mississippi may be a state and a river."""
    first, *rest = (values_of(column) for column in columns)
    return [value for value in first if all(value in others for others in rest)]


def _is_part_of_another(value: str, mentions: Sequence[Mention], question: str, known: Sequence[str]) -> bool:
    """Whether a longer value of the same column stands there: Kansas in Kansas City."""
    longer = [each for each in known if fold(value) in fold(each) and fold(each) != fold(value)]
    around = [other for each in longer for other in text_mentions(each, question)]
    return any(_within(one, other) for one in mentions for other in around)


def _within(one: Mention, other: Mention) -> bool:
    return other.start <= one.start and one.end <= other.end


def _can_be_asked(value: str) -> bool:
    return 0 < len(value) <= LONGEST_VALUE and "\n" not in value and any(letter.isalnum() for letter in value)


def _core(pattern: str) -> tuple[str, str, str]:
    """A LIKE pattern as what stands before, in and after its wildcards."""
    bare = pattern.strip("%")
    start = len(pattern) - len(pattern.lstrip("%"))
    return pattern[:start], bare if not re.search("[%_]", bare) else "", pattern[start + len(bare) :]


def _parts(known: Sequence[str], core: str, before: str, after: str) -> list[str]:
    """Beginnings, ends or words of a column's values, as long as the pattern's own where that is no whole word."""
    words = {word for value in known for word in re.findall(r"[^\W_]+", value)}
    if any(fold(word) == fold(core) for word in words) and len(core) > 2:
        fits: Callable[[str, str], bool] = (
            str.startswith if not before else str.endswith if not after else str.__contains__
        )
        return [word for word in words if len(word) > 2 and any(fits(value, word) for value in known)]
    size = len(core)
    if before and after:
        return []
    cut = [value[-size:] if before else value[:size] for value in known if len(value) > size]
    return [part.lower() if core.islower() else part for part in cut if part.isalnum()]


def _number_slot(found: _Found, question: str, values_of: ValuesOf) -> list[Slot]:
    """The number's slot, or none: structural numbers stay, and those without a place of their own, which keep their rank."""
    value = float(found.text)
    parents = [each.parent for each in found.literals]
    if not all(isinstance(parent, (*COMPARISONS, exp.Limit)) for parent in parents):
        return []
    mentions = number_mentions(value, question) if value not in (0, 1) else []
    if not mentions or len(mentions) > len(found.literals):
        return [Slot((), (), lambda _: (found.text, found.text), (",".join(found.columns), value))]
    computed = any(parent is not None and parent.find(exp.AggFunc) for parent in parents)
    columns = () if computed else found.columns
    known = [number for column in columns for each in values_of(column) if (number := _number(each)) is not None]
    kind = "limit" if any(isinstance(parent, exp.Limit) for parent in parents) else "edge"
    kind = "equal" if any(isinstance(parent, (exp.EQ, exp.NEQ, exp.In, exp.Is)) for parent in parents) else kind

    def draw(rng: Random) -> tuple[str, str] | None:
        other = other_number(found.text, kind, known, rng)
        return (other, other) if other else None

    return [Slot(found.places, tuple(mentions), draw, (",".join(found.columns) or kind, value))]


def _number(value: Value) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


@dataclass(frozen=True)
class _Dates:
    """The dates of a pair, which move together."""

    texts: dict[tuple[int, int], str]
    """Where the SQL has them → as they are."""
    step: int
    span: tuple[int, int]
    """How many months they may be moved, at least and at most."""

    @classmethod
    def of(cls, pair: Pair, values_of: ValuesOf) -> _Dates | None:
        literals = [each for each in shared_select(pair.sql).find_all(exp.Literal) if each.is_string]
        dated = [each for each in literals if date_text(str(each.this))]
        digits = any(re.fullmatch(r"\d{1,2}", str(each.this)) for each in literals)
        step = moves(pair.question)
        found = _Found(tuple(dated))
        own = date_range([str(each.this) for each in dated])
        if not own or not step or any(compared_with(each) is None for each in dated):
            return None
        known = date_range(
            [value[:10] for name in found.columns for value in values_of(name) if isinstance(value, str)]
        )
        span = (known[0] - own[0], known[1] - own[1]) if known else (-36, 0)
        texts = {place: str(each.this) for place, each in zip(found.places, dated, strict=True)}
        return cls(texts, 12 if digits else step, (min(0, span[0]), max(0, span[1])))

    def draw(self, rng: Random) -> int:
        """By how many months to move; 0 where the column's dates leave no other choice."""
        back, forth = -self.span[0] // self.step, self.span[1] // self.step
        return rng.randint(-back, forth) * self.step


# Another pair


def _drawn(pair: Pair, slots: Sequence[Slot], dates: _Dates | None, rng: Random) -> Pair | None:
    drawn = [slot.draw(rng) for slot in slots]
    values = [value for value in drawn if value is not None]
    if len(values) < len(slots) or not _in_order(slots, values):
        return None
    in_question, in_sql = [], []
    for slot, (word, literal) in zip(slots, values, strict=True):
        in_sql += [(*place, literal) for place in slot.places]
        for mention in slot.mentions:
            if (text := mention.reword(word)) is None:
                return None
            in_question.append((mention.start, mention.end, text))
    months = dates.draw(rng) if dates else 0
    if dates and months:
        in_sql += [(*place, f"'{moved_text(text, months)}'") for place, text in dates.texts.items()]
    question = put(pair.question, in_question, articles=pair.language == "en")
    if months:
        question = moved_question(question, months)
    return Pair(question, put(pair.sql, in_sql), pair.language, "resampled")


def _in_order(slots: Sequence[Slot], values: Sequence[tuple[str, str]]) -> bool:
    """Whether all values differ, and numbers compared with the same thing keep their order."""
    ranked = [(slot.rank, float(value[0])) for slot, value in zip(slots, values, strict=True) if slot.rank[0]]
    kept = all((a[0][1] < b[0][1]) == (a[1] < b[1]) for a in ranked for b in ranked if a[0][0] == b[0][0])
    return kept and len({(slot.rank[0], fold(value[0])) for slot, value in zip(slots, values, strict=True)}) == len(
        slots
    )


def put(text: str, changes: list[tuple[int, int, str]], articles: bool = False) -> str:
    """The text with its stretches exchanged, and the article before one as the new one takes it."""
    for start, end, new in sorted(changes, reverse=True):
        before = text[:start]
        if articles and (found := re.search(r"\b([Aa])n? $", before)) and new[0].isalpha():
            an = article(new).startswith("an ")
            before = before[: found.start()] + found[1] + ("n " if an else " ")
        if articles and _TAKES_THE.match(text[start:end]) and not _TAKES_THE.match(new):
            before = re.sub(r"\b[Tt]he $", "", before)
        text = before + new + text[end:]
    return text


def _reads_alike(sibling: Pair, slots: Sequence[Slot] | None, values_of: ValuesOf) -> bool:
    """Whether the sibling's values are found where the pair's were: nothing in the question has become ambiguous."""
    again = slots_of(sibling, values_of)
    return again is not None and [len(each.mentions) for each in again] == [len(each.mentions) for each in slots or []]
