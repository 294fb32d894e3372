"""Pairs as tokens: what carries loss, in which order they are learned, and the parts of a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from tests.pipeline.student.test_sharing import PAIRS, SCHEMA


def tokenizer_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def test_only_the_sql_and_its_end_carry_loss(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import IGNORED, packed, padded, tokenize_pairs

    tokenizer = tokenizer_of(tiny_base("llama"))
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS[:1], 2048)
    for batch in (packed(examples.each, len(examples.prefix)), padded(examples.each, examples.prefix)):
        learned = [token for token in batch["labels"][0].tolist() if token != IGNORED]
        assert tokenizer.decode(learned) == "SELECT COUNT(*) FROM customers<|end|>"
        assert examples.learned_tokens() == len(learned)


def test_sharing_changes_no_token(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import tokenize_pairs
    from pipeline.student.prompt import example_ids

    tokenizer = tokenizer_of(tiny_base("llama"))
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS, 2048)
    for pair, example in zip(PAIRS, examples.each, strict=True):
        ids, sql_begins = example_ids(tokenizer, SCHEMA, pair.question, pair.sql)
        assert examples.prefix + example.ids == ids
        assert len(examples.prefix) + example.start == sql_begins


def test_a_schema_that_does_not_fit_the_context_is_refused(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import tokenize_pairs

    with pytest.raises(UserError, match="this base reads 30"):
        tokenize_pairs(tokenizer_of(tiny_base("llama")), SCHEMA, PAIRS, 30)


def test_every_round_of_the_plan_takes_each_pair_once_in_a_new_order() -> None:
    from pipeline.student.packing import plan

    steps = plan(10, 4, 2.5, seed=7)
    assert [len(step) for step in steps] == [4, 4, 4, 4, 4, 4, 1]
    order = [number for step in steps for number in step]
    assert Counter(order[:10]) == Counter(order[10:20]) == Counter(range(10))
    assert order[:10] != order[10:20]
    assert steps == plan(10, 4, 2.5, seed=7) != plan(10, 4, 2.5, seed=8)
    assert plan(3, 16, 0.01, seed=1) and len(plan(3, 16, 0.01, seed=1)) == 1


def test_parts_hold_pairs_of_like_length_within_the_budget() -> None:
    from pipeline.student.packing import Example, parts

    examples = [Example([1] * length, 1) for length in (30, 5, 90, 6, 31, 7)]

    def size(group: list[Example]) -> int:
        return sum(len(example.ids) for example in group)

    assert [[len(one.ids) for one in part] for part in parts(examples, size, 40)] == [[5, 6, 7], [30], [31], [90]]
    assert parts([], size, 40) == []
