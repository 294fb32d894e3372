"""Adapters taken back, from the Hub over HTTP and from folders: they answer as before, and nothing hostile gets in."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import PublishConfig
from pipeline.errors import UserError
from pipeline.hub import adapters
from pipeline.records import Event, Note
from pipeline.store import Store
from tests.hub_server import HubServer
from tests.pipeline.hub.conftest import COUNT, SCHEMA

QUESTION = "how many pets?"


@pytest.fixture
def shared(pets: Store, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HubServer:
    """A Hub with the pets' adapter on it; its base lies where its name alone finds it."""
    shutil.copytree(pets.folder, tmp_path / "pets")
    store = Store.open(tmp_path / "pets")
    list(run.publish(store, PublishConfig("mei/pets", public=True), "hf_write"))
    store.close()
    hub.requests.clear()
    hub.secrets.clear()
    monkeypatch.chdir(pets.get("base") and Path(pets.get("base")).parent)
    return hub


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    """A run with nothing in it."""
    store = Store.create(tmp_path / "fresh")
    yield store
    store.close()


@pytest.fixture
def folder(pets: Store, tmp_path: Path) -> Path:
    """The adapter as a folder in PEFT's layout, with its schema."""
    place = tmp_path / "from-a-friend"
    shutil.copytree(pets.folder / "adapter", place)
    shutil.copyfile(pets.folder / "schema.sql", place / "schema.sql")
    settings = json.loads((place / "adapter_config.json").read_text())
    (place / "adapter_config.json").write_text(json.dumps(settings | {"base_model_name_or_path": "parrot"}))
    return place


def opened(store: Store, source: str, **given: str) -> list[Event]:
    return list(run.open_adapter(store, source, **given))


def asked(store: Store) -> str:
    return run.ask(store, QUESTION, run.database_to_ask(store)).sql


def test_what_was_published_answers_the_same_after_it_was_taken_back(
    pets: Store, shared: HubServer, fresh: Store
) -> None:
    done = opened(fresh, "mei/pets")[-1].as_dict()["result"]
    assert [table["name"] for table in done["tables"]] == ["pets"]
    assert run.schema_of(fresh).to_prompt() == run.schema_of(pets).to_prompt()
    assert asked(fresh) == asked(pets) == COUNT
    source = fresh.get("adapter_source")
    assert source["source"] == "mei/pets" and source["commit"] == shared.repos["model", "mei/pets"].commits[-1].oid
    assert set(shared.secrets) == {""}  # nobody's token was sent


def test_nothing_is_fetched_twice_and_the_copy_serves_without_the_hub(shared: HubServer, fresh: Store) -> None:
    opened(fresh, "mei/pets")
    downloads = len(shared.requests)
    opened(fresh, "mei/pets")
    assert len(shared.requests) == downloads + 1  # whether there is a newer one
    shared.fail(0, "drop")
    notes = [event for event in opened(fresh, "mei/pets") if isinstance(event, Note)]
    assert notes[0].text().endswith("The copy fetched before is used.")
    repo = shared.repos["model", "mei/pets"]
    repo.add("another", dict(repo.files))
    opened(fresh, "mei/pets")
    assert fresh.get("adapter_source")["commit"] == repo.commits[-1].oid


def test_a_revision_is_taken_as_it_was(shared: HubServer, fresh: Store) -> None:
    repo = shared.repos["model", "mei/pets"]
    then = repo.commits[-1].oid
    repo.add("spoilt", {})
    with pytest.raises(UserError, match="adapter_config.json is missing"):
        opened(fresh, "mei/pets")
    opened(fresh, f"mei/pets@{then}")
    assert fresh.get("adapter_source")["commit"] == then


def test_a_private_adapter_needs_its_owners_token(shared: HubServer, fresh: Store) -> None:
    shared.repos["model", "mei/pets"].private = True
    with pytest.raises(UserError, match="There is no mei/pets on the Hub, or this token may not see it"):
        opened(fresh, "mei/pets")
    opened(fresh, "mei/pets", token="hf_read")
    assert "hf_read" not in json.dumps(fresh.events()) and fresh.get("base") == "parrot"


def test_the_owner_of_a_space_lends_nobody_a_token(
    shared: HubServer, fresh: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    monkeypatch.setenv("HF_TOKEN", "hf_write")
    opened(fresh, "mei/pets")
    assert set(shared.secrets) == {""}


@pytest.mark.slow
def test_whatever_request_of_a_download_fails_the_run_is_whole_or_empty(
    shared: HubServer, tmp_path: Path, no_waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path))  # no tokenizer to count with: reading one takes a second
    first = Store.create(tmp_path / "first")
    shared.requests.clear()
    opened(first, "mei/pets")
    count = len(shared.requests)
    for how in ("drop", "500", "429"):
        for place in range(count):
            store = Store.create(tmp_path / f"{how}-{place}")
            shared.fail(place, how)
            try:
                opened(store, "mei/pets")
            except UserError:
                left = {path.name.partition(".db")[0] for path in store.folder.iterdir()}
                assert left == {"run"}, (how, place)
                opened(store, "mei/pets")
            assert (store.folder / "adapter/adapter_model.safetensors").read_bytes() == (
                first.folder / "adapter/adapter_model.safetensors"
            ).read_bytes()
            store.close()
    assert len(shared.struck) == 3 * count


def test_a_folder_and_our_unpacked_zip_are_taken(pets: Store, folder: Path, tmp_path: Path, fresh: Store) -> None:
    opened(fresh, str(folder))
    assert fresh.get("base") == "parrot" and fresh.get("schema_name") == "from-a-friend"
    result = list(run.publish(pets))[-1].as_dict()["result"]
    with zipfile.ZipFile(result["file"]) as archive:
        archive.extractall(tmp_path / "unpacked")
    other = Store.create(tmp_path / "other")
    opened(other, str(tmp_path / "unpacked"))
    assert run.schema_of(other).to_prompt() == run.schema_of(pets).to_prompt()
    assert str(tmp_path) not in json.dumps(other.events())


def test_a_space_opens_no_folder_of_its_server(folder: Path, fresh: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    for source in (str(folder), "./x", "../../etc", "~/x"):
        with pytest.raises(UserError, match="is a folder of the server"):
            opened(fresh, source)


def test_only_files_that_cannot_run_are_taken(shared: HubServer, fresh: Store) -> None:
    repo = shared.repos["model", "mei/pets"]
    extra = {"adapter_model.bin": pickle.dumps(print), "modeling.py": b"1/0", "custom_generate/generate.py": b"1/0"}
    repo.add("more", repo.files | extra)
    opened(fresh, "mei/pets")
    assert not {file.name for file in (fresh.folder / "adapter").rglob("*")} & {"adapter_model.bin", "modeling.py"}
    assert not any(name in path for _, path in shared.requests for name in extra)


@pytest.mark.parametrize(
    "change",
    [
        {"peft_type": "IA3"},
        {"auto_mapping": {"base_model_class": "Evil", "parent_library": "evil"}},
        {"base_model_name_or_path": "../../secrets"},
        {"base_model_name_or_path": "/etc"},
        {"target_modules": "(a+)+$"},
        {"r": 10**9},
        {"rank_pattern": {"(a+)+$": 1}},
        {"task_type": "SEQ_CLS"},
    ],
)
def test_settings_beyond_plain_lora_are_refused(folder: Path, fresh: Store, change: dict[str, Any]) -> None:
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(UserError, match=f"its {next(iter(change))} is .*Only plain LoRA adapters"):
        opened(fresh, str(folder))
    assert not (fresh.folder / "adapter").exists() and not (fresh.folder / "schema.sql").exists()


def test_settings_are_rebuilt_so_that_unknown_ones_never_reach_peft(folder: Path, fresh: Store) -> None:
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"loftq_config": {"x": 1}, "megatron_core": "os"}))
    opened(fresh, str(folder))
    kept = json.loads((fresh.folder / "adapter/adapter_config.json").read_text())
    assert "loftq_config" not in kept and "megatron_core" not in kept and kept["r"] == 8


def spoil_weights(folder: Path) -> None:
    (folder / "adapter_model.safetensors").write_bytes(pickle.dumps({"lora_A": 1}))


def spoil_settings(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("[")


def lose_weights(folder: Path) -> None:
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")


def lose_schema(folder: Path) -> None:
    (folder / "schema.sql").unlink()


def spoil_schema(folder: Path) -> None:
    (folder / "schema.sql").write_text("ATTACH DATABASE '/tmp/x' AS y;")


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (spoil_weights, "The weights in from-a-friend cannot be read"),
        (spoil_settings, "its adapter_config.json is not JSON"),
        (lose_weights, "adapter_model.safetensors is missing"),
        (lose_schema, "brings no schema.sql"),
        (spoil_schema, "CREATE TABLE"),
    ],
)
def test_a_spoilt_adapter_is_refused_and_leaves_the_run_as_it_was(
    folder: Path, fresh: Store, spoil: Callable[[Path], None], line: str
) -> None:
    spoil(folder)
    with pytest.raises(UserError, match=line):
        opened(fresh, str(folder))
    assert not (fresh.folder / "adapter").exists()


def test_too_large_a_file_is_not_fetched(shared: HubServer, fresh: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters, "MOST_WEIGHTS", 1000)
    with pytest.raises(UserError, match="more than the 0 MB that an adapter may have"):
        opened(fresh, "mei/pets")
    assert not [path for _, path in shared.requests if "resolve" in path]


def test_the_schema_can_be_given_where_the_adapter_brings_none(folder: Path, fresh: Store) -> None:
    lose_schema(folder)
    (folder / "schema.prompt.txt").write_text("pets(id, name)")
    events = opened(fresh, str(folder), schema_text=SCHEMA)
    assert any("written in another way" in event.text() for event in events if isinstance(event, Note))
    assert [table.name for table in run.schema_of(fresh).tables] == ["pets"]
