"""The train stage: pairs in, a LoRA adapter in PEFT layout out, progress as events.

The trainer runs in a thread of its own and hands its events over a queue, so that the stage can be iterated. A stopped or
killed training goes on from its last checkpoint as long as base, pairs and settings are the same.
"""

from __future__ import annotations

import hashlib
import json
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Pair, Progress, Step
from pipeline.student.bases import choose_base, load_base, short_name
from pipeline.student.device import choose_device

Emit = Callable[[Event], None]


def train_adapter(
    folder: Path, schema_text: str, pairs: Sequence[Pair], config: TrainConfig, stop: Callable[[], bool]
) -> Iterator[Event]:
    """Train on `pairs` and write `folder/adapter`; the last event is `Done` with base, steps, loss and seconds.

    Raises UserError when the base cannot be had or the settings make no sense.
    """
    _check(config)
    events: queue.Queue[Event | BaseException | None] = queue.Queue()
    left = threading.Event()

    def work() -> None:
        try:
            _train(folder, schema_text, pairs, config, events.put, lambda: left.is_set() or stop())
        except BaseException as error:  # noqa: BLE001 — handed to the iterating thread, which raises it
            events.put(error)
        events.put(None)

    thread = threading.Thread(target=work, name="train", daemon=True)
    thread.start()
    try:
        while (event := events.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        left.set()  # nobody listens any more: save and end
        thread.join()


def _check(config: TrainConfig) -> None:
    for name in ("epochs", "learning_rate", "rank", "alpha", "batch", "save_every"):
        if getattr(config, name) <= 0:
            raise UserError("The setting {name} must be above zero.", name=name)


def _train(
    folder: Path, schema_text: str, pairs: Sequence[Pair], config: TrainConfig, emit: Emit, stop: Callable[[], bool]
) -> None:
    started = time.monotonic()
    base = config.base or choose_base().id
    if not config.base:
        choice = choose_base()
        base = choice.id
        emit(Note("train", choice.reason, choice.values))
    device = choose_device()
    fetch = "Fetching the base model"
    model, tokenizer = load_base(base, device, lambda done, total: emit(Progress("train", done, total, fetch)))

    from pipeline.student.packing import can_share, tokenize_pairs
    from pipeline.student.trainer import StepInfo, fit

    examples = tokenize_pairs(tokenizer, schema_text, pairs, model.config.max_position_embeddings)
    if not examples.learned_tokens():
        raise UserError("No token of these pairs carries loss: their SQL is empty. Write pairs with SQL.")
    if not can_share(model.config):
        emit(Note("train", "This base cannot share the schema between pairs, so it is trained plainly and slower."))
    checkpoints = folder / "checkpoints"
    _keep_only_own(checkpoints, _fingerprint(base, schema_text, pairs, config))
    losses: list[float] = []

    def on_step(info: StepInfo) -> None:
        losses.append(info.loss)
        emit(Step("train", **asdict(info)))

    deadline = started + config.max_minutes * 60 if config.max_minutes else float("inf")
    tuned, stopped = fit(
        model, tokenizer, examples, config, device, checkpoints, on_step, lambda: stop() or time.monotonic() > deadline
    )
    adapter = _save(tuned, tokenizer, base, folder / "adapter")
    if not stopped:
        shutil.rmtree(checkpoints, ignore_errors=True)
    size = sum(file.stat().st_size for file in adapter.iterdir())
    emit(Done("train", {
        "base": base, "name": short_name(base), "pairs": len(pairs), "seconds": round(time.monotonic() - started, 1),
        "steps": len(losses), "loss_first": losses[0] if losses else None, "loss_last": losses[-1] if losses else None,
        "adapter_bytes": size, "prefix_tokens": len(examples.prefix), "hardware": device.label(),
        "settings": asdict(config),
    }, stopped))  # fmt: skip


def _fingerprint(base: str, schema_text: str, pairs: Sequence[Pair], config: TrainConfig) -> str:
    """What a checkpoint belongs to: all that changes the result but not how long or how often it may be saved."""
    settings = {name: value for name, value in asdict(config).items() if name not in ("max_minutes", "save_every")}
    told = [base, schema_text, [(pair.question, pair.sql) for pair in pairs], settings]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _keep_only_own(checkpoints: Path, fingerprint: str) -> None:
    mark = checkpoints / "settings.sha256"
    if checkpoints.exists() and not (mark.exists() and mark.read_text() == fingerprint):
        shutil.rmtree(checkpoints)
    checkpoints.mkdir(parents=True, exist_ok=True)
    mark.write_text(fingerprint)


def _save(tuned: Any, tokenizer: Any, base: str, folder: Path) -> Path:
    """Write the adapter beside the old one and swap, so that no half-written adapter is ever loaded."""
    fresh = folder.with_name("adapter.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for lora in tuned.peft_config.values():  # PEFT writes the local path it loaded from; the card wants the id
        lora.base_model_name_or_path = base
        lora.target_modules = sorted(lora.target_modules)
    tuned.save_pretrained(fresh)
    (fresh / "README.md").unlink(missing_ok=True)  # PEFT's template; ours is written when the run is published
    tokenizer.save_pretrained(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder
