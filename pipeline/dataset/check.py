"""The check by a second opinion: Claude answers the questions of kept pairs anew, and the answers are compared.

In: a run with pairs, settings, a key. Out: each opinion in its pair's certificate as soon as it is there, so a killed check
goes on where it was; pairs that somebody contradicts and nobody confirms are dropped as `disagreement`. Limit: a pair that is
another one with other values is not asked about; it shares that one's fate.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.config import DatasetConfig
from pipeline.database.sql import literals
from pipeline.dataset.claude.opinions import Answer, Asker
from pipeline.dataset.databases import Place
from pipeline.dataset.gate import OWN_SCALES, Gate, open_gate
from pipeline.dataset.opinion import (
    DISAGREEMENT,
    FAMILIES,
    Bench,
    Opinion,
    next_family,
    opinions_of,
    standing,
    verdict_of,
)
from pipeline.dataset.result import result_of
from pipeline.dataset.split import deal_anew
from pipeline.errors import SqlError
from pipeline.records import Done, Event, JudgedPair, Note, Progress, Verdict
from pipeline.store import Store

Stop = Callable[[], bool]

STANDINGS = ("agreed", "settled", "disagreed", "unanswered")
"""What is counted at the end, as `standing` says it, over all pairs of the run."""
PROGRESS_SECONDS = 0.5
OTHER_VALUES = "resampled"
"""The source of a pair that is another one with other values."""


def to_ask(pairs: Sequence[JudgedPair]) -> dict[str, list[JudgedPair]]:
    """By family, the kept pairs that wait for its vote; those kept by hand wait for nobody."""
    waiting: dict[str, list[JudgedPair]] = {family: [] for family in FAMILIES}
    there = {each.id for each in pairs}
    for each in pairs:
        family = next_family(opinions_of(each.certificate))
        if each.verdict.ok and family and not each.certificate.get("by_hand") and _original(each) not in there:
            waiting[family].append(each)
    return waiting


def _original(judged: JudgedPair) -> int:
    """The id of the pair that it is with other values; 0 where it is none."""
    return int(judged.certificate.get("of") or 0) if judged.pair.source == OTHER_VALUES else 0


def check(store: Store, place: Place, config: DatasetConfig, key: str, stop: Stop) -> Iterator[Event]:
    """Ask Claude about every kept pair that waits for a vote, then deal the pairs anew.

    Yields Note, Spent and Progress, and Done with the run's counts and those of `STANDINGS`. Raises UserError for a key
    that cannot be one, and when Claude cannot go on, after what it said until then has been kept.
    """
    with (
        Asker(store, place.schema, config, key) as asker,
        open_gate(place.schema, place.databases, place.instances, place.uploaded) as gate,
    ):
        store.forget_stage("dataset")
        number = sum(map(len, to_ask(store.pairs()).values()))
        yield Note("dataset", "Asking Claude again: {n} questions.", {"n": number})
        try:
            for family in FAMILIES:
                yield from _Round(store, gate, config.model, family).hear(asker, stop)
        finally:
            _drop_with_their_originals(store)
            deal_anew(store)
    counts = Counter(map(standing, store.pairs()))
    yield Done("dataset", {**result_of(store), **{name: counts[name] for name in STANDINGS}}, stop())


class _Round:
    """One family's vote on all pairs that wait for it."""

    def __init__(self, store: Store, gate: Gate, model: str, family: str) -> None:
        self.store, self.gate, self.model, self.family = store, gate, model, family
        self.pairs: dict[str, list[JudgedPair]] = defaultdict(list)
        for judged in to_ask(store.pairs())[family]:
            self.pairs[judged.pair.question].append(judged)

    def hear(self, asker: Asker, stop: Stop) -> Iterator[Event]:
        """Ask, compare, and keep each opinion before the next is looked at."""
        done, total = 0, sum(map(len, self.pairs.values()))
        started = told = time.monotonic()
        for said in asker.answers(self.family, list(self.pairs), stop):
            if not isinstance(said, Answer):
                yield said
                continue
            for judged in self.pairs[said.question]:
                self._keep(judged, said.text)
                done += 1
            if (now := time.monotonic()) - told > PROGRESS_SECONDS or done == total:
                told, left = now, (now - started) / done * (total - done)
                yield Progress("dataset", done, total, "Asking Claude again", left)

    def _keep(self, judged: JudgedPair, sql: str) -> None:
        try:
            opinion = opinion_on(self.gate, judged, sql)
        except SqlError:
            return  # the pair's own SQL does not run on the databases as they are now: nothing to compare with
        opinion = replace(opinion, family=self.family, model=self.model)
        opinions = [*opinions_of(judged.certificate), opinion]
        certificate = {**judged.certificate, "opinions": [each.as_dict() for each in opinions]}
        after = replace(judged, certificate=certificate)
        if not next_family(opinions) and not (verdict := verdict_of(opinions)).ok:
            after = replace(after, verdict=verdict, split="")
        self.store.put_pair(after)


def opinion_on(gate: Gate, judged: JudgedPair, sql: str) -> Opinion:
    """What another SQL says of a pair: on the gate's databases, or on some made for the pair where it was proved so.

    Raises SqlError where the pair's own SQL does not run there.
    """
    gold = judged.pair.sql
    if not judged.certificate.get("own") or gate.make_own is None:
        return Bench(gate.schema, gate.databases, gate.sandbox, gate.limits).opinion(gold, sql)
    said = []
    for scale in OWN_SCALES:  # with all tables: the other SQL may read more of them
        own = gate.make_own(gate.schema, literals(gold), scale)
        said.append(Bench(gate.schema, own, gate.sandbox, gate.limits).opinion(gold, sql))
    return min(said, key=lambda opinion: (False, True, None).index(opinion.agrees))


def _drop_with_their_originals(store: Store) -> None:
    """The kept pairs that are a contradicted one with other values."""
    contradicted = {each.id: each for each in store.pairs(ok=False) if each.verdict.reason == DISAGREEMENT}
    for judged in store.pairs(ok=True) if contradicted else ():
        if (original := contradicted.get(_original(judged))) and not judged.certificate.get("by_hand"):
            verdict = Verdict(False, DISAGREEMENT, original.pair.question)
            store.put_pair(replace(judged, verdict=verdict, split=""))
