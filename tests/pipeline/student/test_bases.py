"""Which bases are offered and how one is loaded: in its dtype or in 4 bit, never with code, never a Space's folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.student import bases
from pipeline.student.bases import FOR_CARDS, KNOWN_BASES, base_shape, known_bases, licence, load_base, needs_four_bit
from pipeline.student.device import Device
from pipeline.student.memory import KNOWN_SHAPES, NF4_BYTES, shape_of

CPU, T4 = Device("cpu", "float32", "test"), Device("cuda", "float16", "Tesla T4")
QWEN, LARGE = KNOWN_SHAPES["Qwen/Qwen3-0.6B"], KNOWN_SHAPES[FOR_CARDS]


def unwatched(done: int, total: int) -> None:
    """Nobody follows."""


def test_the_large_base_is_offered_only_where_there_is_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases, "has_gpu", lambda: False)
    assert known_bases() == list(KNOWN_BASES[:-1])
    monkeypatch.setattr(bases, "has_gpu", lambda: True)
    assert known_bases()[-1] == (FOR_CARDS, "SQLCoder-7B-2")


def test_the_shape_of_every_known_base_is_known_and_its_licence() -> None:
    assert KNOWN_SHAPES.keys() == dict(KNOWN_BASES).keys()
    assert {licence(base) for base in KNOWN_SHAPES if base != FOR_CARDS} == {"apache-2.0"}
    assert licence(FOR_CARDS) == "cc-by-sa-4.0"
    assert licence("someone/else") is None


def test_the_shape_of_another_base_is_read_from_its_configuration_alone(
    tiny_base: Callable[[str], Path], tmp_path: Path
) -> None:
    config = tiny_base("qwen3") / "config.json"
    (tmp_path / "config.json").write_text(config.read_text())
    shape = base_shape(str(tmp_path))
    assert (shape.layers, shape.hidden, shape.kv_width, shape.head_norms) == (2, 32, 16, True)
    with pytest.raises(UserError, match="could not be loaded"):
        base_shape(str(tmp_path / "nowhere"))


def test_4_bit_is_needed_where_half_precision_does_not_leave_room_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    assert not needs_four_bit(LARGE, CPU)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (15_000_000_000, 16_000_000_000))
    assert needs_four_bit(LARGE, T4)
    assert not needs_four_bit(QWEN, T4)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (24_000_000_000, 24_000_000_000))
    assert not needs_four_bit(LARGE, T4)


def test_a_cpu_refuses_4_bit_with_one_line() -> None:
    bases.refuse_four_bit(T4)
    with pytest.raises(UserError, match="Train without 4 bit") as caught:
        bases.refuse_four_bit(CPU)
    assert "\n" not in str(caught.value)


def test_without_bitsandbytes_the_line_says_how_to_install_it(
    tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import transformers.utils

    monkeypatch.setattr(transformers.utils, "is_bitsandbytes_available", lambda: False)
    base = str(tiny_base("llama"))
    with pytest.raises(UserError, match="pip install -U bitsandbytes"):
        load_base(base, CPU, unwatched, four_bit=True)
    load_base(base, CPU, unwatched)


def test_a_base_whose_weights_could_run_code_is_not_loaded(tiny_base: Callable[[str], Path], tmp_path: Path) -> None:
    import torch

    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((tiny_base("llama") / name).read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(UserError, match="could not be loaded"):
        load_base(str(tmp_path), CPU, unwatched)


def test_a_base_in_4_bit_learns_with_an_adapter_in_float32(tiny_base: Callable[[str], Path]) -> None:
    pytest.importorskip("bitsandbytes")
    import torch
    from peft import LoraConfig, get_peft_model

    base = str(tiny_base("llama"))
    model, tokenizer = load_base(base, CPU, unwatched, four_bit=True)
    packed = [each for each in model.parameters() if each.dtype == torch.uint8]
    shape = shape_of(model.config)
    assert sum(each.numel() for each in packed) == pytest.approx(0.5 * shape.linear)
    assert 0.5 < NF4_BYTES < 0.53
    tuned = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear")).train()
    learned = {name: each for name, each in tuned.named_parameters() if each.requires_grad}
    assert {each.dtype for each in learned.values()} == {torch.float32}
    before = {name: each.detach().clone() for name, each in learned.items()}
    ids = torch.tensor([tokenizer("SELECT name FROM customers")["input_ids"]])
    optimizer = torch.optim.AdamW(learned.values(), lr=1e-2)
    losses = []
    for _ in range(3):
        loss = tuned(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] < float("inf")
    assert all(not torch.equal(each, before[name]) for name, each in learned.items())


def test_a_public_space_loads_none_of_its_folders_however_they_are_named(
    tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_base("llama")
    monkeypatch.setenv("SPACE_ID", "mei/distillery")
    monkeypatch.chdir(folder.parent)
    for name in (str(folder), f"./{folder.name}", folder.name):
        with pytest.raises(UserError, match="is a folder of the server"):
            load_base(name, CPU, unwatched)
