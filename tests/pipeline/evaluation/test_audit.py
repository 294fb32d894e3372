"""The blind audit: drawn from the kept pairs, judged one by one or on a sheet, told with its interval."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.evaluation.audit import PAIRS, audit_of, begin, mark, next_pair, told, unmark
from pipeline.evaluation.statistics import wilson
from pipeline.records import JudgedPair, Pair, Verdict
from pipeline.run.audit import read_sheet, sheet, write_sheet
from pipeline.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "run")
    kept = [JudgedPair(Pair(f"question {n}", f"SELECT {n}"), Verdict(True), split="train") for n in range(80)]
    store.add_pairs([*kept, JudgedPair(Pair("bad", "SELECT"), Verdict(False, "does-not-parse"))])
    yield store
    store.close()


def test_fifty_of_the_kept_pairs_are_drawn_and_the_same_seed_draws_the_same(store: Store) -> None:
    begin(store, seed=1)
    first = [line["id"] for line in sheet(store)]
    begin(store, seed=1)
    assert [line["id"] for line in sheet(store)] == first
    assert len(set(first)) == PAIRS
    assert all(pair is not None and pair.verdict.ok for pair in map(store.pair, first))


def test_the_finding_has_its_wilson_interval(store: Store) -> None:
    begin(store, seed=1)
    for n in range(PAIRS):
        pair = next_pair(store)
        assert pair is not None
        mark(store, pair.id, right=n >= 2)
    assert next_pair(store) is None
    found = audit_of(store)
    assert found is not None
    assert (found.judged, found.wrong, found.drawn, found.kept) == (50, 2, 50, 80)
    assert (found.low, found.high) == wilson(2, 50)
    assert "2 wrong, 4% (95% interval 1%–13%)" in told(found)


def test_the_last_mark_can_be_taken_back_and_a_dropped_pair_is_passed_over(store: Store) -> None:
    begin(store, seed=1)
    first = next_pair(store)
    assert first is not None
    mark(store, first.id, right=False)
    unmark(store)
    assert next_pair(store) == first
    from dataclasses import replace

    dropped = replace(first, verdict=Verdict(False, "dropped-by-hand"))
    store.replace_pairs([dropped if pair.id == first.id else pair for pair in store.pairs()])
    second = next_pair(store)
    assert second is not None
    assert second.id != first.id


def test_a_sheet_is_written_filled_and_read_back(store: Store, tmp_path: Path) -> None:
    assert write_sheet(store, tmp_path / "sheet.jsonl") == PAIRS
    lines = [json.loads(line) for line in (tmp_path / "sheet.jsonl").read_text(encoding="utf-8").splitlines()]
    assert "certificate" not in lines[0]  # blind
    for n, line in enumerate(lines[:10]):
        line["right"] = "wrong" if n == 0 else True
    found = read_sheet(store, map(json.dumps, lines))
    assert (found.judged, found.wrong) == (10, 1)


@pytest.mark.parametrize("line", ['{"id": 1}', "nothing", '{"id": 1, "right": "perhaps"}'])
def test_a_line_that_is_no_mark_is_named_and_nothing_is_taken_over(store: Store, line: str) -> None:
    begin(store)
    good = json.dumps({"id": next(sheet(store))["id"], "right": True})
    with pytest.raises(UserError, match="Line 2"):
        read_sheet(store, [good, line])
    found = audit_of(store)
    assert found is not None
    assert found.judged == 0


def test_without_kept_pairs_there_is_nothing_to_draw(tmp_path: Path) -> None:
    empty = Store.create(tmp_path / "empty")
    with pytest.raises(UserError, match="no kept pairs"):
        begin(empty)
    empty.close()
