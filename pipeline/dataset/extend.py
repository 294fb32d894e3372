"""More pairs out of the kept ones: the same questions about other values, and other questions for the same SQL.

A run with pairs in; siblings judged like any pair, in the store and dealt with their originals' split group. Nothing is
written twice: a second call passes over what the first judged and makes only what is still missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random

from pipeline.config import ExtendConfig
from pipeline.database.instances import has_rows
from pipeline.dataset.column_values import ColumnValues
from pipeline.dataset.databases import Place
from pipeline.dataset.gate import Gate, open_gate
from pipeline.dataset.paraphrase import Wordings
from pipeline.dataset.resample import ValuesOf, resampled, value_set
from pipeline.dataset.result import result_of
from pipeline.dataset.split import deal_anew
from pipeline.records import Done, Event, Judged, JudgedPair, Note, Pair, Progress
from pipeline.store import Store

Stop = Callable[[], bool]
Reword = Callable[[Sequence[JudgedPair]], Iterator["Event | tuple[JudgedPair, Sequence[Pair]]"]]
"""Pairs in → each, in any order, with the pair in other words; and what is to be told meanwhile."""

MADE = ("resampled", "paraphrase")
"""Sources of pairs made of others, of which nothing is made."""
FAILURES = 3
"""Siblings drawn for each one wanted before a template or a pair is given up: many values give an empty answer."""


def extend_pairs(
    store: Store, place: Place, config: ExtendConfig, stop: Stop, reword: Reword | None
) -> Iterator[Event]:
    """Judge siblings until each template has `values` sets of values and each SQL `paraphrases` other questions.

    `reword` asks for other questions; None has the grammar say them. Yields what it tells, Progress and Judged, then Done
    with the counts of the run, `resampled` and `paraphrased`, kept of this call. What is judged is kept when `stop()` is
    true, and when `reword` raises UserError.
    """
    schema, databases, uploaded = place.schema, place.databases, place.uploaded
    with open_gate(schema, databases, place.instances, uploaded) as gate:
        values_of = ColumnValues(schema, databases, gate.sandbox, uploaded is not None and has_rows(schema, uploaded))
        work = _Work(store, gate, config, stop, "claude" if reword else "")
        try:
            yield from work.resample(values_of)
            if config.paraphrases and not stop():
                yield from work.paraphrase(reword or _Grammar(place, values_of, config))
        finally:
            deal_anew(store)
    made = {name: work.made[source] for source, name in zip(MADE, ("resampled", "paraphrased"), strict=True)}
    yield Done("dataset", {**result_of(store), **made}, stop())


def to_reword(pairs: Iterable[JudgedPair], wanted: int) -> list[JudgedPair]:
    """The first pair of each SQL of the training part with fewer than `wanted` paraphrases."""
    kept = [one for one in pairs if one.verdict.ok and one.split != "heldout"]
    there = Counter(one.pair.sql for one in kept if one.pair.source == "paraphrase")
    first: dict[str, JudgedPair] = {}
    for one in kept:
        if one.pair.source not in MADE and there[one.pair.sql] < wanted:
            first.setdefault(one.pair.sql, one)
    return list(first.values())


@dataclass
class _Work:
    """One call: what was judged before it, and what it has made."""

    store: Store
    gate: Gate
    config: ExtendConfig
    stop: Stop
    words_by: str = ""
    """Who words paraphrases, where it is not the grammar."""
    made: Counter[str] = field(default_factory=Counter)
    """Kept siblings of this call, by source."""

    def __post_init__(self) -> None:
        self.pairs = self.store.pairs()
        self.known = {(one.pair.question, one.pair.sql) for one in self.pairs}
        for one in self.pairs:
            if one.verdict.ok:
                self.gate.remember(one)

    def judge(self, sibling: Pair, original: JudgedPair) -> JudgedPair | None:
        """The sibling in the store; None where that was done before."""
        if (sibling.question, sibling.sql) in self.known:
            return None
        self.known.add((sibling.question, sibling.sql))
        judged = self.gate.judge(sibling)
        by = {"by": self.words_by} if self.words_by and sibling.source == "paraphrase" else {}
        judged = replace(judged, certificate={**judged.certificate, "of": original.id, **by})
        self.store.add_pairs([judged])
        self.made[sibling.source] += judged.verdict.ok
        return judged

    def resample(self, values_of: ValuesOf) -> Iterator[Event]:
        """The siblings of every template of the training part that has too few sets of values."""
        sets: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        groups: dict[str, list[JudgedPair]] = defaultdict(list)
        for one in self.pairs:
            if one.verdict.ok:
                sets[one.template].add(value_set(one.pair.sql))
            if one.verdict.ok and one.split != "heldout" and one.pair.source != "resampled":
                groups[one.template].append(one)
        short = {form: group for form, group in groups.items() if len(sets[form]) < self.config.values}
        for position, (form, group) in enumerate(short.items(), 1):
            yield from self._siblings(group, values_of, sets[form])
            if self.stop():
                return
            yield Progress("dataset", position, len(short), "Asking about other values")

    def _siblings(
        self, group: Sequence[JudgedPair], values_of: ValuesOf, sets: set[tuple[str, ...]]
    ) -> Iterator[Event]:
        for sibling, original in _in_turn(group, values_of, self.config):
            if len(sets) >= self.config.values or self.stop():
                return
            if value_set(sibling.sql) in sets:
                continue
            judged = self.judge(sibling, original)
            if judged is not None:
                yield Judged.of(judged)
                sets |= {value_set(sibling.sql)} if judged.verdict.ok else set()

    def paraphrase(self, reword: Reword) -> Generator[Event]:
        """Other questions for every SQL of the training part that has too few."""
        wanted = self.config.paraphrases
        there = Counter(one.pair.sql for one in self.pairs if one.verdict.ok and one.pair.source == "paraphrase")
        short = to_reword(self.pairs, wanted)
        done: set[int] = set()
        for said in reword(short):
            if isinstance(said, Event):
                yield said
                continue
            original, others = said
            for other in islice(others, FAILURES * wanted):
                if there[other.sql] >= wanted or self.stop():
                    break
                judged = self.judge(other, original)
                if judged is not None:
                    yield Judged.of(judged)
                    there[other.sql] += judged.verdict.ok
            if self.stop():
                return
            done.add(original.id)
            yield Progress("dataset", len(done), len(short), "Asking in other words")


@dataclass(frozen=True)
class _Grammar:
    """The grammar's own other questions."""

    place: Place
    values_of: ValuesOf
    config: ExtendConfig

    def __call__(self, pairs: Sequence[JudgedPair]) -> Iterator[Event | tuple[JudgedPair, Sequence[Pair]]]:
        """Each pair with what the grammar says of its template."""
        if not pairs:
            return
        yield Note("dataset", "The grammar looks for other words.")
        own = tuple(dict.fromkeys(one.pair.language for one in pairs))
        how = (self.config.languages or own, self.config.seed)
        wordings = Wordings.drawn(self.place.schema, self.place.databases, self.values_of, how)
        for one in pairs:
            languages = self.config.languages or (one.pair.language,)
            yield one, list(wordings.other_questions(one.pair, one.template, languages))


def _in_turn(
    group: Sequence[JudgedPair], values_of: ValuesOf, config: ExtendConfig
) -> Iterator[tuple[Pair, JudgedPair]]:
    """Siblings of a template's pairs in turn, the same ones in every call, with the pair each is made of."""
    wanted = FAILURES * config.values
    turns = [
        (one, resampled(one.pair, values_of, Random(f"{config.seed}/{one.pair.question}/{one.pair.sql}"), wanted))
        for one in group
    ]
    while turns:
        for turn in list(turns):
            sibling = next(turn[1], None)
            if sibling is None:
                turns.remove(turn)
            else:
                yield sibling, turn[0]
