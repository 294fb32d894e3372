"""Pairs as files for other tools, and that each reads back as it was."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.dataset.cells import guarded, unguarded
from pipeline.dataset.export import COLUMNS, FORMATS, export_pairs
from pipeline.dataset.tables import read_table
from pipeline.records import JudgedPair, Pair, Verdict

FORMULAS = (
    "=1+1",
    "+1",
    "-5 or less: how many?",
    "@home",
    "'=quoted",
    "\tindented",
    "＝１＋１",
    "'plain'",
    "''+x",
    "'",
)
QUESTIONS = (
    "How many in 東京?",
    "東京は何件ですか？",
    'He said "3, 4"\nand; 5',
    *(f"{each} rows" for each in FORMULAS),
)
SYSTEM = "Write SQL.\n\nt(a, b)"


def pairs() -> list[JudgedPair]:
    """Pairs of all sources, in both splits, one without a certificate."""
    made = []
    for number, question in enumerate(QUESTIONS):
        language, source = ("ja", "claude") if number == 1 else ("en", "offline")
        proof: dict[str, Any] = {"databases": 6, "kill": 0.975} if number else {}
        split = "heldout" if number % 4 == 1 else "train"
        pair = Pair(question, f"SELECT a FROM t\nWHERE b = '{number}, \"x\"'", language, source)
        made.append(JudgedPair(pair, Verdict(True), "SELECT a FROM t WHERE b = ?", "one-table", split, proof))
    return made


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reads_back_as_the_same_pairs(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"pairs{FORMATS[form]}"
    export_pairs(pairs(), form, out, SYSTEM)
    read, unreadable = read_table(out)
    wanted = [(each.pair.question.strip(), each.pair.sql, each.pair.language) for each in pairs()]
    if form in ("messages", "sharegpt"):  # these have no place for the language
        wanted[0] = (*wanted[0][:2], "ja")
    assert sorted((each.question, each.sql, each.language) for each in read) == sorted(wanted)
    assert unreadable == []
    assert [each.name for each in tmp_path.iterdir()] == [out.name]


def test_a_table_has_what_is_known_of_each_pair(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    export_pairs(pairs(), "jsonl", tmp_path / "pairs.jsonl", SYSTEM)
    first, second = map(json.loads, (tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[:2])
    assert tuple(second) == COLUMNS
    assert tuple(second.values())[2:] == (
        "ja", "claude", "one-table", "SELECT a FROM t WHERE b = ?", "heldout", 0.975, 6,
    )  # fmt: skip
    assert (first["kill"], first["databases"]) == (None, None)
    export_pairs(pairs(), "parquet", tmp_path / "pairs.parquet", SYSTEM)
    table = parquet.read_table(tmp_path / "pairs.parquet")
    assert tuple(table.column_names) == COLUMNS and table.schema.field("kill").type == pa.float64()
    assert table.to_pylist()[:2] == [first, second]


def test_no_cell_of_the_csv_is_a_formula_and_excel_sees_its_japanese(tmp_path: Path) -> None:
    export_pairs(pairs(), "csv", tmp_path / "pairs.csv", SYSTEM)
    assert (tmp_path / "pairs.csv").read_bytes().startswith(b"\xef\xbb\xbfinstruction,output,")
    with (tmp_path / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1 rows" in cells and "'-5 or less: how many? rows" in cells and "''=quoted rows" in cells
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠") and cell] == []


@pytest.mark.parametrize("cell", [*FORMULAS, "", "plain", "''", "'''@"])
def test_a_guarded_cell_is_read_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize(
    ("form", "turns", "role"), [("messages", "messages", "role"), ("sharegpt", "conversations", "from")]
)
def test_conversations_begin_with_the_schema_as_the_student_sees_it(
    tmp_path: Path, form: str, turns: str, role: str
) -> None:
    export_pairs(pairs(), form, tmp_path / "out.jsonl", SYSTEM)
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert [turn[role] for turn in line[turns]] == {
        "messages": ["system", "user", "assistant"], "sharegpt": ["system", "human", "gpt"],
    }[form]  # fmt: skip
    assert list(line[turns][0].values())[1] == SYSTEM


def test_a_saved_data_set_has_the_splits_by_name(tmp_path: Path) -> None:
    from datasets import load_from_disk

    export_pairs(pairs(), "datasets", tmp_path / "both", SYSTEM)
    assert {name: len(split) for name, split in load_from_disk(str(tmp_path / "both")).items()} == {
        "train": 10, "heldout": 3,
    }  # fmt: skip
    export_pairs([each for each in pairs() if each.split == "train"], "datasets", tmp_path / "one", SYSTEM)
    assert len(load_from_disk(str(tmp_path / "one"))) == 10


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, form: str) -> None:
    """The disk is full, or the name is taken: here by a folder with a file in it."""
    out = tmp_path / "out"
    (out / "mine").mkdir(parents=True)
    with pytest.raises(OSError):
        export_pairs(pairs(), form, out, SYSTEM)
    assert [each.name for each in tmp_path.iterdir()] == ["out"] and (out / "mine").is_dir()
