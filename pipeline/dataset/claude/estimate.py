"""What a dataset is likely to cost before it is asked for, and what one request can cost at most.

In: schema and settings, and the tokens of a prompt as Claude counted them, where there is a key. Out: an `Estimate`. Limit:
how much Claude will write is judged by experience, twelve pairs of a hundred tokens a request.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.blueprints import draw
from pipeline.dataset.claude.client import Client
from pipeline.dataset.claude.complaints import check_key, with_kept
from pipeline.dataset.claude.models import BATCH, cost, find_model
from pipeline.dataset.claude.pace import Patience
from pipeline.dataset.claude.request import PAIR_TOKENS, PAIRS, Request, build
from pipeline.errors import UserError
from pipeline.records import Estimate, Note
from pipeline.store import Store

KEPT = 0.75
"""Share of Claude's pairs that the gate keeps, duplicates counted."""
SQL_SHARE = 0.55
"""Of a pair's tokens, those of its SQL, which is not written where the SQL is ours or there is none."""
CHARACTERS_A_TOKEN = 2.5
"""Of English, DDL and SQL; a letter beyond ASCII counts as a token."""
SHORTEST_CACHED = 512
"""Tokens; the API caches no shorter prompt."""
FRAME = 1_000
"""Tokens beyond the text: the roles, and the JSON schema of the reply."""

Prompts = Mapping[str, tuple[Request, int | None]]
"""By language, its first request and the tokens of its prompt, None where nobody counted them."""


async def count_prompts(client: Client | None, schema: Schema, config: DatasetConfig) -> Prompts:
    """Have Claude count (it is free); without a client, or where it does not answer, nobody counts.

    Raises UserError where Claude refuses the key.
    """
    found: dict[str, tuple[Request, int | None]] = {}
    for language in config.languages:
        request = build(schema, config.model, draw(schema, config.seed, 0, [language]))
        found[language] = (request, await client.count(request) if client else None)
    return found


def estimate(prompts: Prompts, config: DatasetConfig) -> Estimate:
    """What `config.pairs` kept pairs are likely to cost."""
    requests = math.ceil(config.pairs / (PAIRS * KEPT) / (1 - config.unanswerable))
    written = round(PAIRS * PAIR_TOKENS * (1 - SQL_SHARE * (config.sql_first + config.unanswerable)))
    written += find_model(config.model).thinks // 4
    dollars, read = 0.0, 0
    for place, (request, counted) in enumerate(prompts.values()):
        number = len(range(place, requests, len(prompts)))  # the languages take turns
        system, order = texts(request)
        tokens = counted or tokens_of(system) + tokens_of(order)
        prefix = round(tokens * tokens_of(system) / (tokens_of(system) + tokens_of(order)))
        first, again = usages(prefix, tokens - prefix, written)
        dollars += cost(config.model, first) * min(number, 1) + cost(config.model, again) * max(0, number - 1)
        read += number * tokens
    dollars *= BATCH if config.batches else 1.0
    counted_all = all(counted is not None for _, counted in prompts.values())
    return Estimate(dollars, requests, read, requests * written, counted_all)


def usages(prefix: int, order: int, written: int) -> tuple[dict[str, int], dict[str, int]]:
    """The usage of a first request, which fills the cache, and of those that follow."""
    if prefix < SHORTEST_CACHED:
        same = {"input_tokens": prefix + order, "output_tokens": written}
        return same, same
    both = {"input_tokens": order, "output_tokens": written}
    return {**both, "cache_creation_input_tokens": prefix}, {**both, "cache_read_input_tokens": prefix}


def told(guess: Estimate, config: DatasetConfig) -> Note:
    """The estimate as a sentence."""
    name, cap = find_model(config.model).name, config.max_dollars
    values = {"requests": guess.requests, "model": name, "dollars": guess.dollars, "cap": cap}
    if guess.counted:
        text = "About {requests} requests to {model}, about ${dollars:.3f}. It stops before ${cap:.2f}."
        return Note("dataset", text, values)
    text = "About {requests} requests to {model}, about ${dollars:.3f} by the length of the schema. It stops before ${cap:.2f}."
    return Note("dataset", text, values)


def tokens_at_most(request: Request, prompts: Prompts) -> int:
    """Tokens that the prompt of a request cannot pass, because none is shorter than a byte."""
    system, order = texts(request)
    counted = next((n for first, n in prompts.values() if texts(first)[0] == system), None)
    return (counted if counted is not None else len(system.encode()) + FRAME) + len(order.encode())


def tokens_of(text: str) -> int:
    """About how many tokens a text is, by its length."""
    plain = sum(letter.isascii() for letter in text)
    return math.ceil(plain / CHARACTERS_A_TOKEN) + len(text) - plain


def texts(request: Request) -> tuple[str, str]:
    """What a request tells: its system text and its message."""
    return request.params["system"][0]["text"], request.params["messages"][0]["content"]


def estimate_alone(store: Store, schema: Schema, config: DatasetConfig, key: str) -> Estimate:
    """The estimate by itself, counted by Claude where there is a key. Raises UserError where Claude refuses it."""
    import asyncio

    try:
        return asyncio.run(_estimate_alone(store, schema, config, key))
    except UserError as error:
        raise with_kept(error, len(store.pairs(ok=True))) from None


async def _estimate_alone(store: Store, schema: Schema, config: DatasetConfig, key: str) -> Estimate:
    if not key.strip():
        return estimate(await count_prompts(None, schema, config), config)
    client = Client(store, config, check_key(key), Patience())
    try:
        return estimate(await count_prompts(client, schema, config), config)
    finally:
        await client.close()
