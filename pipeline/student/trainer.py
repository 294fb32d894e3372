"""LoRA on TRL's SFTTrainer, with the schema's tokens computed once per batch.

Takes tokenized pairs and settings; calls `on_step` after every optimizer step and stops when `stop` says so. Knows nothing
of events, stores or pages. One process, one device.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig, get_peft_model
from transformers import PrinterCallback, TrainerCallback, set_seed
from transformers.trainer_utils import get_last_checkpoint
from trl import SFTConfig, SFTTrainer

from pipeline.config import TrainConfig
from pipeline.records import Step
from pipeline.student.device import Device
from pipeline.student.packing import Examples, can_share, language_loss, plain_batch, shared_batch


@dataclass(frozen=True)
class Job:
    """What to train on, how, where, and who wants to know."""

    examples: Examples
    config: TrainConfig
    device: Device
    checkpoints: Path
    on_step: Callable[[Step], None]
    stop: Callable[[], bool]


class SharedPrefixTrainer(SFTTrainer):  # type: ignore[misc]
    """SFTTrainer whose loss reads the batches of `packing`."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The loss of one micro-batch, weighed by the labels of the whole step."""
        causal = self.accelerator.unwrap_model(model).get_base_model()
        items = num_items_in_batch if num_items_in_batch is not None else (inputs["labels"] != -100).sum()
        loss = language_loss(causal, inputs, items)
        return (loss, None) if return_outputs else loss


class Watch(TrainerCallback):  # type: ignore[misc]
    """Reports every step and ends the training when asked, after saving it."""

    def __init__(self, job: Job, tokens: Callable[[], int]) -> None:
        self._on_step, self._stop, self._tokens = job.on_step, job.stop, tokens
        self._started, self._first, self._seen = 0.0, 0, 0
        self.stopped = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock; a resumed training begins at a later step."""
        self._started, self._first, self._seen = time.monotonic(), state.global_step, self._tokens()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save and stop when asked, unless it was the last step anyway."""
        if self._stop() and state.global_step < state.max_steps:
            self.stopped = control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Tell the loss of the step, with rates since the start."""
        if "loss" not in logs:
            return
        seconds = time.monotonic() - self._started
        done = max(1, state.global_step - self._first)
        self._on_step(
            Step(
                stage="train",
                step=state.global_step,
                steps=state.max_steps,
                epoch=float(logs["epoch"]),
                loss=float(logs["loss"]),
                learning_rate=float(logs["learning_rate"]),
                tokens_per_second=(self._tokens() - self._seen) / seconds,
                seconds_left=(state.max_steps - state.global_step) * seconds / done,
            )
        )


def fit(model: Any, tokenizer: Any, job: Job) -> tuple[Any, bool]:
    """Tune LoRA adapters on every linear layer; goes on from the last checkpoint in `checkpoints` when there is one.

    Returns the PEFT model and whether it was stopped before its last step.
    """
    set_seed(job.config.seed)
    rank, alpha = job.config.rank, job.config.alpha
    lora = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    peft_model = get_peft_model(model, lora)
    make_batch = shared_batch if can_share(model.config) else plain_batch
    examples, tokens = job.examples, 0

    def collate(rows: list[dict[str, int]]) -> dict[str, Any]:
        nonlocal tokens
        numbers = [row["number"] for row in rows]
        batch = make_batch(examples.prefix, [examples.rests[n] for n in numbers], [examples.starts[n] for n in numbers])
        tokens += batch["input_ids"].numel()
        return batch

    watch = Watch(job, lambda: tokens)
    trainer = SharedPrefixTrainer(
        model=peft_model,
        args=_settings(job.config, job.device, job.checkpoints),
        data_collator=collate,
        train_dataset=Dataset.from_dict({"number": list(range(len(examples.rests)))}),
        processing_class=tokenizer,
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)  # a stage never prints
    for parameter in trainer.model.parameters():  # TRL may cast them; small steps are rounded away in half precision
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    last = get_last_checkpoint(str(job.checkpoints)) if job.checkpoints.exists() else None
    trainer.train(resume_from_checkpoint=last)
    return peft_model, watch.stopped


def _settings(config: TrainConfig, device: Device, folder: Path) -> SFTConfig:
    return SFTConfig(
        output_dir=str(folder),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch,
        gradient_accumulation_steps=1,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=config.warmup,  # below 1 it is a share of all steps
        weight_decay=config.weight_decay,
        use_cpu=device.kind == "cpu",
        bf16=device.kind == "cuda" and device.dtype == "bfloat16",  # on a CPU autocast only adds casts
        fp16=device.dtype == "float16",
        gradient_checkpointing=False,
        logging_steps=1,
        save_strategy="steps",
        save_steps=config.save_every,
        save_total_limit=2,
        seed=config.seed,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
