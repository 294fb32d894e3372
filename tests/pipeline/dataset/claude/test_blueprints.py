"""What a request asks for: decided by seed, number and what is missing alone, spread evenly, more often what is thin."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

import pytest

from pipeline.database.ddl import parse_schema
from pipeline.dataset import manner
from pipeline.dataset.claude.blueprints import MIX, Blueprint, draw, kind_of
from pipeline.dataset.claude.phrases import CLAUSES, STYLES
from pipeline.dataset.claude.thin import NOTHING, Thin, thin_of
from pipeline.dataset.coverage import TARGETS
from pipeline.dataset.hardness import SHARES
from pipeline.records import JudgedPair, Pair, Verdict
from tests.pipeline.dataset.claude.conftest import SCHEMA

ONE = parse_schema("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b IN ('x', 'y')))")


def kept(*queries: str, language: str = "en") -> list[JudgedPair]:
    return [JudgedPair(Pair("What is it?", sql, language), Verdict(True), sql) for sql in queries]


def test_the_same_seed_and_number_give_the_same_blueprint_and_others_another() -> None:
    first = [draw(SCHEMA, 7, number, ("en",)) for number in range(40)]
    assert first == [draw(SCHEMA, 7, number, ("en",)) for number in range(40)]
    assert len({(each.level, each.tables, each.clauses) for each in first}) == 40
    assert first != [draw(SCHEMA, 8, number, ("en",)) for number in range(40)]


def test_levels_and_grades_come_in_their_shares_and_tables_in_turns() -> None:
    drawn = [draw(SCHEMA, 7, number, ("en",)) for number in range(180)]
    assert Counter((each.level, each.hardness) for each in drawn) == {one: 9 * n for one, n in MIX.items()}
    grades = Counter(each.hardness for each in drawn)
    assert {grade: n / 180 for grade, n in grades.items()} == pytest.approx(SHARES)
    first = Counter(each.tables[0] for each in drawn)
    assert len(first) == len(SCHEMA.tables) and max(first.values()) - min(first.values()) <= 3
    clauses = Counter(clause for each in drawn for clause in each.clauses)
    assert set(clauses) == {clause for known in CLAUSES.values() for clause in known}


def test_tables_that_are_asked_for_together_are_connected_by_keys() -> None:
    links = {frozenset((table.name, key.table)) for table in SCHEMA.tables for key in table.foreign_keys}
    for number in range(60):
        blueprint = draw(SCHEMA, 3, number, ("en",))
        assert (len(blueprint.tables) == 1) == (blueprint.level == "one-table")
        for place, name in enumerate(blueprint.tables[1:], 1):
            assert any(frozenset((name, other)) in links for other in blueprint.tables[:place])


def test_without_keys_there_are_no_joins() -> None:
    drawn = [draw(ONE, 7, number, ("en",)) for number in range(24)]
    assert {each.level for each in drawn} == {"one-table", "nested"}
    assert {each.tables for each in drawn} == {("t",)}
    assert {each.values for each in drawn} <= {(("t.b", ("x", "y")),), (("t.b", ("y", "x")),)}


def test_languages_take_turns_and_one_that_is_behind_gets_turns_of_the_other() -> None:
    drawn = [draw(SCHEMA, 7, number, ("en", "ja")) for number in range(6)]
    assert [each.language for each in drawn] == ["en", "ja"] * 3
    assert any("教えて" in style or "質問" in style for style in drawn[1].styles)
    behind = thin_of(kept(*["SELECT 1"] * 40), SCHEMA, ("en", "ja"), Counter())
    assert behind.language == "ja"
    assert [draw(SCHEMA, 7, n, ("ja", "en"), behind).language for n in range(4)] == ["ja"] * 4


def test_with_few_pairs_nothing_is_known_to_be_missing() -> None:
    assert thin_of(kept(*["SELECT name FROM stores"] * 11), SCHEMA, ("en",), Counter()) == NOTHING


def test_columns_that_few_pairs_use_are_asked_for_by_name_and_ids_are_not() -> None:
    thin = thin_of(kept(*["SELECT name, city FROM customers"] * 30), SCHEMA, ("en",), Counter({"orders.status": 5}))
    assert {"customers.city", "orders.status"}.isdisjoint(thin.columns)
    assert not [name for name in thin.columns if name.endswith("_id")]
    drawn = [draw(SCHEMA, 7, number, ("en",), thin) for number in range(40)]
    assert all(each.columns for each in drawn if set(each.tables) - {"customers"})
    for each in drawn:
        assert {name.partition(".")[0] for name in each.columns} <= set(each.tables)
    named = {name for each in drawn for name in each.columns}
    assert len(named) > 0.8 * len(thin.columns)


def test_clauses_grades_and_manners_that_are_missing_come_more_often() -> None:
    thin = thin_of(kept(*["SELECT COUNT(*) FROM stores WHERE city = 'Osaka'"] * 50), SCHEMA, ("en",), Counter())
    assert thin.factor("superlative") > 3 > 1 > thin.factor("count") and thin.factor("easy") < 0.5
    plain, steered = ([draw(SCHEMA, 7, n, ("en",), each) for n in range(200)] for each in (NOTHING, thin))

    def asked(drawn: list[Blueprint], clause: str) -> int:
        return sum(clause in CLAUSES[each.level][text] for each in drawn for text in each.clauses)

    assert asked(steered, "superlative") > 1.25 * asked(plain, "superlative")
    counts = "how many there are (COUNT), with and without a condition"
    assert sum(counts in each.clauses for each in steered) < sum(counts in each.clauses for each in plain)
    assert sum(each.hardness == "easy" for each in steered) < sum(each.hardness == "easy" for each in plain) / 2
    questions = [sum(STYLES["en"][style] == "question" for each in drawn for style in each.styles)
                 for drawn in (plain, steered)]  # fmt: skip
    assert questions[1] < questions[0]  # all there were had been questions


def test_what_the_texts_bring_are_clauses_and_manners_with_a_share() -> None:
    assert {clause for texts in CLAUSES.values() for uses in texts.values() for clause in uses} <= TARGETS.keys()
    for styles in STYLES.values():
        assert set(styles.values()) == set(manner.MANNERS)


def test_a_blueprint_comes_back_out_of_json() -> None:
    thin = Thin(("orders.status",), {"count": 2.0})
    for number in range(12):
        blueprint = draw(SCHEMA, 7, number, ("en",), thin)
        assert Blueprint.from_dict(json.loads(json.dumps(asdict(blueprint)))) == blueprint


def test_kinds_of_requests_come_at_their_shares_and_the_first_is_of_pairs() -> None:
    kinds = [kind_of(number, 0.25, 0.1) for number in range(200)]
    assert kinds[0] == "pairs" and Counter(kinds)["unanswerable"] == 20 and 40 <= Counter(kinds)["queries"] <= 50
    assert "unanswerable" in kinds[:6] and {kind_of(number, 0, 0) for number in range(50)} == {"pairs"}
    assert {kind_of(number, 1, 0) for number in range(50)} == {"queries"}
