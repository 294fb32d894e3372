"""SQL out of a text, and what a query tells without being run."""

import pytest

from pipeline.database.schema import Column, Schema, Table
from pipeline.database.sql import (
    extract_sql,
    is_ordered,
    level,
    literals,
    parse_select,
    template,
    unknown_names,
)
from pipeline.errors import SqlError

PLAIN = "SELECT name FROM goods"
EXTRACTED = [
    (PLAIN, PLAIN),
    (f"  {PLAIN} ;  ", PLAIN),
    (f"```sql\n{PLAIN};\n```", PLAIN),
    (f"```\n{PLAIN}", PLAIN),
    (f"Sure! Here's the query:\n```sqlite\n{PLAIN};\n```\nIt's what you asked for.", PLAIN),
    (f"SQL: {PLAIN}", PLAIN),
    (f"SQLQuery: {PLAIN}\nSQLResult: 3", PLAIN),
    (f"Answer: `{PLAIN}`.", PLAIN),
    (f"<think>SELECT wrong FROM goods</think>\n\n{PLAIN}", PLAIN),
    (f"I think so</think>{PLAIN}", PLAIN),
    (f"{PLAIN}<|im_end|>\n<|im_start|>user", PLAIN),
    (f"{PLAIN}\n\nThis query isn't slow; it lists the names.", PLAIN),
    (f"{PLAIN}\nThis lists the names of all goods.", PLAIN),
    (f"The query you need is {PLAIN}.", PLAIN),
    (f"答えは次の通りです：\n{PLAIN}\n以上です。", PLAIN),
    (f"{PLAIN}; DROP TABLE goods", PLAIN),
    ("select 1", "select 1"),
    ("SELECT a\n\nFROM b\n\nWHERE c = 'it''s; here'", "SELECT a\n\nFROM b\n\nWHERE c = 'it''s; here'"),
    ("SELECT a FROM b -- first; then\nWHERE c = 1;", "SELECT a FROM b -- first; then\nWHERE c = 1"),
    ("WITH x AS (SELECT 1 AS a)\nSELECT a FROM x", "WITH x AS (SELECT 1 AS a)\nSELECT a FROM x"),
    ('SELECT "名前" FROM "顧客"', 'SELECT "名前" FROM "顧客"'),
    ("SELECT name FORM goods WHERE", "SELECT name FORM goods WHERE"),
    ("DELETE FROM goods WHERE id IN (SELECT id FROM old)", "DELETE FROM goods WHERE id IN (SELECT id FROM old)"),
    ("DROP TABLE goods;", "DROP TABLE goods"),
]
NO_SQL = [
    "",
    "I cannot answer that from this schema.",
    "I will select the rows with the highest price.",
    "With this, you can update or delete what you like.",
    "Explain the question, please.",
    "<think>I could write SELECT name FROM goods",
    "```\nnothing\n```",
]


@pytest.mark.parametrize(("text", "sql"), EXTRACTED)
def test_the_sql_is_found_in_what_a_model_wrote(text: str, sql: str) -> None:
    assert extract_sql(text) == sql


@pytest.mark.parametrize("text", NO_SQL)
def test_no_sql_is_found_where_there_is_none(text: str) -> None:
    assert extract_sql(text) is None


REFUSED = [
    ("SELECT FROM WHERE", "does-not-parse"),
    ("SELECT (1", "does-not-parse"),
    ("", "does-not-parse"),
    ("SELECT " + "(" * 3000 + "1" + ")" * 3000, "does-not-parse"),
    ("SELECT '" + "x" * 30_000 + "'", "does-not-parse"),
    ("DELETE FROM goods", "not-a-select"),
    ("WITH x AS (DELETE FROM goods RETURNING id) SELECT * FROM x", "not-a-select"),
    ("EXPLAIN SELECT 1", "not-a-select"),
    ("PRAGMA journal_mode", "not-a-select"),
    ("SELECT 1; SELECT 2", "several-statements"),
]


@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_what_is_no_single_select_is_refused_with_its_reason(sql: str, reason: str) -> None:
    with pytest.raises(SqlError) as caught:
        parse_select(sql)
    assert caught.value.reason == reason
    assert "\n" not in str(caught.value)


def test_a_tree_belongs_to_its_caller() -> None:
    parse_select(PLAIN).set("expressions", [])
    assert parse_select(PLAIN).sql(dialect="sqlite") == PLAIN


SAME_TEMPLATE = {
    "literals": ["SELECT name FROM goods WHERE price > 3", "SELECT name FROM goods WHERE price > -17.5"],
    "case and space": ["SELECT name FROM goods", "select  NAME\nfrom Goods;"],
    "an alias of the only table": [
        "SELECT name FROM goods",
        "SELECT g.name FROM goods AS g",
        "SELECT goods.name FROM goods",
    ],
    "names of outputs": ["SELECT COUNT(*) FROM goods", "SELECT COUNT(*) AS n FROM goods"],
    "order by name, position or expression": [
        "SELECT shop, SUM(price) AS total FROM goods GROUP BY shop ORDER BY total DESC LIMIT 3",
        "SELECT shop, SUM(price) FROM goods GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
        "SELECT shop, SUM(price) FROM goods GROUP BY shop ORDER BY SUM(price) DESC LIMIT 9",
    ],
    "aliases in joins": [
        "SELECT s.city FROM goods g JOIN shop s ON s.id = g.shop WHERE g.price > 1",
        "SELECT shop.city FROM goods INNER JOIN shop ON shop.id = goods.shop WHERE goods.price > 2",
    ],
    "lists of another length": ["SELECT 1 FROM goods WHERE id IN (1, 2)", "SELECT 1 FROM goods WHERE id IN (3, 4, 5)"],
    "names of CTEs and their outputs": [
        "WITH a AS (SELECT price * 2 AS p FROM goods) SELECT p FROM a WHERE a.p > 1",
        "WITH b AS (SELECT price * 3 AS q FROM goods) SELECT b.q FROM b WHERE q > 5",
    ],
    "names in a correlated subquery": [
        "SELECT name FROM goods g WHERE EXISTS (SELECT 1 FROM shop s WHERE s.id = g.shop AND s.city = 'a')",
        "SELECT name FROM goods WHERE EXISTS (SELECT 2 FROM shop WHERE shop.id = goods.shop AND city = 'b')",
    ],
    "quotes": ["SELECT name FROM goods", 'SELECT "name" FROM `goods`'],
    "comments": ["SELECT name FROM goods", "SELECT name /* it */ FROM goods -- all"],
    "what does not parse": ["SELECT name FORM  goods WHERE ((", "select NAME form goods where (("],
}
OTHER_TEMPLATE = [
    ("SELECT name FROM goods WHERE price > 3", "SELECT name FROM goods WHERE price < 3"),
    ("SELECT name FROM goods", "SELECT DISTINCT name FROM goods"),
    ("SELECT name FROM goods ORDER BY price", "SELECT name FROM goods ORDER BY price DESC"),
    ("SELECT name FROM goods ORDER BY 1", "SELECT name, price FROM goods ORDER BY 2"),
    ("SELECT MAX(price) FROM goods", "SELECT MIN(price) FROM goods"),
    (
        "SELECT a.name FROM goods a JOIN goods b ON a.id = b.id",
        "SELECT b.name FROM goods a JOIN goods b ON a.id = b.id",
    ),
    ("SELECT 1 FROM goods g JOIN shop s ON 1", "SELECT 1 FROM goods g LEFT JOIN shop s ON 1"),
]


@pytest.mark.parametrize("queries", SAME_TEMPLATE.values(), ids=SAME_TEMPLATE)
def test_queries_of_one_pattern_have_one_template(queries: list[str]) -> None:
    assert len({template(sql) for sql in queries}) == 1


@pytest.mark.parametrize(("one", "other"), OTHER_TEMPLATE)
def test_another_pattern_has_another_template(one: str, other: str) -> None:
    assert template(one) != template(other)


def test_a_template_reads_as_sql() -> None:
    assert template("SELECT g.name FROM goods g WHERE g.price > 3 LIMIT 2") == (
        "select name from goods as t1 where price > ? limit ?"
    )


LITERALS = [
    ("SELECT name FROM goods WHERE price > -2.5 AND name = 'pen'", ((-2.5, "goods.price"), ("pen", "goods.name"))),
    ("SELECT 1 FROM goods g JOIN shop s ON s.id = g.shop WHERE s.city = 'a' AND x = 1", (("a", "shop.city"), (1, "x"))),
    ("SELECT name FROM goods WHERE id IN (1, 2) LIMIT 5 OFFSET 3", ((1, "goods.id"), (2, "goods.id"))),
    ("SELECT name FROM goods WHERE price BETWEEN 1 AND 2", ((1, "goods.price"), (2, "goods.price"))),
    ("SELECT name FROM goods WHERE name LIKE '%50!%%' ESCAPE '!'", (("%50!%%", "goods.name"),)),
    ("SELECT name FROM goods WHERE strftime('%Y', sold) = '2023'", (("2023", "goods.sold"),)),
    ("SELECT name FROM goods WHERE 'pen' = lower(name)", (("pen", "goods.name"),)),
    ("SELECT shop FROM goods GROUP BY shop HAVING COUNT(*) > 3 AND SUM(price) > 9", ((9, "goods.price"),)),
    ("SELECT ROUND(price, 2) FROM goods WHERE 3 < (SELECT 4)", ((3, None),)),
    ("SELECT 1 FROM goods g WHERE EXISTS (SELECT 1 FROM shop WHERE g.name = 'x')", (("x", "goods.name"),)),
]


@pytest.mark.parametrize(("sql", "expected"), LITERALS)
def test_values_come_with_the_column_they_are_compared_with(sql: str, expected: tuple[object, ...]) -> None:
    assert literals(sql) == expected


LEVELS = [
    ("SELECT name FROM goods WHERE price > 1 ORDER BY name", "one-table"),
    ("SELECT COUNT(*) FROM goods", "one-table"),
    ("SELECT shop, COUNT(*) FROM goods GROUP BY shop", "join"),
    ("SELECT g.name FROM goods g, shop s", "join"),
    ("SELECT g.name FROM goods g LEFT JOIN shop s ON s.id = g.shop", "join"),
    ("SELECT name FROM goods WHERE price = (SELECT MAX(price) FROM goods)", "nested"),
    ("SELECT name FROM goods WHERE shop IN (SELECT id FROM shop)", "nested"),
    ("SELECT name FROM goods WHERE NOT EXISTS (SELECT 1 FROM shop)", "nested"),
    ("WITH g AS (SELECT * FROM goods) SELECT * FROM g", "nested"),
    ("SELECT name FROM goods UNION SELECT city FROM shop", "nested"),
]


@pytest.mark.parametrize(("sql", "expected"), LEVELS)
def test_the_level_of_a_query(sql: str, expected: str) -> None:
    assert level(sql) == expected


def test_only_the_outermost_order_counts() -> None:
    assert is_ordered("SELECT name FROM goods ORDER BY price")
    assert is_ordered("SELECT name FROM goods UNION SELECT city FROM shop ORDER BY 1")
    assert not is_ordered("SELECT name FROM goods")
    assert not is_ordered("SELECT name FROM goods WHERE id = (SELECT id FROM goods ORDER BY price LIMIT 1)")
    assert not is_ordered("SELECT RANK() OVER (ORDER BY price) FROM goods")


SCHEMA = Schema(
    "shop",
    (
        Table("goods", tuple(Column(name, "TEXT") for name in ("id", "name", "price", "shop"))),
        Table("Shop", tuple(Column(name, "TEXT") for name in ("id", "City", "名前"))),
    ),
)
KNOWN = [
    "SELECT NAME, g.Price FROM Goods g WHERE G.id = 1",
    "SELECT main.goods.name FROM main.goods",
    "SELECT rowid, goods.oid FROM goods",
    "SELECT g.*, s.* FROM goods g, shop s",
    "SELECT COUNT(*) AS n FROM goods WHERE n > 1 GROUP BY shop HAVING n > 1 ORDER BY n",
    "SELECT 名前 FROM shop",
    "SELECT p FROM (SELECT price AS p FROM goods) WHERE p > 1",
    "SELECT t.total FROM (SELECT SUM(price) AS total FROM goods) t JOIN shop ON shop.id = t.total",
    "WITH a AS (SELECT id FROM shop), b AS (SELECT id AS k FROM a) SELECT k FROM b WHERE k IN (SELECT id FROM a)",
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c",
    "SELECT name FROM goods g WHERE EXISTS (SELECT 1 FROM shop WHERE shop.id = g.shop AND city = price)",
    "SELECT name FROM goods WHERE id = (SELECT MAX(k) FROM (SELECT id AS k FROM shop WHERE city <> '') WHERE price > k)",
    "SELECT name FROM goods UNION SELECT city FROM shop ORDER BY name",
    "SELECT (SELECT COUNT(*) FROM goods WHERE goods.shop = shop.id) AS n FROM shop ORDER BY n",
    "SELECT name, ROW_NUMBER() OVER (PARTITION BY shop ORDER BY price) AS r FROM goods ORDER BY r",
    "SELECT a.name FROM goods a JOIN goods b USING (shop)",
    "SELECT * FROM (goods JOIN shop ON goods.shop = shop.id) WHERE city = 'a'",
    "SELECT j.value FROM goods, json_each(name) AS j",
]
UNKNOWN = [
    ("SELECT * FROM nowhere", ("nowhere",)),
    ("SELECT id FROM other.goods", ("goods",)),
    ("SELECT nope, g.bad, h.x FROM goods g", ("nope", "g.bad", "h.x")),
    ("SELECT goods.name FROM goods g", ("goods.name",)),
    ("SELECT city FROM goods", ("city",)),
    ("SELECT z.* FROM goods", ("z",)),
    ("SELECT price AS p, p + 1 FROM goods", ("p",)),
    ('SELECT name FROM goods WHERE name = "Pen"', ("Pen",)),
    ("SELECT price FROM (SELECT price AS p FROM goods)", ("price",)),
    ("WITH a AS (SELECT id FROM shop) SELECT city FROM a", ("city",)),
    ("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT m FROM c", ("m",)),
    ("SELECT name FROM goods WHERE EXISTS (SELECT 1 FROM shop WHERE foo = 1)", ("foo",)),
    ("SELECT name FROM goods UNION SELECT name FROM shop", ("name",)),
    ("SELECT name FROM goods UNION SELECT city FROM shop ORDER BY price_of", ("price_of",)),
    ("SELECT 1 FROM goods, (SELECT price AS p FROM shop)", ("price",)),
    ("SELECT 1 FROM goods JOIN shop USING (zip)", ("zip",)),
    ("SELECT MAX(pric) FROM goods GROUP BY shp ORDER BY nam", ("pric", "shp", "nam")),
]


@pytest.mark.parametrize("sql", KNOWN)
def test_names_that_exist_are_not_listed(sql: str) -> None:
    assert unknown_names(sql, SCHEMA) == ()


@pytest.mark.parametrize(("sql", "names"), UNKNOWN)
def test_names_that_the_schema_lacks_are_listed(sql: str, names: tuple[str, ...]) -> None:
    assert sorted(unknown_names(sql, SCHEMA)) == sorted(names)
