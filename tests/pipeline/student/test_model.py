"""A loaded student: what it streams is what it writes, it stops when nobody reads, and it keeps the schema's prefix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.student.model import KEPT_PREFIXES, Student, load_student, stream, write

SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, city TEXT, PRIMARY KEY (id));"
QUESTION = "Which customers live in Osaka? 大阪に住む顧客は？"
TinyBase = Callable[[str], Path]


@pytest.fixture(scope="module")
def talker(tmp_path_factory: pytest.TempPathFactory, tiny_base: TinyBase) -> Path:
    """A base whose random layers outweigh what they are given, so that it does not say one token for ever."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("talker")
    model = AutoModelForCausalLM.from_pretrained(tiny_base("llama"), tie_word_embeddings=False)
    torch.manual_seed(2)
    for weights in (each for each in model.parameters() if each.dim() == 2):
        torch.nn.init.normal_(weights, std=0.5)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_base("llama")).save_pretrained(folder)
    return folder


def forwards(student: Student) -> list[int]:
    """The lengths of what goes through the model from now on."""
    seen: list[int] = []
    student.model.register_forward_pre_hook(
        lambda _, __, named: seen.append(named["input_ids"].shape[1]), with_kwargs=True
    )
    return seen


def adapted(folder: Path, base: Path) -> None:
    """Give a run folder an adapter that changes what the base writes."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, target_modules=["q_proj", "down_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), config).save_pretrained(folder / "adapter")


def test_what_is_streamed_grows_to_what_is_written(tmp_path: Path, talker: Path) -> None:
    base = str(talker)
    texts = list(stream(tmp_path, base, SCHEMA, QUESTION, False, 40))
    assert texts[0] == ""
    assert texts[-1] == write(tmp_path, base, SCHEMA, [QUESTION], False, 40)[0] != ""
    assert len(set(texts)) > 10 and len(set(texts[-1])) > 10
    assert all(later.startswith(earlier) for earlier, later in zip(texts, texts[1:], strict=False))


def test_both_models_stream_what_they_write(tmp_path: Path, talker: Path) -> None:
    base = talker
    adapted(tmp_path, base)
    last = {tuned: list(stream(tmp_path, str(base), SCHEMA, QUESTION, tuned, 20))[-1] for tuned in (True, False)}
    assert last == {tuned: write(tmp_path, str(base), SCHEMA, [QUESTION], tuned, 20)[0] for tuned in (True, False)}
    assert last[True] != last[False]


def test_a_closed_stream_stops_the_model_and_frees_it(tmp_path: Path, tiny_base: TinyBase) -> None:
    student = load_student(tmp_path, str(tiny_base("llama")))
    student.write(SCHEMA, [QUESTION], False, 1)
    seen = forwards(student)
    texts = student.stream(SCHEMA, QUESTION, False, 1500)
    for _ in range(3):
        next(texts)
    before = len(seen)
    texts.close()  # type: ignore[attr-defined]
    after = len(seen)
    assert after - before < 20  # it had more than a thousand to write
    assert student.write(SCHEMA, [QUESTION], False, 2)
    assert len(seen) - after <= 2


def test_the_schema_is_read_once_for_each_model(tmp_path: Path, tiny_base: TinyBase) -> None:
    base = tiny_base("llama")
    adapted(tmp_path, base)
    student = load_student(tmp_path, str(base))
    seen = forwards(student)
    for tuned in (True, False, True, False):
        student.write(SCHEMA, ["a?"], tuned, 1)
    assert len([length for length in seen if length > 30]) == 2


def test_only_the_last_schemas_are_kept(tmp_path: Path, tiny_base: TinyBase) -> None:
    student = load_student(tmp_path, str(tiny_base("llama")))
    for number in range(KEPT_PREFIXES + 3):
        student.write(f"CREATE TABLE t{number} (id INTEGER);", ["a?"], False, 1)
    assert len(student._prefixes) == KEPT_PREFIXES


def test_a_stream_of_a_model_that_is_not_there_refuses(tmp_path: Path, tiny_base: TinyBase) -> None:
    with pytest.raises(UserError, match="no tuned model"):
        list(stream(tmp_path, str(tiny_base("llama")), SCHEMA, QUESTION, True, 5))
