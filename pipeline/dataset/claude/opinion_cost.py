"""What second opinions are likely to cost, before anybody is asked.

In: schema, settings, the pairs to be asked about; a key, where Claude is to count the prompts. Out: an `Estimate`. Limit:
how long an answer gets is judged by the pairs' own SQL, how often a second vote is needed by experience.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.client import Client
from pipeline.dataset.claude.complaints import check_key, with_kept
from pipeline.dataset.claude.estimate import texts, tokens_of, usages
from pipeline.dataset.claude.models import cost, find_model
from pipeline.dataset.claude.opinion_request import QUESTIONS, build_opinions
from pipeline.dataset.claude.pace import Patience
from pipeline.errors import UserError
from pipeline.records import Estimate, Pair
from pipeline.store import Store

ANSWER_TOKENS = {"plan": 90, "direct": 20}
"""Output for one question beside its SQL: the JSON, and a plan of two or three short sentences."""
SPLITS = 0.15
"""Share of the questions that take a second vote."""

Asked = Mapping[str, Sequence[Pair]]
"""By family, in their order, the pairs that are to be asked about."""


def estimate_opinions(
    schema: Schema, config: DatasetConfig, asked: Asked, counted: Mapping[str, int | None]
) -> Estimate:
    """What asking is likely to cost; `counted` holds the tokens of each family's first prompt, where Claude counted."""
    dollars, requests, read, output, waiting = 0.0, 0, 0, 0, 0
    told: Sequence[Pair] = ()
    for family, pairs in asked.items():
        told, number = pairs or told, len(pairs) + waiting  # of those before, some need a further vote
        waiting = math.ceil(SPLITS * number)
        if not number:
            continue
        group = told[: min(QUESTIONS, number)]
        system, order = texts(build_opinions(schema, config.model, family, [pair.question for pair in group]))
        tokens = counted.get(family) or tokens_of(system) + tokens_of(order)
        prefix = round(tokens * tokens_of(system) / (tokens_of(system) + tokens_of(order)))
        mean = sum(tokens_of(pair.sql) for pair in told) / len(told)
        written = round(len(group) * (ANSWER_TOKENS[family] + mean)) + find_model(config.model).thinks // 4
        first, again = (cost(config.model, usage) for usage in usages(prefix, tokens - prefix, written))
        sent = math.ceil(number / QUESTIONS)
        dollars, requests = dollars + first + (sent - 1) * again, requests + sent
        read, output = read + sent * tokens, output + sent * written
    return Estimate(dollars, requests, read, output, bool(counted) and all(counted.values()))


def estimate_alone(store: Store, schema: Schema, config: DatasetConfig, asked: Asked, key: str) -> Estimate:
    """The estimate by itself, counted by Claude where there is a key. Raises UserError where Claude refuses it."""
    if not key.strip() or not any(asked.values()):
        return estimate_opinions(schema, config, asked, {})
    try:
        counted = asyncio.run(_count(Client(store, config, check_key(key), Patience()), schema, asked))
    except UserError as error:
        raise with_kept(error, len(store.pairs(ok=True))) from None
    return estimate_opinions(schema, config, asked, counted)


async def _count(client: Client, schema: Schema, asked: Asked) -> dict[str, int | None]:
    """Tokens of each family's first prompt, free of charge."""
    counted: dict[str, int | None] = {}
    pairs: Sequence[Pair] = ()
    try:
        for family, own in asked.items():
            pairs = own or pairs
            questions = [pair.question for pair in pairs[:QUESTIONS]]
            counted[family] = await client.count(build_opinions(schema, client.config.model, family, questions))
    finally:
        await client.close()
    return counted
