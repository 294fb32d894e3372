"""Identifiers and comments into words, a run's glossary, joins in the place of sub-queries, sentences of both languages."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from pipeline.database.ddl import parse_schema
from pipeline.database.examples import example_schema
from pipeline.dataset.glossary import glossary_of, keep_glossary, whole_glossary
from pipeline.dataset.offline import OfflineTeacher
from pipeline.dataset.offline.english_sentences import sentence
from pipeline.dataset.offline.flat import flat, keys_of
from pipeline.dataset.offline.hints import also_of, japanese_of, unit_of
from pipeline.dataset.offline.japanese_sentences import people
from pipeline.dataset.offline.japanese_sentences import sentence as spoken
from pipeline.dataset.offline.terms import HEADERS, Term, read_terms, terms_of, write_terms
from pipeline.dataset.offline.words import article, split, table_words
from pipeline.errors import UserError
from pipeline.store import Store

SHOP = example_schema("shop")
KEYS = keys_of(SHOP)


@pytest.mark.parametrize(
    ("name", "words"),
    [("cust_nm", "customer name"), ("orderQty", "order quantity"), ("order_no", "order number"), ("HTTPCode", "http code"),
     ("顧客名", "customer name"), ("注文日", "order date"), ("商品コード", "product code"), ("謎の列", "謎の列")],
)  # fmt: skip
def test_names_become_words(name: str, words: str) -> None:
    assert " ".join(split(name)) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("tbl_order_items", "order items"), ("t_cust", "customer"), ("m_product", "product"), ("T_ORDERS", "orders"),
     ("customer_mst", "customer"), ("trx_log", "log"), ("fact_sales", "sales"), ("orders", "orders")],
)  # fmt: skip
def test_tables_lose_what_only_the_database_needs(name: str, words: str) -> None:
    assert " ".join(table_words(name)) == words


def test_a_comment_gives_the_japanese_word_another_name_and_the_unit() -> None:
    assert [japanese_of(text) for text in ("顧客名、必須", "会員マスタ", "顧客が登録した日", "customer", "")] == [
        "顧客名", "会員", "", "", "",
    ]  # fmt: skip
    assert also_of("list price today, yen", "price") == ("list price",)
    assert also_of("what the shop pays", "cost") == also_of("pieces in stock", "price") == ()
    assert (unit_of("list price today, yen"), unit_of("長さ（分）"), unit_of("how many")) == ("yen", "minutes", "")


@pytest.mark.parametrize(
    "phrase", ["an order", "a user", "an hour", "a unit", "an employee", "a european city", "a one-off", "an umbrella"]
)  # fmt: skip
def test_articles_follow_the_sound(phrase: str) -> None:
    assert article(phrase.split(" ", 1)[1]) == phrase


def test_conditions_on_parents_become_joins_that_give_the_same_rows() -> None:
    nested = (
        "SELECT COUNT(*) FROM payments WHERE method = 'card' AND order_id IN (SELECT order_id FROM orders WHERE "
        "customer_id IN (SELECT customer_id FROM customers WHERE city = 'Kyoto' OR city = 'Osaka'))"
    )
    assert flat(nested, KEYS) == (
        "SELECT COUNT(*) FROM payments JOIN orders ON payments.order_id = orders.order_id JOIN customers ON "
        "orders.customer_id = customers.customer_id WHERE payments.method = 'card' AND "
        "(customers.city = 'Kyoto' OR customers.city = 'Osaka')"
    )


@pytest.mark.parametrize(
    "sql",
    ["SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders WHERE status = 'pending')",
     "SELECT name FROM employees WHERE manager_id IN (SELECT employee_id FROM employees WHERE name = 'A')",
     "SELECT name FROM products WHERE category_id NOT IN (SELECT category_id FROM categories WHERE name = 'A')",
     "SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders GROUP BY customer_id LIMIT 1)"],
)  # fmt: skip
def test_what_a_join_would_double_or_lose_stays_as_it_is(sql: str) -> None:
    assert flat(sql, KEYS) == sql


def test_english_speaks_of_people_as_their_and_stays_polite() -> None:
    texts = {sentence("show each employee with its salary", Random(seed)) for seed in range(200)}
    assert all("their salary" in text and "its" not in text.split() for text in texts)
    assert any(text.lower().startswith(("can you", "could you")) for text in texts)
    assert any("please" in text.lower() for text in texts)
    assert "its city" in sentence("list each store with its city", Random(1))


def test_japanese_counts_people_in_their_own_word_and_prices_are_high() -> None:
    person = people({"customer": "顧客"})
    assert spoken("Tokyoの顧客は何件ありますか？", person) == "Tokyoの顧客は何人いますか？"
    assert spoken("価格が500より大きい商品は何件ありますか？", person) == "価格が500より高い商品は何件ありますか？"
    assert spoken("在庫数が一番高い商品", person) == "在庫数が一番多い商品"


def test_the_glossary_is_prefilled_with_what_the_teacher_says_and_reads_back() -> None:
    terms = terms_of(SHOP)
    assert {"orders", "orders.status", "order_items.quantity"} <= {term.name for term in terms}
    assert Term("customers", "customer", "顧客") in terms
    assert not [term for term in terms if term.name.endswith("_id")]
    assert read_terms(write_terms(terms), SHOP) == terms


def test_questions_change_with_the_glossary_and_the_sql_does_not() -> None:
    terms = [Term("customers", "patron", "お客様"), Term("products.stock", "shelf count", "棚数")]
    words = {}
    for language in ("en", "ja"):
        usual = list(OfflineTeacher(4).pairs(SHOP, 200, [language]))
        own = list(OfflineTeacher(4, terms=terms).pairs(SHOP, 200, [language]))
        words[language] = "\n".join(pair.question for pair in own)
        assert {pair.sql for pair in own} & {pair.sql for pair in usual}
    assert re.search(r"\bpatrons?\b", words["en"])
    assert "shelf count" in words["en"]
    assert not re.search(r"\b(customers?|clients?)\b", words["en"])
    assert "お客様" in words["ja"]
    assert "棚数" in words["ja"]
    assert "在庫数" not in words["ja"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("customers", "Line 1 of the glossary has 1 values"), ("name,english,japanese\n\nclients,client,", "'clients'"),
     ("orders.status,{state},", "'{state}'"), ("orders," + "x" * 41, "at most 40"), ("orders,a,b,c", "4 values")],
)  # fmt: skip
def test_a_bad_line_of_the_glossary_is_told_with_its_number(text: str, told: str) -> None:
    with pytest.raises(UserError) as refused:
        read_terms(text, SHOP)
    assert told in str(refused.value)


def test_the_run_remembers_only_what_differs(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run")
    edited = write_terms(terms_of(SHOP)).replace("customers,customer,顧客", "customers,client,顧客")
    assert keep_glossary(store, SHOP, edited) == 1
    assert glossary_of(store, SHOP) == [Term("customers", "client", "")]
    assert Term("customers", "client", "顧客") in whole_glossary(store, SHOP)
    with pytest.raises(UserError):
        keep_glossary(store, SHOP, "nowhere,a,b")
    assert glossary_of(store, SHOP) == [Term("customers", "client", "")]
    assert keep_glossary(store, SHOP, ",".join(HEADERS)) == 0
    assert glossary_of(store, SHOP) == []
    store.close()


def test_comments_in_japanese_are_the_japanese_words() -> None:
    schema = parse_schema("""
    CREATE TABLE members ( -- 会員
      member_id INTEGER PRIMARY KEY,
      name TEXT NOT NULL, -- 氏名
      pts INTEGER NOT NULL -- 保有ポイント
    );
    """)
    words = {term.name: term.japanese for term in terms_of(schema)}
    assert words["members.pts"] == "保有ポイント"
    assert words["members.name"] == "氏名"
    text = "\n".join(pair.question for pair in OfflineTeacher(1).pairs(schema, 60, ["ja"]))
    assert "保有ポイント" in text
