"""What tokens cost."""

from __future__ import annotations

import pytest

from pipeline.config import DatasetConfig
from pipeline.dataset.claude.models import MODELS, cost, worst
from pipeline.errors import UserError

MILLION = 1_000_000


def test_every_kind_of_token_is_counted_at_its_price() -> None:
    usage = {
        "input_tokens": 10_000, "output_tokens": 20_000, "cache_read_input_tokens": 30_000,
        "cache_creation_input_tokens": 40_000,
    }  # fmt: skip
    dollars = 10_000 * 0.10 + 20_000 * 0.50 + 30_000 * 0.01 + 40_000 * 0.125
    assert cost("claude-haiku-5-5", usage) == pytest.approx(dollars / MILLION)
    hour = {**usage, "cache_creation": {"ephemeral_1h_input_tokens": 40_000}}
    assert cost("claude-haiku-5-5", hour) == pytest.approx((dollars + 40_000 * (0.20 - 0.125)) / MILLION)
    assert cost("claude-opus-5-5", {"input_tokens": MILLION, "output_tokens": None}) == pytest.approx(4.0)


def test_a_long_prompt_costs_haiku_five_times_as_much() -> None:
    short, long = ({"input_tokens": tokens, "output_tokens": 1000} for tokens in (100_000, 100_001))
    assert cost("claude-haiku-5-5", short) == pytest.approx(0.0105)
    assert cost("claude-haiku-5-5", long) == pytest.approx(0.0525, rel=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_nothing_costs_more_than_the_worst_case(model: str) -> None:
    for kind in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"):
        for tokens in (3_000, 300_000):
            assert cost(model, {kind: tokens, "output_tokens": 4_000}) <= worst(model, tokens, 4_000) + 1e-12


def test_the_default_is_in_the_table_and_an_unknown_model_names_those_that_are() -> None:
    assert next(iter(MODELS)) == DatasetConfig.model == "claude-haiku-5-5"
    with pytest.raises(UserError, match="'gpt-9'. Choose one of claude-haiku-5-5, claude-sonnet-5-5, claude-opus-5-5"):
        cost("gpt-9", {})
