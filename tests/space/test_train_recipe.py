"""The settings of a training: what the fields send is checked, kept, and said again on the command line."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from space.tabs.recipe import FIELDS, config_of, options, values_of

OTHER = TrainConfig(
    base="my/base", epochs=3, learning_rate=1e-4, rank=64, alpha=128, batch=4, max_minutes=5, targets="attention",
    dtype="bfloat16", checks=2, patience=1, seed=11, trackio="shop", rslora=True, four_bit=True,
)  # fmt: skip


def sent(**changed: Any) -> list[Any]:
    return [changed.get(name, getattr(TrainConfig, name)) for name in FIELDS]


def test_settings_keep_their_defaults_where_a_field_is_emptied() -> None:
    assert config_of(None, 3, None, None, None, None) == TrainConfig(epochs=3)
    assert config_of(*[None] * len(FIELDS)) == TrainConfig()
    assert config_of(*sent(checks=0, patience=0, seed=0)) == TrainConfig(checks=0, patience=0, seed=0)


def test_what_the_fields_hold_comes_back_as_it_went_out() -> None:
    assert config_of(*values_of(OTHER)) == OTHER
    assert config_of(*sent(base=" my/base ", rank=8.0)) == TrainConfig(base="my/base", rank=8, alpha=16)


@pytest.mark.parametrize(
    ("name", "value"),
    [("rank", 100_000), ("batch", 2000), ("checks", -1), ("patience", 51), ("seed", 2**32), ("seed", -1),
     ("targets", "embeddings"), ("dtype", "int8")],
)  # fmt: skip
def test_the_absurd_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(UserError, match=f"out of reach for {name}"):
        config_of(*sent(**{name: value}))


def test_nothing_is_logged_elsewhere_from_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "mei/sql-distillery")
    assert config_of(*values_of(OTHER)) == replace(OTHER, trackio="")


def test_the_command_line_says_what_is_not_the_default() -> None:
    assert options(TrainConfig()) == []
    assert options(TrainConfig(rank=8, alpha=16, rslora=True)) == ["--rank", "8", "--rslora"]
    said = options(OTHER)
    assert len([each for each in said if each.startswith("--")]) == len(FIELDS)
    assert set(FIELDS) <= {field.name for field in fields(TrainConfig)}
