"""A schema over the token budget is read, cut, and said to be; pairs or the user decide what stays."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, SchemaConfig
from pipeline.database.ddl import parse_schema
from pipeline.errors import UserError
from pipeline.records import Note
from pipeline.run.fitting import WHOLE, count
from pipeline.store import Store

SMALL = SchemaConfig(tokens=600)


def big(tables: int = 30, columns: int = 6) -> str:
    """Table n refers to table n // 3; the last ones to few."""
    return "\n".join(
        f"CREATE TABLE table_{n} (id INTEGER PRIMARY KEY, "
        + (f"parent_id INTEGER REFERENCES table_{n // 3} (id), " if n else "")
        + ", ".join(f"some_column_{i} TEXT" for i in range(columns))
        + ");"
        for n in range(tables)
    )


def read(folder: Path, config: SchemaConfig = SMALL, ddl: str = "") -> tuple[Store, list[Note]]:
    store = Store.create(folder)
    events = list(run.read_schema(store, ddl or big(), config=config))
    return store, [event for event in events if isinstance(event, Note)]


def names(store: Store) -> list[str]:
    return [table.name for table in run.schema_of(store).tables]


def test_a_schema_over_the_budget_is_cut_kept_whole_beside_and_said_so(tmp_path: Path) -> None:
    store, (note,) = read(tmp_path / "run")
    assert count(run.schema_of(store)) <= 600 and store.get("prompt_tokens") <= 600
    assert len(run.whole_schema_of(store).tables) == 30
    assert note.level == "warning" and note.values["inside"] == len(names(store)) and note.values["all"] == 30
    assert f"{len(names(store))} of 30 tables are in. Left out: " in note.text() and note.text().count("table_") == 6
    assert "table_0" in names(store)


def test_a_schema_within_the_budget_stays_whole(tmp_path: Path) -> None:
    store, notes = read(tmp_path / "run", SchemaConfig())
    assert notes == [] and len(names(store)) == 30
    assert not (store.folder / WHOLE).exists() and store.get("schema_cut") is None


def test_the_chosen_tables_are_in_with_what_they_refer_to(tmp_path: Path) -> None:
    store, _ = read(tmp_path / "run", SchemaConfig(600, ("TABLE_29",)))
    assert {"table_29", "table_9", "table_3", "table_1", "table_0"} <= set(names(store))
    with pytest.raises(UserError, match="over the limit of 600 tokens: table_.* did not fit. Choose fewer"):
        read(tmp_path / "many", SchemaConfig(600, tuple(f"table_{n}" for n in range(10, 30))))
    with pytest.raises(UserError, match="The schema has no table 'clients'"):
        read(tmp_path / "none", SchemaConfig(tables=("clients",)))


def test_one_table_over_the_budget_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No table fits: table_0, the smallest .* the limit is 600") as caught:
        read(tmp_path / "run", ddl=big(1, 200))
    assert "\n" not in str(caught.value)


def test_the_same_schema_read_again_keeps_its_cut_and_its_pairs(tmp_path: Path) -> None:
    store, _ = read(tmp_path / "run", SchemaConfig(600, ("table_29",)))
    before = names(store)
    list(run.write_dataset(store, DatasetConfig(pairs=3)))
    again = list(run.read_schema(store, big(), config=SMALL))
    assert names(store) == before and store.pairs(ok=True) and any(isinstance(event, Note) for event in again)
    list(run.read_schema(store, big(), config=SchemaConfig(600, ("table_28",))))
    assert "table_28" in names(store) and store.pairs() == []
    list(run.read_schema(store, big(3)))
    assert names(store) == ["table_0", "table_1", "table_2"] and not (store.folder / WHOLE).exists()


def test_pasted_pairs_decide_which_tables_are_kept(tmp_path: Path) -> None:
    store, _ = read(tmp_path / "run")
    assert "table_27" not in names(store)
    pairs = [
        {"instruction": "How many are there?", "output": "SELECT COUNT(*) FROM table_27"},
        {"instruction": "Which are of 9?", "output": "SELECT id FROM Table_27 WHERE parent_id = 9 ORDER BY id"},
        {"instruction": "How many clients?", "output": "SELECT COUNT(*) FROM clients"},
    ]
    paste = "\n".join(map(json.dumps, pairs))
    events = list(run.write_dataset(store, DatasetConfig("pasted", unanswerable=0), paste))
    assert {"table_27", "table_9", "table_3", "table_1", "table_0"} <= set(names(store))
    assert any(isinstance(event, Note) and "that the pairs use" in event.template for event in events)
    assert count(run.schema_of(store)) <= 600
    reasons = {pair.pair.sql: pair.verdict.reason for pair in store.pairs()}
    assert reasons["SELECT COUNT(*) FROM clients"] == "unknown-name"
    before = names(store)
    left = next(name for name in store.get("schema_cut")["left_out"])
    more = json.dumps({"instruction": "How many of these?", "output": f"SELECT COUNT(*) FROM {left}"})
    list(run.write_dataset(store, DatasetConfig("pasted", unanswerable=0), more))
    assert names(store) == before  # there are pairs now, which a new cut would drop
    assert store.pairs()[-1].verdict.reason == "unknown-name"


def test_chosen_tables_are_not_cut_anew_by_pairs(tmp_path: Path) -> None:
    store, _ = read(tmp_path / "run", SchemaConfig(600, ("table_29",)))
    before = names(store)
    paste = json.dumps({"instruction": "How many are there?", "output": "SELECT COUNT(*) FROM table_27"})
    list(run.write_dataset(store, DatasetConfig("pasted", unanswerable=0), paste))
    assert names(store) == before and store.pairs()[0].verdict.reason == "unknown-name"


def test_five_hundred_tables_are_read_and_cut_in_under_five_seconds_of_work(tmp_path: Path) -> None:
    ddl = big(500, 18)
    began = time.process_time()
    schema = parse_schema(ddl)
    assert len(schema.tables) == 500
    kept, left = run.fit(schema, SchemaConfig())
    assert time.process_time() - began < 5
    assert 3_000 < count(kept) <= 4_000 and len(left) + len(kept.tables) == 500


def test_the_command_line_cuts_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "big.sql").write_text(big())
    command = [sys.executable, "-m", "pipeline", "schema", str(tmp_path / "big.sql"), "--tokens", "600"]
    done = subprocess.run([*command, "--tables", "table_29, table_2"], capture_output=True, text=True, check=True)
    assert "table_29 (" in done.stdout and "table_2 (" in done.stdout and "of 30 tables are in" in done.stderr
    refused = subprocess.run([*command, "--tables", "nobody"], capture_output=True, text=True)
    assert refused.returncode and "The schema has no table 'nobody'" in refused.stderr
