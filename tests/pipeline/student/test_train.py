"""The train stage with a tiny random base: events, adapter, stopping, going on."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Pair, Step
from pipeline.student.model import load_student
from pipeline.student.train import Order, both_spellings, train_adapter

SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, city TEXT, PRIMARY KEY (id));"
CITIES = ("Osaka", "Kyoto", "Tokyo", "Nara", "Kobe", "Sapporo", "Sendai", "Nagoya")
PAIRS = [Pair(f"customers in {city}", f"SELECT name FROM customers WHERE city = '{city}'") for city in CITIES]


def order_for(folder: Path, base: Path, **settings: object) -> Order:
    config = TrainConfig(
        base=str(base), epochs=3, batch=4, typed=False, rank=4, alpha=8, learning_rate=1e-2, save_every=2
    )
    return Order(folder, SCHEMA, PAIRS, replace(config, **settings))  # type: ignore[arg-type]


def steps_of(events: list[Event]) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def adapter_weights(folder: Path) -> dict[str, object]:
    from safetensors.torch import load_file

    return load_file(folder / "adapter" / "adapter_model.safetensors")


def test_training_tells_every_step_and_writes_an_adapter(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    events = list(train_adapter(order_for(tmp_path, tiny_base("llama"), epochs=12), lambda: False))
    steps = steps_of(events)
    assert [step.step for step in steps] == list(range(1, 25))
    assert steps[-1].loss < steps[0].loss - 0.2
    assert steps[-1].tokens_per_second > 0
    done = events[-1]
    assert isinstance(done, Done) and not done.stopped
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(tiny_base("llama"))
    assert not (tmp_path / "checkpoints").exists()


def test_a_stopped_training_goes_on_to_the_same_weights(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    import torch

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(train_adapter(order_for(whole, tiny_base("llama")), lambda: False))
    seen: list[Event] = []
    for event in train_adapter(order_for(parts, tiny_base("llama")), lambda: len(steps_of(seen)) >= 3):
        seen.append(event)
    assert isinstance(seen[-1], Done) and seen[-1].stopped
    assert len(steps_of(seen)) < 6
    resumed = list(train_adapter(order_for(parts, tiny_base("llama")), lambda: False))
    assert steps_of(resumed)[0].step == len(steps_of(seen)) + 1
    assert steps_of(resumed)[-1].step == 6
    told = resumed[-1].result if isinstance(resumed[-1], Done) else {}
    assert told["steps"] == 6 and told["loss_first"] == steps_of(seen)[0].loss
    ours, theirs = adapter_weights(parts), adapter_weights(whole)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)  # type: ignore[arg-type]


def test_a_checkpoint_that_was_cut_while_it_was_written_is_passed_over(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    seen: list[Event] = []
    for event in train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: len(steps_of(seen)) >= 3):
        seen.append(event)
    reached = len(steps_of(seen))
    half = tmp_path / "checkpoints" / "checkpoint-5"
    half.mkdir(exist_ok=True)
    (half / "adapter_model.safetensors").write_bytes(b"half of it")
    (half / "trainer_state.json").unlink(missing_ok=True)
    resumed = list(train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: False))
    assert 1 < steps_of(resumed)[0].step <= reached + 1
    assert steps_of(resumed)[-1].step == 6


def test_a_resumed_training_computes_as_much_at_once_as_before(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    list(train_adapter(order_for(tmp_path, tiny_base("llama"), micro_tokens=77), lambda: True))
    events = list(train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: False))
    done = events[-1]
    assert isinstance(done, Done) and done.result["micro_tokens"] == 77 and steps_of(events)[0].step > 1


def test_other_settings_start_anew(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    list(train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: True))
    assert (tmp_path / "checkpoints").exists()
    again = list(train_adapter(order_for(tmp_path, tiny_base("llama"), learning_rate=5e-3), lambda: False))
    assert steps_of(again)[0].step == 1


def test_leaving_the_loop_ends_the_training_and_keeps_it(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    events = train_adapter(order_for(tmp_path, tiny_base("llama"), epochs=500), lambda: False)
    for event in events:
        if isinstance(event, Step):
            break
    events.close()  # type: ignore[attr-defined]
    assert list((tmp_path / "checkpoints").glob("checkpoint-*"))


def test_a_plainly_trained_base_works_too(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    events = list(train_adapter(order_for(tmp_path, tiny_base("mistral")), lambda: False))
    assert any("trained plainly" in getattr(event, "template", "") for event in events)
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()


def test_settings_below_zero_and_an_unknown_base_are_one_line(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="rank must be above zero"):
        list(train_adapter(order_for(tmp_path, tiny_base("llama"), rank=0), lambda: False))
    with pytest.raises(UserError, match="could not be loaded") as caught:
        list(train_adapter(order_for(tmp_path, Path("nobody/no-such-model")), lambda: False))
    assert "\n" not in str(caught.value)


def test_the_base_answers_without_the_adapter(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    base = tiny_base("llama")
    questions = ["customers in Osaka", "customers in Kyoto", "how many?"]
    alone = load_student(tmp_path, str(base)).write(SCHEMA, questions, tuned=False, max_new_tokens=12)
    with pytest.raises(UserError, match="no tuned model yet"):
        load_student(tmp_path, str(base)).write(SCHEMA, questions, tuned=True)
    list(train_adapter(order_for(tmp_path, base, epochs=12), lambda: False))
    student = load_student(tmp_path, str(base))
    tuned = student.write(SCHEMA, questions, tuned=True, max_new_tokens=12)
    assert student.write(SCHEMA, questions, tuned=False, max_new_tokens=12) == alone
    assert student.write(SCHEMA, questions, tuned=True, max_new_tokens=12) == tuned
    assert tuned != alone


def test_tuned_and_base_asked_at_once_answer_as_one_after_the_other(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    list(train_adapter(order_for(tmp_path, tiny_base("llama"), epochs=12), lambda: False))
    student = load_student(tmp_path, str(tiny_base("llama")))

    def answers(tuned: bool) -> list[str]:
        return [student.write(SCHEMA, ["customers in Osaka"], tuned, max_new_tokens=8)[0] for _ in range(5)]

    alone = {tuned: answers(tuned) for tuned in (True, False)}
    assert alone[True] != alone[False]
    with ThreadPoolExecutor(2) as pool:
        assert dict(zip((True, False), pool.map(answers, (True, False)), strict=True)) == alone


def test_a_batch_answers_as_single_questions_do(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    student = load_student(tmp_path, str(tiny_base("qwen3")))
    questions = ["customers in Osaka", "a much longer question about the names of all customers in Kyoto", "x"]
    together = student.write(SCHEMA, questions, tuned=False, max_new_tokens=10)
    assert together == [student.write(SCHEMA, [one], tuned=False, max_new_tokens=10)[0] for one in questions]


def test_each_pair_is_also_read_as_people_type_it() -> None:
    pairs = [
        Pair("Who lives in Osaka?", "SELECT 1"),
        Pair("cities", "SELECT 2"),
        Pair("大阪の顧客は？", "SELECT 3", "ja"),
    ]
    spelt = [pair.question for pair in both_spellings(pairs)]
    assert spelt == ["Who lives in Osaka?", "cities", "大阪の顧客は？", "who lives in osaka", "大阪の顧客は"]


def test_a_visitor_of_a_space_cannot_name_a_folder_of_the_server(
    tmp_path: Path, tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    with pytest.raises(UserError, match="folder of the server"):
        list(train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: False))
