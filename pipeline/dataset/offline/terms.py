"""The glossary of a run: what tables and columns are called, in English and Japanese, as the user wants it.

A schema in → the terms the teacher would use; CSV text with `name,english,japanese` in → terms; terms and a graph in → the
graph with these words. A name is a table's, or `table.column`. One limit: keys and hidden columns have no words.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.database.schema import Schema
from pipeline.dataset.offline.glossary import japanese
from pipeline.dataset.offline.graph import Field, Graph
from pipeline.dataset.offline.lexicon import date_noun
from pipeline.dataset.offline.roles import build_graph
from pipeline.dataset.offline.values import Values
from pipeline.dataset.offline.words import singular
from pipeline.errors import UserError

HEADERS = ("name", "english", "japanese")
LONGEST = 40
"""Characters of a word."""
_SIGNS = re.compile(r"[{}\[\]|<>§\n\r\"]")
_SPOKEN = ("name", "category", "text", "number", "date", "year", "flag")


@dataclass(frozen=True)
class Term:
    """What a table, or a column as `table.column`, is called; an empty word is the teacher's own."""

    name: str
    english: str = ""
    japanese: str = ""


def terms_of(schema: Schema) -> list[Term]:
    """What the offline teacher would say of a schema, table by table."""
    return _terms(build_graph(schema, Values(schema)))


def _terms(graph: Graph) -> list[Term]:
    own = {one.words: one.ja for entity in graph.entities for one in entity.fields if one.ja}
    found = []
    for entity in graph.entities:
        name = entity.table.name
        found.append(Term(name, entity.noun, _known(entity.ja or japanese(entity.noun, own))))
        for one in entity.fields:
            if one.role in _SPOKEN:
                words = date_noun(one.words) if one.role == "date" else one.words
                found.append(Term(f"{name}.{one.name}", words, _known(one.ja or japanese(words, own))))
    return found


def _known(word: str) -> str:
    return "" if word.isascii() else word


def write_terms(terms: Sequence[Term]) -> str:
    """Terms as CSV text with a head line."""
    return as_csv([(term.name, term.english, term.japanese) for term in terms])


def as_csv(rows: Sequence[Sequence[object]]) -> str:
    """Rows of name, English and Japanese as CSV text with a head line; an empty cell may be None."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows([cell if cell is not None else "" for cell in row] for row in rows)
    return text.getvalue()


def read_terms(text: str, schema: Schema) -> list[Term]:
    """The terms of CSV text. Raises UserError for the first line that is none or names what the schema does not have."""
    names = {table.name.lower() for table in schema.tables}
    names |= {f"{table.name}.{column.name}".lower() for table in schema.tables for column in table.columns}
    found: dict[str, Term] = {}
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    for row in reader:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].lower() == HEADERS[0] and reader.line_num == 1:
            continue
        if not 2 <= len(cells) <= len(HEADERS):
            raise UserError(
                "Line {line} of the glossary has {count} values. Write name, English and Japanese, with commas.",
                line=reader.line_num,
                count=len(cells),
            )
        if cells[0].lower() not in names:
            raise UserError(
                "Line {line} of the glossary names {name}, which the schema does not have. Write a table or table.column.",
                line=reader.line_num,
                name=repr(cells[0]),
            )
        for word in cells[1:]:
            if _SIGNS.search(word) or len(word) > LONGEST:
                raise UserError(
                    "Line {line} of the glossary has the word {word}. Write plain words of at most {most} characters.",
                    line=reader.line_num,
                    word=repr(word[:LONGEST]),
                    most=LONGEST,
                )
        found[cells[0].lower()] = Term(*cells)
    return list(found.values())


def changed(terms: Sequence[Term], schema: Schema) -> list[Term]:
    """The terms that say something else than the teacher would, the rest of their words left empty."""
    usual = {term.name.lower(): term for term in terms_of(schema)}
    told = []
    for term in terms:
        own = usual.get(term.name.lower(), Term(term.name))
        english = "" if term.english == own.english else term.english
        native = "" if term.japanese == own.japanese else term.japanese
        if english or native:
            told.append(Term(own.name, english, native))
    return told


def use(graph: Graph, terms: Sequence[Term]) -> None:
    """Give the graph's tables and columns the words of these terms."""
    told = {term.name.lower(): term for term in terms}
    for entity in graph.entities:
        term = told.get(entity.table.name.lower(), Term(""))
        if term.english:
            entity.noun, entity.also = singular(term.english.lower()), ()
        entity.ja = term.japanese or entity.ja
        fields = {one.name: _called(one, told) for one in entity.fields}
        entity.fields = tuple(fields.values())
        entity.label = fields[entity.label.name] if entity.label else None
        entity.pairs = tuple((fields[text.name], fields[number.name]) for text, number in entity.pairs)


def _called(one: Field, told: dict[str, Term]) -> Field:
    term = told.get(f"{one.table}.{one.name}".lower(), Term(""))
    called = replace(one, words=term.english.lower(), also=()) if term.english else one
    return replace(called, ja=term.japanese or one.ja)
