"""Queries on trial: which mutants count, when the next databases are asked for, and what is said of survivors."""

from collections.abc import Sequence

from pipeline.database.ddl import parse_schema
from pipeline.database.sql import parse_select
from pipeline.dataset.mutants import mutants
from pipeline.dataset.trial import Round, Trial, try_mutants
from pipeline.errors import SqlError

SCHEMA = parse_schema("CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price REAL, cost REAL, stock INTEGER)")
QUERY = parse_select("SELECT name FROM goods WHERE price > 10 AND stock < 5 ORDER BY price DESC, id LIMIT 3")
MADE = [mutant.sql for mutant in mutants(QUERY, SCHEMA)]


def telling(apart: set[str], asked: list[int]) -> Round:
    """Databases that tell these queries apart; `asked` counts the queries of each round."""

    def hold(others: Sequence[str]) -> list[bool | SqlError]:
        asked.append(len(others))
        return [other in apart for other in others]

    return hold


def test_a_query_all_of_whose_mutants_answer_otherwise_needs_one_round() -> None:
    asked: list[int] = []
    trial = try_mutants(QUERY, SCHEMA, 40, 0.9, [telling(set(MADE), asked)] * 3)
    assert asked == [len(MADE)]
    assert (trial.mutants, trial.killed, trial.kill) == (len(MADE), len(MADE), 1.0)


def test_only_what_survived_is_held_against_the_next_databases() -> None:
    asked: list[int] = []
    alive = set(MADE[:4])
    trial = try_mutants(QUERY, SCHEMA, 40, 0.9, [telling(set(MADE) - alive, asked), telling(alive, asked)])
    assert asked == [len(MADE), 4 - trial.equivalent]
    assert trial.kill == 1.0


def test_what_survives_every_round_is_named_and_counts_against_the_query() -> None:
    alive = set(MADE[: len(MADE) // 2])
    trial = try_mutants(QUERY, SCHEMA, 40, 0.9, [telling(set(MADE) - alive, [])] * 2)
    assert {mutant.sql for mutant in trial.survivors} <= alive
    assert trial.killed + trial.equivalent + len(trial.survivors) == trial.mutants == len(MADE)
    assert trial.kill < 0.9
    assert trial.as_dict()["survivors"][0] == [trial.survivors[0].kind, trial.survivors[0].sql]


def test_a_mutant_that_cannot_run_is_not_counted() -> None:
    def hold(others: Sequence[str]) -> list[bool | SqlError]:
        return [SqlError("error", "It does not run."), *[True] * (len(others) - 1)]

    trial = try_mutants(QUERY, SCHEMA, 40, 0.9, [hold])
    assert (trial.mutants, trial.killed) == (len(MADE) - 1, len(MADE) - 1)


def test_a_query_without_mutants_has_nothing_to_tell_apart() -> None:
    assert Trial(0, 0, 0).kill == 1.0
    assert Trial(3, 0, 3).kill == 1.0
