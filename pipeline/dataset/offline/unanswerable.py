"""Questions that no query on a schema answers, by grammar: what it does not hold, nobody knows yet, or asks for no answer.

Schema, language and seed in → `Unanswerable` out, category by category. Properties and things are common ones whose words
appear nowhere in the schema. One limit: a property that hides behind an unusual name is taken for missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.dataset.offline.graph import Graph
from pipeline.dataset.offline.roles import build_graph
from pipeline.dataset.offline.teacher import speaker_for
from pipeline.dataset.offline.values import Values
from pipeline.dataset.offline.wanting import COLUMNS, LETTERS, TABLES, WORDINGS
from pipeline.dataset.offline.words import plural, split
from pipeline.records import CATEGORIES, Unanswerable

ROUND = (*CATEGORIES, "missing-column", "missing-table", "out-of-scope", "missing-column")
"""Categories in turns: what is merely missing is what people ask most and what a student is most tempted by."""
TRIES = 20
"""Times that a wording may come out as one that was before, in a row; then there is no more to ask."""


def unanswerable(schema: Schema, language: str, seed: int) -> Iterator[Unanswerable]:
    """As many as the grammar has, each once: some hundreds for a schema of five tables."""
    rng = Random(f"{seed} {language} unanswerable")
    with Sandbox() as sandbox:
        graph = build_graph(schema, Values(schema, (), sandbox))
    speaker = speaker_for(language, rng, graph)
    entities = [one for one in graph.entities if not one.bridge and not one.relations_only] or list(graph.entities)
    words = _words(schema, graph)
    columns = {kind: _missing(known, language, words) for kind, known in COLUMNS.items()}
    things = _missing(TABLES, language, words)
    told: set[str] = set()
    tries = number = 0
    while tries < TRIES * len(ROUND) and entities:
        category, entity = ROUND[number % len(ROUND)], rng.choice(entities)
        number += 1
        missing = {"col": columns[entity.kind], "thing": things}
        slots = {name: rng.choice(choices) for name, choices in missing.items() if choices}
        slots |= {
            "n": speaker.noun(entity),
            "ns": speaker.noun(entity, many=True),
            "year": str(rng.randint(2031, 2049)),
        }
        slots["things"] = plural(slots["thing"]) if language == "en" and "thing" in slots else slots.get("thing", "")
        question = _typed(rng.choice(WORDINGS[language][category]), slots, language, rng)
        tries += 1
        if question and question.lower() not in told:
            tries = 0
            told.add(question.lower())
            yield Unanswerable(question, category, language, "offline")


def _typed(wording: str, slots: dict[str, str], language: str, rng: Random) -> str:
    """The wording with its slots filled, some as people type them; empty where a slot has nothing in it."""
    if not all(slots.get(name) for name in re.findall(r"{(\w+)}", wording)):
        return ""
    text = wording.format(**slots)
    if language == "en":
        text = text[:1].lower() + text[1:].rstrip("?.") if rng.random() < 0.3 else text[:1].upper() + text[1:]
    return text


def _words(schema: Schema, graph: Graph) -> str:
    """All that the schema says of itself, in lower case, as the words of its names and as it stands."""
    names = [table.name for table in schema.tables] + [c.name for table in schema.tables for c in table.columns]
    notes = [table.comment for table in schema.tables] + [c.comment for table in schema.tables for c in table.columns]
    meant = [entity.noun for entity in graph.entities] + [
        one.words for entity in graph.entities for one in entity.fields
    ]
    return " ".join([*names, *(" ".join(split(name)) for name in names), *notes, *meant]).lower()


def _missing(vocabulary: Sequence[tuple[str, str]], language: str, words: str) -> list[str]:
    """Those of which no word of five letters or more, nor the Japanese, stands in what the schema says."""
    return [
        english if language == "en" else japanese
        for english, japanese in vocabulary
        if japanese not in words and not any(word[:LETTERS] in words for word in english.split() if len(word) > 3)
    ]
