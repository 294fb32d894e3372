"""More pairs out of those of a run: other values in the same questions, other questions for the same SQL.

In: a run with kept pairs, and how many of which. Out: judged pairs in the store, dealt with their originals.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import ExtendConfig
from pipeline.errors import UserError
from pipeline.records import Event
from pipeline.run.amending import databases_of
from pipeline.run.dataset import LANGUAGES
from pipeline.run.schema import database_of, schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store

MOST_VALUES, MOST_PARAPHRASES = 50, 10


def extend(store: Store, config: ExtendConfig, stop: Stop = never) -> Iterator[Event]:
    """Make the siblings that are missing, prove each, and split and write all pairs anew.

    Raises UserError at once for settings that make no sense, and where no pair is kept.
    """
    from pipeline.dataset.check import Place
    from pipeline.dataset.extend import extend_pairs

    check_extend(config)
    if not store.pairs(ok=True):
        raise UserError("There are no kept pairs yet. Write some first.")
    place = Place(schema_of(store), databases_of(store), database_of(store))
    return keep(store, "dataset", extend_pairs(store, place, config, stop, None))


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
    for language in config.languages:
        if language not in LANGUAGES:
            raise UserError("There is no language {name}. Choose en, ja or en,ja.", name=repr(language))
