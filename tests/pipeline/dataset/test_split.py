"""Train and held-out by SQL template."""

from __future__ import annotations

from dataclasses import replace

from pipeline.dataset.split import split
from pipeline.records import JudgedPair, Pair, Verdict


def made(template: str, count: int = 1, level: str = "join", ok: bool = True, side: str = "") -> list[JudgedPair]:
    return [
        JudgedPair(Pair(f"{template} {number}?", template), Verdict(ok), template, level, side)
        for number in range(count)
    ]


def many(templates: int = 100, each: int = 4) -> list[JudgedPair]:
    levels = ("one-table", "join", "nested")
    return [one for number in range(templates) for one in made(f"t{number}", each, levels[number % 3])]


def held(pairs: list[JudgedPair]) -> list[JudgedPair]:
    return [pair for pair in pairs if pair.split == "heldout"]


def test_no_template_is_on_both_sides() -> None:
    dealt = split(many(), 0.1, 7)
    sides = {side: {pair.template for pair in dealt if pair.split == side} for side in ("train", "heldout")}
    assert sides["train"] and sides["heldout"]
    assert not sides["train"] & sides["heldout"]


def test_about_the_share_is_held_out_of_every_level() -> None:
    dealt = split(many(), 0.1, 7)
    assert 36 <= len(held(dealt)) <= 44
    for level in ("one-table", "join", "nested"):
        assert 8 <= sum(pair.level == level for pair in held(dealt)) <= 20


def test_the_order_and_the_pairs_stay_as_they_were() -> None:
    pairs = many(20)
    assert [replace(pair, split="") for pair in split(pairs, 0.2, 1)] == pairs


def test_the_same_seed_deals_the_same_and_another_seed_differently() -> None:
    assert split(many(), 0.1, 7) == split(many(), 0.1, 7)
    assert split(many(), 0.1, 7) != split(many(), 0.1, 8)


def test_templates_dealt_before_keep_their_side_when_pairs_are_added() -> None:
    first = split(many(), 0.1, 7)
    before = {pair.template: pair.split for pair in first}
    more = [*first, *made("t0", 3), *(one for number in range(60) for one in made(f"new{number}", 2))]
    after = split(more, 0.1, 7)
    assert all(pair.split == before[pair.template] for pair in after if pair.template in before)
    assert any(pair.template.startswith("new") for pair in held(after))
    assert 44 <= len(held(after)) <= 60


def test_two_templates_are_enough_for_a_held_out_pair_and_one_is_not() -> None:
    assert {pair.split for pair in split([*made("a", 9), *made("b", 1)], 0.1, 7)} == {"train", "heldout"}
    assert {pair.split for pair in split(made("a", 10), 0.1, 7)} == {"train"}


def test_something_is_always_left_to_train_on() -> None:
    dealt = split([*made("a", 2), *made("b", 2)], 0.99, 7)
    assert {pair.split for pair in dealt} == {"train", "heldout"}


def test_one_frequent_pattern_does_not_become_the_examination() -> None:
    dealt = split([*made("frequent", 60), *many(40, 1)], 0.1, 7)
    assert "frequent" not in {pair.template for pair in held(dealt)}


def test_rejected_pairs_are_on_no_side() -> None:
    dealt = split([*many(10), *made("t1", 2, ok=False), *made("other", 2, ok=False)], 0.2, 7)
    assert {pair.split for pair in dealt if not pair.verdict.ok} == {""}


def test_nothing_is_held_out_of_nothing() -> None:
    assert split([], 0.1, 7) == []
    assert {pair.split for pair in split(many(5), 0.0, 7)} == {"train"}
