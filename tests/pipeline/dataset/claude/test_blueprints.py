"""What a request asks for: decided by seed and number alone, spread evenly."""

from __future__ import annotations

from collections import Counter

from pipeline.database.ddl import parse_schema
from pipeline.dataset.claude.blueprints import CLAUSES, LEVELS, draw
from tests.pipeline.dataset.claude.conftest import SCHEMA

ONE = parse_schema("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b IN ('x', 'y')))")


def test_the_same_seed_and_number_give_the_same_blueprint_and_others_another() -> None:
    first = [draw(SCHEMA, 7, number, ("en",)) for number in range(40)]
    assert first == [draw(SCHEMA, 7, number, ("en",)) for number in range(40)]
    assert len({(each.level, each.tables, each.clauses) for each in first}) == 40
    assert first != [draw(SCHEMA, 8, number, ("en",)) for number in range(40)]


def test_levels_come_in_their_shares_and_tables_in_turns() -> None:
    drawn = [draw(SCHEMA, 7, number, ("en",)) for number in range(180)]
    assert Counter(each.level for each in drawn) == {level: 9 * n for level, n in LEVELS.items()}
    first = Counter(each.tables[0] for each in drawn)
    assert len(first) == len(SCHEMA.tables) and max(first.values()) - min(first.values()) <= len(LEVELS)
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


def test_languages_take_turns() -> None:
    drawn = [draw(SCHEMA, 7, number, ("en", "ja")) for number in range(6)]
    assert [each.language for each in drawn] == ["en", "ja"] * 3
    assert any("教えて" in style or "質問" in style for style in drawn[1].styles)
