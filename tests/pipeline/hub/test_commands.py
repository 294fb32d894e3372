"""The command line's side of sharing: `publish --repo` and `ask --adapter`, with their exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.store import Store
from tests.hub_server import HubServer
from tests.pipeline.conftest import Call
from tests.pipeline.hub.conftest import COUNT


@pytest.fixture
def run_folder(pets: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the trained run; its base lies where its name alone finds it, the cache is empty."""
    shutil.copytree(pets.folder, tmp_path / "pets")
    monkeypatch.chdir(Path(pets.get("base")).parent)
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "pets"


def test_publish_and_ask_go_round_through_the_hub(
    call: Call, hub: HubServer, run_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_write")
    code, out, _ = call("--json", "publish", "--run", str(run_folder), "--repo", "pets", "--no-dataset")
    assert code == 0
    assert json.loads(out[-1]) == {"adapter": f"{hub.url}/mei/pets", "dataset": "", "repo": "mei/pets", "private": True}
    for _ in range(2):
        code, out, err = call("--json", "ask", "--adapter", "mei/pets", "how many pets?")
        assert (code, err) == (0, []) and json.loads(out[-1])["sql"] == COUNT
    downloads = [path for way, path in hub.requests if way == "GET" and path.endswith("adapter_model.safetensors")]
    assert len(downloads) == 1  # the second time it was in the cache
    assert [place.name[:9] for place in (tmp_path / "cache" / "adapters").iterdir()] == ["mei-pets-"]


def test_ask_takes_an_adapter_from_a_folder(call: Call, run_folder: Path) -> None:
    settings = run_folder / "adapter" / "adapter_config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"base_model_name_or_path": "parrot"}))
    code, out, _ = call("ask", "--adapter", str(run_folder), "number of pets")
    assert code == 0 and out[0] == COUNT


def test_what_cannot_be_shared_or_fetched_is_one_line_and_exit_code_2(
    call: Call, hub: HubServer, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = call("publish", "--run", str(run_folder), "--repo", "mei/pets")
    assert code == 2 and err[-1].startswith("Error: There is no token.")
    code, _, err = call("ask", "--adapter", "mei/nothing", "how many pets?")
    assert not list((run_folder.parent / "cache" / "adapters").iterdir())
    assert code == 2 and err == [
        "Error: There is no mei/nothing on the Hub, or this token may not see it. "
        "Check the name, or give a token that may."
    ]
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    code, _, err = call("ask", "--adapter", "mei/nothing", "how many pets?")
    assert code == 2 and err[-1].startswith("Error: The Hugging Face Hub at http://127.0.0.1:9 does not answer.")
