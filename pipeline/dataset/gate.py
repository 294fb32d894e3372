"""The gate: is a pair worth learning from? It is proved by reading its SQL and by running it on populated databases.

`Gate.judge` takes a pair through the checks of `REASONS`, cheap ones first, and gives it back with a verdict, its
template and level, and a certificate: the rows it gave, and how many of its mutants gave others. One limit: whether the
SQL answers the question is only judged by the question's words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlglot import exp

from pipeline.config import GateConfig, InstanceConfig, SandboxLimits
from pipeline.database.answers import fingerprint, same_answer
from pipeline.database.instances import build_instances, has_rows
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema, quote
from pipeline.database.sql import is_ordered, level, literals, parse_select, template, unknown_names
from pipeline.dataset.databases import name_of
from pipeline.dataset.determinism import is_decided, nondeterministic, tie_variants
from pipeline.dataset.duplicates import Seen
from pipeline.dataset.grounding import first_ungrounded, stems_of
from pipeline.dataset.trial import Round, Trial, try_mutants
from pipeline.dataset.wording import unfollowed
from pipeline.errors import SqlError
from pipeline.records import JudgedPair, Pair, Verdict

NOT_PARSED = ("unreadable-line", "no-question", "does-not-parse", "not-a-select", "several-statements")
"""Reasons of what is no question with one SELECT."""
NOT_RUN = (
    "unknown-name", "value-not-in-question", "question-not-followed", "not-deterministic", "does-not-run",
    "timeout", "too-large",
)  # fmt: skip
"""Reasons of what parses but gave no rows to look at."""
NOT_KEPT = (
    "order-not-decided", "empty-answer", "same-answer-everywhere", "near-duplicate", "contradiction", "not-told-apart",
    "disagreement",
)  # fmt: skip
"""Reasons of what ran but teaches nothing, or something else than an earlier pair."""
UNTOLD = ("order-not-decided", "empty-answer", "same-answer-everywhere")
"""Reasons that may lie with the databases: rows for this one query may not have been among those for all."""
REASONS = NOT_PARSED + NOT_RUN + NOT_KEPT
BY_HAND = "dropped-by-hand"
"""The reason of what a person did not want: the only one that is not the gate's."""

Literal = tuple[str | int | float, str | None]
"""A value in a query and the column it is compared with, as `literals` gives them."""
MakeInstances = Callable[[Schema, Sequence[Literal], float], Sequence[Path]]
"""Databases for one query: of the tables it reads, with its values in them, so many times the usual rows."""

OWN_SCALES = (4.0, 0.25)
"""`more than 15 cities` needs many rows, `which roles are there` so few that one is missing; about 0.1 s on the shop."""
DEFAULT = GateConfig()
MUTANT_SECONDS = 0.5
"""A mutant that takes longer (a join that lost its condition) tells nothing."""

LONGEST_QUESTION = 1_000
"""Characters; longer ones are documents, not questions."""
_SANDBOX_REASONS = {"timeout": "timeout", "too-large": "too-large", "not-a-select": "not-a-select"}
_SANDBOX_REASONS |= {"several-statements": "several-statements", "syntax": "does-not-parse", "empty": "does-not-parse"}
_SANDBOX_REASONS |= {"unknown-table": "unknown-name", "unknown-column": "unknown-name"}


class _RejectedError(Exception):
    """A pair did not pass a check. `reason` is one of `REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.verdict = Verdict(False, reason, detail)


class Gate:
    """Judges pairs about one schema on its populated databases, and remembers those it kept."""

    def __init__(self, schema: Schema, databases: Sequence[Path], sandbox: Sandbox, uploaded: bool = False) -> None:
        """`databases` are files of the schema; `uploaded` says that the first holds real rows, whose values are known.

        Set `make_own` to have a pair that says nothing there tried again on databases made for its own values, and
        `made_from` to what certificates are to call them.
        """
        self.schema = schema
        self.databases = tuple(databases)
        self.sandbox = sandbox
        self.make_own: MakeInstances | None = None
        self.made_from = ""
        self.config = DEFAULT
        self.limits = SandboxLimits()
        self.seen = Seen()
        self._uploaded = uploaded
        self._known: dict[str, frozenset[str]] = {}
        self._names = stems_of(
            " ".join([t.name for t in schema.tables] + [c.name for t in schema.tables for c in t.columns])
        )

    def judge(self, pair: Pair, alone: bool = False) -> JudgedPair:
        """The pair with its verdict and certificate; a kept one is remembered for those that follow.

        `alone` judges it by itself: it is held against no other pair, and not remembered.
        """
        form = grade = ""
        certificate: dict[str, Any] = {}
        try:
            tree = self._read(pair)
            form, grade = template(pair.sql), level(pair.sql)
            self._check_text(pair, tree)
            certificate, databases = self._prove(pair, tree)
            certificate |= {"instances": self.made_from} if self.made_from else {}
            if not alone and (reason := self.seen.clash(pair, form)):
                raise _RejectedError(*reason)
            if self.config.mutants:
                trial = self._try(pair, tree, databases)
                certificate |= trial.as_dict()
                if not trial.passes(self.config.kill):
                    raise _RejectedError("not-told-apart", trial.survivors[0].sql)
        except _RejectedError as rejected:
            return JudgedPair(pair, rejected.verdict, form, grade, certificate=certificate)
        judged = JudgedPair(pair, Verdict(True), form, grade, certificate=certificate)
        if not alone:
            self.remember(judged)
        return judged

    def remember(self, judged: JudgedPair) -> None:
        """Hold a kept pair against those that follow, as after a restart."""
        self.seen.add(judged.pair, judged.template)

    def _read(self, pair: Pair) -> exp.Query:
        if not any(letter.isalnum() for letter in pair.question) or len(pair.question) > LONGEST_QUESTION:
            raise _RejectedError("no-question", f"{len(pair.question)} characters")
        try:
            return parse_select(pair.sql)
        except SqlError as error:
            raise _RejectedError(_SANDBOX_REASONS.get(error.reason, "does-not-parse"), str(error)) from error

    def _check_text(self, pair: Pair, tree: exp.Query) -> None:
        if unknown := unknown_names(pair.sql, self.schema):
            raise _RejectedError("unknown-name", ", ".join(unknown))
        if (value := first_ungrounded(tree, pair.question, self._values_of, self._names)) is not None:
            raise _RejectedError("value-not-in-question", value)
        if said := unfollowed(tree, pair.question, pair.language, self.schema, self._values_of):
            raise _RejectedError("question-not-followed", said)
        if cause := nondeterministic(tree, self.schema):
            raise _RejectedError("not-deterministic", cause)

    def _values_of(self, column: str) -> Collection[str]:
        """What columns of that name hold, as far as it is known."""
        if column not in self._known:
            values: set[str] = set()
            for table in self.schema.tables:
                for own in table.columns:
                    if own.name.lower() == column:
                        values |= {*own.allowed, *own.samples, *self._uploaded_values(table.name, own.name)}
            self._known[column] = frozenset(values)
        return self._known[column]

    def _uploaded_values(self, table: str, column: str) -> list[str]:
        if not self._uploaded:
            return []
        try:
            rows = self.sandbox.run(f"SELECT DISTINCT {quote(column)} FROM {quote(table)}", self.databases[0]).rows
        except SqlError:
            return []  # too large a column to list: its values must stand in the question whole
        return [value for (value,) in rows if isinstance(value, str)]

    def _prove(self, pair: Pair, tree: exp.Query) -> tuple[dict[str, Any], list[Path]]:
        """The certificate and the databases that it is about: the common ones, or else the pair's own.

        Raises _RejectedError.
        """
        try:
            return self._run(pair, tree, self.databases)
        except _RejectedError as rejected:
            if rejected.verdict.reason not in UNTOLD or self.make_own is None:
                raise
            first = rejected
        for scale in OWN_SCALES:
            own = self.make_own(part_for(tree, self.schema), literals(pair.sql), scale)
            try:
                certificate, databases = self._run(pair, tree, own)
                return {**certificate, "own": scale}, databases
            except _RejectedError:
                continue
        raise first

    def _run(self, pair: Pair, tree: exp.Query, databases: Sequence[Path]) -> tuple[dict[str, Any], list[Path]]:
        variants = tie_variants(tree, self.schema)
        answers, *tied = self.sandbox.run_many([pair.sql, *variants], databases, self.limits)
        if isinstance(answers, SqlError):
            raise _RejectedError(_SANDBOX_REASONS.get(answers.reason, "does-not-run"), str(answers))
        used = [answer if is_decided(tied, n) else None for n, answer in enumerate(answers)]
        told = [answer for answer in used if answer is not None]
        if not told:
            raise _RejectedError("order-not-decided", "rows tie at the LIMIT on every database")
        if not any(value is not None for answer in told for row in answer.rows for value in row):
            raise _RejectedError("empty-answer")
        ordered = is_ordered(pair.sql)
        if len(told) > 1 and all(same_answer(told[0], other, ordered) for other in told[1:]):
            raise _RejectedError("same-answer-everywhere")
        certificate = {
            "databases": len(told),
            "rows": [len(answer.rows) if answer else None for answer in used],
            "answers": [fingerprint(answer, ordered) if answer else None for answer in used],
        }
        return certificate, [path for path, answer in zip(databases, used, strict=True) if answer]

    def _try(self, pair: Pair, tree: exp.Query, databases: Sequence[Path]) -> Trial:
        """What became of the query's mutants."""
        rounds = self._rounds(pair, tree, databases)
        return try_mutants(tree, self.schema, self.config.mutants, self.config.kill, rounds)

    def _rounds(self, pair: Pair, tree: exp.Query, databases: Sequence[Path]) -> Iterator[Round]:
        """The databases that proved the pair; then, where they leave too many mutants alive, some of its own."""
        yield self._hold(pair, databases)
        for scale in OWN_SCALES:
            if self.make_own is None:
                return
            own = self.make_own(part_for(tree, self.schema), literals(pair.sql), scale)
            tied = self.sandbox.run_many(tie_variants(tree, self.schema), own, self.limits)
            yield self._hold(pair, [path for number, path in enumerate(own) if is_decided(tied, number)])

    def _hold(self, pair: Pair, databases: Sequence[Path]) -> Round:
        ordered, limits = is_ordered(pair.sql), replace(self.limits, seconds=MUTANT_SECONDS)
        return lambda others: self.sandbox.tell_apart(pair.sql, others, databases, ordered, limits)


@contextmanager
def open_gate(
    schema: Schema,
    databases: Sequence[Path],
    config: InstanceConfig,
    uploaded: Path | None,
    trying: GateConfig = DEFAULT,
) -> Iterator[Gate]:
    """A gate on these databases with a sandbox of its own; `uploaded` is what the first is a copy of, if it has rows."""
    own = replace(config, seed=config.seed + config.count)  # other rows than the common ones

    def make_own(part: Schema, values: Sequence[Literal], scale: float) -> list[Path]:
        sized = replace(own, rows=max(1, round(scale * config.rows)))
        return build_instances(part, databases[0].parent / "own", sized, values)

    with Sandbox() as sandbox:
        gate = Gate(schema, databases, sandbox, uploaded is not None and has_rows(schema, uploaded))
        gate.make_own, gate.config, gate.made_from = make_own, trying, name_of(databases)
        yield gate


def part_for(tree: exp.Query, schema: Schema) -> Schema:
    """The tables that a query reads and those they refer to: all that has to be populated for it."""
    names = {table.name.lower() for table in tree.find_all(exp.Table)}
    while True:
        keys = (key for table in schema.tables if table.name.lower() in names for key in table.foreign_keys)
        more = {key.table.lower() for key in keys} - names
        if not more:
            return replace(schema, tables=tuple(table for table in schema.tables if table.name.lower() in names))
        names |= more
