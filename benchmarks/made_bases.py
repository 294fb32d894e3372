"""Bases with random weights: the shapes on which speed and gradients are measured where no weights can be had.

A shape's name and a folder with a tokenizer in → a transformers folder out. Speed does not depend on the weights' values;
accuracy does, so nothing is ever scored with these.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.student.bases import hush

_TINY = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 4096, "tie_word_embeddings": True,
}  # fmt: skip
SHAPES: dict[str, dict[str, Any]] = {
    "qwen3-0.6b": {
        "model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151_936,
        "max_position_embeddings": 40_960, "tie_word_embeddings": True,
    },
    "smollm2-135m": {
        "model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
        "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49_152, "max_position_embeddings": 8192,
        "tie_word_embeddings": True,
    },
    "tiny-llama": {"model_type": "llama", **_TINY},
    "tiny-qwen3": {"model_type": "qwen3", **_TINY, "head_dim": 8},
    "tiny-qwen2": {"model_type": "qwen2", **_TINY},
}  # fmt: skip
"""Name → settings of the architecture; the first is Qwen/Qwen3-0.6B's, as its config.json gives them."""


def random_base(shape: str, folder: Path, tokenizer: Path, dtype: str = "float32") -> Path:
    """Write a base of one of `SHAPES` with random weights to `folder`; the same each time.

    The tokenizer in the folder `tokenizer` goes along; a shape without a size of vocabulary takes the tokenizer's.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    hush()
    words = AutoTokenizer.from_pretrained(tokenizer)
    own = {"vocab_size": len(words), **SHAPES[shape]}
    ends = {"eos_token_id": words.eos_token_id, "pad_token_id": words.pad_token_id, "bos_token_id": None}
    config = AutoConfig.for_model(**own, **ends)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype))
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
