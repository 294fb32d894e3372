"""The offline teacher on all kinds of schemas: every query runs, questions read well, and it is quick."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.examples import example_database, example_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.sql import template
from pipeline.dataset.offline import OfflineTeacher
from pipeline.errors import SqlError
from pipeline.records import Pair

ONE = "CREATE TABLE tbl_ppl (id INTEGER PRIMARY KEY, nm TEXT NOT NULL, dept TEXT, sal INTEGER, hired_on DATE)"
NO_KEYS = """
CREATE TABLE author (author_name TEXT, born_on DATE, country TEXT);
CREATE TABLE book (title TEXT, author_name TEXT, price REAL, pages INTEGER);
"""
JAPANESE = """
CREATE TABLE 顧客 (顧客ID INTEGER PRIMARY KEY, 顧客名 TEXT NOT NULL, 都市 TEXT NOT NULL, 入会日 DATE);
CREATE TABLE 注文 (注文ID INTEGER PRIMARY KEY, 顧客ID INTEGER NOT NULL REFERENCES 顧客 (顧客ID), 注文日 DATE,
  金額 INTEGER NOT NULL);
"""
RESERVED = """
CREATE TABLE "group" ("order" INTEGER PRIMARY KEY, name TEXT NOT NULL, "from" DATE, "limit" INTEGER NOT NULL);
CREATE TABLE "user" (id INTEGER PRIMARY KEY, "group" INTEGER NOT NULL REFERENCES "group" ("order"), name TEXT NOT NULL,
  "select" TEXT CHECK ("select" IN ('a one', 'b two', 'c three')), "values" REAL);
"""
COMPOSITE = """
CREATE TABLE course (course_id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, credits INTEGER NOT NULL);
CREATE TABLE student (student_id INTEGER PRIMARY KEY, name TEXT NOT NULL, joined_on DATE NOT NULL);
CREATE TABLE enrolment (student_id INTEGER NOT NULL REFERENCES student, course_id INTEGER NOT NULL REFERENCES course,
  grade INTEGER, PRIMARY KEY (student_id, course_id));
CREATE TABLE exam (student_id INTEGER NOT NULL, course_id INTEGER NOT NULL, taken_on DATE NOT NULL, points INTEGER NOT NULL,
  PRIMARY KEY (student_id, course_id, taken_on),
  FOREIGN KEY (student_id, course_id) REFERENCES enrolment (student_id, course_id));
"""
KINDS = ("department", "supplier", "invoice", "machine", "contract", "vehicle", "meeting", "ticket")
MANY = "\n".join(
    f"CREATE TABLE t_{kind}_{number} ({kind}_{number}_id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL, "
    f"status TEXT NOT NULL CHECK (status IN ('open', 'closed')), created_on DATE"
    + (f", parent_id INTEGER REFERENCES t_{kind}_{number - 1}" if number else "")
    + ");"
    for kind in KINDS
    for number in range(5)
)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("ddl", [ONE, NO_KEYS, JAPANESE, RESERVED, COMPOSITE, MANY])
def test_every_kind_of_schema_gives_queries_that_run(ddl: str, language: str, tmp_path: Path) -> None:
    schema = parse_schema(ddl)
    database = build_instances(schema, tmp_path, InstanceConfig(count=1))
    pairs = list(OfflineTeacher(3, database).pairs(schema, 120, [language]))
    assert len(pairs) == 120
    with Sandbox() as sandbox:
        outcomes = sandbox.run_many([pair.sql for pair in pairs], database)
    assert not [
        (pair.sql, outcome) for pair, outcome in zip(pairs, outcomes, strict=True) if isinstance(outcome, SqlError)
    ]
    assert not [pair for pair in pairs if re.search(r"[{}§<>]|\bNone\b|の$|  |tbl|\bnm\b", pair.question)]


def test_japanese_names_are_spoken_in_both_languages(tmp_path: Path) -> None:
    schema = parse_schema(JAPANESE)
    text = {
        code: "\n".join(pair.question for pair in OfflineTeacher(3).pairs(schema, 100, [code])) for code in ("en", "ja")
    }
    assert re.search(r"\bcustomers\b", text["en"])
    assert "order date" in text["en"]
    assert "顧客" not in text["en"]
    assert "顧客" in text["ja"]
    assert "金額" in text["ja"]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    example_database("shop", path)
    return list(OfflineTeacher(7, [path]).pairs(example_schema("shop"), 800, ["en"]))


def test_the_shop_gives_more_than_400_templates_in_800_pairs_and_most_ask_one_table(pairs: list[Pair]) -> None:
    forms = Counter(template(pair.sql) for pair in pairs)
    assert len(forms) > 400
    plain = sum(count for form, count in forms.items() if " join " not in form and form.count("select") == 1)
    assert plain > 0.45 * len(pairs)


@pytest.mark.parametrize(
    "shape",
    [r"JOIN .+ JOIN", r"JOIN \w+ ON .+ WHERE \w+\.\w+ .+ AND \w+\.\w+ ", r"CASE WHEN", r"100\.0 \*", r"NOT EXISTS \(SELECT",
     r"LEFT JOIN .+ IS NULL", r"JOIN .+ GROUP BY .+ HAVING", r"other\.\w+ = \w+\.\w+", r"1\.0 \* ", r"strftime\('%Y-%m'",
     r"strftime\('%w'", r"AS INTEGER\) \+ 2\) / 3", r"COALESCE", r" (EXCEPT|INTERSECT|UNION) ", r"OFFSET 1", r"COUNT\(DISTINCT",
     r"AS child JOIN", r"julianday", r"LIMIT [2-5]"],
)  # fmt: skip
def test_reports_ask_in_every_shape(pairs: list[Pair], shape: str) -> None:
    assert any(re.search(shape, pair.sql) for pair in pairs)


def test_no_question_says_what_no_person_would(pairs: list[Pair]) -> None:
    wrong = r"\b(the|are|is|with) \1\b|\ban? (an?|the)\b|\bof an the\b|\ba [aeio]\w{3,}(?<!one)\b(?<!european)"
    texts = [re.sub(r"'[^']*'|[A-Z]\w+|[^\x00-\x7f]+", "", pair.question) for pair in pairs]
    assert not [text for text in texts if re.search(wrong, text)]
    assert not [text for text in texts if re.search(r"more than (1|one) \w+s\b(?<!ss)", text)]


def test_400_pairs_take_less_than_five_seconds(pairs: list[Pair]) -> None:
    began = time.perf_counter()
    assert len(list(OfflineTeacher(9).pairs(example_schema("shop"), 400, ["en", "ja"]))) == 400
    assert time.perf_counter() - began < 5
