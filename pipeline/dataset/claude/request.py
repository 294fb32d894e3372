"""One request to Claude: rules and schema, the same for all and cached, then the blueprint.

What comes out of a schema (names, comments, values) is data and stands inside fences that it cannot close; all else is
the same bytes whatever the schema says. Limit: the rules are those of the prompt for people, so both change together.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from pipeline.database.schema import Schema
from pipeline.dataset.claude.blueprints import Blueprint
from pipeline.dataset.claude.items import read_items, read_unanswerable, read_worded
from pipeline.dataset.claude.models import find_model
from pipeline.records import CATEGORIES

PAIRS = 12
"""Pairs asked of one request: more repeat themselves, fewer pay for the schema too often."""
PAIR_TOKENS = 100
"""Output of one pair, JSON included; 2,000 pairs are about 0.2 million tokens."""
MOST_OUTPUT = 4_000
"""Tokens of output that a request may use: three times what twelve pairs take, as a reserve is made for all of it."""

_FENCE = re.compile(r"<(?=\s*/\s*(?:schema|data)\b|\s*(?:schema|data)\s*>)", re.IGNORECASE)


def _shape(**fields: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a reply: a list of items with these fields, all of them needed."""
    item = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"pairs": {"type": "array", "items": item}},
        "required": ["pairs"],
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
SHAPES = {
    "pairs": _shape(instruction=_TEXT, output=_TEXT),
    "queries": _shape(number={"type": "integer"}, instruction=_TEXT),
    "unanswerable": _shape(category={"type": "string", "enum": list(CATEGORIES)}, instruction=_TEXT),
}
"""The reply's JSON schema by kind of request; without limits on lengths, so that one bad pair costs one pair."""

_LANGUAGES = {"en": "English", "ja": "Japanese"}
_LEVELS = {
    "one-table": "each query reads one table",
    "join": "each query joins two or three tables along the foreign keys",
    "nested": "each query has a query inside it, a set operation, or a CASE",
}

_GRADES = {
    "easy": "easy: one table or a plain join, with at most one condition, sorting or group",
    "medium": "medium: two of these together: condition, sorting, group, join, top n; or two columns or conditions",
    "hard": "hard: three of these together: condition, sorting, group, join, top n; or one plain query inside another",
    "extra": "very hard: an inner query beside joins, groups or further conditions, or two inner queries",
}
_LACKS = {
    "missing-column": "asks for a property that no column of these things holds, though one might expect it",
    "missing-table": "asks about things of the same business that no table holds",
    "out-of-scope": "asks about a part of the world, a group or a time that this data does not cover",
    "ambiguous": "leaves open what or whom it means, so that nobody could write the query without asking back",
    "subjective": "asks for an opinion or a judgement of taste",
    "outside-knowledge": "needs facts that are in no database of this kind: news, laws, weather, other firms",
    "prediction": "asks what will happen, or what would happen if",
    "write": "orders something to be added, changed or deleted",
}


@dataclass(frozen=True)
class Request:
    """What is sent, and the hash it is known by."""

    number: int
    model: str
    hash: str
    params: dict[str, Any]
    """The arguments of `messages.stream`."""
    read: Callable[[str], Collection[object]] = field(default=read_items, compare=False)
    """What can be used of a reply's text; one that breaks off before there is any is asked again."""

    @property
    def row(self) -> dict[str, Any]:
        """What the store keeps of it."""
        return {"hash": self.hash, "number": self.number, "model": self.model}


def build(schema: Schema, model: str, blueprint: Blueprint) -> Request:
    """The request of a blueprint. Raises UserError for an unknown model."""
    system, shape = system_text(schema, blueprint.language), SHAPES[blueprint.kind]
    params = arguments(model, system, order_text(blueprint), shape, MOST_OUTPUT)
    read: dict[str, Callable[[str], Collection[object]]] = {
        "pairs": read_items,
        "queries": partial(read_worded, queries=blueprint.queries),
        "unanswerable": read_unanswerable,
    }
    return Request(blueprint.number, model, hash_of(params), params, read[blueprint.kind])


def arguments(model: str, system: str, order: str, shape: dict[str, Any], output: int) -> dict[str, Any]:
    """What is sent: the cached system text, one message, the reply's JSON schema and its tokens without thinking.

    Raises UserError for an unknown model.
    """
    options = dict(find_model(model).options)
    form: dict[str, Any] = {"format": {"type": "json_schema", "schema": shape}}
    if "effort" in options:
        form["effort"] = options["effort"]
    params: dict[str, Any] = {
        "model": model,
        "max_tokens": output + find_model(model).thinks,
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": order}],
        "output_config": form,
    }
    if "thinking" in options:
        params["thinking"] = {"type": options["thinking"]}
    return params


def hash_of(params: dict[str, Any]) -> str:
    """What a request is known by: the same arguments, the same hash, in any process."""
    return hashlib.sha256(json.dumps(params, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def system_text(schema: Schema, language: str) -> str:
    """Rules and fenced schema."""
    return with_schema(_instructions(language), schema)


def with_schema(instructions: str, schema: Schema) -> str:
    """The instructions with the schema in its place; a fence in a comment, a name or a value is made harmless."""
    ddl = _sendable(_FENCE.sub("<\\\\", schema.to_sql()))
    return instructions.replace("{schema}", ddl.strip())


def fenced(data: object) -> str:
    """Data for a message, as JSON inside a fence that it cannot close."""
    told = _sendable(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))
    return f"<data>\n{told}\n</data>"


@cache
def _instructions(language: str) -> str:
    """The standing text, with the parts of the prompt for people that say how questions and queries should be."""
    folder = Path(__file__).parent
    prompt = (folder.parent / f"prompt_{language}.md").read_text(encoding="utf-8").split("\n\n")
    rules = [part for part in prompt if part.count("\n- ") >= 3][:2]
    return (folder / "instructions.md").read_text(encoding="utf-8").replace("{rules}", "\n\n".join(rules))


def order_text(blueprint: Blueprint) -> str:
    """The message of one request: what to write, and the data it is about."""
    language = _LANGUAGES[blueprint.language]
    manner = f"Manner of the questions: {blueprint.styles[0]}; also {blueprint.styles[1]}."
    if blueprint.kind == "queries":
        return "\n".join(_wording(blueprint, language, manner))
    if blueprint.kind == "unanswerable":
        return "\n".join(_refusing(blueprint, language, manner))
    data = {"tables": blueprint.tables, "values": dict(blueprint.values), "columns": blueprint.columns}
    lines = [
        f"Write {PAIRS} pairs. All questions are in {language}.",
        f"Level: {_LEVELS[blueprint.level]}.",
        f"Difficulty of most queries: {_GRADES[blueprint.hardness]}.",
        "Cover, in any order and about equally often:",
        *(f"- {clause}" for clause in blueprint.clauses),
        manner,
        "Start from the first of these tables and use the others where they fit; use some of these values, where any are"
        " given, and others of the schema. Use each of these columns, where any are given, at least once.",
        fenced(data),
    ]
    return "\n".join(lines)


def _wording(blueprint: Blueprint, language: str, manner: str) -> list[str]:
    """The order to word questions for queries that are there."""
    queries = {str(number): query for number, query in enumerate(blueprint.queries, 1)}
    return [
        f"Write no queries this time: write {len(queries)} questions in {language}, one for each of these queries, with the"
        " number of its query. The question asks for exactly what the query returns: the same things, columns in the same"
        " order, each once where it says DISTINCT, sorted only where it sorts, ties as it treats them. Every value that the"
        " query compares with stands in the question as it is written there.",
        manner,
        fenced({"queries": queries}),
    ]


def _refusing(blueprint: Blueprint, language: str, manner: str) -> list[str]:
    """The order to ask what cannot be answered."""
    return [
        f"Write no queries this time: write {PAIRS} questions in {language} that people of this business would ask, but that no"
        " query on this schema can answer. Each looks like one that could be answered, in the same words and about the"
        " same things. Give each its category:",
        *(f"- {category}: {what}" for category, what in _LACKS.items()),
        "Every category at least once; half of the questions of the first three.",
        manner,
        fenced({"tables": blueprint.tables}),
    ]


def _sendable(text: str) -> str:
    """Without lone surrogates, which no request can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
