"""A loaded student: base and, where there is one, its adapter; writes SQL for questions.

In: a run's folder, its base, the schema's text and questions. Out: text, at once (`write`) or while it grows (`stream`).
Greedy decoding; the schema's keys and values are computed once per model and schema, and a few are kept. `tuned=False`
answers with the adapter switched off, from the same weights that were never changed.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias

from pipeline.errors import UserError
from pipeline.student.bases import base_shape, choose_base, load_base, needs_four_bit
from pipeline.student.device import Device, choose_device
from pipeline.student.memory import shape_of
from pipeline.student.prompt import common_run, prompt_ids

Write: TypeAlias = Callable[[Path, str, str, Sequence[str], bool, int], list[str]]
"""`write`, or what runs it elsewhere: run folder, base, schema text, questions, tuned, most new tokens → texts."""
Stream: TypeAlias = Callable[[Path, str, str, str, bool, int], Iterator[str]]
"""`stream`, or what runs it elsewhere: run folder, base, schema text, question, tuned, most new tokens → growing text."""

KEPT_PREFIXES = 4
"""Base and tuned of two schemas. One takes 20 MB for SmolLM2-135M and 450 tokens."""


CACHE_BYTES = 2_000_000_000
"""Of keys and values of questions decoded together: 130 under a schema of 500 tokens for SmolLM2-135M, 27 for Qwen3-0.6B."""


class Student:
    """Base model, tokenizer and optional adapter on one device; threads take turns."""

    def __init__(self, model: Any, tokenizer: Any, device: Device, has_adapter: bool) -> None:
        self.model, self.tokenizer, self.device, self.has_adapter = model, tokenizer, device, has_adapter
        self._turn = threading.Lock()  # the adapter is switched on and off in place
        self._prefixes: dict[tuple[str, bool], tuple[list[int], Any]] = {}

    def write(
        self, schema_text: str, questions: Sequence[str], tuned: bool = True, max_new_tokens: int = 160
    ) -> list[str]:
        """The model's text for each question, in order; as many are decoded together as `CACHE_BYTES` hold.

        Raises UserError when a tuned answer is asked for and there is no adapter.
        """
        return self._write(schema_text, questions, tuned, {"max_new_tokens": max_new_tokens})

    def stream(self, schema_text: str, question: str, tuned: bool = True, max_new_tokens: int = 160) -> Iterator[str]:
        """The text for one question, each time it has grown by a token; the last is what `write` gives.

        Closing the iterator stops the model within a token. Raises UserError as `write` does.
        """
        tokens = _Tokens()
        options = {"max_new_tokens": max_new_tokens, "streamer": tokens}
        with ThreadPoolExecutor(1, "student") as thread:  # leaving waits for it
            texts = thread.submit(self._write, schema_text, [question], tuned, options)
            texts.add_done_callback(lambda _: tokens.told.put(None))
            try:
                yield from map(self._text, tokens.so_far())
            finally:
                tokens.closed = True
            yield texts.result()[0]

    def _write(self, schema_text: str, questions: Sequence[str], tuned: bool, options: dict[str, Any]) -> list[str]:
        import torch

        if tuned and not self.has_adapter:
            raise UserError("There is no tuned model yet. Train one first, or ask the base.")
        prompts = [prompt_ids(self.tokenizer, schema_text, question) for question in questions]
        with self._turn, torch.inference_mode(), self._adapter(tuned):
            prefix, cache = self._prefix(schema_text, tuned)
            some = self._together(max(map(len, prompts)) + options["max_new_tokens"])
            groups = [prompts[first : first + some] for first in range(0, len(prompts), some)]
            return [text for group in groups for text in self._decode(group, prefix, cache, options)]

    def _together(self, tokens: int) -> int:
        """How many prompts of so many tokens, answer included, have keys and values that fit."""
        shape = shape_of(self.model.config)
        row = tokens * shape.layers * 2 * shape.kv_width * int(self.model.dtype.itemsize)
        return max(1, CACHE_BYTES // row)

    def _text(self, ids: list[int]) -> str:
        """Ids as text, without the beginning of a letter whose other bytes are still to come."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True)).rstrip("\ufffd")

    def _adapter(self, tuned: bool) -> Any:
        return nullcontext() if tuned or not self.has_adapter else self.model.disable_adapter()

    def _prefix(self, schema_text: str, tuned: bool) -> tuple[list[int], Any]:
        """Ids that the prompts of all questions share, and their keys and values."""
        key = (schema_text, tuned)
        kept = self._prefixes.pop(key, None) or self._new_prefix(schema_text)
        self._prefixes[key] = kept  # the last one used comes last
        while len(self._prefixes) > KEPT_PREFIXES:
            del self._prefixes[next(iter(self._prefixes))]
        return kept

    def _new_prefix(self, schema_text: str) -> tuple[list[int], Any]:
        import torch
        from transformers import DynamicCache

        two = [prompt_ids(self.tokenizer, schema_text, question) for question in ("a", "1")]
        prefix = two[0][: common_run(two)]
        cache = DynamicCache(config=self.model.config)
        ids = torch.tensor([prefix], device=self.device.kind)
        self.model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        return prefix, cache

    def _decode(self, prompts: list[list[int]], prefix: list[int], cache: Any, options: dict[str, Any]) -> list[str]:
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
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=self.tokenizer.eos_token_id,
            **options,
        )
        return [str(text) for text in self.tokenizer.batch_decode(out[:, width:], skip_special_tokens=True)]


class _ClosedError(Exception):
    """Nobody reads the tokens any more."""


class _Tokens:
    """Hands each token from `generate`, whose streamer it is, to another thread; a closed one refuses the next."""

    def __init__(self) -> None:
        self.told: SimpleQueue[list[int] | None] = SimpleQueue()
        self.closed = False

    def put(self, ids: Any) -> None:
        """Called by `generate`, first with the prompt (1 × n), then with each token (1)."""
        if self.closed:
            raise _ClosedError
        self.told.put(ids.flatten().tolist())

    def end(self) -> None:
        """Called by `generate` when it is through; that the thread ends is told by the thread."""

    def so_far(self) -> Iterator[list[int]]:
        """All ids after the prompt, each time there is one more, until the thread ends."""
        ids: list[int] = []
        prompt = self.told.get()
        while prompt is not None and (more := self.told.get()) is not None:
            ids += more
            yield ids


def write(  # noqa: PLR0913 - plain values, so that it can be run on a lent GPU by another process
    folder: Path, base: str, schema_text: str, questions: Sequence[str], tuned: bool, max_new_tokens: int
) -> list[str]:
    """Load the student of a run (kept when it is the last one used) and have it answer. Raises as both do."""
    return load_student(folder, base).write(schema_text, questions, tuned, max_new_tokens)


def stream(  # noqa: PLR0913 - as above
    folder: Path, base: str, schema_text: str, question: str, tuned: bool, max_new_tokens: int = 160
) -> Iterator[str]:
    """As `write` for one question: an empty text once the student is loaded, then the text as it grows.

    The last text is what `write` gives. Closing the iterator stops the model within a token.
    """
    student = load_student(folder, base)
    yield ""
    yield from student.stream(schema_text, question, tuned, max_new_tokens)


_loading = threading.Lock()
"""Held while a student is loaded: two at once would take the memory of two."""


def load_student(folder: Path, base: str = "") -> Student:
    """The student of a run folder: its adapter on its base, or the base alone where nothing is trained yet.

    The last one loaded is kept in memory. Raises UserError when base or adapter cannot be loaded.
    """
    weights = (folder / "adapter" / "adapter_model.safetensors").resolve()  # copies of a run may share one adapter
    stamp = weights.stat().st_mtime_ns if weights.exists() else 0
    with _loading:
        return _load(base or choose_base().id, str(weights.parent) if stamp else "", stamp)


@lru_cache(maxsize=1)
def _load(base: str, adapter: str, stamp: int) -> Student:
    device = choose_device()
    four_bit = device.kind == "cuda" and needs_four_bit(base_shape(base), device)
    model, tokenizer = load_base(base, device, lambda done, total: None, four_bit)
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
