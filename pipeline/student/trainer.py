"""LoRA on TRL's SFTTrainer, with the schema's tokens computed once per optimizer step.

Takes tokenized pairs and settings; calls `on_step` after every optimizer step and stops when `stop` says so. One process, or
several under `torchrun`, which share each step's pairs. Knows nothing of events, stores or pages.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from torch.utils.data import DataLoader
from transformers import PrinterCallback, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Step
from pipeline.student import world
from pipeline.student.device import Device
from pipeline.student.memory import give_back
from pipeline.student.packing import Examples, parts, plan
from pipeline.student.resuming import last_whole
from pipeline.student.sharing import Rows, gradients, rows_for

TARGETS: dict[str, str | list[str]] = {
    "all-linear": "all-linear",
    "attention": ["q_proj", "k_proj", "v_proj", "o_proj", "query_key_value", "dense"],
}
"""What gets an adapter; of the names of attention layers a base has some."""


TIDY = 5
"""Steps on a CPU after which freed memory is given back."""


@dataclass(frozen=True)
class Job:
    """What to train on, how, where, and who wants to know."""

    examples: Examples
    config: TrainConfig
    device: Device
    checkpoints: Path
    on_step: Callable[[Step], None]
    stop: Callable[[], bool]
    micro_tokens: int = 512
    """Tokens after the prefix that are computed at once."""
    on_plain: Callable[[], None] = lambda: None
    """Called where the base cannot share the schema between pairs."""
    on_smaller: Callable[[int], None] = lambda tokens: None
    """Told when memory ran out and fewer tokens are computed at once from now on."""
    on_check: Callable[[Any, Step], None] | None = None
    """Given the trainer and where it stands, at the steps of `check_steps`."""


@dataclass(frozen=True)
class Trained:
    """What came of a training."""

    model: Any
    """The PEFT model."""
    stopped: bool
    """Whether it ended before its last step."""
    shared: bool
    """Whether the schema was computed once a step."""
    prefix_tokens: int
    micro_tokens: int
    """Tokens computed at once, in the end."""


class SharedPrefixTrainer(SFTTrainer):  # type: ignore[misc]
    """SFTTrainer that takes the pairs of a whole optimizer step at once and computes them in `parts`."""

    job: Job
    rows: Rows
    micro_tokens: int
    """Tokens after the prefix that are computed at once; fewer once memory ran out."""
    tokens = 0
    """Computed so far, by this process."""

    def get_train_dataloader(self) -> Any:
        """One item is the pairs' numbers of one step, the same in every process."""
        config = self.job.config
        steps = plan(len(self.job.examples.each), config.batch, config.epochs, config.seed)
        return DataLoader(steps, batch_size=1, collate_fn=lambda one: {"numbers": torch.tensor(one[0])})  # type: ignore[arg-type]

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Any:
        """Gradients of one optimizer step; where memory runs out, once more in parts half as large."""
        model.train()
        each = self.job.examples.each
        step = sorted((each[number] for number in inputs["numbers"].tolist()), key=lambda one: len(one.ids))
        items, mine = sum(example.learned for example in step), step[world.rank() :: world.size()]
        while (loss := self._gradients(mine, items)) is None:
            model.zero_grad()
            self._halve(mine)
        world.add_up(parameter for parameter in model.parameters() if parameter.requires_grad)
        return torch.tensor(loss * world.size(), device=self.args.device)  # the trainer tells the mean of all processes

    def _gradients(self, examples: list[Any], items: int) -> float | None:
        try:
            with self.autocast():
                loss = gradients(self.rows, examples, items, self.micro_tokens, self.accelerator.backward)
        except torch.OutOfMemoryError:
            return None
        except RuntimeError as error:
            if "can't allocate memory" in str(error):  # a CPU's way to say it
                return None
            raise
        self.tokens += self.rows.tokens(parts(examples, self.rows.size, self.micro_tokens))
        return loss

    def _halve(self, examples: list[Any]) -> None:
        """Raises UserError where nothing is left to halve."""
        gc.collect()
        if self.job.device.kind == "cuda":
            torch.cuda.empty_cache()
        groups = parts(examples, self.rows.size, self.micro_tokens)
        if max(map(len, groups)) == 1:
            raise UserError(
                "Memory ran out although pairs are computed one at a time. Choose a smaller base, 4 bit, or a schema "
                "with fewer tables."
            )
        self.micro_tokens = max(map(self.rows.size, groups)) // 2
        self.job.on_smaller(self.micro_tokens)

    def autocast(self) -> AbstractContextManager[Any]:
        """On a card the adapter is computed in the base's half precision; on a CPU it stays float32, as it is kept."""
        dtype = self.job.device.torch_dtype()
        if self.job.device.kind == "cpu" or dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.job.device.kind, dtype=dtype)

    def floating_point_ops(self, inputs: dict[str, Any]) -> int:
        """Not counted."""
        return 0


class Watch(TrainerCallback):  # type: ignore[misc]
    """Reports every step, has the model checked now and then, and ends the training when asked, after saving it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._started, self._first, self._seen, self._checking = 0.0, 0, 0, 0.0
        self.trainer: Any = None
        self.stopped = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock; a resumed training begins at a later step."""
        self._started, self._first, self._seen = time.monotonic(), state.global_step, self.trainer.tokens
        self._checks = check_steps(state.max_steps, self._job.config.checks)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save and stop when asked, unless it was the last step anyway."""
        if self._job.device.kind == "cpu" and state.global_step % TIDY == 1:
            give_back()
        if world.any_of(self._job.stop(), args.device) and state.global_step < state.max_steps:
            self.stopped = control.should_save = control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Tell the loss of the step, with rates since the start."""
        if "loss" not in logs or not world.is_first():
            return
        seconds = time.monotonic() - self._started - self._checking
        done = max(1, state.global_step - self._first)
        step = Step(
            stage="train",
            step=state.global_step,
            steps=state.max_steps,
            epoch=float(logs["epoch"]) * self._job.config.epochs,
            loss=float(logs["loss"]),
            learning_rate=float(logs["learning_rate"]),
            tokens_per_second=(self.trainer.tokens - self._seen) * world.size() / seconds,
            seconds_left=(state.max_steps - state.global_step) * seconds / done,
        )
        self._job.on_step(step)
        if self._job.on_check and step.step in self._checks:
            started = time.monotonic()
            self._job.on_check(self.trainer, step)
            if self._job.device.kind == "cpu":
                give_back()
            self._checking += time.monotonic() - started


def check_steps(steps: int, checks: int) -> set[int]:
    """After which steps the held-out pairs are looked at: evenly, the last step among them."""
    return {round(steps * number / checks) for number in range(1, checks + 1)} - {0} if checks else set()


def fit(model: Any, tokenizer: Any, job: Job) -> Trained:
    """Tune LoRA adapters; goes on from the last checkpoint in `checkpoints` when there is one.

    Raises UserError where memory does not hold one pair, and for targets that the base does not have.
    """
    set_seed(job.config.seed)
    peft_model = _with_adapter(model, job.config)
    watch = Watch(job)
    trainer = SharedPrefixTrainer(
        model=peft_model,
        args=_settings(job.config, job.device, job.checkpoints),
        train_dataset=Dataset.from_dict({"number": list(range(len(job.examples.each)))}),
        processing_class=tokenizer,
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)  # a stage never prints
    for parameter in trainer.model.parameters():  # TRL may cast them; small steps are rounded away in half precision
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    trainer.job, trainer.micro_tokens, watch.trainer = job, job.micro_tokens, trainer
    with trainer.autocast():
        trainer.rows = rows_for(peft_model.get_base_model(), job.examples)
    if not trainer.rows.shared:
        job.on_plain()
    world.wait()  # the first process may have cleared the folder
    trainer.train(resume_from_checkpoint=last_whole(job.checkpoints))
    return Trained(peft_model, watch.stopped, trainer.rows.shared, len(job.examples.prefix), trainer.micro_tokens)


def _with_adapter(model: Any, config: TrainConfig) -> Any:
    lora = LoraConfig(
        r=config.rank, lora_alpha=config.alpha, use_rslora=config.rslora, target_modules=TARGETS[config.targets],
        lora_dropout=0.0, task_type="CAUSAL_LM",
    )  # fmt: skip
    try:
        return get_peft_model(model, lora)
    except ValueError as error:  # it has none of those names
        raise UserError("This base names its layers otherwise. Train all linear layers instead.") from error


def _settings(config: TrainConfig, device: Device, folder: Path) -> SFTConfig:
    return SFTConfig(
        output_dir=str(folder),
        num_train_epochs=1,  # of the plan, which holds all rounds
        per_device_train_batch_size=1,
        gradient_accumulation_steps=1,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=config.warmup,  # below 1 it is a share of all steps
        weight_decay=config.weight_decay,
        use_cpu=device.kind == "cpu",
        bf16=device.kind == "cuda" and device.dtype == "bfloat16",  # on a CPU autocast only adds casts
        fp16=device.kind == "cuda" and device.dtype == "float16",  # with a scaler of the loss
        gradient_checkpointing=False,
        logging_steps=1,
        save_strategy="steps",
        save_steps=config.save_every,
        save_total_limit=2,
        seed=config.seed,
        report_to="trackio" if config.trackio else "none",
        project=config.trackio or "sql-distillery",
        run_name=folder.parent.name,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
