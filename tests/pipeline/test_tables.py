"""Tables in and out by the command line, and data sets on the Hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.dataset.tables import read_table
from pipeline.errors import UserError
from pipeline.hub.client import NO_ANSWER
from pipeline.hub.dataset_card import dataset_card, dataset_files
from pipeline.run.tables import pairs_text
from pipeline.store import Store
from tests.conftest import ROOT
from tests.pipeline.conftest import Call

PASTE = ROOT / "sample_db" / "sales" / "pairs.jsonl"


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with proved pairs, written by the offline teacher."""
    store = Store.create(tmp_path_factory.mktemp("runs") / "sales")
    list(run.read_example(store, "sales"))
    list(run.write_dataset(store, run_config()))
    store.close()
    return store.folder


def run_config() -> DatasetConfig:
    return DatasetConfig("offline", 12)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "datasets", "messages", "sharegpt"])
def test_what_is_exported_can_be_read_again(call: Call, sales: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / {"csv": "out.csv", "parquet": "out.parquet"}.get(form, "out")
    code, said, _ = call("export", "--run", str(sales), "--format", form, "--out", str(out))
    kept = Store.open(sales).pairs(ok=True)
    assert code == 0 and json.loads(said[-1]) == {"pairs": len(kept), "format": form, "out": str(out)}
    found = read_table(out)[0]
    assert sorted((each.question, each.sql) for each in found) == sorted(
        (each.pair.question, each.pair.sql) for each in kept
    )


def test_an_exported_table_can_be_proved_again_and_a_split_alone_written(
    call: Call, sales: Path, tmp_path: Path
) -> None:
    out = tmp_path / "train.csv"
    assert call("export", "--run", str(sales), "--format", "csv", "--split", "train", "--out", str(out))[0] == 0
    code, said, err = call(
        "--json", "dataset", "--schema", "sales", "--run", str(tmp_path / "again"), "--paste", str(out)
    )
    assert code == 0, err
    assert json.loads(said[-1])["asked"] == len(Store.open(sales).pairs("train"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "xlsx"], "no format xlsx. Choose one of: jsonl, csv"),
        (["--split", "test"], "no split test. Choose train, heldout or all."),
        (["--out", "{folder}"], "is a folder with files. Give another name"),
    ],
)
def test_an_export_that_cannot_be_is_one_line(
    call: Call, sales: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "mine").write_text("kept")
    given = [each.format(folder=tmp_path) for each in arguments]
    code, _, err = call("export", "--run", str(sales), "--out", str(tmp_path / "x.csv"), *given)
    assert (code, len(err)) == (2, 1) and said in err[0]
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_what_goes_to_the_hub_loads_as_its_two_splits_beside_the_certificates(sales: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    store = Store.open(sales)
    files = dataset_files(store)
    assert {"certificates.jsonl", "instances.json"} <= files.keys()
    for name, data in {**files, "README.md": dataset_card(store, run.schema_of(store), "me/x").encode()}.items():
        (tmp_path / "repo" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / name).write_bytes(data)
    found = load_dataset(str(tmp_path / "repo"), cache_dir=str(tmp_path / "cache"))
    assert {name: len(split) for name, split in found.items()} == {
        name: len(store.pairs(name)) for name in ("train", "heldout") if store.pairs(name)
    }
    assert found["train"].column_names == ["instruction", "output"]
    assert len(read_table(tmp_path / "repo")[0]) == len(store.pairs(ok=True))


def test_without_a_network_a_name_on_the_hub_is_one_line_and_no_token_is_told() -> None:
    with pytest.raises(UserError) as error:
        pairs_text("hf://datasets/mei/pairs", "hf_secret")
    assert error.value.template == NO_ANSWER
    assert "hf_secret" not in str(error.value) and "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_not_looked_for_on_the_hub() -> None:
    with pytest.raises(UserError, match="There is no file"):
        pairs_text("data/pairs.csv")


@pytest.mark.slow
def test_pairs_are_read_from_a_data_set_on_the_hub(hub: object, tmp_path: Path) -> None:
    """In a process of its own: `datasets` looks at the Hub's address once, when it is imported."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=hub.url, token="hf_write")  # type: ignore[attr-defined]
    api.create_repo("mei/pairs", repo_type="dataset", private=True)
    api.upload_file(
        path_or_fileobj=PASTE.read_bytes(), path_in_repo="train.jsonl", repo_id="mei/pairs", repo_type="dataset"
    )
    code = "\n".join((
        "from pipeline.errors import UserError",
        "from pipeline.run.tables import pairs_text",
        "print(pairs_text('mei/pairs', 'hf_read').count('SELECT'))",
        "for name in ('mei/none', 'mei/pairs:other'):",
        "    try: pairs_text(name, 'hf_read')",
        "    except UserError as error: print(error)",
    ))  # fmt: skip
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path)}  # type: ignore[attr-defined]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr[-800:]
    number, missing, part = done.stdout.splitlines()
    assert int(number) > 5
    assert missing.startswith("There is no mei/none on the Hub")
    assert part.startswith("mei/pairs on the Hub cannot be read: ") and "default" in part and "hf_read" not in part
