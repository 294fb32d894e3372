"""The table of settings: one thing changes in each row, what is there is not made again, and the best stands first."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import settings
from benchmarks.exams import exam_of, sampled
from pipeline.dataset.pasted import read_pairs

Base = Callable[[str], Path]


def chosen(base: Path, folder: Path, grid: str = "default") -> argparse.Namespace:
    return argparse.Namespace(
        schema="shop", data=Path("nowhere"), grid=grid, pairs=16, questions=2, minutes=0.0, epochs=1, base=str(base),
        run=folder, only=None,
    )  # fmt: skip


def test_each_variation_changes_one_thing(tmp_path: Path) -> None:
    asked = chosen(tmp_path, tmp_path)
    default = asdict(settings.config_of(asked, "default"))
    for name in settings.GRID.keys() - {"default"}:
        config = asdict(settings.config_of(asked, name))
        other = {key for key in config if config[key] != default[key]}
        assert len(other - {"alpha"}) == 1, name
        assert config["alpha"] / config["rank"] == default["alpha"] / default["rank"]


def test_a_variation_is_trained_scored_and_kept(tiny_base: Base, tmp_path: Path) -> None:
    asked = chosen(tiny_base("llama"), tmp_path)
    settings.prepare(asked)
    settings.one(asked, "default")
    shutil.rmtree(tmp_path / "pairs")  # nothing is made again: a second training would need it
    found = settings.measure(asked)
    row = found["rows"]["default"]
    assert row["n"] == 2 and 0 <= row["low"] <= row["accuracy"] <= row["high"] <= 1
    assert row["loss"] > 0 and row["heldout_loss"] > 0 and row["steps"] >= 1
    assert not found["missing"] and not (tmp_path / "pairs").exists()


def test_results_of_other_settings_do_not_count(tmp_path: Path) -> None:
    asked = chosen(tmp_path, tmp_path)
    told = {"made_with": settings._made_with(asked, "default"), "figures": {"accuracy": 0.5}}
    (tmp_path / "default.json").write_text(json.dumps(told))
    assert settings.known(asked, "default") == {"accuracy": 0.5}
    asked.epochs = 2
    assert settings.known(asked, "default") is None


def test_the_best_stands_first() -> None:
    row = {"low": 0.1, "high": 0.9, "heldout_loss": None, "loss": 1.0, "step_s": 2.0, "steps": 3, "seconds": 90.0,
           "peak_mb": 1000}  # fmt: skip
    lines = settings.table({"worse": {**row, "accuracy": 0.4}, "better": {**row, "accuracy": 0.6}}).splitlines()
    assert lines[2].startswith("| better | 60.0% | 10.0%–90.0% | – | 1.0 | 2.0 | 3 | 1.5 | 1000 |")
    assert {line.count("|") for line in lines} == {len(settings.COLUMNS) + 1}


@pytest.mark.parametrize(("number", "given"), [(3, 3), (0, None)])
def test_a_sample_of_questions_is_the_same_each_time(number: int, given: int | None, tmp_path: Path) -> None:
    questions = exam_of("shop").questions
    whole = read_pairs(questions.read_text(encoding="utf-8"))[0]
    texts = [sampled(questions, number, tmp_path / name).read_text(encoding="utf-8") for name in ("a", "b")]
    pairs = read_pairs(texts[0])[0]
    assert texts[0] == texts[1] and len(pairs) == (given or len(whole))
    assert {pair.sql for pair in pairs} <= {pair.sql for pair in whole}
