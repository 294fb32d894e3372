"""More pairs out of the kept ones: the same questions about other values, and other questions for the same SQL.

A run with pairs in; siblings judged like any pair, in the store and dealt with their originals' split group. Nothing is
written twice: a second call passes over what the first judged and makes only what is still missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from pipeline.config import DatasetConfig, ExtendConfig, InstanceConfig
from pipeline.database.instances import has_rows
from pipeline.database.schema import Schema
from pipeline.dataset.column_values import ColumnValues
from pipeline.dataset.gate import Gate, open_gate
from pipeline.dataset.resample import ValuesOf, resampled, value_set
from pipeline.dataset.result import result_of
from pipeline.dataset.split import deal
from pipeline.records import Done, Event, Judged, JudgedPair, Pair, Progress
from pipeline.store import Store

Stop = Callable[[], bool]
FAILURES = 3
"""Siblings drawn for each one wanted before a template is given up: many values give an empty answer."""


def extend_pairs(
    store: Store, schema: Schema, databases: Sequence[Path], uploaded: Path | None, how: tuple[ExtendConfig, Stop]
) -> Iterator[Event]:
    """Judge siblings until each template has `values` sets of values; deal, and end with the run's result.

    Yields Progress and Judged, then Done with the counts of the run and `resampled`, kept of this call. What is
    judged is kept when `stop()` is true.
    """
    config, stop = how
    with open_gate(schema, databases, InstanceConfig(count=len(databases)), uploaded) as gate:
        for judged in store.pairs(ok=True):
            gate.remember(judged)
        values_of = ColumnValues(schema, databases, gate.sandbox, uploaded is not None and has_rows(schema, uploaded))
        made, stopped = yield from _resample(store, gate, values_of, config, stop)
    deal(store, DatasetConfig(**store.get("dataset_split", {})))
    yield Done("dataset", {**result_of(store), "resampled": made}, stopped)


def _resample(
    store: Store, gate: Gate, values_of: ValuesOf, config: ExtendConfig, stop: Stop
) -> Generator[Event, None, tuple[int, bool]]:
    """The siblings of every template of the training part that has too few sets of values."""
    pairs = store.pairs()
    before = {(one.pair.question, one.pair.sql) for one in pairs}
    templates = _training(pairs)
    made = 0
    for position, (form, group) in enumerate(templates.items(), 1):
        sets = {value_set(one.pair.sql) for one in pairs if one.verdict.ok and one.template == form}
        missing = config.values - len(sets)
        for sibling, original in _siblings(group, values_of, config, missing):
            if stop():
                return made, True
            key = (sibling.question, sibling.sql)
            if key in before or value_set(sibling.sql) in sets:
                continue
            judged = gate.judge(sibling)
            judged = replace(judged, certificate={**judged.certificate, "of": original.id})
            store.add_pairs([judged])
            before.add(key)
            yield _told(judged)
            if judged.verdict.ok:
                sets.add(value_set(sibling.sql))
                made += 1
            if len(sets) >= config.values:
                break
        yield Progress("dataset", position, len(templates), "Asking about other values")
    return made, False


def _training(pairs: Sequence[JudgedPair]) -> dict[str, list[JudgedPair]]:
    """Template → its kept pairs of the training part that somebody wrote."""
    groups: dict[str, list[JudgedPair]] = defaultdict(list)
    for one in pairs:
        if one.verdict.ok and one.split == "train" and one.pair.source != "resampled":
            groups[one.template].append(one)
    return groups


def _siblings(
    group: Sequence[JudgedPair], values_of: ValuesOf, config: ExtendConfig, missing: int
) -> Iterator[tuple[Pair, JudgedPair]]:
    """Siblings of a template's pairs in turn, the same ones in every call, with the pair each is made of."""
    wanted = FAILURES * config.values if missing > 0 else 0
    turns = [
        (one, resampled(one.pair, values_of, Random(f"{config.seed}/{one.pair.question}/{one.pair.sql}"), wanted))
        for one in group
    ]
    while turns and wanted:
        for one, siblings in list(turns):
            sibling = next(siblings, None)
            if sibling is None:
                turns.remove((one, siblings))
            else:
                yield sibling, one


def _told(judged: JudgedPair) -> Judged:
    pair, verdict = judged.pair, judged.verdict
    return Judged("dataset", pair.question, pair.sql, verdict.ok, verdict.reason, judged.level)
