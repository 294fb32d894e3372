"""One request to Claude: rules and schema, the same for all and cached, then the blueprint.

What comes out of a schema (names, comments, values) is data and stands inside fences that it cannot close; all else is
the same bytes whatever the schema says. Limit: the rules are those of the prompt for people, so both change together.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.database.schema import Schema
from pipeline.dataset.claude.blueprints import Blueprint
from pipeline.dataset.claude.models import find_model

PAIRS = 12
"""Pairs asked of one request: more repeat themselves, fewer pay for the schema too often."""
PAIR_TOKENS = 100
"""Output of one pair, JSON included; 2,000 pairs are about 0.2 million tokens."""
MOST_OUTPUT = 4_000
"""Tokens of output that a request may use: three times what twelve pairs take, as a reserve is made for all of it."""

_FENCE = re.compile(r"<(?=\s*/\s*(?:schema|data)\b|\s*(?:schema|data)\s*>)", re.IGNORECASE)
_PAIR = {
    "type": "object",
    "properties": {"instruction": {"type": "string"}, "output": {"type": "string"}},
    "required": ["instruction", "output"],
    "additionalProperties": False,
}
SHAPE = {
    "type": "object",
    "properties": {"pairs": {"type": "array", "items": _PAIR}},
    "required": ["pairs"],
    "additionalProperties": False,
}
"""The reply's JSON schema; without limits on lengths, so that one bad pair costs one pair."""

_LANGUAGES = {"en": "English", "ja": "Japanese"}
_LEVELS = {
    "one-table": "each query reads one table",
    "join": "each query joins two or three tables along the foreign keys",
    "nested": "each query has a query inside it, a set operation, or a CASE",
}


@dataclass(frozen=True)
class Request:
    """What is sent, and the hash it is known by."""

    number: int
    model: str
    hash: str
    params: dict[str, Any]
    """The arguments of `messages.stream`."""

    @property
    def row(self) -> dict[str, Any]:
        """What the store keeps of it."""
        return {"hash": self.hash, "number": self.number, "model": self.model}


def build(schema: Schema, model: str, blueprint: Blueprint) -> Request:
    """The request of a blueprint. Raises UserError for an unknown model."""
    options = dict(find_model(model).options)
    output: dict[str, Any] = {"format": {"type": "json_schema", "schema": SHAPE}}
    if "effort" in options:
        output["effort"] = options["effort"]
    text = system_text(schema, blueprint.language)
    params: dict[str, Any] = {
        "model": model,
        "max_tokens": MOST_OUTPUT + find_model(model).thinks,
        "system": [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": order_text(blueprint)}],
        "output_config": output,
    }
    if "thinking" in options:
        params["thinking"] = {"type": options["thinking"]}
    told = json.dumps(params, sort_keys=True, ensure_ascii=True)
    return Request(blueprint.number, model, hashlib.sha256(told.encode()).hexdigest(), params)


def system_text(schema: Schema, language: str) -> str:
    """Rules and fenced schema; a fence in a comment, a name or a value is made harmless."""
    ddl = _sendable(_FENCE.sub("<\\\\", schema.to_sql()))
    return _instructions(language).replace("{schema}", ddl.strip())


@cache
def _instructions(language: str) -> str:
    """The standing text, with the parts of the prompt for people that say how questions and queries should be."""
    folder = Path(__file__).parent
    prompt = (folder.parent / f"prompt_{language}.md").read_text(encoding="utf-8").split("\n\n")
    rules = [part for part in prompt if part.count("\n- ") >= 3][:2]
    return (folder / "instructions.md").read_text(encoding="utf-8").replace("{rules}", "\n\n".join(rules))


def order_text(blueprint: Blueprint) -> str:
    """The message of one request: what to write, and the data it is about."""
    data = {"tables": blueprint.tables, "values": dict(blueprint.values)}
    fenced = _sendable(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))
    lines = [
        f"Write {PAIRS} pairs. All questions are in {_LANGUAGES[blueprint.language]}.",
        f"Level: {_LEVELS[blueprint.level]}.",
        "Cover, in any order and about equally often:",
        *(f"- {clause}" for clause in blueprint.clauses),
        f"Manner of the questions: {blueprint.styles[0]}; also {blueprint.styles[1]}.",
        "Start from the first of these tables and use the others where they fit; use some of these values, where any are"
        " given, and others of the schema.",
        f"<data>\n{fenced}\n</data>",
    ]
    return "\n".join(lines)


def _sendable(text: str) -> str:
    """Without lone surrogates, which no request can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
