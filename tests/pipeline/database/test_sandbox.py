"""The sandbox against attacks, one by one, and what it gives for honest SQL."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.config import SandboxLimits
from pipeline.database.sandbox import MESSAGES, Sandbox
from pipeline.errors import SqlError

SHORT = SandboxLimits(seconds=0.3)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def make_database(path: Path, rows: int = 40) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price REAL)")
        connection.execute("CREATE VIEW dear AS SELECT name FROM goods WHERE price > 20")
        connection.execute("CREATE VIEW sneaky AS SELECT sql FROM sqlite_master")
        connection.execute("CREATE VIRTUAL TABLE notes USING fts4(body)")
        connection.executemany("INSERT INTO goods VALUES (?, ?, ?)", [(n, f"item {n}", n / 2) for n in range(rows)])
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One database for all attacks; its bytes and its folder are the same after them."""
    path = make_database(tmp_path_factory.mktemp("sandbox") / "shop.sqlite")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    yield path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [file.name for file in path.parent.iterdir()] == ["shop.sqlite"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def refusal(sandbox: Sandbox, sql: str, database: Path, limits: SandboxLimits = SHORT) -> str:
    with pytest.raises(SqlError) as caught:
        sandbox.run(sql, database, limits)
    assert "\n" not in str(caught.value)
    return caught.value.reason


WRITES = [
    "INSERT INTO goods VALUES (99, 'x', 1)",
    "UPDATE goods SET price = 0",
    "DELETE FROM goods",
    "DELETE FROM goods RETURNING id",
    "DROP TABLE goods",
    "CREATE TABLE evil (x)",
    "CREATE TEMP TABLE evil AS SELECT * FROM goods",
    "REPLACE INTO goods VALUES (1, 'x', 1)",
    "WITH x AS (SELECT 1) DELETE FROM goods",
    "WITH x AS (SELECT 1) INSERT INTO goods SELECT 99, 'x', 1 RETURNING id",
    "WITH x AS (SELECT 1) UPDATE goods SET price = 0 RETURNING id",
    "/* a comment */ -- and another\n DROP TABLE goods",
    "-- SELECT 1\nDROP TABLE goods",
    ";;DROP TABLE goods",
    "ATTACH '{folder}/evil.sqlite' AS evil",
    "ATTACH 'file:{folder}/evil.sqlite?mode=rwc' AS evil",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO '{folder}/evil.sqlite'",
    "PRAGMA journal_mode = WAL",
    "PRAGMA writable_schema = ON",
    "PRAGMA table_info(goods)",
    "BEGIN IMMEDIATE",
    "SAVEPOINT a",
    "ANALYZE",
    "REINDEX",
    "EXPLAIN SELECT 1",
]


@pytest.mark.parametrize("sql", WRITES)
def test_anything_but_a_select_is_refused(sandbox: Sandbox, database: Path, sql: str) -> None:
    assert refusal(sandbox, sql.replace("{folder}", str(database.parent)), database) == "not-a-select"


FORBIDDEN = [
    "SELECT load_extension('/tmp/evil.so')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('{folder}/evil', 'x')",
    "SELECT edit('x')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT zeroblob(1000000000)",
    "SELECT hex(randomblob(10))",
    "SELECT sqlite_version()",
    "SELECT * FROM sqlite_master",
    "SELECT count(*) FROM sqlite_schema",
    "SELECT sql FROM main.sqlite_master",
    "SELECT * FROM sqlite_temp_master",
    "SELECT name FROM goods UNION SELECT sql FROM sqlite_master",
    "SELECT (SELECT sql FROM sqlite_master LIMIT 1)",
    "SELECT * FROM sneaky",
    "SELECT * FROM notes",
    "SELECT * FROM pragma_table_info('goods')",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM sqlite_dbpage",
    "SELECT * FROM generate_series(1, 10)",
    "SELECT * FROM json_each('[1]')",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_functions_and_tables_outside_the_allow_list_give_nothing(sandbox: Sandbox, database: Path, sql: str) -> None:
    reason = refusal(sandbox, sql.replace("{folder}", str(database.parent)), database)
    assert reason in {"forbidden", "unknown-function", "unknown-table"}  # some builds of SQLite do not have them


def test_the_refusal_is_ours_where_sqlite_has_the_function(sandbox: Sandbox, database: Path) -> None:
    assert refusal(sandbox, "SELECT zeroblob(3)", database) == "forbidden"
    assert refusal(sandbox, "SELECT name FROM sqlite_master", database) == "forbidden"
    assert refusal(sandbox, "SELECT name FROM pragma_table_info('goods')", database) == "forbidden"


FIVE_TABLES = "FROM goods a, goods b, goods c, goods d, goods e"
SLOW = [
    ENDLESS,
    ENDLESS.replace("count(*)", "group_concat(x)"),
    ENDLESS.replace("count(*)", "max(x)") + " ORDER BY 1",
    f"SELECT count(*) {FIVE_TABLES}",
    f"SELECT sum(length(printf('%.*c', 3000000, 'x'))) {FIVE_TABLES}",
    f"SELECT a.id {FIVE_TABLES} WHERE a.id + b.id + c.id + d.id + e.id < 0",
]


@pytest.mark.parametrize("sql", SLOW)
def test_an_endless_query_is_stopped_near_its_deadline(sandbox: Sandbox, database: Path, sql: str) -> None:
    start = time.monotonic()
    assert refusal(sandbox, sql, database) == "timeout"
    assert time.monotonic() - start < 5  # 0.3 s, the grace of 1 s, and a busy machine


BOMBS = [
    "SELECT printf('%.*c', 1000000000, 'x')",
    "SELECT hex(printf('%.*c', 3900000, 'x'))",
    "SELECT replace(printf('%.*c', 3900000, 'x'), 'x', '" + "y" * 1000 + "')",
    "WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n",
    f"SELECT group_concat(printf('%.*c', 100000, 'x')) {FIVE_TABLES}",
    f"SELECT DISTINCT printf('%.*c%d%d%d', 100000, 'x', a.id, b.id, c.id) {FIVE_TABLES}",
    f"SELECT printf('%.*c', 90000, 'x') AS s {FIVE_TABLES} ORDER BY random()",
]


@pytest.mark.parametrize("sql", BOMBS)
def test_a_memory_bomb_does_not_go_off(sandbox: Sandbox, database: Path, sql: str) -> None:
    try:
        answer = sandbox.run(sql, database, SandboxLimits(seconds=0.4, megabytes=64))
    except SqlError as error:
        assert error.reason in {"too-large", "timeout"}
    else:  # SQLite gives NULL where printf passes its length
        assert sum(len(str(row)) for row in answer.rows) < 20_000_000
    assert sandbox.run("SELECT 1", database).rows == ((1,),)


def test_a_sort_that_needs_more_than_the_heap_is_too_large(sandbox: Sandbox, database: Path) -> None:
    sql = f"SELECT printf('%.*c', 90000, 'x') AS s {FIVE_TABLES} ORDER BY random()"
    assert refusal(sandbox, sql, database, SandboxLimits(seconds=20, megabytes=16)) == "too-large"


def test_a_million_rows_are_cut_at_the_cap(sandbox: Sandbox, database: Path) -> None:
    million = ENDLESS.replace("SELECT x + 1 FROM n", "SELECT x + 1 FROM n LIMIT 1000000").replace("count(*)", "x")
    answer = sandbox.run(million, database)
    assert len(answer.rows) == 10_000 and answer.truncated
    assert sandbox.run("SELECT id FROM goods", database, SandboxLimits(rows=3)).rows == ((0,), (1,), (2,))
    exact = sandbox.run("SELECT id FROM goods", database, SandboxLimits(rows=40))
    assert len(exact.rows) == 40 and not exact.truncated


def test_an_answer_of_many_bytes_is_cut(sandbox: Sandbox, database: Path) -> None:
    answer = sandbox.run("SELECT printf('%.*c', 1000000, 'x') FROM goods", database)
    assert answer.truncated and len(answer.rows) < 12


def test_huge_sql_is_too_large(sandbox: Sandbox, database: Path) -> None:
    megabyte = "SELECT '" + "x" * 1_000_000 + "'"
    assert refusal(sandbox, megabyte, database) == "too-large"
    assert refusal(sandbox, megabyte, database, SandboxLimits(sql_length=10_000_000)) == "too-large"
    assert refusal(sandbox, "SELECT " + "(" * 5000 + "1" + ")" * 5000, database) == "too-large"
    assert refusal(sandbox, "SELECT 1" + " + 1" * 3000, database) == "too-large"
    assert refusal(sandbox, "SELECT 1" + " UNION ALL SELECT 1" * 100, database) == "too-large"


REASONS = [
    ("", "empty"),
    ("  -- nothing\n ;", "empty"),
    ("SELECT 1; SELECT 2", "several-statements"),
    ("SELECT 1; DROP TABLE goods", "several-statements"),
    ("SELECT nope FROM goods", "unknown-column"),
    ("SELECT * FROM nope", "unknown-table"),
    ("SELECT date_trunc('month', name) FROM goods", "unknown-function"),
    ("SELECT name FROM goods WHERE", "syntax"),
    ("SELECT 'a", "syntax"),
    ("SELECT id FROM goods WHERE id = ?", "syntax"),
    ("Here is your query", "syntax"),
    ("SELECT 1\0; DROP TABLE goods", "syntax"),
    ("SELECT '\ud800'", "syntax"),
    ("SELECT sum(sum(id)) FROM goods", "error"),
]


@pytest.mark.parametrize(("sql", "reason"), REASONS)
def test_each_mistake_has_its_reason(sandbox: Sandbox, database: Path, sql: str, reason: str) -> None:
    assert refusal(sandbox, sql, database) == reason


def test_every_reason_has_one_line_that_can_be_filled() -> None:
    for template in MESSAGES.values():
        assert template.format(detail="x", seconds=1.0).endswith(".")


GOOD = [
    ("SELECT count(*) FROM goods;  -- how many", ((40,),)),
    ("WITH g AS (SELECT * FROM goods) SELECT count(*) FROM g", ((40,),)),
    ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 4) SELECT sum(x) FROM n", ((10,),)),
    ("SELECT count(*) FROM dear", ((0,),)),
    ("SELECT max(rowid) FROM goods", ((39,),)),
    ("SELECT name FROM GOODS ORDER BY Price DESC LIMIT 1", (("item 39",),)),
    ("SELECT rank() OVER (ORDER BY id) FROM goods LIMIT 1", ((1,),)),
    ("SELECT strftime('%Y', '2024-05-06'), round(2.567, 2), upper('a') || 'b'", (("2024", 2.57, "Ab"),)),
    ("VALUES (1), (2)", ((1,), (2,))),
    ("SELECT 9e999, -9e999, x'00ff', CAST(x'ff41' AS TEXT), NULL", (("Inf", "-Inf", "x'00ff'", "\ufffdA", None),)),
    ("SELECT 9223372036854775807, 0.1, '日本語'", ((9223372036854775807, 0.1, "日本語"),)),
]


@pytest.mark.parametrize(("sql", "rows"), GOOD)
def test_a_select_gives_its_rows(sandbox: Sandbox, database: Path, sql: str, rows: tuple[object, ...]) -> None:
    assert sandbox.run(sql, database).rows == rows


def test_the_columns_keep_their_names_and_may_repeat(sandbox: Sandbox, database: Path) -> None:
    assert sandbox.run("SELECT id AS n, id AS n, name FROM goods", database).columns == ("n", "n", "name")


def test_random_and_the_date_of_today_may_run(sandbox: Sandbox, database: Path) -> None:
    assert sandbox.run("SELECT typeof(random()), length(date('now'))", database).rows == (("integer", 10),)


def test_queries_are_told_apart_from_a_gold_where_some_database_gives_another_answer(tmp_path: Path) -> None:
    databases = [_made(tmp_path / name, rows) for name, rows in (("one", [(1, 0.1), (1, 0.2)]), ("two", [(2, 0.3)]))]
    others = [
        "SELECT a FROM t WHERE a >= 1",  # the same
        "SELECT b + 1e-12 FROM t",  # other columns by count would show; here other values
        "SELECT a FROM t WHERE a = 1",  # another answer on the second database only
        "SELECT a, b FROM t",
        "SELECT absent FROM t",
    ]
    with Sandbox() as sandbox:
        told = sandbox.tell_apart("SELECT a FROM t", others, databases, ordered=False)
        close = sandbox.tell_apart("SELECT sum(b) FROM t", ["SELECT sum(b) + 1e-12 FROM t"], databases, ordered=False)
    assert told[:4] == [False, True, True, True]
    assert isinstance(told[4], SqlError)
    assert told[4].reason == "unknown-column"
    assert close == [False]


def test_a_gold_that_cannot_run_tells_nothing_apart(tmp_path: Path) -> None:
    database = _made(tmp_path / "one", [(1, 0.1)])
    with Sandbox() as sandbox:
        (told,) = sandbox.tell_apart("SELECT x FROM t", ["SELECT a FROM t"], [database], ordered=False)
    assert isinstance(told, SqlError)


def _made(path: Path, rows: list[tuple[int, float]]) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (a INTEGER, b REAL)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    return path
