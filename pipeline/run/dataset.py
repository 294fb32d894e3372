"""The dataset step: a teacher writes pairs, the gate proves them, the kept ones are split.

In: a run with a schema, and settings. Out: pairs in the store, `train.jsonl` and `heldout.jsonl`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.config import DatasetConfig
from pipeline.errors import UserError
from pipeline.records import Estimate, Event
from pipeline.run.fitting import fit_to_pairs
from pipeline.run.schema import database_of, schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store

LANGUAGES = ("en", "ja")
MOST_UNANSWERABLE = 0.5
"""Share of questions without an answer; with more of them there would be more of these than of pairs."""


def write_dataset(
    store: Store, config: DatasetConfig, paste: str = "", stop: Stop = never, key: str = ""
) -> Iterator[Event]:
    """Have a teacher write pairs, prove each, split the kept, and write `train.jsonl` and `heldout.jsonl`.

    `paste` is the text of pasted pairs when `config.teacher` is `pasted`, `key` the API key when it is `claude`. New pairs
    join those that are there. Of a schema that was cut, the first pasted pairs decide which tables are kept. Raises
    UserError at once for settings that make no sense.
    """
    check_dataset(config)
    if config.teacher == "claude":
        check_key(key)
    schema_of(store)  # told at once where there is none
    return keep(store, "dataset", _written(store, config, paste, stop, key))


def _written(store: Store, config: DatasetConfig, paste: str, stop: Stop, key: str) -> Iterator[Event]:
    from pipeline.dataset.pasted import read_pairs
    from pipeline.dataset.write import write_pairs

    if config.teacher == "pasted" and store.get("schema_cut"):
        yield from fit_to_pairs(store, schema_of(store), [pair.sql for pair in read_pairs(paste)[0]])
    yield from write_pairs(store, schema_of(store), config, paste, database_of(store), stop, key)


def estimate_dataset(store: Store, config: DatasetConfig, key: str = "") -> Estimate:
    """What the teacher `claude` is likely to cost. Counting with a key is free; without one, lengths decide.

    Raises UserError where Claude refuses the key.
    """
    from pipeline.dataset.claude.estimate import estimate_alone

    check_dataset(config)
    return estimate_alone(store, schema_of(store), config, key)


def check_key(key: str) -> None:
    """Raises UserError for what cannot be a key of Claude's API; whether Claude takes it only a request can tell."""
    from pipeline.dataset.claude.complaints import check_key as check

    check(key)


def check_dataset(config: DatasetConfig) -> None:
    """Raises UserError for settings of the dataset stage that make no sense."""
    if config.teacher == "claude":
        check_claude(config)
    if config.pairs < 1:
        raise UserError("{pairs} pairs cannot be written. Ask for 1 or more.", pairs=config.pairs)
    if not 0 <= config.heldout_share < 1:
        raise UserError(
            "A held-out share of {share} is out of range. Give at least 0 and less than 1, such as 0.1.",
            share=config.heldout_share,
        )
    for share, most in ((config.sql_first, 1.0), (config.unanswerable, MOST_UNANSWERABLE)):
        if not 0 <= share <= most:
            raise UserError("A share of {share} is out of range. Give 0 to {most}.", share=share, most=most)
    for language in config.languages or ("",):
        if language not in LANGUAGES:
            raise UserError("There is no language {name}. Choose en, ja or en,ja.", name=repr(language))


def check_claude(config: DatasetConfig) -> None:
    """Raises UserError for an unknown model and for a cap that is none."""
    from pipeline.dataset.claude.models import find_model

    find_model(config.model)
    if not 0 < config.max_dollars < math.inf:
        raise UserError(
            "A cap of {dollars} dollars is no cap. Give more than 0, such as 1.", dollars=config.max_dollars
        )
