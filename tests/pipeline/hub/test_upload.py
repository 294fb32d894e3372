"""Uploading a run, over HTTP: what arrives, for whom, and what happens when anything at all goes wrong."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants, hf_api

from pipeline import run
from pipeline.config import PublishConfig
from pipeline.errors import UserError
from pipeline.hub.upload import suggested_name
from pipeline.records import Event, Note, Score
from pipeline.store import Store
from tests.hub_server import HubServer, front_matter
from tests.pipeline.hub.conftest import COUNT

TUNED = Score("tuned", 0.625, 0.65, 0.675, 0.48, 0.75, n=48, excluded=2, hardware="a CPU, float32", databases=4)
PETS = PublishConfig("mei/pets")


@pytest.fixture
def store(pets: Store, tmp_path: Path) -> Iterator[Store]:
    """A copy of the trained run, to be changed at will."""
    shutil.copytree(pets.folder, tmp_path / "pets")
    copy = Store.open(tmp_path / "pets")
    yield copy
    copy.close()


def upload(store: Store, config: PublishConfig = PETS, token: str = "hf_write") -> list[Event]:
    return list(run.publish(store, config, token))


def refusal(store: Store, config: PublishConfig = PETS, token: str = "hf_write") -> str:
    with pytest.raises(UserError) as error:
        upload(store, config, token)
    return str(error.value)


def test_adapter_and_pairs_arrive_in_one_commit_each_and_private(store: Store, hub: HubServer) -> None:
    result = upload(store)[-1].as_dict()["result"]
    assert result == {"adapter": f"{hub.url}/mei/pets", "dataset": f"{hub.url}/datasets/mei/pets-pairs",
                      "repo": "mei/pets", "private": True}  # fmt: skip
    assert {key: (repo.private, len(repo.commits)) for key, repo in hub.repos.items()} == {
        ("model", "mei/pets"): (True, 2), ("dataset", "mei/pets-pairs"): (True, 2)}  # the first is the Hub's own # fmt: skip
    files = hub.files("model", "mei/pets")
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "tokenizer_config.json", "README.md",
            "schema.sql", "schema.prompt.txt"} <= files.keys()  # fmt: skip
    assert not any("/" in path for path in files)  # PeftModel.from_pretrained looks at the root
    assert files["adapter_model.safetensors"] == (store.folder / "adapter/adapter_model.safetensors").read_bytes()
    pairs = hub.files("dataset", "mei/pets-pairs")
    assert pairs.keys() == {"README.md", "data/train.jsonl", "schema.sql"}  # no held-out pair, no such file
    assert pairs["data/train.jsonl"] == (store.folder / "train.jsonl").read_bytes()


def test_what_everyone_may_see_is_asked_for_and_the_dataset_can_stay_at_home(store: Store, hub: HubServer) -> None:
    result = upload(store, PublishConfig("pets", public=True, dataset=False))[-1].as_dict()["result"]
    assert result["repo"] == "mei/pets" and not result["private"] and result["dataset"] == ""
    assert not hub.repos["model", "mei/pets"].private and list(hub.repos) == [("model", "mei/pets")]


def test_nothing_that_arrives_names_this_machine_or_the_token(store: Store, hub: HubServer) -> None:
    store.save_score(TUNED)
    upload(store)
    private = [str(store.folder), str(Path(store.get("base")).parent), str(Path.home()), "hf_write"]
    arrived = [data for kind, name in hub.repos for data in hub.files(kind, name).values()]
    assert len(arrived) > 8
    assert not [word for word in private for data in arrived if word.encode() in data]
    told = json.dumps([store.events(), store.get("status_publish")])
    assert "hf_write" not in told and b"hf_write" not in (store.folder / "run.db").read_bytes()


def test_the_measured_scores_stand_where_the_hub_shows_them(store: Store, hub: HubServer) -> None:
    store.save_score(TUNED)
    upload(store)
    card = front_matter(hub.files("model", "mei/pets")["README.md"].decode())
    (result,) = card["model-index"][0]["results"]
    assert result["dataset"] == {"name": "pets/犬, held-out pairs", "type": "mei/pets-pairs", "split": "heldout"}
    assert [metric["value"] for metric in result["metrics"]] == [0.625, 0.65, 0.675]
    assert result["metrics"][0]["name"] == "Execution accuracy (n = 48, 95% interval 48%–75%)"
    assert card["datasets"] == ["mei/pets-pairs"] and card["language"] == ["en"] and "base_model" not in card


def test_the_dataset_says_who_wrote_it_and_how_it_was_proved(store: Store, hub: HubServer) -> None:
    upload(store)
    text = hub.files("dataset", "mei/pets-pairs")["README.md"].decode()
    card = front_matter(text)
    assert card["configs"][0]["data_files"] == [{"split": "train", "path": "data/train.jsonl"}]
    assert card["size_categories"] == ["n<1K"] and {"synthetic", "sql-distillery"} <= set(card["tags"])
    assert "- 4 by pasted by hand" in text and "Anthropic's terms" in text and "4 pairs were kept" in text


def test_the_code_on_the_card_runs_against_the_repository(
    store: Store, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, PublishConfig("mei/pets", public=True))
    text = hub.files("model", "mei/pets")["README.md"].decode()
    shutil.copytree(store.get("base"), tmp_path / "elsewhere" / "parrot")  # the card asks for the local folder's path
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hf_api.api, "endpoint", hub.url)
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None and 'repo = "mei/pets"' in code[1]
    names: dict[str, Any] = {}
    exec(code[1], names)
    assert names["sql"] == COUNT
    assert any("/mei/pets/resolve/main/adapter_model.safetensors" in path for _, path in hub.requests)


def test_a_second_upload_replaces_the_first_and_takes_away_what_is_no_more(store: Store, hub: HubServer) -> None:
    (store.folder / "report.json").write_text("{}")
    upload(store)
    repo = hub.repos["model", "mei/pets"]
    repo.add("by hand", repo.files | {"LICENSE": b"mine"})
    (store.folder / "report.json").unlink()
    upload(store)
    assert "report.json" not in repo.files and repo.files["LICENSE"] == b"mine" and len(repo.commits) == 4
    upload(store)
    assert len(repo.commits) == 4  # nothing has changed


# Whose token


def test_without_a_token_it_says_where_to_get_one(store: Store, hub: HubServer) -> None:
    assert refusal(store, token=" ").startswith("There is no token.")
    assert hub.requests == []


def test_the_saved_login_is_used_here_but_never_on_a_space(
    store: Store, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_write")
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    assert refusal(store, token="").startswith("There is no token.")
    monkeypatch.setenv("OAUTH_CLIENT_ID", "space")
    assert refusal(store, token="").startswith("You are not signed in.")
    assert hub.requests == []
    monkeypatch.delenv("SPACE_ID")
    upload(store, token="")
    assert hub.secrets and set(hub.secrets) == {"Bearer hf_write"}


def test_a_typed_token_goes_before_the_saved_login(
    store: Store, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_read")
    upload(store)
    assert set(hub.secrets) == {"Bearer hf_write"}


@pytest.mark.parametrize(
    ("token", "line"),
    [
        ("hf_old", "The Hub refused the token (401)."),
        ("hf_read", "The token may read but not write."),
        ("hf_x\nhf_y", "That is not a token."),
        ("トークン", "That is not a token."),
    ],
)
def test_a_token_that_will_not_do_is_refused_in_one_line(store: Store, hub: HubServer, token: str, line: str) -> None:
    said = refusal(store, token=token)
    assert said.startswith(line) and token not in said and not hub.repos
    assert token not in json.dumps([store.events(), store.get("status_publish")], ensure_ascii=False)


def test_a_sign_in_that_may_not_create_is_told_so(
    store: Store, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    hub.fail(3, "403")
    assert refusal(store).startswith("The Hub refused the sign-in (403).")


# Names


def test_a_repository_of_somebody_else_is_not_written_to(store: Store, hub: HubServer) -> None:
    assert refusal(store, PublishConfig("acme/pets")) == (
        "You may not write to acme/pets. Name a repository of your own, such as mei/pets."
    )


@pytest.mark.parametrize("name", ["mei/pets/2", "mei/-pets", "a b", "mei/犬", "mei/" + "x" * 95])
def test_a_name_that_cannot_be_is_told_before_anything_is_made(store: Store, hub: HubServer, name: str) -> None:
    assert "cannot be the name of a repository" in refusal(store, PublishConfig(name)) and not hub.repos


@pytest.mark.parametrize(("kind", "name"), [("model", "mei/pets"), ("dataset", "mei/pets-pairs")])
def test_a_repository_made_by_other_hands_is_left_alone(store: Store, hub: HubServer, kind: str, name: str) -> None:
    hub.make(kind, name, private=True, README__md=b"---\ntags: [mine]\n---\n")
    assert refusal(store) == f"{name} is already there and was not made by SQL Distillery. Choose another name."
    assert len(hub.repos) == 1 and len(hub.repos[kind, name].commits) == 2


def test_an_empty_repository_is_filled(store: Store, hub: HubServer) -> None:
    hub.make("model", "mei/pets", private=True)
    upload(store)
    assert "adapter_config.json" in hub.files("model", "mei/pets")


def test_who_can_see_a_repository_is_never_changed(store: Store, hub: HubServer) -> None:
    hub.make("model", "mei/pets", private=False)
    hub.make("model", "mei/hidden", private=True)
    assert refusal(store).startswith("Everyone can see mei/pets, and you asked for a private upload.")
    assert refusal(store, PublishConfig("hidden", public=True)).startswith("mei/hidden is private, and you asked")


def test_suggested_names_are_taken_by_the_hub(store: Store) -> None:
    store.set(base="HuggingFaceTB/SmolLM2-135M-Instruct")
    schema = run.schema_of(store)
    assert suggested_name(store, schema) == "pets-sql-smollm2-135m"


# Faults


@pytest.mark.slow
def test_whatever_request_fails_nothing_is_half_written_and_the_second_try_succeeds(
    store: Store, hub: HubServer, no_waiting: None
) -> None:
    upload(store)
    expected = {key: dict(repo.files) for key, repo in hub.repos.items()}
    asked = len(hub.requests)
    assert asked >= 11
    for how in ("drop", "drop-after", "500", "429", "slow"):
        for place in range(asked):
            hub.repos.clear()
            fault = len(hub.struck)
            hub.fail(place, how, times=1, seconds=0.01)
            try:
                upload(store)
            except UserError as error:
                assert str(error).endswith("."), (how, place)
                whole = {key: dict(repo.files) == expected[key] for key, repo in hub.repos.items()}
                assert all(whole[key] or not hub.files(*key) for key in whole), (how, place)
                upload(store)
            assert len(hub.struck) == fault + 1, (how, place)
            assert {key: dict(repo.files) for key, repo in hub.repos.items()} == expected, (how, place)
    assert len(hub.struck) == 5 * asked


def test_a_dataset_that_fails_says_where_the_adapter_is_and_the_next_try_sends_only_the_rest(
    store: Store, hub: HubServer
) -> None:
    hub.make("dataset", "mei/pets-pairs", private=True)
    hub.fail(9, "403")
    events: list[Event] = []
    with pytest.raises(UserError):
        events.extend(run.publish(store, PETS, "hf_write"))
    note = [event for event in events if isinstance(event, Note)][-1]
    assert note.text().startswith(f"The adapter is at {hub.url}/mei/pets.")
    upload(store)
    assert len(hub.repos["model", "mei/pets"].commits) == 2


def test_a_hub_that_is_silent_or_gone_or_another_server_gets_its_line(
    store: Store, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.hub.client.SECONDS", 0.2)
    hub.fail(0, "slow", seconds=1)
    assert refusal(store) == f"The Hugging Face Hub at {hub.url} does not answer. Check the network and try again."
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "http://127.0.0.1:9 does not answer" in refusal(store)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "does not answer" in refusal(store)


def test_a_card_that_the_hub_refuses_is_told(store: Store, hub: HubServer) -> None:
    store.set(trained={**store.get("trained"), "base": "a/b/c"})
    assert refusal(store) == (
        'The Hub refused the card of mei/pets: "base_model" is not a repository. '
        "Name a base by its id on the Hub and train again."
    )


def test_a_repository_that_changes_meanwhile_is_not_overwritten(
    store: Store, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = hub.make("model", "mei/pets", private=True)
    monkeypatch.setattr("pipeline.hub.upload.model_card", lambda *_: str(repo.add("by hand", {"a": b"b"})))
    assert refusal(store) == "mei/pets was changed on the Hub while we wrote to it. Try again."
    assert repo.files == {"a": b"b"}
