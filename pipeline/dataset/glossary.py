"""The glossary of a run in its store: the words that somebody wants in the offline teacher's questions.

CSV text in, the fact `glossary` (what differs from the teacher's own words, as CSV) out. The teacher reads the terms.
"""

from __future__ import annotations

from pipeline.database.schema import Schema
from pipeline.dataset.offline.terms import Term, changed, read_terms, terms_of, write_terms
from pipeline.store import Store

FACT = "glossary"


def glossary_of(store: Store, schema: Schema) -> list[Term]:
    """The terms that the run's glossary changes."""
    return read_terms(str(store.get(FACT) or ""), schema)


def keep_glossary(store: Store, schema: Schema, text: str) -> int:
    """Remember the glossary and say how many lines differ from the teacher's words.

    Raises UserError for a line that is none, before anything is changed.
    """
    terms = changed(read_terms(text, schema), schema)
    store.set(**{FACT: write_terms(terms) if terms else ""})
    return len(terms)


def whole_glossary(store: Store, schema: Schema) -> list[Term]:
    """All terms of the schema: the teacher's words, and those that the run changes."""
    own = {term.name.lower(): term for term in glossary_of(store, schema)}
    return [_merged(term, own.get(term.name.lower(), term)) for term in terms_of(schema)]


def _merged(usual: Term, own: Term) -> Term:
    return Term(usual.name, own.english or usual.english, own.japanese or usual.japanese)
