"""Tiny random models with a real tokenizer, for everything that need not be clever: made in a second, no download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|start|>{{ message['role'] }}\n{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)
TEXT = [
    "SELECT name FROM customers WHERE city = 'Osaka' ORDER BY price DESC LIMIT 3",
    "How many orders are there? Which products cost more than 100? GROUP BY HAVING COUNT AVG SUM MAX MIN",
    "Write one SQLite query that answers the question. system user assistant CREATE TABLE INTEGER TEXT REAL PRIMARY KEY",
]


def tokenizer_for(folder: Path) -> Any:
    """A byte-level BPE trained on a few lines, with a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<|end|>", "<|start|>"]
    bpe.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer


def make_base(folder: Path, kind: str = "llama") -> Path:
    """A random two-layer base of an architecture (`llama`, `qwen3`, `gpt_neox`, `mistral`) as a transformers folder."""
    import torch
    from transformers import (
        GPTNeoXConfig,
        GPTNeoXForCausalLM,
        LlamaConfig,
        LlamaForCausalLM,
        MistralConfig,
        MistralForCausalLM,
        Qwen3Config,
        Qwen3ForCausalLM,
    )

    tokenizer = tokenizer_for(folder)
    torch.manual_seed(0)
    size = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048,
        "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None,
        "tie_word_embeddings": True,
    }  # fmt: skip
    if kind == "llama":
        model: Any = LlamaForCausalLM(LlamaConfig(**size))
    elif kind == "qwen3":
        model = Qwen3ForCausalLM(Qwen3Config(**size, head_dim=8))
    elif kind == "gpt_neox":  # parallel branches, biases, layer norms, one matrix for query, key and value
        model = GPTNeoXForCausalLM(GPTNeoXConfig(**size | {"tie_word_embeddings": False}))
    else:
        model = MistralForCausalLM(MistralConfig(**size, sliding_window=64))
    model.save_pretrained(folder)
    return folder
