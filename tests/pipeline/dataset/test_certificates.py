"""Certificates: written with the pairs, checked again from the folder alone, and refused where something was changed."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.dataset.certificates import CERTIFICATES, INSTANCES, verify
from pipeline.errors import UserError
from pipeline.records import Done, Note
from pipeline.store import Store

PAIRS = """
{"instruction": "How many customers are there?", "output": "SELECT COUNT(*) FROM customers"}
{"instruction": "Which products cost over 5000 yen?", "output": "SELECT name FROM products WHERE price > 5000"}
{"instruction": "The average price of the products", "output": "SELECT AVG(price) FROM products"}
"""


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    store = Store.create(folder)
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, DatasetConfig("pasted", heldout_share=0), PAIRS))
    dearest = "SELECT name FROM products WHERE price = (SELECT MAX(price) FROM products)"
    more = json.dumps({"instruction": "The dearest product", "output": dearest})
    list(run.write_dataset(store, DatasetConfig("pasted", heldout_share=0), more))  # other values, so other databases
    store.close()
    return folder


def handed_out(proved: Path, folder: Path) -> Path:
    """What a zip or a data set holds: no store, no databases."""
    folder.mkdir()
    for name in ("schema.sql", CERTIFICATES, INSTANCES):
        shutil.copy(proved / name, folder / name)
    return folder


def result(folder: Path) -> tuple[dict[str, int], list[Note]]:
    events = list(verify(folder))
    assert isinstance(events[-1], Done)
    return events[-1].result, [event for event in events if isinstance(event, Note)]


def test_all_pairs_of_a_run_hold_when_they_are_proved_again(proved: Path) -> None:
    counts, notes = result(proved)
    assert (counts["pairs"], counts["same"], counts["differ"], notes) == (4, 4, 0, [])
    assert counts["mutants"] > 20


def test_they_hold_from_the_handed_out_files_alone(proved: Path, tmp_path: Path) -> None:
    folder = handed_out(proved, tmp_path / "out")
    assert json.loads((folder / INSTANCES).read_text())  # more than one set: each pair has its own databases
    assert result(folder)[0]["same"] == 4


def test_a_changed_query_does_not_hold_and_is_named(proved: Path, tmp_path: Path) -> None:
    folder = handed_out(proved, tmp_path / "out")
    file = folder / CERTIFICATES
    file.write_text(file.read_text(encoding="utf-8").replace("AVG(price)", "AVG(cost)"), encoding="utf-8")
    counts, notes = result(folder)
    assert (counts["same"], counts["differ"]) == (3, 1)
    assert "average price" in notes[0].text()


def test_a_changed_answer_does_not_hold(proved: Path, tmp_path: Path) -> None:
    folder = handed_out(proved, tmp_path / "out")
    lines = [json.loads(line) for line in (folder / CERTIFICATES).read_text(encoding="utf-8").splitlines()]
    lines[0]["certificate"]["answers"][2] = "0" * 16
    (folder / CERTIFICATES).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert result(folder)[0]["differ"] == 1


@pytest.mark.parametrize("name", ["schema.sql", CERTIFICATES, INSTANCES])
def test_a_folder_that_lacks_something_is_refused_by_name(proved: Path, tmp_path: Path, name: str) -> None:
    folder = handed_out(proved, tmp_path / "out")
    (folder / name).unlink()
    with pytest.raises(UserError, match=name):
        list(verify(folder))


def test_broken_certificates_are_refused(proved: Path, tmp_path: Path) -> None:
    folder = handed_out(proved, tmp_path / "out")
    (folder / CERTIFICATES).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="broken"):
        list(verify(folder))


def test_databases_that_are_gone_are_made_again(proved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(proved, folder)
    before = (folder / "instances" / "instance-3.sqlite").read_bytes()
    shutil.rmtree(folder / "instances")
    from pipeline.run.amending import place_of

    store = Store.open(folder)
    assert place_of(store).databases[2].read_bytes() == before
    store.close()
