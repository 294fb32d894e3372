"""Files of pairs on the Dataset tab: what is uploaded, and what can be downloaded."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
import pytest

from pipeline.dataset.tables import read_table
from pipeline.errors import UserError
from pipeline.records import JudgedPair, Pair, Verdict
from space import jobs
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import dataset, export, paste, schema

DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
ROW = "How many names are there in list {n}?,SELECT COUNT(*) FROM t WHERE id <> {n}\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path / "runs"))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return tmp_path


@pytest.fixture
def scene() -> Scene:
    """A run with a schema, and nothing else."""
    session = Session(visitor="local", teacher="pasted")
    schema.read_text(Scene(session, Words("en")), "own", DDL, "auto")
    return Scene(session, Words("en"))


def uploaded(folder: Path, rows: int) -> str:
    file = folder / "pairs.csv"
    file.write_text("question,sql\n" + "".join(ROW.format(n=n) for n in range(rows)), encoding="utf-8")
    return str(file)


def test_a_small_table_comes_into_the_field_as_jsonl_once(scene: Scene, home: Path) -> None:
    paste.take_file(scene, uploaded(home, 2))
    text = paste.text_of_file(scene.session)
    assert [json.loads(line)["output"] for line in text.splitlines() if line] == [
        f"SELECT COUNT(*) FROM t WHERE id <> {n}" for n in (0, 1)
    ]
    assert scene.session.file == "" and scene.session.filled == ""
    assert paste.text_of_file(scene.session) == gr.skip()  # a later event leaves the field as it is


def test_a_file_that_is_refused_leaves_the_field_and_says_why_in_both_languages(scene: Scene, home: Path) -> None:
    (home / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        paste.take_file(scene, str(home / "odd.csv"))
    assert paste.text_of_file(scene.session) == gr.skip()
    assert "It has: a, b" in str(error.value)
    assert "見つかった列：a, b" in Words("ja").message(error.value.template, error.value.values)


def test_of_a_large_file_only_the_number_of_pairs_is_shown_and_all_are_proved(scene: Scene, home: Path) -> None:
    rows = 5_000
    paste.take_file(scene, uploaded(home, rows))
    assert paste.text_of_file(scene.session) == gr.skip()
    assert scene.session.file_pairs == rows and "pairs.csv: 5,000 pairs" in paste._file(scene)
    text = paste.text_to_prove(scene, '{"instruction": "What?", "output": "SELECT 1"}')
    assert (
        len(text) > paste.FIELD_LETTERS and text.count("COUNT") == rows and text.startswith('{"instruction": "What?"')
    )
    assert paste.text_to_prove(scene, "") == paste.text_to_prove(scene, " ")
    paste.drop_file(scene)
    assert paste._file(scene) == "" and paste._with_file(scene) == {"visible": False}
    with pytest.raises(UserError, match="Nothing is pasted"):
        paste.text_to_prove(scene, " ")


def test_a_large_file_that_the_server_has_cleared_away_is_asked_for_again(scene: Scene, home: Path) -> None:
    paste.take_file(scene, uploaded(home, 5_000))
    Path(scene.session.file).unlink()
    with pytest.raises(UserError, match=r"The file pairs\.csv is no longer here") as error:
        paste.text_to_prove(scene, "")
    assert str(home) not in str(error.value)
    assert scene.session.file == ""


def test_a_held_file_goes_through_the_gate(scene: Scene, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paste, "FIELD_LETTERS", 10)
    paste.take_file(scene, uploaded(home, 3))
    dataset.write_pairs(scene, "", "", "pasted", 40, ["en"], "claude-haiku-5-5", 1)
    assert scene.store is not None and jobs.wait(scene.store.folder, "dataset", 60)
    assert len(Scene(scene.session, Words("en")).pairs) == 3


def with_pairs(scene: Scene, *splits: str) -> Scene:
    assert scene.store is not None
    made = [
        JudgedPair(
            Pair(f"q{n}", f"SELECT {n}"), Verdict(bool(split), "" if split else "near-duplicate"), "t", split=split
        )
        for n, split in enumerate(splits)
    ]
    scene.store.replace_pairs(made)
    return Scene(scene.session, Words("en"))


@pytest.mark.parametrize("form", export.FORMS)
def test_the_download_holds_the_kept_pairs_in_the_chosen_format(scene: Scene, form: str) -> None:
    scene = with_pairs(scene, "train", "heldout", "")
    export.make_file(scene, form, "all")
    offered = export._download(scene)
    assert offered["visible"] and Path(offered["value"]).name in offered["label"]
    assert Path(offered["value"]).is_relative_to(gr.utils.get_upload_folder())  # elsewhere Gradio would not serve it
    assert [pair.question for pair in read_table(Path(offered["value"]))[0]] == ["q0", "q1"]


def test_a_download_is_offered_only_as_long_as_the_pairs_are_the_ones_in_it(scene: Scene) -> None:
    scene = with_pairs(scene, "train", "heldout")
    assert not export._download(scene)["visible"]
    export.make_file(scene, "csv", "heldout")
    assert "heldout.csv" in export._download(scene)["label"]
    assert not export._download(with_pairs(scene, "train", ""))["visible"]


def test_an_export_without_such_pairs_is_refused(scene: Scene) -> None:
    with pytest.raises(UserError, match=r"no kept pairs to export \(heldout\)"):
        export.make_file(with_pairs(scene, "train"), "csv", "heldout")
