"""Questions that the schema cannot answer: gathered, held against the pairs, dealt, and written to their own file.

A run's store, schema and settings in → rows of the store and `unanswerable.jsonl`, never `train.jsonl` or `heldout.jsonl`.
Where Claude does not write, the grammar does. One limit: that nothing answers them is the writer's word; only that no kept
pair asks the same is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from random import Random

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.duplicates import SIMILAR, plain
from pipeline.dataset.jsonl import write_lines
from pipeline.records import JudgedPair, Unanswerable
from pipeline.store import Store

FILE = "unanswerable.jsonl"


def write_unanswerable(store: Store, schema: Schema, config: DatasetConfig) -> int:
    """Bring the run's unanswerable questions up to their share of the kept pairs and write their file; how many there are.

    Claude writes its own on the way; for the other teachers the grammar fills up what is missing, free of charge.
    """
    pairs = store.pairs(ok=True)
    found = list(_new(store.unanswerable(), pairs))
    missing = round(config.unanswerable * len(pairs)) - len(found)
    if missing > 0 and config.teacher != "claude":
        found = list(islice(_new(chain(found, _drawn(schema, config)), pairs), len(found) + missing))
    dealt = [each if each.split else replace(each, split=_side(each, config)) for each in found]
    store.replace_unanswerable(dealt)
    lines = [{"instruction": each.question, "output": "", "category": each.category} for each in dealt]
    write_lines(store.folder / FILE, (json.dumps(line, ensure_ascii=False) for line in lines))
    return len(dealt)


def _drawn(schema: Schema, config: DatasetConfig) -> Iterator[Unanswerable]:
    """What the grammar has, the languages in turns."""
    from pipeline.dataset.offline.unanswerable import unanswerable

    languages = [unanswerable(schema, language, config.seed) for language in config.languages]
    return (each for turn in zip_longest(*languages) for each in turn if each is not None)


def _new(
    questions: Sequence[Unanswerable] | Iterator[Unanswerable], pairs: Sequence[JudgedPair]
) -> Iterator[Unanswerable]:
    """Those that no kept pair asks, or nearly asks, each once."""
    from rapidfuzz import fuzz, process

    asked = [plain(each.pair.question) for each in pairs]
    told: set[str] = set()
    for each in questions:
        text = plain(each.question)
        if text not in told and not process.extractOne(text, asked, scorer=fuzz.ratio, score_cutoff=SIMILAR):
            told.add(text)
            yield each


def _side(each: Unanswerable, config: DatasetConfig) -> str:
    """The same question, the same side, in every run of a seed."""
    return "heldout" if Random(f"{config.seed} {each.question}").random() < config.heldout_share else "train"
