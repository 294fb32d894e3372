"""The command line as scripts rely on it: the last line's keys, the exit codes, one clear line for whatever is wrong."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as command_line
from pipeline import run
from pipeline.store import Store
from tests.conftest import ROOT
from tests.parrot import LESSONS, lesson, parrot_base

SCORE_KEYS = {"accuracy", "accuracy_set", "accuracy_single", "low", "high", "n", "excluded"}
COUNT = "SELECT COUNT(*) FROM sales"
SALES = str(ROOT / "sample_db" / "sales" / "schema.sql")
PASTE = str(ROOT / "sample_db" / "sales" / "pairs.jsonl")

Call = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs the command line in this process: exit code, lines on stdout, lines on stderr."""
    monkeypatch.setattr(command_line, "_stop_on_signal", lambda: run.never)

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, list[str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["pipeline", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = command_line.entry()
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return call


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a tuned model that answers how many sales there are."""
    base = parrot_base(tmp_path_factory.mktemp("models") / "parrot", [COUNT])
    store = Store.create(tmp_path_factory.mktemp("runs") / "sales")
    list(run.read_example(store, "sales"))
    questions = ("How many sales?", "number of sales", "count sales", "all sales")
    store.replace_pairs(lesson(COUNT, *questions) + lesson(COUNT, "how many sales?", split="heldout"))
    list(run.train(store, replace(LESSONS, base=str(base))))
    store.close()
    return store.folder


def refused(call: Call, *arguments: str, stdin: bytes = b"") -> str:
    """The one line with which a wrong input is refused."""
    code, out, err = call(*arguments, stdin=stdin)
    assert code == 2, (code, out, err)
    assert out == [] and len(err) == 1, (out, err)
    assert err[0].startswith("Error: ") and len(err[0]) < 400
    return err[0]


# What scripts read


def test_schema_ends_with_tables_and_prompt_tokens(call: Call) -> None:
    code, out, _ = call("--json", "schema", SALES)
    last = json.loads(out[-1])
    assert code == 0 and last.keys() == {"tables", "prompt_tokens"}
    assert [column["name"] for column in last["tables"][0]["columns"]] == [
        "transaction_id", "product_name", "price", "sale_date",
    ]  # fmt: skip


def test_schema_reads_standard_input_and_shows_the_prompt(call: Call) -> None:
    code, out, _ = call("schema", "-", stdin="CREATE TABLE 売上 (価格 REAL);".encode())
    assert code == 0
    assert "売上" in out[0] and "1 tables" in out[-1]


def test_dataset_ends_with_its_counts_and_every_line_is_an_event(call: Call, tmp_path: Path) -> None:
    code, out, err = call("--json", "dataset", "--schema", SALES, "--pairs", "8", "--run", str(tmp_path))
    lines = [json.loads(line) for line in out]
    assert code == 0 and err == []
    assert {"asked", "kept", "train", "heldout", "reasons"} <= lines[-1].keys()
    assert lines[-1]["kept"] == 8 == lines[-1]["train"] + lines[-1]["heldout"]
    judged = [line for line in lines if line.get("event") == "judged"]
    assert len(judged) == lines[-1]["asked"] and all(line["stage"] == "dataset" for line in judged)
    for name, n in (("train", lines[-1]["train"]), ("heldout", lines[-1]["heldout"])):
        assert len((tmp_path / f"{name}.jsonl").read_text().splitlines()) == n


def test_pasted_pairs_and_their_share_held_out(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("--json", "dataset", "--schema", SALES, "--teacher", "pasted", "--paste", PASTE,
                        "--heldout-share", "0", "--run", str(tmp_path))  # fmt: skip
    last = json.loads(out[-1])
    assert code == 0 and last["kept"] >= 0.9 * last["asked"] > 30
    assert last["heldout"] == 0 and (tmp_path / "heldout.jsonl").read_text() == ""


def test_japanese_pairs(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("--json", "dataset", "--schema", SALES, "--pairs", "4", "--lang", "ja", "--run", str(tmp_path))
    assert code == 0 and json.loads(out[-1])["kept"] == 4
    assert {pair.pair.language for pair in Store.open(tmp_path).pairs()} == {"ja"}


def test_fewer_kept_than_asked_is_a_warning_and_no_error(call: Call, tmp_path: Path) -> None:
    (tmp_path / "paste.jsonl").write_text(
        '{"instruction": "how many sales?", "output": "SELECT COUNT(*) FROM sales"}\n'
        '{"instruction": "how many pets?", "output": "SELECT COUNT(*) FROM pets"}\n'
    )
    code, out, _ = call("--json", "dataset", "--schema", SALES, "--paste", str(tmp_path / "paste.jsonl"),
                        "--run", str(tmp_path / "run"))  # fmt: skip
    assert code == 0
    assert any(line.get("level") == "warning" for line in map(json.loads, out))
    assert sum(json.loads(out[-1])["reasons"].values()) == 1


def test_evaluate_ends_with_base_and_tuned(call: Call, tuned: Path) -> None:
    code, out, _ = call("--json", "evaluate", "--run", str(tuned), "--base-too")
    last = json.loads(out[-1])
    assert code == 0 and last.keys() == {"base", "tuned"}
    assert all(score.keys() >= SCORE_KEYS for score in last.values())
    assert (last["base"]["accuracy"], last["tuned"]["accuracy"], last["tuned"]["n"]) == (0, 1, 1)


def test_evaluate_on_other_questions(call: Call, tuned: Path, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(
        '{"instruction": "number of sales", "output": "SELECT COUNT(*) FROM sales"}'
    )
    code, out, _ = call("--json", "evaluate", "--run", str(tuned), "--questions", str(tmp_path / "questions.jsonl"),
                        "--database", str(tuned / "database.sqlite"), "--no-base-too")  # fmt: skip
    assert code == 0 and json.loads(out[-1])["tuned"]["accuracy"] == 1


def test_ask_ends_with_sql_and_rows(call: Call, tuned: Path) -> None:
    code, out, err = call("--json", "ask", "--run", str(tuned), "How many sales?")
    last = json.loads(out[-1])
    assert (code, err, len(out)) == (0, [], 1)
    assert last.keys() == {"sql", "columns", "rows", "seconds"}
    assert (last["sql"], last["columns"], last["rows"]) == (COUNT, ["COUNT(*)"], [[80]])
    code, out, _ = call("ask", "--run", str(tuned), "How many sales?")
    assert out == [COUNT, "COUNT(*)", "80"]


def test_sql_that_does_not_run_is_shown_with_the_reason(call: Call, tuned: Path) -> None:
    code, out, err = call("--json", "ask", "--run", str(tuned), "--base", "How many sales?")
    assert code == 2 and json.loads(out[-1])["rows"] == [] and len(err) == 1


def test_publish_names_the_zip(call: Call, tuned: Path) -> None:
    code, out, _ = call("--json", "publish", "--run", str(tuned))
    assert code == 0 and Path(json.loads(out[-1])["file"]).stat().st_size == json.loads(out[-1])["bytes"]


def test_all_stages_in_one_command_which_then_has_nothing_left_to_do(
    call: Call, tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    order = ("--json", "run", "--schema", SALES, "--run", str(tmp_path / "run"), "--pairs", "12",
             "--base", str(tiny_base("llama")), "--epochs", "1")  # fmt: skip
    code, out, err = call(*order)
    assert code == 0, err
    assert (tmp_path / "run" / "schema.zip").exists()
    store = Store.open(tmp_path / "run")
    assert [run.status(store, stage).state for stage in run.STAGES] == ["done"] * 5
    before, pairs = (tmp_path / "run" / "adapter").stat().st_mtime_ns, store.pairs()
    code, out, err = call(*order)
    assert code == 0 and not any(json.loads(line).get("event") in ("step", "judged", "answered") for line in out)
    assert (tmp_path / "run" / "adapter").stat().st_mtime_ns == before and store.pairs() == pairs


# What is refused


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
    "dataset --run {run} --teacher gpt": ("", "Choose offline or pasted"),
    "dataset --run {run} --teacher claude": ("", "not there yet"),
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
    "evaluate --run {run}": ("", "no held-out pairs"),
    "evaluate --run {run} --limit -1": ("", "Give 0 for all"),
    "evaluate --run {run} --questions {file}": ("{}", "two files"),
    "evaluate --run {run} --database {file}": ("x", "two files"),
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


# The process itself


def python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, **options
    )


def test_help_loads_no_heavy_library() -> None:
    heavy = ("torch", "transformers", "peft", "trl", "datasets", "gradio", "faker", "huggingface_hub", "anthropic")
    code = (
        "import sys; sys.argv = ['pipeline', '--help']; from pipeline.__main__ import entry; code = entry(); "
        f"print([name for name in {heavy!r} if name in sys.modules]); sys.exit(code)"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_process_gives_the_exit_code_and_no_traceback() -> None:
    done = python("-m", "pipeline", "schema", "no-such-file.sql")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("Error: There is no file")
