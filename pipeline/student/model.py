"""A loaded student: base and, where there is one, its adapter; writes SQL for questions.

Greedy decoding; the schema's keys and values are computed once per model and schema and kept. `tuned=False`
answers with the adapter switched off, from the same weights that were never changed.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.student.bases import choose_base, load_base
from pipeline.student.device import Device, choose_device
from pipeline.student.prompt import common_run, prompt_ids


class Student:
    """Base model, tokenizer and optional adapter on one device; threads take turns."""

    def __init__(self, model: Any, tokenizer: Any, device: Device, has_adapter: bool) -> None:
        self.model, self.tokenizer, self.device, self.has_adapter = model, tokenizer, device, has_adapter
        self._turn = threading.Lock()  # the adapter is switched on and off in place
        self._prefixes: dict[tuple[str, bool], tuple[list[int], Any]] = {}

    def write(
        self, schema_text: str, questions: Sequence[str], tuned: bool = True, max_new_tokens: int = 160
    ) -> list[str]:
        """The model's text for each question, in order; all are decoded together, so ask for a batch at a time.

        Raises UserError when a tuned answer is asked for and there is no adapter.
        """
        import torch

        if tuned and not self.has_adapter:
            raise UserError("There is no tuned model yet. Train one first, or ask the base.")
        prompts = [prompt_ids(self.tokenizer, schema_text, question) for question in questions]
        with self._turn, torch.inference_mode(), self._adapter(tuned):
            prefix, cache = self._prefix(schema_text, tuned)
            return self._decode(prompts, prefix, cache, max_new_tokens)

    def _adapter(self, tuned: bool) -> Any:
        return nullcontext() if tuned or not self.has_adapter else self.model.disable_adapter()

    def _prefix(self, schema_text: str, tuned: bool) -> tuple[list[int], Any]:
        """Ids that the prompts of all questions share, and their keys and values."""
        import torch
        from transformers import DynamicCache

        key = (schema_text, tuned)
        if key not in self._prefixes:
            two = [prompt_ids(self.tokenizer, schema_text, question) for question in ("a", "1")]
            prefix = two[0][: common_run(two)]
            cache = DynamicCache(config=self.model.config)
            ids = torch.tensor([prefix], device=self.device.kind)
            self.model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
            self._prefixes = {key: (prefix, cache)}
        return self._prefixes[key]

    def _decode(self, prompts: list[list[int]], prefix: list[int], cache: Any, max_new_tokens: int) -> list[str]:
        import torch

        width = max(map(len, prompts))
        pad = self.tokenizer.pad_token_id
        shared = len(prefix)
        ids = [prefix + [pad] * (width - len(prompt)) + prompt[shared:] for prompt in prompts]
        mask = [[1] * shared + [0] * (width - len(prompt)) + [1] * (len(prompt) - shared) for prompt in prompts]
        past = copy.deepcopy(cache)
        past.batch_repeat_interleave(len(prompts))
        out = self.model.generate(
            input_ids=torch.tensor(ids, device=self.device.kind),
            attention_mask=torch.tensor(mask, device=self.device.kind),
            past_key_values=past,
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=self.tokenizer.eos_token_id,
        )
        return [str(text) for text in self.tokenizer.batch_decode(out[:, width:], skip_special_tokens=True)]


def load_student(folder: Path, base: str = "") -> Student:
    """The student of a run folder: its adapter on its base, or the base alone where nothing is trained yet.

    The last one loaded is kept in memory. Raises UserError when base or adapter cannot be loaded.
    """
    adapter = folder / "adapter"
    weights = adapter / "adapter_model.safetensors"
    stamp = weights.stat().st_mtime_ns if weights.exists() else 0
    return _load(base or choose_base().id, str(adapter) if stamp else "", stamp)


@lru_cache(maxsize=1)
def _load(base: str, adapter: str, stamp: int) -> Student:
    device = choose_device()
    model, tokenizer = load_base(base, device, lambda done, total: None)
    if not adapter:
        return Student(model, tokenizer, device, False)
    from peft import PeftModel

    try:
        tuned = PeftModel.from_pretrained(model, adapter, is_trainable=False)
    except (ValueError, RuntimeError, OSError) as error:
        raise UserError(
            "The adapter does not fit the base {base}. Choose the base it was trained on.", base=base
        ) from error
    return Student(tuned.eval(), tokenizer, device, True)
