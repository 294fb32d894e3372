"""What a pair teaches is shown as the trainer reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.records import Pair
from pipeline.student.bases import EMBEDDED
from pipeline.student.preview import learned_pieces, tokenizer_here

SCHEMA = "顧客 (番号 INTEGER, 名前 TEXT, 都市 TEXT)"
PAIRS = [
    Pair("大阪の顧客は？", "SELECT 名前 FROM 顧客 WHERE 都市 = '大阪'"),
    Pair("How many customers are there?", "SELECT COUNT(*) FROM 顧客;"),
]


def test_the_pieces_of_a_pair_are_its_rendered_text_and_only_the_sql_and_its_end_are_learned(
    tiny_base: Callable[[str], Path],
) -> None:
    from pipeline.student.bases import load_tokenizer
    from pipeline.student.prompt import render

    base = str(tiny_base("llama"))
    tokenizer = load_tokenizer(base, lambda done, total: None)
    for pair, pieces in zip(PAIRS, learned_pieces(base, SCHEMA, PAIRS), strict=True):
        assert [piece.learned for piece in pieces] == [False, True]
        assert pieces[0].text == render(tokenizer, SCHEMA, pair.question)
        assert pieces[1].text == pair.sql.rstrip(";") + "<|end|>"


def test_the_learned_pieces_are_the_tokens_that_carry_a_label_in_training(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.bases import load_tokenizer
    from pipeline.student.packing import IGNORED, tokenize_pairs

    base = str(tiny_base("llama"))
    tokenizer = load_tokenizer(base, lambda done, total: None)
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS, 2048)
    trained = [tokenizer.decode([label for label in each.labels if label != IGNORED]) for each in examples.each]
    shown = ["".join(p.text for p in pieces if p.learned) for pieces in learned_pieces(base, SCHEMA, PAIRS)]
    assert shown == trained


def test_a_letter_cut_in_two_by_the_boundary_is_shown_whole(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student import preview
    from pipeline.student.bases import load_tokenizer

    tokenizer = load_tokenizer(str(tiny_base("llama")), lambda done, total: None)
    ids = tokenizer("顧客", add_special_tokens=False)["input_ids"]
    assert len(ids) > 4  # several tokens a letter
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preview, "example_ids", lambda *_: (ids, 4))
        pieces = preview._pieces(tokenizer, SCHEMA, PAIRS[0])
    assert [(piece.text, piece.learned) for piece in pieces] == [("顧", False), ("客", True)]


def test_pairs_without_sql_are_refused_because_nothing_would_be_learned(tiny_base: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="No token of these pairs carries loss"):
        learned_pieces(str(tiny_base("llama")), SCHEMA, [Pair("How many?", " ; ")])


def test_a_tokenizer_is_here_when_its_folder_or_the_caches_have_it(
    tiny_base: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    assert tokenizer_here(str(tiny_base("llama")))
    assert not tokenizer_here(str(tmp_path))
    assert not tokenizer_here("no/such/name/on/a/hub")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    assert not tokenizer_here("someone/model")
    snapshot = tmp_path / "hub" / "models--someone--model" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "tokenizer_config.json").write_text("{}")
    refs = snapshot.parent.parent / "refs"
    refs.mkdir()
    (refs / "main").write_text("0" * 40)
    assert tokenizer_here("someone/model")
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path))
    assert not tokenizer_here(EMBEDDED)
    (tmp_path / "SmolLM2-135M-Instruct").mkdir()
    (tmp_path / "SmolLM2-135M-Instruct" / "tokenizer.json").write_text("{}")
    assert tokenizer_here(EMBEDDED)


def test_a_public_space_tells_nothing_of_its_folders(
    tiny_base: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_base("llama")
    learned_pieces(str(folder), SCHEMA, PAIRS)  # kept from here on
    monkeypatch.setenv("SPACE_ID", "mei/distillery")
    monkeypatch.chdir(folder.parent)
    for name in (str(folder), f"./{folder.name}", folder.name):
        assert not tokenizer_here(name)
        with pytest.raises(UserError, match="is a folder of the server"):
            learned_pieces(name, SCHEMA, PAIRS)
