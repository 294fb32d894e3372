"""Where and in which dtype the student runs: what suits the device, what was asked for, and what is refused."""

from __future__ import annotations

import pytest
import torch

from pipeline.errors import UserError
from pipeline.student.device import choose_device


def a_card(patch: pytest.MonkeyPatch, name: str, capability: tuple[int, int]) -> None:
    """torch as it answers on a machine with this card."""
    patch.setattr(torch.cuda, "is_available", lambda: True)
    patch.setattr(torch.cuda, "get_device_name", lambda: name)
    patch.setattr(torch.cuda, "get_device_capability", lambda: capability)


def test_without_a_card_the_base_is_in_full_or_brain_floats() -> None:
    assert choose_device().kind == "cpu"
    assert choose_device().dtype in ("float32", "bfloat16")
    assert choose_device("float32").dtype == "float32"
    assert choose_device("bfloat16").label().endswith("bfloat16")


def test_a_cpu_refuses_float16_and_every_device_a_dtype_that_is_none() -> None:
    with pytest.raises(UserError, match="very slowly"):
        choose_device("float16")
    with pytest.raises(UserError, match="no dtype int8"):
        choose_device("int8")


def test_a_card_from_ampere_on_computes_in_bfloat16_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    a_card(monkeypatch, "NVIDIA A10G", (8, 6))
    assert choose_device().label() == "NVIDIA A10G, bfloat16"
    assert choose_device("float16").dtype == "float16"
    assert choose_device("float32").dtype == "float32"


def test_a_t4_computes_in_float16_and_never_in_the_bfloat16_that_it_emulates(monkeypatch: pytest.MonkeyPatch) -> None:
    a_card(monkeypatch, "Tesla T4", (7, 5))
    assert choose_device().dtype == "float16"
    with pytest.raises(UserError, match="Tesla T4 only emulates bfloat16. Choose float16"):
        choose_device("bfloat16")
