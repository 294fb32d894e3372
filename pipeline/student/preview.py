"""The pairs as the student will read them, with what it learns told apart from what it only reads.

In: a base, the schema's text and pairs. Out: for each pair its whole rendered text in pieces. It takes the very token ids of
training (`prompt.example_ids`) and needs the tokenizer alone. Limit: transformers, which reads it, takes seconds to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from os.path import commonprefix
from typing import Any

from pipeline.errors import UserError
from pipeline.records import Pair
from pipeline.student.bases import load_tokenizer, locate, tokenizer_here
from pipeline.student.prompt import example_ids

__all__ = ["Piece", "learned_pieces", "tokenizer_here"]


@dataclass(frozen=True)
class Piece:
    """A run of text whose tokens all carry loss, or none does."""

    text: str
    learned: bool
    tokens: int = field(default=0, compare=False)
    """How many tokens it is."""


def learned_pieces(base: str, schema_text: str, pairs: Sequence[Pair]) -> list[list[Piece]]:
    """For each pair its prompt, SQL and end token in pieces, in order; joined they are the text that is trained on.

    Fetches the base's tokenizer when it is not here (`tokenizer_here`). Raises UserError when it cannot be had, on a public
    Space for a folder, and when no token of these pairs carries loss.
    """
    locate(base, _unwatched)  # refuses what may not be named, kept or not
    tokenizer = _tokenizer(base)
    shown = [_pieces(tokenizer, schema_text, pair) for pair in pairs]
    learned = "".join(piece.text for pieces in shown for piece in pieces if piece.learned)
    if not learned.replace(tokenizer.eos_token, "").strip():
        raise UserError("No token of these pairs carries loss: their SQL is empty. Write pairs with SQL.")
    return shown


def _pieces(tokenizer: Any, schema_text: str, pair: Pair) -> list[Piece]:
    ids, begins = example_ids(tokenizer, schema_text, pair.question, pair.sql)
    whole, read = (tokenizer.decode(part, clean_up_tokenization_spaces=False) for part in (ids, ids[:begins]))
    read = commonprefix([whole, read])  # bytes of half a letter are decoded to something else
    pieces = (Piece(read, False, begins), Piece(whole[len(read) :], True, len(ids) - begins))
    return [piece for piece in pieces if piece.text]


@lru_cache(maxsize=4)
def _tokenizer(base: str) -> Any:
    return load_tokenizer(base, _unwatched)  # 0.7 s for the embedded base


def _unwatched(done: int, total: int) -> None:
    """Nobody follows the fetching of a tokenizer."""
