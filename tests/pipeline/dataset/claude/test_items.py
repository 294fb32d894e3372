"""A reply is read item by item: what is bad or cut off costs itself."""

from __future__ import annotations

import json

import pytest

from pipeline.dataset.claude.items import read_items

ITEMS = [{"instruction": f'question {n} {{"x"}}', "output": f"SELECT {n} FROM t WHERE a = '}}'"} for n in range(4)]
WHOLE = json.dumps({"pairs": ITEMS})


def test_a_whole_reply_gives_its_pairs() -> None:
    pairs = read_items(WHOLE)
    assert [(pair.question, pair.sql) for pair in pairs] == [(item["instruction"], item["output"]) for item in ITEMS]
    assert {pair.source for pair in pairs} == {"claude"}
    assert read_items(json.dumps({"pairs": [{"instruction": "何件？", "output": "SELECT 1;"}]}))[0].language == "ja"


def test_wherever_a_reply_is_cut_the_whole_pairs_before_it_are_kept() -> None:
    ends = [WHOLE.index(json.dumps(item)) + len(json.dumps(item)) for item in ITEMS]
    for cut in range(len(WHOLE)):
        assert len(read_items(WHOLE[:cut])) == sum(end <= cut for end in ends)


@pytest.mark.parametrize("bad", ['{"instruction": "a" "output": 5}', '{"output": oops}', '{"instruction": "b", }'])
def test_an_item_broken_in_the_middle_costs_itself(bad: str) -> None:
    text = WHOLE.replace(json.dumps(ITEMS[1]), bad)
    assert [pair.question for pair in read_items(text)] == [ITEMS[0]["instruction"], "", *(
        item["instruction"] for item in ITEMS[2:])]  # fmt: skip


def test_what_is_no_pair_comes_out_empty_for_the_gate_to_count() -> None:
    odd = [5, None, "text", {}, {"instruction": 5, "output": "SELECT 1"}, {"instruction": "q", "output": None}]
    pairs = read_items(json.dumps({"pairs": [ITEMS[0], *odd, ITEMS[1]]}))
    assert [bool(pair.question and pair.sql) for pair in pairs] == [True, *([False] * len(odd)), True]


@pytest.mark.parametrize("text", ["", "[]", "null", '{"pairs": 5}', "I cannot do that.", '{"pairs": [', "{" * 5000])
def test_a_reply_without_pairs_gives_none(text: str) -> None:
    assert read_items(text) == []
