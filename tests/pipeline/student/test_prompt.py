"""One prompt for training, scoring and asking."""

from __future__ import annotations

from pathlib import Path

from pipeline.student.prompt import common_run, example_ids, prompt_ids, render
from tests.tiny import tokenizer_for

SCHEMA = "CREATE TABLE t (a INTEGER);"


def test_what_is_trained_begins_with_exactly_what_is_asked(tmp_path: Path) -> None:
    tokenizer = tokenizer_for(tmp_path)
    asked = prompt_ids(tokenizer, SCHEMA, "How many?")
    trained, start = example_ids(tokenizer, SCHEMA, "How many?", "SELECT COUNT(*) FROM t;")
    assert trained[:start] == asked
    assert tokenizer.decode(trained[start:]) == "SELECT COUNT(*) FROM t<|end|>"


def test_a_base_without_a_template_gets_instruction_and_response(tmp_path: Path) -> None:
    tokenizer = tokenizer_for(tmp_path)
    tokenizer.chat_template = None
    text = render(tokenizer, SCHEMA, "How  many\nrows?")
    assert text.startswith("### Instruction\n")
    assert "How many rows?" in text
    assert text.endswith("### Response\n")


def test_thinking_is_switched_off_in_the_template(tmp_path: Path) -> None:
    tokenizer = tokenizer_for(tmp_path)
    tokenizer.chat_template = "{% if enable_thinking is false %}<think></think>{% endif %}{{ messages[1]['content'] }}"
    assert render(tokenizer, SCHEMA, "q") == "<think></think>q"


def test_the_common_run_is_the_longest_shared_beginning() -> None:
    assert common_run([[1, 2, 3], [1, 2, 4], [1, 2]]) == 2
    assert common_run([[1, 2, 3], [1, 2, 3]]) == 3
    assert common_run([[5], [6]]) == 0
