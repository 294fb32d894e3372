"""Which answers make a chart and which, and that it says its figures."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.records import Rows
from space.view.chart import Chart, chart, chart_of

CASES: list[tuple[str, tuple[str, ...], list[tuple[Any, ...]], str]] = [
    ("a text and a number", ("name", "revenue"), [("Kettle", 30), ("Desk", 20.5)], "bars"),
    ("the number first", ("n", "city"), [(3, "Osaka"), (2, "Kyoto")], "bars"),
    ("an id is no figure", ("id", "name", "price"), [(1, "Kettle", 30), (2, "Desk", 20)], "bars"),
    ("nor is a key", ("product_id", "price"), [(1, 30), (2, 20)], ""),
    ("a text and an id", ("name", "id"), [("Kettle", 1), ("Desk", 2)], ""),
    ("two numbers of which none is ordered", ("price", "stock"), [(3, 1), (1, 2), (2, 3)], ""),
    ("two figures", ("name", "price", "stock"), [("a", 1, 2), ("b", 3, 4)], ""),
    ("two texts", ("name", "city"), [("a", "b"), ("c", "d")], ""),
    ("two texts and a number", ("name", "city", "n"), [("a", "b", 1), ("c", "d", 2)], ""),
    ("one row", ("name", "n"), [("a", 1)], ""),
    ("thirty rows", ("name", "n"), [(f"a{n}", n) for n in range(30)], "bars"),
    ("thirty-one rows", ("name", "n"), [(f"a{n}", n) for n in range(31)], ""),
    ("a figure missing", ("name", "n"), [("a", 1), ("b", None)], ""),
    ("a label missing", ("name", "n"), [("a", 1), (None, 2)], ""),
    ("a figure that is no number", ("name", "n"), [("a", 1), ("b", float("inf"))], ""),
    ("days", ("day", "n"), [("2025-01-01", 1), ("2025-01-02", 3)], "line"),
    ("days, newest first", ("day", "n"), [("2025-01-03", 1), ("2025-01-02", 3)], "line"),
    ("days in no order", ("day", "n"), [("2025-01-03", 1), ("2025-01-01", 3), ("2025-01-02", 2)], "bars"),
    ("times", ("at", "n"), [("2025-01-01 09:00:00", 1), ("2025-01-01 10:30", 3)], "line"),
    ("months", ("month", "n"), [("2025-01", 1), ("2025-02", 3)], "line"),
    ("months as digits", ("month", "n"), [("01", 1), ("02", 3), ("11", 2)], "line"),
    ("years as text", ("year", "n"), [("2023", 1), ("2024", 3)], "line"),
    ("years as numbers", ("year", "n"), [(2023, 1), (2024, 3)], "line"),
    ("a day that does not exist", ("day", "n"), [("2025-02-30", 1), ("2025-02-31", 3)], "bars"),
    ("the same day twice", ("day", "n"), [("2025-02-01", 1), ("2025-02-01", 3)], "bars"),
    ("words that begin as a date", ("week", "n"), [("2025-W01", 1), ("2025-W02", 3)], "bars"),
]


def kind(found: Chart | None) -> str:
    return "" if found is None else "line" if found.places else "bars"


@pytest.mark.parametrize(("columns", "rows", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_answer_makes_the_chart_that_its_columns_ask_for(
    columns: tuple[str, ...], rows: list[tuple[Any, ...]], wanted: str
) -> None:
    answer = Rows(columns, tuple(rows))
    assert kind(chart_of(answer)) == wanted
    assert bool(chart(answer)) == bool(wanted)


def test_rows_that_were_cut_make_no_chart() -> None:
    assert chart_of(Rows(("name", "n"), (("a", 1), ("b", 2)), truncated=True)) is None


def test_bars_stand_in_the_order_of_the_sql_and_are_as_long_as_their_figures() -> None:
    drawn = chart(Rows(("name", "revenue"), (("Desk", 500), ("Kettle", 2000), ("Mug", 0))))
    assert re.findall(r"width:([\d.]+)%", drawn) == ["25.00", "100.00", "0.00"]
    assert 'aria-label="name, revenue: Desk 500; Kettle 2000; Mug 0"' in drawn


def test_figures_below_zero_go_to_the_left_of_it() -> None:
    drawn = chart(Rows(("name", "change"), (("a", -1), ("b", 3))))
    assert re.findall(r"left:([\d.]+)%;width:([\d.]+)%", drawn) == [("0.00", "25.00"), ("25.00", "75.00")]


def test_a_line_goes_from_the_earliest_to_the_latest_with_gaps_in_time_as_gaps() -> None:
    drawn = chart(Rows(("year", "n"), ((2025, 40), (2021, 20), (2020, 0))))
    assert re.findall(r'points="([^"]+)"', drawn) == ["0.00,100.00 20.00,50.00 100.00,0.00"]
    assert "2020 0; 2021 20; 2025 40" in drawn


def test_a_line_of_zeros_is_drawn() -> None:
    assert "100.00,100.00" in chart(Rows(("year", "n"), ((2020, 0), (2021, 0))))


def test_a_line_labels_no_more_dates_than_there_is_room_for() -> None:
    rows = tuple((f"2025-01-{day:02d}", day) for day in range(1, 31))
    labels = re.findall(r"<span[^>]*>([^<]+)</span>", chart(Rows(("day", "n"), rows)))
    assert 3 <= len(labels) <= 6 and (labels[0], labels[-1]) == ("2025-01-01", "2025-01-30")
