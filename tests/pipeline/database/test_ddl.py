"""Schemas out of whole dumps, out of files, and one clear line for everything that is no schema."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.notes import read_notes, write_notes
from pipeline.database.schema import ForeignKey, Schema, quote
from pipeline.errors import UserError

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[4] / "shared" / "benchmarks"
DUMPS = sorted(DATA.glob("*.sql")) + sorted(SHARED.glob("*/*.sql")) + sorted(SHARED.glob("*/*.sqlite"))


def again(schema: Schema) -> Schema:
    """The schema after a trip through its own SQL."""
    return dataclasses.replace(parse_schema(schema.to_sql(), name=schema.name), dialect=schema.dialect)


def refused(text: str, **options: str) -> str:
    with pytest.raises(UserError) as caught:
        parse_schema(text, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)
def test_a_dump_passes_whole_in_under_a_second_and_survives_its_own_sql(path: Path) -> None:
    schema = read_schema_file(path)
    assert again(schema) == schema
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(schema.to_sql())
        made = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert made == [table.name for table in schema.tables]


def test_a_pg_dump_gives_tables_keys_types_comments_and_samples() -> None:
    schema = read_schema_file(DATA / "pg_dump.sql")
    assert (schema.dialect, schema.name) == ("postgres", "pg_dump")
    assert [table.name for table in schema.tables] == ["books", "loans", "members"]
    books, loans, members = schema.tables
    types = {column.name: column.type for column in books.columns}
    assert types == {
        "id": "INTEGER",
        "title": "TEXT",
        "language": "TEXT",
        "price": "REAL",
        "pages": "INTEGER",
        "tags": "TEXT",
        "cover": "BLOB",
        "kind": "TEXT",
        "added": "DATETIME",
    }
    assert books.comment == """What the library owns; it's all "here" -- really"""
    assert books.checks == ("kind IN ('novel', 'essay', 'poems')", "pages > 0", "pages < 10000")
    language = books.column("language")
    assert (language.comment, language.allowed, language.default) == ("ISO code", ("en", "ja", "zh-TW"), "'en'")
    assert books.column("kind").allowed == ("novel", "essay", "poems")
    assert books.column("title").samples == ("The Sea; the Sea", "It's\ta tab")
    assert books.column("added").default == "CURRENT_TIMESTAMP"
    assert books.primary_key == ("id",) and not books.column("id").nullable and books.column("pages").nullable
    assert loans.column("state").allowed == ("out", "returned", "lost; paid")
    assert loans.foreign_keys == (
        ForeignKey(("book_id",), "books", ("id",)),
        ForeignKey(("member_id",), "members", ("id",)),
    )
    assert members.column("email").unique and members.unique == ()
    assert members.column("password_hash").samples == ()


def test_a_mysqldump_gives_tables_keys_types_comments_and_samples() -> None:
    schema = read_schema_file(DATA / "mysqldump.sql")
    assert schema.dialect == "mysql"
    assert [table.name for table in schema.tables] == ["customers", "orders"]
    customers, orders = schema.tables
    assert customers.comment == "people who buy"
    assert customers.unique == (("name", "rank"),)
    assert [column.type for column in customers.columns] == [
        *("INTEGER", "TEXT", "TEXT", "BOOLEAN", "REAL", "INTEGER", "BLOB", "INTEGER", "DATETIME"),
    ]
    assert customers.column("name").comment == 'full name; not the "login"'
    assert customers.column("name").samples == ("O'Hara; Jr.", "back\\slash (ok)")
    assert customers.column("rank").allowed == ("bronze", "silver", "it's gold")
    assert customers.column("points").default == "-1"
    assert customers.checks == ("points <= 1000", "rank IN ('bronze', 'silver')")
    assert orders.primary_key == ("id",)
    assert orders.column("key").default == "'a;b'"
    assert orders.foreign_keys == (ForeignKey(("customer_id",), "customers", ("id",)),)


def test_comments_find_their_column_wherever_they_stand() -> None:
    schema = parse_schema(
        "CREATE TABLE before (x INT); -- not about the next\n-- about the table\nCREATE TABLE t ( -- and more\n"
        "  a INT, -- beside a\n  -- above b\n  b TEXT /* inside b */ NOT NULL,\n  c TEXT -- values: x, y\n"
        ", d INT -- 0 = no, 1 = yes\n, e TEXT -- one of: mg, ml, etc.\n)"
    )
    table = schema.table("t")
    assert table.comment == "about the table; and more"
    assert [column.comment for column in table.columns] == [
        *("beside a", "above b; inside b", "", "0 = no, 1 = yes", "one of: mg, ml, etc."),
    ]
    assert table.column("c").allowed == ("x", "y")


@pytest.mark.parametrize(
    "odd",
    ["a -- b", "x; y", "two\nlines", "a | b", "it's", '"q"', "/* c */", "*/", "-----", "\\", "\x85", "; samples: a; b"],
)
def test_odd_characters_in_comments_and_values_survive(odd: str) -> None:
    text = odd.replace("'", "''")
    schema = parse_schema(
        f"CREATE TABLE t (a TEXT CHECK (a IN ('{text}', 'etc', '', ' b  c ')), b TEXT DEFAULT '{text}');\n"
        f"COMMENT ON COLUMN t.a IS '{text}';\nCOMMENT ON COLUMN t.b IS 'x{text}';\nCOMMENT ON TABLE t IS '{text}';\n"
        f"INSERT INTO t VALUES ('{text}', '{text}');",
        dialect="postgres",
    )
    assert schema.table("t").column("a").allowed == (odd, "etc", "", " b  c ")
    assert schema.table("t").column("b").samples in ((odd,), ())
    assert again(schema) == schema


@pytest.mark.parametrize(
    "comment", ["", "text", "possible values: a", "a; samples: b; c", "x: y; possible values: a, b"]
)
def test_notes_are_read_as_they_were_written(comment: str) -> None:
    values = ("a", "St. Louis", "x, y", "p; q", 'a "b"', "東京", "-85", "etc", "'", "z" * 90)
    free, allowed, _ = read_notes(write_notes(comment, values, values))
    assert (free, allowed) == (comment, values)
    free, allowed, samples = read_notes(comment)
    assert read_notes(write_notes(free, allowed, samples)) == (free, allowed, samples)


def test_japanese_quoted_and_keyword_names_work() -> None:
    schema = parse_schema(
        "CREATE TABLE 顧客 (番号 INTEGER PRIMARY KEY, 氏名 TEXT, -- 取りうる値: 甲、乙\n"
        '"順 位" INT REFERENCES 顧客, function TEXT, lock INT, "select" TEXT, [group] INT, type TEXT)'
    )
    table = schema.table("顧客")
    assert [column.name for column in table.columns] == [
        *("番号", "氏名", "順 位", "function", "lock", "select", "group", "type"),
    ]
    assert table.column("氏名").allowed == ("甲", "乙")
    assert table.foreign_keys == (ForeignKey(("順 位",), "顧客", ("番号",)),)
    assert again(schema) == schema
    assert quote("select") == '"select"' and quote("type") == "type" and quote('a"b') == '"a""b"'


def test_types_of_each_dialect_become_sqlites() -> None:
    def types(dialect: str, *names: str) -> list[str]:
        columns = ", ".join(f"c{number} {name}" for number, name in enumerate(names))
        return [column.type for column in parse_schema(f"CREATE TABLE t ({columns})", dialect).tables[0].columns]

    assert types(
        "sqlite", "UNSIGNED BIG INT", "VARYING CHARACTER(9)", "DOUBLE PRECISION", "", "NUMERIC", "DATETIME", "BLOB"
    ) == [
        *("INTEGER", "TEXT", "REAL", "TEXT", "REAL", "DATETIME", "BLOB"),
    ]
    assert types(
        "postgres", "BIGSERIAL", "TIMESTAMPTZ", "JSONB", "NUMERIC(8)", "NUMERIC(8, 2)", "INT4RANGE", "BOOL", "BYTEA"
    ) == [
        *("INTEGER", "DATETIME", "TEXT", "INTEGER", "REAL", "TEXT", "BOOLEAN", "BLOB"),
    ]
    assert types("mysql", "TINYINT(1)", "TINYINT", "YEAR", "DATE", "TIME", "DOUBLE", "SET('a','b')", "LONGTEXT") == [
        *("BOOLEAN", "INTEGER", "INTEGER", "DATE", "TEXT", "REAL", "TEXT", "TEXT"),
    ]


def test_only_simple_checks_and_constant_defaults_are_carried_over() -> None:
    schema = parse_schema(
        "CREATE TABLE t (a INT CHECK (a > 0 AND load_extension('x') > 0), b TEXT DEFAULT (hex(randomblob(9))),"
        " c INT DEFAULT -5, d TEXT CHECK (d = 'x' OR d = 'y' OR d IS NULL), e INT CHECK (e NOT IN (1, 2)),"
        " CHECK (a IN (SELECT 1)), CHECK (nobody > 1), CHECK (LENGTH(d) < 9))"
    )
    table = schema.tables[0]
    assert table.checks == ("a > 0", "d = 'x' OR d = 'y' OR d IS NULL", "NOT e IN (1, 2)", "LENGTH(d) < 9")
    assert [column.default for column in table.columns] == [None, None, "-5", None, None]
    assert table.column("d").allowed == ("x", "y") and table.column("e").allowed == ()
    assert again(schema) == schema


def test_the_prompt_shows_closed_lists_and_keys_but_no_comments() -> None:
    schema = parse_schema(
        "CREATE TABLE a (id INT PRIMARY KEY, n INT CHECK (n IN (1, 2)), s TEXT CHECK (s IN ('it''s', 'b'))); -- note\n"
        "CREATE TABLE b (a_id INT REFERENCES a -- note\n)"
    )
    assert schema.to_prompt() == (
        "a (id INTEGER PRIMARY KEY, n INTEGER IN (1, 2), s TEXT IN ('it''s', 'b'))\nb (a_id INTEGER REFERENCES a (id))"
    )


def test_a_forgotten_semicolon_and_a_code_fence_are_understood() -> None:
    schema = parse_schema("```sql\nCREATE TABLE a (x INT)\nCREATE TABLE b (y INT)\n```\n")
    assert [table.name for table in schema.tables] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The text is empty. Paste CREATE TABLE"),
        (" \n\t", "The text is empty."),
        ("hello, I don't know, I want a shop", "No CREATE TABLE was found in the text"),
        ("CREATE TABLE a (id INT,", "Line 1: CREATE TABLE a is not finished"),
        ("CREATE TABLE a", "Line 1: this CREATE TABLE cannot be read"),
        ("\n\nSELECT 1;\nSELECT 2", "Line 3: a query begins here, but no table is defined. Paste"),
        ("-- CREATE TABLE a (x INT)", "There is no CREATE TABLE outside of comments"),
        (
            "CREATE TABLE orders (x INT);\n\nCREATE TABLE Orders (y INT);",
            "Line 3: the table Orders is defined twice. Remove one",
        ),
        ("CREATE TABLE x.a (i INT);\nCREATE TABLE y.a (i INT);", "Line 2: x and y both hold a table a"),
        ("CREATE TABLE a (x INT,\n y INT,\n X TEXT)", "Line 3: the table a has two columns named X."),
        (
            "CREATE TABLE a (x INT,\n y INT REFERENCES b (id))",
            "Line 2: the table a refers to the table b, which is not defined.",
        ),
        (
            "CREATE TABLE b (i INT);\nCREATE TABLE a (x INT REFERENCES b (id))",
            "Line 2: a foreign key refers to the column id of b",
        ),
        (
            "CREATE TABLE b (i INT);\nCREATE TABLE a (x INT REFERENCES b)",
            "Line 2: the foreign key from a to b has 1 columns here and 0",
        ),
        ("CREATE TABLE a (x INT, PRIMARY KEY (z))", "Line 1: a key of the table a names the column z"),
        ('CREATE TABLE "" (x INT)', "Line 1: the name '' is empty"),
        ('CREATE TABLE a (x INT,\n"" INT)', "Line 2: the name '' is empty"),
        ("CREATE TABLE a ()", "Line 1: the table a has no columns."),
        ("CREATE TABLE a AS SELECT 1 AS x", "Line 1: the table a takes its columns from elsewhere"),
        ("CREATE TABLE a (x INT,\n y INT z TEXT)", "Line 2: this CREATE TABLE cannot be read near 'z'"),
        ("CREATE TABLE a (x INT\n y TEXT)", "Line 2: this CREATE TABLE cannot be read near 'y'"),
        ("CREATE TABLE a (x INT);\nINSERT INTO a VALUES ('oops);", "Line 2: the quote ' opened here is never closed."),
        ("CREATE TABLE a (x\0 INT)", "Line 1: there is a zero byte"),
        (
            "CREATE TABLE a (x INT CHECK (" + "(" * 3000 + "x" + ")" * 3000 + " > 1))",
            "Line 1: this CREATE TABLE cannot be read",
        ),
        ("CREATE TABLE a (x INT CHECK (" + "NOT " * 3000 + "x))", "Line 1: this CREATE TABLE cannot be read"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_wrong_input_gets_one_line_with_the_place_and_the_remedy(text: str, told: str) -> None:
    assert told in refused(text)


def test_an_unknown_dialect_and_an_empty_name_are_refused() -> None:
    assert "The dialect 'oracle' is not known. Choose" in refused("CREATE TABLE a (x INT)", dialect="oracle")
    assert "name of the schema is empty" in refused("CREATE TABLE a (x INT)", name=" ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 5_000_000, "The text has 5.0 million characters; the limit is 2 million."),
        (
            ";".join(f"CREATE TABLE w{n} (" + ",".join(f"c{i} INT" for i in range(5_000)) + ")" for n in range(5)),
            "with the table w4 the schema has 25,000 columns; the limit is 20,000",
        ),
        ("CREATE TABLE a (x INT" + "," * 1_900_000, "one CREATE TABLE has 1,900,021 characters"),
        ("CREATE TABLE a (x INT" + "\n" * 1_900_000, "one CREATE TABLE has 1,900,021 characters"),
        ("/* " * 600_000 + "CREATE TABLE a (x INT)", "outside of comments"),
        ("CREATE TABLE a (\\'" + "\\'" * 900_000, "never closed"),
    ],
    ids=["5 MB", "25,000 columns", "commas", "lines", "comments", "quotes"],
)
def test_junk_is_refused(text: str, told: str) -> None:
    assert told in refused(text)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.sql")), ids=lambda path: path.name)
def test_a_dump_cut_anywhere_gives_a_schema_or_a_user_error(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    outcomes = set()
    for end in range(0, len(text), max(97, len(text) // 40)):
        try:
            schema = parse_schema(text[:end])
            assert again(schema) == schema
            outcomes.add("schema")
        except UserError:
            outcomes.add("refused")
    assert outcomes == {"schema", "refused"}


def test_a_sqlite_file_is_read_with_samples_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "my shop?.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, 名 TEXT, api_key TEXT, pic BLOB, u AS (upper(名)));"
            "INSERT INTO a (名, api_key, pic) VALUES ('x;y', 'k1', x'00'), ('x;y', 'k2', NULL), ('z', 'k3', NULL);"
            "CREATE VIRTUAL TABLE f USING fts5(t); CREATE VIEW v AS SELECT 1; CREATE TABLE b (a_id REFERENCES a)"
        )
    connection.close()
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    schema = read_schema_file(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns, list(tmp_path.iterdir())) == (before, changed, [path])
    assert [table.name for table in schema.tables] == ["a", "b"]
    table = schema.table("a")
    assert [column.samples for column in table.columns] == [("1", "2", "3"), ("x;y", "z"), (), (), ()]
    assert schema.table("b").foreign_keys == (ForeignKey(("a_id",), "a", ("id",)),)
    assert again(schema) == schema


def test_files_that_are_no_schema_are_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "none.db") as connection:
        connection.execute("CREATE VIEW v AS SELECT 1")
    connection.close()
    (tmp_path / "empty.sql").write_text("")
    (tmp_path / "binary.sql").write_bytes(bytes(range(256)))
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 20)
    for name, told in {
        "nowhere.sql": "There is no file",
        ".": "is a folder",
        "none.db": "has no tables",
        "empty.sql": "The text is empty",
        "binary.sql": "is not text in UTF-8",
        "broken.db": "cannot be read",
    }.items():
        with pytest.raises(UserError, match=told):
            read_schema_file(tmp_path / name)


def test_a_dump_with_many_rows_is_read_quickly_and_shows_the_first(tmp_path: Path) -> None:
    path = tmp_path / "rows.sql"
    rows = ", ".join(f"({number}, 'it''s -- {number}; ok')" for number in range(50_000))
    path.write_text(f"CREATE TABLE t (id INT, name TEXT);\nINSERT INTO t VALUES {rows};\nCREATE TABLE u (id INT);\n")
    schema = read_schema_file(path)
    assert schema.table("t").column("name").samples[0] == "it's -- 0; ok"
    assert [table.name for table in schema.tables] == ["t", "u"]


def test_a_dump_in_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "windows.sql").write_text("CREATE TABLE 表 (x INT);", encoding="utf-16")
    assert read_schema_file(tmp_path / "windows.sql").tables[0].name == "表"
