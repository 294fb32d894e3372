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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Pair, Progress, Step
from pipeline.student.bases import choose_base, load_base, short_name
from pipeline.student.device import choose_device

Emit = Callable[[Event], None]


@dataclass(frozen=True)
class Order:
    """What is to be trained: pairs of one schema, with which settings, into which run folder."""

    folder: Path
    schema_text: str
    pairs: Sequence[Pair]
    config: TrainConfig


def train_adapter(order: Order, stop: Callable[[], bool]) -> Iterator[Event]:
    """Train and write `folder/adapter`; the last event is `Done` with base, steps, loss and seconds.

    Raises UserError when the base cannot be had or the settings make no sense.
    """
    _check(order.config)
    events: queue.Queue[Event | BaseException | None] = queue.Queue()
    left = threading.Event()

    def work() -> None:
        try:
            _train(order, events.put, lambda: left.is_set() or stop())
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


def _train(order: Order, emit: Emit, stop: Callable[[], bool]) -> None:
    from pipeline.student.trainer import Job, fit

    started, config = time.monotonic(), order.config
    base, device = _choose(config, emit), choose_device()
    fetch = "Fetching the base model"
    model, tokenizer = load_base(base, device, lambda done, total: emit(Progress("train", done, total, fetch)))
    examples = _examples(order, model, tokenizer, emit)
    checkpoints = order.folder / "checkpoints"
    _keep_only_own(checkpoints, _fingerprint(base, order))
    past = Past(checkpoints / "past.json")

    def on_step(step: Step) -> None:
        past.add(step.step, step.loss, time.monotonic() - started)
        emit(replace(step, epoch=step.step / step.steps * config.epochs))

    def over() -> bool:
        return 0 < config.max_minutes * 60 < time.monotonic() - started

    rounds = config.epochs * len(order.pairs) / len(examples.rests)  # each pair is seen `epochs` times, however spelt
    job = Job(examples, replace(config, epochs=rounds), device, checkpoints, on_step, lambda: stop() or over())
    tuned, stopped = fit(model, tokenizer, job)
    adapter = _save(tuned, tokenizer, base, order.folder / "adapter")
    if not stopped:
        shutil.rmtree(checkpoints, ignore_errors=True)
    emit(Done("train", {
        "base": base, "name": short_name(base), "pairs": len(order.pairs), **past.told,
        "adapter_bytes": sum(file.stat().st_size for file in adapter.glob("adapter_*")),  # not the base's tokenizer
        "prefix_tokens": len(examples.prefix), "hardware": device.label(), "settings": asdict(config),
    }, stopped))  # fmt: skip


class Past:
    """Steps, seconds and losses of a training over all its parts: a resumed one tells the sum."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.told: dict[str, Any] = {"seconds": 0.0, "steps": 0, "loss_first": None, "loss_last": None}
        if file.exists():
            self.told |= json.loads(file.read_text())
        self._before = float(self.told["seconds"])

    def add(self, step: int, loss: float, seconds: float) -> None:
        """Keep what is known after a step; `seconds` counts from the start of this part."""
        first = loss if self.told["loss_first"] is None else self.told["loss_first"]
        seconds = round(self._before + seconds, 1)
        self.told = {"seconds": seconds, "steps": step, "loss_first": first, "loss_last": loss}
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self.told))
        fresh.replace(self._file)


def _choose(config: TrainConfig, emit: Emit) -> str:
    if config.base:
        return config.base
    choice = choose_base()
    emit(Note("train", choice.reason, choice.values))
    return choice.id


def _examples(order: Order, model: Any, tokenizer: Any, emit: Emit) -> Any:
    from pipeline.student.packing import can_share, tokenize_pairs

    pairs = both_spellings(order.pairs) if order.config.typed else list(order.pairs)
    examples = tokenize_pairs(tokenizer, order.schema_text, pairs, model.config.max_position_embeddings)
    if not examples.learned_tokens():
        raise UserError("No token of these pairs carries loss: their SQL is empty. Write pairs with SQL.")
    if not can_share(model.config):
        emit(Note("train", "This base cannot share the schema between pairs, so it is trained plainly and slower."))
    return examples


def both_spellings(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, and each again as people type it: in lower case and without a final mark; nothing twice.

    Pairs written with care begin with a capital and end with a mark; the people who ask afterwards do neither.
    """
    typed = (replace(pair, question=pair.question.lower().rstrip(" ?.!？。")) for pair in pairs)
    return list(dict.fromkeys([*pairs, *typed]))


def _fingerprint(base: str, order: Order) -> str:
    """What a checkpoint belongs to: all that changes the result but not how long or how often it may be saved."""
    settings = {
        name: value for name, value in asdict(order.config).items() if name not in ("max_minutes", "save_every")
    }
    told = [base, order.schema_text, [(pair.question, pair.sql) for pair in order.pairs], settings]
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
    for parameter in tuned.parameters():  # 11 bits of mantissa are enough to write with; the file is half as large
        if parameter.requires_grad:
            parameter.data = parameter.data.half()
    tuned.save_pretrained(fresh, save_embedding_layers=False)  # "auto" would ask the Hub for the base
    (fresh / "README.md").unlink(missing_ok=True)  # PEFT's template; ours is written when the run is published
    tokenizer.save_pretrained(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder
