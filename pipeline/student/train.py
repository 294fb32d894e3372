"""The train stage: pairs in, a LoRA adapter in PEFT layout out, progress as events.

The trainer runs in a thread of its own and hands its events over a queue, so that the stage can be iterated. A stopped or
killed training goes on from its last checkpoint as long as base, pairs and settings are the same.
"""

from __future__ import annotations

import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Pair, Progress, Step
from pipeline.student import world
from pipeline.student.bases import choose_base, load_base, refuse_four_bit, short_name
from pipeline.student.checks import Checker, HeldBack, save_weights
from pipeline.student.device import Device, choose_device
from pipeline.student.memory import estimate, free_bytes, micro_tokens_for, shape_of
from pipeline.student.resuming import Past, fingerprint, keep_only_own

if TYPE_CHECKING:
    from pipeline.student.packing import Examples
    from pipeline.student.trainer import Trained

Emit = Callable[[Event], None]

TARGETS = ("all-linear", "attention")
MICRO_TOKENS = {"cpu": 512, "cuda": 16384}
"""Tokens after the schema that are computed at once where memory allows. On two cores 256 to 2,000 take the same time, and
128 a fifth more."""


@dataclass(frozen=True)
class Order:
    """What is to be trained: pairs of one schema, with which settings, into which run folder."""

    folder: Path
    schema_text: str
    pairs: Sequence[Pair]
    config: TrainConfig
    heldout: Sequence[Pair] = ()
    """Pairs that are not learned from; the first `config.check_questions` of them are answered at each check."""


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
    if config.targets not in TARGETS:
        raise UserError("There are no targets {name}. Choose all-linear or attention.", name=config.targets)
    if config.trackio and not find_spec("trackio"):
        raise UserError("trackio is not installed here. Install it with pip install trackio, or leave it out.")


@dataclass(frozen=True)
class _Loaded:
    """A base in memory."""

    base: str
    model: Any
    tokenizer: Any
    device: Device


def _train(order: Order, emit: Emit, stop: Callable[[], bool]) -> None:
    from pipeline.student.trainer import Job, fit

    started, config = time.monotonic(), order.config
    loaded = _load(config, emit)
    examples, held = _tokenize(order, loaded)
    checkpoints = order.folder / "checkpoints"
    if world.is_first():
        keep_only_own(order, fingerprint(loaded.base, order))
    past = Past(checkpoints / "past.json")
    micro_tokens = past.at_once(_fit_memory(loaded, config, len(examples.prefix), emit))

    def on_step(step: Step) -> None:
        past.add(step.step, step.loss, time.monotonic() - started)
        emit(replace(step, epoch=step.step / step.steps * config.epochs))

    def over() -> bool:
        return 0 < config.max_minutes * 60 < time.monotonic() - started

    def on_plain() -> None:
        emit(Note("train", "This base cannot share the schema between pairs, so it is trained plainly and slower."))

    def on_smaller(tokens: int) -> None:
        text = "Memory ran out: each step is now computed in more parts, of {tokens} tokens at most."
        emit(Note("train", text, {"tokens": tokens}, "warning"))
        past.smaller(tokens)

    rounds = config.epochs * len(order.pairs) / len(examples.each)  # each pair is seen `epochs` times, however spelt
    checker = Checker(order.folder, order.schema_text, loaded.tokenizer, loaded.device, held, emit)
    job = Job(
        examples, replace(config, epochs=rounds), loaded.device, checkpoints, on_step, lambda: stop() or over(),
        micro_tokens, on_plain, on_smaller, checker if held.pairs else None,
    )  # fmt: skip
    trained = fit(loaded.model, loaded.tokenizer, job)
    if world.is_first():
        _end(order, loaded, trained, past, emit)


def _load(config: TrainConfig, emit: Emit) -> _Loaded:
    if idle := world.take_card():
        text = "{idle} more cards are here. To train on all: torchrun --nproc-per-node {all} -m -- pipeline train …"
        emit(Note("train", text, {"idle": idle, "all": idle + 1}))
    base, device = _choose(config, emit), choose_device(config.dtype)
    if config.four_bit:
        refuse_four_bit(device)
    if device.kind == "cuda" and world.size() > 1:
        import torch

        torch.cuda.set_device(world.local_rank())
    fetch = "Fetching the base model"
    progress = lambda done, total: emit(Progress("train", done, total, fetch))  # noqa: E731
    model, tokenizer = load_base(base, device, progress, config.four_bit)
    return _Loaded(base, model, tokenizer, device)


def _choose(config: TrainConfig, emit: Emit) -> str:
    if config.base:
        return config.base
    choice = choose_base()
    emit(Note("train", choice.reason, choice.values))
    return choice.id


def _tokenize(order: Order, loaded: _Loaded) -> tuple[Examples, HeldBack]:
    """The pairs to learn from, and those held back, with the prefix that all of them share."""
    from pipeline.student.packing import Examples, tokenize_pairs

    pairs = both_spellings(order.pairs) if order.config.typed else list(order.pairs)
    context = loaded.model.config.max_position_embeddings
    examples = tokenize_pairs(loaded.tokenizer, order.schema_text, [*pairs, *order.heldout], context)
    ours, held = Examples(examples.prefix, examples.each[: len(pairs)]), examples.each[len(pairs) :]
    if all(example.learned <= 1 for example in ours.each):  # the end token, which every pair has
        raise UserError("No token of these pairs carries loss: their SQL is empty. Write pairs with SQL.")
    return ours, HeldBack(order.heldout, held, order.config.check_questions)


def _fit_memory(loaded: _Loaded, config: TrainConfig, prefix: int, emit: Emit) -> int:
    """Tokens after the prefix to compute at once, by what is free; tells what the training is likely to take."""
    kind, config = loaded.device.kind, replace(config, dtype=loaded.device.dtype)
    shape, free = shape_of(loaded.model.config), free_bytes(kind)
    tokens = config.micro_tokens or MICRO_TOKENS[kind]
    held = shape.weight_bytes(config.dtype, config.four_bit)  # is loaded already, so it is not among what is free
    if free is not None and not config.micro_tokens:
        tokens = min(tokens, micro_tokens_for(shape, config, kind, prefix, free + held))
    need = estimate(shape, config, kind, prefix, tokens).total
    short = free is not None and need > free + held
    text = "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free."
    if short and kind == "cuda":
        text = (
            "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free. It may run out: 4 bit, a smaller "
            "base or fewer tables take less."
        )
    elif short:
        text = (
            "The training takes about {need:.1f} GB of memory, and {free:.1f} GB are free. It may run out: a smaller base "
            "or fewer tables take less."
        )
    if free is not None:
        emit(Note("train", text, {"need": need / 1e9, "free": (free + held) / 1e9}, "warning" if short else "info"))
    return tokens


def both_spellings(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, and each again as people type it: in lower case and without a final mark; nothing twice.

    Pairs written with care begin with a capital and end with a mark; the people who ask afterwards do neither.
    """
    typed = (replace(pair, question=pair.question.lower().rstrip(" ?.!？。")) for pair in pairs)
    return list(dict.fromkeys([*pairs, *typed]))


def _end(order: Order, loaded: _Loaded, trained: Trained, past: Past, emit: Emit) -> None:
    """Write the adapter, clear what was only to go on from, and tell what it came to."""
    adapter = _save(trained.model, loaded, order.folder / "adapter")
    if not trained.stopped:
        shutil.rmtree(order.folder / "checkpoints", ignore_errors=True)
    emit(Done("train", {
        "base": loaded.base, "name": short_name(loaded.base), "pairs": len(order.pairs), **past.told,
        "adapter_bytes": sum(file.stat().st_size for file in adapter.glob("adapter_*")),  # not the base's tokenizer
        "prefix_tokens": trained.prefix_tokens, "shared": trained.shared, "micro_tokens": trained.micro_tokens,
        "peak_bytes": _peak_bytes(loaded.device.kind), "processes": world.size(),
        "hardware": loaded.device.label(), "settings": asdict(order.config),
    }, trained.stopped))  # fmt: skip


def _peak_bytes(kind: str) -> int:
    """The most memory that was held: on the card, or by this process."""
    if kind == "cuda":
        import torch

        return int(torch.cuda.max_memory_allocated())
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _save(tuned: Any, loaded: _Loaded, folder: Path) -> Path:
    """Write the adapter beside the old one and swap, so that no half-written adapter is ever loaded."""
    fresh = folder.with_name("adapter.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for lora in tuned.peft_config.values():  # PEFT writes the local path it loaded from; the card wants the id
        lora.base_model_name_or_path = loaded.base
        lora.target_modules = sorted(lora.target_modules)
        lora.save_pretrained(fresh)
    save_weights(tuned, fresh / "adapter_model.safetensors")
    loaded.tokenizer.save_pretrained(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder
