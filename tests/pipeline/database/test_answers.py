"""Same answer or not, case by case."""

import itertools
import random
from typing import Any

import pytest

from pipeline.database.answers import same_answer, same_set
from pipeline.records import Rows

NAN = float("nan")


def rows(*values: tuple[Any, ...], columns: int | None = None, truncated: bool = False) -> Rows:
    width = columns if columns is not None else len(values[0]) if values else 1
    return Rows(tuple(f"c{number}" for number in range(width)), values, truncated)


SAME = {
    "both empty": (rows(), rows()),
    "one value": (rows((1,)), rows((1,))),
    "integer and float": (rows((1,)), rows((1.0,))),
    "true is one": (rows((1,)), rows((True,))),
    "NULL is NULL": (rows((None,)), rows((None,))),
    "another order": (rows((1, "a"), (2, "b")), rows((2, "b"), (1, "a"))),
    "duplicates as often": (rows((1,), (2,), (1,)), rows((2,), (1,), (1,))),
    "last digits of a float": (rows((0.1 + 0.2,)), rows((0.3,))),
    "relative, not absolute": (rows((1e12,)), rows((1e12 + 1e5,))),
    "close to zero": (rows((0.0,)), rows((1e-12,))),
    "minus zero": (rows((0.0,)), rows((-0.0,))),
    "integer and close float": (rows((3,)), rows((2.9999999999,))),
    "not a number": (rows((NAN, "a")), rows((NAN, "a"))),
    "infinite": (rows((float("inf"),)), rows((float("inf"),))),
    "types mixed in a column": (rows((None,), ("a",), (2,), (1.5,)), rows((1.5,), (2.0,), ("a",), (None,))),
    "close floats sort the other way": (
        rows((1.0, 9.0), (1.0 + 1e-12, 2.0)),
        rows((1.0 + 1e-12, 9.0), (1.0, 2.0)),
    ),
    "one close float has two candidates": (rows((1.0,), (1.0000009,)), rows((1.0000009,), (1.0000018,))),
    "huge integers": (rows((9007199254740993,)), rows((9007199254740993,))),
    "both cut": (rows((1,), truncated=True), rows((1,), truncated=True)),
}

DIFFERENT = {
    "empty and not": (rows(), rows((1,))),
    "empty, other columns": (rows(columns=1), rows(columns=2)),
    "duplicates less often": (rows((1,), (1,), (2,)), rows((1,), (2,), (2,))),
    "more rows": (rows((1,)), rows((1,), (1,))),
    "NULL and empty text": (rows((None,)), rows(("",))),
    "NULL and zero": (rows((None,)), rows((0,))),
    "zero and its text": (rows((0,)), rows(("0",))),
    "case of a text": (rows(("a",)), rows(("A",))),
    "columns swapped": (rows((1, 2)), rows((2, 1))),
    "a column more": (rows((1,)), rows((1, 2))),
    "floats apart": (rows((1.0,)), rows((1.00001,))),
    "small floats apart": (rows((1e-6,)), rows((2e-6,))),
    "huge integers one apart": (rows((9007199254740993,)), rows((9007199254740992,))),
    "not a number and NULL": (rows((NAN,)), rows((None,))),
    "infinite and huge": (rows((float("inf"),)), rows((1e308,))),
    "values paired otherwise": (rows((1, "a"), (2, "b")), rows((1, "b"), (2, "a"))),
    "floats paired otherwise": (rows((1.5, 10.0), (2.5, 20.0)), rows((1.5, 20.0), (2.5, 10.0))),
    "two that want the same partner": (rows((1.0,), (1.0,)), rows((1.0000009,), (1.0000018,))),
    "only one is cut": (rows((1,)), rows((1,), truncated=True)),
}


@pytest.mark.parametrize(("gold", "other"), SAME.values(), ids=SAME)
def test_the_same(gold: Rows, other: Rows) -> None:
    assert same_answer(gold, other, ordered=False)
    assert same_answer(other, gold, ordered=False)


@pytest.mark.parametrize(("gold", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(gold: Rows, other: Rows) -> None:
    for ordered in (False, True):
        assert not same_answer(gold, other, ordered)
        assert not same_answer(other, gold, ordered)


def test_order_matters_only_where_it_was_asked_for() -> None:
    up, down = rows((1,), (2,)), rows((2,), (1,))
    assert same_answer(up, down, ordered=False)
    assert not same_answer(up, down, ordered=True)
    assert same_answer(up, rows((1.0,), (2.0000000001,)), ordered=True)


def test_the_names_of_the_columns_do_not_matter() -> None:
    assert same_answer(Rows(("count(*)",), ((3,),)), Rows(("n",), ((3,),)), ordered=True)


def test_a_set_of_rows_knows_no_duplicates_and_no_order_and_no_tolerance() -> None:
    assert same_set(rows((1,), (1,), (2,)), rows((2.0,), (1,)))
    assert same_set(rows(), rows(columns=2))
    assert same_set(rows((NAN,)), rows((NAN,)))
    assert not same_set(rows((1,)), rows((1,), (2,)))
    assert not same_set(rows((0.1 + 0.2,)), rows((0.3,)))
    assert not same_set(rows((0,)), rows(("0",)))


def test_the_pairing_agrees_with_trying_every_order() -> None:
    chance = random.Random(3)
    steps = [1.0, 1.0000007, 1.0000014, 1.0000021]
    outcomes = set()
    for _ in range(400):
        left = [(chance.choice(steps), chance.choice(steps[:2])) for _ in range(4)]
        right = [(chance.choice(steps), chance.choice(steps[:2])) for _ in range(4)]
        expected = any(same_answer(rows(*left), rows(*order), ordered=True) for order in itertools.permutations(right))
        assert same_answer(rows(*left), rows(*right), ordered=False) == expected
        outcomes.add(expected)
    assert outcomes == {True, False}


def test_ten_thousand_rows_are_compared_whatever_their_order() -> None:
    chance = random.Random(5)
    values = [(number % 7, chance.random(), f"n{number % 5}") for number in range(10_000)]
    noisy = [(a, b * (1 + 1e-12), c) for a, b, c in values]
    chance.shuffle(noisy)
    assert same_answer(rows(*values), rows(*noisy), ordered=False)
    prices = [(float(number % 3),) for number in range(10_000)]
    assert not same_answer(rows(*prices), rows(*prices[:-1], (1.0,)), ordered=False)
