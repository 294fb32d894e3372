"""Pictures from plain records: what they say, and that nothing in a record can become markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from pipeline.database.schema import Column, ForeignKey, Schema, Table
from pipeline.errors import SqlError
from pipeline.records import Rows
from pipeline.run import Answer
from space.i18n import Words
from space.view import ask, dataset, header, html, schema

EVIL = '<img src=x onerror="alert(1)"> ${1+1} {{value}} {0} {name} %s \''
EN, JA = Words("en"), Words("ja")


class Tags(HTMLParser):
    """Counts tags and collects attribute names."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def table(name: str, *columns: str, refers: str = "") -> Table:
    keys = (ForeignKey((columns[-1],), refers, ("id",)),) if refers else ()
    made = tuple(Column(each, "INTEGER", nullable=each != "id") for each in columns)
    return Table(name, made, primary_key=("id",), foreign_keys=keys)


EVIL_SCHEMA = Schema(EVIL, (table(EVIL, "id", EVIL), table("b", "id", EVIL, refers=EVIL)))
EVIL_ROW = dataset.Row(EVIL, EVIL, False, EVIL, EVIL, EVIL)
PICTURES = {
    "listing": schema.listing(EVIL_SCHEMA, EN),
    "diagram": schema.diagram(EVIL_SCHEMA, EN),
    "header": header.of_run(header.Head(EVIL, EVIL, 2, 3, EVIL, True, {"base": 0.1}, "train"), EN),
    "funnel": dataset.funnel([EVIL_ROW], EN),
    "pairs": dataset.pairs_table([EVIL_ROW], EN),
    "written": ask.written(Answer(EVIL, EVIL, None, None, 1.0, "base"), EVIL, EN),
    "rows": ask.result(Answer("q", "s", Rows((EVIL,), ((EVIL,),)), None, 1.0, "base"), EN),
    "refused": ask.result(Answer("q", "s", None, SqlError("error", "No {what}.", what=EVIL), 1.0, "base"), EN),
    "note": html.note(EVIL, "error"),
    "empty": html.empty(EVIL, EVIL),
    "progress": html.progress(EVIL, 0.5),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_name_stays_text(name: str) -> None:
    parsed = Tags(PICTURES[name])
    assert "img" not in parsed.tags
    assert "onerror" not in parsed.attributes
    assert "onerror=&#34;alert(1)&#34;" in PICTURES[name] or "…" in PICTURES[name]


def test_the_diagram_puts_parents_left_of_what_refers_to_them() -> None:
    shop = Schema("s", (table("items", "id", "order_id", refers="orders"), table("orders", "id", "x")))
    assert schema.depths(shop) == {"items": 1, "orders": 0}


def test_references_in_a_circle_do_not_hang_the_diagram() -> None:
    ring = Schema(
        "s", (table("a", "id", "b", refers="b"), table("b", "id", "a", refers="a"), table("c", "id", "c", refers="c"))
    )
    assert schema.depths(ring)["c"] == 0
    assert "<svg" in schema.diagram(ring, EN)


def test_a_large_schema_shows_keys_only_and_a_huge_one_only_the_list() -> None:
    many = Schema("s", tuple(table(f"t{n}", "id", "note") for n in range(30)))
    assert ">note<" not in schema.diagram(many, EN)
    assert schema.diagram(Schema("s", many.tables * 3), EN) == ""


def test_the_diagram_has_a_text_twin() -> None:
    two = Schema("s", (table("orders", "id"), table("items", "id", "order_id", refers="orders")))
    assert "items → orders" in schema.diagram(two, EN)
    assert "→ orders.id" in schema.listing(two, EN)


def test_long_names_are_cut_by_their_width_and_japanese_letters_count_twice() -> None:
    assert html.shorten("a" * 30, 22) == "a" * 21 + "…"
    assert html.width(html.shorten("商品名" * 10, 22)) <= 22


def test_the_funnel_counts_each_stage_and_says_why_in_words() -> None:
    def dropped(reason: str) -> dataset.Row:
        return dataset.Row("q", "s", False, reason)

    reasons = ["does-not-parse", "unknown-name", "unknown-name", "near-duplicate"]
    rows = [dataset.Row("q", "s", True, level="join")] * 6 + [dropped(reason) for reason in reasons]
    drawn = dataset.funnel(rows, EN)
    assert re.findall(r"<em>(\d+)</em>", drawn)[:4] == ["10", "9", "7", "6"]
    assert "Unknown table or column" in drawn and "Why 4 were dropped" in drawn
    assert "存在しない表や列" in dataset.funnel(rows, JA)


def test_pairs_are_found_by_what_they_say_whatever_the_case() -> None:
    rows = [dataset.Row("Who lives in Osaka?", "SELECT 1", True), dataset.Row("Else", "SELECT 'OSAKA'", False)]
    assert dataset.chosen(rows, "all", "osaka", EN) == rows
    assert dataset.chosen(rows, "kept", "osaka", EN) == rows[:1]
    assert dataset.chosen(rows, "dropped", "", EN) == rows[1:]


def test_a_long_table_of_pairs_is_cut_and_says_so() -> None:
    drawn = dataset.pairs_table([dataset.Row(f"q{n}", "s", True) for n in range(300)], EN)
    assert drawn.count("<tr ") == html.SHOWN_ROWS
    assert "The first 200 of 300" in drawn


def test_an_answer_without_rows_is_a_sentence_and_null_is_named() -> None:
    assert "found no rows" in ask.result(Answer("q", "s", Rows(("a",), ()), None, 0.1, "tuned"), EN)
    assert "NULL" in ask.result(Answer("q", "s", Rows(("a",), ((None,),)), None, 0.1, "tuned"), EN)
    assert "1,284,500" in ask.result(Answer("q", "s", Rows(("a",), ((1284500,),)), None, 0.1, "tuned"), EN)


def test_a_year_is_not_grouped_and_a_float_keeps_four_places() -> None:
    assert [html.number(each) for each in (2025, 12345, 0.125, 2.0, -7)] == ["2025", "12,345", "0.125", "2", "-7"]


def test_the_first_sentence_of_a_note_is_bold_and_an_error_is_an_alert() -> None:
    assert "<b>Line 14: twice.</b> Remove one." in html.note("Line 14: twice. Remove one.", "error")
    assert 'role="alert"' in html.note("x", "error") and 'role="status"' in html.note("x")
    assert "<b>2回定義されています。</b>どちらかを" in html.note(
        "2回定義されています。どちらかを消してください。", "error"
    )


def test_what_a_run_lacks_is_said_in_words() -> None:
    assert header.of_run(header.Head(), EN).count("not yet") == 5
    assert header.of_run(header.Head(), JA).count("まだ") == 5
