"""The run's glossary: what the offline teacher calls tables and columns, and what somebody makes of it.

In: a run with a schema, CSV text or rows of name, English and Japanese. Out: the fact `glossary`, which the next writing uses.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.run.schema import schema_of
from pipeline.store import Store

Row = tuple[str, str, str]
"""Name, English, Japanese."""


def glossary(store: Store) -> list[Row]:
    """Every table and column with its words, the run's own where it has them. Raises UserError without a schema."""
    from pipeline.dataset.glossary import whole_glossary

    return [(term.name, term.english, term.japanese) for term in whole_glossary(store, schema_of(store))]


def own_words(store: Store) -> int:
    """How many tables and columns have words that the teacher would not have used."""
    from pipeline.dataset.glossary import glossary_of

    return len(glossary_of(store, schema_of(store)))


def keep_glossary(store: Store, text: str) -> int:
    """Use the words of CSV text from now on; returns how many lines differ from the teacher's.

    Raises UserError for the first line that is none, before anything is changed.
    """
    from pipeline.dataset.glossary import keep_glossary as keep

    return keep(store, schema_of(store), text)


def keep_rows(store: Store, rows: Sequence[Sequence[object]]) -> int:
    """As `keep_glossary`, from the rows of a table."""
    from pipeline.dataset.offline.terms import as_csv

    return keep_glossary(store, as_csv(rows))
