"""Whatever is wrong with what the command line is given: exit code 2, one line that says what to do, no traceback."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import run
from pipeline.store import Store
from tests.conftest import ROOT
from tests.pipeline.conftest import Call

SALES = str(ROOT / "sample_db" / "sales" / "schema.sql")


def refused(call: Call, *arguments: str, stdin: bytes = b"") -> str:
    """The one line with which a wrong input is refused."""
    code, out, err = call(*arguments, stdin=stdin)
    assert code == 2, (code, out, err)
    assert out == [] and len(err) == 1, (out, err)
    assert err[0].startswith("Error: ") and len(err[0]) < 400
    return err[0]


def many_columns(n: int) -> str:
    return f"CREATE TABLE t ({', '.join(f'c{number} TEXT' for number in range(n))});"


WRONG_SCHEMAS: dict[str, bytes] = {
    "an empty file": b"",
    "blank": b" \n\t\n",
    "prose": b"Dear team, the table of customers is attached. Best, Ann",
    "half a statement": b"CREATE TABLE customers (id INTEGER PRIMARY KEY, name",
    "SELECTs only": b"SELECT 1; SELECT * FROM customers;",
    "two tables of one name": b"CREATE TABLE a (x INTEGER); CREATE TABLE a (y INTEGER);",
    "a foreign key to nothing": b"CREATE TABLE a (x INTEGER REFERENCES nowhere(id));",
    "5 MB of junk": os.urandom(2_500_000).hex().encode(),
    "a binary": bytes(range(256)) * 400,
    "an empty name": b'CREATE TABLE "" (x INTEGER);',
    "an empty column name": b'CREATE TABLE a ("" INTEGER);',
    "5,000 columns": many_columns(5_000).encode(),
    "a broken SQLite file": b"SQLite format 3\x00" + b"\x01" * 4_000,
}


@pytest.mark.parametrize("what", WRONG_SCHEMAS)
def test_a_file_that_is_no_schema_is_one_line(call: Call, tmp_path: Path, what: str) -> None:
    (tmp_path / "given.sql").write_bytes(WRONG_SCHEMAS[what])
    refused(call, "schema", str(tmp_path / "given.sql"))


@pytest.mark.parametrize("what", ["an empty file", "prose", "a binary", "5,000 columns", "5 MB of junk"])
def test_standard_input_that_is_no_schema_is_one_line(call: Call, what: str) -> None:
    refused(call, "schema", "-", stdin=WRONG_SCHEMAS[what])


def test_a_file_that_is_not_there_and_a_folder_are_one_line(call: Call, tmp_path: Path) -> None:
    assert "There is no file" in refused(call, "schema", str(tmp_path / "none.sql"))
    assert "is a folder" in refused(call, "schema", str(tmp_path))


def test_an_unreadable_schema_leaves_the_runs_own(call: Call, tmp_path: Path) -> None:
    call("schema", SALES, "--run", str(tmp_path / "run"))
    before = (tmp_path / "run" / "schema.sql").read_text()
    (tmp_path / "given.sql").write_text("hello")
    refused(call, "schema", str(tmp_path / "given.sql"), "--run", str(tmp_path / "run"))
    assert (tmp_path / "run" / "schema.sql").read_text() == before


WRONG_OPTIONS: dict[str, tuple[str, str]] = {
    "dataset --run {run} --teacher gpt": ("", "Choose claude, offline or pasted"),
    "dataset --run {run} --teacher claude": ("", "no key for Claude"),
    "dataset --run {run} --teacher claude --model gpt-9": ("", "claude-haiku-5-5, claude-sonnet-5-5"),
    "dataset --run {run} --teacher claude --max-dollars 0": ("", "more than 0"),
    "dataset --run {run} --pairs -5": ("", "Ask for 1 or more"),
    "dataset --run {run} --pairs 0": ("", "Ask for 1 or more"),
    "dataset --run {run} --pairs many": ("", "--pairs"),
    "dataset --run {run} --heldout-share 1.5": ("", "less than 1"),
    "dataset --run {run} --heldout-share -0.1": ("", "less than 1"),
    "dataset --run {run} --lang xx": ("", "Choose en, ja"),
    "dataset --run {run} --teacher pasted": ("", "--paste FILE"),
    "dataset --run {run} --teacher offline --paste {file}": ("", "--teacher pasted"),
    "dataset --run {run} --paste {file}": ("prose", "No pairs"),
    "dataset --run {run} --paste {file}.none": ("", "There is no file"),
    "dataset --run=": ("", "no name"),
    "dataset --run {file} --schema " + SALES: ("a file", "Name a folder"),
    "dataset --run {run}/nothing": ("", "There is no run"),
    "train --run {run}": ("", "no pairs to train on"),
    "train --run {run} --epochs nan": ("", "epochs"),
    "train --run {run} --epochs 0": ("", "pairs"),
    "train --run {run} --seed -1": ("", "--seed"),
    "train --run {run} --on mars": ("", "--on hf-jobs"),
    "train --run {run} --on hf-jobs --timeout soon": ("", "from 10m to 7d"),
    "train --run {run} --checks -1": ("", "checks"),
    "evaluate --run {run}": ("", "no held-out pairs"),
    "evaluate --run {run} --limit -1": ("", "Give 0 for all"),
    "evaluate --run {run} --questions {file}": ("{}", "No pairs"),
    "evaluate --run {run} --database {file}": ("x", "no questions"),
    "evaluate --run {run} --questions {file} --database {file}": ("{}", "not a SQLite database"),
    "evaluate --run {run} --questions {file}.none --database {file}": ("x", "There is no file"),
    "ask --run {run} --database {file} hello": ("not a database", "not a SQLite database"),
    "ask --run {run} --database {run} hello": ("", "There is no file"),
    "ask --run {run} ''": ("", "There is no question"),
    "ask --run {run}": ("", "question"),
    "publish --run {run}": ("", "Train a model first"),
    "publish --run {run}/nothing": ("", "There is no run"),
    "run --schema {file}": ("hello", "CREATE TABLE"),
    "run --run {run}": ("", "--schema"),
    "distil": ("", "No such command"),
    "train --speed 11": ("", "--speed"),
}


@pytest.fixture(scope="module")
def only_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has nothing but its schema."""
    store = Store.create(tmp_path_factory.mktemp("runs") / "plain")
    list(run.read_schema(store, Path(SALES)))
    store.close()
    return store.folder


@pytest.mark.parametrize("order", WRONG_OPTIONS)
def test_a_wrong_option_is_one_line_that_says_what_to_do(
    call: Call, only_schema: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.chdir(tmp_path)
    content, said = WRONG_OPTIONS[order]
    (tmp_path / "given").write_text(content)
    words = [word.format(run=only_schema, file=tmp_path / "given").strip("'") for word in order.split()]
    assert said in refused(call, *words)


def test_wrong_settings_are_refused_before_the_schema_is_taken(call: Call, tmp_path: Path) -> None:
    refused(call, "dataset", "--schema", SALES, "--run", str(tmp_path / "run"), "--pairs", "-1")
    assert not (tmp_path / "run").exists()


def test_a_database_of_other_tables_has_no_answers(call: Call, only_schema: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "pets.sqlite")) as connection:
        connection.execute("CREATE TABLE pets (id INTEGER)")
    (tmp_path / "q.jsonl").write_text('{"instruction": "how many?", "output": "SELECT COUNT(*) FROM sales"}')
    line = refused(call, "evaluate", "--run", str(only_schema), "--questions", str(tmp_path / "q.jsonl"),
                   "--database", str(tmp_path / "pets.sqlite"))  # fmt: skip
    assert "Check that they fit" in line
