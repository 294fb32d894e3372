"""A trained run on a tiny base, and a Hub on 127.0.0.1 to share it on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.store import Store
from tests.hub_jobs import JobsServer, serving
from tests.parrot import LESSONS, lesson, parrot_base

COUNT = "SELECT COUNT(*) FROM pets"
QUESTIONS = ("How many rows are there?", "how many pets?", "number of pets", "pets in all")
SCHEMA = "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT); -- 犬と猫"


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own second tries come at once."""
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[JobsServer]:
    """A Hub with Jobs; HF_ENDPOINT names it, and nobody is logged in."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for server in serving():
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def trained_run(folder: Path, base: Path) -> Store:
    """A run that learnt one query about pets."""
    store = Store.create(folder)
    list(run.read_schema(store, SCHEMA, name="pets/犬"))
    store.replace_pairs(lesson(COUNT, *QUESTIONS))
    list(run.train(store, replace(LESSONS, base=str(base))))
    return store


@pytest.fixture(scope="package")
def pets(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A trained run with its pairs written out; read it, do not change it."""
    base = parrot_base(tmp_path_factory.mktemp("models") / "parrot", [COUNT])
    store = trained_run(tmp_path_factory.mktemp("runs") / "pets", base)
    line = '{"instruction": "how many pets?", "output": "SELECT COUNT(*) FROM pets"}\n'
    (store.folder / "train.jsonl").write_text(line * 4, encoding="utf-8")
    (store.folder / "heldout.jsonl").write_text("", encoding="utf-8")
    return store
