"""A query on trial: do its databases tell it from its mutants, the queries that somebody nearly right would have written?

A tree, its mutants and rounds of databases in → `Trial` out. What survives one round is held against the databases of the
next; what survives all of them is probably equivalent. Source: mutation analysis as in Zhong et al. 2020's test suites.
One limit: a mutant that the schema does not prove to be equivalent counts as alive, though it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.dataset.equivalent import equivalence
from pipeline.dataset.mutants import Mutant, mutants
from pipeline.errors import SqlError

Round = Callable[[Sequence[str]], Sequence[bool | SqlError]]
"""Holds queries against the pair's on some databases: told apart, the same on all, or not able to run."""


@dataclass(frozen=True)
class Trial:
    """What became of a query's mutants; those that cannot run are not counted."""

    mutants: int
    killed: int
    equivalent: int
    """Of those not killed, how many the schema proves to be the same query."""
    survivors: tuple[Mutant, ...] = ()
    """The others not killed: probably equivalent, or the databases lack the row that would tell."""

    @property
    def kill(self) -> float:
        """Share told apart of those that are not known to be equivalent, 0 to 1; 1 where there is nothing to tell."""
        return self.killed / (self.killed + len(self.survivors)) if self.killed + len(self.survivors) else 1.0

    def passes(self, kill: float) -> bool:
        """Whether the share told apart is at least `kill`. One may always survive: a simple query has some ten mutants, of
        which one would be too large a share.
        """
        return self.kill >= kill or len(self.survivors) <= 1

    def as_dict(self) -> dict[str, Any]:
        """What the certificate keeps of it."""
        survivors = [[mutant.kind, mutant.sql] for mutant in self.survivors]
        counts = {"mutants": self.mutants, "killed": self.killed, "equivalent": self.equivalent}
        return {**counts, "kill": round(self.kill, 3), "survivors": survivors}


def try_mutants(tree: exp.Query, schema: Schema, limit: int, kill: float, rounds: Iterable[Round]) -> Trial:
    """Hold at most `limit` mutants of a query against it, round by round, until the share `kill` is told apart.

    The first round tries all of them. A later one is only asked for when too many are alive.
    """
    alive: Sequence[Mutant] = mutants(tree, schema, limit)
    trial = Trial(len(alive), 0, 0, tuple(alive))
    for number, hold in enumerate(rounds):
        told = list(zip(alive, hold([mutant.sql for mutant in alive]), strict=True))
        if number == 0:
            told = [(mutant, apart) for mutant, apart in told if not isinstance(apart, SqlError)]
        alive = [mutant for mutant, apart in told if apart is not True]
        if number == 0:
            ran, others = len(told), [mutant for mutant in alive if not equivalence(mutant, tree, schema)]
            trial, alive = Trial(ran, ran - len(alive), len(alive) - len(others)), others
        trial = replace(trial, killed=trial.mutants - trial.equivalent - len(alive), survivors=tuple(alive))
        if trial.kill >= kill:
            break
    return trial
