"""The other side of `training`: TRL's SFTTrainer as it is, with the settings under which it is fastest.

The same pairs, rendered by the same prompt, as prompt and completion with loss on the completion alone; the ids are held
against ours, and a difference ends the measurement. No activation checkpointing (which costs time where memory is
enough), the fused AdamW, no evaluation, nothing saved.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.config import TrainConfig
from pipeline.records import Pair
from pipeline.student.device import Device
from pipeline.student.prompt import common_run, example_ids, render


@dataclass(frozen=True)
class Plain:
    """What TRL is given, and how: `micro` pairs at once, as often as `config.batch` asks for."""

    schema_text: str
    pairs: Sequence[Pair]
    config: TrainConfig
    micro: int
    flash: bool = False
    """Rows end to end without padding under flash attention 2."""
    as_ours: bool = False
    """The pairs of each step are those that our trainer takes; otherwise rows of like length come together."""


@dataclass(frozen=True)
class Tokens:
    """How many tokens the pairs of one epoch have, and how many are computed where the prefix is, once a step."""

    prefix: int
    plain: int
    shared: int


def train_plainly(
    plain: Plain, device: Device, loaded: tuple[Any, Any], on_step: Callable[[float], None]
) -> tuple[Any, Tokens]:
    """Train, with the loss of each step handed to `on_step`; gives the PEFT model and the counts of tokens.

    Ends the program when TRL has other tokens than ours.
    """
    import datasets
    from peft import LoraConfig
    from transformers import PrinterCallback
    from trl import SFTTrainer

    datasets.disable_progress_bars()
    plain = _laid_out(plain) if plain.as_ours else plain
    model, tokenizer = loaded
    if plain.flash:
        model.set_attn_implementation("flash_attention_2")
    rows = {
        "prompt": [render(tokenizer, plain.schema_text, pair.question) for pair in plain.pairs],
        "completion": [pair.sql.strip().rstrip(";") for pair in plain.pairs],
    }
    lora = LoraConfig(
        r=plain.config.rank, lora_alpha=plain.config.alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    with tempfile.TemporaryDirectory() as scratch:
        trainer = SFTTrainer(
            model=model,
            args=_settings(plain, device, scratch),
            train_dataset=datasets.Dataset.from_dict(rows),
            processing_class=tokenizer,
            peft_config=lora,
            callbacks=[_watch(on_step)],
        )
        trainer.remove_callback(PrinterCallback)  # the last line printed is the figures'
        tokens = _same_tokens(trainer.train_dataset, tokenizer, plain)
        trainer.train()
    return trainer.model, tokens


def _laid_out(plain: Plain) -> Plain:
    """All rounds as one, in the order of our steps."""
    from pipeline.student.packing import plan

    config = plain.config
    steps = plan(len(plain.pairs), config.batch, config.epochs, config.seed)
    pairs = [plain.pairs[number] for numbers in steps for number in numbers]
    return replace(plain, pairs=pairs, config=replace(config, epochs=1))


def _settings(plain: Plain, device: Device, folder: str) -> Any:
    from trl import SFTConfig

    config = plain.config
    return SFTConfig(
        output_dir=folder,
        num_train_epochs=config.epochs,
        per_device_train_batch_size=plain.micro,
        gradient_accumulation_steps=config.batch // plain.micro,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=config.warmup,
        weight_decay=config.weight_decay,
        optim="adamw_torch_fused",
        max_length=None,
        padding_free=plain.flash,
        train_sampling_strategy="sequential" if plain.as_ours else "group_by_length",
        gradient_checkpointing=False,
        use_cpu=device.kind == "cpu",
        bf16=device.kind == "cuda" and device.dtype == "bfloat16",
        fp16=device.dtype == "float16",
        seed=config.seed,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device.kind == "cuda",
    )


def _watch(on_step: Callable[[float], None]) -> Any:
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        """Hands on the loss of each step, which waits for the device."""

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
            """A step ended."""
            if "loss" in logs:
                on_step(float(logs["loss"]))

    return Watch()


def _same_tokens(rows: Any, tokenizer: Any, plain: Plain) -> Tokens:
    """What is computed, once TRL's ids and labels are known to be ours."""
    ours = [example_ids(tokenizer, plain.schema_text, pair.question, pair.sql) for pair in plain.pairs]
    if len(rows) != len(ours):
        raise SystemExit(f"TRL kept {len(rows)} of {len(ours)} pairs.")
    for number, (row, (ids, start)) in enumerate(zip(rows, ours, strict=True)):
        if row["input_ids"] != ids or row["labels"] != [-100] * start + ids[start:]:
            raise SystemExit(f"TRL has other tokens for pair {number}: {plain.pairs[number].question}")
    prefix = min(common_run([ids for ids, _ in ours]), min(start for _, start in ours) - 1)
    whole, steps = sum(len(ids) for ids, _ in ours), -(-len(ours) // plain.config.batch)
    return Tokens(prefix, whole, whole - (len(ours) - steps) * prefix)
