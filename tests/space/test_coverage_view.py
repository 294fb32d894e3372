"""The map of what pairs cover, in figures and words: cells, bars against their aims, and the questions without an answer."""

from __future__ import annotations

import re

from pipeline.database.ddl import parse_schema
from pipeline.dataset.coverage import TARGETS, coverage_of
from pipeline.records import CATEGORIES, Pair, Unanswerable
from space.i18n import Words
from space.view import coverage as covered
from space.view.unanswerable import unanswerable

EN, JA = Words("en"), Words("ja")
SCHEMA = parse_schema(
    "CREATE TABLE stores (id INTEGER PRIMARY KEY, name TEXT, opened_on DATE);"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, store_id INTEGER REFERENCES stores(id));"
)
PAIRS = [Pair("Which stores are there?", f"SELECT name FROM stores WHERE id > {n}") for n in range(9)]


def drawn(pairs: list[Pair], words: Words = EN) -> str:
    return str(covered.coverage(coverage_of(pairs, SCHEMA), words))


def test_a_cell_says_how_many_pairs_use_its_column_and_none_is_marked() -> None:
    page = drawn(PAIRS)
    assert 'class="s4" title="stores.name: 9"' in page and 'class="s0" title="stores.opened_on: 0"' in page
    assert 'class="table none" role="img" aria-label="notes: 0 pairs use it, 0 of 2 columns"' in page


def test_shades_are_on_one_scale_for_all_tables() -> None:
    page = drawn([*PAIRS * 4, Pair("notes", "SELECT store_id FROM notes")])
    assert 'class="s4" title="stores.name: 36"' in page and 'class="s1" title="notes.store_id: 1"' in page


def test_a_bar_stands_at_its_middle_where_the_aim_is_met_and_tells_it_in_words() -> None:
    page = drawn([*PAIRS[:6], *[Pair("list them", "SELECT name FROM stores")] * 4])
    assert 'aria-label="Requests: 4 of 10 pairs (40%), aimed at 20%"' in page
    assert re.search(r'aria-label="Questions: 6 of 10 pairs \(60%\), aimed at 60%".*?width:50%', page)
    assert re.search(r'class="aim none" role="img" aria-label="Very hard: 0 of 10', page)
    assert re.search(r'class="aim none" role="img" aria-label="DISTINCT', page)


def test_every_clause_grade_and_manner_is_named_in_both_languages_and_languages_have_no_aim() -> None:
    both = [*PAIRS, Pair("店舗の一覧", "SELECT name FROM stores", "ja")]
    for words in (EN, JA):
        page = drawn(both, words)
        assert (
            len(re.findall('class="aim[ "]', page)) == len(TARGETS) + 4 + 3 + 2 and page.count('class="aim free"') == 2
        )
        assert not re.search(r">(clause|grade|manner|coverage)\.", page)
    assert "日本語" not in drawn(PAIRS)


def test_what_the_schema_gives_no_occasion_for_is_not_drawn_as_missing() -> None:
    bare = parse_schema("CREATE TABLE t (a INTEGER NOT NULL)")
    page = str(covered.coverage(coverage_of([Pair("all", "SELECT a FROM t")], bare), EN))
    assert "JOIN" not in page and "NULL" not in page and "Dates" not in page and "GROUP BY" in page


def test_the_questions_without_an_answer_are_counted_listed_and_escaped() -> None:
    asked = [Unanswerable(f"What of {n}?", category) for n, category in enumerate(CATEGORIES)]
    page = str(unanswerable([*asked, Unanswerable("<b>bold</b>", "write")], EN))
    assert "9 questions that this schema cannot answer" in page and "<b>" not in page and "&lt;b&gt;" in page
    assert "No such column" in page and "About the future" in page and not re.search(r">lack\.", page)
    assert "列がない" in unanswerable(asked, JA) and unanswerable([], EN) == ""
    assert "The first 200 of 320." in unanswerable(asked * 40, EN)
