"""Tables of pairs as spreadsheets and other tools write them, and what is told of files that are none."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.dataset.tables import NO_COLUMNS, NO_ROWS, read_table, table_text
from pipeline.errors import UserError

TWO = [("How many?", "SELECT COUNT(*) FROM t"), ("東京は何件？", "SELECT a FROM t WHERE b = 'x, \"y\"'")]


def read(path: Path) -> list[tuple[str, str]]:
    pairs, unreadable = read_table(path)
    assert unreadable == []
    return [(pair.question, pair.sql) for pair in pairs]


def table(path: Path, header: tuple[str, str], encoding: str = "utf-8", **form: Any) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **form).writerows([header, *TWO])
    return path


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as error:
        read_table(path)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    return error.value


@pytest.mark.parametrize(
    "header",
    [("question", "sql"), ("Question", "SQL"), (" INSTRUCTION ", "Output"), ("質問", "SQL文"), ("nl", "query"),
     ("sql_prompt", "sql"), ("prompt", "completion"), ("utterance", "gold_sql")],
)  # fmt: skip
def test_the_usual_names_of_columns_are_known_in_any_case(tmp_path: Path, header: tuple[str, str]) -> None:
    assert read(table(tmp_path / "pairs.csv", header)) == TWO


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_any_separator_and_encoding_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    assert read(table(tmp_path / "pairs.csv", ("質問", "SQL"), encoding, delimiter=delimiter)) == TWO
    assert read(table(tmp_path / "Unicode text.txt", ("質問", "SQL"), encoding, delimiter=delimiter)) == TWO


def test_western_excel_is_not_taken_for_japanese(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_bytes("question;sql\r\nCafés in Orléans?;SELECT 1\r\n".encode("cp1252"))
    assert read(tmp_path / "pairs.csv") == [("Cafés in Orléans?", "SELECT 1")]


def test_rows_without_a_question_or_sql_are_told_by_the_spreadsheets_number(tmp_path: Path) -> None:
    rows = [
        ("question", "sql", "db_id"),
        ("How\nmany?", "SELECT 1", "x"),
        ("", "", ""),
        ("", "SELECT 2", "x"),
        ("What?",),
    ]
    with (tmp_path / "pairs.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    pairs, unreadable = read_table(tmp_path / "pairs.csv")
    assert [pair.question for pair in pairs] == ["How\nmany?"]
    assert unreadable == [(4, "no question"), (5, "no SQL")]


def test_jsonl_of_other_names_and_encodings_is_read_too(tmp_path: Path) -> None:
    spider = [{"db_id": "x", "question": question, "query": sql, "query_toks": sql.split()} for question, sql in TWO]
    (tmp_path / "spider.json").write_text(json.dumps(spider), encoding="utf-8")
    assert read(tmp_path / "spider.json") == TWO
    bird = "\n".join(
        json.dumps({"question": each[0], "evidence": "", "SQL": each[1]}, ensure_ascii=False) for each in TWO
    )
    (tmp_path / "bird.jsonl").write_text(bird, encoding="utf-16")
    assert read(tmp_path / "bird.jsonl") == TWO
    trl = [{"prompt": [{"role": "user", "content": question}], "completion": [{"role": "assistant", "content": sql}]}
           for question, sql in TWO]  # fmt: skip
    (tmp_path / "trl.jsonl").write_text("\n".join(map(json.dumps, trl)), encoding="utf-8")
    assert read(tmp_path / "trl.jsonl") == TWO


def rows_of_kind(kind: str) -> list[dict[str, Any]]:
    made = {
        "spider": lambda question, sql: {"db_id": "x", "question": question, "query": sql, "query_toks": sql.split()},
        "alpaca": lambda question, sql: {"instruction": "Write SQL.", "input": question, "output": sql},
        "sharegpt": lambda question, sql: {"conversations": [{"from": "human", "value": question},
                                                             {"from": "gpt", "value": sql}]},
        "messages": lambda question, sql: {"messages": [{"role": "system", "content": "CREATE TABLE t"},
                                                        {"role": "user", "content": question},
                                                        {"role": "assistant", "content": sql}]},
    }  # fmt: skip
    return [made[kind](question, sql) for question, sql in TWO]


@pytest.mark.parametrize("kind", ["spider", "alpaca", "sharegpt", "messages"])
def test_parquet_arrow_and_saved_data_sets_of_all_shapes_are_read(tmp_path: Path, kind: str) -> None:
    import pyarrow as pa
    from datasets import Dataset, DatasetDict
    from pyarrow import ipc, parquet

    rows = pa.Table.from_pylist(rows_of_kind(kind))
    parquet.write_table(rows, tmp_path / "pairs.parquet")
    with (
        ipc.new_stream(tmp_path / "stream.arrow", rows.schema) as stream,
        ipc.new_file(tmp_path / "file.arrow", rows.schema) as file,
    ):
        stream.write_table(rows)
        file.write_table(rows)
    Dataset(rows).save_to_disk(str(tmp_path / "one"))
    DatasetDict({"train": Dataset(rows[:1]), "test": Dataset(rows[1:])}).save_to_disk(str(tmp_path / "splits"))
    for name in ("pairs.parquet", "stream.arrow", "file.arrow", "one", "splits"):
        assert read(tmp_path / name) == TWO, name


def test_a_folder_of_data_files_is_read_with_all_its_splits(tmp_path: Path) -> None:
    for name, pair in zip(("train", "test"), TWO, strict=True):
        line = json.dumps({"instruction": pair[0], "output": pair[1]})
        (tmp_path / f"{name}.jsonl").write_text(line, encoding="utf-8")
    assert sorted(read(tmp_path)) == sorted(TWO)


def test_a_question_says_its_own_language(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("question,sql,language\nHow many in 東京?,SELECT 1,en\n", encoding="utf-8")
    assert read_table(tmp_path / "pairs.csv")[0][0].language == "en"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.csv", b"", NO_ROWS),
        ("header.csv", b"question,sql\r\n", NO_ROWS),
        ("one.csv", b"question\nHow many?\n", NO_COLUMNS),
        ("headless.csv", b"How many?,SELECT 1\n", NO_COLUMNS),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "{file} is not a text file"),
        ("picture.jsonl", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "{file} is not a text file"),
        ("open.csv", b'question,sql\nWhat?,SELECT 1\n"How,SELECT 2\nWho?,SELECT 3\n', "Line {line} of {file} is not CSV"),
        ("no.parquet", b"PAR1", "{file} cannot be read as {kind}"),
        ("no.arrow", b"", "{file} cannot be read as {kind}"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_pairs_is_refused_in_one_line(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    error = refused(tmp_path / name)
    assert error.template.startswith(said) and error.values["file"] == name


def test_the_columns_found_and_the_line_of_an_open_quote_are_named(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("frage;abfrage\nWas?;SELECT 1\n", encoding="utf-8")
    assert "It has: frage, abfrage. Call one instruction or question, and one output or sql" in str(
        refused(tmp_path / "odd.csv")
    )
    (tmp_path / "open.csv").write_text('question,sql\nWhat?,SELECT 1\n"How,SELECT 2\nWho?,SELECT 3\n', encoding="utf-8")
    assert refused(tmp_path / "open.csv").values["line"] == 3


def test_parquet_names_its_columns_and_an_empty_one_is_told(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"frage": ["Was?"], "abfrage": ["SELECT 1"]}), tmp_path / "odd.parquet")
    assert refused(tmp_path / "odd.parquet").values["columns"] == "frage, abfrage"
    parquet.write_table(
        pa.table({"question": pa.array([], pa.string()), "sql": pa.array([], pa.string())}), tmp_path / "no.parquet"
    )
    assert refused(tmp_path / "no.parquet").template == NO_ROWS


def test_folders_and_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "Hugging Face datasets" in str(refused(tmp_path / "folder"))
    assert "no file" in str(refused(tmp_path / "pairs.csv"))


def test_reading_a_small_parquet_file_that_holds_far_too_much_ends_early(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    sql = pa.array(["SELECT " + "1 + " * 5_000 + "1"] * 3_000).dictionary_encode()
    parquet.write_table(pa.table({"question": ["How many?"] * 3_000, "sql": sql}), tmp_path / "large.parquet")
    assert (tmp_path / "large.parquet").stat().st_size < 1_000_000
    begun = time.process_time()
    assert "larger than 20 MB" in str(refused(tmp_path / "large.parquet"))
    assert time.process_time() - begun < 5


def test_a_hundred_thousand_rows_are_read_in_under_ten_seconds(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("w", newline="") as file:
        rows = (
            (f"How many customers in city {n}?", f"SELECT COUNT(*) FROM customers WHERE city = {n}")
            for n in range(10**5)
        )
        csv.writer(file).writerows([("question", "sql"), *rows])
    begun = time.process_time()
    pairs, unreadable = read_table(tmp_path / "large.csv")
    assert time.process_time() - begun < 10
    assert len(pairs) == 10**5 and not unreadable


def test_the_same_file_gives_the_same_text_so_that_a_killed_stage_goes_on(tmp_path: Path) -> None:
    file = table(tmp_path / "pairs.csv", ("question", "sql"))
    assert table_text(file) == table_text(file)
