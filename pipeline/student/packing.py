"""Pairs as token ids, the order in which they are learned, and the batches they are computed in.

All pairs of a run begin with the same ids (system text and schema): the prefix, which is kept apart. The rest of a pair is
its question and SQL. Packed, the rests of several pairs are one row, with positions that continue the prefix and a mask
under which a pair sees the prefix and itself; plain, each pair is a padded row of its own that begins with the prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import torch

from pipeline.errors import UserError
from pipeline.records import Pair
from pipeline.student.prompt import common_run, example_ids

IGNORED = -100
"""The label of tokens that carry no loss: everything but the SQL and its end token."""


@dataclass(frozen=True)
class Example:
    """What a pair has after the prefix: its ids, and the index (at least 1) at which the first SQL token stands."""

    ids: list[int]
    start: int

    @property
    def learned(self) -> int:
        """How many of its tokens carry loss."""
        return len(self.ids) - self.start

    @property
    def labels(self) -> list[int]:
        """Its ids where they carry loss."""
        return [IGNORED] * self.start + self.ids[self.start :]


@dataclass(frozen=True)
class Examples:
    """Tokenized pairs: the ids they share, and what each has after them."""

    prefix: list[int]
    each: list[Example]

    def learned_tokens(self) -> int:
        """How many tokens carry loss."""
        return sum(example.learned for example in self.each)


def tokenize_pairs(tokenizer: Any, schema_text: str, pairs: Sequence[Pair], context: int) -> Examples:
    """Tokenize pairs whole and take off their longest common run of ids, short of any SQL.

    `context` is the longest row the base can read, in tokens. Raises UserError when a pair does not fit it.
    """
    encoded = [example_ids(tokenizer, schema_text, pair.question, pair.sql) for pair in pairs]
    longest = max(len(ids) for ids, _ in encoded)
    if longest > context:
        raise UserError(
            "The schema and a pair take {tokens} tokens, and this base reads {context}. Choose a base with a longer "
            "context, or a schema with fewer tables.",
            tokens=longest,
            context=context,
        )
    shared = min(common_run([ids for ids, _ in encoded]), min(start for _, start in encoded) - 1)
    return Examples(encoded[0][0][:shared], [Example(ids[shared:], start - shared) for ids, start in encoded])


def plan(count: int, batch: int, epochs: float, seed: int) -> list[list[int]]:
    """The pairs' numbers of every optimizer step, fixed before the first: a resumed training and several processes need
    no more than the step's number to know its pairs. Each round takes all pairs in a new order; a part of a round, some.
    """
    random, numbers = Random(seed), list(range(count))
    order: list[int] = []
    total = max(1, round(count * epochs))
    while len(order) < total:
        random.shuffle(numbers)
        order += numbers
    return [order[first : min(first + batch, total)] for first in range(0, total, batch)]


def parts(examples: Iterable[Example], size: Callable[[list[Example]], int], budget: int) -> list[list[Example]]:
    """Examples of like length in groups whose `size` in tokens is at most `budget`; one that is longer stands alone."""
    groups: list[list[Example]] = []
    for example in sorted(examples, key=lambda one: len(one.ids)):
        if groups and size([*groups[-1], example]) <= budget:
            groups[-1].append(example)
        else:
            groups.append([example])
    return groups


def packed(group: Sequence[Example], before: int) -> dict[str, Any]:
    """One row of all ids of a group, to be read after `before` ids that are computed already.

    `input_ids`, `position_ids` and `labels` have the shape (1, tokens); `attention_mask` is boolean, (1, 1, tokens,
    before + tokens): an example sees what was before and its own ids up to each.
    """
    ids = [token for example in group for token in example.ids]
    positions = [before + at for example in group for at in range(len(example.ids))]
    segment = torch.tensor([number for number, example in enumerate(group) for _ in example.ids])
    own = torch.tril(segment[None, :] == segment[:, None])
    return {
        "input_ids": torch.tensor([ids]),
        "position_ids": torch.tensor([positions]),
        "labels": torch.tensor([[label for example in group for label in example.labels]]),
        "attention_mask": torch.cat([torch.ones(len(ids), before, dtype=torch.bool), own], dim=1)[None, None],
    }


def padded(group: Sequence[Example], prefix: Sequence[int]) -> dict[str, Any]:
    """One row per example, each with the whole prefix, padded on the right; all have the shape (examples, tokens)."""
    width = max(len(example.ids) for example in group)
    rows: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "attention_mask": []}
    for example in group:
        padding = width - len(example.ids)
        rows["input_ids"].append([*prefix, *example.ids, *[0] * padding])
        rows["labels"].append([IGNORED] * len(prefix) + example.labels + [IGNORED] * padding)
        rows["attention_mask"].append([1] * (len(prefix) + len(example.ids)) + [0] * padding)
    return {name: torch.tensor(values) for name, values in rows.items()}
