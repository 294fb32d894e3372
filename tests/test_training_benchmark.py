"""The benchmarks of training: both sides see the same tokens and the same pairs, and what is drawn is what was measured."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import curves
from benchmarks.gradients import errors
from benchmarks.lengths import pairs_about, schema_of_size
from benchmarks.sides import Clock, Side, measure
from benchmarks.training import SPEED, expected_to_fit
from pipeline.database.schema import Schema
from pipeline.records import Pair
from pipeline.run.fitting import count

Base = Callable[[str], Path]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def small() -> Schema:
    return schema_of_size(170, Path("nowhere"))


def side(trainer: str, base: Path, schema: Schema, pairs: list[Pair], **others: object) -> Side:
    config = replace(SPEED, base=str(base), dtype="float32", batch=4, rank=4, alpha=8)
    made = Side(trainer, schema.to_prompt(), pairs, config, micro=0 if trainer == "ours" else 2)
    return replace(made, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("tokens", [200, 1000])
def test_a_schema_comes_near_its_size(tokens: int) -> None:
    schema = schema_of_size(tokens, Path("nowhere"))
    assert 0.7 * tokens < count(schema) <= tokens
    assert len(pairs_about(schema, 40)) == 40


def test_both_sides_learn_the_same_from_the_same_pairs(tiny_base: Base, small: Schema) -> None:
    pairs = pairs_about(small, 12)
    ours = measure(side("ours", tiny_base("llama"), small, pairs))
    trl = measure(side("trl", tiny_base("llama"), small, pairs, as_ours=True))
    assert ours["losses"] == pytest.approx(trl["losses"], rel=1e-4)
    assert len(ours["losses"]) == 3 and len(set(ours["losses"])) == 3
    tokens = trl["tokens"]
    assert tokens["plain"] - tokens["shared"] == (12 - 3) * tokens["prefix"] > 0
    assert trl["setting"] == "2x2" and trl["seconds"] > 0 and trl["peak_mb"] > trl["before_mb"] / 2


def test_other_tokens_end_the_measurement(tiny_base: Base, small: Schema) -> None:
    twice = [
        Pair("one", "SELECT 1<|end|>"),
        Pair("two", "SELECT 2"),
        Pair("three", "SELECT 3"),
        Pair("four", "SELECT 4"),
    ]
    with pytest.raises(SystemExit, match="other tokens for pair 0: one"):
        measure(side("trl", tiny_base("llama"), small, twice))


def test_the_gradients_are_those_of_trl(tiny_base: Base) -> None:
    found = errors(tiny_base("llama"), ["tiny-qwen2"])
    assert 0 < found["gradient_error"] < 1e-5
    assert 1e-3 < found["gradient_norm"] < 1  # above 1 both would be clipped to the same length
    assert found["loss_error"] < 1e-5


def test_the_first_step_warms_up() -> None:
    assert Clock([10.0, 11.0, 13.0, 14.0], [3, 2, 1, 0]).figures()["seconds"] == 1.0
    assert Clock([10.0], [3]).figures()["seconds"] is None


def test_a_micro_batch_that_memory_does_not_hold_is_not_tried() -> None:
    assert expected_to_fit({"peak_mb": 120, "before_mb": 100}, 4)
    assert not expected_to_fit({"peak_mb": 1e9, "before_mb": 100}, 4)


def test_the_picture_has_both_curves() -> None:
    root = ElementTree.fromstring(curves.picture(([4.0, 2.0, 1.0], [4.0, 2.1, 1.0]), "largest difference 0.1"))
    lines = [line.attrib["points"].split() for line in root.iter(f"{SVG}polyline")]
    plain, _, ours, _ = lines  # each with its sign in the legend
    assert len(plain) == len(ours) == 3 and plain[0] == ours[0] and plain[1] != ours[1]
    heights = [float(point.split(",")[1]) for point in plain]
    assert heights == sorted(heights)  # down on the page as the loss falls
    assert {"TRL SFTTrainer", "SQL Distillery", "largest difference 0.1"} <= {
        text.text for text in root.iter(f"{SVG}text")
    }


@pytest.mark.parametrize(
    ("most", "expected"), [(3.2, [0, 0.5, 1, 1.5, 2, 2.5, 3]), (40, [0, 10, 20, 30, 40]), (0.9, 5)]
)
def test_ticks_are_round(most: float, expected: list[float] | int) -> None:
    found = curves.ticks(most)
    assert (found if isinstance(expected, list) else len(found)) == expected


@pytest.mark.slow
def test_curves_of_two_processes_lie_over_each_other(tiny_base: Base, tmp_path: Path) -> None:
    out = tmp_path / "docs" / "curves.svg"
    chosen = argparse.Namespace(
        out=out, steps=4, base=str(tiny_base("llama")), dtype="float32", device="cpu", micro=2, batch=4
    )
    found = curves.measure(chosen)
    assert found["steps"] == 4 and found["max_difference"] < 1e-3
    assert out.read_text(encoding="utf-8").startswith("<svg")
