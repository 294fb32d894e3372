"""The Claude models that may write pairs, and what they cost: the one table of prices, as of 2026-11-22.

US dollars per million tokens, from Anthropic's public price list of October and November 2026. `cost` turns the usage that
the API reports into dollars, `worst` what a request could cost at most; `BATCH` is the share of both that a batch costs.
Limit: discounts of an account are not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UserError

MILLION = 1_000_000
BATCH = 0.5
"""Share of the price that a request of a batch costs, every kind of token."""


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens, by kind; `write` is for a cache of five minutes, `write_hour` for one of an hour."""

    input: float
    output: float
    read: float
    write: float
    write_hour: float


@dataclass(frozen=True)
class Model:
    """A model and how it is asked."""

    name: str
    """As people read it."""
    price: Price
    long: Price | None = None
    """The price of a request whose prompt is over `LONG_PROMPT` tokens, where it differs."""
    options: tuple[tuple[str, str], ...] = ()
    """Of its thinking and effort, what is set: (`thinking` or `effort`, value)."""
    thinks: int = 0
    """Tokens it may think in one request, beyond what it writes."""


LONG_PROMPT = 100_000

MODELS: Mapping[str, Model] = {
    "claude-haiku-5-5": Model(
        "Claude Haiku 5.5",
        Price(0.10, 0.50, 0.01, 0.125, 0.20),
        Price(0.50, 2.50, 0.05, 0.625, 1.00),
        (("thinking", "disabled"),),
    ),
    "claude-sonnet-5-5": Model(
        "Claude Sonnet 5.5",
        Price(2.0, 10.0, 0.10, 2.50, 4.00),
        options=(("thinking", "between_tools"), ("effort", "low")),
    ),
    "claude-opus-5-5": Model(
        "Claude Opus 5.5", Price(4.0, 20.0, 0.40, 5.00, 8.00), options=(("effort", "low"),), thinks=4_000
    ),
}
"""By the id that the API takes; the first is the default."""


def find_model(name: str) -> Model:
    """The model of that id. Raises UserError that names those there are."""
    if name not in MODELS:
        raise UserError(
            "There is no price for the model {name}. Choose one of {known}.", name=repr(name), known=", ".join(MODELS)
        )
    return MODELS[name]


def cost(name: str, usage: Mapping[str, Any], share: float = 1.0) -> float:
    """Dollars for a reply's `usage` as the API reports it, every kind of token, at this share of the price.

    Raises UserError for an unknown model.
    """
    counts = {kind: int(usage.get(kind) or 0) for kind in ("input_tokens", "output_tokens", "cache_read_input_tokens")}
    written = int(usage.get("cache_creation_input_tokens") or 0)
    hour = int((usage.get("cache_creation") or {}).get("ephemeral_1h_input_tokens") or 0)
    price = _price(name, counts["input_tokens"] + counts["cache_read_input_tokens"] + written)
    dollars = counts["input_tokens"] * price.input + counts["output_tokens"] * price.output
    dollars += counts["cache_read_input_tokens"] * price.read
    return share * (dollars + (written - hour) * price.write + hour * price.write_hour) / MILLION


def worst(name: str, input_tokens: int, output_tokens: int) -> float:
    """Dollars a request could cost at most: all of its prompt written to the cache, all of its output used."""
    price = _price(name, input_tokens)
    return (input_tokens * max(price.input, price.write) + output_tokens * price.output) / MILLION


def _price(name: str, prompt_tokens: int) -> Price:
    model = find_model(name)
    return model.long if model.long and prompt_tokens > LONG_PROMPT else model.price
