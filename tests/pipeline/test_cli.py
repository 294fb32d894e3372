"""The command line as scripts rely on it: the last line's keys, the exit codes, all stages in one command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.store import Store
from tests.conftest import ROOT
from tests.parrot import LESSONS, lesson, parrot_base
from tests.pipeline.conftest import Call

SCORE_KEYS = {"accuracy", "accuracy_set", "accuracy_single", "low", "high", "n", "excluded"}
COUNT = "SELECT COUNT(*) FROM sales"
SALES = str(ROOT / "sample_db" / "sales" / "schema.sql")
PASTE = str(ROOT / "sample_db" / "sales" / "pairs.jsonl")


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


def test_schema_ends_with_tables_and_prompt_tokens(call: Call) -> None:
    code, out, _ = call("--json", "schema", SALES)
    last = json.loads(out[-1])
    assert code == 0 and last.keys() == {"tables", "prompt_tokens"}
    assert [column["name"] for column in last["tables"][0]["columns"]] == [
        "transaction_id", "product_name", "price", "sale_date",
    ]  # fmt: skip


def test_a_sample_is_read_by_its_name_and_brings_its_rows(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("--json", "schema", "shop", "--run", str(tmp_path / "run"))
    assert code == 0 and len(json.loads(out[-1])["tables"]) == 9
    assert (tmp_path / "run" / "database.sqlite").exists()


def test_a_refused_schema_leaves_no_new_run(call: Call, tmp_path: Path) -> None:
    (tmp_path / "prose.sql").write_text("hello")
    assert call("schema", str(tmp_path / "prose.sql"), "--run", str(tmp_path / "run"))[0] == 2
    assert not (tmp_path / "run").exists()


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
