"""More pairs out of those of a run: other values in the same questions, other questions for the same SQL.

In: a run with kept pairs, and how many of which. Out: judged pairs in the store, dealt with their originals.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import DatasetConfig, ExtendConfig
from pipeline.errors import UserError
from pipeline.records import Estimate, Event
from pipeline.run.amending import place_of
from pipeline.run.dataset import LANGUAGES, check_claude, check_key
from pipeline.run.schema import schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store

MOST_VALUES, MOST_PARAPHRASES = 50, 10


def extend(store: Store, config: ExtendConfig, stop: Stop = never, key: str = "") -> Iterator[Event]:
    """Make the siblings that are missing, prove each, and split and write all pairs anew.

    `key` is the API key where `config.teacher` is `claude`. Raises UserError at once for settings that make no sense, and
    where no pair is kept.
    """
    from pipeline.dataset.claude.paraphrases import rephrased
    from pipeline.dataset.extend import extend_pairs

    _check(store, config)
    asks = config.teacher == "claude" and config.paraphrases > 0
    if asks:
        check_key(key)
    place = place_of(store)
    reword = rephrased(store, place.schema, config, key, stop) if asks else None
    return keep(store, "dataset", extend_pairs(store, place, config, stop, reword))


def estimate_extend(store: Store, config: ExtendConfig) -> Estimate:
    """What Claude's other questions are likely to cost, judged by lengths. Raises UserError as `extend`."""
    from pipeline.dataset.claude.paraphrases import estimate
    from pipeline.dataset.extend import to_reword

    _check(store, config)
    return estimate(schema_of(store), config, to_reword(store.pairs(), config.paraphrases))


def _check(store: Store, config: ExtendConfig) -> None:
    check_extend(config)
    store.kept()


def check_extend(config: ExtendConfig) -> None:
    """Raises UserError for settings that make no sense."""
    if not 0 <= config.values <= MOST_VALUES:
        raise UserError(
            "{values} sets of values for a pattern are out of range. Give 0 to {most}.",
            values=config.values,
            most=MOST_VALUES,
        )
    if not 0 <= config.paraphrases <= MOST_PARAPHRASES:
        raise UserError(
            "{paraphrases} other questions for a pair are out of range. Give 0 to {most}.",
            paraphrases=config.paraphrases,
            most=MOST_PARAPHRASES,
        )
    if config.teacher not in ("offline", "claude"):
        raise UserError("There is no teacher {name} for other words. Choose offline or claude.", name=config.teacher)
    if config.teacher == "claude":
        check_claude(DatasetConfig("claude", model=config.model, max_dollars=config.max_dollars))
    for language in config.languages:
        if language not in LANGUAGES:
            raise UserError("There is no language {name}. Choose en, ja or en,ja.", name=repr(language))
