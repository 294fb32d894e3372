"""A tiny base that learns whole queries: each is one token of its vocabulary, so a dozen steps teach it to answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.config import TrainConfig
from pipeline.records import JudgedPair, Pair, Verdict
from tests.tiny import make_base

LESSONS = TrainConfig(epochs=12, batch=4, rank=8, alpha=16, learning_rate=2e-2)
"""Settings with which a parrot learns one query from four pairs."""


def parrot_base(folder: Path, queries: Sequence[str]) -> Path:
    """The folder of a random Llama whose tokenizer knows each of the queries as one token."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)  # so small a model is slower on two
    make_base(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(list(queries))
    tokenizer.save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight.normal_(std=0.5)  # at the usual 0.02 no answer can stand out
    model.save_pretrained(folder)
    return folder


def lesson(sql: str, *questions: str, split: str = "train") -> list[JudgedPair]:
    """Kept pairs that ask for one query in several ways."""
    return [JudgedPair(Pair(each, sql), Verdict(True), sql, "one-table", split) for each in questions]
