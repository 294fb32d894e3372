"""The zip: what is in it, and that its card's code runs in it and prompts as the product does."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.errors import UserError
from pipeline.hub.bundle import bundle, file_name
from pipeline.store import Store
from pipeline.student.model import load_student
from pipeline.student.prompt import render
from tests.parrot import parrot_base
from tests.pipeline.hub.conftest import COUNT, trained_run


@pytest.fixture(scope="module", params=["chat", "plain"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A trained run, on a base with a chat template and on one without."""
    base = parrot_base(tmp_path_factory.mktemp("models") / "parrot", [COUNT])
    if request.param == "plain":
        (base / "chat_template.jinja").unlink()
    return trained_run(tmp_path_factory.mktemp("runs") / "pets", base)


@pytest.fixture
def unzipped(store: Store, tmp_path: Path) -> Path:
    with zipfile.ZipFile(bundle(store, run.schema_of(store))) as archive:
        archive.extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def test_the_code_on_the_card_runs_in_the_unzipped_folder(
    store: Store, unzipped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(unzipped)
    shutil.copytree(store.get("base"), Path(store.get("base")).name)  # the card asks for the local folder's path
    code = re.search(r"```python\n(.*?)```", Path("README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    assert names["sql"] == COUNT
    assert capsys.readouterr().out.strip().endswith(COUNT)
    schema = run.schema_of(store).to_prompt()
    tokenizer = load_student(store.folder, store.get("base")).tokenizer
    assert names["prompt"].encode() == render(tokenizer, schema, names["question"]).encode()


def test_the_adapter_in_the_bundle_is_the_runs_own(store: Store, unzipped: Path) -> None:
    own = store.folder / "adapter"
    assert sorted(file.name for file in (unzipped / "adapter").iterdir()) == sorted(file.name for file in own.iterdir())
    for file in own.iterdir():
        if file.name not in ("adapter_config.json", "tokenizer_config.json"):
            assert (unzipped / "adapter" / file.name).read_bytes() == file.read_bytes()
    ours, theirs = (json.loads((place / "adapter_config.json").read_text()) for place in (own, unzipped / "adapter"))
    assert theirs.pop("base_model_name_or_path") == Path(ours.pop("base_model_name_or_path")).name
    assert ours == theirs and ours["peft_type"] == "LORA"
    ours, theirs = (json.loads((place / "tokenizer_config.json").read_text()) for place in (own, unzipped / "adapter"))
    assert theirs.items() <= ours.items() and "is_local" not in theirs


def test_the_schema_travels_as_the_prompt_shows_it(store: Store, unzipped: Path) -> None:
    assert (unzipped / "schema.prompt.txt").read_text(encoding="utf-8") == run.schema_of(store).to_prompt()
    assert (unzipped / "schema.sql").read_bytes() == (store.folder / "schema.sql").read_bytes()


def test_no_text_of_the_bundle_names_a_folder_of_this_machine(store: Store, unzipped: Path) -> None:
    private = [str(place) for place in (store.folder.parent, Path(store.get("base")).parent, Path.home())]
    for file in unzipped.rglob("*"):
        if file.is_file():
            assert not any(place.encode() in file.read_bytes() for place in private), file


def test_nothing_that_was_not_made_is_in_the_bundle(unzipped: Path) -> None:
    names = {file.name for file in unzipped.iterdir()}
    assert names == {"README.md", "adapter", "schema.sql", "schema.prompt.txt"}  # no pairs written, nothing scored
    assert "## Scores" not in (unzipped / "README.md").read_text(encoding="utf-8")


def test_a_new_bundle_takes_the_place_of_the_old_one(store: Store) -> None:
    first = bundle(store, run.schema_of(store))
    second = bundle(store, run.schema_of(store))
    assert first == second and first.name == "pets-犬.zip"
    assert [file.name for file in store.folder.glob("*.zip")] == [first.name] and not list(store.folder.glob("*.new"))


def test_there_is_nothing_to_share_before_training(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    list(run.read_schema(store, "CREATE TABLE pets (id INTEGER);"))
    with pytest.raises(UserError, match="Nothing to share yet"):
        bundle(store, run.schema_of(store))
    assert not (tmp_path / "cards").exists()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("shop", "shop"),
        ("../../etc", "etc"),
        ("a b.c", "a-b-c"),
        ("売上", "売上"),
        ("..", "run"),
        ("x" * 300, "x" * 80),
    ],
)
def test_file_names_are_taken_by_any_file_system(name: str, file: str) -> None:
    assert file_name(name) == file
