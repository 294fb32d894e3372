"""What a question says and its SQL leaves out is found; the samples' own pairs are left alone."""

from __future__ import annotations

import pytest

from pipeline.database.examples import SAMPLES, example_pairs, example_schema
from pipeline.database.sql_text import shared_select
from pipeline.dataset.pasted import detect_language, read_pairs
from pipeline.dataset.wording import unfollowed
from pipeline.records import Pair

KNOWN = {
    "city": {"Tokyo", "Osaka", "Nagoya", "Berlin"},
    "name": {"Matcha", "Sencha", "Bread Knife", "Daniel Ito", "田中 さくら", "Notebooks", "Umeda"},
    "status": {"pending", "shipped", "delivered", "cancelled"},
    "method": {"card", "cash", "transfer", "points"},
    "role": {"manager", "sales", "cashier", "stock"},
    "reason": {"damaged", "wrong item", "too late", "unwanted"},
}

# The question, SQL that follows it, SQL that does not, part of the detail.
CASES = """
Orders from Osaka that were cancelled
SELECT order_id FROM customers JOIN orders USING (customer_id) WHERE city = 'Osaka' AND status = 'cancelled'
SELECT o.order_id FROM customers c JOIN orders o ON o.customer_id = c.customer_id WHERE o.status = 'cancelled'
'Osaka'

How many payments were made by card in 2024?
SELECT COUNT(*) FROM payments WHERE method = 'card' AND strftime('%Y', paid_on) = '2024'
SELECT COUNT(*) FROM payments WHERE strftime('%Y', paid_on) = '2024'
'card'

田中 さくらさんの電話番号は？
SELECT phone FROM customers WHERE name = '田中 さくら'
SELECT phone FROM customers
さくら

Umeda店の社員は何人ですか。
SELECT COUNT(*) FROM employees e JOIN stores s ON e.store_id = s.store_id WHERE s.name = 'Umeda'
SELECT COUNT(*) FROM employees e JOIN stores s ON e.store_id = s.store_id
'Umeda'

Orders placed in 2024
SELECT order_id FROM orders WHERE strftime('%Y', ordered_on) = '2024'
SELECT order_id FROM orders
2024

2024年の注文は何件ですか。
SELECT COUNT(*) FROM orders WHERE ordered_on LIKE '2024-%'
SELECT COUNT(*) FROM orders
2024

total payments of March 2025
SELECT SUM(amount) FROM payments WHERE paid_on LIKE '2025-03-%'
SELECT SUM(amount) FROM payments WHERE paid_on LIKE '2025-%'
month 3

2025年3月の支払い合計
SELECT SUM(amount) FROM payments WHERE paid_on LIKE '2025-03-%'
SELECT SUM(amount) FROM payments WHERE paid_on LIKE '2025-%'
month 3

Products over 6,000 yen
SELECT name FROM products WHERE price > 6000
SELECT name FROM products
6,000

Products over 6,000 yen
SELECT name FROM products WHERE price > 6000
SELECT name FROM products WHERE price < 6000
became

Products with more than 20 pieces in stock
SELECT name FROM products WHERE stock >= 21
SELECT name FROM products WHERE stock >= 20
became >=

Products with at least 20 pieces
SELECT name FROM products WHERE stock >= 20
SELECT name FROM products WHERE stock > 20
became >

Products with 20 pieces or less
SELECT name FROM products WHERE NOT stock > 20
SELECT name FROM products WHERE NOT stock < 20
became >=

products cheaper than 500 yen
SELECT name FROM products WHERE 500 > price
SELECT name FROM products WHERE 500 >= price
became <=

価格が500円以上の商品
SELECT name FROM products WHERE price >= 500
SELECT name FROM products WHERE price > 500
became >

価格が500円未満の商品
SELECT name FROM products WHERE price < 500
SELECT name FROM products WHERE price <= 500
became <=

在庫が1万個を超える商品
SELECT name FROM products WHERE stock > 10000
SELECT name FROM products WHERE stock < 10000
became <

Products released before 2022-01-01
SELECT name FROM products WHERE released_on < '2022-01-01'
SELECT name FROM products WHERE released_on <= '2022-01-01'
became <=

2024年6月1日以降の注文
SELECT order_id FROM orders WHERE ordered_on >= '2024-06-01'
SELECT order_id FROM orders WHERE ordered_on > '2024-06-01'
became >

Customers who joined after 2023
SELECT name FROM customers WHERE joined_on > '2023-12-31'
SELECT name FROM customers WHERE joined_on < '2023-12-31'
compared

What is the average price?
SELECT AVG(price) FROM products
SELECT MAX(price) FROM products
average

平均価格はいくらですか。
SELECT SUM(price) * 1.0 / COUNT(*) FROM products
SELECT MIN(price) FROM products
average

What is the price of Matcha?
SELECT price FROM products WHERE name = 'Matcha'
SELECT AVG(price) FROM products WHERE name = 'Matcha'
AVG

total refund amount
SELECT SUM(refund) FROM returns
SELECT COUNT(refund) FROM returns
SUM

返金額の合計はいくらですか。
SELECT SUM(refund) FROM returns
SELECT AVG(refund) FROM returns
SUM

How many customers are there?
SELECT COUNT(*) FROM customers
SELECT name FROM customers
counted

顧客は何人いますか。
SELECT COUNT(*) FROM customers
SELECT name FROM customers
counted

Who lives in Nagoya?
SELECT name FROM customers WHERE city = 'Nagoya'
SELECT COUNT(*) FROM customers WHERE city = 'Nagoya'
COUNT

The average salary for each role
SELECT role, AVG(salary) FROM employees GROUP BY role
SELECT AVG(salary) FROM employees
GROUP BY

役職ごとの平均給与
SELECT role, AVG(salary) FROM employees GROUP BY role
SELECT AVG(salary) FROM employees
GROUP BY

What is the most expensive product?
SELECT name FROM products ORDER BY price DESC LIMIT 1
SELECT name FROM products ORDER BY price LIMIT 1
minimum

Which product has the lowest price?
SELECT name FROM products WHERE price = (SELECT MIN(price) FROM products)
SELECT name FROM products WHERE price = (SELECT MAX(price) FROM products)
maximum

いちばん安い商品
SELECT name FROM products ORDER BY price LIMIT 1
SELECT name FROM products ORDER BY price DESC LIMIT 1
maximum

the most expensive product
SELECT name FROM products ORDER BY price DESC LIMIT 1
SELECT name FROM products ORDER BY price DESC
LIMIT

Which is the oldest store?
SELECT name FROM stores ORDER BY opened_on LIMIT 1
SELECT name FROM stores ORDER BY opened_on DESC LIMIT 1
latest

最も新しい店舗はどこですか。
SELECT name FROM stores ORDER BY opened_on DESC LIMIT 1
SELECT name FROM stores ORDER BY opened_on LIMIT 1
earliest

The second most expensive product
SELECT name FROM products ORDER BY price DESC LIMIT 1 OFFSET 1
SELECT name FROM products ORDER BY price DESC LIMIT 1
place 2

top 5 products by price
SELECT name FROM products ORDER BY price DESC LIMIT 5
SELECT name FROM products ORDER BY price DESC LIMIT 4
5

価格の上位3件の商品
SELECT name FROM products ORDER BY price DESC LIMIT 3
SELECT name FROM products ORDER BY price DESC LIMIT 2
3

Customers without any order
SELECT name FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)
SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders)
without

注文したことがない顧客
SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id WHERE o.order_id IS NULL
SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.customer_id
ない

Who lives in Nagoya?
SELECT name FROM customers WHERE city = 'Nagoya'
SELECT name FROM customers WHERE city <> 'Nagoya'
<>

the distinct cities of the customers with orders
SELECT DISTINCT c.city FROM customers c JOIN orders o ON o.customer_id = c.customer_id
SELECT c.city FROM customers c JOIN orders o ON o.customer_id = c.customer_id
DISTINCT

Which products have a price above 500 yen?
SELECT name FROM products WHERE price > 500
SELECT name FROM products WHERE cost > 500
'price'

When was order 7 delivered?
SELECT delivered_on FROM orders WHERE order_id = 7
SELECT ordered_on FROM orders WHERE order_id = 7
delivered

Show city and country of the customers
SELECT city, country FROM customers
SELECT country, city FROM customers
before

Orders with their customers
SELECT o.order_id, c.name FROM customers c JOIN orders o ON o.customer_id = c.customer_id
SELECT o.order_id, c.name FROM customers c JOIN orders o ON o.store_id = c.customer_id
off key

Customers who ordered
SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders)
SELECT name FROM customers WHERE customer_id IN (SELECT order_id FROM orders)
off key

How many customers share each city?
SELECT city, COUNT(*) FROM customers GROUP BY city
SELECT COUNT(*) FROM customers GROUP BY city
groups are not shown

How many orders were cancelled?
SELECT COUNT(*) FROM orders WHERE status = 'cancelled'
SELECT COUNT(*) FROM orders WHERE status = 'cancelled' GROUP BY ordered_on
GROUP BY

What is the price of Matcha?
SELECT price FROM products WHERE name = 'Matcha'
SELECT price, stock FROM products WHERE name = 'Matcha'
stock is not asked for

Which orders were cancelled?
SELECT order_id FROM orders WHERE status = 'cancelled'
SELECT customer_id FROM orders WHERE status = 'cancelled'
customer_id is not asked for

Matchaの価格を教えてください。
SELECT price FROM products WHERE name = 'Matcha'
SELECT price, stock FROM products WHERE name = 'Matcha'
stock is not asked for

In which city is the Umeda store?
SELECT city FROM stores WHERE name = 'Umeda'
SELECT name FROM stores WHERE name = 'Umeda'
can only be

total of all amounts
SELECT SUM(amount) FROM payments
SELECT SUM(payment_id) FROM payments
is a key

Show the city and city
SELECT city, country FROM customers
SELECT city, city FROM customers
twice

Which products are cheaper than the Bread Knife?
SELECT name FROM products WHERE price < (SELECT price FROM products WHERE name = 'Bread Knife')
SELECT name FROM products WHERE price <= (SELECT price FROM products WHERE name = 'Bread Knife')
than became <=

Bread Knifeより高い商品
SELECT name FROM products WHERE price > (SELECT price FROM products WHERE name = 'Bread Knife')
SELECT name FROM products WHERE price < (SELECT price FROM products WHERE name = 'Bread Knife')
than became <

Who joined between 2023-04-01 and 2023-09-30?
SELECT name FROM customers WHERE joined_on BETWEEN '2023-04-01' AND '2023-09-30'
SELECT name FROM customers WHERE joined_on BETWEEN '2023-04-02' AND '2023-09-30'
2023-04-01

Who joined after 2023-12-31?
SELECT name FROM customers WHERE joined_on > '2023-12-31'
SELECT name FROM customers WHERE joined_on > '2023-12-30'
became > 2023-12-30

Products whose name starts with P
SELECT name FROM products WHERE name LIKE 'P%'
SELECT name FROM products
no LIKE

Phones of the customers in Osaka
SELECT phone FROM customers WHERE city = 'Osaka'
SELECT phone FROM customers WHERE name = 'Osaka'
is a city, not a name

How many orders did Daniel Ito place?
SELECT COUNT(*) FROM orders JOIN customers USING (customer_id) WHERE name = 'Daniel Ito'
SELECT COUNT(*) FROM orders AS o, customers AS c WHERE c.name = 'Daniel Ito'
joined on nothing

Wider category of Notebooks
SELECT w.name FROM categories c JOIN categories w ON w.category_id = c.parent_id WHERE c.name = 'Notebooks'
SELECT w.name FROM categories c JOIN categories w ON w.parent_id = c.parent_id WHERE c.name = 'Notebooks'
with itself

List the distinct cities of the customers
SELECT DISTINCT city FROM customers
SELECT DISTINCT email FROM customers
'city' is named, email is shown
"""


def said(question: str, sql: str) -> str:
    known = lambda column: KNOWN.get(column, ())  # noqa: E731
    return unfollowed(shared_select(sql), question, detect_language(question), example_schema("shop"), known)


@pytest.mark.parametrize(
    ("question", "right", "wrong", "detail"), [block.splitlines() for block in CASES.strip().split("\n\n")]
)
def test_sql_that_leaves_out_what_is_said_is_told_from_sql_that_follows(
    question: str, right: str, wrong: str, detail: str
) -> None:
    assert said(question, right) == ""
    assert detail in said(question, wrong)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Give me the phone number of Daniel Ito", "SELECT phone FROM customers WHERE name = 'Daniel Ito'"),
        ("Stores from the oldest to the newest", "SELECT name FROM stores ORDER BY opened_on"),
        ("Which employee has been with us the longest?", "SELECT name FROM employees ORDER BY hired_on LIMIT 1"),
        ("Orders that are shipped but not delivered", "SELECT order_id FROM orders WHERE status = 'shipped'"),
        ("no more than 3 of a product", "SELECT order_id FROM order_items WHERE quantity <= 3"),
        ("商品が5個より少ない注文を教えてくださいませんか", "SELECT order_id FROM order_items WHERE quantity < 5"),
        ("How many orders are pending, shipped or delivered?", "SELECT status, COUNT(*) FROM orders GROUP BY status"),
        ("products of 50 yen to 200 yen", "SELECT name FROM products WHERE price BETWEEN 50 AND 200"),
        ("orders that took longer than 2 weeks",
         "SELECT order_id FROM orders WHERE julianday(delivered_on) - julianday(ordered_on) > 14"),
        ("products sold at 10% off",
         "SELECT p.name FROM products p JOIN order_items i USING (product_id) WHERE i.unit_price <= 0.9 * p.price"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_left_alone(question: str, sql: str) -> None:
    assert said(question, sql) == ""


def sample() -> list[tuple[str, Pair]]:
    files = [("shop", SAMPLES / "shop" / "heldout.jsonl"), ("shop", SAMPLES / "shop" / "heldout_ja.jsonl")]
    texts = [(name, file.read_text(encoding="utf-8")) for name, file in files]
    texts += [(name, example_pairs(name, code)) for name, code in (("shop", "en"), ("shop", "ja"), ("sales", "en"))]
    return [(name, pair) for name, text in texts for pair in read_pairs(text)[0]]


def test_of_the_samples_own_pairs_at_most_one_in_a_hundred_is_doubted() -> None:
    pairs = sample()
    known = lambda column: KNOWN.get(column, ())  # noqa: E731
    doubted = [
        (pair.question, detail)
        for name, pair in pairs
        if (detail := unfollowed(shared_select(pair.sql), pair.question, pair.language, example_schema(name), known))
    ]
    assert len(pairs) > 1_000
    assert len(doubted) <= len(pairs) // 100, doubted


def test_the_tree_it_reads_stays_as_it_is() -> None:
    for _, pair in sample()[::20]:
        before = shared_select(pair.sql).sql(dialect="sqlite")
        said(pair.question, pair.sql)
        assert shared_select(pair.sql).sql(dialect="sqlite") == before
