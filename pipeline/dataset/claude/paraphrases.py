"""Other questions for the SQL of kept pairs, in Claude's words: twelve pairs in a request, in one language each.

In: pairs, how many questions for each, languages; the run's store, settings, the key. Out: each pair with its other
questions, as replies come; what was paid for before comes first and free. Limit: nobody asks whether a
question means what its pair does; the gate holds the values and the wording alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from pipeline.config import DatasetConfig, ExtendConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.estimate import texts, tokens_of, usages
from pipeline.dataset.claude.items import read_worded
from pipeline.dataset.claude.models import cost, find_model
from pipeline.dataset.claude.opinions import Answer, Asker
from pipeline.dataset.claude.phrases import STYLES
from pipeline.dataset.claude.request import PAIRS, SHAPES, Request, arguments, fenced, hash_of, system_text
from pipeline.records import Estimate, Event, JudgedPair, Pair
from pipeline.store import Store

QUESTION_TOKENS = 35
"""Output of one question, JSON included."""
SPARE = 2
"""Times the usual output that a request may use."""
LANGUAGES = {"en": "English", "ja": "Japanese"}
ORDER = (
    "Write no queries this time. Each of these {n} queries has a question already; write {wanted} other questions in {language}"
    " for each, with the number of its query. Each asks for exactly what the query returns: the same things, columns in the"
    " same order, each once where it says DISTINCT, sorted only where it sorts, ties as it treats them. Every value that"
    " the query compares with stands in each question as it is written there. No two begin alike or only exchange a word;"
    " their manners differ:"
)


class Rephraser(Asker):
    """Asks for other questions; the family of a request is its language."""

    size = PAIRS

    def __init__(self, store: Store, schema: Schema, config: ExtendConfig, key: str, wanted: int) -> None:
        """`wanted` questions for each pair in each language. Raises UserError as `Asker`."""
        self.wanted = wanted
        super().__init__(store, schema, settings(config), key)

    def about(self, family: str) -> str:
        """Other questions hold as long as schema, model, rules and their number are the same."""
        told = f"{self.config.model}\n{self.wanted}\n{ORDER}\n{system_text(self.schema, family)}"
        return hashlib.sha256(told.encode()).hexdigest()

    def request(self, family: str, questions: Sequence[str]) -> Request:
        """The request for these rows, each of them JSON of a question and its query."""
        return build(self.schema, self.config.model, family, questions, self.wanted)

    def found(self, questions: Sequence[str], text: str) -> dict[str, str]:
        """By row, its other questions as a JSON list."""
        said: dict[str, list[str]] = {}
        for pair in read_worded(text, questions):
            if pair.sql and pair.question:
                said.setdefault(pair.sql, []).append(pair.question)
        return {row: json.dumps(found) for row, found in said.items()}


def rephrased(
    store: Store, schema: Schema, config: ExtendConfig, key: str, stop: Callable[[], bool]
) -> Callable[[Sequence[JudgedPair]], Iterator[Event | tuple[JudgedPair, Sequence[Pair]]]]:
    """What asks Claude about pairs: it gives each with its other questions, and what is to be told meanwhile."""
    return partial(_rephrased, store, schema, config, key, stop)


def _rephrased(  # noqa: PLR0913 - bound one by one above
    store: Store, schema: Schema, config: ExtendConfig, key: str, stop: Callable[[], bool], pairs: Sequence[JudgedPair]
) -> Iterator[Event | tuple[JudgedPair, Sequence[Pair]]]:
    by_language = rows_of(pairs, config)
    with Rephraser(store, schema, config, key, each_of(config)) as asker:
        for language, rows in by_language.items():
            for said in asker.answers(language, list(rows), stop):
                if not isinstance(said, Answer):
                    yield said
                    continue
                one = rows[said.question]
                yield one, [Pair(text, one.pair.sql, language, "paraphrase") for text in json.loads(said.text)]


def settings(config: ExtendConfig) -> DatasetConfig:
    """Who is asked, before how many dollars."""
    return DatasetConfig("claude", model=config.model, max_dollars=config.max_dollars)


def each_of(config: ExtendConfig) -> int:
    """Questions to ask for in each language."""
    return math.ceil(config.paraphrases / max(1, len(config.languages)))


def rows_of(pairs: Sequence[JudgedPair], config: ExtendConfig) -> dict[str, dict[str, JudgedPair]]:
    """By language, what is asked about: the row that a request shows → its pair."""
    found: dict[str, dict[str, JudgedPair]] = {}
    for one in pairs:
        row = json.dumps({"question": one.pair.question, "query": one.pair.sql}, ensure_ascii=False)
        for language in config.languages or (one.pair.language,):
            found.setdefault(language, {})[row] = one
    return found


def build(schema: Schema, model: str, language: str, rows: Sequence[str], wanted: int) -> Request:
    """The request for `wanted` other questions for each row. Raises UserError for an unknown model."""
    styles = list(STYLES[language])
    Random("\n".join(rows)).shuffle(styles)
    told: Mapping[str, Any] = {str(number): json.loads(row) for number, row in enumerate(rows, 1)}
    order = ORDER.format(n=len(rows), wanted=wanted, language=LANGUAGES[language])
    manners = [f"- {style}" for style in styles[: max(2, wanted)]]
    message = "\n".join([order, *manners, fenced({"pairs": told})])
    output = SPARE * QUESTION_TOKENS * wanted * PAIRS
    params = arguments(model, system_text(schema, language), message, SHAPES["queries"], output)
    return Request(0, model, hash_of(params), params, partial(read_worded, queries=rows))


def estimate(schema: Schema, config: ExtendConfig, pairs: Sequence[JudgedPair]) -> Estimate:
    """What asking about these pairs is likely to cost, by the length of the texts."""
    dollars, requests, read, output, wanted = 0.0, 0, 0, 0, each_of(config)
    for language, rows in rows_of(pairs, config).items():
        group = list(rows)[:PAIRS]
        system, order = (tokens_of(text) for text in texts(build(schema, config.model, language, group, wanted)))
        written = len(group) * wanted * QUESTION_TOKENS + find_model(config.model).thinks // 4
        first, again = (cost(config.model, usage) for usage in usages(system, order, written))
        sent = math.ceil(len(rows) / PAIRS)
        dollars, requests = dollars + first + (sent - 1) * again, requests + sent
        read, output = read + sent * (system + order), output + sent * written
    return Estimate(dollars, requests, read, output, False)
