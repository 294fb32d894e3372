"""How hard queries are by Spider's rule."""

from __future__ import annotations

import pytest

from pipeline.dataset.hardness import HARDNESS, SHARES, hardness
from pipeline.errors import SqlError


@pytest.mark.parametrize(
    ("grade", "sql"),
    [
        ("easy", "SELECT name FROM stores"),
        ("easy", "SELECT COUNT(*) FROM orders WHERE total > 5"),
        ("easy", "SELECT s.name FROM stores AS s JOIN orders AS o ON o.store_id = s.id"),
        ("medium", "SELECT name, city FROM stores WHERE city = 'Kyoto'"),
        ("medium", "SELECT name FROM stores WHERE city = 'Kyoto' AND area > 5"),
        ("medium", "SELECT s.name FROM stores AS s JOIN orders AS o ON o.store_id = s.id WHERE o.total > 5"),
        ("medium", "SELECT name FROM stores ORDER BY area LIMIT 3"),
        ("medium", "SELECT name FROM stores WHERE city LIKE 'K%'"),
        ("hard", "SELECT name, MIN(a), MAX(a) FROM t WHERE b = 1 AND c = 2 GROUP BY name"),
        ("hard", "SELECT city, COUNT(*) FROM stores GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1"),
        ("hard", "SELECT name FROM stores WHERE area = (SELECT MAX(area) FROM stores)"),
        ("hard", "SELECT name FROM stores UNION SELECT name FROM shops"),
        ("hard", "WITH a AS (SELECT id FROM t) SELECT id FROM a"),
        ("extra", "SELECT name FROM stores WHERE city LIKE 'K%' OR city LIKE 'O%' ORDER BY name LIMIT 3"),
        ("extra", "SELECT name FROM stores WHERE city = 'a' AND area = (SELECT MAX(area) FROM stores)"),
        ("extra", "SELECT name FROM a UNION SELECT name FROM b UNION SELECT name FROM c"),
        ("extra", "WITH a AS (SELECT id FROM t) SELECT id FROM a UNION SELECT id FROM t ORDER BY id"),
        ("extra", "SELECT c.name FROM c JOIN o ON o.c = c.id JOIN s ON s.id = o.s WHERE s.city = 'x' GROUP BY c.name "
         "ORDER BY COUNT(*)"),
    ],
)  # fmt: skip
def test_components_are_counted_as_spider_counts_them(grade: str, sql: str) -> None:
    assert hardness(sql) == grade


def test_what_stands_in_an_inner_query_does_not_count_for_the_outer() -> None:
    inner = (
        "SELECT id FROM b JOIN c ON b.x = c.x WHERE y = 1 AND z = 2 GROUP BY id HAVING COUNT(*) > 2 ORDER BY id LIMIT 9"
    )
    assert hardness(f"SELECT name FROM a WHERE id IN ({inner})") == "hard"


def test_the_shares_are_a_whole_and_what_is_no_query_is_refused() -> None:
    assert tuple(SHARES) == HARDNESS and sum(SHARES.values()) == pytest.approx(1)
    with pytest.raises(SqlError):
        hardness("DELETE FROM stores")
