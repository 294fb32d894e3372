"""What an opinion is, and what several of them come to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.dataset.opinion import Bench, Opinion, next_family, opinions_of, standing, verdict_of
from pipeline.errors import SqlError
from pipeline.records import JudgedPair, Pair, Verdict

FOR, AGAINST, NONE = (Opinion(f"SELECT {n}", n, "plan") for n in (True, False, None))
AGAIN = {said: Opinion(f"SELECT 'again {said}'", said, "direct") for said in (True, False, None)}
GOLD = "SELECT name FROM products WHERE stock > 20"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    ddl = (Path(__file__).parents[3] / "sample_db" / "shop" / "schema.sql").read_text(encoding="utf-8")
    schema = parse_schema(ddl)
    databases = build_instances(schema, tmp_path_factory.mktemp("shop"), InstanceConfig(count=3, rows=20))
    with Sandbox() as sandbox:
        yield Bench(schema, databases, sandbox)


def test_an_opinion_agrees_where_it_gives_the_same_rows_whatever_its_words(bench: Bench) -> None:
    said = bench.opinion(GOLD, "SELECT p.name AS what FROM products p WHERE NOT p.stock <= 20", "direct", "somebody")
    assert said.agrees and (said.family, said.model, said.why) == ("direct", "somebody", "")
    assert bench.opinion(GOLD, "SELECT name FROM products WHERE stock > 20 AND cost IS NULL").agrees is False


def test_rows_are_held_in_order_only_where_the_pair_asks_for_one(bench: Bench) -> None:
    rising, falling = f"{GOLD} ORDER BY product_id", f"{GOLD} ORDER BY product_id DESC"
    assert bench.opinion(rising, falling).agrees is False
    assert bench.opinion(GOLD, falling).agrees


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELEC name", "not-a-select"),
        ("DROP TABLE products", "not-a-select"),
        ("SELECT colour FROM products", "unknown-column"),
        ("", "does-not-parse"),
        ("SELECT name FROM products ORDER BY 1 = 1 LIMIT 2", "order-not-decided"),
    ],
)
def test_what_says_nothing_is_no_vote_and_tells_why(bench: Bench, sql: str, why: str) -> None:
    said = bench.opinion(GOLD, sql)
    assert said.agrees is None and said.why == why


def test_a_tie_at_a_limit_is_nobodys_mistake(bench: Bench) -> None:
    best = "SELECT name FROM products WHERE price = (SELECT MAX(price) FROM products)"
    assert bench.opinion(best, "SELECT name FROM products ORDER BY price DESC LIMIT 1").agrees
    assert bench.opinion(best, "SELECT name FROM products ORDER BY price LIMIT 1").agrees is False


def test_where_the_order_leaves_several_rows_on_one_place_any_order_of_them_is_right(bench: Bench) -> None:
    by_role = "SELECT name, role FROM employees ORDER BY role"
    assert (
        bench.opinion(by_role, f"{by_role}, name DESC").agrees and bench.opinion(by_role, f"{by_role}, salary").agrees
    )
    assert (
        bench.opinion(
            "SELECT DISTINCT role FROM employees ORDER BY role", "SELECT role FROM employees GROUP BY 1 ORDER BY 1 DESC"
        ).agrees
        is False
    )
    assert bench.opinion(f"{by_role}, name", f"{by_role} DESC, name").agrees is False
    both = "SELECT name FROM stores UNION SELECT name FROM products ORDER BY name"
    assert bench.opinion(both, both).agrees and bench.opinion(both, f"{both} DESC").agrees is False


def test_a_pair_whose_own_sql_does_not_run_is_an_error_and_no_disagreement(bench: Bench) -> None:
    with pytest.raises(SqlError):
        bench.opinion("SELECT nothing FROM nowhere", GOLD)


@pytest.mark.parametrize(
    ("opinions", "then", "ok"),
    [
        ([FOR], "", True),
        ([AGAINST], "direct", None),
        ([NONE], "direct", None),
        ([], "plan", None),
        ([AGAINST, AGAIN[True]], "", True),
        ([AGAINST, AGAIN[False]], "", False),
        ([NONE, AGAIN[True]], "", True),
        ([NONE, AGAIN[False]], "", False),
        ([AGAINST, AGAIN[None]], "", False),
        ([NONE, AGAIN[None]], "", True),
    ],
)
def test_a_first_yes_is_enough_and_a_split_takes_one_more_vote(
    opinions: list[Opinion], then: str, ok: bool | None
) -> None:
    assert next_family(opinions) == then
    if ok is not None:
        assert verdict_of(opinions).ok is ok
    if ok is False:
        against = next(each for each in opinions if each.agrees is False)
        assert verdict_of(opinions) == Verdict(False, "disagreement", against.sql)


def test_a_certificate_gives_its_opinions_back_and_a_pair_says_how_it_stands() -> None:
    def stands(*opinions: Opinion, ok: bool = True, **more: bool) -> str:
        certificate = {"opinions": [each.as_dict() for each in opinions], **more}
        assert opinions_of(certificate) == list(opinions)
        verdict = Verdict(ok, "" if ok else "disagreement")
        return standing(JudgedPair(Pair("How many?", "SELECT 1"), verdict, certificate=certificate))

    assert [stands(), stands(FOR), stands(AGAINST, AGAIN[True])] == ["", "agreed", "settled"]
    assert stands(AGAINST, AGAIN[False], ok=False) == "disagreed"
    assert [stands(AGAINST), stands(NONE, AGAIN[None])] == ["unanswered", "unanswered"]
    assert stands(AGAINST, AGAIN[False], by_hand=True) == ""
