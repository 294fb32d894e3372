"""Which layer of the gate catches a planted wrong pair, each layer alone, and the second opinion simulated.

Nobody is asked for a second opinion here: a SIMULATED solver of stated accuracy answers with the good SQL, or else with
a damaged one, or with the very mistake of the pair for a stated share of its mistakes. Its damage is of the same kinds as
the planted, so some of it is the pair's own by chance too. What comes of the answers is the product's own: compared on
all the gate's databases, one more vote where the first is against.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.planted import Planted, any_damage
from pipeline.config import InstanceConfig
from pipeline.database.instances import open_new
from pipeline.database.schema import quote
from pipeline.database.sql import unknown_names
from pipeline.database.sql_text import shared_select
from pipeline.dataset.determinism import nondeterministic
from pipeline.dataset.gate import Gate
from pipeline.dataset.grounding import first_ungrounded, stems_of
from pipeline.dataset.opinion import Bench, Opinion, next_family, verdict_of
from pipeline.dataset.wording import CHECKS, unfollowed
from pipeline.dataset.wording.facts import Case, Told, taken_apart
from pipeline.errors import SqlError
from pipeline.records import Pair

LAYERS = ("explain", "one_database", "text", "wording", "instances", "gate", "opinion", "all")
"""`gate` is all but the second opinion, as `Gate.judge` decides; the four before it are measured each alone."""


class Unread(Gate):
    """The gate that runs SQL and does not read it beside its question."""

    def _check_text(self, pair: Pair, tree: object) -> None:
        """Say nothing about the text."""


@dataclass(frozen=True)
class Solver:
    """Who answers in the simulation: right with `accuracy`; of its mistakes the share `same` is the pair's own."""

    accuracy: float
    same: float
    rng: Random

    def answer(self, pair: str, good: str, truth: Bench) -> str:
        """A SQL for the question of a pair whose good SQL is known."""
        if self.rng.random() < self.accuracy:
            return good
        if self.rng.random() < self.same:
            return pair
        return any_damage(good, truth, self.rng) or good


class Layers:
    """All layers about one schema; `gate` is the product's gate on its databases."""

    def __init__(self, gate: Gate, truth: Bench, folder: Path, uploaded: bool) -> None:
        self.gate, self.truth = gate, truth
        self.bench = Bench(gate.schema, gate.databases, gate.sandbox)
        self.unread = Unread(gate.schema, gate.databases, gate.sandbox, uploaded)
        self.unread.make_own, self.unread.config = gate.make_own, gate.config
        self.empty = folder / "empty.sqlite"
        open_new(gate.schema, self.empty).close()
        self.uploaded = uploaded
        self._reasons: dict[Pair, str] = {}
        self.known = cache(self._known)
        tables = gate.schema.tables
        self.names = stems_of(" ".join([one.name for one in tables] + [c.name for one in tables for c in one.columns]))

    def catching(self, planted: Planted, solver: Solver) -> tuple[set[str], str]:
        """The layers that catch a planted pair, and the gate's reason."""
        pair, tree, schema = planted.pair, shared_select(planted.pair.sql), self.gate.schema
        found = set()
        if not self._says(pair.sql, self.empty, empty_too=True) or unknown_names(pair.sql, schema):
            found.add("explain")
        if not self._says(pair.sql, self.gate.databases[0]):
            found.add("one_database")
        if first_ungrounded(tree, pair.question, self.known, self.names) is not None or nondeterministic(tree, schema):
            found.add("text")
        if unfollowed(tree, pair.question, pair.language, schema, self.known):
            found.add("wording")
        if _reason(self.unread, pair):
            found.add("instances")
        reason = self.reason_of(pair)
        found |= {"gate", "all"} if reason else set()
        if not self.agreed(pair.sql, planted.good, solver):
            found |= {"opinion", "all"}
        return found, reason

    def reason_of(self, pair: Pair) -> str:
        """Why the gate rejects a pair; empty where it keeps it."""
        if pair not in self._reasons:
            self._reasons[pair] = _reason(self.gate, pair)
        return self._reasons[pair]

    def agreed(self, sql: str, good: str, solver: Solver) -> bool:
        """Whether the simulated second opinion lets the pair stand."""
        opinions: list[Opinion] = []
        while family := next_family(opinions):
            opinions.append(self.bench.opinion(sql, solver.answer(sql, good, self.truth), family))
        return verdict_of(opinions).ok

    def checks(self, pair: Pair) -> list[str]:
        """The names of the checks of the wording that speak against a pair."""
        told = Told(shared_select(pair.sql), self.gate.schema)
        case = Case(taken_apart(pair.question), told, pair.language, self.gate.schema, self.known)
        return [name for name, check in CHECKS.items() if check(case)]

    def _says(self, sql: str, database: Path, empty_too: bool = False) -> bool:
        """Whether it runs there and gives a value."""
        try:
            rows = self.gate.sandbox.run(sql, database).rows
        except SqlError:
            return False
        return empty_too or any(value is not None for row in rows for value in row)

    def _known(self, column: str) -> Collection[str]:
        return known_values(self.gate, column, self.uploaded)


def _reason(gate: Gate, pair: Pair) -> str:
    """Why a gate rejects a pair by itself, whatever was kept before."""
    return gate.judge(pair, alone=True).verdict.reason


def known_values(gate: Gate, column: str, uploaded: bool) -> frozenset[str]:
    """What columns of that name are known to hold, as the gate knows it: from the schema and from uploaded rows."""
    values: set[str] = set()
    for table in gate.schema.tables:
        for own in table.columns:
            if own.name.lower() == column:
                values |= {*own.allowed, *own.samples}
                if uploaded:
                    sql = f"SELECT DISTINCT {quote(own.name)} FROM {quote(table.name)}"
                    rows = gate.sandbox.run(sql, gate.databases[0]).rows
                    values |= {value for (value,) in rows if isinstance(value, str)}
    return frozenset(values)


def apart(config: InstanceConfig) -> InstanceConfig:
    """Databases that the gate does not use: four, larger, of a far seed."""
    return InstanceConfig(count=4, rows=2 * config.rows, seed=config.seed + 1000)
